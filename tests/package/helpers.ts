// What the tests of the package share.

import { hermite, type Problem, singleIndex } from "propchaos";

export * from "../support/arithmetic.ts";

/** A single-index problem from coefficient lists or objects. */
export function hermiteProblem(
  d: number,
  activation: Record<number, number> | readonly number[],
  link: Record<number, number> | readonly number[] = activation,
): Problem {
  return singleIndex({ d, activation: hermite(activation), link: hermite(link) });
}
