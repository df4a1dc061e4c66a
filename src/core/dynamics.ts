// The two dynamics and the two gradients (SPEC.md, section 1), and the settings every run of them shares.

import { checkOneOf } from "./check.ts";
import { checkStep, checkTime, type RecordTimes, recordSteps, recordTimes } from "./record.ts";

/** `pgd`: projected gradient descent with a fixed step; `flow`: gradient flow. */
export type Dynamics = "pgd" | "flow";

/** Which gradient a PGD step takes: the tangent one, or the Euclidean one, as in the authors' code. */
export type Gradient = "riemannian" | "euclidean";

/** Options of every run in time. Time is flow time: a PGD step of size eta advances it by eta. */
export interface DynamicsOptions {
  /** Length of the run in flow time, at least 0. With `"pgd"` a whole number of steps. */
  time: number;
  /** Step of PGD and largest step of the Runge-Kutta integrator of a finite network; default 0.02. */
  step?: number | undefined;
  /** Default `"pgd"`. */
  dynamics?: Dynamics | undefined;
  /** Default `"riemannian"`; `"euclidean"` only with `"pgd"`. */
  gradient?: Gradient | undefined;
  /**
   * When to record: a count N >= 2 (N equal times with 0 and the end) or ascending times in [0, time]; default 33. Flow
   * hits them exactly; fixed steps move each to the nearest step and report that time.
   */
  record?: RecordTimes | undefined;
}

/** The names of these options, for `checkOptions`. */
export const DYNAMICS_OPTIONS = ["time", "step", "dynamics", "gradient", "record"] as const;

/** Checked options with defaults filled in, and the recorded times they mean. */
export interface Plan {
  time: number;
  step: number;
  dynamics: Dynamics;
  gradient: Gradient;
  /** The count or the times asked for. */
  record: number | number[];
  /** Recorded flow times. */
  times: Float64Array;
  /** Number of PGD steps before each record; empty for flow. */
  steps: Int32Array;
}

const DEFAULT_STEP = 0.02;

/** @throws TypeError or RangeError naming the option, its value and what is allowed. */
export function checkDynamics(options: DynamicsOptions): Plan {
  const time = checkTime(options.time);
  const dynamics = checkOneOf("dynamics", options.dynamics ?? "pgd", ["pgd", "flow"]);
  const gradient = checkOneOf(
    "gradient",
    options.gradient ?? "riemannian",
    dynamics === "flow" ? ["riemannian"] : ["riemannian", "euclidean"],
  );
  // Along the flow the step is only an upper bound: a run shorter than the default one takes its own length.
  const usual = dynamics === "flow" && time > 0 ? Math.min(DEFAULT_STEP, time) : DEFAULT_STEP;
  const step = checkStep(options.step ?? usual, time);
  const schedule =
    dynamics === "pgd"
      ? recordSteps(options.record, time, step)
      : { time: recordTimes(options.record, time), steps: new Int32Array(0) };
  const record =
    typeof options.record === "object" ? Array.from(options.record) : (options.record ?? schedule.time.length);
  return { time, step, dynamics, gradient, record, times: schedule.time, steps: schedule.steps };
}
