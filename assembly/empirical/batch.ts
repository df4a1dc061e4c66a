// A network and the samples it is trained on as the kernels see them: one block of 32-bit words, written by
// src/engine/blocks.ts in this order. T is the element type of the computation, L = 32 / sizeof(T) the rows of a panel
// (gemm/README.md), mp = m rounded up to a multiple of L. Arrays at multiples of 16 bytes.

import { packPanelsOf } from "../gemm/tile";

@unmanaged
export class Batch {
  /** m, the number of particles. */
  width: usize;
  /** d, the input dimension. */
  dimension: usize;
  /** dp, d rounded up to a multiple of L: the stride of W and G. */
  stride: usize;
  /** T: 1 float32, 0 float64. */
  single: usize;
  /** W (float64, mp x dp). */
  particles: usize;
  /** W again, T, in panels of L rows; see packBatch. */
  panels: usize;
  /** a (float64, mp), second-layer signs; 0 where all are +1. */
  signs: usize;
  /** First row of the samples: rows of d elements, without padding and at any address. */
  inputs: usize;
  /** Element of inputs: 0 int8, 1 float32, 2 float64. */
  inputType: usize;
  /** y (float64), by row; batchOutputs does not read it. */
  labels: usize;
  /** Row of each slot (u32); 0 where slot = row. */
  order: usize;
  /** See activation.ts; table in T. */
  activation: usize;
  /** Objective: 0 the square (f - y)^2, 1 the correlation -f y. */
  correlation: usize;
  /** Scratch of batchScratchSize bytes. */
  scratch: usize;
}

/** Most samples of a block. */
const MOST: usize = 64;

// The scratch area: first what has one size for all networks.
/** F (float64, samples x 4): partial sums of the outputs. */
export const PARTIALS: usize = 0;
/** sigma of one panel of particles (T, samples x L). */
export const VALUES: usize = PARTIALS + MOST * 32;
/** <V, x> or sigma'' of one panel (float64, samples x 4), in products with Hessians. */
export const TANGENTS: usize = VALUES + MOST * 32;
/** r (float64, samples). */
export const RESIDUALS: usize = TANGENTS + MOST * 32;
/** a of one panel (T, L), 0 behind the last particle. */
export const PANEL_SIGNS: usize = RESIDUALS + (MOST << 3);
/** X of the block in panels of four samples (T, [b/4][c][b%4]). */
export const INPUTS: usize = PANEL_SIGNS + 64;

/** Samples of a block: a function of m alone, because float32 sums depend on it. */
export function blockSamples(width: usize): usize {
  return width <= 16384 ? MOST : 16;
}

/** r_b x_b in panels of L coordinates (T, [c/L][b][c%L]). */
export function scaledRows<T>(batch: Batch): usize {
  return batch.scratch + INPUTS + blockSamples(batch.width) * batch.dimension * sizeof<T>();
}

/** z, then what multiplies r x: sigma'(z), in panels of L particles (T, [i/L][b][i%L]). */
export function slopes<T>(batch: Batch): usize {
  return scaledRows<T>(batch) + blockSamples(batch.width) * batch.stride * sizeof<T>();
}

/** Rows of G that fill the last panel (float64, L x dp). */
export function lastRows<T>(batch: Batch): usize {
  return slopes<T>(batch) + blockSamples(batch.width) * roundToPanels<T>(batch.width) * sizeof<T>();
}

export function roundToPanels<T>(m: usize): usize {
  const lanes: usize = 32 / sizeof<T>();
  return (m + lanes - 1) & ~(lanes - 1);
}

/** Bytes of scratch, a multiple of 64. */
export function batchScratchSize(width: usize, dimension: usize, stride: usize, single: usize): usize {
  const size: usize = single ? 4 : 8;
  const lanes: usize = 32 / size;
  const padded = (width + lanes - 1) & ~(lanes - 1);
  return INPUTS + blockSamples(width) * (dimension + stride + padded) * size + ((lanes * stride) << 3);
}

/** W -> panels; wanted after every change of W. */
export function packBatch(batch: Batch): void {
  if (batch.single) pack<f32>(batch);
  else pack<f64>(batch);
}

function pack<T>(batch: Batch): void {
  packPanelsOf<T>(batch.particles, batch.width, batch.dimension, batch.stride, batch.panels);
}
