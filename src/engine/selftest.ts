// Known-answer test of a module that has just been started: some engines have accepted SIMD and computed it wrongly.
// A little of everything is computed and all bits are hashed; both builds must give the committed value.

import type { Arena } from "./arena.ts";
import { NETWORK_BLOCK_LENGTH, polynomialBlock, writeNetwork } from "./blocks.ts";
import type { Kernels } from "./kernels.ts";

/** The hash both builds must give; tests/unit/engine.test.ts checks that both do, and that a wrong kernel changes it. */
export const KNOWN_ANSWER = 3630257031;

/** FNV-1a over 32-bit words. */
export function hashWords(words: Uint32Array, hash = 0x811c9dc5): number {
  let h = hash;
  for (let i = 0; i < words.length; i++) h = Math.imul(h ^ words[i], 0x01000193);
  return h >>> 0;
}

/** Hash of what the kernels compute on a fixed small task (m = 13, d = 7, one Hermite activation of mixed parity). */
export function selfTest(kernels: Kernels, arena: Arena): number {
  const m = 13;
  const d = 7;
  const dp = 8;
  const nodes = 16;
  const { slots, free } = arena.reserve("the self-test", {
    results: 8 * nodes,
    block: NETWORK_BLOCK_LENGTH,
    W: 16 * dp,
    V: 16 * dp,
    panels: 16 * d,
    teacher: dp,
    weight: 1,
    odd: 16,
    mixed: 16,
    scratch: kernels.scratchSize(dp) / 8,
    state: 2 * nodes,
    rate: 2 * nodes,
    table: 8,
    partial: 8,
  });
  try {
    const { W, V, results } = slots;
    kernels.philoxBlock(results.address, 1, 2, 3, 4, 5, 6);
    kernels.fillNormal(W.address, m, d, dp, 1, 0, 0, 0);
    kernels.retract(W.address, W.address, 0, W.address, m, dp);
    kernels.packPanels(W.address, m, d, dp, slots.panels.address);
    slots.teacher.view[0] = 1;
    slots.weight.view[0] = 1;
    slots.odd.view.set(polynomialBlock([0, 3, 0, -0.5, 0, 0.125]));
    slots.mixed.view.set(polynomialBlock([0.25, -1, 0.5, 2]));
    const network = writeNetwork(slots.block, {
      width: m,
      dimension: d,
      stride: dp,
      particles: W.address,
      panels: slots.panels.address,
      signs: 0,
      teachers: slots.teacher.address,
      teacherWeights: slots.weight.address,
      teacherCount: 1,
      kernel: slots.mixed.address,
      kernelDerivative: slots.odd.address,
      kernelRadial: slots.mixed.address,
      link: slots.mixed.address,
      linkDerivative: slots.odd.address,
      linkRadial: slots.mixed.address,
      scratch: slots.scratch.address,
    });
    kernels.velocityRows(network, V.address, 0, m, true);
    kernels.addScaled(V.address, V.address, 0.5, W.address, m * dp);
    kernels.retract(W.address, V.address, 0.125, W.address, m, dp);
    kernels.energyRows(network, results.at(nodes), 0, m);
    kernels.targetRows(network, results.at(2 * nodes));

    const alpha = slots.state.view;
    for (let i = 0; i < nodes; i++) {
      alpha[i] = (2 * i + 1 - nodes) / nodes;
      alpha[nodes + i] = Math.sqrt(1 - alpha[i] * alpha[i]);
    }
    slots.table.view.set([1, 0, 9 / 8, 1 / 8, 11 / 9, 2 / 9]);
    const psi = results.at(3 * nodes);
    kernels.zonalSeries(slots.state.address, nodes, slots.table.address, W.address, 3, psi);
    kernels.transportRate(slots.state.address, psi, nodes, slots.rate.address);
    kernels.combine(slots.state.address, slots.state.address, slots.rate.address, W.address, 1, 2 * nodes);
    kernels.normalisePairs(slots.state.address, nodes);
    kernels.transportStep(slots.state.address, psi, psi, 0.25, nodes);
    kernels.zonalMoments(
      slots.state.address,
      slots.state.at(nodes),
      nodes,
      slots.table.address,
      3,
      slots.partial.address,
      results.at(4 * nodes),
    );
    const { exp, log, pow, sin, cos, asin, largest } = kernels;
    results.view.set(
      [exp(0.3), log(0.7), pow(1.7, 0.3), sin(1.1), cos(0.4), asin(0.6), largest(V.address, m * dp)],
      5 * nodes,
    );

    const words = ({ view }: { view: Float64Array }) => new Uint32Array(view.buffer, view.byteOffset, 2 * view.length);
    return [results, W, V, slots.state].reduce((hash, slot) => hashWords(words(slot), hash), 0x811c9dc5);
  } finally {
    free();
  }
}
