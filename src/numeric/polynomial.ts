// Polynomials by their powers.

/** sum_k powers[k] x^k. */
export function horner(powers: ArrayLike<number>, x: number): number {
  let value = 0;
  for (let k = powers.length - 1; k >= 0; k--) value = value * x + powers[k];
  return value;
}
