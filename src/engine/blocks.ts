// Blocks of memory whose layout the kernels and TypeScript share: the network block of assembly/population/network.ts
// and the polynomials of assembly/math/polynomial.ts.

import type { Slot } from "./arena.ts";
import type { Address } from "./kernels.ts";

/** The words of a network block, in order. */
const NETWORK_WORDS = [
  "width",
  "dimension",
  "stride",
  "particles",
  "panels",
  "signs",
  "teachers",
  "teacherWeights",
  "teacherCount",
  "kernel",
  "kernelDerivative",
  "kernelRadial",
  "link",
  "linkDerivative",
  "linkRadial",
  "scratch",
] as const;

export type NetworkBlock = Record<(typeof NETWORK_WORDS)[number], number | Address>;

/** Length of a network block as a slot of float64 numbers. */
export const NETWORK_BLOCK_LENGTH = NETWORK_WORDS.length / 2;

/** Writes a network block and returns its address. */
export function writeNetwork(slot: Slot, block: NetworkBlock): Address {
  const words = new Uint32Array(slot.view.buffer, slot.address, NETWORK_WORDS.length);
  NETWORK_WORDS.forEach((word, index) => {
    words[index] = block[word];
  });
  return slot.address;
}

/** A polynomial as the kernels take it: n, low, step, unused, c_0 .. c_(n-1). */
export function polynomialBlock(powers: ArrayLike<number>): Float64Array {
  let degree = powers.length - 1;
  while (degree > 0 && powers[degree] === 0) degree--;
  const parity = [0, 1].find((low) => {
    for (let k = 1 - low; k <= degree; k += 2) if (powers[k] !== 0) return false;
    return true;
  });
  const low = parity ?? 0;
  const step = parity === undefined ? 1 : 2;
  const coefficients = [];
  for (let k = low; k <= degree; k += step) coefficients.push(powers[k]);
  if (coefficients.length === 0) coefficients.push(0);
  return Float64Array.from([coefficients.length, low, step, 0, ...coefficients]);
}
