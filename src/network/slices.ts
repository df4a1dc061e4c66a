// How much one kernel call does: some ten milliseconds, so that a page stays alive and a signal is seen in time.

import type { Work } from "../core/run.ts";
import type { Backend } from "../engine/index.ts";

/** Multiplications in one kernel call over pairs or moments. */
export const SLICE_WORK = { simd: 5e7, scalar: 1e7 };

/** Numbers in one kernel call that draws or moves particles, each by itself. */
const SLICE_NUMBERS = { simd: 131072, scalar: 32768 };

/** Does `compute` for the rows of an array of so many rows of `stride` numbers, slice by slice, until it says false. */
export async function byRows(
  backend: Backend,
  rows: number,
  stride: number,
  work: Work,
  compute: (first: number, last: number) => boolean,
): Promise<boolean> {
  const step = rowsOf(SLICE_NUMBERS[backend], stride, 1);
  for (let first = 0; first < rows; first += step) {
    if (!compute(first, Math.min(rows, first + step))) return false;
    if (work.due) await work.pause();
  }
  return true;
}

/** Rows of a call, each of so many multiplications: a multiple of `unit`, at least one. */
export function rowsOf(work: number, each: number, unit: number): number {
  return unit * Math.max(1, Math.floor(work / (unit * each)));
}
