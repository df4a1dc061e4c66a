// Single-index problems: f*(x) = link(<w*, x>), and their description by power series in inner products.

import { checkInteger, checkOptions, wrongKind } from "../core/check.ts";
import { checkActivation } from "./activation.ts";
import type { Activation, Problem, SingleIndexProblem } from "./types.ts";

/** Largest input dimension. */
const MAX_DIMENSION = 1_000_000_000;

/** @internal Smallest k >= 1 with b_k c_k != 0. */
export function informationExponent(activation: Activation, link: Activation): number | null {
  const top = Math.min(activation.coefficients.length, link.coefficients.length);
  for (let k = 1; k < top; k++) if (activation.coefficients[k] !== 0 && link.coefficients[k] !== 0) return k;
  return null;
}

/** @internal */
export function named(name: string, d: unknown, activation: Activation, link: Activation): SingleIndexProblem {
  return {
    kind: "single-index",
    name,
    d: checkInteger("d", d, 2, MAX_DIMENSION),
    activation,
    link,
    informationExponent: informationExponent(activation, link),
  };
}

/**
 * A single-index problem: inputs x ~ N(0, I_d), target f*(x) = link(<w*, x>) with w* the first coordinate vector, and
 * networks (1/m) sum_i activation(<w_i, x>).
 *
 * @param options - `d`: input dimension, at least 2; `activation`; `link`: default the activation (well specified).
 * @throws TypeError or RangeError naming the option.
 * @example
 * ```ts
 * singleIndex({ d: 32, activation: hermite({ 4: 1 }), link: hermite({ 4: 0.5 }) });
 * ```
 */
export function singleIndex(options: { d: number; activation: Activation; link?: Activation }): SingleIndexProblem {
  checkOptions("singleIndex", options, ["d", "activation", "link"]);
  const activation = checkActivation("activation", options.activation);
  const link = options.link === undefined ? activation : checkActivation("link", options.link);
  return named("custom", options.d, activation, link);
}

/** @internal A problem as a caller hands it in: made here, or the same thing back from JSON. */
export function checkProblem(problem: unknown): Problem {
  const given = problem as Problem;
  if (typeof problem !== "object" || problem === null || given.kind !== "single-index")
    wrongKind("problem", "made by singleIndex() or problems", problem);
  const activation = checkActivation("problem.activation", given.activation);
  const link = checkActivation("problem.link", given.link);
  return named(String(given.name), given.d, activation, link);
}

/** Power series in s = <w, w'> and in <w, w*> (SPEC.md, section 2). Index = power. */
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

/** @internal e_k = k c_k + sqrt((k+1)(k+2)) c_(k+2); all series padded to the degree of the activation. */
export function populationSeries({ activation, link }: SingleIndexProblem): PopulationSeries {
  const c = activation.coefficients;
  const n = c.length;
  const b = Array.from({ length: n }, (_, k) => link.coefficients[k] ?? 0);
  const e = c.map((value, k) => k * value + Math.sqrt((k + 1) * (k + 2)) * (c[k + 2] ?? 0));
  const product = (x: readonly number[], y: readonly number[]) => Float64Array.from(x, (value, k) => value * y[k]);
  const derivative = (powers: Float64Array) =>
    Float64Array.from({ length: Math.max(1, n - 1) }, (_, k) => (k + 1 < n ? (k + 1) * powers[k + 1] : 0));
  const kernel = product(c, c);
  const phi = product(b, c);
  return {
    kernel,
    kernelDerivative: derivative(kernel),
    kernelRadial: product(c, e),
    link: phi,
    linkDerivative: derivative(phi),
    linkRadial: product(b, e),
    targetNorm: link.coefficients.reduce((sum, value) => sum + value * value, 0),
  };
}
