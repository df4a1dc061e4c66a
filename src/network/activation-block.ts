// An activation or link as the kernels of assembly/empirical/activation.ts take it: a header of four float64 numbers
// [kind, n, low, step], then a table in the precision of the computation. The derivative of an activation is such a block too.

import { hermitePowers } from "../numeric/hermite.ts";
import type { Activation } from "../problem/types.ts";

/** Number format of the computation on data. */
export type Precision = "float64" | "float32";

const KIND = { polynomial: 0, series: 1, relu: 2, bump: 3, step: 4, oddBump: 5 };

/** Up to this degree Horner's rule in powers keeps its digits; above it the three-term recurrence is taken. */
const HORNER_DEGREE = 8;

interface Table {
  header: [kind: number, n: number, low: number, step: number];
  values: number[];
}

/** sigma and sigma' in powers of z, or of z^2 where sigma is even or odd. */
function polynomialTable(coefficients: readonly number[]): Table {
  const powers = hermitePowers(coefficients);
  const has = (parity: number) => powers.some((c, k) => k % 2 === parity && c !== 0);
  const step = has(0) && has(1) ? 1 : 2;
  const low = step === 2 && has(1) ? 1 : 0;
  const value: number[] = [];
  for (let k = low; k < powers.length; k += step) value.push(powers[k]);
  if (value.length === 0) value.push(0);
  const n = value.length;
  // With low = 1 the derivative starts at z^0 and has n terms; else the term of z^0 falls away.
  const slope = value.map((c, i) => (low + step * i) * c);
  const derivative = low === 1 ? slope : [...slope.slice(1), 0];
  return { header: [KIND.polynomial, n, low, step], values: [...value, ...derivative] };
}

/** Rows [A_k, B_k, c_k, d_k] with h_(k+1) = A_k z h_k - B_k h_(k-1) and sigma' = sum_k d_k h_k. */
function seriesTable(coefficients: readonly number[]): Table {
  const values = coefficients.flatMap((c, k) => {
    const root = Math.sqrt(k + 1);
    return [1 / root, Math.sqrt(k) / root, c, root * (coefficients[k + 1] ?? 0)];
  });
  return { header: [KIND.series, coefficients.length, 0, 1], values };
}

function table(activation: Activation): Table {
  switch (activation.kind) {
    case "relu":
      return { header: [KIND.relu, 0, 0, 1], values: [] };
    case "bump": {
      const { rate, constant, square, offset } = activation;
      return { header: [KIND.bump, 4, 0, 1], values: [rate, constant, square, offset] };
    }
    case "hermite":
      return hermiteTable(activation.coefficients);
  }
}

function hermiteTable(coefficients: readonly number[]): Table {
  return coefficients.length <= HORNER_DEGREE + 1 ? polynomialTable(coefficients) : seriesTable(coefficients);
}

/** sigma' in place of sigma. */
function slopeTable(activation: Activation): Table {
  switch (activation.kind) {
    case "relu":
      return { header: [KIND.step, 0, 0, 1], values: [] };
    case "bump": {
      const { rate, constant, square } = activation;
      return {
        header: [KIND.oddBump, 3, 0, 1],
        values: [rate, 2 * square - 2 * rate * constant, -2 * rate * square],
      };
    }
    case "hermite": {
      // h_k' = sqrt(k) h_(k-1)
      const slopes = activation.coefficients.slice(1).map((c, k) => Math.sqrt(k + 1) * c);
      return hermiteTable(slopes.length === 0 ? [0] : slopes);
    }
  }
}

/** The block of sigma', whose own derivative is sigma'', in float64; ReLU's is 0, as it is away from the kink. */
export function slopeBlock(activation: Activation): Float64Array {
  const { header, values } = slopeTable(activation);
  return Float64Array.from([...header, ...values]);
}

/** The block, to be copied into a slot of its length. */
export function activationBlock(activation: Activation, precision: Precision): Float64Array {
  const { header, values } = table(activation);
  if (precision === "float64") return Float64Array.from([...header, ...values]);
  const block = new Float64Array(header.length + Math.ceil(values.length / 2));
  block.set(header);
  new Float32Array(block.buffer, 8 * header.length).set(values);
  return block;
}

/** Multiplications that one value of sigma and sigma' takes, for estimates of work. */
export function activationWork(activation: Activation): number {
  return activation.kind === "bump" ? 24 : 2 + 2 * table(activation).header[1];
}
