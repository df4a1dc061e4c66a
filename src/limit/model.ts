// What the solver of the limit needs of a kind of problem: the field in which particles move, as rows of coefficients
// that follow from the moments of the law, and the nodes that carry the law. The loop over time (law.ts), the path
// (path.ts) and the refinement (refine.ts) know nothing else.

import type { Work } from "../core/run.ts";
import type { Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import type { Teachers } from "../problem/teachers.ts";
import type { MultiIndexProblem, SingleIndexProblem } from "../problem/types.ts";
import type { Movers } from "./movers.ts";

/** A problem of a kind that the limit can be solved for. */
export type SolvableProblem = SingleIndexProblem | MultiIndexProblem;

/** The velocity field of a law, as functions of its moments M. */
export interface LimitField {
  /** Length of the rows of `drive` and of `radial`. */
  readonly driveLength: number;
  readonly radialLength: number;
  /** What stands beside the problem in the field: the teachers; null where w* is the only one. */
  readonly teachers: Teachers | null;
  /** What a particle must not step across, and the condition that says that it does. */
  readonly crossing: { what: string; condition: string };
  /** Coefficients of the tangent velocity, into `out`. */
  drive(M: Float64Array, out: Float64Array): void;
  /** Coefficients of the radial part of the Euclidean gradient, into `out`. */
  radial(M: Float64Array, out: Float64Array): void;
  /** Coefficients of Q, the inner product of the limit with a neuron. */
  overlap(M: Float64Array): Float64Array;
  /** |f_rho|^2. */
  energy(M: Float64Array): number;
  loss(M: Float64Array): number;
  /** Room for n particles that move in this field. */
  particles(engine: Engine, n: number, flow: boolean): Movers;
}

/** The nodes of a law: weighted particles, possibly on panels that adapt to the front. */
export interface LimitNodes {
  /** The particles; another object after `adapt` has said true. */
  readonly particles: Movers;
  /** Largest number of nodes so far. */
  readonly mostNodes: number;
  /**
   * Adds nodes first .. last to the moments at the state or at the trial state of a step, from 0 where first is 0; with
   * last = n they are complete. Overwritten by the next call.
   */
  moments(at: Slot, first: number, last: number): Float64Array;
  /** Splits and merges panels where the front wants it, after so many time steps; true where anything changed. */
  adapt(steps: number): boolean;
  /** E alpha and E alpha^2 now; null where there is no alpha. */
  alphaMoments(): { mean: number; square: number } | null;
  free(): void;
}

/** How accurate a law is to be. */
export interface Accuracy {
  /** Largest error of a node in a Runge-Kutta step. */
  local: number;
  /** Largest error of a panel's interpolation. */
  panel: number;
  /**
   * Share of the first step and of the time between two records that a step may take: a refined run must differ also
   * where not its error but these limit the step.
   */
  stretch: number;
}

/** The solvers of the limit. */
export type LimitSolver = "single-index" | "multi-index-panels" | "multi-index-qmc";

/** Rows of a network: m x d, `stride` numbers apart, m rounded up to whole rounds of the kernels in memory. */
export interface RowShape {
  m: number;
  d: number;
  stride: number;
}

/** Paths of particles, whatever the kind of problem. */
export interface MeanFieldPaths {
  /** Puts the particles on the rows of W, unit vectors. */
  start(W: Slot): void;
  /** Moves them to record k, k ascending. */
  advanceTo(k: number, work: Work): Promise<void>;
  /** |w_i - xi_i| of the rows now; m numbers. */
  distances(W: Slot): Float64Array;
  /** <f_W, f_MF> at record k: the mean over the rows of Q, the inner product of the limit with a neuron. */
  overlap(k: number, W: Slot): number;
  /** |f_MF|^2 at record k. */
  energy(k: number): number;
  free(): void;
}
