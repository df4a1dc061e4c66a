// Rows of a network in the coordinates of a limit with several indices: w = B^T u + s z, u = B w, z a unit vector across the
// span of the teachers.

import type { RowShape } from "../model.ts";
import type { Span } from "./span.ts";

/** Columns u_1, ..., u_r, s of m rows. */
export function spanCoordinates({ basis, rank, dimension }: Span, { m, d, stride }: RowShape, W: Float64Array) {
  const columns = Array.from({ length: rank + 1 }, () => new Float64Array(m));
  const rest = new Float64Array(dimension);
  for (let i = 0; i < m; i++) {
    const row = i * stride;
    for (let c = 0; c < dimension; c++) rest[c] = W[row + c];
    for (let a = 0; a < rank; a++) {
      let along = 0;
      for (let c = 0; c < dimension; c++) along += basis[a * dimension + c] * W[row + c];
      columns[a][i] = along;
      for (let c = 0; c < dimension; c++) rest[c] -= along * basis[a * dimension + c];
    }
    let square = 0;
    for (let c = 0; c < dimension; c++) square += rest[c] * rest[c];
    for (let c = dimension; c < d; c++) square += W[row + c] * W[row + c];
    // Where the teachers span everything, nothing but rounding is left.
    columns[rank][i] = rank === d ? 0 : Math.sqrt(square);
  }
  return columns;
}

/** z of m rows, m x d; 0 where s is 0. */
export function acrossDirections(
  { basis, rank, dimension }: Span,
  { m, d, stride }: RowShape,
  W: Float64Array,
  s: Float64Array,
): Float64Array {
  const directions = new Float64Array(m * d);
  for (let i = 0; i < m; i++) {
    if (s[i] === 0) continue;
    const z = directions.subarray(i * d, (i + 1) * d);
    z.set(W.subarray(i * stride, i * stride + d));
    // Twice: once leaves behind what rounding makes of a w near the span.
    for (let round = 0; round < 2; round++) {
      for (let a = 0; a < rank; a++) {
        let along = 0;
        for (let c = 0; c < dimension; c++) along += basis[a * dimension + c] * z[c];
        for (let c = 0; c < dimension; c++) z[c] -= along * basis[a * dimension + c];
      }
      let square = 0;
      for (let c = 0; c < d; c++) square += z[c] * z[c];
      const norm = Math.sqrt(square);
      for (let c = 0; c < d; c++) z[c] /= norm;
    }
  }
  return directions;
}
