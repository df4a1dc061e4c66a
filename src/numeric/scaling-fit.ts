// A scaling law y ~ x^b (or y ~ a + b log x) fitted to samples y[i][s] at abscissas x[i], s = seed, with intervals by
// bootstrap over seeds, and a verdict on whether the window shows such a law at all.
//
//   v_i = log(mean_s y[i][s]), or the mean itself;  u_i = log x_i
//   weights 1 / var(v_i), var(v_i) = var_s(y[i]) / (seeds mean^2), shrunk to their mean where seeds are few; equal where there
//   is one sample or no spread
//
// Seeds are shared by all x, so a resample takes the same seeds everywhere. Percentiles of the resamples are moved away
// from the estimate by t_(n-1) / 1.96 sqrt(n / (n-1)), since resamples of n values spread less than new ones would.

import { LineFit } from "./line-fit.ts";
import { quantile } from "./statistics.ts";
import { NORMAL_975, studentQuantile975 } from "./student.ts";

/** `power`: y ~ x^b; `logarithm`: y ~ a + b log x. */
export type ScalingLawKind = "power" | "logarithm";

/** A number and its 95% interval; null where nothing is known of it. */
export interface Interval {
  value: number;
  low: number | null;
  high: number | null;
}

/** What is fitted. */
export interface ScalingFit {
  slope: Interval;
  /** v of the line at x = 1. */
  intercept: number;
  /** Slopes between neighbours, in the order of x. */
  localSlopes: number[];
  /** Change of the local slope from the smallest to the largest x, by the best parabola; null with two points. */
  drift: Interval | null;
  /** The point that is farthest from the line, in units of what that means for the local slope. */
  worst: { index: number; residual: number; stderr: number | null };
  /** Mean of each x with its 95% interval. */
  means: Interval[];
}

interface Samples {
  x: readonly number[];
  /** values[i][s], as many seeds for every x. */
  values: readonly (readonly number[])[];
  law: ScalingLawKind;
  /** Of single values: standard errors of v, independent of each other; left out where they are exact. */
  errors?: readonly number[] | undefined;
}

/**
 * The variance of few seeds is itself uncertain, and a weight must not rest on an accident: it is taken together with the mean
 * variance of all points, which counts as so many degrees of freedom.
 */
const COMMON_DEGREES = 8;

function meanOf(row: readonly number[], pick: (s: number) => number): number {
  let sum = 0;
  for (let s = 0; s < row.length; s++) sum += row[pick(s)];
  return sum / row.length;
}

function weightsOf({ values, law, errors }: Samples): number[] {
  const n = values[0].length;
  const equal = values.map(() => 1);
  if (errors?.every((error) => error > 0)) return errors.map((error) => 1 / (error * error));
  if (n < 2) return equal;
  const variances = values.map((row) => {
    const mean = meanOf(row, (s) => s);
    let squares = 0;
    for (const value of row) squares += (value - mean) * (value - mean);
    return squares / (law === "power" ? mean * mean : 1);
  });
  const common = variances.reduce((sum, variance) => sum + variance, 0) / variances.length;
  if (!(common > 0)) return equal;
  return variances.map((variance) => (n - 1 + COMMON_DEGREES) / ((n - 1) * variance + COMMON_DEGREES * common));
}

/** Percentile interval of resamples about an estimate from n seeds. */
function interval(value: number, resamples: Float64Array, n: number): Interval {
  if (resamples.length === 0) return { value, low: null, high: null };
  const sorted = resamples.sort();
  const factor = (studentQuantile975(n - 1) / NORMAL_975) * Math.sqrt(n / (n - 1));
  const stretch = (end: number) => value + factor * (end - value);
  return { value, low: stretch(quantile(sorted, 0.025)), high: stretch(quantile(sorted, 0.975)) };
}

function spread(resamples: Float64Array): number {
  const mean = resamples.reduce((sum, value) => sum + value, 0) / resamples.length;
  const squares = resamples.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return Math.sqrt(squares / resamples.length);
}

/** Slopes of the lower and of the upper half of the points, which share the middle one: what a fit without seeds may be off by. */
function halves(u: readonly number[], v: readonly number[], value: number): Interval {
  const n = u.length;
  if (n < 3) return { value, low: null, high: null };
  const size = Math.floor(n / 2) + 1;
  const slope = (from: number, to: number) =>
    new LineFit(u.slice(from, to), new Array<number>(to - from).fill(1)).at(v.slice(from, to)).slope;
  const ends = [slope(0, size), slope(n - size, n)];
  return { value, low: Math.min(value, ...ends), high: Math.max(value, ...ends) };
}

/** The interval, and at least 1.96 standard errors on both sides. */
function widened({ value, low, high }: Interval, error: number | undefined): Interval {
  if (error === undefined) return { value, low, high };
  const bar = NORMAL_975 * error;
  return { value, low: Math.min(low ?? value, value - bar), high: Math.max(high ?? value, value + bar) };
}

/**
 * Fits a law. x ascends, at least two, all above 0; means of values are above 0 for a power.
 *
 * @param draws - uniforms of [0, 1), a whole number of resamples times the number of seeds; none for one seed.
 */
export function fitScaling(samples: Samples, draws: Float64Array, log: (x: number) => number): ScalingFit {
  const { x, values, law } = samples;
  const seeds = values[0].length;
  const u = x.map(log);
  const form = law === "power" ? log : (y: number) => y;
  const fit = new LineFit(u, weightsOf(samples));
  const v = values.map((row) => form(meanOf(row, (s) => s)));
  const line = fit.at(v);
  const count = seeds < 2 ? 0 : Math.floor(draws.length / seeds);
  const resampled = { slope: new Float64Array(count), drift: new Float64Array(count) };
  const residuals = x.map(() => new Float64Array(count));
  const means = x.map(() => new Float64Array(count));
  for (let r = 0; r < count; r++) {
    const pick = (s: number) => Math.floor(draws[r * seeds + s] * seeds);
    const taken = values.map((row) => meanOf(row, pick));
    const one = fit.at(taken.map(form));
    resampled.slope[r] = one.slope;
    resampled.drift[r] = one.drift ?? 0;
    taken.forEach((mean, i) => {
      means[i][r] = mean;
      residuals[i][r] = one.residuals[i];
    });
  }
  const known = samples.errors && fit.errors(samples.errors);
  const single = () => widened(halves(u, v, line.slope), known?.slope);
  const slope = count === 0 ? single() : interval(line.slope, resampled.slope, seeds);
  const driftOf = (value: number) =>
    known && count === 0
      ? widened({ value, low: value, high: value }, known.drift)
      : interval(value, resampled.drift, seeds);
  const sizes = line.residuals.map(Math.abs);
  const index = sizes.indexOf(Math.max(...sizes));
  return {
    slope,
    intercept: line.intercept,
    localSlopes: v.slice(1).map((value, i) => (value - v[i]) / (u[i + 1] - u[i])),
    drift: line.drift === null ? null : driftOf(line.drift),
    worst: {
      index,
      residual: line.residuals[index],
      stderr: count === 0 ? (samples.errors?.[index] ?? null) : spread(residuals[index]),
    },
    means: values.map((row, i) =>
      interval(
        meanOf(row, (s) => s),
        means[i],
        seeds,
      ),
    ),
  };
}
