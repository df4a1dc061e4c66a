// Which networks a gap run trains: widths and replicas, or one that is given.

import { checkInteger, checkSeed, wrongKind, wrongValue } from "../core/check.ts";
import { unitRows } from "../network/initial.ts";

/** Options that say which networks are trained. */
export interface NetworkChoice {
  /** Numbers of particles, distinct positive integers. */
  widths?: readonly number[] | undefined;
  /** One given network instead: m x d row-major; rows of any nonzero norm, normalised on entry. */
  initial?: Float64Array | undefined;
  /** Number of replicas a width; default 8. Replica r of every width shares its first particles. */
  seeds?: number | undefined;
  /** 0 to 2^32 - 1; default 1. Replica r draws from the key (seed, r). */
  seed?: number | undefined;
}

/** Networks to train: a width and a replica, or the given particles. */
export interface Networks {
  widths: number[];
  replicas: number;
  seed: number;
  rows: Float64Array | null;
}

/** @throws TypeError or RangeError naming the option. */
export function checkNetworks(options: NetworkChoice, d: number): Networks {
  if (options.initial !== undefined) {
    for (const name of ["widths", "seeds", "seed"] as const)
      if (options[name] !== undefined)
        wrongValue(name, "left out beside initial, which is one given network", options[name]);
    const { rows, m } = unitRows("initial", options.initial, d);
    return { widths: [m], replicas: 1, seed: 1, rows };
  }
  const { widths } = options;
  if (!Array.isArray(widths)) wrongKind("widths", "a list of positive integers", widths);
  if (widths.length === 0) wrongValue("widths", "a list of at least one width", widths);
  // Not widths.forEach, which would pass over the holes of a sparse list.
  for (const [i, width] of widths.entries()) {
    checkInteger(`widths[${i}]`, width, 1);
    if (widths.indexOf(width) < i) wrongValue(`widths[${i}]`, "different from the widths before it", width);
  }
  const replicas = checkInteger("seeds", options.seeds ?? 8, 1, 1_000_000);
  return { widths: [...widths], replicas, seed: checkSeed("seed", options.seed ?? 1), rows: null };
}
