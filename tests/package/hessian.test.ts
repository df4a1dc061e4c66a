// Products with the local and the interaction Hessian: differences of the velocity field in plain TypeScript, symmetries,
// closed forms, both builds.

import fc from "fast-check";
import {
  type Activation,
  booleanTarget,
  createEngine,
  type Engine,
  gaussianBump,
  type HessianOptions,
  hermite,
  interactionHessianProduct,
  localHessianProduct,
  multiIndex,
  type Problem,
  problems,
  relu,
  singleIndex,
  velocity,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataField, type PlainField, populationField, rowsOf, velocityDifferences } from "../support/plain-field.ts";
import { activate, alternating, tangent } from "../support/plain-network.ts";
import { coefficientsOf, distance, flat, generator, logLogSlope, unitRows } from "./helpers.ts";

let engine: Engine;
let scalar: Engine;
beforeAll(async () => {
  engine = await createEngine();
  scalar = await createEngine({ backend: "scalar" });
});
afterAll(() => {
  engine.dispose();
  scalar.dispose();
});

const PARAMETERS = { numRuns: 60, seed: 20_250_413 };

const number = (size: number) => fc.double({ min: -size, max: size, noNaN: true });

const series = fc.array(number(1), { minLength: 1, maxLength: 6 }).map((c) => hermite(c));
const bumps = fc
  .record({ rate: fc.double({ min: 0.1, max: 1, noNaN: true }), square: number(2), constant: number(2) })
  .map(gaussianBump);
const activations: fc.Arbitrary<Activation> = fc.oneof(series, bumps, fc.constant(relu()));

const cases = fc.record({
  m: fc.integer({ min: 1, max: 7 }),
  d: fc.integer({ min: 2, max: 6 }),
  n: fc.integer({ min: 1, max: 7 }),
  activation: activations,
  link: activations,
  teachers: fc.integer({ min: 1, max: 3 }),
  signed: fc.constantFrom("never", "by the problem", "by the caller"),
  inputs: fc.constantFrom("float64", "float32", "int8", "boolean"),
  labelled: fc.boolean(),
  seed: fc.integer({ min: 0, max: 0xffffffff }),
});
type Drawn = typeof cases extends fc.Arbitrary<infer T> ? T : never;

interface Case {
  activation: Activation;
  problem: Problem;
  W: Float64Array;
  V: Float64Array;
  d: number;
  signs: ArrayLike<number>;
  options: HessianOptions;
  field: PlainField;
  /** Of the terms of a product. */
  scale: number;
}

function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let c = 0; c < x.length; c++) sum += x[c] * y[c];
  return sum;
}

/** Particles, a tangent field of length 1 a row, and the signs in the way that was drawn. */
function networkOf({ m, d, signed, seed }: Drawn) {
  const random = generator(seed);
  const W = unitRows(m, d, seed);
  const free = tangent(
    W,
    Float64Array.from(W, () => 2 * random() - 1),
    d,
  );
  const V = flat(
    rowsOf(free, d).map((row) => {
      const norm = Math.sqrt(dot(row, row));
      return [...row].map((x) => x / norm);
    }),
  );
  const given = Int8Array.from({ length: m }, () => (random() < 0.5 ? 1 : -1));
  const signs = { never: new Array<number>(m).fill(1), "by the problem": alternating(m), "by the caller": given }[
    signed
  ];
  const options = signed === "by the caller" ? { signs: given } : {};
  return { random, W, V, signs, options, problemSigned: signed === "by the problem" };
}

/** Sum of k^3 c_k^2, or what stands for it: how large second derivatives of the kernel are. */
function size(activation: Activation): number {
  if (activation.kind === "relu") return 5;
  return coefficientsOf(activation).reduce((sum, c, k) => sum + k * k * k * c * c, 1);
}

/** On the population. ReLU: no two directions so near that differences see the kink of q'. */
function populationCase(drawn: Drawn): Case | null {
  const { d, activation, link, seed } = drawn;
  const { W, V, signs, options, problemSigned } = networkOf(drawn);
  const teachers = rowsOf(unitRows(drawn.teachers, d, seed ^ 1), d);
  const weights = teachers.map((_, r) => 1 - 0.7 * r);
  if (activation.kind === "relu") {
    const rows = [...rowsOf(W, d), ...teachers];
    if (rows.some((x, i) => rows.some((y, j) => j < i && Math.abs(dot(x, y)) > 0.98))) return null;
  }
  const problem = multiIndex({ d, activation, link, teachers, weights, signed: problemSigned });
  const field = populationField(activation, { link, teachers, weights }, coefficientsOf);
  return { activation, problem, W, V, d, signs, options, field, scale: 10 * (size(activation) + size(link)) };
}

/** On samples of the caller. ReLU: none near the kink. */
function dataCase(drawn: Drawn): Case | null {
  const { d, n, activation, link, labelled } = drawn;
  const { random, W, V, signs, options, problemSigned } = networkOf(drawn);
  const value = () => {
    if (drawn.inputs === "boolean") return random() < 0.5 ? 1 : -1;
    return drawn.inputs === "int8" ? Math.floor(5 * random()) - 2 : 3 * (random() - 0.5);
  };
  const numbers = Array.from({ length: n * d }, value);
  const inputs = {
    float64: () => Float64Array.from(numbers),
    float32: () => Float32Array.from(numbers),
    int8: () => Int8Array.from(numbers),
    boolean: () => Int8Array.from(numbers),
  }[drawn.inputs]();
  if (activation.kind === "relu") {
    const rows = rowsOf(Float64Array.from(inputs), d);
    if (rows.some((x) => rowsOf(W, d).some((w) => Math.abs(dot(x, w)) < 0.02))) return null;
  }
  const problem =
    drawn.inputs === "boolean"
      ? booleanTarget({ d, activation, signed: problemSigned, terms: [{ coordinates: [0, 1], weight: 0.75 }] })
      : singleIndex({ d, activation, link, signed: problemSigned });
  const target = (b: number) =>
    drawn.inputs === "boolean" ? 0.75 * inputs[b * d] * inputs[b * d + 1] : activate(link, inputs[b * d]).value;
  const labels = Float64Array.from({ length: n }, (_, b) => (labelled ? 2 * random() - 1 : target(b)));
  const data = labelled ? { inputs, labels } : { inputs };
  const field = dataField(activation, { inputs, labels });
  // sigma is of degree 5, z up to 6.
  const scale = activation.kind === "relu" ? 100 : 3e5;
  return { activation, problem, W, V, d, signs, options: { ...options, data }, field, scale };
}

function holds(make: (drawn: Drawn) => Case | null, check: (given: Case) => Promise<void>): Promise<void> {
  const property = async (drawn: Drawn) => {
    const given = make(drawn);
    fc.pre(given !== null);
    await check(given);
  };
  return fc.assert(fc.asyncProperty(cases, property), PARAMETERS);
}

const local = ({ problem, W, V, options }: Case, other = V) => localHessianProduct(engine, problem, W, other, options);
const interaction = ({ problem, W, V, options }: Case, other = V) =>
  interactionHessianProduct(engine, problem, W, other, options);

describe.each([
  ["on the population", populationCase],
  ["on samples", dataCase],
] as const)("differences of the velocity %s", (_, make) => {
  const TOLERANCE = 1e-9;

  test("D V: each particle moves, the network that drives it stays", () =>
    holds(make, async (given) => {
      const expected = velocityDifferences(given.field, given, given.V, "own");
      expect(distance(await local(given), expected)).toBeLessThan(TOLERANCE * given.scale);
    }));

  test("-H V: the network moves, the particle stays", () =>
    holds(make, async (given) => {
      const expected = velocityDifferences(given.field, given, given.V, "others").map((x) => -x);
      expect(distance(await interaction(given), expected)).toBeLessThan(TOLERANCE * given.scale);
    }));

  test("D V - H V: both move", () =>
    holds(make, async (given) => {
      const expected = velocityDifferences(given.field, given, given.V, "both");
      const HV = await interaction(given);
      const change = (await local(given)).map((x, at) => x - HV[at]);
      expect(distance(change, expected)).toBeLessThan(2 * TOLERANCE * given.scale);
    }));
});

test("D V - H V is the change of `velocity` itself", () =>
  holds(populationCase, async (given) => {
    fc.pre(!given.options.signs);
    const { problem, W, V, d } = given;
    const h = 1e-4;
    const at = (step: number) =>
      velocity(
        engine,
        problem,
        W.map((w, k) => w + step * V[k]),
      );
    const [after, before] = [await at(h), await at(-h)];
    const change = after.map((x, k) => (x - before[k]) / (2 * h));
    const HV = await interaction(given);
    const expected = (await local(given)).map((x, k) => x - HV[k]);
    expect(distance(tangent(W, change, d), expected)).toBeLessThan(1e-6 * given.scale);
  }));

describe.each([
  ["on the population", populationCase],
  ["on samples", dataCase],
] as const)("symmetries %s", (_, make) => {
  test("D and H are self-adjoint, H is positive semidefinite", () =>
    holds(make, async (given) => {
      const { W, V, d } = given;
      const other = tangent(
        W,
        V.map((_, at) => Math.sin(3 * at + 1)),
        d,
      );
      for (const product of [local, interaction]) {
        const [forth, back] = [dot(other, await product(given)), dot(V, await product(given, other))];
        expect(Math.abs(forth - back)).toBeLessThan(1e-12 * given.scale * V.length);
      }
      expect(dot(V, await interaction(given))).toBeGreaterThan(-1e-12 * given.scale);
    }));

  test("products are tangent, linear, and blind to the normal part of V and to norms of W", () =>
    holds(make, async (given) => {
      const { problem, W, V, d, options } = given;
      for (const [product, compute] of [
        [local, localHessianProduct],
        [interaction, interactionHessianProduct],
      ] as const) {
        const DV = await product(given);
        for (const [i, row] of rowsOf(DV, d).entries()) {
          expect(Math.abs(dot(row, W.subarray(i * d, (i + 1) * d)))).toBeLessThan(1e-13 * given.scale);
        }
        const tilted = V.map((v, at) => v - 0.75 * W[at]);
        expect(distance(await product(given, tilted), DV)).toBeLessThan(1e-12 * given.scale);
        const double = await product(
          given,
          V.map((v) => -2 * v),
        );
        expect(
          distance(
            double,
            DV.map((x) => -2 * x),
          ),
        ).toBeLessThan(1e-13 * given.scale);
        const scaled = await compute(
          engine,
          problem,
          W.map((w) => 3 * w),
          V,
          options,
        );
        expect(distance(scaled, DV)).toBeLessThan(1e-11 * given.scale);
        expect(distance(await product(given, new Float64Array(V.length)), new Float64Array(V.length))).toBe(0);
      }
    }));

  test("copies of a network have the products of the network", () =>
    holds(make, async (given) => {
      const { problem, W, V, d, signs, options } = given;
      const twice = { ...options, signs: Int8Array.from([...Array.from(signs), ...Array.from(signs)]) };
      for (const [product, compute] of [
        [local, localHessianProduct],
        [interaction, interactionHessianProduct],
      ] as const) {
        const once = await product(given);
        const both = await compute(engine, problem, flat([[...W, ...W]]), flat([[...V, ...V]]), twice);
        expect(distance(both, flat([[...once, ...once]])), `d ${d}`).toBeLessThan(1e-11 * given.scale);
      }
    }));

  test("the scalar build gives the same bits", () =>
    holds(make, async (given) => {
      const { problem, W, V, options } = given;
      for (const compute of [localHessianProduct, interactionHessianProduct]) {
        const [simd, plain] = [
          await compute(engine, problem, W, V, options),
          await compute(scalar, problem, W, V, options),
        ];
        expect([...plain]).toEqual([...simd]);
      }
    }));
});

describe("closed forms", () => {
  test("one particle and one teacher: along the meridian and across it", async () => {
    // q' = 4 s^3 and phi' = 4 s^3 for h_4; <w, g> = alpha phi'(alpha) - q'(1).
    const problem = problems.He4({ d: 3 });
    for (const alpha of [-0.9, 0, 0.3, 0.8]) {
      const gamma = Math.sqrt(1 - alpha * alpha);
      const W = Float64Array.of(alpha, gamma, 0);
      const meridian = Float64Array.of(gamma, -alpha, 0);
      const across = Float64Array.of(0, 0, 1);
      const normal = 4 * alpha ** 4 - 4;
      const along = (1 - alpha * alpha) * 12 * alpha * alpha - normal;
      const D = (V: Float64Array) => localHessianProduct(engine, problem, W, V);
      const H = (V: Float64Array) => interactionHessianProduct(engine, problem, W, V);
      expect(
        distance(
          await D(meridian),
          meridian.map((x) => along * x),
        ),
      ).toBeLessThan(1e-14);
      expect(
        distance(
          await D(across),
          across.map((x) => -normal * x),
        ),
      ).toBeLessThan(1e-14);
      expect(
        distance(
          await H(meridian),
          meridian.map((x) => 4 * x),
        ),
      ).toBeLessThan(1e-14);
    }
  });

  test("at the teacher, well specified, both vanish in D: the network there is the target", async () => {
    for (const problem of [problems.He4({ d: 4 }), singleIndex({ d: 4, activation: relu() })]) {
      const W = Float64Array.of(1, 0, 0, 0);
      const V = Float64Array.of(0, 1, 2, 3);
      expect(distance(await localHessianProduct(engine, problem, W, V), [0, 0, 0, 0])).toBeLessThan(1e-15);
      const q1 = problem.name === "He4" ? 4 : 0.5;
      const HV = await interactionHessianProduct(engine, problem, W, V);
      expect(
        distance(
          HV,
          V.map((x) => q1 * x),
        ),
      ).toBeLessThan(1e-14);
    }
  });

  test("particles of ReLU on each other, opposite each other and on the teacher: finite", async () => {
    const problem = singleIndex({ d: 3, activation: relu() });
    const W = Float64Array.of(0.6, 0.8, 0, 0.6, 0.8, 0, -0.6, -0.8, 0, 1, 0, 0, -1, 0, 0, 0.6 + 1e-9, 0.8, 1e-9);
    const V = W.map((_, at) => Math.cos(at));
    for (const compute of [localHessianProduct, interactionHessianProduct]) {
      const product = await compute(engine, problem, W, V);
      expect(product.every((x) => Math.abs(x) < 10)).toBe(true);
    }
  });

  test("m = 1 and d = 2", async () => {
    const problem = problems.He3({ d: 2 });
    const W = Float64Array.of(0.6, 0.8);
    // V is 1.25 (0.8, -0.6) but for its normal part; q' = 3 s^2, phi'' = 6 s.
    const V = Float64Array.of(1, -0.75);
    const lambda = 0.64 * 6 * 0.6 - (3 * 0.6 ** 3 - 3);
    expect(distance(await localHessianProduct(engine, problem, W, V), [lambda, -0.75 * lambda])).toBeLessThan(1e-14);
    expect(distance(await interactionHessianProduct(engine, problem, W, V), [3, -2.25])).toBeLessThan(1e-14);
  });
});

describe("drawn samples", () => {
  const d = 5;
  const m = 6;
  const W = unitRows(m, d, 3);
  const V = tangent(
    W,
    W.map((_, at) => Math.sin(at)),
    d,
  );

  // Tails of higher degrees are too heavy for so few samples.
  const mild = singleIndex({ d, activation: hermite([0, 0.3, 1]), link: hermite({ 1: 1, 2: 1 }), signed: true });

  // ReLU: sigma'' is 0 on every sample, so only H tends to that of the population.
  test.each([
    ["a series, D", mild, localHessianProduct],
    ["a series, H", mild, interactionHessianProduct],
    ["a bump, D", problems.NP_mis({ d }), localHessianProduct],
    ["ReLU, H", singleIndex({ d, activation: relu() }), interactionHessianProduct],
  ] as const)("with n of them products are off by n^(-1/2): %s", async (_, problem, compute) => {
    const exact = await compute(engine, problem, W, V);
    const SAMPLES = [256, 1024, 4096, 16384];
    const errors: number[] = [];
    for (const samples of SAMPLES) {
      let squares = 0;
      for (let seed = 1; seed <= 16; seed++) {
        const product = await compute(engine, problem, W, V, { data: { samples }, seed });
        squares += product.reduce((sum, x, at) => sum + (x - exact[at]) * (x - exact[at]), 0);
      }
      errors.push(Math.sqrt(squares));
    }
    const slope = logLogSlope(SAMPLES, errors);
    expect(slope).toBeGreaterThan(-0.62);
    expect(slope).toBeLessThan(-0.38);
  });

  test("are the whole training set whatever batch, order and test set say, and depend on the seed", async () => {
    const problem = problems.XOR_2({ d });
    const product = (seed: number, more: object) =>
      localHessianProduct(engine, problem, W, V, { seed, data: { samples: 130, ...more } });
    const plain = [...(await product(4, {}))];
    expect([...(await product(4, { batch: 7, order: "shuffled", test: 3, resample: true }))]).toEqual(plain);
    expect([...(await product(5, {}))]).not.toEqual(plain);
  });
});
