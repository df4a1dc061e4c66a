// approximationGap, the main job: networks of several widths and seeds, each coupled with its infinite-width limit.

import { checkInteger, checkOptions } from "../core/check.ts";
import { Run, type RunOptions } from "../core/run.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import { checkTolerance } from "../limit/tolerance.ts";
import { checkTraining, drawsNumbers, TRAINING_OPTIONS, type TrainingOptions } from "../network/training.ts";
import { checkWorkers, type WorkerOptions } from "../pool/workers.ts";
import { checkProblem } from "../problem/check.ts";
import type { Problem } from "../problem/types.ts";
import { gapDocument } from "./assemble.ts";
import type { CheckedGap } from "./checked.ts";
import type { GapReport } from "./document.ts";
import { checkNetworks, type NetworkChoice } from "./networks.ts";
import { checkListeners, RECORD_OPTIONS, type RecordOptions } from "./record.ts";
import { chooseMeanField } from "./reference.ts";
import { emptyProgress, type GapProgress, runAll } from "./run.ts";
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
    "distribution",
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
  const { report, progress } = await measureGap(engine, checked, options);
  const { rows, widths } = checked.networks;
  if (!rows) return report;
  const delta = (k: number, width = 0) => {
    checkInteger("width", width, 0, widths.length - 1);
    const ofWidth = progress.deltas[width] ?? [];
    checkInteger("k", k, 0, ofWidth.length - 1);
    return ofWidth[k].slice();
  };
  return Object.assign(report, { delta });
}

/** @internal `approximationGap` of checked arguments, with what single networks gave. */
export async function measureGap(
  engine: Engine,
  checked: CheckedGap,
  options: RunOptions,
): Promise<{ report: GapReport; progress: GapProgress }> {
  const run = new Run(options);
  const { training, networks, meanField, tolerance, workers, listeners } = checked;

  const progress = emptyProgress(networks);
  const input = { training, networks, workers, listeners };
  const status = await run.guard(() =>
    meanField.solver === "reference-network"
      ? runBesideReference(engine, { ...input, problem: checked.problem, reference: meanField.width }, run, progress)
      : runAll(engine, { ...input, problem: meanField.problem, tolerance }, run, progress),
  );

  return { report: gapDocument(engine, checked, progress, status), progress };
}
