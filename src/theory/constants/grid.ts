// Times of the Volterra equation: where the adaptive pair steps when the limit is solved roughly, so that they lie dense
// where something moves, with every record among them; then every interval is halved as often as a level says.

import { checkDynamics, type Plan } from "../../core/dynamics.ts";
import type { Work } from "../../core/run.ts";
import type { Engine } from "../../engine/index.ts";
import type { Accuracy } from "../../limit/model.ts";
import { solveOn } from "../../limit/refine.ts";
import { SingleIndexLevels } from "../../limit/single.ts";
import type { SingleIndexProblem } from "../../problem/types.ts";

/** Of the rough limit: errors of a node in a step and of a panel's interpolation. */
const ROUGH: Accuracy = { local: 1e-4, panel: 1e-5, stretch: 1 };

export interface TimeGrid {
  /** From 0. */
  times: number[];
  /** Index of each record. */
  recordAt: number[];
}

/** Gradient flow that records at the given times, the last of which ends it. */
export function flowPlan(times: readonly number[]): Plan {
  return checkDynamics({ time: times[times.length - 1], dynamics: "flow", record: times });
}

/** The grid of level 0. */
export async function baseGrid(
  engine: Engine,
  problem: SingleIndexProblem,
  records: readonly number[],
  work: Work,
): Promise<TimeGrid> {
  const plan = flowPlan(records);
  const levels = new SingleIndexLevels(engine, problem, plan, ROUGH.local);
  const { path } = await solveOn(engine, plan, levels.field, levels.nodes(0, ROUGH), ROUGH, work);
  const times = [0];
  const recordAt: number[] = [];
  let step = 0;
  path.stepsAt.forEach((steps, k) => {
    for (; step < steps; step++) {
      const last = step === steps - 1;
      times.push(last ? records[k] : times[times.length - 1] + path.h[step]);
    }
    recordAt.push(times.length - 1);
  });
  return { times, recordAt };
}

/** Every interval in two. */
export function halved({ times, recordAt }: TimeGrid): TimeGrid {
  return {
    times: times.flatMap((t, i) => (i === 0 ? [t] : [(times[i - 1] + t) / 2, t])),
    recordAt: recordAt.map((index) => 2 * index),
  };
}
