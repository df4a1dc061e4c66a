// What selfConcordance resolves to.

import type { Dynamics, Gradient } from "../../core/dynamics.ts";
import type { Status } from "../../core/run.ts";
import type { Backend } from "../../engine/index.ts";
import type { TrainingSettings } from "../../network/training.ts";
import type { DivergedStep } from "../../network/trajectory.ts";
import type { Problem, SingleIndexProblem } from "../../problem/types.ts";

/**
 * How a quantity is spread over the particles at each recorded time: quantiles, weighted by the law of the limit or with
 * equal weights of a network's particles, and the largest value among the points that were looked at. 0 where no particle
 * is left to look at.
 */
export interface Spread {
  median: Float64Array;
  quantile90: Float64Array;
  quantile99: Float64Array;
  maximum: Float64Array;
}

/** int_0^t |D_s| ds of a particle beside log |alpha_t / alpha_0|. Paths on which alpha has changed its sign are left out. */
export interface HessianGrowth {
  /** int_0^t |D_s| ds. */
  integral: Spread;
  /** log |alpha_t / alpha_0|; below 0 for particles that have come closer to the equator. */
  logGrowth: Spread;
  /**
   * int |D| over |log |alpha_t / alpha_0||, at time 0 its limit |D| |alpha| / |d alpha/dt|; without the particles that have
   * not moved.
   */
  quotient: Spread;
  /** Share of the particles that were left out because alpha has another sign than at the start. */
  signChanged: Float64Array;
}

/** Whether the local Hessian lets deviations grow by no more than a power of 1 / |alpha_0|. */
export interface ConcordanceVerdict {
  /** Whether `exponent` is at most `bound`. */
  holds: boolean;
  /**
   * Smallest p with int_0^t lambda_max(D_s)^+ ds <= p (1 + log 1/|alpha_0|) for 99% of the particles at every record, those
   * apart whose alpha has changed its sign. A deviation of such a particle grows at most by the factor (e / |alpha_0|)^p.
   */
  exponent: number;
  bound: number;
  /** First record that needs this exponent. */
  worstTime: number;
  /** Smallest C with lambda_max(D_t)^+ |alpha| <= C |v_t| for 99% of the moving particles at every record. */
  constant: number;
  /** First record that needs this constant. */
  constantTime: number;
  /** All of it in one sentence. */
  sentence: string;
}

/** Eigenvalues of the local Hessian of the limit at a particle. */
export interface LocalEigenvalues {
  alpha: number;
  /** (1 - alpha^2) psi'(alpha) - alpha psi(alpha), along the meridian through w*. */
  parallel: number;
  /** -alpha psi(alpha), across it, with multiplicity d - 2; null in dimension 2. */
  perpendicular: number | null;
}

/** What is said of the limit and of networks. */
interface Concordance {
  schema: "propchaos/self-concordance@1";
  version: string;
  backend: Backend;
  status: Status;
  /** The step in which a number stopped being finite and the flow time it led to; null unless status is "diverged". */
  divergence: DivergedStep | null;
  problem: Problem;
  /** Recorded flow times that were reached. */
  time: Float64Array;
  /** Points of the law, or particles, that were looked at. */
  particles: number;
  /** |D_t|, the operator norm of the local Hessian on the tangent space. */
  hessianNorm: Spread;
  /** lambda_max(D_t)^+, its largest eigenvalue, or 0. */
  positivePart: Spread;
  /** |v_t|, the tangent velocity. */
  speed: Spread;
  /** |D_t| / |v_t|, without the particles at rest. */
  ratio: Spread;
  /** C = |D_t| |alpha| / |v_t|, without the particles at rest; null where there is no alpha. */
  constant: Spread | null;
  /** lambda_max(D_t)^+ |alpha| / |v_t|; likewise. */
  positiveConstant: Spread | null;
  /** Share of the particles at rest: |v_t| < 1e-12. */
  atRest: Float64Array;
  /** Share of the particles, those at rest apart, pushed towards the equator: alpha <v, w*> < 0; null where there is no alpha. */
  towardsEquator: Float64Array | null;
  growth: HessianGrowth | null;
  /**
   * int_0^t lambda_max(D_s)^+ ds / (1 + log 1/|alpha_0|), without the paths on which alpha has changed its sign; null where
   * there is no alpha.
   */
  amplification: Spread | null;
  /** null where there is no alpha, or no record. */
  verdict: ConcordanceVerdict | null;
  /** The document with plain arrays, ready for JSON.stringify. */
  toJSON(): unknown;
}

/** Self-concordance of an infinite-width limit. */
export interface LimitConcordance extends Concordance {
  subject: "limit";
  problem: SingleIndexProblem;
  settings: {
    time: number;
    /** Step of projected gradient descent; null for gradient flow, whose steps are adaptive. */
    step: number | null;
    dynamics: Dynamics;
    gradient: Gradient;
    tolerance: number;
    record: number | number[];
    bound: number;
  };
  /** Error of the limit's risk, the largest over all recorded times; null where the run ended before it was known. */
  errorEstimate: number | null;
  constant: Spread;
  positiveConstant: Spread;
  towardsEquator: Float64Array;
  growth: HessianGrowth;
  amplification: Spread;
  /**
   * Eigenvalues at record k of the local Hessian at the particle that starts at `alpha0`.
   * @throws RangeError where alpha0 is outside [-1, 1] or k is not a record; TypeError after `engine.dispose()`.
   */
  eigenvaluesAt(alpha0: number, k: number): LocalEigenvalues;
}

/** Self-concordance of a network of finite width. */
export interface NetworkConcordance extends Concordance {
  subject: "network";
  settings: TrainingSettings & {
    width: number;
    /** null where nothing was drawn. */
    seed: number | null;
    /** Whether second-layer signs alternate or were given. */
    signed: boolean;
    /** null where there is no alpha. */
    bound: number | null;
  };
}

/** What `selfConcordance` resolves to. */
export type SelfConcordance = LimitConcordance | NetworkConcordance;

/** One that was read back, without what needs an engine. */
export type StoredConcordance = Omit<LimitConcordance, "eigenvaluesAt"> | NetworkConcordance;
