// Information exponents: the lowest degree at which a network sees its target.
//
// With sigma = sum_k c_k h_k, link = sum_k b_k h_k and teachers u_r of weight omega_r, degree k of the target reaches the
// network through b_k c_k sum_r omega_r <w, u_r>^k, which vanishes for all w where
//   |sum_r omega_r u_r^(tensor k)|^2 = sum_{r,r'} omega_r omega_r' <u_r, u_r'>^k
// does.  For Boolean targets it is the size of the smallest product.

import { leadingCoefficients } from "./series.ts";
import type { Activation, BooleanTerm } from "./types.ts";

/** Rounding of a sum of K^2 products, as a share of (sum |omega|)^2 and for each operation on one of them. */
const ROUNDING = 1e-15;

/** @internal Smallest k >= 1 with b_k c_k != 0 at which `seen(k)`; null where there is none. */
export function informationExponent(
  activation: Activation,
  link: Activation,
  seen: (k: number) => boolean = () => true,
): number | null {
  const c = leadingCoefficients(activation);
  const b = leadingCoefficients(link);
  const top = Math.min(b.length, c.length);
  for (let k = 1; k < top; k++) if (b[k] !== 0 && c[k] !== 0 && seen(k)) return k;
  return null;
}

function inner(u: readonly number[], v: readonly number[]): number {
  let sum = 0;
  for (let c = 0; c < u.length; c++) sum += u[c] * v[c];
  return sum;
}

/** @internal Whether the teachers do not cancel in degree k: |sum_r omega_r u_r^(tensor k)|^2 > 0 up to rounding. */
export function teachersShow(k: number, teachers: readonly (readonly number[])[], weights: readonly number[]): boolean {
  let square = 0;
  let size = 0;
  for (let r = 0; r < weights.length; r++) {
    size += Math.abs(weights[r]);
    for (let other = 0; other <= r; other++) {
      const s = inner(teachers[r], teachers[other]);
      let product = weights[r] * weights[other];
      for (let i = 0; i < k; i++) product *= s;
      square += other < r ? 2 * product : product;
    }
  }
  return square > ROUNDING * (k + (teachers[0]?.length ?? 0)) * size * size;
}

/** @internal Fewest coordinates, at least 1, of a product whose weight, after equal products are added, is not 0. */
export function booleanExponent(terms: readonly BooleanTerm[]): number | null {
  const sums = new Map<string, { size: number; weight: number }>();
  for (const { coordinates, weight } of terms) {
    const key = [...coordinates].sort((a, b) => a - b).join();
    sums.set(key, { size: coordinates.length, weight: weight + (sums.get(key)?.weight ?? 0) });
  }
  let least = Number.POSITIVE_INFINITY;
  for (const { size, weight } of sums.values()) if (weight !== 0 && size > 0) least = Math.min(least, size);
  return Number.isFinite(least) ? least : null;
}
