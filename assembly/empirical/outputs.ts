// Outputs f(x_b) = (1/m) sum_i a_i sigma(<w_i, x_b>) of one block of samples.
//
// The sum over i runs over panels of L particles in ascending order. Four partial sums of float64 a sample: particle i
// goes to F[b][i%4]; with T = f32 the particles i and i + 4 of a panel are added in float32 first. At the end
// f = ((F_0 + F_1) + (F_2 + F_3)) / m.

import { gramBlockOf } from "../gemm/tile";
import { activate } from "./activation";
import { Batch, INPUTS, PANEL_SIGNS, PARTIALS, slopes, VALUES } from "./batch";
import { packInputs } from "./samples";

/** What a forward pass leaves in the slopes of a batch: nothing, z, or sigma'(z). */
export enum Keep {
  NOTHING,
  ARGUMENTS,
  SLOPES,
}

/** F of the samples [slot, slot + count). */
export function forward<T>(batch: Batch, slot: usize, count: usize, keep: Keep): void {
  const lanes: usize = 32 / sizeof<T>();
  const d = batch.dimension;
  const columns = (count + 3) & ~3;
  const inputs = batch.scratch + INPUTS;
  const values = batch.scratch + VALUES;
  packInputs<T>(batch, slot, count);
  memory.fill(batch.scratch + PARTIALS, 0, columns << 5);
  let z = slopes<T>(batch);
  let panel = batch.panels;
  for (let i: usize = 0; i < batch.width; i += lanes) {
    gramBlockOf<T>(panel, lanes, inputs, columns, d, z);
    activate<T>(batch.activation, z, values, keep == Keep.SLOPES ? z : 0, columns << 5);
    setPanelSigns<T>(batch, i);
    addOutputs<T>(values, columns, batch.scratch + PANEL_SIGNS, batch.scratch + PARTIALS);
    panel += d << 5;
    // Where nothing is kept z is used again, while it is in the cache.
    if (keep != Keep.NOTHING) z += columns << 5;
  }
}

/** The signs of the particles i .. i + L - 1; 0 behind the last one, where sigma(0) may be anything. */
export function setPanelSigns<T>(batch: Batch, i: usize): void {
  const lanes: usize = 32 / sizeof<T>();
  const out = batch.scratch + PANEL_SIGNS;
  for (let lane: usize = 0; lane < lanes; ++lane) {
    let sign: f64 = batch.signs == 0 ? 1 : load<f64>(batch.signs + ((i + lane) << 3));
    if (i + lane >= batch.width) sign = 0;
    store<T>(out + lane * sizeof<T>(), <T>sign);
  }
}

/** F[b][k%4] += signs[k] values[b][k], k < L. */
export function addOutputs<T>(values: usize, columns: usize, signs: usize, partials: usize): void {
  if (ASC_FEATURE_SIMD) {
    const sign0 = v128.load(signs);
    const sign1 = v128.load(signs, 16);
    for (let b: usize = 0; b < columns << 5; b += 32) {
      let term0 = v128.mul<T>(sign0, v128.load(values + b));
      let term1 = v128.mul<T>(sign1, v128.load(values + b, 16));
      if (sizeof<T>() == 4) {
        const sum = v128.add<T>(term0, term1);
        term0 = f64x2.promote_low_f32x4(sum);
        term1 = f64x2.promote_low_f32x4(v128.shuffle<f64>(sum, sum, 1, 1));
      }
      const slot = partials + b;
      v128.store(slot, f64x2.add(v128.load(slot), term0));
      v128.store(slot, f64x2.add(v128.load(slot, 16), term1), 16);
    }
  } else {
    for (let b: usize = 0; b < columns << 5; b += 32) {
      for (let k: usize = 0; k < 4; ++k) {
        const near = k * sizeof<T>();
        let term = load<T>(signs + near) * load<T>(values + b + near);
        if (sizeof<T>() == 4) term += load<T>(signs + near, 16) * load<T>(values + b + near, 16);
        const slot = partials + b + (k << 3);
        store<f64>(slot, load<f64>(slot) + <f64>term);
      }
    }
  }
}

/** f of sample b of the block. */
export function outputOf(batch: Batch, b: usize): f64 {
  const slot = batch.scratch + PARTIALS + (b << 5);
  return (load<f64>(slot) + load<f64>(slot, 8) + (load<f64>(slot, 16) + load<f64>(slot, 24))) / <f64>batch.width;
}
