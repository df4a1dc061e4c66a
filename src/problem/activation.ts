// Activations: Hermite series, given by their coefficients or expanded once from a function, ReLU, and Gaussian bumps.

import { checkNumber, checkOptions, wrongKind, wrongValue } from "../core/check.ts";
import { gaussHermite, hermiteCoefficients } from "../numeric/hermite.ts";
import { checkBump } from "./bumps.ts";
import type { Activation, HermiteSeries, Relu } from "./types.ts";

/** Highest degree of a series that is given or expanded. */
const MAX_DEGREE = 128;

/** Largest coefficient: its square and sums of squares must stay finite. */
const MAX_COEFFICIENT = 1e100;

/** Enough points for products with h_128 of functions whose own series ends there. */
const QUADRATURE_POINTS = 320;

/** Below this share of the norm a coefficient is the quadrature's rounding, and set to 0: it decides parity and k*. */
const ROUNDING = 1e-14;

/** A series from checked coefficients, trailing zeros dropped. */
function series(coefficients: ArrayLike<number>): HermiteSeries {
  let degree = coefficients.length - 1;
  while (degree > 0 && coefficients[degree] === 0) degree--;
  // Adding 0 turns -0, which JSON does not keep, into 0.
  return { kind: "hermite", coefficients: Array.from({ length: degree + 1 }, (_, k) => coefficients[k] + 0) };
}

function fromList(list: readonly unknown[], name = "coefficients"): HermiteSeries {
  if (list.length < 1 || list.length > MAX_DEGREE + 1)
    wrongValue(name, `a list of 1 to ${MAX_DEGREE + 1} numbers`, list);
  return series(
    // Not list.map, which would pass over the holes of a sparse list.
    Array.from(list, (value, k) =>
      checkNumber(`${name}[${k}]`, value, { min: -MAX_COEFFICIENT, max: MAX_COEFFICIENT }),
    ),
  );
}

/**
 * The Hermite series sigma = sum_k c_k h_k, h_k = He_k / sqrt(k!) orthonormal under N(0, 1) (SPEC.md, section 2).
 *
 * @param coefficients - c_k by degree, `{ 4: 1 }`, or the list c_0, c_1, ...; degrees up to 128.
 * @throws TypeError or RangeError for a degree or a coefficient that is not allowed.
 * @example
 * ```ts
 * hermite({ 4: 1 });           // h_4
 * hermite({ 2: 0.5, 4: 1 });   // 0.5 h_2 + h_4
 * ```
 */
export function hermite(coefficients: Record<number, number> | readonly number[]): HermiteSeries {
  if (typeof coefficients !== "object" || coefficients === null)
    wrongKind("coefficients", "an object like { 4: 1 } or a list", coefficients);
  if (Array.isArray(coefficients)) return fromList(coefficients);
  const keys = Object.keys(coefficients);
  if (keys.length === 0) wrongValue("coefficients", "at least one coefficient", coefficients);
  const degrees = keys.map((key) => {
    const degree = Number(key);
    if (!/^\d+$/.test(key) || degree > MAX_DEGREE)
      wrongValue("the degree of a coefficient", `an integer from 0 to ${MAX_DEGREE}`, key);
    return degree;
  });
  const list: unknown[] = new Array(Math.max(...degrees) + 1).fill(0);
  for (const degree of degrees) list[degree] = (coefficients as Record<number, number>)[degree];
  return fromList(list);
}

/**
 * Expands a function once into its Hermite series by Gauss-Hermite quadrature, up to the degree where the tail
 * sum_{k > K} c_k^2 falls below `tolerance` times E sigma^2. From then on the activation is that series.
 *
 * @param f - a smooth function of one variable. What it computes with the host's `Math` may differ between hosts in the
 * last bits; the coefficients can be stored and given to `hermite` instead.
 * @param options - `tolerance`: share of the norm that may be cut off; default 1e-13.
 * @throws RangeError where f or E f^2 is not finite, or where degree 128 does not reach the tolerance (as for kinks).
 * @example
 * ```ts
 * activation((z) => z * z * Math.exp(-z * z));
 * ```
 */
export function activation(f: (z: number) => number, options: { tolerance?: number } = {}): HermiteSeries {
  if (typeof f !== "function") wrongKind("f", "a function of one number", f);
  checkOptions("activation", options, ["tolerance"]);
  const tolerance = checkNumber("tolerance", options.tolerance ?? 1e-13, { min: 1e-15, max: 1 });
  const values = (z: number) => checkNumber(`f(${z})`, f(z));
  const { coefficients, norm } = hermiteCoefficients(values, MAX_DEGREE, gaussHermite(QUADRATURE_POINTS));
  if (!Number.isFinite(norm)) wrongValue("E f(x)^2", "a finite number, x ~ N(0, 1)", norm);
  if (norm === 0) return series([0]);
  let tail = norm;
  for (let k = 0; k <= MAX_DEGREE; k++) {
    if (Math.abs(coefficients[k]) <= ROUNDING * Math.sqrt(norm)) coefficients[k] = 0;
    tail -= coefficients[k] * coefficients[k];
    if (tail <= tolerance * norm) return series(coefficients.subarray(0, k + 1));
  }
  throw new RangeError(
    `f must be smooth enough for a Hermite series of degree ${MAX_DEGREE} with tail ${tolerance}; the tail there is ${(tail / norm).toPrecision(3)} of E f^2. Pass a larger tolerance to cut it off knowingly`,
  );
}

/**
 * ReLU: max(z, 0), with derivative 0 at 0. On the population its kernel is the arc-cosine kernel
 * q(s) = (sqrt(1 - s^2) + (pi - acos s) s) / (2 pi) (SPEC.md, section 2); the solver of the infinite-width limit does not
 * take it.
 *
 * @example
 * ```ts
 * singleIndex({ d: 32, activation: relu(), link: hermite({ 2: 1 }), signed: true });
 * ```
 */
export function relu(): Relu {
  return { kind: "relu" };
}

/** @internal An activation as it comes from JSON or a caller. */
export function checkActivation(name: string, value: unknown): Activation {
  const given = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  if (given.kind === "relu") return relu();
  if (given.kind === "bump") return checkBump(`${name}.`, given);
  if (given.kind === "hermite" && Array.isArray(given.coefficients))
    return fromList(given.coefficients, `${name}.coefficients`);
  return wrongKind(name, "an activation made by hermite(), relu(), gaussianBump() or activation()", value);
}
