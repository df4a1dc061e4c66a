// Blocks of memory whose layout the kernels and TypeScript share: the network block of assembly/population/network.ts,
// the moments block of assembly/population/moments.ts, the batch block of assembly/empirical/batch.ts, and the kernel
// functions of assembly/math/.

import type { Slot } from "./arena.ts";
import type { Address } from "./kernels.ts";

/** The functions of an inner product that a problem is to the kernels of the population, in the order of the network block. */
export const POPULATION_FUNCTIONS = [
  "kernel",
  "kernelDerivative",
  "kernelCurvature",
  "kernelRadial",
  "link",
  "linkDerivative",
  "linkCurvature",
  "linkRadial",
] as const;

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
  ...POPULATION_FUNCTIONS,
  "scratch",
] as const;

/** The words of a batch block, in order. */
const BATCH_WORDS = [
  "width",
  "dimension",
  "stride",
  "single",
  "particles",
  "panels",
  "signs",
  "inputs",
  "inputType",
  "labels",
  "order",
  "activation",
  "correlation",
  "scratch",
] as const;

/** The words of a moments block, in order. */
const MOMENTS_WORDS = [
  "rows",
  "runs",
  "runCount",
  "groups",
  "groupCount",
  "sums",
  "coefficients",
  "radial",
  "scratch",
  "unused",
] as const;

export type NetworkBlock = Record<(typeof NETWORK_WORDS)[number], number | Address>;
export type MomentsBlock = Record<Exclude<(typeof MOMENTS_WORDS)[number], "unused">, number | Address>;
export type BatchBlock = Record<(typeof BATCH_WORDS)[number], number | Address>;

/** Lengths of the blocks as slots of float64 numbers. */
export const NETWORK_BLOCK_LENGTH = NETWORK_WORDS.length / 2;
export const BATCH_BLOCK_LENGTH = BATCH_WORDS.length / 2;

export const MOMENTS_BLOCK_LENGTH = MOMENTS_WORDS.length / 2;

/** Numbers that stand for the element types of inputs. */
export const INPUT_TYPE = { int8: 0, float32: 1, float64: 2 } as const;

function writeWords<Word extends string>(slot: Slot, order: readonly Word[], block: Record<Word, number>): Address {
  const { words } = slot;
  order.forEach((word, index) => {
    words[index] = block[word];
  });
  return slot.address;
}

/** Writes a network block and returns its address. */
export function writeNetwork(slot: Slot, block: NetworkBlock): Address {
  return writeWords(slot, NETWORK_WORDS, block);
}

/** Writes a batch block and returns its address. */
export function writeBatch(slot: Slot, block: BatchBlock): Address {
  return writeWords(slot, BATCH_WORDS, block);
}

/** Writes a moments block and returns its address. */
export function writeMoments(slot: Slot, block: MomentsBlock): Address {
  return writeWords(slot, MOMENTS_WORDS, { ...block, unused: 0 });
}

/** The kernel functions of ReLU as the kernels take them: q, or its first or second derivative (SPEC.md, section 2). */
export function arcCosineBlock(order: 0 | 1 | 2): Float64Array {
  return Float64Array.of(1, 0, 1, 1 + order, 0);
}

/** A polynomial as the kernels take it: n, low, step, 0, c_0 .. c_(n-1). */
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
