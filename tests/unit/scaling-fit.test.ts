// Lines and laws fitted to a few points, by hand: weights, errors, intervals, bends, the worst point.

import { describe, expect, test } from "vitest";
import { LineFit } from "../../src/numeric/line-fit.ts";
import { fitScaling, type Interval } from "../../src/numeric/scaling-fit.ts";
import { logLogSlope } from "../../src/numeric/statistics.ts";
import { studentQuantile975 } from "../../src/numeric/student.ts";

const NONE = new Float64Array();
/** 97.5% of normal numbers are smaller. */
const Z = 1.959963984540054;
/** The same of Student's t with one degree of freedom: tan(0.475 pi). */
const T1 = Math.tan(0.475 * Math.PI);

/** x with log x = 0, 1, 2, ... */
const powers = (n: number) => Array.from({ length: n }, (_, i) => Math.exp(i));

function expectInterval(found: Interval | null, value: number, low: number, high: number): void {
  if (found === null || found.low === null || found.high === null) throw new Error("no interval");
  expect(found.value).toBeCloseTo(value, 12);
  expect(found.low).toBeCloseTo(low, 12);
  expect(found.high).toBeCloseTo(high, 12);
}

describe("a line", () => {
  test("bends by what a parabola does, wherever its window lies", () => {
    for (const shift of [-7, 0, 5]) {
      const u = [0, 1, 3, 4].map((x) => x + shift);
      const line = new LineFit(u, [1, 2, 3, 4]).at(u.map((x) => 2 - x + 0.3 * x * x));
      // The slope 0.6 u - 1 grows by 0.6 * 4.
      expect(line.drift).toBeCloseTo(2.4, 11);
    }
  });

  test("through three points has residuals, height and bend by hand", () => {
    const line = new LineFit([1, 2, 3], [1, 1, 1]).at([0, 3, 0]);
    expect(line.slope).toBeCloseTo(0, 14);
    expect(line.intercept).toBeCloseTo(1, 14);
    [-1, 2, -1].forEach((residual, i) => {
      expect(line.residuals[i]).toBeCloseTo(residual, 14);
    });
    // v = -3 (u - 2)^2 + 3: the slope goes from 6 to -6.
    expect(line.drift).toBeCloseTo(-12, 12);
    expect(new LineFit([1, 2], [1, 3]).at([4, 6])).toMatchObject({ slope: 2, drift: null });
    expect(new LineFit([1, 1, 2], [1, 1, 1]).at([0, 2, 2]).drift).toBeNull();
  });

  test("has the errors of slope and bend that those of its points give", () => {
    const errors = [0.1, 0.2, 0.4];
    const weights = errors.map((error) => 1 / (error * error));
    const fit = new LineFit([5, 6, 7], weights).errors(errors);
    // var = S / (S Suu - Su^2) with S = 131.25, Su = 37.5, Suu = 50 about 5.
    expect(fit.slope).toBeCloseTo(Math.sqrt(131.25 / (131.25 * 50 - 37.5 * 37.5)), 12);
    // Through three points goes one parabola, whatever the weights: its bend is 2 (v0 - 2 v1 + v2).
    expect(fit.drift).toBeCloseTo(2 * Math.sqrt(0.01 + 4 * 0.04 + 0.16), 12);
    expect(new LineFit([0, 1], [1, 1]).errors([1, 1])).toEqual({ slope: Math.SQRT2, drift: 0 });
  });
});

describe("a fitted law of single values", () => {
  const single = (v: number[], errors?: number[]) =>
    fitScaling({ x: powers(v.length), values: v.map((y) => [y]), law: "logarithm", errors }, NONE, Math.log);

  test("takes the slopes of its two halves for what it may be off by", () => {
    // Halves of three points, which share the middle one: slopes 1 and 3.
    expectInterval(single([0, 1, 2, 4, 8]).slope, 1.9, 1, 3);
    // Of four points the halves have three: (2 - 0) / 2 and (8 - 1) / 2.
    expectInterval(single([0, 1, 2, 8]).slope, 2.5, 1, 3.5);
    expectInterval(single([8, 4, 2, 1, 0]).slope, -1.9, -3, -1);
    expect(single([0, 1]).slope).toMatchObject({ low: null, high: null });
    const { drift, means } = single([0, 1, 2, 4, 8]);
    expect(drift).toMatchObject({ low: null, high: null });
    expect(means[4]).toEqual({ value: 8, low: null, high: null });
  });

  test("weighs them by their errors, or all alike where one has none", () => {
    // S = 131.25, Su = 37.5, Suu = 50, Sv = 50, Suv = 75.
    const { slope, intercept } = single([0, 1, 4], [0.1, 0.2, 0.4]);
    expect(slope.value).toBeCloseTo(17 / 11, 12);
    expect(intercept).toBeCloseTo((50 - (37.5 * 17) / 11) / 131.25, 12);
    expect(single([0, 1, 4], [0.1, 0, 0.4]).slope.value).toBeCloseTo(2, 12);
  });

  test("widens intervals to 1.96 errors where that is more", () => {
    const wide = single([0, 1, 2, 4, 8], new Array(5).fill(2));
    // Slope: sum (u - 2)^2 = 10.
    const bar = (Z * 2) / Math.sqrt(10);
    expectInterval(wide.slope, 1.9, Math.min(1, 1.9 - bar), Math.max(3, 1.9 + bar));
    const narrow = single([0, 1, 2, 4, 8], new Array(5).fill(0.01));
    expectInterval(narrow.slope, 1.9, 1, 3);
    const three = single([0, 1, 4], [0.1, 0.2, 0.4]);
    const ofBend = Z * 2 * Math.sqrt(0.01 + 4 * 0.04 + 0.16);
    expectInterval(three.drift, 4, 4 - ofBend, 4 + ofBend);
    expectInterval(single([0, 3], [1, 1]).slope, 3, 3 - Z * Math.SQRT2, 3 + Z * Math.SQRT2);
  });

  test("names the point that is farthest from the line, above or below", () => {
    const above = single([0, 0, 1, 0, 0]);
    expect(above.worst.index).toBe(2);
    expect(above.worst.residual).toBeCloseTo(0.8, 13);
    expect(above.worst.stderr).toBeNull();
    const below = single([0, 0, -1, 0, 0], [1, 1, 3, 1, 1]);
    expect(below.worst.index).toBe(2);
    // Weights 1 and 1/9: the line lies at -(1/9) / (4 + 1/9) = -1/37.
    expect(below.worst.residual).toBeCloseTo(-36 / 37, 12);
    expect(below.worst.stderr).toBe(3);
  });

  test("has the slopes between neighbours, also where they are not equally far", () => {
    const { localSlopes } = fitScaling(
      { x: [1, Math.E, Math.E ** 4], values: [[1], [Math.E ** 2], [Math.E ** 3.5]], law: "power" },
      NONE,
      Math.log,
    );
    expect(localSlopes).toHaveLength(2);
    expect(localSlopes[0]).toBeCloseTo(2, 12);
    expect(localSlopes[1]).toBeCloseTo(0.5, 12);
  });
});

describe("a fitted law of several seeds", () => {
  // Two resamples: the first seed twice, and the second seed twice.
  const draws = Float64Array.of(0, 0.49, 0.5, 0.99);
  // From 2 to 1.05 and 2.95, the percentiles of the resamples, as far again as two seeds spread too little.
  const reach = 0.95 * (T1 / Z) * Math.sqrt(2);

  test("has percentiles of resamples, moved away as Student's t wants it", () => {
    const values = [
      [0, 0],
      [1, 3],
    ];
    const fit = fitScaling({ x: powers(2), values, law: "logarithm" }, draws, Math.log);
    expectInterval(fit.slope, 2, 2 - reach, 2 + reach);
    expectInterval(fit.means[1], 2, 2 - reach, 2 + reach);
    expectInterval(fit.means[0], 0, 0, 0);
    expect(fit.drift).toBeNull();
    expect(fit.intercept).toBeCloseTo(0, 13);
    // Without draws nothing is known.
    expect(fitScaling({ x: powers(2), values, law: "logarithm" }, NONE, Math.log).means[1].low).toBeNull();
  });

  test("takes the logarithm of means for a power, of resamples too", () => {
    const values = [
      [1, 1],
      [Math.E, Math.E ** 3],
    ];
    const { slope } = fitScaling({ x: powers(2), values, law: "power" }, draws, Math.log);
    const value = Math.log((Math.E + Math.E ** 3) / 2);
    const factor = (T1 / Z) * Math.sqrt(2);
    expectInterval(slope, value, value + factor * (1.05 - value), value + factor * (2.95 - value));
    // The plain slope of gap reports: percentiles as they are.
    const plain = logLogSlope([1, Math.E], values, draws, Math.log);
    expect(plain.slope).toBeCloseTo(value, 12);
    expect([plain.low, plain.high].map((end) => Number(end?.toFixed(12)))).toEqual([1.05, 2.95]);
  });

  test("has the interval of its bend, and the spread of its worst point", () => {
    const values = [
      [0, 0],
      [0, 0],
      [0, 2],
      [0, 0],
      [0, 0],
    ];
    const fit = fitScaling({ x: powers(5), values, law: "logarithm" }, draws, Math.log);
    expect(fit.worst.index).toBe(2);
    // Resamples have residuals 0 and twice this one.
    expect(fit.worst.stderr).toBeCloseTo(fit.worst.residual, 12);
    const { drift } = fit;
    if (drift === null || drift.low === null || drift.high === null) throw new Error("no interval");
    // As for the mean, whose value is 1: percentiles at 0.05 and 1.95 times the bend.
    expect(drift.value).toBeLessThan(0);
    expect(drift.low / drift.value).toBeCloseTo(1 + reach, 12);
    expect(drift.high / drift.value).toBeCloseTo(1 - reach, 12);
  });

  test("weighs points by variances that are shrunk to their mean, which counts as eight degrees of freedom", () => {
    // Seeds at v + d and v - d: variances 2 d^2 of one degree, 2, 0 and 8, with mean 10/3.
    const w = [2, 0, 8].map((variance) => 9 / (variance + (8 * 10) / 3));
    const v = [0, 3, 3];
    const sum = (of: (i: number) => number) => w.reduce((total, weight, i) => total + weight * of(i), 0);
    const [S, Su, Suu] = [sum(() => 1), sum((i) => i), sum((i) => i * i)];
    const slope = (values: number[]) =>
      (S * sum((i) => i * values[i]) - Su * sum((i) => values[i])) / (S * Suu - Su * Su);
    const logarithm = [1, 0, 2].map((d, i) => [v[i] + d, v[i] - d]);
    const one = fitScaling({ x: powers(3), values: logarithm, law: "logarithm" }, NONE, Math.log);
    expect(one.slope.value).toBeCloseTo(slope(v), 12);
    // Of a power the variance is relative to the square of the mean.
    const power = [0.1, 0, 0.2].map((d, i) => [Math.exp(v[i]) * (1 + d), Math.exp(v[i]) * (1 - d)]);
    const other = fitScaling({ x: powers(3), values: power, law: "power" }, NONE, Math.log);
    expect(other.slope.value).toBeCloseTo(slope(v), 12);
    expect(slope(v)).not.toBeCloseTo(1.5, 2);
    // No spread at all: equal weights.
    const equal = fitScaling({ x: powers(3), values: v.map((y) => [y, y]), law: "logarithm" }, NONE, Math.log);
    expect(equal.slope.value).toBeCloseTo(1.5, 12);
  });
});

test.each([1, 2, 3, 4, 5, 6, 7])("Student's quantile of %i degrees of freedom is one to the last digits", (degrees) => {
  // P(|t| <= q) = 0.95 in closed form (Abramowitz and Stegun, 26.7.3 and 26.7.4).
  const angle = Math.atan(studentQuantile975(degrees) / Math.sqrt(degrees));
  const odd = degrees % 2;
  let term = odd === 1 ? Math.cos(angle) : 1;
  let sum = 0;
  for (let k = 1 + odd; k < degrees; k += 2) {
    sum += term;
    term *= (Math.cos(angle) * Math.cos(angle) * k) / (k + 1);
  }
  const share = odd === 1 ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  expect(share).toBeCloseTo(0.95, 13);
});

test.each([
  // Where the closed form of the same for an even number of degrees is 0.95.
  [8, 2.306004135204166],
  [20, 2.0859634472658644],
  [50, 2.0085591121007607],
  [100, 1.9839715185235463],
])("Student's quantile of %i degrees of freedom misses the next term of its expansion only", (degrees, exact) => {
  // z (27 z^10 + 339 z^8 + 930 z^6 - 1782 z^4 - 765 z^2 + 17955) / 368640, over degrees^5; and what follows it.
  const s = Z * Z;
  const next = (Z * (((((27 * s + 339) * s + 930) * s - 1782) * s - 765) * s + 17955)) / 368640;
  const missed = (exact - studentQuantile975(degrees)) * degrees ** 5;
  expect(Math.abs(missed / next - 1)).toBeLessThan(2 / degrees);
});
