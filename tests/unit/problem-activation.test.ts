// Activations: Hermite series by hand and by independent quadrature, bumps in closed form, ReLU.

import { describe, expect, test } from "vitest";
import { activation, checkActivation, hermite, relu } from "../../src/problem/activation.ts";
import { gaussianBump } from "../../src/problem/bumps.ts";
import { informationExponent } from "../../src/problem/exponent.ts";
import { hermiteSeries, reluCoefficients } from "../../src/problem/series.ts";
import type { Activation } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";
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

/** The coefficients of an activation whose series ends. */
function coefficientsOf(given: Activation): readonly number[] {
  return hermiteSeries(given) ?? [];
}

describe("Gaussian bumps", () => {
  const ge4 = coefficientsOf(problems.Ge4({ d: 2 }).activation);
  const narrow = coefficientsOf(problems.NP_mis({ d: 2 }).activation);

  test("Ge4 reaches degree 94, has mean 0 and exactly no h_2, so k* = 4", () => {
    expect(ge4.length).toBe(95);
    expect(ge4.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(Math.abs(ge4[4] - hand.ge4)).toBeLessThan(1e-16);
    expect(problems.Ge4({ d: 2 }).informationExponent).toBe(4);
  });

  test("NP_mis has c_2 = 1/2, its target has none, so k* = 4", () => {
    expect(Math.abs(narrow[2] - 0.5)).toBeLessThan(1e-16);
    expect(Math.abs(narrow[4] - hand.bump)).toBeLessThan(1e-15);
    expect(narrow[0]).toBe(0);
    expect(problems.NP_mis({ d: 2 }).link).toEqual(problems.Ge4({ d: 2 }).activation);
    expect(problems.NP_mis({ d: 2 }).informationExponent).toBe(4);
  });

  test.each([
    ["g", g, ge4],
    ["the narrow bump", bump, narrow],
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
    ["g", g, ge4],
    ["the narrow bump", bump, narrow],
  ] as const)("%s expanded as a function is the closed form, with the same zeros", (_, f, closed) => {
    const { coefficients } = activation(f) as { coefficients: readonly number[] };
    const shared = Math.min(closed.length, coefficients.length);
    expect(shared).toBeGreaterThan(40);
    expect(distance(coefficients.slice(0, shared), closed.slice(0, shared))).toBeLessThan(1e-14);
    expect(coefficients.map((c) => c === 0).slice(0, 6)).toEqual(closed.map((c) => c === 0).slice(0, 6));
    expect(informationExponent(activation(f), hermite({ 2: 1, 4: 1 }))).toBe(closed[2] === 0 ? 4 : 2);
  });

  test("the parameters of the zoo are those of SPEC.md, section 8", () => {
    for (const z of [0, 0.3, -1.7]) {
      const at = ({ rate, constant, square, offset }: ReturnType<typeof gaussianBump>) =>
        (constant + square * z * z) * Math.exp(-rate * z * z) + offset;
      expect(at(problems.Ge4({ d: 2 }).activation as ReturnType<typeof gaussianBump>)).toBeCloseTo(g(z), 15);
      expect(at(problems.NP_mis({ d: 2 }).activation as ReturnType<typeof gaussianBump>)).toBeCloseTo(bump(z), 15);
    }
  });

  test.each([
    { rate: 0.1, square: 1 },
    { rate: 0.7, square: -2, constant: 3, offset: 0.5 },
    { rate: 2, square: 0, constant: 1 },
    { rate: 1e-3, square: 1, constant: 1, offset: -1 },
    { rate: 3, square: 1, offset: 1000 },
  ])("%o: the closed form agrees with quadrature", (options) => {
    const { rate, square: factor, constant, offset } = gaussianBump(options);
    const f = (z: number) => (constant + factor * z * z) * Math.exp(-rate * z * z) + offset;
    const closed = coefficientsOf(gaussianBump(options));
    const scale = 1 + Math.abs(offset);
    expect(distance(closed, coefficientsByTrapezoid(f, closed.length - 1))).toBeLessThan(2e-13 * scale);
  });

  test("an offset, however large, does not cut the series short, and one alone is a constant", () => {
    const plain = coefficientsOf(gaussianBump({ rate: 1, square: 1 }));
    const lifted = coefficientsOf(gaussianBump({ rate: 1, square: 1, offset: 1e6 }));
    expect(lifted.slice(1)).toEqual(plain.slice(1));
    expect(coefficientsOf(gaussianBump({ rate: 1, square: 0, offset: 2 }))).toEqual([2]);
  });

  test("a bump whose series goes beyond degree 256 has none; its information exponent is found all the same", () => {
    expect(coefficientsOf(gaussianBump({ rate: 3, square: 1 })).length).toBeLessThanOrEqual(257);
    for (const rate of [4, 100, 1e100]) {
      expect(hermiteSeries(gaussianBump({ rate, square: 1 }))).toBeNull();
      expect(informationExponent(gaussianBump({ rate, square: 1 }), hermite({ 1: 1, 2: 1 }))).toBe(2);
    }
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

describe("relu", () => {
  test("has the coefficients of its definition, by parts: E z h_k over z > 0", () => {
    // The integral of z phi(z) h_k(z) over z > 0; the trapezoidal rule's error at the kink is known: h^2/12 times a slope.
    const c = reluCoefficients(12);
    expect(c[0]).toBe(1 / Math.sqrt(2 * Math.PI));
    expect(c[1]).toBe(0.5);
    expect([c[3], c[5], c[7], c[9], c[11]]).toEqual([0, 0, 0, 0, 0]);
    let doubleFactorial = 1;
    let factorial = 1;
    for (let n = 1; n <= 5; n++) {
      factorial *= 2 * n * (2 * n - 1);
      if (n > 1) doubleFactorial *= 2 * n - 3;
      const expected = ((n % 2 === 1 ? 1 : -1) * doubleFactorial) / Math.sqrt(2 * Math.PI * factorial);
      expect(Math.abs(c[2 * n] - expected)).toBeLessThan(1e-16);
    }
    expect(
      distance(
        c,
        coefficientsByTrapezoid((z) => Math.max(z, 0), 11),
      ),
    ).toBeLessThan(1e-4);
  });

  test("has all of its norm E relu^2 = 1/2 in its series, slowly", () => {
    expect(0.5 - square(reluCoefficients(257))).toBeGreaterThan(0);
    expect(0.5 - square(reluCoefficients(257))).toBeLessThan(2e-4);
    expect(hermiteSeries(relu())).toBeNull();
  });
});

describe("activations from JSON", () => {
  test("come back as they were", () => {
    for (const given of [relu(), hermite({ 4: 1 }), gaussianBump({ rate: 1, square: 2, constant: -0, offset: 1 })])
      expect(checkActivation("activation", JSON.parse(JSON.stringify(given)))).toEqual(given);
  });

  test.each([
    [
      { kind: "bump", rate: 0, constant: 0, square: 1, offset: 0 },
      RangeError,
      "activation.rate must be a finite number",
    ],
    [{ kind: "bump", rate: 1, constant: 0, square: 1 }, TypeError, "activation.offset must be a finite number"],
    [{ kind: "bump", rate: 1, constant: 0, square: 1e101, offset: 0 }, RangeError, "activation.square must be"],
    [{ kind: "hermite", coefficients: [1, null] }, TypeError, "activation.coefficients[1] must be a finite number"],
    [{ kind: "hermite", coefficients: [] }, RangeError, "activation.coefficients must be a list of 1 to 129"],
    [{ kind: "tanh" }, TypeError, "activation must be an activation made by hermite(), relu(), gaussianBump()"],
    [null, TypeError, "activation must be an activation made by"],
  ])("%o is refused", (given, kind, sentence) => {
    expect(() => checkActivation("activation", given)).toThrow(kind);
    expect(() => checkActivation("activation", given)).toThrow(sentence);
  });

  test.each([
    [{ rate: -1, square: 1 }, RangeError, "rate must be a finite number above 0"],
    [{ rate: Number.NaN, square: 1 }, RangeError, "rate must be"],
    [{ rate: 1 }, TypeError, "square must be a finite number"],
    [{ rate: 1, square: 1, width: 2 }, TypeError, 'no option "width"'],
    [null, TypeError, "gaussianBump must be"],
  ])("gaussianBump(%o) is refused", (options, kind, sentence) => {
    const make = () => gaussianBump(options as Parameters<typeof gaussianBump>[0]);
    expect(make).toThrow(kind);
    expect(make).toThrow(sentence);
  });
});
