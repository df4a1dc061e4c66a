// src/numeric: quadrature against known rules, zonal series against known polynomials, statistics by hand.

import { describe, expect, test } from "vitest";
import { gaussHermite, hermiteCoefficients, hermitePowers } from "../../src/numeric/hermite.ts";
import { gaussLegendre } from "../../src/numeric/legendre.ts";
import { leastSquaresSlope, logLogSlope, meanAndError, quantile } from "../../src/numeric/statistics.ts";
import { derivativeFactors, recurrenceTable, zonalFromPowers } from "../../src/numeric/zonal.ts";
import { distance, generator } from "../support/arithmetic.ts";

function integrate({ nodes, weights }: ReturnType<typeof gaussHermite>, f: (x: number) => number): number {
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) sum += weights[i] * f(nodes[i]);
  return sum;
}

describe("Gauss-Legendre", () => {
  test("has the known nodes and weights for n = 1, 2, 16", () => {
    expect(distance(gaussLegendre(1, Math.cos).nodes, [0])).toBeLessThan(1e-16);
    expect(distance(gaussLegendre(1, Math.cos).weights, [2])).toBeLessThan(1e-15);
    const two = gaussLegendre(2, Math.cos);
    expect(distance(two.nodes, [-1 / Math.sqrt(3), 1 / Math.sqrt(3)])).toBeLessThan(1e-15);
    expect(distance(two.weights, [1, 1])).toBeLessThan(1e-15);
    // Abramowitz and Stegun, table 25.4.
    const sixteen = gaussLegendre(16, Math.cos);
    expect(distance(sixteen.nodes.slice(8, 10), [0.0950125098376374, 0.2816035507792589])).toBeLessThan(1e-15);
    expect(distance(sixteen.nodes.slice(14), [0.9445750230732326, 0.9894009349916499])).toBeLessThan(1e-15);
    expect(distance(sixteen.weights.slice(8, 10), [0.1894506104550685, 0.1826034150449236])).toBeLessThan(1e-15);
    expect(distance(sixteen.weights.slice(14), [0.0622535239386479, 0.0271524594117541])).toBeLessThan(1e-15);
  });

  test.each([1, 2, 3, 16, 31])("of %i points is exact to degree 2n - 1 and not beyond", (n) => {
    const rule = gaussLegendre(n, Math.cos);
    for (let k = 0; k < 2 * n; k++)
      expect(Math.abs(integrate(rule, (x) => x ** k) - (k % 2 === 0 ? 2 / (k + 1) : 0))).toBeLessThan(2e-15);
    if (n <= 16) {
      const missed = Math.abs(integrate(rule, (x) => x ** (2 * n)) - 2 / (2 * n + 1));
      expect(missed).toBeGreaterThan(1e-10);
    }
  });

  test("does not need a good cosine: Newton's method repairs the first guess", () => {
    const rough = gaussLegendre(16, (x) => Math.cos(x) + 1e-4);
    expect(distance(rough.nodes, gaussLegendre(16, Math.cos).nodes)).toBeLessThan(1e-15);
  });
});

describe("Gauss-Hermite for the normal law", () => {
  test("has the known nodes and weights for n = 1, 2, 3", () => {
    const expected: [number, number[], number[]][] = [
      [1, [0], [1]],
      [2, [-1, 1], [1 / 2, 1 / 2]],
      [3, [-Math.sqrt(3), 0, Math.sqrt(3)], [1 / 6, 2 / 3, 1 / 6]],
    ];
    for (const [n, nodes, weights] of expected) {
      const rule = gaussHermite(n);
      expect(distance(rule.nodes, nodes)).toBeLessThan(1e-15);
      expect(distance(rule.weights, weights)).toBeLessThan(1e-15);
    }
  });

  test.each([2, 5, 16, 24])("of %i points gives the moments (k-1)!! to degree 2n - 1", (n) => {
    const rule = gaussHermite(n);
    let moment = 1;
    for (let k = 0; k < 2 * n; k += 2) {
      expect(Math.abs(integrate(rule, (x) => x ** k) / moment - 1)).toBeLessThan(1e-13);
      expect(Math.abs(integrate(rule, (x) => x ** (k + 1))) / moment).toBeLessThan(1e-12 * 4 ** n);
      moment *= k + 1;
    }
    expect(Math.abs(integrate(rule, (x) => x ** (2 * n)) / moment - 1)).toBeGreaterThan(1e-9);
  });

  test("of 320 points is ascending, of mass 1, and integrates entire functions", () => {
    const rule = gaussHermite(320);
    for (let i = 1; i < 320; i++) expect(rule.nodes[i]).toBeGreaterThan(rule.nodes[i - 1]);
    for (let i = 0; i < 160; i++) expect(Math.abs(rule.nodes[i] + rule.nodes[319 - i])).toBeLessThan(1e-13);
    expect(Math.abs(integrate(rule, () => 1) - 1)).toBeLessThan(1e-14);
    expect(Math.abs(integrate(rule, (x) => Math.exp(2 * x)) / Math.exp(2) - 1)).toBeLessThan(1e-13);
    expect(Math.abs(integrate(rule, (x) => Math.cos(3 * x)) - Math.exp(-4.5))).toBeLessThan(1e-15);
    // (40 - 1)!!
    expect(Math.abs(integrate(rule, (x) => x ** 40) / 3.1983098677287775e23 - 1)).toBeLessThan(1e-12);
  });

  test("gives the coefficients of exp(t z), t^k / sqrt(k!) exp(t^2 / 2), and its norm", () => {
    const t = 0.8;
    const { coefficients, norm } = hermiteCoefficients((z) => Math.exp(t * z), 30, gaussHermite(320));
    let expected = Math.exp((t * t) / 2);
    for (let k = 0; k <= 30; k++) {
      expect(Math.abs(coefficients[k] - expected)).toBeLessThan(1e-14);
      expected *= t / Math.sqrt(k + 1);
    }
    expect(Math.abs(norm - Math.exp(2 * t * t))).toBeLessThan(1e-13);
  });

  test("gives the powers of known polynomials", () => {
    // He_5 = z^5 - 10 z^3 + 15 z, He_4 = z^4 - 6 z^2 + 3.
    const fifth = [0, 15, 0, -10, 0, 1].map((c) => c / Math.sqrt(120));
    expect(distance(hermitePowers([0, 0, 0, 0, 0, 1]), fifth)).toBeLessThan(1e-15);
    const fourth = [3, 0, -6, 0, 1, 0].map((c) => c / Math.sqrt(24));
    const sum = fifth.map((c, k) => 2 * c - fourth[k] + ([0.5, 3][k] ?? 0));
    expect(distance(hermitePowers([0.5, 3, 0, 0, -1, 2]), sum)).toBeLessThan(1e-14);
    expect(hermitePowers([])).toEqual(new Float64Array());
  });
});

/** P_0 .. P_degree at t by the table that the kernels get. */
function zonal(dimension: number, degree: number, t: number): number[] {
  const table = recurrenceTable(dimension, degree);
  const values = [1];
  for (let l = 0; l < degree; l++) values.push(table[2 * l] * t * values[l] - table[2 * l + 1] * (values[l - 1] ?? 0));
  return values;
}

function sum(coefficients: ArrayLike<number>, values: readonly number[]): number {
  return values.reduce((total, value, l) => total + value * coefficients[l], 0);
}

describe("zonal polynomials", () => {
  test("are Chebyshev's for d = 2 and Legendre's for d = 3, and 1 at 1", () => {
    for (const t of [-1, -0.7, 0, 0.3, 1]) {
      const chebyshev = zonal(2, 20, t);
      expect(
        distance(
          chebyshev,
          chebyshev.map((_, l) => Math.cos(l * Math.acos(t))),
        ),
      ).toBeLessThan(1e-13);
      const [, , p2, p3, p4] = zonal(3, 4, t);
      expect(Math.abs(p2 - (3 * t * t - 1) / 2)).toBeLessThan(1e-15);
      expect(Math.abs(p3 - (5 * t ** 3 - 3 * t) / 2)).toBeLessThan(1e-15);
      expect(Math.abs(p4 - (35 * t ** 4 - 30 * t * t + 3) / 8)).toBeLessThan(1e-15);
    }
    for (const d of [2, 3, 32, 10_000]) expect(distance(zonal(d, 94, 1), new Array(95).fill(1))).toBeLessThan(1e-11);
  });

  test("are orthogonal under the law of alpha", () => {
    // In latitude, by Gauss-Legendre: density cos^(d-2).
    const { nodes, weights } = gaussLegendre(64, Math.cos);
    for (const d of [2, 3, 7]) {
      const products = new Float64Array(4);
      nodes.forEach((x, i) => {
        const beta = (Math.PI / 2) * x;
        const P = zonal(d, 5, Math.sin(beta));
        const weight = weights[i] * Math.cos(beta) ** (d - 2);
        [P[2] * P[4], P[1] * P[3], P[5] * P[2], P[3] * P[3]].forEach((product, j) => {
          products[j] += weight * product;
        });
      });
      expect(Math.max(...products.slice(0, 3).map(Math.abs))).toBeLessThan(1e-14);
      expect(products[3]).toBeGreaterThan(1e-3);
    }
  });

  test.each([2, 3, 32, 10_000])("zonalFromPowers is the same polynomial, d = %i, degrees to 94", (d) => {
    const random = generator(d);
    for (const degree of [0, 1, 2, 7, 94]) {
      const powers = Array.from({ length: degree + 1 }, () => 2 * random() - 1);
      const series = zonalFromPowers(powers, d);
      expect(series.length).toBe(degree + 1);
      for (let trial = 0; trial < 20; trial++) {
        const t = 2 * random() - 1;
        const expected = powers.reduceRight((total, c) => total * t + c, 0);
        expect(Math.abs(sum(series, zonal(d, degree, t)) - expected)).toBeLessThan(1e-12);
      }
    }
  });

  test("zonalFromPowers keeps the sign of positive definite kernels", () => {
    // q = sum c_k^2 s^k has no negative zonal coefficient (Schoenberg).
    for (const d of [2, 5, 100])
      for (const c of zonalFromPowers([0.1, 0, 1, 0.5, 2], d)) expect(c).toBeGreaterThanOrEqual(0);
  });

  test.each([2, 3, 32, 1000])("derivativeFactors gives the derivative, d = %i", (d) => {
    const random = generator(d + 1);
    const degree = 9;
    const c = Array.from({ length: degree + 1 }, () => 2 * random() - 1);
    const factors = derivativeFactors(degree, d);
    const derivative = Array.from(factors, (factor, l) => factor * c[l + 1]);
    const h = 1e-5;
    for (const t of [-0.9, -0.2, 0, 0.5, 0.8]) {
      const difference = (sum(c, zonal(d, degree, t + h)) - sum(c, zonal(d, degree, t - h))) / (2 * h);
      const value = sum(derivative, zonal(d + 2, degree - 1, t));
      expect(Math.abs(value - difference)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
    }
  });
});

describe("statistics", () => {
  test("mean and standard error by hand", () => {
    expect(meanAndError([1, 2, 6])).toEqual({ mean: 3, stderr: Math.sqrt(14 / 6) });
    expect(meanAndError([5])).toEqual({ mean: 5, stderr: 0 });
    // No cancellation where the values are large and close.
    const { mean, stderr } = meanAndError([1e9 + 1, 1e9 + 2, 1e9 + 3]);
    expect([mean, stderr]).toEqual([1e9 + 2, Math.sqrt(1 / 3)]);
    // Nor overflow or underflow of squares.
    for (const unit of [2 ** 600, 2 ** -600])
      expect(meanAndError([unit, 2 * unit, 6 * unit])).toEqual({ mean: 3 * unit, stderr: Math.sqrt(14 / 6) * unit });
    expect(meanAndError([7, 7, 7])).toEqual({ mean: 7, stderr: 0 });
  });

  test("quantiles are linear between order statistics", () => {
    const sorted = Float64Array.of(1, 2, 4, 8);
    expect([0, 0.5, 1].map((p) => quantile(sorted, p))).toEqual([1, 3, 8]);
    expect(quantile(sorted, 0.9)).toBeCloseTo(6.8, 14);
    expect(quantile(Float64Array.of(7), 0.3)).toBe(7);
  });

  test("the least-squares slope is exact on a line and right off it", () => {
    expect(leastSquaresSlope([0, 1, 2], [5, 3, 1])).toBe(-2);
    expect(leastSquaresSlope([0, 1, 2], [0, 0, 3])).toBe(1.5);
  });

  const widths = [8, 16, 32];

  test("an exact power law has its exponent, and an interval without length", () => {
    const values = widths.map((m) => [3 / m, 3 / m, 3 / m]);
    const fit = logLogSlope(widths, values, Float64Array.from({ length: 300 }, generator(1)), Math.log);
    for (const value of [fit.slope, fit.low, fit.high]) expect(value).toBeCloseTo(-1, 13);
  });

  test("a resample takes the same seeds at every width: a factor of a seed leaves no spread", () => {
    const factors = [1, 10, 100];
    const values = widths.map((m) => factors.map((factor) => factor / m));
    const fit = logLogSlope(widths, values, Float64Array.from({ length: 300 }, generator(2)), Math.log);
    expect((fit.high ?? 0) - (fit.low ?? 1)).toBeLessThan(1e-12);
  });

  test("seeds that differ give an interval around the slope, one seed gives none", () => {
    const random = generator(3);
    const values = widths.map((m) => Array.from({ length: 8 }, () => (0.5 + random()) / m));
    const fit = logLogSlope(widths, values, Float64Array.from({ length: 8000 }, generator(4)), Math.log);
    if (fit.low === null || fit.high === null) throw new Error("no interval");
    expect(fit.low).toBeLessThan(fit.slope);
    expect(fit.high).toBeGreaterThan(fit.slope);
    const single = logLogSlope(
      widths,
      values.map((row) => row.slice(0, 1)),
      new Float64Array(0),
      Math.log,
    );
    expect([single.low, single.high]).toEqual([null, null]);
  });

  test("a draw just below 1 takes the last seed", () => {
    const values = [
      [1, 4],
      [1, 1],
    ];
    const draws = Float64Array.of(1 - 2 ** -53, 1 - 2 ** -53);
    expect(logLogSlope([1, 2], values, draws, Math.log).low).toBeCloseTo(-2, 14);
  });
});
