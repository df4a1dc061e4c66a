// How well a smooth function is resolved on panels of 16 Gauss-Legendre points: the criterion by which the mesh of the
// infinite-width law follows its front (src/limit/adapt.ts says what it means).
//
//   excess = importance tail / max(epsilon min(1, scale), rounding size)
//   tail   = the largest of the last four Legendre coefficients,   size = the largest |alpha|
//   scale  = rate reach^(exponent - 1), reach the largest |alpha| on the sides that count; 1 where rate or reach is 0
//
// watched: the weights of those coefficients at the points, [point][coefficient]. The block of the criterion, five f64:
// [ epsilon | rate | exponent | whether alpha > 0 counts | whether alpha < 0 counts ], the last two 0 or 1.

const POINTS: usize = 16;
const PANEL_BYTES: usize = POINTS << 3;

/** The largest excess of `count` panels, whose values follow each other; importance (count). Arrays aligned to 16 bytes. */
export function panelExcess(
  values: usize,
  count: usize,
  watched: usize,
  importance: usize,
  criterion: usize,
  rounding: f64,
): f64 {
  const epsilon = load<f64>(criterion);
  const rate = load<f64>(criterion, 8);
  const exponent = <i32>load<f64>(criterion, 16);
  const above = load<f64>(criterion, 24);
  const below = load<f64>(criterion, 32);
  const end = values + count * PANEL_BYTES;
  let worst: f64 = 0;
  for (let panel = values; panel < end; panel += PANEL_BYTES) {
    let tail: f64 = 0;
    let high: f64 = 0;
    let low: f64 = 0;
    if (ASC_FEATURE_SIMD) {
      // Each lane is a coefficient.
      let c01 = f64x2.splat(0);
      let c23 = c01;
      let highs = c01;
      let lows = c01;
      let row = watched;
      for (let i = panel; i < panel + PANEL_BYTES; i += 16) {
        const both = v128.load(i);
        highs = f64x2.pmax(highs, both);
        lows = f64x2.pmin(lows, both);
        const first = v128.load64_splat(i);
        c01 = f64x2.add(c01, f64x2.mul(v128.load(row), first));
        c23 = f64x2.add(c23, f64x2.mul(v128.load(row, 16), first));
        const second = v128.load64_splat(i, 8);
        c01 = f64x2.add(c01, f64x2.mul(v128.load(row, 32), second));
        c23 = f64x2.add(c23, f64x2.mul(v128.load(row, 48), second));
        row += 64;
      }
      const tails = f64x2.pmax(f64x2.abs(c01), f64x2.abs(c23));
      tail = max<f64>(f64x2.extract_lane(tails, 0), f64x2.extract_lane(tails, 1));
      high = max<f64>(f64x2.extract_lane(highs, 0), f64x2.extract_lane(highs, 1));
      low = min<f64>(f64x2.extract_lane(lows, 0), f64x2.extract_lane(lows, 1));
    } else {
      for (let k: usize = 0; k < 32; k += 8) {
        let sum: f64 = 0;
        for (let i: usize = 0; i < POINTS; ++i) sum += load<f64>(watched + (i << 5) + k) * load<f64>(panel + (i << 3));
        tail = max<f64>(tail, abs<f64>(sum));
      }
      for (let i: usize = 0; i < PANEL_BYTES; i += 8) {
        high = max<f64>(high, load<f64>(panel + i));
        low = min<f64>(low, load<f64>(panel + i));
      }
    }
    const reach = max<f64>(above * high, -below * low);
    let scale: f64 = 1;
    // A particle that leaves the equator makes its errors grow; one that settles there keeps them.
    if (rate > 0 && reach > 0) {
      scale = rate;
      for (let j = 1; j < exponent; ++j) scale *= reach;
    }
    const allowed = max<f64>(epsilon * min<f64>(1, scale), rounding * max<f64>(high, -low));
    const excess = (load<f64>(importance) * tail) / allowed;
    if (excess > worst) worst = excess;
    importance += 8;
  }
  return worst;
}
