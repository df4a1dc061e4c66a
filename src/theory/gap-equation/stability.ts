// stability: how the mean-field particles of a network answer a change of where they are.

import { checkInteger } from "../../core/check.ts";
import { plain } from "../../core/plain.ts";
import { Run, type Status, type Work } from "../../core/run.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import { fillSphere } from "../../engine/random.ts";
import { Field } from "../../limit/field.ts";
import { localHessianBytes } from "../../limit/local-hessian.ts";
import { roundUp as roundUpMovers } from "../../limit/movers.ts";
import { particleBytes } from "../../limit/particles.ts";
import { limitBytes, solveLimit } from "../../limit/solve.ts";
import { type StabilityFactors, TangentPassengers } from "../../limit/tangent.ts";
import { emptyState } from "../../limit/task.ts";
import type { DivergedStep } from "../../network/trajectory.ts";
import type { Problem } from "../../problem/types.ts";
import {
  averageBytes,
  averageConstants,
  factorsBetween,
  largestFactors,
  type ParticleHistory,
} from "./average-stability.ts";
import { checkEquation, type EquationInput, type GapEquationOptions } from "./options.ts";
import { type EquationReport, equationReport } from "./report.ts";

/** Stability of the mean-field particles of one network. */
export interface Stability extends EquationReport {
  errorEstimate: number | null;
  /** J_max(t): the largest |J_{t,s}(i)| over records s <= t and particles. */
  largest: Float64Array;
  /** J_avg(t_k, t_s), row k with entries s <= k: max_j (1/m) sum_i |J_{t,s}(i) H_s(i,j)|. */
  average: Float64Array[];
  /**
   * J_{t,s} of each particle between records k >= s: along the meridian d theta_t / d theta_s, theta the angle to w*, and
   * across it, in all other directions, gamma_t / gamma_s, gamma = sin theta.
   * @throws RangeError where k or s is no record, or s > k.
   */
  factors(k: number, s: number): StabilityFactors;
  /** The document with plain arrays, ready for JSON.stringify. */
  toJSON(): unknown;
}

/** m x d unit rows: the given ones, or those of a network with this seed. */
function startRows(engine: Engine, { rows, problem: { d }, width: m, seed }: EquationInput): Float64Array {
  if (rows) return rows;
  const region = engine.arena.reserve(`${m} particles in dimension ${d}`, { W: m * d });
  try {
    fillSphere(engine, region.slots.W, { m, d, dp: d, seed, replica: 0 });
    return region.slots.W.view.slice();
  } finally {
    region.free();
  }
}

/** Fills alpha, gamma and factors record by record. */
async function followParticles(
  engine: Engine,
  input: EquationInput,
  work: Work,
  found: { start: Float64Array; alpha: Float64Array[]; gamma: Float64Array[]; factors: StabilityFactors[] },
  ended: { errorEstimate: number | null; divergence: DivergedStep | null },
): Promise<Status> {
  const { problem, plan, tolerance, width: m } = input;
  const { d } = problem;
  const state = emptyState();
  const status = await solveLimit(engine, problem, plan, tolerance, work, state);
  ended.errorEstimate = state.errorEstimate;
  ended.divergence = state.solution?.divergence ?? null;
  if (!state.solution || status !== "completed") return status;
  found.start = startRows(engine, input);
  const alpha = Float64Array.from({ length: m }, (_, i) => found.start[i * d]);
  const gamma = Float64Array.from({ length: m }, (_, i) => {
    let square = 0;
    for (let c = 1; c < d; c++) square += found.start[i * d + c] * found.start[i * d + c];
    return Math.sqrt(square);
  });
  const particles = new TangentPassengers(engine, state.solution.path, d, m);
  try {
    particles.start(alpha, gamma);
    for (let k = 0; k < plan.times.length; k++) {
      await particles.advanceTo(k, work);
      const { parallel, perpendicular } = particles.takeFactors();
      const { state: at, n } = particles.passengers.particles;
      found.factors.push({ parallel: parallel.slice(0, m), perpendicular: perpendicular.slice(0, m) });
      found.alpha.push(at.view.slice(0, m));
      found.gamma.push(at.view.slice(n, n + m));
    }
    return "completed";
  } finally {
    particles.free();
  }
}

/**
 * Stability J_{t,s} = d xi_t / d xi_s of the mean-field particles xi_t(w_i) of a network, between any two recorded times
 * (SPEC.md, section 5), in the closed form of the single-index limit: along the flow the exponential of the integrated
 * eigenvalues of the local Hessian, by PGD the product of the derivatives of its steps. No network is trained.
 *
 * @param problem - single-index, second-layer signs of +1, activation and link with Hermite series that end.
 * @returns J_max, J_avg over all pairs of records, and the factors of every particle. A run that is aborted before J_avg is
 * there has no records.
 * @throws TypeError or RangeError for a bad argument, for a problem without a limit of one index, or where memory does not
 * suffice.
 * @example
 * ```ts
 * const { largest, average, factors } = await stability(engine, problems.He4({ d: 32 }), { width: 256, time: 8 });
 * console.log(largest.at(-1), average[32][0], factors(32, 0).parallel);
 * ```
 */
export async function stability(engine: Engine, problem: Problem, options: GapEquationOptions): Promise<Stability> {
  checkEngine(engine);
  const input = checkEquation("stability", problem, options);
  const run = new Run(options);
  const { plan, width: m } = input;
  const { d } = input.problem;
  const records = plan.times.length;
  const flow = plan.dynamics === "flow";
  const field = new Field(input.problem);
  engine.arena.require(
    `the stability of ${m} particles at ${records} records`,
    Math.max(
      limitBytes(engine, input.problem, plan),
      particleBytes(field, m, flow) + localHessianBytes(field, roundUpMovers(m)),
      averageBytes(engine, input.problem, m, records),
    ),
  );
  const found = { start: new Float64Array(), alpha: [], gamma: [], factors: [] as StabilityFactors[] };
  const ended = { errorEstimate: null as number | null, divergence: null as DivergedStep | null };
  let average: Float64Array[] = [];
  const status = await run.guard(async () => {
    run.expect(2);
    const followed = await followParticles(engine, input, run.part(1), found, ended);
    if (followed === "completed")
      average = await averageConstants(engine, input.problem, found as ParticleHistory, run.part(1));
    return followed;
  });
  const { factors } = found;
  return {
    ...equationReport(engine, input, status, ended.divergence, average.length),
    errorEstimate: ended.errorEstimate,
    largest: average.length > 0 ? largestFactors(factors, d) : new Float64Array(),
    average,
    factors(k, s) {
      checkInteger("k", k, 0, average.length - 1);
      checkInteger("s", s, 0, k);
      return factorsBetween(factors, k, s);
    },
    toJSON() {
      return plain(this);
    },
  };
}
