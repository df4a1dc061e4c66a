// The functions of latitude that a zonal kernel leaves once its rotations about w* are expanded in harmonics of degree j
// of the sphere of directions (SPEC.md, section 7), at nodes (alpha, gamma) of the law, theta = arccos alpha:
//
//   g_m(alpha) = c_m gamma^j P_m(alpha),  m = l - j,  P_m of dimension D = d + 2j
//   dg_m / dtheta = c_m (j gamma^(j-1) alpha P_m - gamma^(j+1) P_m'),   g_m / gamma = c_m gamma^(j-1) P_m  (j >= 1)
//
// P_m and P_m' by their recurrence; table as in zonal.ts. Only the m with select[m] >= 0 are wanted, as row select[m].
// Each value is multiplied by its node's factor. Two layouts (gemm/README.md), `rows` and n multiples of 4:
//
//   by rows    [row / 4][node][row % 4]    left factor of sums over nodes; four columns of an array n x rows
//   by nodes   [node / 4][row][node % 4]   left factor of sums over rows

/** Where the value of a row at a node stands in each layout. */
function byRows(row: usize, node: usize, n: usize): usize {
  return (((row >> 2) * n + node) * 4 + (row & 3)) << 3;
}

function byNodes(row: usize, node: usize, rows: usize): usize {
  return (((node >> 2) * rows + row) * 4 + (node & 3)) << 3;
}

/**
 * Writes g by rows, and dg/dtheta and (j >= 1) g/gamma in both layouts; rows that no m selects are not written.
 *
 * state: alpha (n), gamma (n); factors (n); select (i32) and coefficients (f64) for m = 0 .. top.
 */
export function harmonicRows(
  state: usize,
  factors: usize,
  n: usize,
  table: usize,
  j: usize,
  top: usize,
  select: usize,
  coefficients: usize,
  rows: usize,
  g: usize,
  slopeRows: usize,
  slopeNodes: usize,
  ratioRows: usize,
  ratioNodes: usize,
): void {
  for (let node: usize = 0; node < n; ++node) {
    const alpha = load<f64>(state + (node << 3));
    const gamma = load<f64>(state + ((n + node) << 3));
    // gamma^(j-1), 0 for j = 0, where nothing is divided by gamma
    let power = load<f64>(factors + (node << 3));
    const whole0 = power;
    for (let k: usize = 1; k < j; ++k) power *= gamma;
    const ratio = j == 0 ? 0.0 : power;
    const whole = j == 0 ? whole0 : power * gamma;
    const tilt = <f64>j * (ratio * alpha);
    let p: f64 = 1;
    let before: f64 = 0;
    let slope: f64 = 0;
    let slopeBefore: f64 = 0;
    for (let m: usize = 0; ; ++m) {
      const row = load<i32>(select + (m << 2));
      if (row >= 0) {
        const c = load<f64>(coefficients + (m << 3));
        const r = <usize>row;
        const value = c * (tilt * p - whole * gamma * slope);
        store<f64>(g + byRows(r, node, n), c * (whole * p));
        store<f64>(slopeRows + byRows(r, node, n), value);
        store<f64>(slopeNodes + byNodes(r, node, rows), value);
        if (j > 0) {
          store<f64>(ratioRows + byRows(r, node, n), c * (ratio * p));
          store<f64>(ratioNodes + byNodes(r, node, rows), c * (ratio * p));
        }
      }
      if (m == top) break;
      const a = load<f64>(table + (m << 4));
      const b = load<f64>(table + (m << 4), 8);
      const next = a * alpha * p - b * before;
      const slopeNext = a * (p + alpha * slope) - b * slopeBefore;
      before = p;
      p = next;
      slopeBefore = slope;
      slope = slopeNext;
    }
  }
}

/** values (n x dp, row-major) <- row i times factors[i]; dp a multiple of 2. */
export function scaleRows(values: usize, factors: usize, n: usize, dp: usize): void {
  const stride = dp << 3;
  for (let i: usize = 0; i < n; ++i) {
    const row = values + i * stride;
    if (ASC_FEATURE_SIMD) {
      const factor = v128.load64_splat(factors + (i << 3));
      for (let c: usize = 0; c < stride; c += 16) v128.store(row + c, f64x2.mul(factor, v128.load(row + c)));
    } else {
      const factor = load<f64>(factors + (i << 3));
      for (let c: usize = 0; c < stride; c += 8) store<f64>(row + c, factor * load<f64>(row + c));
    }
  }
}
