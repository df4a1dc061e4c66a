// Uniform points of the cube {-1, +1}^d, as bytes.

import { uniform } from "./normal";

/**
 * out[i * stride + c] = +1 where the first uniform of counter (stream, firstRow + i, c, 0) is below 1/2, else -1;
 * i < rows, c < d; out is an array of int8.
 */
export function fillSigns(
  out: usize,
  rows: u32,
  d: u32,
  stride: u32,
  seed: u32,
  replica: u32,
  stream: u32,
  firstRow: u32,
): void {
  for (let i: u32 = 0; i < rows; ++i) {
    const row = out + <usize>i * <usize>stride;
    for (let c: u32 = 0; c < d; ++c) {
      store<i8>(row + <usize>c, uniform(seed, replica, stream, firstRow + i, c) < 0.5 ? 1 : -1);
    }
  }
}
