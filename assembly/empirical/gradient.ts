// The fused projected-gradient step on data (SPEC.md, section 1). With the residual
//
//   r_b = y_b - f(x_b),  or r_b = y_b for the correlation objective,
//
// batchGradient sums G_i = sum_b r_b sigma'(<w_i, x_b>) x_b, and finishGradient makes the velocity of it:
//
//   v_i = P_{w_i} (a_i G_i / B),  P_w = I - w w^T;  euclidean: without P_w.
//
// Samples are done in blocks: forward for all particles, residuals, backward; no array has n x m elements. r scales the
// sample and not sigma', so that the second product takes sigma' as it stands.

import { accumulateBlockOf } from "../gemm/tile";
import { Batch, blockSamples, lastRows, RESIDUALS, scaledRows, slopes } from "./batch";
import { forward, Keep, outputOf } from "./outputs";
import { rowOf, scaleRows } from "./samples";

/**
 * G (float64, m x dp) += sum over the slots [first, last) of r_b sigma'(<w_i, x_b>) x_b; returns the sum of
 * (f(x_b) - y_b)^2 over them, whatever the objective.
 *
 * A caller that comes back slice by slice gets the same G to the bit if slices start at multiples of 64 (with float64:
 * anywhere). The returned number is summed over the slots in ascending order.
 */
export function batchGradient(batch: Batch, first: usize, last: usize, G: usize): f64 {
  return batch.single ? gradient<f32>(batch, first, last, G) : gradient<f64>(batch, first, last, G);
}

/** out[b - first] = f(x_b) for the slots [first, last), float64. */
export function batchOutputs(batch: Batch, first: usize, last: usize, out: usize): void {
  if (batch.single) outputs<f32>(batch, first, last, out);
  else outputs<f64>(batch, first, last, out);
}

function gradient<T>(batch: Batch, first: usize, last: usize, G: usize): f64 {
  const samples = blockSamples(batch.width);
  let squares: f64 = 0;
  for (let slot = first; slot < last; slot += samples) {
    const count = min(samples, last - slot);
    forward<T>(batch, slot, count, Keep.SLOPES);
    for (let b: usize = 0; b < count; ++b) {
      const label = load<f64>(batch.labels + (rowOf(batch, slot + b) << 3));
      const residual = label - outputOf(batch, b);
      squares += residual * residual;
      store<f64>(batch.scratch + RESIDUALS + (b << 3), batch.correlation ? label : residual);
    }
    scaleRows<T>(batch, count);
    backward<T>(batch, (count + 3) & ~3, G);
  }
  return squares;
}

/** G += sigma' (r x), or whatever stands in the slopes; particles x samples times samples x coordinates. */
export function backward<T>(batch: Batch, columns: usize, G: usize): void {
  const lanes: usize = 32 / sizeof<T>();
  const dp = batch.stride;
  const whole = batch.width & ~(lanes - 1);
  const rest = ((batch.width - whole) * dp) << 3;
  const rows = scaledRows<T>(batch);
  accumulateBlockOf<T, v128>(slopes<T>(batch), whole, columns, rows, dp, G);
  if (rest == 0) return;
  // G has no rows behind the last particle.
  const end = lastRows<T>(batch);
  const target = G + ((whole * dp) << 3);
  memory.fill(end, 0, (lanes * dp) << 3);
  memory.copy(end, target, rest);
  const panel = slopes<T>(batch) + whole * columns * sizeof<T>();
  accumulateBlockOf<T, v128>(panel, lanes, columns, rows, dp, end);
  memory.copy(target, end, rest);
}

function outputs<T>(batch: Batch, first: usize, last: usize, out: usize): void {
  const samples = blockSamples(batch.width);
  for (let slot = first; slot < last; slot += samples) {
    const count = min(samples, last - slot);
    forward<T>(batch, slot, count, Keep.NOTHING);
    for (let b: usize = 0; b < count; ++b) store<f64>(out + ((slot - first + b) << 3), outputOf(batch, b));
  }
}

/**
 * In place: G_i <- g = a_i G_i / count, then, unless euclidean, g - <w_i, g> w_i; i < m, W and G float64 with stride
 * dp, signs (float64) or 0.
 */
export function finishGradient(
  W: usize,
  G: usize,
  signs: usize,
  count: usize,
  euclidean: bool,
  m: usize,
  d: usize,
  dp: usize,
): void {
  const end = d << 3;
  for (let i: usize = 0; i < m; ++i) {
    const w = W + ((i * dp) << 3);
    const g = G + ((i * dp) << 3);
    const sign = signs == 0 ? 1.0 : load<f64>(signs + (i << 3));
    let along: f64 = 0;
    for (let c: usize = 0; c < end; c += 8) {
      const x = (sign * load<f64>(g + c)) / <f64>count;
      along += load<f64>(w + c) * x;
      store<f64>(g + c, x);
    }
    if (euclidean) continue;
    for (let c: usize = 0; c < end; c += 8) store<f64>(g + c, load<f64>(g + c) - along * load<f64>(w + c));
  }
}
