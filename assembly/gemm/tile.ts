// The two matrix products of the Gram kernels, float64, on blocks that stay in the first-level cache. The contract
// (layout, padding, alignment, order of sums) is in README.md beside this file.
//
//   gramBlock        S_ij  = sum_c A_ic B_jc          lanes = two rows i, sum over ascending c
//   accumulateBlock  G_ic += sum_j S_ij W_jc          lanes = two columns c, sum over ascending j
//
// Tiles of 4 x 4 outputs: eight vector accumulators, two vectors of one factor and one splat of the other fit into the
// fifteen registers V8 has to give; larger tiles spill. Both inner loops walk panels, so that a step is two pointer
// increments and loads at constant offsets.

/** Packs rows [0, m) of W (row-major, stride dp) into panels of four rows: P[i/4][c][i%4], c < d, rows >= m zero. */
export function packPanels(W: usize, m: usize, d: usize, dp: usize, P: usize): void {
  let out = P;
  for (let i: usize = 0; i < m; i += 4) {
    for (let c: usize = 0; c < d; ++c) {
      for (let lane: usize = 0; lane < 4; ++lane) {
        store<f64>(out, i + lane < m ? load<f64>(W + (((i + lane) * dp + c) << 3)) : 0.0);
        out += 8;
      }
    }
  }
}

/** S = A B^T in panels S[i/4][j][i%4]; A (rows x d) and B (columns x d) in panels; rows and columns multiples of 4. */
export function gramBlock(A: usize, rows: usize, B: usize, columns: usize, d: usize, S: usize): void {
  const length = d << 5;
  const panelEnd = A + rows * (d << 3);
  const columnsEnd = B + columns * (d << 3);
  let target = S;
  for (let panel = A; panel < panelEnd; panel += length) {
    const end = panel + length;
    for (let column = B; column < columnsEnd; column += length) {
      if (ASC_FEATURE_SIMD) {
        let a = panel;
        let b = column;
        let s00 = f64x2.splat(0);
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
          let w = v128.load64_splat(b);
          s00 = f64x2.add(s00, f64x2.mul(w, a0));
          s01 = f64x2.add(s01, f64x2.mul(w, a1));
          w = v128.load64_splat(b, 8);
          s10 = f64x2.add(s10, f64x2.mul(w, a0));
          s11 = f64x2.add(s11, f64x2.mul(w, a1));
          w = v128.load64_splat(b, 16);
          s20 = f64x2.add(s20, f64x2.mul(w, a0));
          s21 = f64x2.add(s21, f64x2.mul(w, a1));
          w = v128.load64_splat(b, 24);
          s30 = f64x2.add(s30, f64x2.mul(w, a0));
          s31 = f64x2.add(s31, f64x2.mul(w, a1));
          a += 32;
          b += 32;
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
        for (let j: usize = 0; j < 32; j += 8) {
          for (let i: usize = 0; i < 32; i += 8) {
            let s: f64 = 0;
            for (let c: usize = 0; c < length; c += 32) s += load<f64>(column + c + j) * load<f64>(panel + c + i);
            store<f64>(target + (j << 2) + i, s);
          }
        }
      }
      target += 128;
    }
  }
}

/**
 * G (rows x dp, row-major) += S W: S (rows x columns) in panels S[i/4][j][i%4], W row-major (columns x dp); rows and dp
 * multiples of 4.
 */
export function accumulateBlock(S: usize, rows: usize, columns: usize, W: usize, dp: usize, G: usize): void {
  const stride = dp << 3;
  const length = columns << 5;
  for (let i: usize = 0; i < rows; i += 4) {
    const panel = S + i * (columns << 3);
    const end = panel + length;
    const row = G + i * stride;
    for (let c: usize = 0; c < stride; c += 32) {
      const target = row + c;
      if (ASC_FEATURE_SIMD) {
        const next1 = target + stride;
        const next2 = next1 + stride;
        const next3 = next2 + stride;
        let s = panel;
        let w = W + c;
        let g00 = v128.load(target);
        let g01 = v128.load(target, 16);
        let g10 = v128.load(next1);
        let g11 = v128.load(next1, 16);
        let g20 = v128.load(next2);
        let g21 = v128.load(next2, 16);
        let g30 = v128.load(next3);
        let g31 = v128.load(next3, 16);
        while (s < end) {
          const w0 = v128.load(w);
          const w1 = v128.load(w, 16);
          let q = v128.load64_splat(s);
          g00 = f64x2.add(g00, f64x2.mul(q, w0));
          g01 = f64x2.add(g01, f64x2.mul(q, w1));
          q = v128.load64_splat(s, 8);
          g10 = f64x2.add(g10, f64x2.mul(q, w0));
          g11 = f64x2.add(g11, f64x2.mul(q, w1));
          q = v128.load64_splat(s, 16);
          g20 = f64x2.add(g20, f64x2.mul(q, w0));
          g21 = f64x2.add(g21, f64x2.mul(q, w1));
          q = v128.load64_splat(s, 24);
          g30 = f64x2.add(g30, f64x2.mul(q, w0));
          g31 = f64x2.add(g31, f64x2.mul(q, w1));
          s += 32;
          w += stride;
        }
        v128.store(target, g00);
        v128.store(target, g01, 16);
        v128.store(next1, g10);
        v128.store(next1, g11, 16);
        v128.store(next2, g20);
        v128.store(next2, g21, 16);
        v128.store(next3, g30);
        v128.store(next3, g31, 16);
      } else {
        for (let lane: usize = 0; lane < 4; ++lane) {
          for (let k: usize = 0; k < 32; k += 8) {
            const slot = target + lane * stride + k;
            let g = load<f64>(slot);
            for (let j: usize = 0; j < columns; ++j) {
              g += load<f64>(panel + (j << 5) + (lane << 3)) * load<f64>(W + j * stride + c + k);
            }
            store<f64>(slot, g);
          }
        }
      }
    }
  }
}
