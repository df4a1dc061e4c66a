// How far a particle has turned towards the target, as one number: what the view "particles" shows against time.

import type { Teachers } from "../problem/teachers.ts";
import type { Problem } from "../problem/types.ts";
import { relevantCoordinates } from "./core.ts";

/** The alignment of the rows of an m x d array, in words and numbers. */
export interface Alignment {
  label: string;
  /** Its smallest value; the largest is 1. */
  lowest: -1 | 0;
  of(particles: Float64Array, d: number): Float64Array;
}

function perRow(particles: Float64Array, d: number, value: (row: Float64Array) => number): Float64Array {
  return Float64Array.from({ length: particles.length / d }, (_, i) => value(particles.subarray(i * d, (i + 1) * d)));
}

/** The largest <w, u_r>. */
function nearest({ rows, count, dimension }: Teachers, row: Float64Array): number {
  let most = -1;
  for (let r = 0; r < count; r++) {
    let product = 0;
    for (let c = 0; c < dimension; c++) product += rows[r * dimension + c] * row[c];
    most = Math.max(most, product);
  }
  return most;
}

/**
 * <w, w*>; the largest <w, u_r> of several teachers; for Boolean targets the length in the coordinates they look at. `teachers`:
 * those of a multi-index problem as an engine has drawn them; null where only words are needed, or there are none.
 */
export function alignmentOf(problem: Problem, teachers: Teachers | null): Alignment {
  if (problem.kind === "single-index")
    return { label: "⟨w, w*⟩", lowest: -1, of: (particles, d) => perRow(particles, d, ([first]) => first) };
  if (problem.kind === "multi-index" && problem.weights.length > 0) {
    const of = (particles: Float64Array, d: number) =>
      perRow(particles, d, (row) => (teachers ? nearest(teachers, row) : 0));
    return { label: "largest ⟨w, teacher⟩", lowest: -1, of };
  }
  const relevant = relevantCoordinates(problem);
  const length = (row: Float64Array) => Math.hypot(...row.subarray(0, relevant));
  return { label: "length in the relevant coordinates", lowest: 0, of: (particles, d) => perRow(particles, d, length) };
}
