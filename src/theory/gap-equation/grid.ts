// The times at which the gap equation is stepped: those of the network's own steps, so that both stand at every record at
// once, and the limit solved so that its particles can stop there.

import { wrongValue } from "../../core/check.ts";
import type { Plan } from "../../core/dynamics.ts";
import { countWork, substeps } from "../../network/trajectory.ts";

/** Steps at most: each is kept, with the field of the limit there. */
const MOST_STEPS = 1e7;

/** Steps of the equation. */
export interface EquationGrid {
  /** The plan that the limit is solved with. */
  plan: Plan;
  /** Length of each step. */
  h: number[];
  /** Steps before each record. */
  stepsAt: number[];
}

/** @throws RangeError naming `time` where there are more than 1e7 steps. */
export function checkSteps(plan: Plan): void {
  if (countWork(plan) > MOST_STEPS)
    wrongValue("time", `at most 1e7 steps of ${plan.step} for the gap equation, which keeps each of them`, plan.time);
}

/** PGD: every step. Flow: as many equal steps between two records as the network takes there. @throws as `checkSteps`. */
export function equationGrid(plan: Plan): EquationGrid {
  checkSteps(plan);
  const { dynamics, step, steps, times } = plan;
  if (dynamics === "pgd")
    return { plan, h: new Array<number>(steps[steps.length - 1]).fill(step), stepsAt: Array.from(steps) };
  const h: number[] = [];
  const grid = [0];
  const stepsAt: number[] = [];
  times.forEach((t, k) => {
    const start = k === 0 ? 0 : times[k - 1];
    const interval = t - start;
    const count = interval > 0 ? substeps(interval, step) : 0;
    for (let n = 1; n <= count; n++) {
      h.push(interval / count);
      grid.push(n === count ? t : start + (interval * n) / count);
    }
    stepsAt.push(h.length);
  });
  return { plan: { ...plan, times: Float64Array.from(grid) }, h, stepsAt };
}
