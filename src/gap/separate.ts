// separateGaps: what of a network's distance from its limit is owed to its width, to finite data, and to the step.

import { plain } from "../core/plain.ts";
import { Run, type RunOptions } from "../core/run.ts";
import { version } from "../core/version.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import type { Problem } from "../problem/types.ts";
import { runSeparate, type SeparateProgress } from "./run-separate.ts";
import { type CheckedSeparate, checkSeparate, type SeparateOptions } from "./separate-check.ts";
import type { GapsReport } from "./separate-document.ts";
import { gapsOf } from "./separate-report.ts";
import type { SeparateRun } from "./separate-run.ts";

/**
 * Tells apart what keeps a network of width m, trained by steps on n samples, from the infinite-width flow on infinite
 * data, with the same first particles in all networks (SPEC.md, sections 1 and 8):
 *
 * - width gap: m particles against a reference network of M on the same n samples, by theory of order 1/m;
 * - sample gap: n samples against the population, of order 1/n;
 * - discretisation gap: PGD against gradient flow on the population, of order step^2.
 *
 * Each is E_i |w_i - w'_i|^2 and E (f - f')^2 over the population, whose closed form is used.
 *
 * @returns the gaps at every recorded time, with slopes in m and in n at the last. A run that is aborted, diverges or fails
 * keeps the replicas that were finished.
 * @throws TypeError or RangeError for a bad argument, for a problem without a closed form on the population, or where memory
 * does not suffice.
 * @example
 * ```ts
 * const report = await separateGaps(engine, problems.He4({ d: 8 }), {
 *   widths: [32, 64, 128],
 *   samples: [4096, 16384, 65536],
 *   time: 0.4,
 * });
 * console.log(report.scaling.width[2].functionGap); // slope near -1 in m
 * console.log(report.scaling.sample[2].functionGap); // slope near -1 in n
 * ```
 */
export async function separateGaps(engine: Engine, problem: Problem, options: SeparateOptions): Promise<GapsReport> {
  checkEngine(engine);
  return (await measureGaps(engine, checkSeparate(problem, options), options)).report;
}

/** @internal `separateGaps` of checked arguments, with its finished replicas. */
export async function measureGaps(
  engine: Engine,
  { context, settings, workers }: CheckedSeparate,
  options: RunOptions,
): Promise<{ report: GapsReport; runs: readonly SeparateRun[] }> {
  const run = new Run(options);
  const progress: SeparateProgress = {
    workers: null,
    runs: new Array(settings.seeds).fill(undefined),
    divergence: null,
    failure: null,
  };
  const status = await run.guard(() => runSeparate(engine, context, workers, run, progress));
  const runs = progress.runs.filter((one) => one !== undefined);
  const report: GapsReport = {
    schema: "propchaos/gaps@1",
    version,
    backend: engine.backend,
    ...(progress.workers && { workers: progress.workers }),
    status,
    ...(progress.failure !== null && { failure: progress.failure }),
    divergence: progress.divergence,
    problem: context.problem,
    settings,
    seeds: runs.length,
    time: runs.length > 0 ? context.population.plan.times.slice() : new Float64Array(0),
    ...gapsOf(engine, context, runs),
    toJSON() {
      return plain(this);
    },
  };
  return { report, runs };
}
