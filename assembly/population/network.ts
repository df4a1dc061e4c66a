// A finite-width network and its problem as the kernels see them: one block of 32-bit words, written by
// src/engine/blocks.ts in this order. Arrays are float64, aligned to 16 bytes; functions as in math/kernel-function.ts.

@unmanaged
export class Network {
  /** m, the number of particles. */
  width: usize;
  /** d, the input dimension. */
  dimension: usize;
  /** dp, d rounded up to a multiple of 4: the stride of W. */
  stride: usize;
  /** W (m4 x dp, m4 = m rounded up to a multiple of 4), unit rows. */
  particles: usize;
  /** W again, packed in panels of four rows (gemm/README.md); see packPanels. */
  panels: usize;
  /** a (m4), second-layer signs; 0 where all are +1. */
  signs: usize;
  /** U (teacherCount x dp), unit rows. */
  teachers: usize;
  /** omega (teacherCount). */
  teacherWeights: usize;
  teacherCount: usize;
  /** Functions of s: q, q', q'', and the radial series sum_k c_k e_k s^k. */
  kernel: usize;
  kernelDerivative: usize;
  kernelCurvature: usize;
  kernelRadial: usize;
  /** Functions of <w, u>: phi, phi', phi'', and sum_k b_k e_k s^k. */
  link: usize;
  linkDerivative: usize;
  linkCurvature: usize;
  linkRadial: usize;
  /** Scratch of scratchSize(dp) bytes. */
  scratch: usize;
}

/** Rows and columns of the block of the Gram matrix that is held at a time. */
export const BLOCK_ROWS: usize = 32;
export const BLOCK_COLUMNS: usize = 64;

const BLOCK_BYTES: usize = (BLOCK_ROWS * BLOCK_COLUMNS) << 3;

// The scratch area: the Gram block, its image under a polynomial, a transposed block, one sum a row, the block of G.
export const GRAM: usize = 0;
export const IMAGE: usize = BLOCK_BYTES;
export const TRANSPOSED: usize = 2 * BLOCK_BYTES;
export const ROW_SUMS: usize = 3 * BLOCK_BYTES;
export const GRADIENT: usize = 3 * BLOCK_BYTES + (BLOCK_ROWS << 3);

/** Bytes of scratch for stride dp. */
export function scratchSize(dp: usize): usize {
  return GRADIENT + ((BLOCK_ROWS * dp) << 3);
}

/** <x, y> over n coordinates, ascending. */
export function dot(x: usize, y: usize, n: usize): f64 {
  let sum: f64 = 0;
  for (let c: usize = 0; c < n << 3; c += 8) sum += load<f64>(x + c) * load<f64>(y + c);
  return sum;
}
