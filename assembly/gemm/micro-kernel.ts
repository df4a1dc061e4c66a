// The loop that both products of tile.ts are made of, written once for T = f64 and T = f32: tiles of 4 x L outputs. Eight
// vector accumulators, two vectors of one factor and one splat of the other fit into the fifteen registers V8 has to give;
// larger tiles spill. README.md beside this file says what was measured.

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

/** The micro-kernel; a class, because the linter allows the decorator that inlines on methods alone. */
// biome-ignore lint/complexity/noStaticOnlyClass: decorators belong on methods
export class Tile {
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
