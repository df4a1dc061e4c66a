// meanFieldLimit: the infinite-width dynamics of a problem, on a worker or on the calling thread.

import { checkOptions } from "../core/check.ts";
import { checkDynamics, DYNAMICS_OPTIONS, type DynamicsOptions } from "../core/dynamics.ts";
import { Run, type RunOptions } from "../core/run.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import { startEnginePool } from "../pool/engine-pool.ts";
import { checkWorkers, type WorkerChoice, type WorkerOptions, type WorkersUsed } from "../pool/workers.ts";
import { type AlphaPaths, checkAlphaStarts } from "../problem/alpha-paths.ts";
import { checkProblem } from "../problem/check.ts";
import type { Problem, SingleIndexProblem } from "../problem/types.ts";
import { followAlphas } from "./alpha-paths.ts";
import { limitResult } from "./document.ts";
import { checkSolvable } from "./form.ts";
import type { MeanFieldLimit, SingleIndexLimit } from "./result.ts";
import { computeLimit, emptyState, type LimitInput, limitHandlers, limitWork } from "./task.ts";
import { checkTolerance } from "./tolerance.ts";

/** Units in which a run counts its progress. */
const UNITS = 1000;

/** Options of `meanFieldLimit`. */
export interface LimitOptions extends DynamicsOptions, RunOptions, WorkerOptions {
  /** Largest error of the loss over all recorded times, absolute; default 1e-8. */
  tolerance?: number | undefined;
  /**
   * Single particles whose alpha the result has at every record (`alphaPaths`): how many, spread over the law at time 0, or the
   * alphas at which they start; default none. For single-index problems.
   */
  alphaPaths?: number | readonly number[] | undefined;
}

/** @internal Problem and options, checked. */
export function checkLimit(
  problem: Problem,
  options: LimitOptions,
): LimitInput & { workers: WorkerChoice; alphaPaths: number | number[] | null } {
  const checked = checkSolvable(checkProblem(problem));
  checkOptions("meanFieldLimit", options, [
    ...DYNAMICS_OPTIONS,
    "tolerance",
    "alphaPaths",
    "workers",
    "onProgress",
    "signal",
  ]);
  const plan = checkDynamics(options);
  const tolerance = checkTolerance(options.tolerance);
  const alphaPaths = checkAlphaStarts(options.alphaPaths, checked);
  return { problem: checked, plan, tolerance, alphaPaths, workers: checkWorkers(options.workers) };
}

/**
 * The infinite-width (mean-field) dynamics of a single- or multi-index problem (SPEC.md, section 4): transport of the law
 * of alpha = <w, w*>, or of the law of a particle's coordinates in the span of the teachers, by PGD steps or along
 * gradient flow with adaptive steps. The cost of a step does not grow with d; with several indices it grows with the
 * number of moments, all monomials of the activation's degree. Second-layer signs are +1, activation and link have Hermite
 * series that end: no ReLU.
 *
 * Nodes are refined until the error meets the tolerance, or 6.4e-14 of the largest risk, which is rounding. With several
 * indices refinement ends after about a minute of computing too. `errorEstimate` says what was reached.
 *
 * @returns times, risk of the limit, its error estimate; for single-index problems E alpha, E alpha^2,
 * `alphaAt(alpha0, k)`, `velocityAt(alpha, k)` and `law(k)`.
 * @throws TypeError or RangeError for a bad argument, for a problem of another kind, where memory does not suffice, or
 * where a PGD step is so large that a particle would step across the axis of w* or the span of the teachers.
 * @example
 * ```ts
 * const limit = await meanFieldLimit(engine, problems.He4({ d: 32 }), { time: 30, dynamics: "flow" });
 * console.log(limit.loss.at(-1), limit.errorEstimate); // 0.14688242..., below 1e-8
 * ```
 */
export function meanFieldLimit(
  engine: Engine,
  problem: SingleIndexProblem,
  options: LimitOptions,
): Promise<SingleIndexLimit>;
export function meanFieldLimit(engine: Engine, problem: Problem, options: LimitOptions): Promise<MeanFieldLimit>;
export async function meanFieldLimit(engine: Engine, problem: Problem, options: LimitOptions): Promise<MeanFieldLimit> {
  checkEngine(engine);
  const { problem: checked, plan, tolerance, alphaPaths, workers } = checkLimit(problem, options);
  const run = new Run(options);
  const input = { problem: checked, plan, tolerance };
  const state = emptyState();
  let used: WorkersUsed | undefined;
  let paths: AlphaPaths | undefined;
  const status = await run.guard(async () => {
    run.expect(UNITS);
    const amount = { tasks: 1, multiplications: limitWork(input) };
    const pool = await startEnginePool(engine, limitHandlers, workers, amount, run);
    try {
      used = pool.used;
      const status = await computeLimit(pool, run, run.part(UNITS), input, state);
      const { solution } = state;
      if (alphaPaths !== null && solution)
        paths = await followAlphas(engine, solution.path, checked.d, alphaPaths, solution.loss.length, run.part(0));
      return status;
    } finally {
      await pool.close();
    }
  });
  return limitResult(engine, input, state, { status, workers: used, paths });
}
