// The closed form of the population against quadrature that knows nothing of Hermite series, and what the limit gets.

import { describe, expect, test } from "vitest";
import { checkSolvable } from "../../src/limit/form.ts";
import { gaussHermite } from "../../src/numeric/hermite.ts";
import { gaussLegendre } from "../../src/numeric/legendre.ts";
import { hermite, relu } from "../../src/problem/activation.ts";
import { booleanTarget } from "../../src/problem/boolean.ts";
import { gaussianBump } from "../../src/problem/bumps.ts";
import {
  dataLaw,
  fixedTeachers,
  type KernelFunction,
  limitForm,
  populationForm,
  populationSeries,
  relevantCoordinates,
  teacherWeights,
} from "../../src/problem/form.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import type { Activation, MultiIndexProblem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";

const RULE = gaussLegendre(12, Math.cos);
const REACH = 11;

/** Integral of f phi over the line, phi the normal density, in panels that meet at `kink`. */
function mean(f: (y: number) => number, kink: number): number {
  let sum = 0;
  const middle = Math.max(-REACH, Math.min(REACH, kink));
  for (const [low, high] of [
    [-REACH, middle],
    [middle, REACH],
  ]) {
    const panels = Math.ceil(high - low);
    for (let p = 0; p < panels; p++) {
      const width = (high - low) / panels;
      for (let i = 0; i < RULE.nodes.length; i++) {
        const y = low + width * (p + (1 + RULE.nodes[i]) / 2);
        sum += ((RULE.weights[i] * width) / 2) * f(y) * Math.exp((-y * y) / 2);
      }
    }
  }
  return sum / Math.sqrt(2 * Math.PI);
}

/** E f(z) g(z'), z and z' standard normal with covariance s; f and g may have kinks at 0. */
function pairMean(f: (z: number) => number, g: (z: number) => number, s: number): number {
  const t = Math.sqrt(1 - s * s);
  if (t < 1e-12) return mean((z) => f(z) * g(s * z), 0);
  return mean((z) => f(z) * mean((y) => g(s * z + t * y), (-s * z) / t), 0);
}

const h = (k: number, z: number): number =>
  k === 0 ? 1 : k === 1 ? z : (z * h(k - 1, z) - Math.sqrt(k - 1) * h(k - 2, z)) / Math.sqrt(k);

/** An activation and its derivative, as they are defined. */
function functions(activation: Activation): { value: (z: number) => number; slope: (z: number) => number } {
  if (activation.kind === "relu") return { value: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) };
  if (activation.kind === "hermite") {
    const c = activation.coefficients;
    return {
      value: (z) => c.reduce((sum, value, k) => (value === 0 ? sum : sum + value * h(k, z)), 0),
      slope: (z) =>
        c.reduce((sum, value, k) => (value === 0 || k === 0 ? sum : sum + value * Math.sqrt(k) * h(k - 1, z)), 0),
    };
  }
  const { rate, constant, square, offset } = activation;
  return {
    value: (z) => (constant + square * z * z) * Math.exp(-rate * z * z) + offset,
    slope: (z) => (2 * square * z - 2 * rate * z * (constant + square * z * z)) * Math.exp(-rate * z * z),
  };
}

function evaluate(kernel: KernelFunction, s: number): number {
  const angle = Math.PI - Math.acos(s);
  if (kernel.kind === "arc-cosine") return (Math.sqrt(1 - s * s) + angle * s) / (2 * Math.PI);
  if (kernel.kind === "arc-cosine-derivative") return angle / (2 * Math.PI);
  if (kernel.kind === "arc-cosine-curvature") return 1 / (2 * Math.PI * Math.sqrt(1 - s * s));
  return kernel.powers.reduceRight((sum, power) => sum * s + power, 0);
}

const quartic = hermite({ 0: 0.5, 2: 0.25, 4: 1 });
const mixed = hermite([0.1, -0.7, 0, 0.4]);
const bump = gaussianBump({ rate: 0.4, square: 1.5, constant: -1, offset: 0.2 });

describe("the closed form of the population", () => {
  test.each([
    ["series against series", quartic, mixed],
    ["the longer link", hermite({ 2: 1 }), hermite([1, 2, 3, 4, 5, 6])],
    ["series against ReLU", quartic, relu()],
    ["a series that ReLU's own continues", hermite({ 0: 1, 1: 1, 2: 1 }), relu()],
    ["ReLU against series", relu(), mixed],
    ["ReLU against a single h_2, which sees c_4 of ReLU", relu(), hermite({ 2: 1 })],
    ["ReLU against ReLU", relu(), relu()],
    ["a bump against a series", bump, mixed],
    ["ReLU against a bump", relu(), bump],
    ["a bump against ReLU", bump, relu()],
  ])("agrees with quadrature: %s", (_, activation, link) => {
    const form = populationForm(singleIndex({ d: 3, activation, link }));
    if (!form) throw new Error("no form");
    const [sigma, target] = [functions(activation), functions(link)];
    // The series of a bump leaves 1e-14 of its square.
    const tolerance = activation.kind === "bump" || link.kind === "bump" ? 2e-7 : 1e-11;
    for (const s of [-0.9, -0.3, 0, 0.5, 0.8]) {
      const close = (kernel: KernelFunction, f: (z: number) => number, g: (z: number) => number) =>
        expect(Math.abs(evaluate(kernel, s) - pairMean(f, g, s))).toBeLessThan(tolerance);
      const H = 1e-4;
      const curved = (slope: KernelFunction, curvature: KernelFunction) => {
        const difference = (evaluate(slope, s + H) - evaluate(slope, s - H)) / (2 * H);
        const value = evaluate(curvature, s);
        expect(Math.abs(value - difference)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
      };
      close(form.kernel, sigma.value, sigma.value);
      close(form.kernelDerivative, sigma.slope, sigma.slope);
      curved(form.kernelDerivative, form.kernelCurvature);
      curved(form.linkDerivative, form.linkCurvature);
      close(form.kernelRadial, (z) => z * sigma.slope(z), sigma.value);
      close(form.link, sigma.value, target.value);
      close(form.linkDerivative, sigma.slope, target.slope);
      close(form.linkRadial, (z) => z * sigma.slope(z), target.value);
      close(form.targetKernel, target.value, target.value);
    }
  });

  test("is null for Boolean data, and for a bump without a series on either side", () => {
    const narrow = gaussianBump({ rate: 50, square: 1 });
    expect(populationForm(problems.XOR_4({ d: 8 }))).toBeNull();
    expect(populationForm(singleIndex({ d: 3, activation: narrow }))).toBeNull();
    expect(populationForm(singleIndex({ d: 3, activation: narrow, link: quartic }))).toBeNull();
    expect(populationForm(singleIndex({ d: 3, activation: quartic, link: narrow }))).toBeNull();
    expect(populationForm(singleIndex({ d: 3, activation: relu(), link: narrow }))).toBeNull();
  });

  test("of Zero is there: ReLU's kernels, and no teacher", () => {
    const zero = problems.Zero({ d: 4 });
    expect(populationForm(zero)?.kernel).toEqual({ kind: "arc-cosine" });
    expect(fixedTeachers(zero)).toEqual([]);
  });
});

/** |f*|^2 by the kernel of the target, and by quadrature over the plane of the teachers. */
function targetNorms(problem: MultiIndexProblem): [number, number] {
  const form = populationForm(problem);
  const teachers = fixedTeachers(problem) ?? [];
  const weights = teacherWeights(problem);
  const { value } = functions(problem.link);
  let closed = 0;
  for (const [r, u] of teachers.entries())
    for (const [q, v] of teachers.entries()) {
      const s = Math.min(1, u[0] * v[0] + u[1] * v[1]);
      closed += weights[r] * weights[q] * evaluate(form?.targetKernel as KernelFunction, s);
    }
  const { nodes, weights: rule } = gaussHermite(60);
  let direct = 0;
  for (let i = 0; i < 60; i++)
    for (let j = 0; j < 60; j++) {
      const f = teachers.reduce((sum, u, r) => sum + weights[r] * value(u[0] * nodes[i] + u[1] * nodes[j]), 0);
      direct += rule[i] * rule[j] * f * f;
    }
  return [closed, direct];
}

describe("the target of several teachers", () => {
  test.each([
    ["He4_orth", problems.He4_orth({ d: 2 }), 1 / 2],
    ["He4_nonorth", problems.He4_nonorth({ d: 2 }), 5 / 8],
    ["Man_2", problems.Man_2({ d: 2 }), 3 / 8],
    ["Man_big_2", problems.Man_big_2({ d: 2 }), 6],
    [
      "its own",
      multiIndex({
        d: 5,
        activation: mixed,
        teachers: [
          [3, 4],
          [1, -1],
        ],
        weights: [2, -0.5],
      }),
      null,
    ],
    [
      "a bump",
      multiIndex({
        d: 5,
        activation: relu(),
        link: bump,
        teachers: [
          [1, 2],
          [0, 1],
          [5, 1],
        ],
      }),
      null,
    ],
  ] as const)("has the norm of the closed form: %s", (_, problem, known) => {
    const [closed, direct] = targetNorms(problem);
    expect(Math.abs(closed / direct - 1)).toBeLessThan(1e-11);
    if (known !== null) expect(closed).toBeCloseTo(known, 13);
  });

  test.each([
    ["Man_2", problems.Man_2({ d: 3 }), 1],
    ["Man_big_2", problems.Man_big_2({ d: 3 }), 4],
  ] as const)("%s is the polynomial of |(x_1, x_2)| in SPEC.md, section 8", (_, problem, factor) => {
    const { value } = functions(problem.link);
    for (const [x, y] of [
      [0, 0],
      [1, 2],
      [-0.3, 1.7],
      [2.5, 0],
    ]) {
      const square = x * x + y * y;
      const f = (problem.teachers as number[][]).reduce(
        (sum, u, r) => sum + problem.weights[r] * value(u[0] * x + u[1] * y),
        0,
      );
      const expected = (factor * ((3 * square * square) / 8 - 3 * square + 3)) / Math.sqrt(24);
      expect(Math.abs(f - expected)).toBeLessThan(1e-13);
    }
  });
});

describe("what the rooms above read of a problem", () => {
  test("law, coordinates, teachers and weights", () => {
    const random = problems.He4_random_8_8({ d: 32, seed: 5 });
    const orth = problems.He4_orth({ d: 32 });
    expect([problems.He4({ d: 8 }), orth, problems.XOR_2({ d: 8 })].map(dataLaw)).toEqual([
      "gaussian",
      "gaussian",
      "boolean",
    ]);
    const sparse = booleanTarget({
      d: 9,
      terms: [
        { coordinates: [6, 2], weight: 1 },
        { coordinates: [], weight: 1 },
      ],
    });
    const seen = [problems.He4({ d: 8 }), orth, random, problems.Zero({ d: 8 }), problems.Hop_4({ d: 8 }), sparse];
    expect(seen.map(relevantCoordinates)).toEqual([1, 2, 8, 0, 8, 7]);
    expect(relevantCoordinates(booleanTarget({ d: 2, terms: [] }))).toBe(0);
    expect(fixedTeachers(problems.He4({ d: 8 }))).toEqual([[1]]);
    expect(teacherWeights(problems.He4_small({ d: 8 }))).toEqual([1]);
    expect(fixedTeachers(random)).toBeNull();
    expect(teacherWeights(random)).toEqual(new Array(8).fill(1 / 8));
  });
});

describe("what the limit gets", () => {
  test("are the series of SPEC.md, section 2, by hand", () => {
    // c = (0, 1, 0, 2), b = (3, 4, 0, 5, 6): q = s + 4 s^3, phi = 4 s + 10 s^3.
    const series = populationSeries({ activation: [0, 1, 0, 2], link: [3, 4, 0, 5, 6] });
    // e_k = k c_k + sqrt((k+1)(k+2)) c_(k+2): e_1 = 1 + 2 sqrt 6, e_3 = 6; e_0 = e_2 = 0.
    const e1 = 1 + 2 * Math.sqrt(6);
    expect([...series.kernel]).toEqual([0, 1, 0, 4]);
    expect([...series.kernelDerivative]).toEqual([1, 0, 12]);
    expect([...series.kernelRadial]).toEqual([0, e1, 0, 12]);
    expect([...series.link]).toEqual([0, 4, 0, 10]);
    expect([...series.linkDerivative]).toEqual([4, 0, 30]);
    expect([...series.linkRadial]).toEqual([0, 4 * e1, 0, 30]);
    expect(series.targetNorm).toBe(9 + 16 + 25 + 36);
  });

  test("has radial parts also in degrees that the activation lacks: b_2 e_2 with c_2 = 0", () => {
    expect(populationSeries({ activation: [0, 0, 0, 0, 1], link: [0, 0, 1] }).linkRadial[2]).toBeCloseTo(
      Math.sqrt(12),
      15,
    );
  });

  test("a constant has polynomials too", () => {
    const series = populationSeries({ activation: [2], link: [0, 1] });
    expect([...series.kernel, ...series.kernelDerivative, ...series.linkDerivative]).toEqual([4, 0, 0]);
  });

  test("exists for problems whose series end, and all others are refused by name", () => {
    const activation = hermite({ 4: 1 });
    expect(limitForm(problems.He4_small({ d: 9 }))).toEqual({
      d: 9,
      activation: [0, 0, 0, 0, 1],
      link: [0, 0, 0, 0, 0.5],
    });
    expect(limitForm(problems.Ge4({ d: 9 }))?.activation.length).toBe(95);
    expect(limitForm(problems.He4_orth({ d: 9 }))).toBeNull();
    expect(checkSolvable(problems.He4_orth({ d: 9 })).name).toBe("He4_orth");
    for (const problem of [
      problems.XOR_4({ d: 9 }),
      problems.Zero({ d: 9 }),
      singleIndex({ d: 9, activation, signed: true }),
      singleIndex({ d: 9, activation, link: relu() }),
      singleIndex({ d: 9, activation: relu(), link: activation }),
      singleIndex({ d: 9, activation: gaussianBump({ rate: 50, square: 1 }) }),
    ]) {
      expect(limitForm(problem)).toBeNull();
      expect(() => checkSolvable(problem)).toThrow(RangeError);
      expect(() => checkSolvable(problem)).toThrow(
        new RegExp(
          `^problem must be a single- or multi-index .*; got ${problem.name}. approximationGap with reference: M`,
        ),
      );
    }
  });
});
