// One long computation made of several: each reports its progress as a share of the whole.

import type { RunOptions } from "../core/run.ts";

/** Units of progress of a part. */
const UNITS = 1000;

/** Options of part `index` of `count`, whose progress is that share of the whole. */
export function partOptions({ onProgress, signal }: RunOptions, index: number, count: number): RunOptions {
  return {
    signal,
    onProgress:
      onProgress &&
      (({ done, total, time }) => onProgress({ done: UNITS * (index + done / total), total: UNITS * count, time })),
  };
}
