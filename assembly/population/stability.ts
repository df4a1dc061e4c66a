// The averaged stability constant of the gap equation (SPEC.md, section 5), for mean-field particles of one index:
//
//   J_avg(t, s) = max_j (1/m) sum_i |J_{t,s}(i) H_s(i, j)|,  H(i, j) = P_i (q' I + q'' w_j w_i^T) on the tangents at w_j
//
// in operator norms. All of w_i, w_j, w* lie in a space of three dimensions; there w_i = (alpha, gamma, 0) and
// w_j = (alpha', gamma' u, gamma' v), u = <z, z'>, v = sqrt(1 - u^2). With tangents e (meridian) and f (across) on both sides
//
//   e_i = (gamma, -alpha, 0)   f_i = (0, 0, 1)      e_j = (gamma', -alpha' u, -alpha' v)   f_j = (0, -v, u)
//
// H is a matrix of two by two there, and q' I on the d - 3 directions across that space. J multiplies what lies along e_i by
// J_par and the rest by J_perp. The largest singular value of diag(P, Q) (ee ef; fe ff) is the root of
//
//   (F + sqrt(F^2 - 4 (P Q D)^2)) / 2,  F = P^2 (ee^2 + ef^2) + Q^2 (fe^2 + ff^2),  D = ee ff - ef fe

import { gramBlock } from "../gemm/tile";
import { kernelMap } from "../math/kernel-function";

/** Particles i in a block. */
const COLUMNS: usize = 64;
const BYTES: usize = COLUMNS << 5;

/** Bytes of scratch: u, s and q'' (one array), q'. */
export function stabilityScratchSize(): usize {
  return 3 * BYTES;
}

/**
 * out[t * m4 + j] = sum_i |J_t(i) H(i, j)| for j in [first, last), first a multiple of 4, m4 = m rounded up to that, and
 * t < count; all of a panel of four j is written. The sum is over ascending i.
 *
 * panels: z_i in panels of four rows (gemm/README.md), d coordinates; alpha and gamma (m4, zero behind m); q' and q'' as in
 * kernel-function.ts; squares: J_par^2 (count x m4), then J_perp^2 (count x m4).
 */
export function averageStability(
  panels: usize,
  alpha: usize,
  gamma: usize,
  m: usize,
  d: usize,
  derivative: usize,
  curvature: usize,
  squares: usize,
  count: usize,
  first: usize,
  last: usize,
  scratch: usize,
  out: usize,
): void {
  const padded = (m + 3) & ~3;
  const perpendicular = (count * padded) << 3;
  for (let j = first; j < last; j += 4) {
    for (let t: usize = 0; t < count; ++t) memory.fill(out + ((t * padded + j) << 3), 0, 32);
    for (let i: usize = 0; i < m; i += COLUMNS) {
      const columns = min(COLUMNS, (m - i + 3) & ~3);
      const inner = scratch;
      const bends = scratch + BYTES;
      const slopes = scratch + 2 * BYTES;
      gramBlock(panels + ((j * d) << 3), 4, panels + ((i * d) << 3), columns, d, inner);
      overlaps(inner, alpha, gamma, i, j, columns, bends);
      kernelMap(derivative, bends, slopes, columns << 2);
      kernelMap(curvature, bends, bends, columns << 2);
      for (let c: usize = 0; c < min(columns, m - i); ++c) {
        addNorms(inner, slopes, bends, c, alpha, gamma, i + c, j, d, squares, perpendicular, padded, count, out);
      }
    }
  }
}

/** s = alpha alpha' + gamma gamma' u of four j with each of the columns. */
function overlaps(u: usize, alpha: usize, gamma: usize, i: usize, j: usize, columns: usize, out: usize): void {
  for (let c: usize = 0; c < columns; ++c) {
    const a = load<f64>(alpha + ((i + c) << 3));
    const g = load<f64>(gamma + ((i + c) << 3));
    for (let lane: usize = 0; lane < 4; ++lane) {
      const at = ((c << 2) + lane) << 3;
      const other = (j + lane) << 3;
      store<f64>(out + at, a * load<f64>(alpha + other) + g * load<f64>(gamma + other) * load<f64>(u + at));
    }
  }
}

/** out[t][j .. j + 3] += the norms of particle i for every t. */
function addNorms(
  inner: usize,
  slopes: usize,
  bends: usize,
  c: usize,
  alpha: usize,
  gamma: usize,
  i: usize,
  j: usize,
  d: usize,
  squares: usize,
  perpendicular: usize,
  padded: usize,
  count: usize,
  out: usize,
): void {
  const planar = d > 2;
  const spatial = d > 3;
  for (let lane: usize = 0; lane < 4; lane += 2) {
    const at = ((c << 2) + lane) << 3;
    const other = (j + lane) << 3;
    if (ASC_FEATURE_SIMD) {
      const a = v128.load64_splat(alpha + (i << 3));
      const g = v128.load64_splat(gamma + (i << 3));
      const b = v128.load(alpha + other);
      const h = v128.load(gamma + other);
      const u = v128.load(inner + at);
      const p = v128.load(slopes + at);
      const q = v128.load(bends + at);
      const one = f64x2.splat(1);
      const v = f64x2.sqrt(f64x2.max(f64x2.splat(0), f64x2.sub(one, f64x2.mul(u, u))));
      const ew = f64x2.sub(f64x2.mul(g, b), f64x2.mul(f64x2.mul(a, h), u));
      const we = f64x2.sub(f64x2.mul(a, h), f64x2.mul(f64x2.mul(g, b), u));
      const gv = f64x2.mul(g, v);
      const hv = f64x2.mul(h, v);
      const ee = f64x2.add(
        f64x2.mul(p, f64x2.add(f64x2.mul(g, h), f64x2.mul(f64x2.mul(a, b), u))),
        f64x2.mul(q, f64x2.mul(ew, we)),
      );
      const ef = f64x2.sub(f64x2.mul(p, f64x2.mul(a, v)), f64x2.mul(q, f64x2.mul(ew, gv)));
      const fe = f64x2.sub(f64x2.mul(q, f64x2.mul(hv, we)), f64x2.mul(p, f64x2.mul(b, v)));
      const ff = f64x2.sub(f64x2.mul(p, u), f64x2.mul(q, f64x2.mul(hv, gv)));
      const zero = f64x2.splat(0);
      const top = planar ? f64x2.add(f64x2.mul(ee, ee), f64x2.mul(ef, ef)) : f64x2.mul(ee, ee);
      const bottom = planar ? f64x2.add(f64x2.mul(fe, fe), f64x2.mul(ff, ff)) : zero;
      const det = planar ? f64x2.sub(f64x2.mul(ee, ff), f64x2.mul(ef, fe)) : zero;
      const cross = f64x2.mul(f64x2.splat(4), f64x2.mul(det, det));
      const rest = spatial ? f64x2.mul(p, p) : zero;
      for (let t: usize = 0; t < count; ++t) {
        const along = v128.load64_splat(squares + ((t * padded + i) << 3));
        const across = v128.load64_splat(squares + perpendicular + ((t * padded + i) << 3));
        const F = f64x2.add(f64x2.mul(along, top), f64x2.mul(across, bottom));
        const gap = f64x2.sub(f64x2.mul(F, F), f64x2.mul(f64x2.mul(along, across), cross));
        const square = f64x2.mul(f64x2.splat(0.5), f64x2.add(F, f64x2.sqrt(f64x2.max(zero, gap))));
        const norm = f64x2.sqrt(f64x2.max(square, f64x2.mul(across, rest)));
        const target = out + ((t * padded + j + lane) << 3);
        v128.store(target, f64x2.add(v128.load(target), norm));
      }
    } else {
      for (let k: usize = 0; k < 16; k += 8) {
        const a = load<f64>(alpha + (i << 3));
        const g = load<f64>(gamma + (i << 3));
        const b = load<f64>(alpha + other + k);
        const h = load<f64>(gamma + other + k);
        const u = load<f64>(inner + at + k);
        const p = load<f64>(slopes + at + k);
        const q = load<f64>(bends + at + k);
        const v = sqrt<f64>(max<f64>(0, 1 - u * u));
        const ew = g * b - a * h * u;
        const we = a * h - g * b * u;
        const gv = g * v;
        const hv = h * v;
        const ee = p * (g * h + a * b * u) + q * (ew * we);
        const ef = p * (a * v) - q * (ew * gv);
        const fe = q * (hv * we) - p * (b * v);
        const ff = p * u - q * (hv * gv);
        const top = planar ? ee * ee + ef * ef : ee * ee;
        const bottom = planar ? fe * fe + ff * ff : 0;
        const det = planar ? ee * ff - ef * fe : 0;
        const cross = 4 * (det * det);
        const rest = spatial ? p * p : 0;
        for (let t: usize = 0; t < count; ++t) {
          const along = load<f64>(squares + ((t * padded + i) << 3));
          const across = load<f64>(squares + perpendicular + ((t * padded + i) << 3));
          const F = along * top + across * bottom;
          const gap = F * F - along * across * cross;
          const square = 0.5 * (F + sqrt<f64>(max<f64>(0, gap)));
          const norm = sqrt<f64>(max<f64>(square, across * rest));
          const target = out + ((t * padded + j + lane) << 3) + k;
          store<f64>(target, load<f64>(target) + norm);
        }
      }
    }
  }
}
