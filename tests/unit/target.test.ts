// Labels of samples that lie in the engine's memory (src/network/target.ts).

import { expect, test } from "vitest";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { hermite, multiIndex, problems } from "../../src/index.ts";
import { Dataset } from "../../src/network/dataset.ts";
import { label } from "../../src/network/target.ts";
import { checkTraining } from "../../src/network/training.ts";

/** Takes what is left of the memory but for a few bytes, so that whoever reserves next makes it grow. */
function fill({ arena, kernels }: Engine): void {
  const { address } = arena.reserve("a test", { x: 8 }).slots.x;
  const left = kernels.memory.buffer.byteLength - address - 64;
  if (left >= 128) arena.reserve("a test", { x: left / 8 - 8 });
}

test("are written where they belong, also where the memory grows on the way", async () => {
  using engine = await createEngine();
  const problem = multiIndex({ d: 2, activation: hermite({ 2: 1 }), link: hermite({ 2: 1 }), teachers: [[0.6, 0.8]] });
  const { slots } = engine.arena.reserve("a test", { inputs: 6, labels: 3 });
  slots.inputs.view.set([1, 2, -1, 0.5, 0, 3]);
  fill(engine);
  const before = engine.kernels.memory.buffer.byteLength;
  label(
    engine,
    problem,
    () => slots.inputs.view,
    () => slots.labels.view,
  );
  expect(engine.kernels.memory.buffer.byteLength).toBeGreaterThan(before);
  // h_2(z) = (z^2 - 1) / sqrt(2) at z = 2.2, -0.2, 2.4
  for (const [b, z] of [2.2, -0.2, 2.4].entries())
    expect(slots.labels.view[b]).toBeCloseTo((z * z - 1) / Math.SQRT2, 14);
});

test("are those of the numbers that a user gave, whatever the types of training and test inputs", async () => {
  using engine = await createEngine();
  const problem = problems.He3({ d: 2 });
  // h_3(z) = (z^3 - 3 z) / sqrt(6)
  const target = (z: number) => (z * z * z - 3 * z) / Math.sqrt(6);
  const arrays = [Float64Array.of(0.1, 9, -2.7, 9), Float32Array.of(0.25, 9, -1.5, 9), Int8Array.of(2, 9, -1, 9)];
  for (const inputs of arrays) {
    for (const testInputs of arrays) {
      const { data, precision } = checkTraining({ time: 1, step: 1, data: { inputs, testInputs } }, problem);
      if (!data) throw new Error("no data");
      const dataset = new Dataset(engine, problem, data, precision, { seed: 1, replica: 0 });
      await dataset.load(new Run({}));
      for (const [set, given] of [
        [dataset.train, inputs],
        [dataset.test, testInputs],
      ] as const)
        for (const row of [0, 1]) expect(set?.labels[row]).toBeCloseTo(target(given[2 * row]), 14);
      dataset.free();
    }
  }
});
