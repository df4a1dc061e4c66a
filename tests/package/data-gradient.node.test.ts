// The velocity on data is minus m/2 times the tangent gradient of the training error (central differences), and tends to
// the velocity on the population as n^(-1/2).

import fc from "fast-check";
import {
  type Activation,
  createEngine,
  type Engine,
  gaussianBump,
  hermite,
  multiIndex,
  type Problem,
  problems,
  relu,
  singleIndex,
  trainNetwork,
  velocity,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tangent, velocityOf } from "../support/plain-network.ts";
import { distance, generator, logLogSlope, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const number = (size: number) => fc.double({ min: -size, max: size, noNaN: true });

const activations: fc.Arbitrary<Activation> = fc.oneof(
  fc.array(number(1), { minLength: 2, maxLength: 6 }).map((c) => hermite(c)),
  fc
    .record({ rate: fc.double({ min: 0.1, max: 2, noNaN: true }), square: number(2), constant: number(2) })
    .map(gaussianBump),
);

const cases = fc.record({
  n: fc.integer({ min: 1, max: 9 }),
  m: fc.integer({ min: 1, max: 9 }),
  d: fc.integer({ min: 2, max: 6 }),
  activation: activations,
  link: activations,
  signed: fc.boolean(),
  labelled: fc.boolean(),
  seed: fc.integer({ min: 0, max: 0xffffffff }),
});

test("the training error falls along the tangent step as its derivative says", async () => {
  const PARAMETERS = { numRuns: 60, seed: 20_250_413 };
  const H = 1e-4;
  const check = async ({
    n,
    m,
    d,
    activation,
    link,
    signed,
    labelled,
    seed,
  }: typeof cases extends fc.Arbitrary<infer T> ? T : never) => {
    const random = generator(seed);
    const inputs = Float64Array.from({ length: n * d }, () => 3 * (random() - 0.5));
    const labels = Float64Array.from({ length: n }, () => 2 * random() - 1);
    const problem = singleIndex({ d, activation, link, signed });
    const W = unitRows(m, d, seed);
    const data = labelled ? { inputs, labels } : { inputs };
    const train = (initial: Float64Array, time: number) =>
      trainNetwork(engine, problem, { initial, time, step: 0.01, record: [time], data });
    const error = async (initial: Float64Array) => (await train(initial, 0)).trainError?.[0] as number;
    const v = velocityOf(W, (await train(W, 0.01)).particles(), d, 0.01);
    // One random tangent direction for all particles at once.
    const direction = tangent(
      W,
      W.map(() => 2 * random() - 1),
      d,
    );
    const moved = (h: number) => error(W.map((w, at) => w + h * direction[at]));
    // Central differences, once extrapolated: an error of order H^4.
    const derivative = async (h: number) => ((await moved(h)) - (await moved(-h))) / (2 * h);
    const measured = (4 * (await derivative(H)) - (await derivative(2 * H))) / 3;
    const expected = (-2 / m) * v.reduce((sum, x, at) => sum + x * direction[at], 0);
    expect(Math.abs(measured - expected)).toBeLessThan(1e-8 * (1 + (await error(W))));
  };
  await fc.assert(fc.asyncProperty(cases, check), PARAMETERS);
});

describe("with n samples the velocity is off by n^(-1/2)", () => {
  const d = 8;
  const m = 16;
  const W = unitRows(m, d, 5);
  const SAMPLES = [1024, 4096, 16384, 65536];
  const teachers = [
    [1, 1],
    [0.6, -0.8],
  ];
  const all: Record<string, Problem> = {
    He4: problems.He4({ d }),
    "two degrees, signed": singleIndex({
      d,
      activation: hermite([0, 0.3, 1]),
      link: hermite({ 1: 1, 3: 1 }),
      signed: true,
    }),
    "a bump on another": problems.NP_mis({ d }),
    "four teachers": problems.He4_nonorth({ d }),
    "random teachers": problems.He4_random_8_8({ d, seed: 3 }),
    "ReLU, no target": problems.Zero({ d }),
    "ReLU, two Hermite teachers": multiIndex({
      ...{ d, activation: relu(), link: hermite([0.2, 0.5, 1]), teachers },
      weights: [1.5, -0.5],
      signed: true,
    }),
    "a bump on ReLU": singleIndex({ d, activation: gaussianBump({ rate: 0.5, square: 1 }), link: relu() }),
  };

  // All sizes see the same 2^17 samples, one after another: what heavy tails do, they do to all sizes alike. The network
  // hardly moves, so every step shows the velocity on new samples.
  const TOTAL = 131_072;
  const STEP = 1e-9;

  async function error(problem: Problem, samples: number): Promise<number> {
    const exact = await velocity(engine, problem, W);
    const steps = TOTAL / samples;
    const time = steps * STEP;
    const record = Array.from({ length: steps + 1 }, (_, k) => k * STEP);
    const data = { samples, batch: samples, test: 0, resample: true };
    const run = await trainNetwork(engine, problem, { initial: W, time, step: STEP, record, keep: "all", data });
    let squares = 0;
    for (let k = 0; k < steps; k++) {
      const [before, after] = [run.particles(k), run.particles(k + 1)];
      squares += exact.reduce(
        (sum, v, at) => sum + ((after[at] - before[at]) / STEP - v) * ((after[at] - before[at]) / STEP - v),
        0,
      );
    }
    return Math.sqrt(squares / steps / m);
  }

  test.each(Object.entries(all))("%s", async (_, problem) => {
    const errors: number[] = [];
    for (const samples of SAMPLES) errors.push(await error(problem, samples));
    const slope = logLogSlope(SAMPLES, errors);
    expect(slope).toBeGreaterThan(-0.6);
    expect(slope).toBeLessThan(-0.4);
  });

  // Only a long step shows the part along w.
  test.each([
    ["a bump", singleIndex({ d, activation: gaussianBump({ rate: 0.2, square: 1 }), link: hermite([1, 0, 3]) })],
    ["ReLU on ReLU", singleIndex({ d, activation: relu(), link: relu() })],
  ] as const)("a long Euclidean step: %s", async (_, problem) => {
    const run = async (options: object) =>
      (
        await trainNetwork(engine, problem, {
          initial: W,
          time: 1,
          step: 1,
          gradient: "euclidean",
          record: [1],
          ...options,
        })
      ).particles();
    const population = await run({});
    const tangential = await run({ gradient: "riemannian" });
    const errors: number[] = [];
    for (const samples of SAMPLES) {
      let squares = 0;
      for (let seed = 1; seed <= 6; seed++) {
        const empirical = await run({ seed, data: { samples, batch: samples, test: 0 } });
        squares += empirical.reduce((sum, x, at) => sum + (x - population[at]) * (x - population[at]), 0);
      }
      errors.push(Math.sqrt(squares / 6 / m));
    }
    const slope = logLogSlope(SAMPLES, errors);
    expect(slope).toBeGreaterThan(-0.6);
    expect(slope).toBeLessThan(-0.4);
    // The two gradients lie further apart than what is left.
    expect(distance(population, tangential)).toBeGreaterThan(2 * errors[3]);
  });
});
