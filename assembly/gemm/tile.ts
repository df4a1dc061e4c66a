// The two matrix products of the Gram kernels, float64, on blocks that stay in the first-level cache. The contract
// (layout, padding, alignment, order of sums) is in README.md beside this file.
//
//   gramBlock        S_ij  = sum_c A_ic B_jc          lanes = two columns j, sum over ascending c
//   accumulateBlock  G_ic += sum_j Q_ij W_jc          lanes = two columns c, sum over ascending j
//
// Tiles of 4 x 4 outputs: eight vector accumulators, two vectors of the right factor and one splat of the left one fit
// into the fifteen registers V8 has to give; larger tiles spill.

/** Packs rows [0, m) of W (row-major, stride dp) into panels of four rows: P[j/4][c][j%4], c < d, rows >= m zero. */
export function packPanels(W: usize, m: usize, d: usize, dp: usize, P: usize): void {
  let out = P;
  for (let j: usize = 0; j < m; j += 4) {
    for (let c: usize = 0; c < d; ++c) {
      for (let lane: usize = 0; lane < 4; ++lane) {
        store<f64>(out, j + lane < m ? load<f64>(W + (((j + lane) * dp + c) << 3)) : 0.0);
        out += 8;
      }
    }
  }
}

/**
 * S (rows x columns, stride lds) = A B^T: A row-major with stride dp, B packed in panels of four rows.
 * rows and columns are multiples of 4.
 */
export function gramBlock(
  A: usize,
  rows: usize,
  dp: usize,
  B: usize,
  columns: usize,
  d: usize,
  S: usize,
  lds: usize,
): void {
  const stride = dp << 3;
  const out = lds << 3;
  for (let j: usize = 0; j < columns; j += 4) {
    const panel = B + ((j * d) << 3);
    const panelEnd = panel + (d << 5);
    for (let i: usize = 0; i < rows; i += 4) {
      const target = S + ((i * lds + j) << 3);
      let a0 = A + i * stride;
      let b = panel;
      if (ASC_FEATURE_SIMD) {
        let a1 = a0 + stride;
        let a2 = a1 + stride;
        let a3 = a2 + stride;
        let s00 = f64x2.splat(0);
        let s01 = s00;
        let s10 = s00;
        let s11 = s00;
        let s20 = s00;
        let s21 = s00;
        let s30 = s00;
        let s31 = s00;
        while (b < panelEnd) {
          const b0 = v128.load(b);
          const b1 = v128.load(b, 16);
          let w = v128.load64_splat(a0);
          s00 = f64x2.add(s00, f64x2.mul(w, b0));
          s01 = f64x2.add(s01, f64x2.mul(w, b1));
          w = v128.load64_splat(a1);
          s10 = f64x2.add(s10, f64x2.mul(w, b0));
          s11 = f64x2.add(s11, f64x2.mul(w, b1));
          w = v128.load64_splat(a2);
          s20 = f64x2.add(s20, f64x2.mul(w, b0));
          s21 = f64x2.add(s21, f64x2.mul(w, b1));
          w = v128.load64_splat(a3);
          s30 = f64x2.add(s30, f64x2.mul(w, b0));
          s31 = f64x2.add(s31, f64x2.mul(w, b1));
          b += 32;
          a0 += 8;
          a1 += 8;
          a2 += 8;
          a3 += 8;
        }
        v128.store(target, s00);
        v128.store(target, s01, 16);
        v128.store(target + out, s10);
        v128.store(target + out, s11, 16);
        v128.store(target + 2 * out, s20);
        v128.store(target + 2 * out, s21, 16);
        v128.store(target + 3 * out, s30);
        v128.store(target + 3 * out, s31, 16);
      } else {
        for (let row: usize = 0; row < 4; ++row) {
          for (let lane: usize = 0; lane < 4; ++lane) {
            let s: f64 = 0;
            for (let c: usize = 0; c < d; ++c) {
              s += load<f64>(a0 + row * stride + (c << 3)) * load<f64>(b + (c << 5) + (lane << 3));
            }
            store<f64>(target + row * out + (lane << 3), s);
          }
        }
      }
    }
  }
}

/**
 * G (rows x dp, stride dp) += Q W: Q (rows x columns, stride ldq), W row-major (columns x dp).
 * rows and dp are multiples of 4.
 */
export function accumulateBlock(
  Q: usize,
  rows: usize,
  ldq: usize,
  W: usize,
  columns: usize,
  dp: usize,
  G: usize,
): void {
  const stride = dp << 3;
  const left = ldq << 3;
  for (let c: usize = 0; c < stride; c += 32) {
    for (let i: usize = 0; i < rows; i += 4) {
      const target = G + i * stride + c;
      let q = Q + i * left;
      let w = W + c;
      if (ASC_FEATURE_SIMD) {
        const end = q + (columns << 3);
        const left2 = left << 1;
        const left3 = left + left2;
        let g00 = v128.load(target);
        let g01 = v128.load(target, 16);
        let g10 = v128.load(target + stride);
        let g11 = v128.load(target + stride, 16);
        let g20 = v128.load(target + 2 * stride);
        let g21 = v128.load(target + 2 * stride, 16);
        let g30 = v128.load(target + 3 * stride);
        let g31 = v128.load(target + 3 * stride, 16);
        while (q < end) {
          const w0 = v128.load(w);
          const w1 = v128.load(w, 16);
          let s = v128.load64_splat(q);
          g00 = f64x2.add(g00, f64x2.mul(s, w0));
          g01 = f64x2.add(g01, f64x2.mul(s, w1));
          s = v128.load64_splat(q + left);
          g10 = f64x2.add(g10, f64x2.mul(s, w0));
          g11 = f64x2.add(g11, f64x2.mul(s, w1));
          s = v128.load64_splat(q + left2);
          g20 = f64x2.add(g20, f64x2.mul(s, w0));
          g21 = f64x2.add(g21, f64x2.mul(s, w1));
          s = v128.load64_splat(q + left3);
          g30 = f64x2.add(g30, f64x2.mul(s, w0));
          g31 = f64x2.add(g31, f64x2.mul(s, w1));
          q += 8;
          w += stride;
        }
        v128.store(target, g00);
        v128.store(target, g01, 16);
        v128.store(target + stride, g10);
        v128.store(target + stride, g11, 16);
        v128.store(target + 2 * stride, g20);
        v128.store(target + 2 * stride, g21, 16);
        v128.store(target + 3 * stride, g30);
        v128.store(target + 3 * stride, g31, 16);
      } else {
        for (let row: usize = 0; row < 4; ++row) {
          for (let lane: usize = 0; lane < 4; ++lane) {
            const slot = target + row * stride + (lane << 3);
            let g = load<f64>(slot);
            for (let j: usize = 0; j < columns; ++j) {
              g += load<f64>(q + row * left + (j << 3)) * load<f64>(w + j * stride + (lane << 3));
            }
            store<f64>(slot, g);
          }
        }
      }
    }
  }
}
