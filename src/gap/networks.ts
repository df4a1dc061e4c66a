// Which networks a gap run trains: widths and replicas, or given particles.

import { checkInteger, checkSeed, wrongKind, wrongValue } from "../core/check.ts";
import { checkSigns, unitRows } from "../network/initial.ts";

/** Width of a reference network that nobody asked for, in largest widths. */
export const WIDER = 4;

/** Options that say which networks are trained. */
export interface NetworkChoice {
  /** Numbers of particles, distinct positive integers. */
  widths?: readonly number[] | undefined;
  /**
   * Given particles instead, m x d row-major; rows of any nonzero norm, normalised on entry. With `reference: M` they are
   * the M rows of the reference network, and the networks are its first rows, as many as `widths` say.
   */
  initial?: Float64Array | undefined;
  /** Second-layer signs beside `initial`, one a row, +1 or -1; default those of the problem. */
  signs?: Int8Array | undefined;
  /** Number of replicas a width; default 8. Replica r of every width shares its first particles, and its samples. */
  seeds?: number | undefined;
  /** 0 to 2^32 - 1; default 1. Replica r draws from the key (seed, r). Beside `initial` only for samples and noise. */
  seed?: number | undefined;
  /**
   * Width M of a reference network that stands for the infinite width: it has the same first particles, the same data and
   * the same noise. Default, as null in the settings of a report: none where the limit can be solved; four times the
   * largest width where it cannot.
   */
  reference?: number | null | undefined;
  /** Whether each width of the report says how |Delta| is spread over its particles (`distribution`); default false. */
  distribution?: boolean | undefined;
}

/** Networks to train: a width and a replica, or the given particles. */
export interface Networks {
  widths: number[];
  replicas: number;
  seed: number;
  rows: Float64Array | null;
  signs: Int8Array | null;
  /** The width M that was asked for. */
  reference: number | null;
  /** Whether the distribution of |Delta| is wanted. */
  distribution: boolean;
}

/** @throws TypeError or RangeError naming `widths`. */
export function checkWidths(widths: unknown): number[] {
  if (!Array.isArray(widths)) wrongKind("widths", "a list of positive integers", widths);
  if (widths.length === 0) wrongValue("widths", "a list of at least one width", widths);
  // Not widths.forEach, which would pass over the holes of a sparse list.
  for (const [i, width] of widths.entries()) {
    checkInteger(`widths[${i}]`, width, 1);
    if (widths.indexOf(width) < i) wrongValue(`widths[${i}]`, "different from the widths before it", width);
  }
  return [...widths];
}

/** @throws TypeError */
function checkDistribution(value: unknown): boolean {
  return value === undefined || typeof value === "boolean"
    ? value === true
    : wrongKind("distribution", "true or false", value);
}

/** M above all widths; null where it is left out. */
export function checkReference(value: unknown, widths: readonly number[]): number | null {
  if (value === undefined || value === null) return null;
  const M = checkInteger("reference", value, 2);
  const widest = Math.max(...widths);
  if (M <= widest) wrongValue("reference", `above the largest width, ${widest}`, M);
  return M;
}

function checkGiven(options: NetworkChoice, d: number, draws: boolean): Networks {
  for (const name of draws ? (["seeds"] as const) : (["seeds", "seed"] as const))
    if (options[name] !== undefined) wrongValue(name, "left out beside initial, which is given", options[name]);
  const { rows, m } = unitRows("initial", options.initial, d);
  const signs = options.signs === undefined ? null : checkSigns(options.signs, m);
  const alone = (options.reference ?? null) === null;
  if (alone && options.widths !== undefined)
    wrongValue(
      "widths",
      "left out beside initial, which is one given network unless reference is its rows",
      options.widths,
    );
  const widths = alone ? [m] : checkWidths(options.widths);
  const reference = checkReference(options.reference, widths);
  if (reference !== null && reference !== m) wrongValue("reference", `${m}, the number of rows of initial`, reference);
  return {
    widths,
    replicas: 1,
    seed: checkSeed("seed", options.seed ?? 1),
    rows,
    signs,
    reference,
    distribution: checkDistribution(options.distribution),
  };
}

/**
 * `draws`: whether the run draws random numbers beside given particles.
 * @throws TypeError or RangeError naming the option.
 */
export function checkNetworks(options: NetworkChoice, d: number, draws: boolean): Networks {
  if (options.initial !== undefined) return checkGiven(options, d, draws);
  if (options.signs !== undefined)
    wrongValue("signs", "left out unless initial is given; signed problems have their own", options.signs);
  const widths = checkWidths(options.widths);
  return {
    widths,
    replicas: checkInteger("seeds", options.seeds ?? 8, 1, 1_000_000),
    seed: checkSeed("seed", options.seed ?? 1),
    rows: null,
    signs: null,
    reference: checkReference(options.reference, widths),
    distribution: checkDistribution(options.distribution),
  };
}
