// A network on its way from record to record.

import type { Plan } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import type { Network } from "./network.ts";

/** The step in which a number stopped being finite (1 is the first), and the flow time it led to. */
export interface DivergedStep {
  step: number;
  time: number;
}

/** Runge-Kutta steps in an interval: the fewest equal ones that are no longer than `step`. */
export function substeps(interval: number, step: number): number {
  return Math.max(1, Math.ceil((interval / step) * (1 - 1e-12)));
}

/** Steps from the start to the last record. */
export function countWork({ dynamics, step, steps, times }: Plan): number {
  if (dynamics === "pgd") return steps[steps.length - 1];
  return times.reduce((sum, t, k) => {
    const interval = t - (k === 0 ? 0 : times[k - 1]);
    return sum + (interval > 0 ? substeps(interval, step) : 0);
  }, 0);
}

export class Trajectory {
  private readonly network: Network;
  private readonly plan: Plan;
  private readonly work: Work;
  /** Steps taken. */
  steps = 0;
  private time = 0;

  /** `work` is told of `countWork(plan)` steps in all. */
  constructor(network: Network, plan: Plan, work: Work) {
    this.network = network;
    this.plan = plan;
    this.work = work;
    work.expect(countWork(plan));
  }

  /** Moves the network to record k, k ascending; null, or where it diverged. */
  advanceTo(k: number): Promise<DivergedStep | null> {
    return this.plan.dynamics === "pgd" ? this.descend(this.plan.steps[k]) : this.flow(this.plan.times[k]);
  }

  private async descend(target: number): Promise<DivergedStep | null> {
    const { step } = this.plan;
    while (this.steps < target) {
      if (!(await this.network.step(this.steps, this.work))) return this.stopped(step);
      this.count(++this.steps * step);
      if (this.work.due) await this.work.pause();
    }
    return null;
  }

  private async flow(target: number): Promise<DivergedStep | null> {
    const interval = target - this.time;
    if (interval <= 0) return null;
    const count = substeps(interval, this.plan.step);
    const start = this.time;
    for (let n = 1; n <= count; n++) {
      if (!(await this.network.rungeKuttaStep(interval / count, this.work))) return this.stopped(interval / count);
      this.steps++;
      this.count(n === count ? target : start + (interval * n) / count);
      if (this.work.due) await this.work.pause();
    }
    return null;
  }

  private count(time: number): void {
    this.time = time;
    this.work.advance(1, time);
  }

  private stopped(step: number): DivergedStep {
    return { step: this.steps + 1, time: this.time + step };
  }
}
