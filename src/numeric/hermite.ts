// Gauss-Hermite quadrature for the standard normal law, with + - * / sqrt only: activations are expanded before there
// is an engine, and must come out the same on every host.
//
// h_k = He_k / sqrt(k!) obeys  sqrt(k+1) h_(k+1) = x h_k - sqrt(k) h_(k-1).  The nodes are the zeros of h_n, found by
// bisection on Sturm counts of the Jacobi matrix (off-diagonal sqrt(k)); the weight of a node is 1 / sum_(k<n) h_k^2.

import type { Quadrature } from "./legendre.ts";

/** Number of zeros of h_n below x. */
function zerosBelow(n: number, x: number): number {
  let count = 0;
  let pivot = -x;
  for (let k = 0; ; k++) {
    if (pivot < 0) count++;
    if (k === n - 1) return count;
    if (pivot === 0) pivot = Number.MIN_VALUE;
    pivot = -x - (k + 1) / pivot;
  }
}

/** The n-point rule: sum_i weights[i] f(nodes[i]) = E f(x), x ~ N(0, 1), for polynomials of degree 2n - 1. */
export function gaussHermite(n: number): Quadrature {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  const reach = 2 * Math.sqrt(n) + 1;
  for (let i = 0; i < n; i++) {
    let low = i === 0 ? -reach : nodes[i - 1];
    let high = reach;
    for (;;) {
      const middle = (low + high) / 2;
      if (middle <= low || middle >= high) break;
      if (zerosBelow(n, middle) > i) high = middle;
      else low = middle;
    }
    nodes[i] = low;
    weights[i] = 1 / hermiteSquares(n, low);
  }
  return { nodes, weights };
}

function hermiteSquares(n: number, x: number): number {
  let sum = 0;
  let h = 1;
  let before = 0;
  for (let k = 0; k < n; k++) {
    sum += h * h;
    const next = (x * h - Math.sqrt(k) * before) / Math.sqrt(k + 1);
    before = h;
    h = next;
  }
  return sum;
}

/** E f h_k for k <= degree by the given rule, and E f^2. */
export function hermiteCoefficients(
  f: (x: number) => number,
  degree: number,
  { nodes, weights }: Quadrature,
): { coefficients: Float64Array; norm: number } {
  const coefficients = new Float64Array(degree + 1);
  let norm = 0;
  for (let i = 0; i < nodes.length; i++) {
    const x = nodes[i];
    const value = f(x);
    norm += weights[i] * value * value;
    let h = 1;
    let before = 0;
    for (let k = 0; k <= degree; k++) {
      coefficients[k] += weights[i] * value * h;
      const next = (x * h - Math.sqrt(k) * before) / Math.sqrt(k + 1);
      before = h;
      h = next;
    }
  }
  return { coefficients, norm };
}

/** Powers of z of sum_k coefficients[k] h_k: He_(k+1) = z He_k - k He_(k-1), whose coefficients are whole numbers. */
export function hermitePowers(coefficients: ArrayLike<number>): Float64Array {
  const n = coefficients.length;
  const powers = new Float64Array(n);
  let He = new Float64Array(n + 1);
  let before = new Float64Array(n + 1);
  He[0] = 1;
  let factorial = 1;
  for (let k = 0; k < n; k++) {
    if (k > 0) factorial *= k;
    const scale = coefficients[k] / Math.sqrt(factorial);
    for (let j = 0; j <= k; j++) powers[j] += scale * He[j];
    const next = new Float64Array(n + 1);
    for (let j = 0; j <= k; j++) {
      next[j + 1] += He[j];
      next[j] -= k * before[j];
    }
    before = He;
    He = next;
  }
  return powers;
}
