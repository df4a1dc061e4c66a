// What meanFieldLimit resolves to.

import type { Dynamics, Gradient } from "../core/dynamics.ts";
import type { Status } from "../core/run.ts";
import type { Backend } from "../engine/index.ts";
import type { WorkersUsed } from "../pool/workers.ts";
import type { AlphaPaths } from "../problem/alpha-paths.ts";
import type { SingleIndexProblem } from "../problem/types.ts";
import type { LimitSolver, SolvableProblem } from "./model.ts";

/** Every setting of a limit, defaults filled in. */
export interface LimitSettings {
  time: number;
  /** Step of projected gradient descent; null for gradient flow, whose steps are adaptive. */
  step: number | null;
  dynamics: Dynamics;
  gradient: Gradient;
  tolerance: number;
  record: number | number[];
}

/** A law of alpha on [-1, 1]: node i carries the share weight[i] of all particles; the shares sum to 1. */
export interface AlphaLaw {
  alpha: Float64Array;
  weight: Float64Array;
}

/** The infinite-width dynamics of a problem. */
export interface MeanFieldLimit {
  schema: "propchaos/limit@1";
  version: string;
  backend: Backend;
  /** Who computed it, which has no part in the numbers; left out where the run was aborted before it began. */
  workers?: WorkersUsed;
  status: Status;
  /** The step in which a number stopped being finite and the flow time it led to; null unless status is "diverged". */
  divergence: { step: number; time: number } | null;
  problem: SolvableProblem;
  settings: LimitSettings;
  /** Recorded flow times. */
  time: Float64Array;
  /** Risk at each time. */
  loss: Float64Array;
  /**
   * How it was solved: `"single-index"`; for multi-index problems `"multi-index-panels"` up to two indices,
   * `"multi-index-qmc"`, quasi-Monte-Carlo, beyond. Documents of early versions, which had the first only, leave it out.
   */
  solver?: LimitSolver;
  /** Number of indices r: the dimension of the span of the teachers; likewise. */
  indices?: number;
  /** E alpha and E alpha^2 over the law at each time, alpha = <w, w*>; null for multi-index problems, where there is no w*. */
  meanAlpha: Float64Array | null;
  meanAlpha2: Float64Array | null;
  /** Only where they were asked for. */
  alphaPaths?: AlphaPaths;
  /**
   * Error of the loss, the largest over all recorded times; null where the run ended before it was known. On meshes the
   * change under the last refinement of mesh and time steps; for quasi-Monte-Carlo the half-width of a 95% confidence
   * interval, from replicas.
   */
  errorEstimate: number | null;
  /** The same for the position of a particle, averaged over the law. */
  particleErrorEstimate: number | null;
  /** Size of the finest mesh, and the number of time steps on it. */
  nodes: number;
  steps: number;
  /**
   * alpha at record k of the particle that starts at `alpha0`.
   * @throws RangeError where alpha0 is outside [-1, 1], k is not a record, or the problem has no alpha; TypeError after `engine.dispose()`.
   */
  alphaAt(alpha0: number, k: number): number;
  /**
   * The velocity d alpha / dt = (1 - alpha^2) psi(alpha) of a particle at `alpha` in the field of record k, in units of alpha a unit
   * of flow time (SPEC.md, section 4); that of gradient flow, which a PGD step follows up to its length.
   * @throws RangeError where alpha is outside [-1, 1], k is not a record, or the problem has no alpha.
   * @example
   * ```ts
   * const psi = limit.velocityAt(0.5, 0) / (1 - 0.5 * 0.5);
   * ```
   */
  velocityAt(alpha: number, k: number): number;
  /**
   * The law of alpha at record k as weighted nodes, in the order of where particles started, hence of
   * alpha. Made for pictures
   * and for averages of smooth functions; the exact moments are `meanAlpha` and `meanAlpha2`. Records asked for in turn cost the
   * least.
   * @throws RangeError where k is not a record, or the problem has no alpha; TypeError after `engine.dispose()`.
   */
  law(k: number): AlphaLaw;
  /** The document with plain arrays, ready for JSON.stringify. */
  toJSON(): unknown;
}

/** The same of a single-index problem. */
export interface SingleIndexLimit extends MeanFieldLimit {
  problem: SingleIndexProblem;
  meanAlpha: Float64Array;
  meanAlpha2: Float64Array;
}
