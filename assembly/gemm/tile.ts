// The two matrix products of the kernels, on blocks that stay in the first-level cache, for T = f64 and T = f32. The
// contract (layout, padding, alignment, order of sums) is in README.md beside this file.
//
//   gramBlock        S_ij  = sum_c A_ic B_jc          lanes = a panel of rows i, sum over ascending c
//   accumulateBlock  G_ic += sum_j S_ij W_jc          lanes = a panel of columns c, sum over ascending j
//
// A panel is two vectors wide: L = 4 (f64) or 8 (f32). Both products are made of tiles of 4 x L outputs (micro-kernel.ts).

import { Tile } from "./micro-kernel";

/** Packs float64 rows [0, m) of W (stride dp) into panels of L rows of T: P[i/L][c][i%L], c < d, rows >= m zero. */
export function packPanelsOf<T>(W: usize, m: usize, d: usize, dp: usize, P: usize): void {
  const lanes: usize = 32 / sizeof<T>();
  let out = P;
  for (let i: usize = 0; i < m; i += lanes) {
    for (let c: usize = 0; c < d; ++c) {
      for (let lane: usize = 0; lane < lanes; ++lane) {
        store<T>(out, i + lane < m ? <T>load<f64>(W + (((i + lane) * dp + c) << 3)) : <T>0);
        out += sizeof<T>();
      }
    }
  }
}

/**
 * S = A B^T in panels S[i/L][j][i%L]; A (rows x d) in panels of L rows, rows a multiple of L; B (columns x d) in panels
 * of four rows B[j/4][c][j%4], columns a multiple of 4.
 */
export function gramBlockOf<T>(A: usize, rows: usize, B: usize, columns: usize, d: usize, S: usize): void {
  const length = d << 5;
  const columnLength = d * (4 * sizeof<T>());
  const panelEnd = A + rows * d * sizeof<T>();
  const columnsEnd = B + columns * d * sizeof<T>();
  let target = S;
  for (let panel = A; panel < panelEnd; panel += length) {
    for (let column = B; column < columnsEnd; column += columnLength) {
      if (ASC_FEATURE_SIMD) {
        Tile.sweep<T, v128>(column, column + columnLength, 4 * sizeof<T>(), panel, 32, target, 32, false);
      } else {
        for (let j: usize = 0; j < 4; ++j) {
          for (let i: usize = 0; i < 32; i += sizeof<T>()) {
            let a = panel + i;
            let b = column + j * sizeof<T>();
            let s = <T>0;
            for (let c: usize = 0; c < d; ++c) {
              s += load<T>(b) * load<T>(a);
              a += 32;
              b += 4 * sizeof<T>();
            }
            store<T>(target + (j << 5) + i, s);
          }
        }
      }
      target += 128;
    }
  }
}

/**
 * G (float64, rows x dp, row-major) += S W: S (rows x columns) in panels S[i/L][j][i%L], W (columns x dp) in panels
 * W[c/L][j][c%L] where Y is v128, row-major where it is usize; rows a multiple of 4, dp of L. T = f32: the sum over the
 * columns is one of float32, then added to G.
 */
export function accumulateBlockOf<T, Y>(S: usize, rows: usize, columns: usize, W: usize, dp: usize, G: usize): void {
  if (columns == 0) return;
  const lanes: usize = 32 / sizeof<T>();
  const length = columns << 5;
  // From one row of W to the next, and from one panel of its columns to the next.
  const step = isVector<Y>() ? 32 : dp * sizeof<T>();
  const jump = isVector<Y>() ? length : 32;
  for (let i: usize = 0; i < rows; i += 4) {
    const panel = S + (i / lanes) * length + (i % lanes) * sizeof<T>();
    let w = W;
    for (let c: usize = 0; c < dp; c += lanes) {
      const target = G + ((i * dp + c) << 3);
      if (ASC_FEATURE_SIMD) {
        Tile.sweep<T, Y>(panel, panel + length, 32, w, step, target, dp << 3, true);
      } else {
        for (let row: usize = 0; row < 4; ++row) {
          for (let k: usize = 0; k < lanes; ++k) {
            const slot = target + ((row * dp + k) << 3);
            let g: T = sizeof<T>() == 8 ? <T>load<f64>(slot) : <T>0;
            for (let j: usize = 0; j < columns; ++j) {
              g += load<T>(panel + (j << 5) + row * sizeof<T>()) * load<T>(w + j * step + k * sizeof<T>());
            }
            store<f64>(slot, sizeof<T>() == 8 ? <f64>g : load<f64>(slot) + <f64>g);
          }
        }
      }
      w += jump;
    }
  }
}

/** `packPanelsOf`, `gramBlockOf` and `accumulateBlockOf` in float64. */
export function packPanels(W: usize, m: usize, d: usize, dp: usize, P: usize): void {
  packPanelsOf<f64>(W, m, d, dp, P);
}

export function gramBlock(A: usize, rows: usize, B: usize, columns: usize, d: usize, S: usize): void {
  gramBlockOf<f64>(A, rows, B, columns, d, S);
}

export function accumulateBlock(S: usize, rows: usize, columns: usize, W: usize, dp: usize, G: usize): void {
  accumulateBlockOf<f64, usize>(S, rows, columns, W, dp, G);
}
