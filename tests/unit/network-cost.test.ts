// What a network costs, counted by hand: multiplications, what its threads exchange, memory.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BATCH_BLOCK_LENGTH, MOMENTS_BLOCK_LENGTH, NETWORK_BLOCK_LENGTH } from "../../src/engine/blocks.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { activationWork } from "../../src/network/activation-block.ts";
import { networkWork, velocityWork } from "../../src/network/cost.ts";
import { Dataset, datasetBytes } from "../../src/network/dataset.ts";
import { empiricalBytes } from "../../src/network/empirical.ts";
import { EmpiricalHessian, empiricalHessianBytes } from "../../src/network/empirical-hessian.ts";
import { momentKernel, pairWork } from "../../src/network/interaction.ts";
import { Network, networkBytes } from "../../src/network/network.ts";
import { populationBytes } from "../../src/network/population.ts";
import { PopulationHessian, populationHessianBytes } from "../../src/network/population-hessian.ts";
import { momentsBytes } from "../../src/network/population-moments.ts";
import { sharedAmount } from "../../src/network/share-task.ts";
import { labelBytes } from "../../src/network/target.ts";
import { checkTraining, type TrainingOptions } from "../../src/network/training.ts";
import { hermite, relu } from "../../src/problem/activation.ts";
import type { Problem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

/** Four steps and three records. */
const training = (problem: Problem, options: Partial<TrainingOptions>) =>
  checkTraining({ time: 0.4, step: 0.1, record: 3, ...options }, problem);

describe("multiplications, and what a shared step exchanges", () => {
  test("over pairs: m^2 products of d coordinates and five powers, and 128 a coordinate", () => {
    const problem = problems.He4({ d: 5 });
    const pairs = training(problem, { interaction: "pairs" });
    const step = 100 * 100 * (2 * 5 + 2 * 5) + 100 * 128 * 5;
    // A record takes half the pairs, for the risk.
    const records = (3 * (100 * 100 * 20)) / 2;
    expect(sharedAmount(problem, pairs, 100)).toEqual({
      // Blocks of 32 rows.
      shares: 4,
      step,
      // Particles go, velocities come.
      numbers: 2 * 100 * 5,
      multiplications: 4 * step + records,
    });
    expect(networkWork(problem, pairs, 100, false)).toBe(4 * step);
    // Runge-Kutta looks at the velocity four times a step.
    const flow = training(problem, { interaction: "pairs", dynamics: "flow" });
    expect(networkWork(problem, flow, 100)).toBe(16 * step + records);
    expect(pairWork(5, { kind: "arc-cosine" })).toBe(110);
  });

  test("by moments: 4 a product and 8 a row, and the moments go both ways", () => {
    const problem = problems.He4({ d: 16 });
    const moments = training(problem, { interaction: "moments" });
    // 4176 products and 153 rows: as in moment-table.test.ts.
    const step = 3000 * (4 * 4176 + 8 * 153) + 3000 * 128 * 16;
    expect(sharedAmount(problem, moments, 3000)).toMatchObject({
      // Leaves of 1024 particles.
      shares: 3,
      step,
      // Particles go twice, velocities come once.
      numbers: 3 * 3000 * 16 + 2 * 4176,
    });
    expect(velocityWork(problem, moments, 3000)).toBe(step);
  });

  test("on samples: a batch a step, all outputs a record, and the risk where there is one", () => {
    const problem = problems.He4({ d: 5 });
    const data = training(problem, { interaction: "pairs", data: { samples: 3001, batch: 1700, test: 131 } });
    // h_4 has three even powers: 2 + 2 * 3.
    const sample = 2 * 5 + 8;
    const step = 1700 * 100 * sample;
    const record = ((3001 + 131) * 100 * sample) / 2 + (100 * 100 * 20) / 2;
    expect(sharedAmount(problem, data, 100)).toEqual({
      shares: 2,
      step,
      numbers: 2 * 100 * 5,
      multiplications: 4 * step + 3 * record,
    });
    const boolean = problems.XOR_2({ d: 5 });
    const without = training(boolean, { data: { samples: 60, test: 0 } });
    expect(networkWork(boolean, without, 7)).toBe(
      (4 * 60 + (3 * 60) / 2) * 7 * (2 * 5 + activationWork(boolean.activation)),
    );
  });

  test("of a value of an activation", () => {
    expect(activationWork(relu())).toBe(2);
    // z^0 .. z^3, and z, z^3, z^5.
    expect(activationWork(hermite([1, 1, 1, 1]))).toBe(2 + 2 * 4);
    expect(activationWork(hermite({ 5: 1 }))).toBe(2 + 2 * 3);
    expect(activationWork(problems.Ge4({ d: 3 }).activation)).toBe(24);
  });
});

describe("memory is that of the arrays, and of what the kernels ask for", () => {
  const shape = { width: 33, dimension: 5, stride: 8 };
  const rows = 36;

  /** So many numbers, and no more than a few for each array that is rounded up. */
  function expectNumbers(bytes: number, numbers: number, arrays: number): void {
    expect(bytes).toBeGreaterThanOrEqual(8 * numbers);
    expect(bytes).toBeLessThan(8 * (numbers + 8 * arrays));
  }

  test("of Hessians on samples", () => {
    const scratch = engine.kernels.batchScratchSize(33, 5, 8, 0) / 8;
    // V, its product, their panels, w's panels, radial parts; h_4 as three powers and its slope h_3 as two, twice each.
    const numbers = 2 * rows * 8 + 2 * rows * 5 + rows + BATCH_BLOCK_LENGTH + (4 + 6) + (4 + 4) + scratch;
    expectNumbers(empiricalHessianBytes(engine, problems.He4({ d: 5 }), shape), numbers, 9);
  });

  test("of a network on samples, in both number formats", () => {
    const problem = problems.He4({ d: 5 });
    // 3001 samples are three leaves, with two sums beside the result.
    for (const [precision, single, padded] of [
      ["float64", 0, 36],
      ["float32", 1, 40],
    ] as const) {
      const scratch = engine.kernels.batchScratchSize(33, 5, 8, single) / 8;
      const panels = (padded * 5) / (1 + single);
      const numbers = 3 * BATCH_BLOCK_LENGTH + 4 + 6 / (1 + single) + panels + scratch + 4096 + 2 * padded * 8;
      expectNumbers(empiricalBytes(engine, problem, shape, precision, 3001), numbers, 8);
    }
  });

  test("of a network on the population, by pairs and by moments", () => {
    const problem = problems.He4({ d: 5 });
    const kernel = momentKernel(problem);
    if (!kernel) throw new Error("no moments");
    const scratch = engine.kernels.scratchSize(8) / 8;
    const shared = NETWORK_BLOCK_LENGTH + rows + 8 + 1 + scratch;
    const pairs = populationBytes(engine, problem, shape, "pairs");
    // Functions of an inner product are a few powers each.
    expectNumbers(pairs, shared + rows * 5, 40);
    const { runs, groups, products, rows: monomials } = kernel.size;
    const moments = momentsBytes(engine, 5, kernel);
    expectNumbers(
      moments,
      MOMENTS_BLOCK_LENGTH +
        2 * runs +
        4 * groups +
        7 * products +
        6 +
        engine.kernels.momentScratchSize(monomials, 5) / 8,
      9,
    );
    // No panels of pairs are kept then.
    const panels = pairs - (populationBytes(engine, problem, shape, "moments") - moments);
    expect(Math.abs(panels - 8 * rows * 5)).toBeLessThan(64);
  });
});

describe("memory that is predicted is what is reserved, to the byte", () => {
  const key = { seed: 1, replica: 0 };
  const given = { inputs: new Float32Array(7 * 5).fill(1), testInputs: new Float64Array(3 * 5).fill(1) };
  test.each<[string, Problem, Partial<TrainingOptions>]>([
    ["pairs", problems.He4({ d: 5 }), { interaction: "pairs" }],
    ["moments along the flow", problems.He4({ d: 5 }), { interaction: "moments", dynamics: "flow" }],
    ["several teachers", problems.Man_2({ d: 5 }), {}],
    ["signs and samples", problems.XOR_2({ d: 5 }), { data: { samples: 3001 } }],
    ["samples in order of the seed", problems.He4({ d: 5 }), { data: { samples: 41, order: "shuffled" } }],
    [
      "samples in float32 and no test",
      problems.He4({ d: 5 }),
      { data: { samples: 41, test: 0 }, precision: "float32" },
    ],
    ["given arrays", problems.He4({ d: 5 }), { data: given }],
    ["a given array", problems.He4({ d: 5 }), { data: { inputs: new Float64Array(15).fill(2) } }],
  ])("%s", (_, problem, options) => {
    const checked = training(problem, options);
    const input = { problem, training: checked, width: 33, signs: null, key };
    const { data, precision } = checked;
    expect(engine.arena.bytesInUse).toBe(0);
    const dataset = data && new Dataset(engine, problem, data, precision, key);
    // Labels take some memory for a while.
    if (data) expect(engine.arena.bytesInUse).toBe(datasetBytes(problem, data, precision) - labelBytes(problem));
    const before = engine.arena.bytesInUse;
    const network = new Network(engine, input, dataset);
    expect(engine.arena.bytesInUse - before).toBe(networkBytes(engine, input));
    const there = engine.arena.bytesInUse;
    const { width, dimension, stride } = network.particles;
    if (dataset && precision === "float64") {
      const hessian = new EmpiricalHessian(engine, problem, network.particles, dataset);
      const bytes = empiricalHessianBytes(engine, problem, { width, dimension, stride });
      expect(engine.arena.bytesInUse - there).toBe(bytes);
      hessian.free();
    }
    if (!dataset) {
      const hessian = new PopulationHessian(engine, problem, network.particles);
      const bytes = populationHessianBytes(engine, problem, { width, dimension, stride });
      expect(engine.arena.bytesInUse - there).toBe(bytes);
      hessian.free();
    }
    network.free();
    dataset?.free();
    expect(engine.arena.bytesInUse).toBe(0);
  });
});
