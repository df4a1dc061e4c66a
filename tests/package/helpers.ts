// What the tests of the package share.

import { type Activation, hermite, type SingleIndexProblem, singleIndex } from "propchaos";

export * from "../support/arithmetic.ts";

/** Attempts more for a test that compares with the clock, since other tests run beside it; what is wrong fails in all. */
export const BUSY = 4;

/** A single-index problem from coefficient lists or objects. */
export function hermiteProblem(
  d: number,
  activation: Record<number, number> | readonly number[],
  link: Record<number, number> | readonly number[] = activation,
): SingleIndexProblem {
  return singleIndex({ d, activation: hermite(activation), link: hermite(link) });
}

/**
 * Hermite coefficients: of a bump by the trapezoidal rule, where the package has a closed form, and cut as the package
 * says: where 1e-14 of its square is left.
 */
export function coefficientsOf(activation: Activation): readonly number[] {
  if (activation.kind === "hermite") return activation.coefficients;
  if (activation.kind === "relu") throw new Error("the series of ReLU does not end");
  const { rate, constant, square, offset } = activation;
  const degree = 300;
  const c = new Array<number>(degree + 1).fill(0);
  const h = 1 / 32;
  for (let z = -12; z <= 12; z += h) {
    const density = (h * Math.exp(-(z * z) / 2)) / Math.sqrt(2 * Math.PI);
    const value = density * ((constant + square * z * z) * Math.exp(-rate * z * z) + offset);
    // h_(k+1) = (z h_k - sqrt(k) h_(k-1)) / sqrt(k+1)
    for (let k = 0, before = 0, now = 1; k <= degree; k++) {
      c[k] += value * now;
      [before, now] = [now, (z * now - Math.sqrt(k) * before) / Math.sqrt(k + 1)];
    }
  }
  const norm = c.slice(1).reduce((sum, x) => sum + x * x, 0);
  let last = degree;
  for (let tail = c[degree] ** 2; last > 0 && tail <= 1e-14 * norm; tail += c[last] ** 2) last--;
  return c.slice(0, last + 1);
}
