// Distances between the particles of two networks, row by row.

import type { Particles } from "../network/particles.ts";

/** |w_i - w'_i| of the first rows, as many as the narrower network has. */
export function rowDistances(one: Particles, other: Particles): Float64Array {
  const { view: x } = one.W;
  const { view: y } = other.W;
  const distances = new Float64Array(Math.min(one.width, other.width));
  for (let i = 0; i < distances.length; i++) {
    let square = 0;
    for (let c = 0; c < one.dimension; c++) {
      const difference = x[i * one.stride + c] - y[i * other.stride + c];
      square += difference * difference;
    }
    distances[i] = Math.sqrt(square);
  }
  return distances;
}

/** Coordinates behind the relevant ones that the authors' estimate of |Delta| looks at. */
const AUTHORS_SAMPLE = 4;

/**
 * Mean over i of the estimate of |Delta_i| that the authors' code takes from the first k + 4 coordinates (SPEC.md,
 * section 8): sqrt(sum_{c<k} D_c^2 + mean_{c=k..k+3} D_c^2 (d - k) / 4). Only for comparison with their files: with D
 * alike in all coordinates from k on, its second term is 4 times too small.
 */
export function authorsMeanDelta(one: Particles, other: Particles, relevant: number): number {
  const { view: x } = one.W;
  const { view: y } = other.W;
  const d = one.dimension;
  const m = Math.min(one.width, other.width);
  const end = Math.min(relevant + AUTHORS_SAMPLE, d);
  const sampled = end - relevant;
  let sum = 0;
  for (let i = 0; i < m; i++) {
    const square = (c: number) => {
      const difference = x[i * one.stride + c] - y[i * other.stride + c];
      return difference * difference;
    };
    let relevantPart = 0;
    for (let c = 0; c < relevant; c++) relevantPart += square(c);
    let rest = 0;
    for (let c = relevant; c < end; c++) rest += square(c);
    const scaled = sampled > 0 ? (rest / sampled) * ((d - relevant) / sampled) : 0;
    sum += Math.sqrt(relevantPart + scaled);
  }
  return sum / m;
}
