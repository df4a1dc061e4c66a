// J_{t,s} = d xi_t / d xi_s of particles (SPEC.md, section 5): a matrix on the tangents of the plane in which a particle
// moves, and a number on all that is across it.
//
//   single index     size 1: the number J_par along the meridian; across it J_perp
//   several indices  size r + 1: a matrix in the coordinates (u, s); across span and z the number s_t / s_s

import { largestEigenvalue } from "../numeric/symmetric.ts";

export interface TangentFactors {
  size: number;
  /** m x size x size, row-major. */
  plane: Float64Array;
  /** m */
  across: Float64Array;
}

/** Whether anything lies across the plane in dimension d. */
export function hasAcross(size: number, d: number): boolean {
  return d > Math.max(size, 2);
}

/** Those of m particles that have not moved. */
export function identityFactors(m: number, size: number): TangentFactors {
  const plane = new Float64Array(m * size * size);
  for (let i = 0; i < m; i++) for (let c = 0; c < size; c++) plane[(i * size + c) * size + c] = 1;
  return { size, plane, across: new Float64Array(m).fill(1) };
}

/** total <- next total: first what `total` says, then `next`. */
export function multiplyFactors({ size, plane, across }: TangentFactors, next: TangentFactors): void {
  const column = new Float64Array(size);
  for (let i = 0; i < across.length; i++) {
    across[i] *= next.across[i];
    const at = i * size * size;
    for (let c = 0; c < size; c++) {
      for (let row = 0; row < size; row++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += next.plane[at + row * size + k] * plane[at + k * size + c];
        column[row] = sum;
      }
      for (let row = 0; row < size; row++) plane[at + row * size + c] = column[row];
    }
  }
}

/** J between records s <= k from those between neighbours, factors[n] between n - 1 and n. */
export function factorsBetween(factors: readonly TangentFactors[], k: number, s: number): TangentFactors {
  const { size, across } = factors[0];
  const total = identityFactors(across.length, size);
  for (let n = s + 1; n <= k; n++) multiplyFactors(total, factors[n]);
  return total;
}

/** The largest operator norm over the particles in dimension d. */
export function largestNorm({ size, plane, across }: TangentFactors, d: number): number {
  const square = new Float64Array(size * size);
  let largest = 0;
  for (let i = 0; i < across.length; i++) {
    largest = Math.max(largest, planeNorm(plane, i, size, square), hasAcross(size, d) ? Math.abs(across[i]) : 0);
  }
  return largest;
}

/** |A| of particle i; `square` is room for a matrix. */
function planeNorm(plane: Float64Array, i: number, size: number, square: Float64Array): number {
  if (size === 1) return Math.abs(plane[i]);
  const at = i * size * size;
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      let sum = 0;
      for (let c = 0; c < size; c++) sum += plane[at + c * size + a] * plane[at + c * size + b];
      square[a * size + b] = sum;
    }
  }
  return Math.sqrt(Math.max(0, largestEigenvalue(square, size)));
}
