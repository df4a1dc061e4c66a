// One projected step on given data against the formulas in plain TypeScript: sizes around the blocks and panels of the
// kernels, all kinds of activations, signs, both gradients, both objectives, both number formats, all types of inputs.

import {
  type Activation,
  booleanTarget,
  createEngine,
  type DataArray,
  type Engine,
  gaussianBump,
  hermite,
  type Precision,
  type Problem,
  relu,
  singleIndex,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { activate, alternating, meanSquare, outputs, type PlainForce, step } from "../support/plain-network.ts";
import { distance, generator, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const ACTIVATIONS: Record<string, Activation> = {
  h_4: hermite({ 4: 1 }),
  h_3: hermite({ 3: 1 }),
  "degree 3, mixed": hermite([0.3, -0.7, 0.4, 0.5]),
  "degree 8, even": hermite({ 0: 0.1, 2: 0.5, 6: -0.3, 8: 0.2 }),
  "degree 12, mixed": hermite([0.1, 0.2, -0.3, 0.4, 0.1, -0.2, 0.1, 0.05, 0.1, -0.1, 0.05, 0.02, 0.1]),
  constant: hermite([0.7]),
  ReLU: relu(),
  bump: gaussianBump({ rate: 0.5, square: 2, constant: -1 }),
  "bump with an offset": gaussianBump({ rate: 1.3, square: -0.4, constant: 0.6, offset: 0.25 }),
};

const TYPES = { Float64Array, Float32Array, Int8Array };

function arrayOf(type: keyof typeof TYPES, values: ArrayLike<number>): DataArray {
  return TYPES[type].from(values);
}

interface Case extends PlainForce {
  n: number;
  m: number;
  d: number;
  activation: string;
  signed: boolean;
  type: keyof typeof TYPES;
}

/** Every value of every setting, and all pairs of sizes: rows of an orthogonal array, the rest by turns. */
function cases(): Case[] {
  const sizes = [1, 3, 63, 64, 65];
  const names = Object.keys(ACTIVATIONS);
  const types = Object.keys(TYPES) as (keyof typeof TYPES)[];
  return sizes.flatMap((n, i) =>
    sizes.map((m, j) => {
      const k = 5 * i + j;
      return {
        n,
        m,
        // An input has two coordinates at least.
        d: Math.max(2, sizes[(i + j) % 5]),
        activation: names[(i + 2 * j + (i >> 1)) % names.length],
        signed: (i + j + (j >> 1)) % 2 === 1,
        gradient: k % 2 === 0 ? "riemannian" : "euclidean",
        objective: k % 5 === 3 ? "correlation" : "squared",
        type: types[(i + 2 * j) % 3],
      };
    }),
  );
}

function inputsOf(type: keyof typeof TYPES, length: number, seed: number): DataArray {
  const random = generator(seed);
  const scale = type === "Int8Array" ? 2.4 : 1.5;
  const value = () => scale * (random() + random() + random() + random() - 2);
  return arrayOf(
    type,
    Array.from({ length }, () => (type === "Int8Array" ? Math.round(value()) : value())),
  );
}

/** One step of the package and what it should be, with the training error before it. */
async function oneStep(
  problem: Problem,
  { n, m, d, signed, type, gradient, objective }: Omit<Case, "activation">,
  precision: Precision,
) {
  const inputs = inputsOf(type, n * d, 100 * n + m);
  const random = generator(n + m + d);
  const labels = Float64Array.from({ length: n }, () => 3 * random() - 1);
  const W = unitRows(m, d, 7 * m + d);
  const eta = 0.05;
  const run = await trainNetwork(engine, problem, {
    initial: W,
    time: eta,
    step: eta,
    record: [0, eta],
    data: { inputs, labels },
    gradient,
    objective,
    precision,
  });
  expect(run.status).toBe("completed");
  const network = { activation: problem.activation, W, d, ...(signed && { signs: alternating(m) }) };
  const after = step(network, { inputs, labels }, eta, { gradient, objective });
  return {
    before: W,
    ours: run.particles(),
    plain: after,
    errors: run.trainError as Float64Array,
    plainErrors: [W, after].map((now) => meanSquare(outputs({ ...network, W: now }, inputs), labels)),
  };
}

/** Largest difference in units of the largest number on the right. */
function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return distance(a, b) / Math.max(...Array.from(b, Math.abs));
}

const title = "n = $n, m = $m, d = $d, $activation, signed $signed, $gradient, $objective, $type";

describe("a step in float64", () => {
  test.each(cases())(title, async (given) => {
    const { d, signed } = given;
    const problem = singleIndex({ d, activation: ACTIVATIONS[given.activation], link: hermite([1]), signed });
    const { before, ours, plain, errors, plainErrors } = await oneStep(problem, given, "float64");
    expect(distance(ours, plain)).toBeLessThan(1e-12);
    expect(relative(errors, plainErrors)).toBeLessThan(1e-12);
    if (given.activation !== "constant") expect(distance(before, plain)).toBeGreaterThan(1e-4);
  });
});

describe("a step in float32", () => {
  test.each(cases())(title, async (given) => {
    const { d, signed } = given;
    const problem = singleIndex({ d, activation: ACTIVATIONS[given.activation], link: hermite([1]), signed });
    const { before, ours, plain, errors, plainErrors } = await oneStep(problem, given, "float32");
    // Of the way that was taken: the weights themselves are float64.
    expect(distance(ours, plain)).toBeLessThan(1e-4 * distance(before, plain) + 1e-15);
    expect(relative(errors, plainErrors)).toBeLessThan(1e-4);
    // It is not float64 under another name.
    if (given.activation !== "constant" && given.n * given.m > 1) expect(distance(ours, plain)).toBeGreaterThan(1e-13);
  });
});

describe("Boolean inputs", () => {
  const terms = [
    { coordinates: [0, 1], weight: 0.5 },
    { coordinates: [2], weight: -1 },
  ];
  const sizes = [
    { n: 1, m: 65, d: 3 },
    { n: 64, m: 1, d: 63 },
    { n: 65, m: 63, d: 64 },
    { n: 63, m: 64, d: 65 },
  ];
  test.each(sizes)("labels of the target, n = $n, m = $m, d = $d, in all types", async ({ n, m, d }) => {
    const random = generator(n * m + d);
    const signs = Float64Array.from({ length: n * d }, () => (random() < 0.5 ? -1 : 1));
    const labels = Float64Array.from({ length: n }, (_, b) => 0.5 * signs[b * d] * signs[b * d + 1] - signs[b * d + 2]);
    const W = unitRows(m, d, 3);
    const problem = booleanTarget({ d, terms, activation: relu(), signed: true });
    const plain = step({ activation: relu(), W, d, signs: alternating(m) }, { inputs: signs, labels }, 0.1);
    for (const type of Object.keys(TYPES) as (keyof typeof TYPES)[]) {
      const inputs = arrayOf(type, signs);
      const run = await trainNetwork(engine, problem, {
        initial: W,
        time: 0.1,
        step: 0.1,
        data: { inputs },
        record: 2,
      });
      expect(distance(run.particles(), plain)).toBeLessThan(1e-12);
    }
  });
});

test("a given sign overrides the problem's, and rows are normalised on entry", async () => {
  const d = 5;
  const m = 6;
  const inputs = inputsOf("Float64Array", 20 * d, 1);
  const labels = inputs.filter((_, at) => at % d === 2) as Float64Array;
  const signs = Int8Array.of(-1, -1, 1, 1, -1, 1);
  const W = unitRows(m, d, 1);
  const problem = singleIndex({ d, activation: relu(), signed: true });
  const run = await trainNetwork(engine, problem, {
    initial: W.map((w, at) => w * (1 + Math.floor(at / d))),
    signs,
    time: 0.3,
    step: 0.3,
    record: 2,
    data: { inputs, labels },
  });
  const plain = step({ activation: relu(), W, d, signs }, { inputs, labels }, 0.3);
  expect(distance(run.particles(), plain)).toBeLessThan(1e-13);
  expect(
    distance(run.particles(), step({ activation: relu(), W, d, signs: alternating(m) }, { inputs, labels }, 0.3)),
  ).toBeGreaterThan(1e-3);
});

test("the link labels exactly, not through a series: sums over teachers with weights", async () => {
  const d = 4;
  const inputs = inputsOf("Float32Array", 1500 * d, 9);
  const link = gaussianBump({ rate: 8, square: 3, constant: 1 });
  const problem = singleIndex({ d, activation: relu(), link });
  const W = unitRows(1, d, 4);
  const run = await trainNetwork(engine, problem, { initial: W, time: 0, data: { inputs } });
  const labels = Float64Array.from({ length: 1500 }, (_, b) => activate(link, inputs[b * d]).value);
  const plain = meanSquare(outputs({ activation: relu(), W, d }, inputs), labels);
  expect(run.trainError?.[0]).toBeCloseTo(plain, 13);
  expect(run.loss).toBeNull();
});
