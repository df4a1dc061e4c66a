// The kernel q of the population, expanded in harmonics of the sphere of directions about w* (SPEC.md, section 7).
//
// With q(s) = sum_l lambda_l P_l(s) in Gegenbauer polynomials of dimension d, the addition theorem separates, for
// <w, w'> = alpha alpha' + gamma gamma' u and u = <z, z'> in S^(d-2),
//
//   q = sum_j sum_l lambda_l c_(l,j) f_(l,j)(alpha) f_(l,j)(alpha') P_j(u),  f_(l,j) = gamma^j P_(l-j) of dimension d + 2j
//   c_(l,0) = 1,  c_(l,j+1) = c_(l,j) (N_(j+1) / N_j) (l + j + d - 2) (l - j) / (d + 2j - 1)^2
//
// N_j: number of harmonics of degree j on S^(d-2). SPEC.md writes the same sum with products alpha^(k-n) gamma^n, of which
// there are some K^2 / 4 a degree j; these functions are at most K + 1 and span the same space.

import { zonalFromPowers } from "../../numeric/zonal.ts";

/** The functions of one degree j: g_m = coefficients[m] f_(j+m, j). */
export interface HarmonicBasis {
  j: number;
  /** N_j. */
  multiplicity: number;
  /** j (j + d - 3), the eigenvalue of minus the Laplacian of S^(d-2). */
  eigenvalue: number;
  /** sqrt(lambda_l c_(l,j)) by m = l - j, 0 where the degree is not in q. */
  coefficients: Float64Array;
}

/** The degrees l >= 1 of q: the largest lambda_l until the rest is below `share` of their sum; the others become 0. */
function leadingDegrees(lambda: Float64Array, share: number): Float64Array {
  const positive = lambda.map((value, l) => (l === 0 ? 0 : Math.max(0, value)));
  let rest = positive.reduce((sum, value) => sum + value, 0) * share;
  const kept = positive.slice();
  const ascending = Array.from(positive, (_, l) => l).sort((a, b) => positive[a] - positive[b] || b - a);
  for (const l of ascending) {
    rest -= positive[l];
    if (rest < 0) break;
    kept[l] = 0;
  }
  return kept;
}

/** N_0 .. N_top on S^(d-2). */
export function multiplicities(d: number, top: number): Float64Array {
  const N = new Float64Array(top + 1);
  N[0] = 1;
  if (top > 0) N[1] = d - 1;
  for (let j = 1; j < top; j++) N[j + 1] = ((N[j] * (2 * j + d - 1)) / (2 * j + d - 3)) * ((j + d - 3) / (j + 1));
  return N;
}

/**
 * The bases of all degrees j that q has.
 *
 * @param powers - q in powers of s.
 * @param share - share of q(1) that may be left out, in degrees of small lambda_l.
 */
export function harmonicBases(powers: ArrayLike<number>, d: number, share: number): HarmonicBasis[] {
  const lambda = leadingDegrees(zonalFromPowers(powers, d), share);
  const top = lambda.reduce((last, value, l) => (value > 0 ? l : last), 0);
  const N = multiplicities(d, top);
  const bases: HarmonicBasis[] = N.subarray(0, top + 1).reduce<HarmonicBasis[]>((list, multiplicity, j) => {
    if (multiplicity > 0) {
      const coefficients = new Float64Array(top - j + 1);
      list.push({ j, multiplicity, eigenvalue: j === 0 ? 0 : j * (j + d - 3), coefficients });
    }
    return list;
  }, []);
  for (let l = 1; l <= top; l++) {
    let c = 1;
    for (const { j, coefficients } of bases) {
      if (j > l) break;
      coefficients[l - j] = Math.sqrt(lambda[l] * c);
      const width = d + 2 * j - 1;
      c *= ((N[j + 1] ?? 0) / N[j]) * ((l + j + d - 2) / width) * ((l - j) / width);
    }
  }
  return bases.filter(({ coefficients }) => coefficients.some((c) => c > 0));
}
