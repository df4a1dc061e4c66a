// The two matrix products of the kernels, on blocks that stay in the first-level cache, for T = f64 and T = f32. The
// contract (layout, padding, alignment, order of sums) is in README.md beside this file.
//
//   gramBlock        S_ij  = sum_c A_ic B_jc          lanes = a panel of rows i, sum over ascending c
//   accumulateBlock  G_ic += sum_j S_ij W_jc          lanes = a panel of columns c, sum over ascending j
//
// A panel is two vectors wide: L = 4 (f64) or 8 (f32). Both products are made of tiles of L x 4 outputs, by one loop
// (`Tile.sweep`): eight vector accumulators, two vectors of one factor and one splat of the other fit into the fifteen registers
// V8 has to give; larger tiles spill.

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

/** s + q y */
function plusProduct<T>(s: v128, q: v128, y: v128): v128 {
  return v128.add<T>(s, v128.mul<T>(q, y));
}

/** Four float64 numbers += four float32 numbers. */
function addSingles(target: usize, singles: v128): void {
  const high = v128.shuffle<f64>(singles, singles, 1, 1);
  v128.store(target, f64x2.add(v128.load(target), f64x2.promote_low_f32x4(singles)));
  v128.store(target, f64x2.add(v128.load(target, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** The micro-kernel. A class, because only methods may carry the decorator that inlines in every language that reads this. */
// biome-ignore lint/complexity/noStaticOnlyClass: see above
class Tile {
  /**
   * One tile, T[q][lane] += sum_k x_k[q] y_k[lane], q < 4, lane < L, k ascending: x from `xs` up to `end` in steps of xStep
   * bytes, one k at least; y from `ys` on in steps of yStep bytes, or, where Y is v128, of 32: then the steps are offsets.
   * Row q of the tile goes to target + q rowStep: `accumulate` says whether it is added to G there or stored as it is.
   *
   * Eight steps a turn of the loop, because V8 checks for interrupts once a turn. The branch between two steps is there for
   * V8 too: it moves the loads of a block without branches to its front, where they need more registers than there are.
   */
  // @ts-ignore: decorator
  @inline
  static sweep<T, Y>(
    xs: usize,
    end: usize,
    xStep: usize,
    ys: usize,
    yStep: usize,
    target: usize,
    rowStep: usize,
    accumulate: bool,
  ): void {
    let x = xs;
    let y = ys;
    const next1 = target + rowStep;
    const next2 = next1 + rowStep;
    const next3 = next2 + rowStep;
    let s00 = Tile.start<T>(target, accumulate);
    let s01 = Tile.start<T>(target + 16, accumulate);
    let s10 = Tile.start<T>(next1, accumulate);
    let s11 = Tile.start<T>(next1 + 16, accumulate);
    let s20 = Tile.start<T>(next2, accumulate);
    let s21 = Tile.start<T>(next2 + 16, accumulate);
    let s30 = Tile.start<T>(next3, accumulate);
    let s31 = Tile.start<T>(next3 + 16, accumulate);
    let y0: v128;
    let y1: v128;
    let q: v128;
    while (true) {
      y0 = v128.load(y);
      y1 = v128.load(y, 16);
      q = v128.load_splat<T>(x);
      s00 = plusProduct<T>(s00, q, y0);
      s01 = plusProduct<T>(s01, q, y1);
      q = v128.load_splat<T>(x, sizeof<T>());
      s10 = plusProduct<T>(s10, q, y0);
      s11 = plusProduct<T>(s11, q, y1);
      q = v128.load_splat<T>(x, 2 * sizeof<T>());
      s20 = plusProduct<T>(s20, q, y0);
      s21 = plusProduct<T>(s21, q, y1);
      q = v128.load_splat<T>(x, 3 * sizeof<T>());
      s30 = plusProduct<T>(s30, q, y0);
      s31 = plusProduct<T>(s31, q, y1);
      x += xStep;
      if (!isVector<Y>()) y += yStep;
      if (x >= end) break;

      y0 = v128.load(y, isVector<Y>() ? 32 : 0);
      y1 = v128.load(y, isVector<Y>() ? 48 : 16);
      q = v128.load_splat<T>(x);
      s00 = plusProduct<T>(s00, q, y0);
      s01 = plusProduct<T>(s01, q, y1);
      q = v128.load_splat<T>(x, sizeof<T>());
      s10 = plusProduct<T>(s10, q, y0);
      s11 = plusProduct<T>(s11, q, y1);
      q = v128.load_splat<T>(x, 2 * sizeof<T>());
      s20 = plusProduct<T>(s20, q, y0);
      s21 = plusProduct<T>(s21, q, y1);
      q = v128.load_splat<T>(x, 3 * sizeof<T>());
      s30 = plusProduct<T>(s30, q, y0);
      s31 = plusProduct<T>(s31, q, y1);
      x += xStep;
      if (!isVector<Y>()) y += yStep;
      if (x >= end) break;

      y0 = v128.load(y, isVector<Y>() ? 64 : 0);
      y1 = v128.load(y, isVector<Y>() ? 80 : 16);
      q = v128.load_splat<T>(x);
      s00 = plusProduct<T>(s00, q, y0);
      s01 = plusProduct<T>(s01, q, y1);
      q = v128.load_splat<T>(x, sizeof<T>());
      s10 = plusProduct<T>(s10, q, y0);
      s11 = plusProduct<T>(s11, q, y1);
      q = v128.load_splat<T>(x, 2 * sizeof<T>());
      s20 = plusProduct<T>(s20, q, y0);
      s21 = plusProduct<T>(s21, q, y1);
      q = v128.load_splat<T>(x, 3 * sizeof<T>());
      s30 = plusProduct<T>(s30, q, y0);
      s31 = plusProduct<T>(s31, q, y1);
      x += xStep;
      if (!isVector<Y>()) y += yStep;
      if (x >= end) break;

      y0 = v128.load(y, isVector<Y>() ? 96 : 0);
      y1 = v128.load(y, isVector<Y>() ? 112 : 16);
      q = v128.load_splat<T>(x);
      s00 = plusProduct<T>(s00, q, y0);
      s01 = plusProduct<T>(s01, q, y1);
      q = v128.load_splat<T>(x, sizeof<T>());
      s10 = plusProduct<T>(s10, q, y0);
      s11 = plusProduct<T>(s11, q, y1);
      q = v128.load_splat<T>(x, 2 * sizeof<T>());
      s20 = plusProduct<T>(s20, q, y0);
      s21 = plusProduct<T>(s21, q, y1);
      q = v128.load_splat<T>(x, 3 * sizeof<T>());
      s30 = plusProduct<T>(s30, q, y0);
      s31 = plusProduct<T>(s31, q, y1);
      x += xStep;
      if (!isVector<Y>()) y += yStep;
      if (x >= end) break;

      y0 = v128.load(y, isVector<Y>() ? 128 : 0);
      y1 = v128.load(y, isVector<Y>() ? 144 : 16);
      q = v128.load_splat<T>(x);
      s00 = plusProduct<T>(s00, q, y0);
      s01 = plusProduct<T>(s01, q, y1);
      q = v128.load_splat<T>(x, sizeof<T>());
      s10 = plusProduct<T>(s10, q, y0);
      s11 = plusProduct<T>(s11, q, y1);
      q = v128.load_splat<T>(x, 2 * sizeof<T>());
      s20 = plusProduct<T>(s20, q, y0);
      s21 = plusProduct<T>(s21, q, y1);
      q = v128.load_splat<T>(x, 3 * sizeof<T>());
      s30 = plusProduct<T>(s30, q, y0);
      s31 = plusProduct<T>(s31, q, y1);
      x += xStep;
      if (!isVector<Y>()) y += yStep;
      if (x >= end) break;

      y0 = v128.load(y, isVector<Y>() ? 160 : 0);
      y1 = v128.load(y, isVector<Y>() ? 176 : 16);
      q = v128.load_splat<T>(x);
      s00 = plusProduct<T>(s00, q, y0);
      s01 = plusProduct<T>(s01, q, y1);
      q = v128.load_splat<T>(x, sizeof<T>());
      s10 = plusProduct<T>(s10, q, y0);
      s11 = plusProduct<T>(s11, q, y1);
      q = v128.load_splat<T>(x, 2 * sizeof<T>());
      s20 = plusProduct<T>(s20, q, y0);
      s21 = plusProduct<T>(s21, q, y1);
      q = v128.load_splat<T>(x, 3 * sizeof<T>());
      s30 = plusProduct<T>(s30, q, y0);
      s31 = plusProduct<T>(s31, q, y1);
      x += xStep;
      if (!isVector<Y>()) y += yStep;
      if (x >= end) break;

      y0 = v128.load(y, isVector<Y>() ? 192 : 0);
      y1 = v128.load(y, isVector<Y>() ? 208 : 16);
      q = v128.load_splat<T>(x);
      s00 = plusProduct<T>(s00, q, y0);
      s01 = plusProduct<T>(s01, q, y1);
      q = v128.load_splat<T>(x, sizeof<T>());
      s10 = plusProduct<T>(s10, q, y0);
      s11 = plusProduct<T>(s11, q, y1);
      q = v128.load_splat<T>(x, 2 * sizeof<T>());
      s20 = plusProduct<T>(s20, q, y0);
      s21 = plusProduct<T>(s21, q, y1);
      q = v128.load_splat<T>(x, 3 * sizeof<T>());
      s30 = plusProduct<T>(s30, q, y0);
      s31 = plusProduct<T>(s31, q, y1);
      x += xStep;
      if (!isVector<Y>()) y += yStep;
      if (x >= end) break;

      y0 = v128.load(y, isVector<Y>() ? 224 : 0);
      y1 = v128.load(y, isVector<Y>() ? 240 : 16);
      q = v128.load_splat<T>(x);
      s00 = plusProduct<T>(s00, q, y0);
      s01 = plusProduct<T>(s01, q, y1);
      q = v128.load_splat<T>(x, sizeof<T>());
      s10 = plusProduct<T>(s10, q, y0);
      s11 = plusProduct<T>(s11, q, y1);
      q = v128.load_splat<T>(x, 2 * sizeof<T>());
      s20 = plusProduct<T>(s20, q, y0);
      s21 = plusProduct<T>(s21, q, y1);
      q = v128.load_splat<T>(x, 3 * sizeof<T>());
      s30 = plusProduct<T>(s30, q, y0);
      s31 = plusProduct<T>(s31, q, y1);
      x += xStep;
      y += isVector<Y>() ? 256 : yStep;
      if (x >= end) break;
    }
    Tile.finish<T>(target, s00, s01, accumulate);
    Tile.finish<T>(next1, s10, s11, accumulate);
    Tile.finish<T>(next2, s20, s21, accumulate);
    Tile.finish<T>(next3, s30, s31, accumulate);
  }

  /** Where a sum starts: float64 goes on from G, float32 is added to G afterwards. */
  // @ts-ignore: decorator
  @inline
  static start<T>(target: usize, accumulate: bool): v128 {
    return accumulate && sizeof<T>() == 8 ? v128.load(target) : v128.splat<T>(<T>0);
  }

  /** Stores, or adds to float64 numbers, the two vectors of sums that belong to `target`. */
  // @ts-ignore: decorator
  @inline
  static finish<T>(target: usize, s0: v128, s1: v128, accumulate: bool): void {
    if (accumulate && sizeof<T>() == 4) {
      addSingles(target, s0);
      addSingles(target + 32, s1);
    } else {
      v128.store(target, s0);
      v128.store(target, s1, 16);
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
