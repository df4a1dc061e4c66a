// src/problem: Hermite series by hand and by independent quadrature, the zoo, and what the kernels get of a problem.

import { describe, expect, test } from "vitest";
import { activation, hermite } from "../../src/problem/activation.ts";
import { checkProblem, informationExponent, populationSeries, singleIndex } from "../../src/problem/single-index.ts";
import { describeProblem, problemNames, problems } from "../../src/problem/zoo.ts";
import { distance } from "../support/arithmetic.ts";

const g = (z: number) => 5 * (z * z * Math.exp(-z * z) - Math.sqrt(3) / 9);
const bump = (z: number) => Math.exp((-z * z) / 2) * (2 * z * z - 1);

/** E f h_k, k <= degree, by the trapezoidal rule: for smooth f under the normal law it converges like no other. */
function coefficientsByTrapezoid(f: (z: number) => number, degree: number): number[] {
  const step = 1 / 64;
  const out = new Array(degree + 1).fill(0);
  for (let n = -64 * 16; n <= 64 * 16; n++) {
    const z = n * step;
    const weight = (step * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
    let h = 1;
    let before = 0;
    for (let k = 0; k <= degree; k++) {
      out[k] += weight * f(z) * h;
      [h, before] = [(z * h - Math.sqrt(k) * before) / Math.sqrt(k + 1), h];
    }
  }
  return out;
}

function square(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

const hand = {
  // E[z^2 exp(-z^2) He_4] = (4!/2!) 3^(-5/2) (1/3) (1 - 2); over sqrt(4!), times 5.
  ge4: (5 * 12 * 3 ** -2.5 * (1 / 3) * (1 - 2)) / Math.sqrt(24),
  // c_2n = -sqrt((2n)!)/n! (-1)^n n 4^(1-n) / (2 sqrt 2) for n = 2.
  bump: (-(Math.sqrt(24) / 2) * 2 * (1 / 4)) / (2 * Math.sqrt(2)),
};

describe("Gaussian bumps", () => {
  const { activation: ge4 } = problems.Ge4({ d: 2 });
  const { activation: narrow, link } = problems.NP_mis({ d: 2 });

  test("Ge4 reaches degree 94, has mean 0 and exactly no h_2, so k* = 4", () => {
    expect(ge4.coefficients.length).toBe(95);
    expect(ge4.coefficients.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(Math.abs(ge4.coefficients[4] - hand.ge4)).toBeLessThan(1e-16);
    expect(problems.Ge4({ d: 2 }).informationExponent).toBe(4);
  });

  test("NP_mis has c_2 = 1/2, its target has none, so k* = 4", () => {
    expect(Math.abs(narrow.coefficients[2] - 0.5)).toBeLessThan(1e-16);
    expect(Math.abs(narrow.coefficients[4] - hand.bump)).toBeLessThan(1e-15);
    expect(narrow.coefficients[0]).toBe(0);
    expect(link).toEqual(ge4);
    expect(problems.NP_mis({ d: 2 }).informationExponent).toBe(4);
  });

  test.each([
    ["g", g, ge4.coefficients],
    ["the narrow bump", bump, narrow.coefficients],
  ] as const)("%s: the closed form agrees with quadrature, and its tail is below 1e-14 of the norm", (_, f, closed) => {
    expect(distance(closed, coefficientsByTrapezoid(f, closed.length - 1))).toBeLessThan(1e-14);
    for (let k = 1; k < closed.length; k += 2) expect(closed[k]).toBe(0);
    const norm = coefficientsByTrapezoid((z) => f(z) * f(z), 0)[0];
    expect(Math.abs(square(closed) / norm - 1)).toBeLessThan(2e-14);
    // One term fewer would leave too much.
    const tail = square(coefficientsByTrapezoid(f, 160).slice(closed.length));
    expect(tail + closed[closed.length - 1] ** 2).toBeGreaterThan(1e-14 * norm);
  });

  test.each([
    ["g", g, ge4.coefficients],
    ["the narrow bump", bump, narrow.coefficients],
  ] as const)("%s expanded as a function is the closed form, with the same zeros", (_, f, closed) => {
    const { coefficients } = activation(f);
    const shared = Math.min(closed.length, coefficients.length);
    expect(shared).toBeGreaterThan(40);
    expect(distance(coefficients.slice(0, shared), closed.slice(0, shared))).toBeLessThan(1e-14);
    expect(coefficients.map((c) => c === 0).slice(0, 6)).toEqual(closed.map((c) => c === 0).slice(0, 6));
    expect(informationExponent(activation(f), hermite({ 2: 1, 4: 1 }))).toBe(closed[2] === 0 ? 4 : 2);
  });
});

describe("activation(f)", () => {
  test.each([0, 1, 2, 3, 7, 20, 64, 128])("finds h_%i alone, with exact zeros elsewhere", (degree) => {
    const h = (z: number) => {
      let value = 1;
      let before = 0;
      for (let k = 0; k < degree; k++)
        [value, before] = [(z * value - Math.sqrt(k) * before) / Math.sqrt(k + 1), value];
      return value;
    };
    const { coefficients } = activation(h);
    expect(coefficients.length).toBe(degree + 1);
    expect(Math.abs(coefficients[degree] - 1)).toBeLessThan(1e-12);
    expect(coefficients.slice(0, degree).every((c) => c === 0)).toBe(true);
  });

  test("sees the parity of f exactly: it decides which mesh is enough", () => {
    for (const f of [Math.tanh, Math.sin, (z: number) => z * Math.exp((-z * z) / 4)])
      for (const [k, c] of activation(f).coefficients.entries()) if (k % 2 === 0) expect(c).toBe(0);
    for (const f of [Math.cos, (z: number) => Math.exp((-z * z) / 3)])
      for (const [k, c] of activation(f).coefficients.entries()) if (k % 2 === 1) expect(c).toBe(0);
  });

  test("agrees with independent quadrature, and cuts the tail at the tolerance", () => {
    const f = (z: number) => Math.cos(z) + 0.3 * z * z * z;
    const { coefficients } = activation(f);
    expect(distance(coefficients, coefficientsByTrapezoid(f, coefficients.length - 1))).toBeLessThan(1e-13);
    const norm = coefficientsByTrapezoid((z) => f(z) * f(z), 0)[0];
    for (const tolerance of [1e-13, 1e-6, 0.1]) {
      const kept = activation(f, { tolerance }).coefficients;
      expect(norm - square(kept)).toBeLessThan(tolerance * norm + 1e-15);
      expect(norm - square(kept.slice(0, -1))).toBeGreaterThan(tolerance * norm);
    }
  });

  test("takes tanh, whose series is long but ends, at its true coefficients", () => {
    const { coefficients } = activation(Math.tanh);
    expect(distance(coefficients, coefficientsByTrapezoid(Math.tanh, coefficients.length - 1))).toBeLessThan(1e-9);
  });

  test("of zero is zero", () => {
    expect(activation(() => 0).coefficients).toEqual([0]);
    expect(activation(() => 3).coefficients[0]).toBeCloseTo(3, 13);
  });
});

describe("hermite", () => {
  test("takes degrees or a list, and drops trailing zeros", () => {
    expect(hermite({ 4: 1 })).toEqual({ kind: "hermite", coefficients: [0, 0, 0, 0, 1] });
    expect(hermite([0, 0.5, 0, 0]).coefficients).toEqual([0, 0.5]);
    expect(hermite({ 0: 0 }).coefficients).toEqual([0]);
    expect(hermite({ 128: 2 }).coefficients.length).toBe(129);
  });

  test("does not keep the caller's list", () => {
    const list = [1, 2];
    const series = hermite(list);
    list[0] = 9;
    expect(series.coefficients).toEqual([1, 2]);
  });
});

describe("the information exponent", () => {
  test.each([
    [[0, 0, 0, 1], [0, 0, 0, 1], 3],
    [[5, 0, 0, 1], [5, 0, 0, 1], 3],
    [[0, 1, 1], [0, 0, 1], 2],
    [[0, 0.5, 1], [0, 1e-300, 1], 1],
    [[1], [1, 1], null],
    [[0, 1], [0, 0, 1], null],
  ])("of %o against %o is %o", (c, b, expected) => {
    expect(singleIndex({ d: 2, activation: hermite(c), link: hermite(b) }).informationExponent).toBe(expected);
  });
});

describe("what the kernels get", () => {
  test("are the series of SPEC.md, section 2, by hand", () => {
    // c = (0, 1, 0, 2), b = (3, 4, 0, 5, 6): q = s + 4 s^3, phi = 4 s + 10 s^3.
    const problem = singleIndex({ d: 3, activation: hermite([0, 1, 0, 2]), link: hermite([3, 4, 0, 5, 6]) });
    const series = populationSeries(problem);
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

  test("the radial part also has degrees that the activation lacks: b_2 e_2 with c_2 = 0", () => {
    const problem = singleIndex({ d: 3, activation: hermite({ 4: 1 }), link: hermite({ 2: 1 }) });
    expect(populationSeries(problem).linkRadial[2]).toBeCloseTo(Math.sqrt(12), 15);
  });

  test("a constant has polynomials too", () => {
    const series = populationSeries(singleIndex({ d: 3, activation: hermite([2]), link: hermite([0, 1]) }));
    expect([...series.kernel, ...series.kernelDerivative, ...series.linkDerivative]).toEqual([4, 0, 0]);
  });
});

describe("the zoo", () => {
  test("has the single-index problems of SPEC.md, section 8", () => {
    expect(problemNames).toEqual(["He3", "He4", "He4_small", "He4_misspecified", "Ge4", "NP_mis"]);
    expect(problemNames.map((name) => problems[name]({ d: 2 }).informationExponent)).toEqual([3, 4, 4, 4, 4, 4]);
    expect(problems.He4_small({ d: 2 }).link.coefficients[4]).toBe(0.5);
    expect(problems.He4_misspecified({ d: 2 }).activation.coefficients).toEqual([0, 0, 0, 0, 1, 0, 1]);
    expect(problems.He4_misspecified({ d: 2 }).link.coefficients).toEqual([0, 0, 0, 0, 0.6, 0, 0.3]);
  });

  test.each(problemNames)("%s is plain data: cloned or written as JSON it is the same problem", (name) => {
    const problem = problems[name]({ d: 7 });
    expect([problem.name, problem.d]).toEqual([name, 7]);
    expect(structuredClone(problem)).toEqual(problem);
    expect(checkProblem(JSON.parse(JSON.stringify(problem)))).toEqual(problem);
    expect(describeProblem(name).informationExponent).toBe(problem.informationExponent);
  });

  test("nobody can change a problem for the next caller", () => {
    const first = problems.He4({ d: 7 });
    (first.activation.coefficients as number[])[4] = 9;
    expect(problems.He4({ d: 7 }).activation.coefficients[4]).toBe(1);
    expect(problems.He4({ d: 7 }).link.coefficients[4]).toBe(1);
  });
});
