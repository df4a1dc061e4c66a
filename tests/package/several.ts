// Problems with several indices that tests share.

import { hermite, type MultiIndexProblem, multiIndex } from "propchaos";

/** Both parities, weights of both signs; coordinates in which no teacher is an axis. */
export function mixed(
  d: number,
  teachers: number[][],
  weights = teachers.map((_, r) => 0.6 - 0.5 * r),
): MultiIndexProblem {
  const activation = hermite([0.1, 0.6, -0.5, 0.4]);
  return multiIndex({ d, activation, link: hermite([0, 0.5, 0.8, 0.3]), teachers, weights });
}

export const TWO = [
  [0.6, 0.8],
  [-0.9, 0.2],
];
export const THREE = [
  [0.6, 0.8, 0],
  [-0.9, 0.2, 0.3],
  [0.1, 0.4, -1],
];

/** Rows of d numbers. */
export const rowsOf = (x: ArrayLike<number>, d: number) =>
  Array.from({ length: x.length / d }, (_, i) => Array.from({ length: d }, (_, c) => x[i * d + c]));
