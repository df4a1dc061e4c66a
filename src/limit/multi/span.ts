// The span of the teachers: an orthonormal basis B (r x D) by Gram-Schmidt with pivoting, and the teachers in it.
// Teachers of weight 0 do not count. Where nothing is left, the span is that of the first coordinate: r is at least 1.

import type { Teachers } from "../../problem/teachers.ts";

/** A teacher whose distance from the span of those before it is below this lies in it. */
const RANK_TOLERANCE = 1e-10;

export interface Span {
  /** r, the number of indices. */
  rank: number;
  /** rank x dimension, row-major: orthonormal rows in the first `dimension` coordinates. */
  basis: Float64Array;
  dimension: number;
  /** Teachers in the basis, count x rank, and their weights, none of them 0. */
  rows: Float64Array;
  count: number;
  weights: number[];
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c] * b[c];
  return sum;
}

/** row <- row minus its projections on the basis, twice: once leaves rounding behind. */
function orthogonalise(row: Float64Array, basis: readonly Float64Array[]): void {
  for (let round = 0; round < 2; round++) {
    for (const axis of basis) {
      const along = inner(row, axis);
      for (let c = 0; c < row.length; c++) row[c] -= along * axis[c];
    }
  }
}

export function spanOf(teachers: Teachers): Span {
  const dimension = Math.max(1, teachers.dimension);
  const kept = teachers.weights.flatMap((weight, r) => (weight === 0 ? [] : [r]));
  const vectors = kept.map((r) => teachers.rows.slice(r * dimension, (r + 1) * dimension));
  const basis: Float64Array[] = [];
  const rests = vectors.map((vector) => vector.slice());
  while (basis.length < dimension) {
    let best = -1;
    let most = RANK_TOLERANCE;
    rests.forEach((rest, r) => {
      const norm = Math.sqrt(inner(rest, rest));
      // Equal but for rounding: the first one.
      if (norm > most * (1 + RANK_TOLERANCE)) {
        best = r;
        most = norm;
      }
    });
    if (best < 0) break;
    const axis = vectors[best].slice();
    orthogonalise(axis, basis);
    const norm = Math.sqrt(inner(axis, axis));
    for (let c = 0; c < dimension; c++) axis[c] /= norm;
    basis.push(axis);
    for (const rest of rests) orthogonalise(rest, [axis]);
  }
  if (basis.length === 0) basis.push(Float64Array.from({ length: dimension }, (_, c) => (c === 0 ? 1 : 0)));
  return {
    rank: basis.length,
    basis: Float64Array.from(basis.flatMap((axis) => Array.from(axis))),
    dimension,
    rows: Float64Array.from(vectors.flatMap((vector) => basis.map((axis) => inner(vector, axis)))),
    count: kept.length,
    weights: kept.map((r) => teachers.weights[r]),
  };
}
