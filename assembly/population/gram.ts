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
  if (network.signs == 0) return;
  let value = out;
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
