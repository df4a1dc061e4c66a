// meanFieldLimit: the infinite-width dynamics of a problem, on a worker or on the calling thread.

import { checkInteger, checkNumber, checkOptions, wrongValue } from "../core/check.ts";
import { checkDynamics, DYNAMICS_OPTIONS, type DynamicsOptions } from "../core/dynamics.ts";
import { plain } from "../core/plain.ts";
import { Run, type RunOptions } from "../core/run.ts";
import { version } from "../core/version.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import { startEnginePool } from "../pool/engine-pool.ts";
import { checkWorkers, type WorkerOptions, type WorkersUsed } from "../pool/workers.ts";
import { checkProblem } from "../problem/single-index.ts";
import type { Problem } from "../problem/types.ts";
import { AlphaFollower } from "./alpha.ts";
import type { MeanFieldLimit } from "./result.ts";
import { computeLimit, emptyState, limitHandlers, limitWork } from "./task.ts";
import { checkTolerance } from "./tolerance.ts";

/** Units in which a run counts its progress. */
const UNITS = 1000;

/** Options of `meanFieldLimit`. */
export interface LimitOptions extends DynamicsOptions, RunOptions, WorkerOptions {
  /** Largest error of the loss over all recorded times, absolute; default 1e-8. */
  tolerance?: number | undefined;
}

/**
 * The infinite-width (mean-field) dynamics of a single-index problem: transport of the law of alpha = <w, w*>
 * (SPEC.md, section 4), by PGD steps or along gradient flow with adaptive steps. The cost of a step grows with the
 * degree of the activation and with the horizon, not with d.
 *
 * @returns times, risk of the limit, its error estimate, E alpha, E alpha^2, and `alphaAt(alpha0, k)`.
 * @throws TypeError or RangeError for a bad argument, where memory does not suffice, or where a PGD step is so large that
 * a particle would step across the axis of w*.
 * @example
 * ```ts
 * const limit = await meanFieldLimit(engine, problems.He4({ d: 32 }), { time: 30, dynamics: "flow" });
 * console.log(limit.loss.at(-1), limit.errorEstimate); // 0.14688242..., below 1e-8
 * ```
 */
export async function meanFieldLimit(engine: Engine, problem: Problem, options: LimitOptions): Promise<MeanFieldLimit> {
  checkEngine(engine);
  const checked = checkProblem(problem);
  checkOptions("meanFieldLimit", options, [...DYNAMICS_OPTIONS, "tolerance", "workers", "onProgress", "signal"]);
  const run = new Run(options);
  const plan = checkDynamics(options);
  const tolerance = checkTolerance(options.tolerance);
  const workers = checkWorkers(options.workers);
  const input = { problem: checked, plan, tolerance };
  const state = emptyState();
  let used: WorkersUsed | undefined;
  const status = await run.guard(async () => {
    run.expect(UNITS);
    const amount = { tasks: 1, multiplications: limitWork(input) };
    const pool = await startEnginePool(engine, limitHandlers, workers, amount, run);
    try {
      used = pool.used;
      return await computeLimit(pool, run, run.part(UNITS), input, state);
    } finally {
      await pool.close();
    }
  });
  const { step, dynamics, gradient, record } = plan;
  const { solution, errorEstimate, particleErrorEstimate } = state;
  const time = plan.times.slice(0, solution?.loss.length ?? 0);
  const follower = solution && new AlphaFollower(engine, solution.path);
  return {
    schema: "propchaos/limit@1",
    version,
    backend: engine.backend,
    ...(used && { workers: used }),
    status,
    divergence: solution?.divergence ?? null,
    problem: checked,
    settings: { time: plan.time, step: dynamics === "pgd" ? step : null, dynamics, gradient, tolerance, record },
    time,
    loss: Float64Array.from(solution?.loss ?? []),
    meanAlpha: Float64Array.from(solution?.meanAlpha ?? []),
    meanAlpha2: Float64Array.from(solution?.meanAlpha2 ?? []),
    errorEstimate,
    particleErrorEstimate,
    nodes: solution?.nodes ?? 0,
    steps: solution?.path.stepsAt.at(-1) ?? 0,
    alphaAt(alpha0, k) {
      checkNumber("alpha0", alpha0, { min: -1, max: 1 });
      if (!follower) wrongValue("k", "a record that was reached (none)", k);
      checkInteger("k", k, 0, time.length - 1);
      return follower.at(alpha0, k);
    },
    toJSON() {
      return plain(this);
    },
  };
}
