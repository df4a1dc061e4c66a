// The part of the known answer on samples: drawing and shuffling them, then forward and backward pass of a signed network
// with every kind of activation, in both precisions.

import type { Arena } from "./arena.ts";
import { BATCH_BLOCK_LENGTH, INPUT_TYPE, writeBatch } from "./blocks.ts";
import type { Kernels } from "./kernels.ts";

/** Activations as assembly/empirical/activation.ts takes them: header, then table; and the one that stands for sigma'. */
const ACTIVATIONS = [
  // 0.5 + z - 0.25 z^2, its slope behind it; 1 - 0.5 z.
  { header: [0, 3, 0, 1], table: [0.5, 1, -0.25, 1, -0.5, 0], slope: [0, 2, 0, 1, 1, -0.5, -0.5, 0] },
  // Rows of a three-term recurrence; the numbers need not be those of Hermite polynomials.
  {
    header: [1, 3, 0, 1],
    table: [1, 0, 0.5, 1, 0.75, 0.5, 1, -1.5, 0.625, 0.875, -0.75, 0],
    slope: [1, 2, 0, 1, 1, 0, 1, -1.5, 0.75, 0.5, -1.5, 0],
  },
  { header: [2, 0, 0, 1], table: [], slope: [4, 0, 0, 1] },
  // (0.25 - 2 z^2) exp(-0.5 z^2) + 0.125: the exponential of both precisions; z (-4.25 + 2 z^2) exp(-0.5 z^2).
  { header: [3, 4, 0, 1], table: [0.5, 0.25, -2, 0.125], slope: [5, 3, 0, 1, 0.5, -4.25, 2] },
];

/** All bits of a fixed small task: m = 13, d = 7, 70 samples, which are more than one block. */
export function dataAnswer(kernels: Kernels, arena: Arena): Uint32Array[] {
  const m = 13;
  const d = 7;
  const dp = 8;
  const n = 70;
  const { slots, free } = arena.reserve("the self-test on data", {
    batch: BATCH_BLOCK_LENGTH,
    activation: 16,
    slope: 12,
    tangent: 16 * dp,
    tangentPanels: 16 * d,
    radial: 16,
    W: 16 * dp,
    G: 16 * dp,
    panels: 16 * dp,
    signs: 16,
    bytes: Math.ceil((n * d) / 8),
    singles: Math.ceil((n * d) / 2),
    labels: n,
    order: n / 2,
    outputs: n,
    squares: 1,
    scratch: Math.max(...[0, 1].map((single) => kernels.batchScratchSize(m, d, dp, single))) / 8,
  });
  try {
    const { W, G, outputs, squares } = slots;
    kernels.fillNormal(W.address, m, d, dp, 1, 0, 0, 0);
    kernels.retract(W.address, W.address, 0, W.address, m, dp);
    kernels.fillSigns(slots.bytes.address, n, d, d, 1, 0, 2, 0);
    kernels.fillNormalSingle(slots.singles.address, n, d, d, 1, 0, 2, 0);
    kernels.shuffle(slots.order.address, n, 1, 0, 4, 0);
    slots.signs.view.set(Array.from({ length: m }, (_, i) => (i % 2 === 0 ? 1 : -1)));
    slots.labels.view.set(Array.from({ length: n }, (_, b) => ((5 * b) % 11) / 8 - 0.5));

    const answers = [slots.bytes, slots.singles, slots.order].map(({ words }) => words.slice());
    for (const single of [0, 1]) {
      const batch = writeBatch(slots.batch, {
        width: m,
        dimension: d,
        stride: dp,
        single,
        particles: W.address,
        panels: slots.panels.address,
        signs: slots.signs.address,
        inputs: single ? slots.singles.address : slots.bytes.address,
        inputType: single ? INPUT_TYPE.float32 : INPUT_TYPE.int8,
        labels: slots.labels.address,
        order: single ? 0 : slots.order.address,
        activation: slots.activation.address,
        correlation: 0,
        scratch: slots.scratch.address,
      });
      for (const { header, table, slope } of ACTIVATIONS) {
        slots.activation.view.set(header);
        if (single) slots.activation.singles.set(table, 2 * header.length);
        else slots.activation.view.set(table, header.length);
        kernels.packBatch(batch);
        G.view.fill(0);
        squares.view[0] = kernels.batchGradient(batch, 0, n, G.address);
        kernels.finishGradient(W.address, G.address, slots.signs.address, n, single === 0, m, d, dp);
        kernels.addNormal(G.address, m, d, dp, 0.25, 1, 0, 5, single);
        kernels.batchOutputs(batch, 0, n, outputs.address);
        answers.push(...[G, squares, outputs].map(({ words }) => words.slice()));
        if (single) continue;
        const { tangent, tangentPanels, radial } = slots;
        kernels.fillNormal(tangent.address, m, d, dp, 1, 0, 7, 0);
        kernels.makeTangent(W.address, tangent.address, m, dp);
        kernels.packPanels(tangent.address, m, d, dp, tangentPanels.address);
        slots.slope.view.set(slope);
        const at = [batch, slots.slope.address, tangentPanels.address, 0, n] as const;
        for (const { view } of [G, radial]) view.fill(0);
        kernels.batchLocalHessian(...at, G.address, radial.address);
        const ends = [slots.signs.address, n, m, d, dp] as const;
        kernels.finishLocalHessian(W.address, tangent.address, G.address, radial.address, ...ends);
        answers.push(G.words.slice());
        G.view.fill(0);
        kernels.batchInteractionHessian(...at, G.address);
        answers.push(G.words.slice());
      }
    }
    return answers;
  } finally {
    free();
  }
}
