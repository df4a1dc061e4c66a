// scalingLaw: the exponent of y in x from samples of several seeds, its interval, and whether there is an exponent at all.

import {
  checkInteger,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkSeed,
  wrongKind,
  wrongValue,
} from "../../core/check.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import { STREAM, uniforms } from "../../engine/random.ts";
import { fitScaling, type Interval, type ScalingFit, type ScalingLawKind } from "../../numeric/scaling-fit.ts";

/** Options of `scalingLaw`. */
export interface ScalingOptions {
  /** `"power"` (default): y ~ x^slope. `"logarithm"`: y = intercept + slope log x. */
  law?: ScalingLawKind | undefined;
  /** The slope of theory; it is only carried along. */
  expected?: number | null | undefined;
  /**
   * How much the local slope may change over the window before that counts as no such law; default 0.1. For a logarithm as a share
   * of the slope.
   */
  tolerance?: number | undefined;
  /** Bootstrap resamples; default 2000. */
  resamples?: number | undefined;
  /** 0 to 2^32 - 1; default 1. */
  seed?: number | undefined;
}

/** A fitted law. */
export interface ScalingLaw {
  law: ScalingLawKind;
  /** d log y / d log x; for a logarithm dy / d log x. */
  slope: number;
  /**
   * 95% interval: by bootstrap over seeds; where every x has one value (nothing random), the slopes of the lower and of the upper
   * half of the points. null with one value each and fewer than three x.
   */
  low: number | null;
  high: number | null;
  /** log y of the line at x = 1; for a logarithm y. */
  intercept: number;
  /** The slope of theory; null where there is none. */
  expected: number | null;
  /** Slopes between neighbouring points, in the order of x. */
  localSlopes: number[];
  /** Change of the local slope from the smallest x to the largest; null with two points. */
  drift: number | null;
  /** False where the points do not lie on such a law; null with fewer than three points, which always do. */
  holds: boolean | null;
  /** A sentence that says why not; null where it holds. */
  warning: string | null;
}

const DEFAULTS = { tolerance: 0.1, resamples: 2000, seed: 1 };

/** Standard errors by which a point must miss the line before that is no accident. */
const NO_ACCIDENT = 4;

/** The 95% interval of the change of the slope is taken so many times as wide: one window of twenty would else be called bent. */
const CAUTION = 1.5;

/** @internal Checked options with defaults filled in. */
export type CheckedScaling = Required<{ [K in keyof ScalingOptions]: Exclude<ScalingOptions[K], undefined> }>;

function checkScaling(options: ScalingOptions): CheckedScaling {
  checkOptions("scalingLaw", options, ["law", "expected", "tolerance", "resamples", "seed"]);
  const { expected = null } = options;
  return {
    law: checkOneOf("law", options.law ?? "power", ["power", "logarithm"]),
    expected: expected === null ? null : checkNumber("expected", expected),
    tolerance: checkNumber("tolerance", options.tolerance ?? DEFAULTS.tolerance, { min: 0, above: true }),
    resamples: checkInteger("resamples", options.resamples ?? DEFAULTS.resamples, 100, 1_000_000),
    seed: checkSeed("seed", options.seed ?? DEFAULTS.seed),
  };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || value instanceof Float64Array;
}

function checkX(x: unknown): number[] {
  if (!isList(x)) wrongKind("x", "a list of ascending numbers above 0", x);
  const values = Array.from(x, (value, i) => checkNumber(`x[${i}]`, value, { min: 0, above: true }));
  if (values.length < 2) wrongValue("x", "at least two numbers", x);
  for (let i = 1; i < values.length; i++)
    if (values[i] <= values[i - 1]) wrongValue(`x[${i}]`, `above x[${i - 1}] = ${values[i - 1]}`, values[i]);
  return values;
}

function checkY(y: unknown, x: readonly number[], law: ScalingLawKind): number[][] {
  if (!isList(y)) wrongKind("y", "a list of numbers, or of lists of one number a seed", y);
  if (y.length !== x.length) wrongValue("y", `a list of ${x.length}, as x`, y);
  const rows = Array.from(y, (row, i) => {
    if (typeof row === "number") return [checkNumber(`y[${i}]`, row)];
    if (!isList(row)) wrongKind(`y[${i}]`, "a number, or a list of one number a seed", row);
    return Array.from(row, (value, s) => checkNumber(`y[${i}][${s}]`, value));
  });
  const seeds = rows[0].length;
  rows.forEach((row, i) => {
    if (row.length === 0) wrongValue(`y[${i}]`, "at least one number", row);
    if (row.length !== seeds) wrongValue(`y[${i}]`, `a list of ${seeds}, as y[0]: seeds are shared by all x`, row);
    // A resample may be all of the smallest.
    for (const [s, value] of row.entries())
      if (law === "power" && value <= 0) wrongValue(`y[${i}][${s}]`, "above 0, since its logarithm is fitted", value);
  });
  return rows;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A ratio; what has next to no spread gives very large ones. */
function errorsText(ratio: number): string {
  return ratio > 1000 ? "more than 1000" : short(ratio);
}

/** Why the points are no such law; null where they are. */
function objection(
  x: readonly number[],
  { slope, drift, worst, localSlopes }: ScalingFit,
  { law, tolerance }: CheckedScaling,
  range: number,
): string | null {
  if (drift === null) return null;
  const what = law === "power" ? "a power law" : "a logarithm";
  const allowed = law === "power" ? tolerance : tolerance * Math.abs(slope.value);
  const { value, low, high } = drift;
  const sure =
    low === null || high === null || value + CAUTION * (low - value) > 0 || value + CAUTION * (high - value) < 0;
  if (Math.abs(drift.value) > allowed && sure) {
    const [first, last] = [-0.5, 0.5].map((end) => short(slope.value + end * drift.value));
    const random =
      drift.low === null ? "" : `, 95% interval of the change ${short(drift.low)} to ${short(drift.high ?? 0)}`;
    return `not ${what} in this window: the local slope goes from ${first} at x = ${x[0]} to ${last} at x = ${x[x.length - 1]}${random}`;
  }
  // A bump of r over half of the window turns the slope there by 4 r / range.
  const { index, residual, stderr } = worst;
  const bump = (4 * Math.abs(residual)) / range;
  if (bump <= allowed || (stderr !== null && Math.abs(residual) <= NO_ACCIDENT * stderr)) return null;
  const errors = stderr === null ? "" : `, ${errorsText(Math.abs(residual) / stderr)} standard errors`;
  const side = residual > 0 ? "above" : "below";
  const by = law === "power" ? `${short(100 * Math.abs(residual))}%` : short(Math.abs(residual));
  const slopes = `local slopes reach from ${short(Math.min(...localSlopes))} to ${short(Math.max(...localSlopes))}`;
  return `not ${what} in this window: the point at x = ${x[index]} lies about ${by} ${side} the line${errors}; ${slopes}`;
}

/** @internal The law through checked points, and the mean of each with its interval. */
export function fitLaw(
  engine: Engine,
  x: readonly number[],
  values: readonly (readonly number[])[],
  checked: CheckedScaling,
  errors?: readonly number[],
): { law: ScalingLaw; means: Interval[] } {
  const { law, expected, resamples, seed } = checked;
  const seeds = values[0].length;
  const { log } = engine.kernels;
  const draws = seeds < 2 ? new Float64Array() : uniforms(engine, resamples * seeds, seed, STREAM.bootstrap, 0);
  const fit = fitScaling({ x, values, law, errors }, draws, log);
  const { slope, intercept, localSlopes, drift } = fit;
  const warning = objection(x, fit, checked, log(x[x.length - 1] / x[0]));
  return {
    law: {
      law,
      slope: slope.value,
      low: slope.low,
      high: slope.high,
      intercept,
      expected,
      localSlopes,
      drift: drift?.value ?? null,
      holds: drift === null ? null : warning === null,
      warning,
    },
    means: fit.means,
  };
}

/** @internal The same with defaults, and standard errors of single values (of their logarithms, for a power); null where there are too few points or a power has one that is not above 0. */
export function lawOrNull(
  engine: Engine,
  x: readonly number[],
  values: readonly (readonly number[])[],
  options: ScalingOptions,
  errors?: readonly number[],
): { law: ScalingLaw | null; means: Interval[] } {
  const checked = checkScaling(options);
  const fits = x.length > 1 && (checked.law !== "power" || values.every((row) => row.every((value) => value > 0)));
  if (fits) return fitLaw(engine, x, values, checked, errors);
  const means = values.map((row) => ({
    value: row.reduce((sum, y) => sum + y, 0) / row.length,
    low: null,
    high: null,
  }));
  return { law: null, means };
}

/**
 * Fits a scaling law to samples: the weighted least-squares slope of log(mean of y over seeds) against log x, with weights 1 / variance
 * of that logarithm over the seeds, its 95% interval by bootstrap over seeds (deterministic, from the engine's Philox; seeds are
 * shared by all x), and a verdict on whether the window shows a power law at all. It does not where the best parabola changes the
 * local slope by more than `tolerance` over the window while an interval 1.5 times as wide as that of 95% leaves out 0, nor where a point
 * misses the line by 4 standard errors and as much.
 *
 * @param x - at least two ascending numbers above 0, such as widths.
 * @param y - for every x one number a seed, or a single number where nothing is random; above 0 for a power.
 * @throws TypeError or RangeError for a bad argument.
 * @example
 * ```ts
 * const { slope, low, high, warning } = await scalingLaw(engine, [64, 128, 256], [[0.9, 1.1], [0.48, 0.52], [0.26, 0.24]]);
 * ```
 */
export async function scalingLaw(
  engine: Engine,
  x: ArrayLike<number>,
  y: ArrayLike<number | ArrayLike<number>>,
  options: ScalingOptions = {},
): Promise<ScalingLaw> {
  checkEngine(engine);
  const checked = checkScaling(options);
  const abscissas = checkX(x);
  return fitLaw(engine, abscissas, checkY(y, abscissas, checked.law), checked).law;
}
