// Eigenvalues of a real symmetric tridiagonal matrix, and the last component of each unit eigenvector, by the QL
// algorithm with implicit shifts (Wilkinson and Reinsch, Handbook for Automatic Computation II, contribution II/4) with
// + - * / sqrt only. Of the eigenvectors nothing but the row that is asked for is rotated along, as in the rule of Golub
// and Welsch: O(n^2) operations.

/** 2^-53. */
const EPSILON = 1.1102230246251565e-16;

/** Eigenvalues, in no order, each with the last component of its unit eigenvector. */
export interface Eigenvalues {
  values: Float64Array;
  last: Float64Array;
}

/** The row below l, or l itself, whose coupling to the next row is nothing beside the two diagonal entries. */
function endOfBlock(l: number, d: Float64Array, e: Float64Array): number {
  let end = l;
  while (end < d.length - 1 && Math.abs(e[end]) > EPSILON * (Math.abs(d[end]) + Math.abs(d[end + 1]))) end++;
  return end;
}

/** One implicit QL sweep over rows l to end, shifted by the eigenvalue of the first two rows that is nearer to d[l]. */
function sweep(l: number, end: number, d: Float64Array, e: Float64Array, last: Float64Array): void {
  const half = (d[l + 1] - d[l]) / (2 * e[l]);
  const root = Math.sqrt(half * half + 1);
  let g = d[end] - d[l] + e[l] / (half + (half < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = end - 1; i >= l; i--) {
    const f = sine * e[i];
    const b = cosine * e[i];
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] -= shift;
      e[end] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1] - shift;
    const t = (d[i] - g) * sine + 2 * cosine * b;
    shift = sine * t;
    d[i + 1] = g + shift;
    g = cosine * t - b;
    const z = last[i + 1];
    last[i + 1] = sine * last[i] + cosine * z;
    last[i] = cosine * last[i] - sine * z;
  }
  d[l] -= shift;
  e[l] = g;
  e[end] = 0;
}

/**
 * Of the matrix with the given finite diagonal (n >= 1) and off-diagonal; entries of the latter behind n - 1 are not read.
 * Errors are those of rounding, relative to the largest entry.
 */
export function tridiagonalEigenvalues(diagonal: ArrayLike<number>, offDiagonal: ArrayLike<number>): Eigenvalues {
  const n = diagonal.length;
  let top = 0;
  for (let k = 0; k < n; k++) top = Math.max(top, Math.abs(diagonal[k]), k < n - 1 ? Math.abs(offDiagonal[k]) : 0);
  // Scaled, so that squares stay in range.
  const scale = top > 0 ? top : 1;
  const d = Float64Array.from({ length: n }, (_, k) => diagonal[k] / scale);
  const e = Float64Array.from({ length: n }, (_, k) => (k < n - 1 ? offDiagonal[k] / scale : 0));
  const last = new Float64Array(n);
  last[n - 1] = 1;
  for (let l = 0; l < n; l++) {
    for (let end = endOfBlock(l, d, e); end > l; end = endOfBlock(l, d, e)) sweep(l, end, d, e, last);
  }
  for (let k = 0; k < n; k++) d[k] *= scale;
  return { values: d, last };
}
