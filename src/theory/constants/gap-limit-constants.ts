// gapLimitConstants: what m E|f - f_MF|^2 and m E|Delta|^2 converge to as the width m grows, without any network.

import { checkNumber, checkOneOf, checkOptions, wrongValue } from "../../core/check.ts";
import { plain } from "../../core/plain.ts";
import { checkTime, type RecordTimes, recordTimes } from "../../core/record.ts";
import { Run, type RunOptions, type Status } from "../../core/run.ts";
import { version } from "../../core/version.ts";
import { type Backend, checkEngine, type Engine } from "../../engine/index.ts";
import { limitSolver } from "../../limit/form.ts";
import { longestEven } from "../../limit/mesh.ts";
import { checkProblem } from "../../problem/check.ts";
import type { Problem, SingleIndexProblem } from "../../problem/types.ts";
import { emptyConstants, refineConstants } from "./refine.ts";

/** Options of `gapLimitConstants`. */
export interface LimitConstantsOptions extends RunOptions {
  /** Length of the run in flow time, at least 0; from k* = 3 on at most 2e5, or more where the coefficients at k* are small. */
  time: number;
  /** The constants are those of gradient flow; `"flow"` is the only value, and the default. */
  dynamics?: "flow" | undefined;
  /** When: a count N >= 2 of equal times with 0 and the end, or ascending times in [0, time]; default 33. */
  record?: RecordTimes | undefined;
  /** Largest relative error of both constants over all recorded times; default 1e-4. */
  tolerance?: number | undefined;
}

/** The limit constants of the gap. */
export interface GapLimitConstants {
  schema: "propchaos/constants@1";
  version: string;
  backend: Backend;
  status: Status;
  /** The step in which the limit stopped being finite and the flow time it led to; null unless status is "diverged". */
  divergence: { step: number; time: number } | null;
  problem: SingleIndexProblem;
  settings: { time: number; dynamics: "flow"; tolerance: number; record: number | number[] };
  /** Recorded flow times. */
  time: Float64Array;
  /** Limit of m E|f - f_MF|^2, the squared L2 distance of network and limit, at each time. */
  mTimesFunctionGap: Float64Array;
  /** Limit of m E|Delta|^2, the mean over particles and networks, at each time. */
  mTimesMeanSquaredDelta: Float64Array;
  /**
   * Relative error, the largest over both constants and all times: a third of what the last refinement of times and nodes
   * changed, as each makes the error at least four times smaller; null where the run ended before it was known.
   */
  errorEstimate: number | null;
  /** Of the finest level: nodes of the law, steps in time, and modes of the noise of the initial particles. */
  nodes: number;
  steps: number;
  modes: number;
  /** The document with plain arrays, ready for JSON.stringify. */
  toJSON(): unknown;
}

const OPTIONS = ["time", "dynamics", "record", "tolerance", "onProgress", "signal"];

/** @throws RangeError where the problem has no limit constants, with the function that serves instead. */
function checkSymmetry(problem: Problem): SingleIndexProblem {
  const instead = "approximationGap measures m E|f - f_MF|^2 and m E|Delta|^2 on networks instead";
  if (problem.kind !== "single-index" || limitSolver(problem) === null)
    throw new RangeError(
      `problem must be a single-index problem with second-layer signs of +1 and Hermite series that end, whose limit is symmetric about w*; got ${problem.name}: ${instead}`,
    );
  if (problem.informationExponent === null)
    throw new RangeError(
      `problem must have an information exponent, a degree k >= 1 that activation and link share; got ${problem.name} with none, whose network sees nothing of its target: ${instead}`,
    );
  return problem;
}

/**
 * Limits of m E|f - f_MF|^2 and m E|Delta|^2 as the width m grows, under gradient flow on the population (SPEC.md,
 * section 7): a Volterra equation for the Gaussian fluctuations about the infinite-width law, one for each harmonic of the
 * rotations about w*. No network is trained, and the cost does not grow with d but through the time that training takes.
 *
 * Times and nodes are refined, and extrapolated, until both constants have settled to `tolerance`, relative; where memory
 * does not suffice for a further level, `errorEstimate` says what was reached.
 *
 * @param problem - single-index, second-layer signs of +1, activation and link with Hermite series that end.
 * @returns times, `mTimesFunctionGap`, `mTimesMeanSquaredDelta`, and the relative `errorEstimate`.
 * @throws TypeError or RangeError for a bad argument, for a problem without that symmetry or without an information
 * exponent, or where memory does not suffice.
 * @example
 * ```ts
 * const constants = await gapLimitConstants(engine, problems.He4({ d: 32 }), { time: 2, record: [1, 2] });
 * console.log(constants.mTimesFunctionGap); // 0.98456, 0.94490: the gap of a network of width m is about 0.945 / m
 * ```
 */
export async function gapLimitConstants(
  engine: Engine,
  problem: Problem,
  options: LimitConstantsOptions,
): Promise<GapLimitConstants> {
  checkEngine(engine);
  const checked = checkSymmetry(checkProblem(problem));
  checkOptions("gapLimitConstants", options, OPTIONS);
  const time = checkTime(options.time);
  const dynamics = checkOneOf("dynamics", options.dynamics ?? "flow", ["pgd", "flow"]);
  if (dynamics === "pgd")
    wrongValue("dynamics", '"flow": approximationGap measures the gap of projected gradient descent', dynamics);
  const longest = longestEven(checked);
  if (time > longest)
    wrongValue(
      "time",
      `at most ${longest} for the limit constants of ${checked.name}, whose nodes lie evenly in time`,
      time,
    );
  const tolerance = checkNumber("tolerance", options.tolerance ?? 1e-4, { min: 1e-9, max: 1 });
  const records = recordTimes(options.record, time);
  const record = typeof options.record === "object" ? Array.from(options.record) : (options.record ?? records.length);
  const state = emptyConstants();
  const run = new Run(options);
  const status = await run.guard(() => refineConstants(engine, checked, Array.from(records), tolerance, run, state));
  const { divergence, functionGap, squaredDelta, errorEstimate, nodes, steps, modes } = state;
  return {
    schema: "propchaos/constants@1",
    version,
    backend: engine.backend,
    status,
    divergence,
    problem: checked,
    settings: { time, dynamics, tolerance, record },
    time: records.slice(0, functionGap.length),
    mTimesFunctionGap: Float64Array.from(functionGap),
    mTimesMeanSquaredDelta: Float64Array.from(squaredDelta),
    errorEstimate,
    nodes,
    steps,
    modes,
    toJSON() {
      return plain(this);
    },
  };
}
