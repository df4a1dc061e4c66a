// approximationGap, the main job: networks of several widths and seeds, each coupled with its infinite-width limit.

import { checkInteger, checkOptions } from "../core/check.ts";
import { plain } from "../core/plain.ts";
import { Run, type RunOptions } from "../core/run.ts";
import { version } from "../core/version.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import { checkTolerance } from "../limit/tolerance.ts";
import { hasRisk, interactionUsed } from "../network/network.ts";
import {
  checkTraining,
  drawsNumbers,
  TRAINING_OPTIONS,
  type Training,
  type TrainingOptions,
  trainingSettings,
} from "../network/training.ts";
import { checkWorkers, type WorkerChoice, type WorkerOptions } from "../pool/workers.ts";
import { checkProblem } from "../problem/check.ts";
import type { Problem } from "../problem/types.ts";
import type { GapReport, MeasuredOn } from "./document.ts";
import { limitReport, referenceReport } from "./mean-field.ts";
import { checkNetworks, type NetworkChoice, type Networks } from "./networks.ts";
import { checkListeners, type Listeners, RECORD_OPTIONS, type RecordOptions } from "./record.ts";
import { chooseMeanField, type MeanField } from "./reference.ts";
import { slopes, widthReport } from "./report.ts";
import { emptyProgress, runAll } from "./run.ts";
import { runBesideReference } from "./run-reference.ts";

/** Options of `approximationGap`: either `widths` (and `seeds`, `seed`), or `initial`. */
export interface GapOptions extends TrainingOptions, RunOptions, RecordOptions, WorkerOptions, NetworkChoice {
  /** Largest error of the limit's loss, absolute; default 1e-8. Of no meaning beside a reference network. */
  tolerance?: number | undefined;
}

/** A gap report of given particles, with the gap of each. */
export interface GivenNetworkReport extends GapReport {
  /**
   * |Delta| of the m particles at record k; `width` says of which network, in the order of `widths`, default the first.
   * @throws RangeError where k is no record that was reached.
   */
  delta(k: number, width?: number): Float64Array;
}

/** A run whose arguments are checked. */
export interface CheckedGap {
  problem: Problem;
  training: Training;
  networks: Networks;
  meanField: MeanField;
  tolerance: number;
  workers: WorkerChoice;
  listeners: Listeners;
}

/** @internal */
export function checkGap(problem: Problem, options: GapOptions): CheckedGap {
  const checked = checkProblem(problem);
  checkOptions("approximationGap", options, [
    ...TRAINING_OPTIONS,
    "initial",
    "signs",
    "seed",
    "widths",
    "seeds",
    "reference",
    "tolerance",
    "workers",
    "onProgress",
    "signal",
    ...RECORD_OPTIONS,
  ]);
  const training = checkTraining(options, checked);
  const tolerance = checkTolerance(options.tolerance);
  const workers = checkWorkers(options.workers);
  const listeners = checkListeners(options);
  const networks = checkNetworks(options, checked.d, drawsNumbers(training));
  const meanField = chooseMeanField(checked, training, networks);
  return { problem: checked, training, networks, meanField, tolerance, workers, listeners };
}

/** What the loss and the function gap of a run are means over. */
function measuredOn({ problem, training, meanField }: CheckedGap): GapReport["measuredOn"] {
  const sample: MeasuredOn = (training.data?.test ?? 0) > 0 ? "test" : "train";
  const closed = hasRisk(problem, training);
  return {
    loss: closed ? "population" : sample,
    functionGap: closed || meanField.solver !== "reference-network" ? "population" : sample,
  };
}

/**
 * The approximation gap: trains networks of finite width beside their infinite-width limit, couples every particle with
 * its own mean-field path, and reports risk, |Delta|, function gap and their slopes over the widths (SPEC.md, sections
 * 1, 3, 4 and 8). Where the limit cannot be solved (Boolean inputs, ReLU, several teachers, a signed second layer, noise),
 * or where `reference` asks for it, a wide network with the same first particles, samples and noise takes its place.
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
  const checked = checkGap(problem, options);
  const run = new Run(options);
  const { training, networks, meanField, tolerance, workers, listeners } = checked;

  const progress = emptyProgress(networks);
  const input = { training, networks, workers, listeners };
  const status = await run.guard(() =>
    meanField.solver === "reference-network"
      ? runBesideReference(engine, { ...input, problem: checked.problem, reference: meanField.width }, run, progress)
      : runAll(engine, { ...input, problem: meanField.problem, tolerance }, run, progress),
  );

  const finished = networks.widths
    .map((m, w) => ({ m, runs: progress.runs[w] }))
    .filter(({ runs }) => runs.some((measurements) => measurements !== undefined));
  const of = { widths: finished.map(({ m }) => m), runs: finished.map(({ runs }) => runs) };
  const M = meanField.solver === "reference-network" ? meanField.width : null;
  const { document, errors } =
    meanField.solver === "reference-network"
      ? referenceReport(progress, meanField.width, of)
      : limitReport(progress, meanField.solver, training.plan.times.length);
  const widths = finished.map(({ m, runs }) =>
    widthReport(m, runs, errors, M, interactionUsed(checked.problem, training, m)),
  );
  const records = document.loss.length;
  const { floor } = progress;
  const report: GapReport = {
    schema: "propchaos/gap@1",
    version,
    backend: engine.backend,
    ...(progress.workers && { workers: progress.workers }),
    status,
    ...(progress.failure !== null && { failure: progress.failure }),
    divergence: progress.divergence,
    problem: checked.problem,
    settings: {
      widths: networks.widths,
      ...trainingSettings(training),
      seeds: networks.rows ? null : networks.replicas,
      seed: networks.rows && !drawsNumbers(training) ? null : networks.seed,
      reference: M,
      tolerance,
    },
    time: training.plan.times.slice(0, records),
    meanField: document,
    measuredOn: measuredOn(checked),
    ...(floor && {
      precisionFloor: {
        m: floor.m,
        meanSquaredDelta: floor.meanSquaredDelta.slice(0, records),
        flippedShare: floor.flippedShare.slice(0, records),
      },
    }),
    widths,
    scaling: slopes(engine, networks.seed, widths, of.runs, M),
    toJSON() {
      return plain(this);
    },
  };
  if (!networks.rows) return report;
  const delta = (k: number, width = 0) => {
    checkInteger("width", width, 0, networks.widths.length - 1);
    const ofWidth = progress.deltas[width] ?? [];
    checkInteger("k", k, 0, ofWidth.length - 1);
    return ofWidth[k].slice();
  };
  return Object.assign(report, { delta });
}
