// The part of the known answer on symmetric moments: those of a signed network, its velocity from them, and by pairs.

import type { Arena } from "./arena.ts";
import { MOMENTS_BLOCK_LENGTH, NETWORK_BLOCK_LENGTH, polynomialBlock, writeMoments, writeNetwork } from "./blocks.ts";
import type { Kernels } from "./kernels.ts";

/** Products of two of the first variables, behind the rows of 1 and of the variables; they need not be all. */
const RUNS = [
  [4, 1, 1, 1],
  [5, 1, 2, 2],
  [7, 1, 3, 3],
];
const ROWS = 10;

/** Four tails, first head, number of heads, degree. */
const GROUPS = [
  [1, 2, 3, 1, 0, 2, 1, 0],
  [4, 9, 6, 7, 1, 4, 3, 0],
];
const PRODUCTS = 24;

/** All bits of a fixed small task: m = 69, more than one panel, d = 3. */
export function momentsAnswer(kernels: Kernels, arena: Arena): Uint32Array[] {
  const [m, d, dp] = [69, 3, 4];
  const { slots, free } = arena.reserve("the self-test of the moments", {
    block: NETWORK_BLOCK_LENGTH,
    moments: MOMENTS_BLOCK_LENGTH,
    W: 72 * dp,
    V: 72 * dp,
    signs: 72,
    teacher: dp,
    weight: 1,
    link: 8,
    runs: 2 * RUNS.length,
    groups: 4 * GROUPS.length,
    sums: PRODUCTS,
    coefficients: PRODUCTS,
    radial: 4,
    scratch: kernels.momentScratchSize(ROWS, d) / 8,
    panels: 72 * d,
    pairs: 72 * dp,
    pairSums: 72,
    pairScratch: kernels.scratchSize(dp) / 8,
  });
  try {
    const { W, V, sums, link, signs } = slots;
    kernels.fillNormal(W.address, m, d, dp, 1, 0, 0, 0);
    kernels.retract(W.address, W.address, 0, W.address, m, dp);
    signs.view.set(Array.from({ length: m }, (_, i) => (i % 3 === 0 ? -1 : 1)));
    slots.teacher.view[1] = 1;
    slots.weight.view[0] = 0.5;
    link.view.set(polynomialBlock([0.25, -1, 0.5, 2]));
    slots.runs.words.set(RUNS.flat());
    slots.groups.words.set(GROUPS.flat());
    slots.coefficients.view.set(Array.from({ length: PRODUCTS }, (_, i) => 1 / (i + 2)));
    slots.radial.view.set([0.125, 0.75, 0, -1.5]);
    const { address } = link;
    const network = writeNetwork(slots.block, {
      width: m,
      dimension: d,
      stride: dp,
      particles: W.address,
      panels: slots.panels.address,
      signs: signs.address,
      teachers: slots.teacher.address,
      teacherWeights: slots.weight.address,
      teacherCount: 1,
      kernel: address,
      kernelDerivative: address,
      kernelCurvature: address,
      kernelRadial: address,
      link: address,
      linkDerivative: address,
      linkCurvature: address,
      linkRadial: address,
      scratch: slots.pairScratch.address,
    });
    const moments = writeMoments(slots.moments, {
      rows: ROWS,
      runs: slots.runs.address,
      runCount: RUNS.length,
      groups: slots.groups.address,
      groupCount: GROUPS.length,
      sums: sums.address,
      coefficients: slots.coefficients.address,
      radial: slots.radial.address,
      scratch: slots.scratch.address,
    });
    kernels.momentRows(moments, W.address, signs.address, d, dp, 0, m);
    kernels.momentVelocityRows(network, moments, V.address, 0, m, true);
    const { pairs, pairSums } = slots;
    kernels.packPanels(W.address, m, d, dp, slots.panels.address);
    kernels.velocityPairs(network, pairs.address, pairSums.address, 0, m, true);
    kernels.finishPairs(network, pairs.address, pairSums.address, 0, m, true);
    return [sums, V, pairs].map(({ words }) => words.slice());
  } finally {
    free();
  }
}
