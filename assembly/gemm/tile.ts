// The two matrix products of the kernels, on blocks that stay in the first-level cache, for T = f64 and T = f32. The
// contract (layout, padding, alignment, order of sums) is in README.md beside this file.
//
//   gramBlock        S_ij  = sum_c A_ic B_jc          lanes = a panel of rows i, sum over ascending c
//   accumulateBlock  G_ic += sum_j S_ij W_jc          lanes = a panel of columns c, sum over ascending j
//
// A panel is two vectors wide: L = 4 (f64) or 8 (f32). Tiles of L x 4 outputs: eight vector accumulators, two vectors of
// one factor and one splat of the other fit into the fifteen registers V8 has to give; larger tiles spill. Both inner
// loops walk panels, so that a step is two pointer increments and loads at constant offsets.

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
    const end = panel + length;
    for (let column = B; column < columnsEnd; column += columnLength) {
      if (ASC_FEATURE_SIMD) {
        let a = panel;
        let b = column;
        let s00 = v128.splat<T>(<T>0);
        let s01 = s00;
        let s10 = s00;
        let s11 = s00;
        let s20 = s00;
        let s21 = s00;
        let s30 = s00;
        let s31 = s00;
        while (a < end) {
          const a0 = v128.load(a);
          const a1 = v128.load(a, 16);
          let w = v128.load_splat<T>(b);
          s00 = v128.add<T>(s00, v128.mul<T>(w, a0));
          s01 = v128.add<T>(s01, v128.mul<T>(w, a1));
          w = v128.load_splat<T>(b, sizeof<T>());
          s10 = v128.add<T>(s10, v128.mul<T>(w, a0));
          s11 = v128.add<T>(s11, v128.mul<T>(w, a1));
          w = v128.load_splat<T>(b, 2 * sizeof<T>());
          s20 = v128.add<T>(s20, v128.mul<T>(w, a0));
          s21 = v128.add<T>(s21, v128.mul<T>(w, a1));
          w = v128.load_splat<T>(b, 3 * sizeof<T>());
          s30 = v128.add<T>(s30, v128.mul<T>(w, a0));
          s31 = v128.add<T>(s31, v128.mul<T>(w, a1));
          a += 32;
          b += 4 * sizeof<T>();
        }
        v128.store(target, s00);
        v128.store(target, s01, 16);
        v128.store(target, s10, 32);
        v128.store(target, s11, 48);
        v128.store(target, s20, 64);
        v128.store(target, s21, 80);
        v128.store(target, s30, 96);
        v128.store(target, s31, 112);
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

/** Where a sum over the columns of a block starts: float64 goes on from G, float32 is added to G afterwards. */
function startSum<T>(target: usize): v128 {
  return sizeof<T>() == 8 ? v128.load(target) : v128.splat<T>(<T>0);
}

/** Stores, or adds to float64 numbers, the two vectors of sums that belong to `target`. */
function finishSums<T>(target: usize, g0: v128, g1: v128): void {
  if (sizeof<T>() == 8) {
    v128.store(target, g0);
    v128.store(target, g1, 16);
  } else {
    addSingles(target, g0);
    addSingles(target + 32, g1);
  }
}

/** Four float64 numbers += four float32 numbers. */
function addSingles(target: usize, singles: v128): void {
  const high = v128.shuffle<f64>(singles, singles, 1, 1);
  v128.store(target, f64x2.add(v128.load(target), f64x2.promote_low_f32x4(singles)));
  v128.store(target, f64x2.add(v128.load(target, 16), f64x2.promote_low_f32x4(high)), 16);
}

/**
 * G (float64, rows x dp, row-major) += S W: S (rows x columns) in panels S[i/L][j][i%L], W (columns x dp) row-major with
 * stride wStride; rows a multiple of 4, dp and wStride of L. T = f32: the sum over the columns is one of float32, then
 * added to G.
 */
export function accumulateBlockOf<T>(
  S: usize,
  rows: usize,
  columns: usize,
  W: usize,
  wStride: usize,
  dp: usize,
  G: usize,
): void {
  const lanes: usize = 32 / sizeof<T>();
  const stride = wStride * sizeof<T>();
  const length = columns << 5;
  for (let i: usize = 0; i < rows; i += 4) {
    const panel = S + (i / lanes) * length + (i % lanes) * sizeof<T>();
    const end = panel + length;
    for (let c: usize = 0; c < dp; c += lanes) {
      const target = G + ((i * dp + c) << 3);
      if (ASC_FEATURE_SIMD) {
        const next1 = target + (dp << 3);
        const next2 = next1 + (dp << 3);
        const next3 = next2 + (dp << 3);
        let s = panel;
        let w = W + c * sizeof<T>();
        let g00 = startSum<T>(target);
        let g01 = startSum<T>(target + 16);
        let g10 = startSum<T>(next1);
        let g11 = startSum<T>(next1 + 16);
        let g20 = startSum<T>(next2);
        let g21 = startSum<T>(next2 + 16);
        let g30 = startSum<T>(next3);
        let g31 = startSum<T>(next3 + 16);
        while (s < end) {
          const w0 = v128.load(w);
          const w1 = v128.load(w, 16);
          let q = v128.load_splat<T>(s);
          g00 = v128.add<T>(g00, v128.mul<T>(q, w0));
          g01 = v128.add<T>(g01, v128.mul<T>(q, w1));
          q = v128.load_splat<T>(s, sizeof<T>());
          g10 = v128.add<T>(g10, v128.mul<T>(q, w0));
          g11 = v128.add<T>(g11, v128.mul<T>(q, w1));
          q = v128.load_splat<T>(s, 2 * sizeof<T>());
          g20 = v128.add<T>(g20, v128.mul<T>(q, w0));
          g21 = v128.add<T>(g21, v128.mul<T>(q, w1));
          q = v128.load_splat<T>(s, 3 * sizeof<T>());
          g30 = v128.add<T>(g30, v128.mul<T>(q, w0));
          g31 = v128.add<T>(g31, v128.mul<T>(q, w1));
          s += 32;
          w += stride;
        }
        finishSums<T>(target, g00, g01);
        finishSums<T>(next1, g10, g11);
        finishSums<T>(next2, g20, g21);
        finishSums<T>(next3, g30, g31);
      } else {
        for (let row: usize = 0; row < 4; ++row) {
          for (let k: usize = 0; k < lanes; ++k) {
            const slot = target + ((row * dp + k) << 3);
            let g: T = sizeof<T>() == 8 ? <T>load<f64>(slot) : <T>0;
            for (let j: usize = 0; j < columns; ++j) {
              g += load<T>(panel + (j << 5) + row * sizeof<T>()) * load<T>(W + j * stride + (c + k) * sizeof<T>());
            }
            store<f64>(slot, sizeof<T>() == 8 ? <f64>g : load<f64>(slot) + <f64>g);
          }
        }
      }
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
  accumulateBlockOf<f64>(S, rows, columns, W, dp, dp, G);
}
