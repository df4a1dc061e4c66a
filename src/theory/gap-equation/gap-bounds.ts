// gapBounds: what the linearised gap stays below, by the averaged stability of the mean-field particles and by Gronwall's
// classical argument.

import { wrongValue } from "../../core/check.ts";
import { plain } from "../../core/plain.ts";
import { Run, type Status, type Work } from "../../core/run.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import type { SolvableProblem } from "../../limit/model.ts";
import type { Problem } from "../../problem/types.ts";
import { averageBytes, averageConstants, largestFactors } from "./average-stability.ts";
import { boundsAt, carriedLengths, lipschitzConstant } from "./bounds-of.ts";
import { coupledBytes, followGap } from "./coupled.ts";
import { EquationHistory } from "./history.ts";
import { checkEquation, type EquationInput, type GapEquationOptions } from "./options.ts";
import { type EquationReport, equationReport } from "./report.ts";

/** A bound beside what it bounds, at each record. */
export interface Bound {
  /** Above E|Delta| of the linear equation; the largest float64 where it grows beyond. */
  bound: Float64Array;
  /** How many times the linearised E|Delta| it is; 1 where both are 0. */
  looseness: Float64Array;
  /** Whether it lies above at every record. */
  holds: boolean;
}

/** Both bounds and what they are made of. */
export interface BoundsReport {
  /** E|Delta| of the linear equation at each record. */
  linearised: Float64Array;
  /** a(t) = int_0^t E_i |J_{t,s}(i) eps_s(i)| ds: what the fluctuations alone make of the gap. */
  forcing: Float64Array;
  /** u(t) = a(t) + int_0^t J_avg(t,s) u(s) ds. */
  volterra: Bound;
  /** int_0^t exp(L (t - s)) E_i |eps_s(i)| ds. */
  gronwall: Bound;
  /** L = sum_r |omega_r| (phi''(1) + phi'(1)) + 2 (q''(1) + q'(1)), with absolute coefficients. */
  lipschitz: number;
  /** J_max(t) = max |J_{t,s}(i)| over records s <= t and particles. */
  largestStability: Float64Array;
  /** J_avg(t,t), the averaged norm of the interaction Hessian. */
  averageInteraction: Float64Array;
  /**
   * Relative change of the Volterra bound at the last record where every second record is left out; null where their number
   * is even or below 3.
   */
  quadratureError: number | null;
}

/** The bounds on the gap of one network. */
export interface GapBounds extends EquationReport, BoundsReport {
  errorEstimate: number | null;
  /** The document with plain arrays, ready for JSON.stringify. */
  toJSON(): unknown;
}

/** The integrals start at time 0. */
export function checkFromZero(name: string, { plan }: EquationInput): void {
  if (plan.times[0] !== 0)
    wrongValue("record", `a list that begins with 0, where the integrals of ${name} begin`, plan.times[0]);
}

function boundOf(bound: Float64Array, linearised: readonly number[]): Bound {
  return {
    bound,
    looseness: bound.map((x, k) => (linearised[k] > 0 ? Math.min(Number.MAX_VALUE, x / linearised[k]) : 1)),
    holds: bound.every((x, k) => x >= linearised[k]),
  };
}

/** The bounds at all records of a history; `start` holds the rows that it started from. */
export async function boundsOf(
  engine: Engine,
  problem: SolvableProblem,
  history: EquationHistory,
  times: readonly number[],
  start: Float64Array,
  work: Work,
): Promise<BoundsReport> {
  const { columns, factors, fluctuation, predicted } = history;
  const average = await averageConstants(engine, problem, { start, columns, factors }, work);
  const lengths = await carriedLengths(fluctuation, factors, work);
  const all = times.map((_, k) => k);
  const at = (chosen: number[]) => boundsAt(engine.kernels, problem, times, lengths, average, chosen);
  const { forcing, volterra, gronwall } = at(all);
  const last = times.length - 1;
  const coarse = last >= 2 && last % 2 === 0 ? at(all.filter((k) => k % 2 === 0)).volterra : null;
  return {
    linearised: Float64Array.from(predicted.meanDelta),
    forcing,
    volterra: boundOf(volterra, predicted.meanDelta),
    gronwall: boundOf(gronwall, predicted.meanDelta),
    lipschitz: lipschitzConstant(problem),
    largestStability: await largestFactors(factors, problem.d, work),
    averageInteraction: Float64Array.from(average, (row, k) => row[k]),
    quadratureError: coarse && Math.abs(coarse[coarse.length - 1] / volterra[last] - 1),
  };
}

function emptyBounds(problem: SolvableProblem): BoundsReport {
  const empty = () => new Float64Array();
  const bound = () => ({ bound: empty(), looseness: empty(), holds: true });
  return {
    linearised: empty(),
    forcing: empty(),
    volterra: bound(),
    gronwall: bound(),
    lipschitz: lipschitzConstant(problem),
    largestStability: empty(),
    averageInteraction: empty(),
    quadratureError: null,
  };
}

/** Share of the work that the averaged constants take, beside limit and equation. */
const AVERAGE_SHARE = 1 / 4;

/**
 * Bounds on E|Delta| of the linearised gap (SPEC.md, section 6): the Volterra inequality with the averaged stability constant
 * J_avg of the mean-field particles of this network and the fluctuation of their velocity, and the classical Gronwall bound
 * with the global Lipschitz constant, which the paper improves on. Integrals by the trapezoid rule over the records: more
 * records, a smaller `quadratureError`.
 *
 * @param problem - single- or multi-index with a limit that is solved: second-layer signs of +1, activation and link with
 * Hermite series that end.
 * @returns the linearised E|Delta|, both bounds, whether they hold and by how much they are loose. A run that is aborted
 * before the averaged constants are there has no records.
 * @throws TypeError or RangeError for a bad argument, for a problem whose limit has no solver or whose J_avg overflows,
 * where `record` does not begin with 0 or is too coarse for the Volterra equation, or where memory does not suffice.
 * @example
 * ```ts
 * const bounds = await gapBounds(engine, problems.He4({ d: 32 }), { width: 256, time: 2, dynamics: "flow" });
 * console.log(bounds.volterra.looseness.at(-1), bounds.gronwall.looseness.at(-1));
 * ```
 */
export async function gapBounds(engine: Engine, problem: Problem, options: GapEquationOptions): Promise<GapBounds> {
  checkEngine(engine);
  const input = checkEquation("gapBounds", problem, options);
  checkFromZero("gapBounds", input);
  const run = new Run(options);
  const history = new EquationHistory(input.problem.d, "last");
  let bounds = emptyBounds(input.problem);
  const status: Status = await run.guard(async () => {
    run.expect(1 + AVERAGE_SHARE);
    const times = Array.from(input.plan.times);
    const bytes = averageBytes(engine, input.problem, input.width, times.length);
    engine.arena.require("bounds on the gap", Math.max(bytes, coupledBytes(engine, input)));
    let start: Float64Array = new Float64Array();
    const ended = await followGap(engine, input, run.part(1), {
      train: false,
      started: (rows) => {
        start = rows;
      },
      limit: (limit) => {
        history.limit = limit;
      },
      visit: (record, k) => history.add(record, k),
      diverged: (where) => {
        history.divergence = where;
      },
    });
    if (history.records > 0)
      bounds = await boundsOf(
        engine,
        input.problem,
        history,
        times.slice(0, history.records),
        start,
        run.part(AVERAGE_SHARE),
      );
    return ended;
  });
  return {
    ...equationReport(engine, input, status, history.divergence, bounds.linearised.length),
    errorEstimate: history.limit.errorEstimate,
    ...bounds,
    toJSON() {
      return plain(this);
    },
  };
}
