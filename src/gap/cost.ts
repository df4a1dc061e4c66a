// What a network costs, in multiplications: for progress, for the choice of workers, for predictions.

import type { Plan } from "../core/dynamics.ts";
import type { Problem } from "../problem/types.ts";

/** Pairs of particles in a step; what is done for each particle alone counts as 64 more. */
export function pairCount(width: number): number {
  return width * (width + 64);
}

/** Multiplications a pair in a step. */
export function pairWork({ d, activation }: Problem, { dynamics }: Plan): number {
  return 2 * (d + activation.coefficients.length) * (dynamics === "flow" ? 4 : 1);
}
