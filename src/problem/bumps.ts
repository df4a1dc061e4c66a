// Gaussian bumps sigma(z) = (constant + square z^2) exp(-rate z^2) + offset, and their Hermite coefficients in closed form.
//
// From the generating function, with a = rate, D = 1 + 2a and u = a / D:
//   E[exp(-a z^2) He_2n]     = (2n)!/n! (-1)^n D^(-1/2) u^n
//   E[z^2 exp(-a z^2) He_2n] = (2n)!/n! (-1)^n D^(-5/2) u^(n-1) (a - n),   D^(-3/2) for n = 0
// and h_2n = He_2n / sqrt((2n)!), so that
//   c_0  = D^(-3/2) (constant D + square) + offset
//   c_2n = sqrt((2n)!)/n! (-1)^n D^(-5/2) u^(n-1) (constant a D + square (a - n))
// They were checked against quadrature (tests/unit/problem-activation.test.ts).

import { checkNumber, checkOptions } from "../core/check.ts";
import type { GaussianBump } from "./types.ts";

/** Degree at which a series ends at the latest. */
export const LAST_DEGREE = 256;

/** Degree up to which the tail is summed: beyond, nothing is left of a series that ends in time. */
const TAIL_DEGREE = 1024;

/** Coefficients beyond this share of the norm are left out: sum_{k > K} c_k^2 <= TAIL sum_{k > 0} c_k^2. */
const TAIL = 1e-14;

/** Below this share of the norm a coefficient is rounding, and set to 0: it decides k*. */
const ROUNDING = 1e-14;

/** Largest parameter: what is made of products and squares of it must stay finite. */
const LARGEST = 1e100;

/** @internal A bump as it comes from JSON or a caller; `path` stands before the names of its numbers. */
export function checkBump(path: string, given: Record<string, unknown>): GaussianBump {
  const number = (key: string, range = {}) =>
    // Adding 0 turns -0, which JSON does not keep, into 0.
    checkNumber(`${path}${key}`, given[key], { min: -LARGEST, max: LARGEST, ...range }) + 0;
  return {
    kind: "bump",
    rate: number("rate", { min: 0, above: true }),
    constant: number("constant"),
    square: number("square"),
    offset: number("offset"),
  };
}

/**
 * The Gaussian bump sigma(z) = (constant + square z^2) exp(-rate z^2) + offset.
 *
 * On samples it is computed as it stands. On the population, and in the infinite-width limit, it is the Hermite series
 * that leaves 1e-14 of its square; a bump so narrow that degree 256 does not reach that (a rate above about 3) has no
 * closed form there and can only be trained on samples.
 *
 * @param options - `rate`: above 0; `square`: factor of z^2; `constant` and `offset`: default 0.
 * @throws TypeError or RangeError naming the option.
 * @example
 * ```ts
 * gaussianBump({ rate: 0.5, square: 2, constant: -1 }); // exp(-z^2/2) (2 z^2 - 1)
 * ```
 */
export function gaussianBump(options: {
  rate: number;
  square: number;
  constant?: number | undefined;
  offset?: number | undefined;
}): GaussianBump {
  checkOptions("gaussianBump", options, ["rate", "square", "constant", "offset"]);
  return checkBump("", { ...options, constant: options.constant ?? 0, offset: options.offset ?? 0 });
}

/** c_0 .. c_degree, rounding cleared away. */
function coefficientsTo(degree: number, { rate, constant, square, offset }: GaussianBump): Float64Array {
  const D = 1 + 2 * rate;
  const coefficients = new Float64Array(degree + 1);
  // The larger of the two parameters is taken out, so that no ratio leaves the range of numbers.
  const leading = Math.abs(square) >= Math.abs(constant) ? square : constant;
  const [z0, z2] = leading === 0 ? [0, 0] : [constant / leading, square / leading];
  const scale = leading / (D * D * Math.sqrt(D));
  let norm = 0;
  // sqrt((2n)!)/n! (-1)^n grows like 2^n, u^(n-1) falls faster: neither leaves the range of numbers.
  let factor = 1;
  let power = 1;
  for (let n = 1; 2 * n <= degree; n++) {
    factor *= -Math.sqrt(2 * n * (2 * n - 1)) / n;
    const c = factor * (scale * power * (z0 * rate * D + z2 * (rate - n)));
    coefficients[2 * n] = c;
    norm += c * c;
    power *= rate / D;
  }
  const least = ROUNDING * Math.sqrt(norm);
  for (let k = 1; k <= degree; k++) if (Math.abs(coefficients[k]) <= least) coefficients[k] = 0;
  const mean = (constant * D + square) / (D * Math.sqrt(D)) + offset;
  coefficients[0] = Math.abs(mean) <= least + ROUNDING * Math.abs(offset) ? 0 : mean;
  return coefficients;
}

/** @internal c_0 .. c_256, whatever is left beyond. */
export function leadingBumpCoefficients(bump: GaussianBump): readonly number[] {
  return Array.from(coefficientsTo(LAST_DEGREE, bump));
}

/** @internal The series, cut where its tail is below TAIL; null where that is beyond degree 256. */
export function bumpSeries(bump: GaussianBump): readonly number[] | null {
  const all = coefficientsTo(TAIL_DEGREE, bump);
  const norm = all.subarray(1).reduce((sum, c) => sum + c * c, 0);
  let degree = TAIL_DEGREE;
  for (let tail = 0; degree > 0; degree--) {
    tail += all[degree] * all[degree];
    if (tail > TAIL * norm) break;
  }
  return degree > LAST_DEGREE ? null : Array.from(all.subarray(0, degree + 1));
}
