// Samples of a block on their way into the two products: converted and packed, then scaled by their residuals.

import { Batch, INPUTS, RESIDUALS, scaledRows } from "./batch";

/** Row of the data that stands in a slot. */
export function rowOf(batch: Batch, slot: usize): usize {
  return batch.order == 0 ? slot : <usize>load<u32>(batch.order + (slot << 2));
}

/** X[b/4][c][b%4] = sample of slot + b for b < count, 0 from there on to the next multiple of 4. */
export function packInputs<T>(batch: Batch, slot: usize, count: usize): void {
  if (batch.inputType == 0) packAs<T, i8>(batch, slot, count);
  else if (batch.inputType == 1) packAs<T, f32>(batch, slot, count);
  else packAs<T, f64>(batch, slot, count);
}

function packAs<T, Input>(batch: Batch, slot: usize, count: usize): void {
  const length = batch.dimension * sizeof<Input>();
  const columns = (count + 3) & ~3;
  let out = batch.scratch + INPUTS;
  for (let b: usize = 0; b < columns; b += 4) {
    const present = min<usize>(4, count - b);
    // Rows that are not there are read as the first and overwritten.
    const x0 = batch.inputs + rowOf(batch, slot + b) * length;
    const x1 = present > 1 ? batch.inputs + rowOf(batch, slot + b + 1) * length : x0;
    const x2 = present > 2 ? batch.inputs + rowOf(batch, slot + b + 2) * length : x0;
    const x3 = present > 3 ? batch.inputs + rowOf(batch, slot + b + 3) * length : x0;
    const panel = out;
    for (let c: usize = 0; c < length; c += sizeof<Input>()) {
      store<T>(out, <T>load<Input>(x0 + c));
      store<T>(out + sizeof<T>(), <T>load<Input>(x1 + c));
      store<T>(out + 2 * sizeof<T>(), <T>load<Input>(x2 + c));
      store<T>(out + 3 * sizeof<T>(), <T>load<Input>(x3 + c));
      out += 4 * sizeof<T>();
    }
    for (let row = present; row < 4; ++row) {
      for (let x = panel + row * sizeof<T>(); x < out; x += 4 * sizeof<T>()) store<T>(x, <T>0);
    }
  }
}

/** Y[c/L][b][c%L] = r_b x_bc, zero for c >= d and for b from count to the next multiple of 4. */
export function scaleRows<T>(batch: Batch, count: usize): void {
  const lanes: usize = 32 / sizeof<T>();
  const d = batch.dimension;
  const columns = (count + 3) & ~3;
  const rows = scaledRows<T>(batch);
  for (let b = count; b < columns; ++b) store<f64>(batch.scratch + RESIDUALS + (b << 3), 0);
  const last = d & ~(lanes - 1);
  if (last < batch.stride) memory.fill(rows + last * columns * sizeof<T>(), 0, columns << 5);
  for (let b: usize = 0; b < columns; b += 4) {
    const x = batch.scratch + INPUTS + b * d * sizeof<T>();
    const residuals = batch.scratch + RESIDUALS + (b << 3);
    for (let c: usize = 0; c < d; c += lanes) {
      const target = rows + c * columns * sizeof<T>() + (b << 5);
      scaleTile<T>(x + c * (4 * sizeof<T>()), min(lanes, d - c), residuals, target);
    }
  }
}

/** Y[b][c] = r_b X[c][b], b < 4, c < count <= L; rows of Y are two vectors. */
function scaleTile<T>(x: usize, count: usize, residuals: usize, target: usize): void {
  if (ASC_FEATURE_SIMD) {
    if (count == 32 / sizeof<T>()) {
      const r0 = v128.load(residuals);
      const r1 = v128.load(residuals, 16);
      if (sizeof<T>() == 8) {
        for (let half: usize = 0; half < 2; ++half) transposeDoubles(x + (half << 6), r0, r1, target + (half << 4));
      } else {
        const low = f32x4.demote_f64x2_zero(r0);
        const r = v128.shuffle<f64>(low, f32x4.demote_f64x2_zero(r1), 0, 2);
        for (let half: usize = 0; half < 2; ++half) transposeSingles(x + (half << 6), r, target + (half << 4));
      }
      return;
    }
  }
  const r0 = <T>load<f64>(residuals);
  const r1 = <T>load<f64>(residuals, 8);
  const r2 = <T>load<f64>(residuals, 16);
  const r3 = <T>load<f64>(residuals, 24);
  for (let c: usize = 0; c < count; ++c) {
    store<T>(target, r0 * load<T>(x));
    store<T>(target, r1 * load<T>(x, sizeof<T>()), 32);
    store<T>(target, r2 * load<T>(x, 2 * sizeof<T>()), 64);
    store<T>(target, r3 * load<T>(x, 3 * sizeof<T>()), 96);
    x += 4 * sizeof<T>();
    target += sizeof<T>();
  }
}

/** Y[b][c] = r_b X[c][b], b < 4, c < 2, float64: r in two vectors. */
function transposeDoubles(x: usize, r0: v128, r1: v128, target: usize): void {
  const a0 = f64x2.mul(r0, v128.load(x));
  const a1 = f64x2.mul(r1, v128.load(x, 16));
  const b0 = f64x2.mul(r0, v128.load(x, 32));
  const b1 = f64x2.mul(r1, v128.load(x, 48));
  v128.store(target, v128.shuffle<f64>(a0, b0, 0, 2));
  v128.store(target, v128.shuffle<f64>(a0, b0, 1, 3), 32);
  v128.store(target, v128.shuffle<f64>(a1, b1, 0, 2), 64);
  v128.store(target, v128.shuffle<f64>(a1, b1, 1, 3), 96);
}

/** Y[b][c] = r_b X[c][b], b < 4, c < 4, float32. */
function transposeSingles(x: usize, r: v128, target: usize): void {
  const x0 = f32x4.mul(r, v128.load(x));
  const x1 = f32x4.mul(r, v128.load(x, 16));
  const x2 = f32x4.mul(r, v128.load(x, 32));
  const x3 = f32x4.mul(r, v128.load(x, 48));
  const first = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
  const second = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
  const third = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
  const fourth = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f64>(first, second, 0, 2));
  v128.store(target, v128.shuffle<f64>(first, second, 1, 3), 32);
  v128.store(target, v128.shuffle<f64>(third, fourth, 0, 2), 64);
  v128.store(target, v128.shuffle<f64>(third, fourth, 1, 3), 96);
}
