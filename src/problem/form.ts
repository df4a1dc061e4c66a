// What the rooms above compute with of a problem: the law of its data, its teachers, and the closed form of its population
// (SPEC.md, sections 2 and 3) as functions of inner products.
//
// Power series for Hermite series and bumps.  Against ReLU they are finite too, as b_k c_k ends with the shorter one.
// ReLU against ReLU: the arc-cosine kernel q(s) = (sqrt(1 - s^2) + (pi - acos s) s) / (2 pi), q'(s) = (pi - acos s) / (2 pi),
// q''(s) = 1 / (2 pi sqrt(1 - s^2)), and q again for the radial part, as z relu'(z) = relu(z).

import { hermiteSeries, type PairSeries, pairSeries, reluCoefficients } from "./series.ts";
import type { Activation, MultiIndexProblem, Problem, RandomTeachers, SingleIndexProblem } from "./types.ts";

export { hermiteSeries };

/** Law of the inputs: N(0, I_d), or uniform on {-1, +1}^d. */
export function dataLaw(problem: Problem): "gaussian" | "boolean" {
  return problem.kind === "boolean" ? "boolean" : "gaussian";
}

function isRandom(teachers: MultiIndexProblem["teachers"]): teachers is RandomTeachers {
  return !Array.isArray(teachers);
}

/** How many first coordinates the target looks at; 0 where it looks at none. */
export function relevantCoordinates(problem: Problem): number {
  switch (problem.kind) {
    case "single-index":
      return 1;
    case "multi-index": {
      const { teachers } = problem;
      return isRandom(teachers) ? teachers.dimension : (teachers[0]?.length ?? 0);
    }
    case "boolean":
      return problem.terms.reduce(
        (most, { coordinates }) => coordinates.reduce((last, c) => Math.max(last, c + 1), most),
        0,
      );
  }
}

/** The weights omega_r of the teachers, one a teacher; [1] for a single index. */
export function teacherWeights(problem: SingleIndexProblem | MultiIndexProblem): readonly number[] {
  return problem.kind === "single-index" ? [1] : problem.weights;
}

/** The teachers, count rows of `relevantCoordinates(problem)` numbers; null where they are random and have to be drawn. */
export function fixedTeachers(problem: SingleIndexProblem | MultiIndexProblem): readonly (readonly number[])[] | null {
  if (problem.kind === "single-index") return [[1]];
  return isRandom(problem.teachers) ? null : problem.teachers;
}

/** A function of the inner product of two unit vectors. */
export type KernelFunction =
  /** sum_k powers[k] s^k. */
  | { kind: "polynomial"; powers: Float64Array }
  /** (sqrt(1 - s^2) + (pi - acos s) s) / (2 pi). */
  | { kind: "arc-cosine" }
  /** (pi - acos s) / (2 pi). */
  | { kind: "arc-cosine-derivative" }
  /** 1 / (2 pi sqrt(1 - s^2)), infinite at s = +-1. */
  | { kind: "arc-cosine-curvature" };

/** Closed form of the population: functions of <w, w'>, of <w, u_r> and of <u_r, u_r'>. */
export interface PopulationForm {
  /** q(s) = E[sigma(<w,x>) sigma(<w',x>)], q', q'', and the radial part <w, E[sigma'(<w,x>) x sigma(<w',x>)]>. */
  kernel: KernelFunction;
  kernelDerivative: KernelFunction;
  kernelCurvature: KernelFunction;
  kernelRadial: KernelFunction;
  /** The same with link(<u,x>) for sigma(<w',x>): phi, phi', phi'', radial part. */
  link: KernelFunction;
  linkDerivative: KernelFunction;
  linkCurvature: KernelFunction;
  linkRadial: KernelFunction;
  /** E[link(<u,x>) link(<u',x>)]. */
  targetKernel: KernelFunction;
}

type Pair = Record<keyof PairSeries, KernelFunction>;

const ARC_COSINE: Pair = {
  value: { kind: "arc-cosine" },
  derivative: { kind: "arc-cosine-derivative" },
  curvature: { kind: "arc-cosine-curvature" },
  radial: { kind: "arc-cosine" },
};

/** The functions of sigma against tau; null where neither series nor closed form is at hand. */
function pair(sigma: Activation, tau: Activation): Pair | null {
  if (sigma.kind === "relu" && tau.kind === "relu") return ARC_COSINE;
  const c = hermiteSeries(sigma);
  const b = hermiteSeries(tau);
  const missing = (sigma.kind !== "relu" && !c) || (tau.kind !== "relu" && !b);
  const n = c?.length ?? b?.length;
  if (missing || n === undefined) return null;
  // e_(n-1) takes c_(n+1), which an endless series has.
  const series = pairSeries(c ?? reluCoefficients(n + 2), b ?? reluCoefficients(n), n);
  const polynomial = (powers: Float64Array): KernelFunction => ({ kind: "polynomial", powers });
  return {
    value: polynomial(series.value),
    derivative: polynomial(series.derivative),
    curvature: polynomial(series.curvature),
    radial: polynomial(series.radial),
  };
}

/**
 * Closed form of the population; null for Boolean data, and where a bump is so narrow that its Hermite series does not end
 * at degree 256. Holds for any second-layer signs and teachers: those are not part of it.
 */
export function populationForm(problem: Problem): PopulationForm | null {
  if (problem.kind === "boolean") return null;
  const { activation, link } = problem;
  const own = pair(activation, activation);
  const cross = pair(activation, link);
  const target = pair(link, link);
  if (!own || !cross || !target) return null;
  return {
    kernel: own.value,
    kernelDerivative: own.derivative,
    kernelCurvature: own.curvature,
    kernelRadial: own.radial,
    link: cross.value,
    linkDerivative: cross.derivative,
    linkCurvature: cross.curvature,
    linkRadial: cross.radial,
    targetKernel: target.value,
  };
}

/** What the solver of the single-index limit takes: d, and the Hermite coefficients of activation and link. */
export interface LimitForm {
  d: number;
  activation: readonly number[];
  link: readonly number[];
}

/** null where that solver does not apply: other kinds, signed, and series that do not end (ReLU, narrow bumps). */
export function limitForm(problem: Problem): LimitForm | null {
  if (problem.kind !== "single-index" || problem.signed) return null;
  const activation = hermiteSeries(problem.activation);
  const link = hermiteSeries(problem.link);
  return activation && link && { d: problem.d, activation, link };
}

/** The same for the solver of the multi-index limit, for problems with teachers. */
export function multiIndexForm(problem: Problem): LimitForm | null {
  if (problem.kind !== "multi-index" || problem.signed) return null;
  const activation = hermiteSeries(problem.activation);
  const link = hermiteSeries(problem.link);
  return activation && link && { d: problem.d, activation, link };
}

/** The polynomials of a problem, powers of s = <w, w'> and of <w, w*>. */
export interface PopulationSeries {
  /** q = sum c_k^2 s^k, its derivative, and the radial series sum c_k e_k s^k. */
  kernel: Float64Array;
  kernelDerivative: Float64Array;
  kernelRadial: Float64Array;
  /** phi = sum b_k c_k s^k, its derivative, and sum b_k e_k s^k. */
  link: Float64Array;
  linkDerivative: Float64Array;
  linkRadial: Float64Array;
  /** |f*|^2 = sum b_k^2. */
  targetNorm: number;
}

/** Of Hermite coefficients; all but the target's norm have as many powers as the activation has coefficients. */
export function populationSeries({ activation: c, link: b }: Omit<LimitForm, "d">): PopulationSeries {
  const own = pairSeries(c, c, c.length);
  const cross = pairSeries(c, b, c.length);
  return {
    kernel: own.value,
    kernelDerivative: own.derivative,
    kernelRadial: own.radial,
    link: cross.value,
    linkDerivative: cross.derivative,
    linkRadial: cross.radial,
    targetNorm: b.reduce((sum, value) => sum + value * value, 0),
  };
}
