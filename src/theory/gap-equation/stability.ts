// stability: how the mean-field particles of a network answer a change of where they are.

import { checkInteger } from "../../core/check.ts";
import { plain } from "../../core/plain.ts";
import { Run, type Status, type Work } from "../../core/run.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import { fillSphere } from "../../engine/random.ts";
import type { SolvableProblem } from "../../limit/model.ts";
import { MultiField } from "../../limit/multi/field.ts";
import { limitBytes, type Solution, solveLimit } from "../../limit/solve.ts";
import type { StabilityFactors } from "../../limit/tangent.ts";
import { factorsBetween, type TangentFactors } from "../../limit/tangent-factors.ts";
import { emptyState } from "../../limit/task.ts";
import { Particles, particlesBytes } from "../../network/particles.ts";
import type { DivergedStep } from "../../network/trajectory.ts";
import { teachersOf } from "../../problem/teachers.ts";
import type { MultiIndexProblem, Problem, SingleIndexProblem } from "../../problem/types.ts";
import { averageBytes, averageConstants, largestFactors } from "./average-stability.ts";
import type { ParticleHistory } from "./model.ts";
import { checkEquation, type EquationInput, type GapEquationOptions } from "./options.ts";
import { meanFieldBytes, meanFieldParticles, positionShape } from "./particles.ts";
import { type EquationReport, equationReport } from "./report.ts";

/** J of particles of a problem with several indices. */
export interface PlaneFactors {
  /**
   * On the plane of a particle, m x (r + 1) x (r + 1) row-major, in coordinates (u_1, ..., u_r, s): u = B w with the rows of
   * `basis`, s along the part of w across the span. It maps tangents to tangents; for k = s it is the identity.
   */
  plane: Float64Array;
  /** s_t / s_s, on all directions across span and plane, of which there are d - r - 1. */
  across: Float64Array;
}

/** What `factors` of a kind of problem returns. */
export type FactorsOf<P extends Problem> = P extends SingleIndexProblem
  ? StabilityFactors
  : P extends MultiIndexProblem
    ? PlaneFactors
    : never;

/** Stability of the mean-field particles of one network. */
export interface Stability<Factors extends StabilityFactors | PlaneFactors = StabilityFactors | PlaneFactors>
  extends EquationReport {
  errorEstimate: number | null;
  /** J_max(t): the largest |J_{t,s}(i)| over records s <= t and particles. */
  largest: Float64Array;
  /** J_avg(t_k, t_s), row k with entries s <= k: max_j (1/m) sum_i |J_{t,s}(i) H_s(i,j)|. */
  average: Float64Array[];
  /** An orthonormal basis B of the span of the teachers, r x d row-major; null for a single index, where it is w*. */
  basis: Float64Array | null;
  /**
   * J_{t,s} of each particle between records k >= s. Single index: along the meridian d theta_t / d theta_s, theta the angle
   * to w*, and across it, in all other directions, gamma_t / gamma_s, gamma = sin theta. Several indices: see `PlaneFactors`.
   * @throws RangeError where k or s is no record, or s > k.
   */
  factors(k: number, s: number): Factors;
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

/** What is found record by record. */
interface Found extends ParticleHistory {
  columns: Float64Array[][];
  factors: TangentFactors[];
  errorEstimate: number | null;
  divergence: DivergedStep | null;
}

/** Bytes that it will reserve at most at once. */
function followBytes(engine: Engine, { problem, plan, width }: EquationInput): number {
  const flow = plan.dynamics === "flow";
  const particles = particlesBytes(positionShape(problem, width)) + meanFieldBytes(engine, problem, width, flow);
  return Math.max(limitBytes(engine, problem, plan), particles);
}

/** Solves the limit and takes the particles through the records. */
async function followParticles(engine: Engine, input: EquationInput, work: Work, found: Found): Promise<Status> {
  const { problem, plan, tolerance, width } = input;
  const state = emptyState();
  const status = await solveLimit(engine, problem, plan, tolerance, work, state);
  // There is one: where it is aborted, nobody comes here.
  const { path, divergence } = state.solution as Solution;
  found.errorEstimate = state.errorEstimate;
  found.divergence = divergence;
  if (status !== "completed") return status;
  found.start = startRows(engine, input);
  const positions = new Particles(engine, positionShape(problem, width));
  try {
    positions.set(found.start);
    const particles = meanFieldParticles(engine, path, problem, positions);
    try {
      particles.start();
      for (const steps of path.stepsAt) {
        const { factors } = await particles.moveTo(steps, work);
        found.factors.push(factors);
        found.columns.push(particles.columns());
      }
      return "completed";
    } finally {
      particles.free();
    }
  } finally {
    positions.free();
  }
}

/** B, r x d. */
function basisOf(engine: Engine, problem: SolvableProblem): Float64Array | null {
  if (problem.kind === "single-index") return null;
  const { basis, rank, dimension } = new MultiField(problem, teachersOf(engine, problem)).span;
  const rows = new Float64Array(rank * problem.d);
  for (let a = 0; a < rank; a++) rows.set(basis.subarray(a * dimension, (a + 1) * dimension), a * problem.d);
  return rows;
}

/**
 * Stability J_{t,s} = d xi_t / d xi_s of the mean-field particles xi_t(w_i) of a network, between any two recorded times
 * (SPEC.md, section 5). With a single index in closed form: along the flow the exponential of the integrated eigenvalues of
 * the local Hessian, by PGD the product of the derivatives of its steps. With several indices by tangent integration: the
 * central difference of displaced particles, step by step. No network is trained.
 *
 * @param problem - single- or multi-index with a limit that is solved: second-layer signs of +1, activation and link with
 * Hermite series that end.
 * @returns J_max, J_avg over all pairs of records, and the factors of every particle. A run that is aborted before J_avg is
 * there has no records.
 * @throws TypeError or RangeError for a bad argument, for a problem whose limit has no solver or whose J_avg overflows, or
 * where memory does not suffice.
 * @example
 * ```ts
 * const { largest, average, factors } = await stability(engine, problems.He4({ d: 32 }), { width: 256, time: 8 });
 * console.log(largest.at(-1), average[32][0], factors(32, 0).parallel);
 * ```
 */
export async function stability<P extends Problem>(
  engine: Engine,
  problem: P,
  options: GapEquationOptions,
): Promise<Stability<FactorsOf<P>>> {
  checkEngine(engine);
  const input = checkEquation("stability", problem, options);
  const run = new Run(options);
  const { plan, width: m } = input;
  const records = plan.times.length;
  engine.arena.require(
    `the stability of ${m} particles at ${records} records`,
    Math.max(followBytes(engine, input), averageBytes(engine, input.problem, m, records)),
  );
  const found: Found = { start: new Float64Array(), columns: [], factors: [], errorEstimate: null, divergence: null };
  let average: Float64Array[] = [];
  let largest: Float64Array = new Float64Array();
  const status = await run.guard(async () => {
    run.expect(2);
    const followed = await followParticles(engine, input, run.part(1), found);
    if (followed !== "completed") return followed;
    const part = run.part(1);
    const maxima = await largestFactors(found.factors, input.problem.d, part);
    average = await averageConstants(engine, input.problem, found, part);
    largest = maxima;
    return followed;
  });
  return {
    ...equationReport(engine, input, status, found.divergence, average.length),
    errorEstimate: found.errorEstimate,
    largest,
    average,
    basis: basisOf(engine, input.problem),
    factors(k, s) {
      checkInteger("k", k, 0, average.length - 1);
      checkInteger("s", s, 0, k);
      const { plane, across } = factorsBetween(found.factors, k, s);
      const single = input.problem.kind === "single-index";
      return (single ? { parallel: plane, perpendicular: across } : { plane, across }) as FactorsOf<P>;
    },
    toJSON() {
      return plain(this);
    },
  };
}
