// One block of the Gram matrix S = W W^T at a time, in panels of four rows: never an m x m array.

import { gramBlock } from "../gemm/tile";
import { kernelMap } from "../math/kernel-function";
import { BLOCK_COLUMNS, GRAM, Network } from "./network";

/** Columns of the block that starts at column j, rounded up to whole panels. */
export function blockColumns(width: usize, j: usize): usize {
  return min(BLOCK_COLUMNS, (width - j + 3) & ~3);
}

/** Scratch Gram block <- S[i .. i + rows, j .. j + columns]. */
export function loadGramBlock(network: Network, i: usize, rows: usize, j: usize, columns: usize): void {
  loadCrossBlock(network, network.panels, i, rows, j, columns);
}

/** The same with rows from the panels of another network of the same dimension: S_ij = <w'_i, w_j>. */
export function loadCrossBlock(network: Network, panels: usize, i: usize, rows: usize, j: usize, columns: usize): void {
  const d = network.dimension;
  gramBlock(panels + ((i * d) << 3), rows, network.panels + ((j * d) << 3), columns, d, network.scratch + GRAM);
}

/** out_ij = a_j k(S_ij) for the block in scratch; out may be that block. */
export function mapGramBlock(network: Network, kernel: usize, rows: usize, j: usize, columns: usize, out: usize): void {
  kernelMap(kernel, network.scratch + GRAM, out, rows * columns);
  signColumns(network, rows, j, columns, out);
}

/** block_ij <- a_j block_ij, the columns those of particles j on. */
export function signColumns(network: Network, rows: usize, j: usize, columns: usize, block: usize): void {
  if (network.signs == 0) return;
  let value = block;
  for (let panel: usize = 0; panel < rows; panel += 4) {
    for (let c: usize = 0; c < columns; ++c) {
      const sign = load<f64>(network.signs + ((j + c) << 3));
      for (let lane = 0; lane < 4; ++lane) {
        store<f64>(value, sign * load<f64>(value));
        value += 8;
      }
    }
  }
}

/** The transposed block: panels [j/4][i][j%4] from panels [i/4][j][i%4]; rows and columns multiples of 4. */
export function transposeBlock(block: usize, rows: usize, columns: usize, out: usize): void {
  for (let i: usize = 0; i < rows; i += 4) {
    for (let j: usize = 0; j < columns; j += 4) {
      const source = block + ((i * columns + 4 * j) << 3);
      const target = out + ((j * rows + 4 * i) << 3);
      if (ASC_FEATURE_SIMD) {
        for (let half: usize = 0; half < 64; half += 32) {
          // Columns j, j + 1, j + 2, j + 3 of two rows.
          const a = v128.load(source + (half >> 1));
          const b = v128.load(source + (half >> 1), 32);
          const c = v128.load(source + (half >> 1), 64);
          const d = v128.load(source + (half >> 1), 96);
          const row = target + 2 * half;
          v128.store(row, v128.shuffle<f64>(a, b, 0, 2));
          v128.store(row, v128.shuffle<f64>(c, d, 0, 2), 16);
          v128.store(row, v128.shuffle<f64>(a, b, 1, 3), 32);
          v128.store(row, v128.shuffle<f64>(c, d, 1, 3), 48);
        }
      } else {
        for (let row: usize = 0; row < 4; ++row) {
          for (let column: usize = 0; column < 4; ++column) {
            store<f64>(target + ((4 * row + column) << 3), load<f64>(source + ((4 * column + row) << 3)));
          }
        }
      }
    }
  }
}

/** sums_i += sum over the first `count` of the block's columns, ascending. */
export function addRowSums(block: usize, rows: usize, columns: usize, count: usize, sums: usize): void {
  for (let i: usize = 0; i < rows; i += 4) {
    const target = sums + (i << 3);
    let b = block + i * (columns << 3);
    const end = b + (count << 5);
    if (ASC_FEATURE_SIMD) {
      let s0 = v128.load(target);
      let s1 = v128.load(target, 16);
      for (; b < end; b += 32) {
        s0 = f64x2.add(s0, v128.load(b));
        s1 = f64x2.add(s1, v128.load(b, 16));
      }
      v128.store(target, s0);
      v128.store(target, s1, 16);
    } else {
      for (; b < end; b += 32) {
        for (let lane: usize = 0; lane < 32; lane += 8) {
          store<f64>(target + lane, load<f64>(target + lane) + load<f64>(b + lane));
        }
      }
    }
  }
}
