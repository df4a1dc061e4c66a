// Hermite coefficients of all activations, and the power series that come of two of them (SPEC.md, section 2).
//
// For sigma = sum c_k h_k, tau = sum b_k h_k and |w| = |w'| = 1, s = <w, w'>:
//   E[sigma(<w,x>) tau(<w',x>)]                = sum_k b_k c_k s^k
//   <w, E[sigma'(<w,x>) x tau(<w',x>)]>        = sum_k b_k e_k s^k,  e_k = k c_k + sqrt((k+1)(k+2)) c_(k+2)
// ReLU: c_0 = 1/sqrt(2 pi), c_1 = 1/2, c_k = 0 for odd k >= 3; from z relu'(z) = relu(z), which says e_k = c_k, follows
//   c_(k+2) = (1 - k) c_k / sqrt((k+1)(k+2)),  that is c_2n = (-1)^(n+1) (2n-3)!! / sqrt(2 pi (2n)!).

import { bumpSeries, LAST_DEGREE, leadingBumpCoefficients } from "./bumps.ts";
import type { Activation } from "./types.ts";

/** 1 / sqrt(2 pi). */
const RELU_MEAN = 0.3989422804014327;

/** The first `count` Hermite coefficients of ReLU. */
export function reluCoefficients(count: number): number[] {
  const c = [RELU_MEAN, 0.5];
  for (let k = 0; c.length < count; k++) c.push(k % 2 === 1 ? 0 : ((1 - k) * c[k]) / Math.sqrt((k + 1) * (k + 2)));
  return c.slice(0, count);
}

/**
 * Hermite coefficients c_0 .. c_K of an activation, all of them: as they stand for a series; for a bump up to the degree
 * K that leaves 1e-14 of its square. null for ReLU and for a bump that K = 256 is not enough for.
 */
export function hermiteSeries(activation: Activation): readonly number[] | null {
  switch (activation.kind) {
    case "hermite":
      return activation.coefficients;
    case "bump":
      return bumpSeries(activation);
    case "relu":
      return null;
  }
}

/** Coefficients as far as an information exponent is looked for: all there are, or the first 257 of an endless series. */
export function leadingCoefficients(activation: Activation): readonly number[] {
  if (activation.kind === "relu") return reluCoefficients(LAST_DEGREE + 1);
  return hermiteSeries(activation) ?? (activation.kind === "bump" ? leadingBumpCoefficients(activation) : []);
}

/** Power series in s, index = power. */
export interface PairSeries {
  /** sum b_k c_k s^k. */
  value: Float64Array;
  /** Its derivative. */
  derivative: Float64Array;
  /** Its second derivative. */
  curvature: Float64Array;
  /** sum b_k e_k s^k. */
  radial: Float64Array;
}

/** The derivative of a power series, in one power less, but in one at least. */
function differentiate(powers: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.max(1, powers.length - 1) }, (_, k) =>
    k + 1 < powers.length ? (k + 1) * powers[k + 1] : 0,
  );
}

/** The series of sigma (c) against tau (b) in n powers; c and b count as 0 where they have ended. */
export function pairSeries(c: readonly number[], b: readonly number[], n: number): PairSeries {
  const at = (list: readonly number[], k: number) => list[k] ?? 0;
  const powers = (term: (k: number) => number) => Float64Array.from({ length: n }, (_, k) => term(k));
  const value = powers((k) => at(b, k) * at(c, k));
  const e = (k: number) => k * at(c, k) + Math.sqrt((k + 1) * (k + 2)) * at(c, k + 2);
  const derivative = differentiate(value);
  return { value, derivative, curvature: differentiate(derivative), radial: powers((k) => at(b, k) * e(k)) };
}
