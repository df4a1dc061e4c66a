// The largest eigenvalue of a small symmetric matrix: in closed form up to two by two, by Jacobi's cyclic rotations beyond
// (Golub and Van Loan, "Matrix Computations", section 8.5); and of very many of three by three, in closed form too.

import type { Kernels } from "../engine/kernels.ts";

/** Rotations end where the sum of squares off the diagonal is below this share of that on it: what is left is rounding. */
const ROUNDING = 1e-31;

/** Sweeps at most; a few do, as convergence is quadratic. */
const SWEEPS = 30;

/** Of the n x n symmetric matrix A, row-major, which is overwritten; 0 where n is 0. */
export function largestEigenvalue(A: Float64Array, n: number): number {
  if (n === 0) return 0;
  if (n === 1) return A[0];
  if (n === 2) {
    const half = (A[0] - A[3]) / 2;
    return (A[0] + A[3]) / 2 + Math.sqrt(half * half + A[1] * A[1]);
  }
  for (let sweep = 0; sweep < SWEEPS && !isDiagonal(A, n); sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(A, n, p, q);
  }
  let largest = A[0];
  for (let p = 1; p < n; p++) largest = Math.max(largest, A[p * (n + 1)]);
  return largest;
}

function isDiagonal(A: Float64Array, n: number): boolean {
  let off = 0;
  let on = 0;
  for (let p = 0; p < n; p++) {
    on += A[p * (n + 1)] * A[p * (n + 1)];
    for (let q = p + 1; q < n; q++) off += A[p * n + q] * A[p * n + q];
  }
  // Where a number is not finite, the comparison ends the sweeps too.
  return !(off > ROUNDING * on);
}

/** Turns the axes p and q so that A_pq = 0. */
function rotate(A: Float64Array, n: number, p: number, q: number): void {
  const off = A[p * n + q];
  if (off === 0) return;
  const theta = (A[q * (n + 1)] - A[p * (n + 1)]) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  A[p * (n + 1)] -= t * off;
  A[q * (n + 1)] += t * off;
  A[p * n + q] = 0;
  A[q * n + p] = 0;
  for (let k = 0; k < n; k++) {
    if (k === p || k === q) continue;
    const x = A[k * n + p];
    const y = A[k * n + q];
    A[k * n + p] = A[p * n + k] = c * x - s * y;
    A[k * n + q] = A[q * n + k] = s * x + c * y;
  }
}

/**
 * Of [a b c; b d e; c e f], by the angles of the roots of a cubic: with B = (A - mean I) / sqrt(p), p = |A - mean I|^2 / 6, it is
 * mean + 2 sqrt(p) cos(arccos(det B / 2) / 3). Where the two largest nearly agree, it is off by up to 1e-8 of them.
 */
export function largestOfThree(
  { asin, cos }: Pick<Kernels, "asin" | "cos">,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
): number {
  const mean = (a + d + f) / 3;
  const [x, y, z] = [a - mean, d - mean, f - mean];
  const size = Math.sqrt((x * x + y * y + z * z + 2 * (b * b + c * c + e * e)) / 6);
  if (size === 0) return mean;
  const [X, Y, Z, B, C, E] = [x / size, y / size, z / size, b / size, c / size, e / size];
  const half = (X * (Y * Z - E * E) - B * (B * Z - E * C) + C * (B * E - Y * C)) / 2;
  // arccos x = 2 arcsin sqrt((1 - x) / 2)
  const angle = asin(Math.sqrt(Math.max(0, Math.min(1, (1 - half) / 2))));
  return mean + 2 * size * cos((2 / 3) * angle);
}
