// One block of the Gram matrix S = W W^T at a time: never an m x m array.

import { gramBlock } from "../gemm/tile";
import { polynomialMap } from "../math/polynomial";
import { BLOCK_COLUMNS, GRAM, Network } from "./network";

/** Columns of the block that starts at column j, rounded up to whole panels. */
// @ts-ignore: decorator
@inline
export function blockColumns(width: usize, j: usize): usize {
  return min(BLOCK_COLUMNS, (width - j + 3) & ~3);
}

/** Stride of a block with so many columns. */
// @ts-ignore: decorator
@inline
export function blockStride(columns: usize): usize {
  return (columns + 7) & ~7;
}

/** Scratch Gram block <- S[i .. i + rows, j .. j + columns]. */
export function loadGramBlock(network: Network, i: usize, rows: usize, j: usize, columns: usize): void {
  const dp = network.stride;
  const d = network.dimension;
  gramBlock(
    network.particles + ((i * dp) << 3),
    rows,
    dp,
    network.panels + ((j * d) << 3),
    columns,
    d,
    network.scratch + GRAM,
    blockStride(columns),
  );
}

/** out_ij = a_j p(S_ij) for the block in scratch; out may be that block. */
export function mapGramBlock(
  network: Network,
  polynomial: usize,
  rows: usize,
  j: usize,
  columns: usize,
  out: usize,
): void {
  const stride = blockStride(columns);
  polynomialMap(polynomial, network.scratch + GRAM, out, rows * stride);
  if (network.signs == 0) return;
  const signs = network.signs + (j << 3);
  for (let i: usize = 0; i < rows; ++i) {
    const row = out + ((i * stride) << 3);
    for (let c: usize = 0; c < columns << 3; c += 8) {
      store<f64>(row + c, load<f64>(row + c) * load<f64>(signs + c));
    }
  }
}

/** sums_i += sum over columns of block_ij, ascending; four rows side by side (rows is a multiple of 4). */
export function addRowSums(block: usize, rows: usize, stride: usize, columns: usize, sums: usize): void {
  const next = stride << 3;
  for (let i: usize = 0; i < rows; i += 4) {
    const sum = sums + (i << 3);
    let s0 = load<f64>(sum);
    let s1 = load<f64>(sum, 8);
    let s2 = load<f64>(sum, 16);
    let s3 = load<f64>(sum, 24);
    let b = block + i * next;
    const end = b + (columns << 3);
    while (b < end) {
      s0 += load<f64>(b);
      s1 += load<f64>(b + next);
      s2 += load<f64>(b + 2 * next);
      s3 += load<f64>(b + 3 * next);
      b += 8;
    }
    store<f64>(sum, s0);
    store<f64>(sum, s1, 8);
    store<f64>(sum, s2, 16);
    store<f64>(sum, s3, 24);
  }
}
