// What a network costs, in multiplications: for progress, for the choice of workers, for predictions.

import { sampleWork } from "../network/empirical.ts";
import { hasRisk } from "../network/network.ts";
import { pairWork } from "../network/population.ts";
import type { Training } from "../network/training.ts";
import { countWork } from "../network/trajectory.ts";
import type { Problem } from "../problem/types.ts";

/** Evaluations of the velocity in a Runge-Kutta step. */
const STAGES = 4;

/** What is done for each particle alone counts as so many pairs. */
const PAIRS_ALONE = 64;

/** Multiplications of all velocities at one time. */
function velocityWork(problem: Problem, { data }: Training, width: number): number {
  return data ? data.batch * width * sampleWork(problem) : width * (width + PAIRS_ALONE) * pairWork(problem);
}

/** Multiplications of what is measured at one record: outputs on all samples, and the risk. */
function recordWork(problem: Problem, training: Training, width: number): number {
  const { data } = training;
  const outputs = data ? ((data.samples + data.test) * width * sampleWork(problem)) / 2 : 0;
  const risk = hasRisk(problem, training) ? (width * width * pairWork(problem)) / 2 : 0;
  return outputs + risk;
}

/** Multiplications of a whole run of one network; those of its steps alone without `records`. */
export function networkWork(problem: Problem, training: Training, width: number, records = true): number {
  const { plan } = training;
  const steps = countWork(plan) * (plan.dynamics === "flow" ? STAGES : 1);
  const measured = records ? plan.times.length * recordWork(problem, training, width) : 0;
  return steps * velocityWork(problem, training, width) + measured;
}
