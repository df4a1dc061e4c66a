// Products of the two Hessians of a network on data with a field V of tangent vectors, one a particle: SPEC.md, section 5,
// with means over the samples for expectations. z_ib = <w_i,x_b>, t_ib = <V_i,x_b>, r_b = y_b - f(x_b):
//
//   local        (D V)_i = P_{w_i} a_i mean_b r_b sigma''(z_ib) t_ib x_b - a_i mean_b r_b sigma'(z_ib) z_ib V_i
//   interaction  (H V)_i = P_{w_i} a_i mean_b h_b sigma'(z_ib) x_b,   h_b = (1/m) sum_j a_j sigma'(z_jb) t_jb
//
// Float64 only. Blocks of samples, scratch and order of sums are those of gradient.ts; slices may start anywhere. `slope`
// is the block of sigma' as an activation (activation.ts), `panels` is V packed in panels of four rows.

import { gramBlock } from "../gemm/tile";
import { multiply } from "../math/product";
import { activate } from "./activation";
import { Batch, blockSamples, INPUTS, PANEL_SIGNS, PARTIALS, RESIDUALS, slopes, TANGENTS, VALUES } from "./batch";
import { backward, finishGradient } from "./gradient";
import { addOutputs, forward, Keep, outputOf, setPanelSigns } from "./outputs";
import { packInputs, rowOf, scaleRows } from "./samples";

/**
 * D (m x dp) += sum over the slots [first, last) of r_b sigma''(z_ib) t_ib x_b, and radial (m4) += r_b sigma'(z_ib) z_ib.
 */
export function batchLocalHessian(
  batch: Batch,
  slope: usize,
  panels: usize,
  first: usize,
  last: usize,
  D: usize,
  radial: usize,
): void {
  const samples = blockSamples(batch.width);
  for (let slot = first; slot < last; slot += samples) {
    const count = min(samples, last - slot);
    forward<f64>(batch, slot, count, Keep.ARGUMENTS);
    for (let b: usize = 0; b < count; ++b) {
      const label = load<f64>(batch.labels + (rowOf(batch, slot + b) << 3));
      store<f64>(batch.scratch + RESIDUALS + (b << 3), label - outputOf(batch, b));
    }
    curve(batch, slope, panels, count, radial);
    scaleRows<f64>(batch, count);
    backward<f64>(batch, (count + 3) & ~3, D);
  }
}

/** z -> sigma''(z) t for all particles, and radial += r sigma'(z) z. */
function curve(batch: Batch, slope: usize, panels: usize, count: usize, radial: usize): void {
  const d = batch.dimension;
  const columns = (count + 3) & ~3;
  const bytes = columns << 5;
  const slopeValues = batch.scratch + VALUES;
  const curvatures = batch.scratch + TANGENTS;
  let z = slopes<f64>(batch);
  for (let i: usize = 0; i < batch.width; i += 4) {
    activate<f64>(slope, z, slopeValues, curvatures, bytes);
    multiply(slopeValues, z, columns << 2);
    addScaledColumns(slopeValues, batch.scratch + RESIDUALS, count, radial + (i << 3));
    gramBlock(panels + ((i * d) << 3), 4, batch.scratch + INPUTS, columns, d, z);
    multiply(z, curvatures, columns << 2);
    z += bytes;
  }
}

/** sums_k += sum_b factors_b values[b][k], k < 4, b ascending. */
function addScaledColumns(values: usize, factors: usize, count: usize, sums: usize): void {
  if (ASC_FEATURE_SIMD) {
    let s0 = v128.load(sums);
    let s1 = v128.load(sums, 16);
    for (let b: usize = 0; b < count; ++b) {
      const factor = v128.load64_splat(factors + (b << 3));
      s0 = f64x2.add(s0, f64x2.mul(factor, v128.load(values + (b << 5))));
      s1 = f64x2.add(s1, f64x2.mul(factor, v128.load(values + (b << 5), 16)));
    }
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
  } else {
    for (let b: usize = 0; b < count; ++b) {
      const factor = load<f64>(factors + (b << 3));
      for (let k: usize = 0; k < 32; k += 8) {
        store<f64>(sums + k, load<f64>(sums + k) + factor * load<f64>(values + (b << 5) + k));
      }
    }
  }
}

/** G (m x dp) += sum over the slots [first, last) of h_b sigma'(z_ib) x_b; finishGradient makes H V of it. */
export function batchInteractionHessian(
  batch: Batch,
  slope: usize,
  panels: usize,
  first: usize,
  last: usize,
  G: usize,
): void {
  const samples = blockSamples(batch.width);
  for (let slot = first; slot < last; slot += samples) {
    const count = min(samples, last - slot);
    forwardTangent(batch, slope, panels, slot, count);
    for (let b: usize = 0; b < count; ++b) store<f64>(batch.scratch + RESIDUALS + (b << 3), outputOf(batch, b));
    scaleRows<f64>(batch, count);
    backward<f64>(batch, (count + 3) & ~3, G);
  }
}

/** F of a sigma'(z) t in place of a sigma(z) (outputs.ts), so that h = outputOf; sigma'(z) is left in the slopes. */
function forwardTangent(batch: Batch, slope: usize, panels: usize, slot: usize, count: usize): void {
  const d = batch.dimension;
  const columns = (count + 3) & ~3;
  const bytes = columns << 5;
  const inputs = batch.scratch + INPUTS;
  const z = batch.scratch + VALUES;
  const tangents = batch.scratch + TANGENTS;
  packInputs<f64>(batch, slot, count);
  memory.fill(batch.scratch + PARTIALS, 0, bytes);
  let values = slopes<f64>(batch);
  for (let i: usize = 0; i < batch.width; i += 4) {
    gramBlock(batch.panels + ((i * d) << 3), 4, inputs, columns, d, z);
    activate<f64>(slope, z, values, 0, bytes);
    gramBlock(panels + ((i * d) << 3), 4, inputs, columns, d, tangents);
    multiply(tangents, values, columns << 2);
    setPanelSigns<f64>(batch, i);
    addOutputs<f64>(tangents, columns, batch.scratch + PANEL_SIGNS, batch.scratch + PARTIALS);
    values += bytes;
  }
}

/** In place: D_i <- P_{w_i} (a_i D_i / count) - (a_i radial_i / count) V_i, i < m; W, V and D with stride dp. */
export function finishLocalHessian(
  W: usize,
  V: usize,
  D: usize,
  radial: usize,
  signs: usize,
  count: usize,
  m: usize,
  d: usize,
  dp: usize,
): void {
  finishGradient(W, D, signs, count, false, m, d, dp);
  for (let i: usize = 0; i < m; ++i) {
    const sign = signs == 0 ? 1.0 : load<f64>(signs + (i << 3));
    const factor = (sign * load<f64>(radial + (i << 3))) / <f64>count;
    const v = V + ((i * dp) << 3);
    const target = D + ((i * dp) << 3);
    for (let c: usize = 0; c < d << 3; c += 8) {
      store<f64>(target + c, load<f64>(target + c) - factor * load<f64>(v + c));
    }
  }
}
