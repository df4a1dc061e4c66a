// approximationGap, the main job: networks of several widths and seeds, each coupled with its infinite-width limit.

import { checkInteger, checkOneOf, checkOptions } from "../core/check.ts";
import { checkDynamics, type DynamicsOptions } from "../core/dynamics.ts";
import { plain } from "../core/plain.ts";
import { Run, type RunOptions } from "../core/run.ts";
import { version } from "../core/version.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import { checkTolerance } from "../limit/tolerance.ts";
import { TRAIN_OPTIONS } from "../network/train.ts";
import { checkWorkers, type WorkerOptions } from "../pool/workers.ts";
import { checkProblem } from "../problem/single-index.ts";
import type { Problem } from "../problem/types.ts";
import type { GapReport } from "./document.ts";
import { checkNetworks, type NetworkChoice } from "./networks.ts";
import { slopes, widthReport } from "./report.ts";
import { emptyProgress, runAll } from "./run.ts";

/** Options of `approximationGap`: either `widths` (and `seeds`, `seed`), or `initial`. */
export interface GapOptions extends DynamicsOptions, RunOptions, WorkerOptions, NetworkChoice {
  /** What the networks are trained on: the population (infinite data). */
  data?: "population" | undefined;
  precision?: "float64" | undefined;
  /** Largest error of the limit's loss, absolute; default 1e-8. */
  tolerance?: number | undefined;
}

/** A gap report of one given network, with the gap of each of its particles. */
export interface GivenNetworkReport extends GapReport {
  /**
   * |Delta| of the m particles at record k.
   * @throws RangeError where k is no record that was reached.
   */
  delta(k: number): Float64Array;
}

/**
 * The approximation gap: trains networks of finite width, solves the infinite-width limit beside them, couples every
 * particle with its own mean-field path, and reports risk, |Delta|, function gap and their slopes over the widths
 * (SPEC.md, sections 1, 3 and 4).
 *
 * @returns the gap document; with `initial` also `delta(k)`. A run that is aborted, diverges or fails keeps the networks
 * that were finished.
 * @throws TypeError or RangeError for a bad argument, or where memory does not suffice.
 * @example
 * ```ts
 * const report = await approximationGap(engine, problems.He4({ d: 32 }), { widths: [128, 256, 512], time: 8, seeds: 8 });
 * console.log(report.scaling?.meanDelta); // slope near -1/2
 * ```
 */
export function approximationGap(
  engine: Engine,
  problem: Problem,
  options: GapOptions & { initial: Float64Array },
): Promise<GivenNetworkReport>;
export function approximationGap(engine: Engine, problem: Problem, options: GapOptions): Promise<GapReport>;
export async function approximationGap(engine: Engine, problem: Problem, options: GapOptions): Promise<GapReport> {
  checkEngine(engine);
  const checked = checkProblem(problem);
  checkOptions("approximationGap", options, [...TRAIN_OPTIONS, "widths", "seeds", "tolerance", "workers"]);
  const run = new Run(options);
  const plan = checkDynamics(options);
  const data = checkOneOf("data", options.data ?? "population", ["population"]);
  const precision = checkOneOf("precision", options.precision ?? "float64", ["float64"]);
  const tolerance = checkTolerance(options.tolerance);
  const workers = checkWorkers(options.workers);
  const networks = checkNetworks(options, checked.d);

  const progress = emptyProgress(networks);
  const status = await run.guard(() =>
    runAll(engine, { problem: checked, plan, tolerance, networks, workers }, run, progress),
  );

  const { solution, errorEstimate, particleErrorEstimate } = progress.limit;
  const errors = { particle: particleErrorEstimate ?? 0, loss: errorEstimate ?? 0 };
  const finished = networks.widths
    .map((m, w) => ({ m, runs: progress.runs[w] }))
    .filter(({ runs }) => runs.some((measurements) => measurements !== undefined));
  const widths = finished.map(({ m, runs }) => widthReport(m, runs, errors));
  const time = plan.times.slice(0, solution?.loss.length ?? 0);
  const report: GapReport = {
    schema: "propchaos/gap@1",
    version,
    backend: engine.backend,
    ...(progress.workers && { workers: progress.workers }),
    status,
    ...(progress.failure !== null && { failure: progress.failure }),
    divergence: progress.divergence,
    problem: checked,
    settings: {
      widths: networks.widths,
      time: plan.time,
      step: plan.step,
      dynamics: plan.dynamics,
      gradient: plan.gradient,
      data,
      precision,
      seeds: networks.rows ? null : networks.replicas,
      seed: networks.rows ? null : networks.seed,
      tolerance,
      record: plan.record,
    },
    time,
    meanField: {
      solver: "single-index",
      loss: Float64Array.from(solution?.loss ?? []),
      errorEstimate,
      particleErrorEstimate,
    },
    widths,
    scaling: slopes(
      engine,
      networks.seed,
      widths,
      finished.map(({ runs }) => runs),
    ),
    toJSON() {
      return plain(this);
    },
  };
  if (!networks.rows) return report;
  const delta = (k: number) => {
    checkInteger("k", k, 0, progress.deltas.length - 1);
    return progress.deltas[k].slice();
  };
  return Object.assign(report, { delta });
}
