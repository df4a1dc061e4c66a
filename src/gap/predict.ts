// What a run will need, before it is started: memory from the sizes that are reserved, time from a short measurement of
// the same code on this machine. Nothing of a prediction enters a result.

import { checkDynamics, type Plan } from "../core/dynamics.ts";
import { type Progress, Run, type Work } from "../core/run.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import { Field } from "../limit/field.ts";
import { type LimitOptions, meanFieldLimit } from "../limit/mean-field-limit.ts";
import { Mesh } from "../limit/mesh.ts";
import { lawBytes } from "../limit/nodes.ts";
import { PanelRule } from "../limit/panel-rule.ts";
import { solveLimit } from "../limit/solve.ts";
import { limitWork } from "../limit/task.ts";
import { PopulationNetwork } from "../network/population.ts";
import { countWork, Trajectory } from "../network/trajectory.ts";
import { checkWorkers, countWorkers } from "../pool/workers.ts";
import type { Problem } from "../problem/types.ts";
import { approximationGap, type GapOptions } from "./approximation-gap.ts";
import { pairCount, pairWork } from "./cost.ts";
import { couplingBytes } from "./coupling.ts";

/** What a run is expected to need. */
export interface Prediction {
  /**
   * Bytes of the module's memory at the start of the largest part of the run; what memoryLimitBytes is compared with.
   * Each worker has so much of its own at most.
   */
  memoryBytes: number;
  /** Whether that is within the engine's memoryLimitBytes. */
  fits: boolean;
  /**
   * Seconds, in the order of magnitude: the adaptive mesh and steps of the limit depend on the solution itself. null
   * where the limit does not fit into the memory, so that nothing could be measured.
   */
  seconds: number | null;
  /** How many workers would be started; 0 for the calling thread. */
  workers: number;
}

/** The largest network that is measured: wide enough for the rate of wide ones, and quick to make. */
const MEASURED_WIDTH = 512;

/** Looks at the clock in a measurement; one slice of computing (core/run.ts) lies between two. */
const SLICES = 2;

/** Seconds that all of `body` would take, from its first slices. */
async function extrapolate(body: (work: Work) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const controller = new AbortController();
  let share = 0;
  let elapsed = 0;
  let seen = 0;
  const onProgress = ({ done, total }: Progress) => {
    elapsed = performance.now() - start;
    share = done / total;
    if (++seen >= SLICES && share > 0) controller.abort();
  };
  const run = new Run({ onProgress, signal: controller.signal });
  const status = await run.guard(async () => {
    await body(run);
    return "completed";
  });
  return (status === "completed" || share === 0 ? performance.now() - start : elapsed / share) / 1000;
}

function limitBytes(engine: Engine, problem: Problem, plan: Plan): number {
  const horizon = plan.times[plan.times.length - 1];
  const mesh = new Mesh(engine.kernels, new PanelRule(engine.kernels.cos), problem, horizon, 1);
  return lawBytes(new Field(problem), mesh, plan.dynamics === "flow");
}

function limitSeconds(engine: Engine, problem: Problem, plan: Plan, tolerance: number): Promise<number> {
  const state = { solution: null, errorEstimate: null, particleErrorEstimate: null };
  return extrapolate((work) => solveLimit(engine, problem, plan, tolerance, work, state));
}

/** Seconds of the whole run of one network. */
async function networkSeconds(engine: Engine, problem: Problem, plan: Plan, width: number): Promise<number> {
  if (countWork(plan) === 0) return 0;
  const network = new PopulationNetwork(engine, problem, width, { rungeKutta: plan.dynamics === "flow" });
  try {
    network.sample(1, 0);
    return await extrapolate(async (work) => {
      const trajectory = new Trajectory(network, plan, work);
      for (let k = 0; k < plan.times.length; k++) await trajectory.advanceTo(k);
    });
  } finally {
    network.free();
  }
}

function fitting(engine: Engine, reserved: number): { memoryBytes: number; fits: boolean } {
  const memoryBytes = engine.kernels.heapBase() + reserved;
  return { memoryBytes, fits: memoryBytes <= engine.memoryLimitBytes };
}

/**
 * Predicts memory and time of an `approximationGap` with the same arguments, without running it: some tenths of a second
 * at most.
 *
 * @throws TypeError or RangeError for an argument that `approximationGap` would refuse; a run that needs too much memory
 * is not refused but has `fits: false`.
 * @example
 * ```ts
 * const { memoryBytes, seconds } = await predictGap(engine, problems.He4({ d: 32 }), { widths: [1024, 4096], time: 16 });
 * ```
 */
export async function predictGap(engine: Engine, problem: Problem, options: GapOptions): Promise<Prediction> {
  checkEngine(engine);
  // Stopped before it begins, a run has checked its arguments and says its settings.
  const { problem: checked, settings } = await approximationGap(engine, problem, {
    ...options,
    onProgress: undefined,
    signal: AbortSignal.abort(),
  });
  const { time, step, dynamics, gradient, record, tolerance, widths, seeds } = settings;
  const plan = checkDynamics({ time, step, dynamics, gradient, record: time === 0 ? undefined : record });
  const limit = limitBytes(engine, checked, plan);
  const widest = Math.max(...widths);
  const largest = Math.max(limit, couplingBytes(engine, checked, plan, widest));
  const measured = Math.min(widest, MEASURED_WIDTH);
  const replicas = seeds ?? 1;
  const pairs = replicas * widths.reduce((sum, width) => sum + pairCount(width), 0);
  const workers = countWorkers(
    checkWorkers(options.workers),
    widths.length * replicas,
    pairs * countWork(plan) * pairWork(checked, plan),
  );
  const needs = { ...fitting(engine, largest), workers };
  if (!fitting(engine, Math.max(limit, couplingBytes(engine, checked, plan, measured))).fits)
    return { ...needs, seconds: null };
  const rate = (await networkSeconds(engine, checked, plan, measured)) / pairCount(measured);
  // However many workers there are, the widest network has only one.
  const networks = rate * Math.max(pairs / Math.max(1, workers), pairCount(widest));
  return { ...needs, seconds: (await limitSeconds(engine, checked, plan, tolerance)) + networks };
}

/** The same for `meanFieldLimit`. */
export async function predictLimit(engine: Engine, problem: Problem, options: LimitOptions): Promise<Prediction> {
  checkEngine(engine);
  const { problem: checked, settings } = await meanFieldLimit(engine, problem, {
    ...options,
    onProgress: undefined,
    signal: AbortSignal.abort(),
  });
  const { time, step, dynamics, gradient, record, tolerance } = settings;
  const plan = checkDynamics({
    time,
    step: step ?? undefined,
    dynamics,
    gradient,
    record: time === 0 ? undefined : record,
  });
  const memory = fitting(engine, limitBytes(engine, checked, plan));
  const workers = countWorkers(checkWorkers(options.workers), 1, limitWork({ problem: checked, plan, tolerance }));
  return { ...memory, workers, seconds: memory.fits ? await limitSeconds(engine, checked, plan, tolerance) : null };
}
