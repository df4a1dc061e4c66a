// The times at which the gap equation is stepped: those of the network's own steps, so that both stand at every record at
// once, and the limit solved so that its particles can stop there.

import type { Plan } from "../../core/dynamics.ts";
import { substeps } from "../../network/trajectory.ts";

/** Steps of the equation. */
export interface EquationGrid {
  /** The plan that the limit is solved with. */
  plan: Plan;
  /** Length of each step. */
  h: number[];
  /** Steps before each record. */
  stepsAt: number[];
}

/** PGD: every step. Flow: as many equal steps between two records as the network takes there. */
export function equationGrid(plan: Plan): EquationGrid {
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
