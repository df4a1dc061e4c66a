// What a network costs, in multiplications: for progress, for the choice of workers, for predictions.

import type { Problem } from "../problem/types.ts";
import { sampleWork } from "./empirical.ts";
import { interactionWork } from "./interaction.ts";
import { hasRisk } from "./network.ts";
import type { Training } from "./training.ts";
import { countWork } from "./trajectory.ts";

/** Evaluations of the velocity in a Runge-Kutta step. */
const STAGES = 4;

/** Multiplications a coordinate that are done for each particle alone: its teacher, its step. */
const ALONE_WORK = 128;

/** Multiplications of all velocities at one time. */
export function velocityWork(problem: Problem, { data, interaction }: Training, width: number): number {
  if (data) return data.batch * width * sampleWork(problem);
  return interactionWork(problem, width, interaction) + width * ALONE_WORK * problem.d;
}

/** Multiplications of what is measured at one record: outputs on all samples, and the risk. */
function recordWork(problem: Problem, training: Training, width: number): number {
  const { data } = training;
  const outputs = data ? ((data.samples + data.test) * width * sampleWork(problem)) / 2 : 0;
  const risk = hasRisk(problem, training) ? interactionWork(problem, width, training.interaction) / 2 : 0;
  return outputs + risk;
}

/** Multiplications of a whole run of one network; those of its steps alone without `records`. */
export function networkWork(problem: Problem, training: Training, width: number, records = true): number {
  const { plan } = training;
  const steps = countWork(plan) * (plan.dynamics === "flow" ? STAGES : 1);
  const measured = records ? plan.times.length * recordWork(problem, training, width) : 0;
  return steps * velocityWork(problem, training, width) + measured;
}
