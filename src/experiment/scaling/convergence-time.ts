// convergenceTime: when the risk of the limit has fallen to half of its start, for a list of dimensions, and how that grows with d.

import { checkNumber, checkOptions, wrongValue } from "../../core/check.ts";
import { Run, type RunOptions } from "../../core/run.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import { failureOf } from "../../gap/run.ts";
import type { Crossing, CrossingInput } from "../../limit/crossing.ts";
import { checkSolvable, limitSolver } from "../../limit/form.ts";
import type { SolvableProblem } from "../../limit/model.ts";
import { crossingWork, limitHandlers } from "../../limit/task.ts";
import { startEnginePool } from "../../pool/engine-pool.ts";
import { checkWorkers, type WorkerOptions, type WorkersUsed } from "../../pool/workers.ts";
import type { Problem } from "../../problem/types.ts";
import { type ScalingPoint, type ScalingReportOf, type ScalingSeries, scalingReport } from "./document.ts";
import { expectedTime, expectedTimeLaw } from "./expected.ts";
import { checkDimensions, familiesOf, nameOf, type ProblemFamily } from "./family.ts";
import { lawOrNull } from "./law.ts";

/** Options of `convergenceTime`. */
export interface ConvergenceTimeOptions extends RunOptions, WorkerOptions {
  /** Dimensions d, ascending, each at least 2. */
  dimensions: readonly number[];
  /** The share of its start that the risk has to fall to, between 0 and 1; default 0.5. */
  share?: number | undefined;
  /** Largest error of T, relative; default 1e-4. */
  tolerance?: number | undefined;
  /**
   * Longest flow time that is computed; default 20000, which takes about a minute. Dimensions whose expected time lies beyond are
   * left out; no search goes beyond a hundred times what is expected.
   */
  horizon?: number | undefined;
}

/** Default of `horizon`. */
const HORIZON = 20_000;

/** End of a search in expected times. */
const FAR = 100;

/** Work in the unit of progress. */
const UNIT = 1e6;

/** @internal @throws RangeError naming `problem` where no crossing can be searched for. */
export function checkCrossable(problem: Problem): SolvableProblem {
  const solvable = checkSolvable(problem);
  if (limitSolver(solvable) === "multi-index-qmc")
    wrongValue("problem", "one of at most two indices, whose limit is solved on a mesh", problem.name);
  return solvable;
}

interface Place {
  series: number;
  input: CrossingInput;
}

function beyond(horizon: number): string {
  return `the expected time lies beyond the horizon of ${horizon}`;
}

/** A found crossing as a point; why there is none where it was not found. */
function pointOf(d: number, crossing: Crossing | undefined, horizon: number): ScalingPoint | string {
  if (!crossing || crossing.divergence) return "not computed";
  const { time, rootLossIntegral, startLoss, loss } = crossing;
  if (!time)
    return `the risk was still ${Number((loss / startLoss).toPrecision(4))} of its start at flow time ${Number(horizon.toPrecision(6))}`;
  const { value: y, error } = time;
  const { value, error: rootLossIntegralError } = rootLossIntegral;
  return { x: d, y, low: y - error, high: y + error, rootLossIntegral: value, rootLossIntegralError };
}

/**
 * The convergence time T(d): when the risk of the infinite-width limit, along gradient flow, has fallen to half (or another `share`)
 * of its start, for every dimension of a list, with the law T follows (SPEC.md, section 9): d^((k*-2)/2) for information exponents
 * k* >= 3, log d for k* = 2. For odd k* half of the particles settle on the equator, and the risk comes to rest at a quarter of its
 * start: half of it is passed on the way, less than a quarter never. No network, no random numbers.
 *
 * T is found inside the time step in which the risk passes the level, and is refined until it has settled. Every point also has
 * int_0^T L^(1/2) dt.
 *
 * @param families - a family of problems, or several; see `ProblemFamily`. Limits with a mesh: one or two directions.
 * @returns the scaling document, one series a family. A run that is aborted keeps the times that were found.
 * @throws TypeError or RangeError for a bad argument, or a problem whose limit cannot be solved on a mesh.
 * @example
 * ```ts
 * const report = await convergenceTime(engine, hermite({ 4: 1 }), { dimensions: [100, 316, 1000, 3162] });
 * console.log(report.series[0].fit?.slope); // 0.99: T grows as d
 * ```
 */
export async function convergenceTime(
  engine: Engine,
  families: ProblemFamily | readonly ProblemFamily[],
  options: ConvergenceTimeOptions,
): Promise<ScalingReportOf<"time">> {
  checkEngine(engine);
  checkOptions("convergenceTime", options, [
    "dimensions",
    "share",
    "tolerance",
    "horizon",
    "workers",
    "onProgress",
    "signal",
  ]);
  const dimensions = checkDimensions(options.dimensions);
  const share = checkNumber("share", options.share ?? 0.5, { min: 0, max: 1, above: true });
  if (share === 1) wrongValue("share", "below 1", share);
  const tolerance = checkNumber("tolerance", options.tolerance ?? 1e-4, { min: 1e-12, max: 0.1 });
  const horizon = checkNumber("horizon", options.horizon ?? HORIZON, { min: 0, above: true });
  const workers = checkWorkers(options.workers);
  const groups = familiesOf(families, dimensions).map((group) => group.map(checkCrossable));
  const run = new Run(options);

  const places: Place[] = groups
    .flatMap((group, series) =>
      group.map((problem) => {
        const expected = expectedTime(engine.kernels, problem);
        return { series, input: { problem, share, tolerance, expected, horizon: Math.min(horizon, FAR * expected) } };
      }),
    )
    .filter(({ input }) => input.expected <= horizon)
    // The shortest first: an interrupted run has as many as can be.
    .sort((a, b) => a.input.expected - b.input.expected);
  const found = new Array<Crossing | undefined>(places.length).fill(undefined);
  const costs = places.map(({ input }) => crossingWork(input) / UNIT);
  let used: WorkersUsed | undefined;
  let failure: string | null = null;
  const status = await run.guard(async () => {
    const total = costs.reduce((sum, cost) => sum + cost, 0);
    run.expect(total);
    const amount = { tasks: places.length, multiplications: UNIT * total };
    const pool = await startEnginePool(engine, limitHandlers, workers, amount, run);
    try {
      used = pool.used;
      const tasks = places.map(({ input }, i) => ({
        kind: "crossing",
        name: `the convergence time of ${nameOf(input.problem)} at d = ${input.problem.d}`,
        payload: input,
        part: run.part(costs[i]),
      }));
      const finished = (i: number, value: unknown) => {
        found[i] = value as Crossing;
        return (value as Crossing).divergence !== null;
      };
      failure = await failureOf(pool.compute({ run, tasks, finished }));
    } finally {
      await pool.close();
    }
    if (failure !== null) return "failed";
    return found.some((crossing) => crossing?.divergence) ? "diverged" : "completed";
  });

  const diverged = found.find((crossing) => crossing?.divergence)?.divergence;
  const series = groups.map((group, s): ScalingSeries => {
    const points: ScalingPoint[] = [];
    const missing: ScalingSeries["missing"] = [];
    for (const { d } of group) {
      const i = places.findIndex(({ series, input }) => series === s && input.problem.d === d);
      const point = i < 0 ? beyond(horizon) : pointOf(d, found[i], places[i].input.horizon);
      if (typeof point === "string") missing.push({ x: d, reason: point });
      else points.push(point);
    }
    const { law } = lawOrNull(
      engine,
      points.map(({ x }) => x),
      points.map(({ y }) => [y]),
      expectedTimeLaw(group[0]),
    );
    return { name: nameOf(group[0]), problem: group[0], points, missing, fit: law };
  });
  return scalingReport({
    backend: engine.backend,
    ...(used && { workers: used }),
    status,
    ...(failure !== null && { failure }),
    divergence: diverged ? { where: "limit", m: null, replica: null, ...diverged } : null,
    kind: "time",
    settings: { dimensions, share, tolerance, horizon },
    series,
  });
}
