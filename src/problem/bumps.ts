// Hermite coefficients of the Gaussian bumps of the authors' experiments, in closed form.
//
// From the generating function, with u = a / (1 + 2a):
//   E[exp(-a z^2) He_2n]     = (2n)!/n! (-1)^n (1 + 2a)^(-1/2) u^n
//   E[z^2 exp(-a z^2) He_2n] = (2n)!/n! (-1)^n (1 + 2a)^(-5/2) u^(n-1) (a - n),   (1 + 2a)^(-3/2) for n = 0
// and h_2n = He_2n / sqrt((2n)!).  They were checked against quadrature (tests/unit/problem.test.ts).

import { MAX_DEGREE, series } from "./activation.ts";
import type { HermiteSeries } from "./types.ts";

/** Coefficients beyond this share of the norm are left out: sum_{k > K} c_k^2 <= TAIL sum_k c_k^2. */
const TAIL = 1e-14;

/** The even series with c_0 and c_2n = sqrt((2n)!)/n! (-1)^n term(n), cut where its tail is below TAIL. */
function evenSeries(constant: number, term: (n: number) => number): HermiteSeries {
  const coefficients = new Float64Array(2 * MAX_DEGREE + 1);
  coefficients[0] = constant;
  let factor = 1;
  for (let n = 1; n <= MAX_DEGREE; n++) {
    factor *= -Math.sqrt(2 * n * (2 * n - 1)) / n;
    coefficients[2 * n] = factor * term(n);
  }
  const norm = coefficients.reduce((sum, c) => sum + c * c, 0);
  let degree = coefficients.length - 1;
  for (let tail = 0; degree > 0; degree--) {
    tail += coefficients[degree] * coefficients[degree];
    if (tail > TAIL * norm) break;
  }
  return series(coefficients.subarray(0, degree + 1));
}

/** x^n for whole n >= 0, by products. */
function power(x: number, n: number): number {
  let product = 1;
  for (let i = 0; i < n; i++) product *= x;
  return product;
}

/** g(z) = 5 (z^2 exp(-z^2) - sqrt(3)/9): a = 1, E g = 0 and c_2 = 0, so the information exponent is 4. */
export function ge4(): HermiteSeries {
  const scale = 5 / (9 * Math.sqrt(3));
  return evenSeries(0, (n) => scale * power(1 / 3, n - 1) * (1 - n));
}

/** exp(-z^2/2) (2 z^2 - 1): a = 1/2; the two parts add up to -(n/2) (1/4)^(n-1) / sqrt(2). */
export function narrowBump(): HermiteSeries {
  const scale = -1 / (2 * Math.sqrt(2));
  return evenSeries(0, (n) => scale * n * power(1 / 4, n - 1));
}
