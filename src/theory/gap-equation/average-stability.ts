// Stability of the mean-field particles of a network (SPEC.md, section 5): its largest value, and the averaged constant
// J_avg by the way of each kind of problem.

import type { Work } from "../../core/run.ts";
import type { Engine } from "../../engine/index.ts";
import type { SolvableProblem } from "../../limit/model.ts";
import { identityFactors, largestNorm, multiplyFactors, type TangentFactors } from "../../limit/tangent-factors.ts";
import { averageMulti, averageMultiBytes } from "./average-multi.ts";
import { averageSingle, averageSingleBytes } from "./average-single.ts";
import type { ParticleHistory } from "./model.ts";

/** J_max(t) = max |J_{t,s}(i)| over records s <= t and particles. */
export async function largestFactors(factors: readonly TangentFactors[], d: number, work: Work): Promise<Float64Array> {
  const largest = new Float64Array(factors.length).fill(1);
  for (let s = 0; s < factors.length; s++) {
    const total = identityFactors(factors[0].across.length, factors[0].size);
    for (let k = s + 1; k < factors.length; k++) {
      multiplyFactors(total, factors[k]);
      largest[k] = Math.max(largest[k], largestNorm(total, d));
      if (work.due) await work.pause();
    }
  }
  return largest;
}

/** Bytes that `averageConstants` reserves, and those of its result, a number for each pair of records. */
export function averageBytes(engine: Engine, problem: SolvableProblem, m: number, records: number): number {
  const reserved =
    problem.kind === "single-index"
      ? averageSingleBytes(engine, problem, m, records)
      : averageMultiBytes(engine, problem, m, records);
  return reserved + 4 * records * (records + 1);
}

/** A J_avg that overflows: it is a mean of squares of sums of squares of the coefficients. */
export class InfiniteAverage extends RangeError {}

/** J_avg(t_k, t_s) as row k, entry s <= k. @throws InfiniteAverage where it is beyond the range of numbers. */
export async function averageConstants(
  engine: Engine,
  problem: SolvableProblem,
  history: ParticleHistory,
  work: Work,
): Promise<Float64Array[]> {
  const average = await (problem.kind === "single-index"
    ? averageSingle(engine, problem, history, work)
    : averageMulti(engine, problem, history, work));
  if (!average.every((row) => row.every(Number.isFinite)))
    throw new InfiniteAverage(
      `problem must have an activation and a link so small that J_avg is finite; that of ${problem.name} is not`,
    );
  return average;
}
