// How much one kernel call does.

/** Multiplications in one kernel call: some ten milliseconds, so that a signal is seen in time. */
export const SLICE_WORK = { simd: 5e7, scalar: 1e7 };

/** Rows of a call, each of so many multiplications: a multiple of `unit`, at least one. */
export function rowsOf(work: number, each: number, unit: number): number {
  return unit * Math.max(1, Math.floor(work / (unit * each)));
}
