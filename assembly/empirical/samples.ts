// Samples of a block on their way into the two products: converted and packed, then scaled by their residuals.

import { Batch, INPUTS, RESIDUALS, rowStride, scaledRows } from "./batch";

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
  const d = batch.dimension;
  const columns = (count + 3) & ~3;
  for (let b: usize = 0; b < columns; ++b) {
    let out = batch.scratch + INPUTS + ((b & ~3) * d + (b & 3)) * sizeof<T>();
    const end = out + d * (4 * sizeof<T>());
    if (b < count) {
      let x = batch.inputs + rowOf(batch, slot + b) * d * sizeof<Input>();
      for (; out < end; out += 4 * sizeof<T>()) {
        store<T>(out, <T>load<Input>(x));
        x += sizeof<Input>();
      }
    } else {
      for (; out < end; out += 4 * sizeof<T>()) store<T>(out, <T>0);
    }
  }
}

/** Row b = r_b x_b, zero in the padding columns and for b from count to the next multiple of 4. */
export function scaleRows<T>(batch: Batch, count: usize): void {
  const d = batch.dimension;
  const stride = rowStride<T>(batch) * sizeof<T>();
  const columns = (count + 3) & ~3;
  let out = scaledRows<T>(batch);
  for (let b: usize = 0; b < count; ++b) {
    const residual = <T>load<f64>(batch.scratch + RESIDUALS + (b << 3));
    let x = batch.scratch + INPUTS + ((b & ~3) * d + (b & 3)) * sizeof<T>();
    const end = out + d * sizeof<T>();
    for (let row = out; row < end; row += sizeof<T>()) {
      store<T>(row, residual * load<T>(x));
      x += 4 * sizeof<T>();
    }
    memory.fill(end, 0, (batch.stride - d) * sizeof<T>());
    out += stride;
  }
  memory.fill(out, 0, (columns - count) * stride);
}
