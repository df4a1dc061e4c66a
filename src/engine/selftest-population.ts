// The part of the known answer that knows no samples: random numbers, the population, the infinite-width law, mathematics.

import type { Arena } from "./arena.ts";
import { arcCosineBlock, NETWORK_BLOCK_LENGTH, polynomialBlock, writeNetwork } from "./blocks.ts";
import type { Kernels } from "./kernels.ts";

/** All bits of a fixed small task: m = 13, d = 7, one Hermite activation of mixed parity, and ReLU with signs. */
export function populationAnswer(kernels: Kernels, arena: Arena): Uint32Array[] {
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
    tangent: 16 * dp,
    tangentPanels: 16 * d,
    product: 16 * dp,
    odd: 16,
    mixed: 16,
    signs: 16,
    kernel: 8,
    slope: 8,
    curvature: 8,
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
    const block = {
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
      kernelCurvature: slots.mixed.address,
      kernelRadial: slots.mixed.address,
      link: slots.mixed.address,
      linkDerivative: slots.odd.address,
      linkCurvature: slots.mixed.address,
      linkRadial: slots.mixed.address,
      scratch: slots.scratch.address,
    };
    const network = writeNetwork(slots.block, block);
    kernels.velocityRows(network, V.address, 0, m, true);
    kernels.addScaled(V.address, V.address, 0.5, W.address, m * dp);
    kernels.retract(W.address, V.address, 0.125, W.address, m, dp);
    kernels.energyRows(network, results.at(nodes), 0, m);
    kernels.targetRows(network, results.at(2 * nodes), 0, m);

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
    const { exp, log, pow, sin, cos, asin, largestCombination } = kernels;
    results.view.set(
      [
        exp(0.3),
        log(0.7),
        pow(1.7, 0.3),
        sin(1.1),
        cos(0.4),
        asin(0.6),
        largestCombination(V.address, slots.weight.address, 1, m * dp),
      ],
      5 * nodes,
    );

    const first = [results, W, V, slots.state].map(({ words }) => words.slice());
    slots.signs.view.set(Array.from({ length: m }, (_, i) => (i % 2 === 0 ? 1 : -1)));
    slots.kernel.view.set(arcCosineBlock(0));
    slots.slope.view.set(arcCosineBlock(1));
    slots.curvature.view.set(arcCosineBlock(2));
    const { address: signs } = slots.signs;
    const { address: q } = slots.kernel;
    const { address: slope } = slots.slope;
    const { address: curvature } = slots.curvature;
    const relu = { signs, kernel: q, kernelDerivative: slope, kernelCurvature: curvature, kernelRadial: q };
    writeNetwork(slots.block, { ...block, ...relu });
    kernels.packPanels(W.address, m, d, dp, slots.panels.address);
    kernels.velocityRows(network, V.address, 0, m, true);
    kernels.overlapRows(network, slots.panels.address, 0, results.address, 0, m);
    const second = [results, V].map(({ words }) => words.slice());

    const { tangent, tangentPanels, product } = slots;
    kernels.fillNormal(tangent.address, m, d, dp, 1, 0, 7, 0);
    kernels.makeTangent(W.address, tangent.address, m, dp);
    kernels.packPanels(tangent.address, m, d, dp, tangentPanels.address);
    kernels.localHessianRows(network, tangent.address, tangentPanels.address, product.address, 0, m);
    const third = [tangent, product].map(({ words }) => words.slice());
    kernels.interactionHessianRows(network, tangentPanels.address, tangent.address, product.address, 0, m);
    return [...first, ...second, ...third, product.words.slice()];
  } finally {
    free();
  }
}
