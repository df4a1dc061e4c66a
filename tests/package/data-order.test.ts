// Which samples a step sees: drawn rows, batches, shuffled epochs and fresh ones, against a second implementation of the
// random numbers (docs/random-numbers.md).
//
// A network with sigma(z) = z, target 1 and the correlation objective moves by the mean of the batch: w <- w + step E x.
// With a path norm of next to nothing it stays unnormalised, so its particles write down the samples.

import {
  booleanTarget,
  createEngine,
  type Engine,
  hermite,
  type Problem,
  problems,
  type SampledData,
  singleIndex,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { normal, shuffled, uniforms } from "../support/philox.ts";
import { step as plainStep } from "../support/plain-network.ts";
import { distance, generator, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const writer = (d: number) => singleIndex({ d, activation: hermite({ 1: 1 }), link: hermite([1]) });
const booleanWriter = (d: number) =>
  booleanTarget({ d, activation: hermite({ 1: 1 }), terms: [{ coordinates: [], weight: 1 }] });

/** Mean of the samples of each step. */
async function seen(problem: Problem, data: SampledData, steps: number, seed = 1): Promise<number[][]> {
  const { d } = problem;
  const run = await trainNetwork(engine, problem, {
    ...{ initial: new Float64Array(d).fill(1), seed, keep: "all", data: { test: 0, ...data } },
    ...{ time: steps, step: 1, record: Array.from({ length: steps + 1 }, (_, k) => k) },
    ...{ objective: "correlation", pathNorm: 1e-300 },
  });
  return Array.from({ length: steps }, (_, k) => {
    const before = run.particles(k);
    return Array.from(run.particles(k + 1), (x, c) => x - before[c]);
  });
}

/** Rows first .. first + n - 1 of the training stream. */
function rows(seed: number, n: number, d: number, first = 0): number[][] {
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: d }, (_, c) => normal([seed, 0], [2, first + i, c, 0])),
  );
}

const apart = (a: number[][], b: number[][]) => distance(a.flat(), b.flat());

describe("drawn samples", () => {
  test.each([1, 4_294_967_295])("are the normals of the documentation, seed %d", async (seed) => {
    expect(apart(await seen(writer(5), { samples: 12, batch: 1 }, 12, seed), rows(seed, 12, 5))).toBeLessThan(1e-13);
  });

  test("or its signs, for Boolean problems", async () => {
    const signs = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: 7 }, (_, c) => (uniforms([3, 0], [2, i, c, 0])[0] < 0.5 ? 1 : -1)),
    );
    expect(apart(await seen(booleanWriter(7), { samples: 40, batch: 1 }, 40, 3), signs)).toBeLessThan(1e-13);
  });

  test("are nested: a row depends neither on n, nor its coordinates on d", async () => {
    const few = await seen(writer(4), { samples: 5, batch: 1 }, 5);
    const many = await seen(writer(6), { samples: 5000, batch: 1 }, 5);
    expect(
      apart(
        few,
        many.map((row) => row.slice(0, 4)),
      ),
    ).toBeLessThan(1e-13);
  });

  test("the test set has its own stream, and is half as large by default", async () => {
    // f(x) = x_1 and y = 0: the error is the mean of x_1^2.
    const problem = singleIndex({ d: 2, activation: hermite({ 1: 1 }), link: hermite([0]) });
    const initial = Float64Array.of(1, 0);
    const run = await trainNetwork(engine, problem, { initial, time: 0, seed: 8, data: { samples: 9 } });
    const square = (stream: number, n: number) =>
      Array.from({ length: n }, (_, i) => normal([8, 0], [stream, i, 0, 0])).reduce((sum, x) => sum + (x * x) / n, 0);
    expect(run.settings.data).toEqual({
      samples: 9,
      test: 4,
      batch: 9,
      order: "sequential",
      resample: false,
      given: false,
    });
    expect(run.trainError?.[0]).toBeCloseTo(square(2, 9), 13);
    expect(run.testError?.[0]).toBeCloseTo(square(3, 4), 13);
  });

  test("handed in as the user's own give the same run", async () => {
    const problem = problems.He4_nonorth({ d: 4 });
    const options = { width: 9, seed: 5, time: 0.6, step: 0.05, record: 5 };
    const drawn = await trainNetwork(engine, problem, { ...options, data: { samples: 40, batch: 13, test: 0 } });
    const inputs = Float64Array.from(rows(5, 40, 4).flat());
    const given = await trainNetwork(engine, problem, { ...options, data: { inputs, batch: 13 } });
    expect(distance(given.particles(), drawn.particles())).toBeLessThan(1e-11);
    expect(distance(given.trainError as Float64Array, drawn.trainError as Float64Array)).toBeLessThan(1e-11);
    expect(given.loss && drawn.loss && distance(given.loss, drawn.loss)).toBeLessThan(1e-11);
    expect(given.settings.data).toMatchObject({ given: true, samples: 40, test: 0, batch: 13 });
  });
});

describe("batches", () => {
  const mean = (batch: number[][]) =>
    batch[0].map((_, c) => batch.reduce((sum, row) => sum + row[c] / batch.length, 0));

  test("go through the rows in order, the last one smaller, and start again", async () => {
    const all = rows(1, 8, 3);
    const parts = [all.slice(0, 3), all.slice(3, 6), all.slice(6)].map(mean);
    const data = { samples: 8, batch: 3 };
    expect(apart(await seen(writer(3), data, 7), [...parts, ...parts, parts[0]])).toBeLessThan(1e-13);
  });

  test("one epoch is so many plain steps", async () => {
    const [d, m, n] = [5, 7, 70];
    const random = generator(4);
    const inputs = Float32Array.from({ length: n * d }, () => 3 * (random() - 0.5));
    const labels = Float64Array.from({ length: n }, () => random());
    const problem = singleIndex({ d, activation: hermite([0, 1, 0.5]) });
    let W = unitRows(m, d, 1);
    const options = { initial: W, time: 0.6, step: 0.2, record: [0.6], data: { inputs, labels, batch: 32 } };
    const run = await trainNetwork(engine, problem, options);
    for (const [first, last] of [
      [0, 32],
      [32, 64],
      [64, 70],
    ]) {
      const batch = { inputs: inputs.subarray(first * d, last * d), labels: labels.subarray(first, last) };
      W = plainStep({ activation: problem.activation, W, d }, batch, 0.2);
    }
    expect(distance(run.particles(), W)).toBeLessThan(1e-13);
  });

  test("are of 8192 samples by default", async () => {
    const run = await trainNetwork(engine, problems.He3({ d: 2 }), {
      width: 1,
      time: 0,
      data: { samples: 8193, test: 0 },
    });
    expect(run.settings.data).toMatchObject({ batch: 8192 });
  });
});

describe("shuffled", () => {
  const [n, d] = [11, 2];
  const data = { samples: n, batch: 1, order: "shuffled" } as const;

  test("each epoch has its own order, that of the documentation", async () => {
    const all = rows(6, n, d);
    const orders = [0, 1, 2].map((epoch) => shuffled(n, 6, epoch));
    expect(new Set(orders.map(String)).size).toBe(3);
    for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual(Array.from(all.keys()));
    const expected = orders.flat().map((i) => all[i]);
    expect(apart(await seen(writer(d), data, 3 * n, 6), expected)).toBeLessThan(1e-13);
  });

  test("of the user's samples it depends on the seed, and the run says so", async () => {
    const inputs = Float64Array.from(rows(1, n, d).flat());
    const run = (seed: number) =>
      trainNetwork(engine, problems.He3({ d }), {
        ...{ initial: unitRows(3, d, 1), time: 0.3, step: 0.1, seed, data: { inputs, batch: 4, order: "shuffled" } },
      });
    const [one, again, other] = [await run(1), await run(1), await run(2)];
    expect(again.particles()).toEqual(one.particles());
    expect(distance(other.particles(), one.particles())).toBeGreaterThan(1e-6);
    expect([one.settings.seed, other.settings.seed]).toEqual([1, 2]);
  });

  test("with one batch an epoch only rounding is left", async () => {
    const problem = problems.NP_mis({ d: 4 });
    const run = async (order: "sequential" | "shuffled") =>
      (
        await trainNetwork(engine, problem, { width: 6, time: 1, step: 0.1, data: { samples: 200, order } })
      ).particles();
    expect(distance(await run("shuffled"), await run("sequential"))).toBeLessThan(1e-12);
  });
});

describe("resampled", () => {
  test("epoch e has rows e n .. e n + n - 1, in one order or another", async () => {
    const data = { samples: 6, batch: 2, resample: true };
    const pairs = (list: number[][]) =>
      Array.from({ length: list.length / 2 }, (_, b) => list[2 * b].map((x, c) => (x + list[2 * b + 1][c]) / 2));
    expect(apart(await seen(writer(3), data, 9, 2), pairs(rows(2, 18, 3)))).toBeLessThan(1e-13);
    const orders = [0, 1, 2].map((epoch) => shuffled(6, 2, epoch).map((i) => rows(2, 1, 3, 6 * epoch + i)[0]));
    const mixed = await seen(writer(3), { ...data, order: "shuffled" }, 9, 2);
    expect(apart(mixed, pairs(orders.flat()))).toBeLessThan(1e-13);
  });

  test("the training error is that of the set last seen", async () => {
    // f = 0 and y = x_1: the error is the mean of x_1^2.
    const problem = singleIndex({ d: 2, activation: hermite([0]), link: hermite({ 1: 1 }) });
    const data = { samples: 6, batch: 3, resample: true, test: 0 };
    const run = await trainNetwork(engine, problem, { width: 1, time: 5, step: 1, record: 6, data });
    const squares = [0, 1, 2].map((epoch) => rows(1, 6, 2, 6 * epoch).reduce((sum, [x]) => sum + (x * x) / 6, 0));
    // Before the first step and after steps 1 to 5.
    const expected = [0, 0, 0, 1, 1, 2].map((epoch) => squares[epoch]);
    expect(distance(run.trainError as Float64Array, expected)).toBeLessThan(1e-13);
  });

  test("is refused along the flow, which has no epochs", async () => {
    const run = (resample: boolean) =>
      trainNetwork(engine, problems.He3({ d: 3 }), {
        width: 4,
        time: 1,
        dynamics: "flow",
        data: { samples: 20, resample },
      });
    await expect(run(true)).rejects.toThrow(/^data.resample must be false with dynamics "flow"/);
    expect((await run(false)).status).toBe("completed");
  });
});

test("two seeds have nothing in common, the same seed everything", async () => {
  const run = (seed: number) =>
    trainNetwork(engine, problems.XOR_2({ d: 4 }), { width: 5, time: 1, step: 0.1, seed, data: { samples: 30 } });
  const [one, again, other] = [await run(1), await run(1), await run(2)];
  expect(JSON.stringify(again)).toBe(JSON.stringify(one));
  expect(again.particles()).toEqual(one.particles());
  for (const name of ["trainError", "testError"] as const) expect(other[name]?.[10]).not.toBe(one[name]?.[10]);
});
