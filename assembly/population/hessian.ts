// Products of the two Hessians of a finite network on the population with a field V of tangent vectors, one a particle
// (SPEC.md, section 5; the measure is the network itself). With P_w = I - w w^T:
//
//   local        (D V)_i = P_{w_i} a_i [ sum_r omega_r phi''(<w_i,u_r>) <u_r,V_i> u_r
//                                        - (1/m) sum_j a_j q''(S_ij) <w_j,V_i> w_j ] - <w_i,g_i> V_i
//                <w_i,g_i> = a_i [ sum_r omega_r phi'(<w_i,u_r>) <w_i,u_r> - (1/m) sum_j a_j q'(S_ij) S_ij ]
//   interaction  (H V)_i = P_{w_i} (1/m) a_i sum_j a_j [ q'(S_ij) V_j + q''(S_ij) <w_i,V_j> w_j ]
//
// <w_i,V_i> = 0, so the term of q'' with j = i vanishes. It is left out, because q'' of ReLU is infinite there.
//
// Both go over the pairs in blocks as the velocity does: S, then the other inner products, at most two blocks at a time.

import { accumulateBlock, gramBlock } from "../gemm/tile";
import { kernelAt } from "../math/kernel-function";
import { multiply } from "../math/product";
import { addRowSums, blockColumns, loadGramBlock, mapGramBlock } from "./gram";
import { BLOCK_COLUMNS, BLOCK_ROWS, dot, GRADIENT, GRAM, IMAGE, Network, ROW_SUMS } from "./network";

/**
 * out[i] = (D V)_i for i in [first, last), first a multiple of 4; V and out (m4 x dp), V tangent, with zeros from row m
 * and from column d on; panels: V, packed.
 */
export function localHessianRows(
  network: Network,
  V: usize,
  panels: usize,
  out: usize,
  first: usize,
  last: usize,
): void {
  const width = network.width;
  const dp = network.stride;
  const gram = network.scratch + GRAM;
  const image = network.scratch + IMAGE;
  const sums = network.scratch + ROW_SUMS;
  const gradient = network.scratch + GRADIENT;
  for (let i = first; i < last; i += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, (last - i + 3) & ~3);
    memory.fill(gradient, 0, (rows * dp) << 3);
    memory.fill(sums, 0, rows << 3);
    for (let j: usize = 0; j < width; j += BLOCK_COLUMNS) {
      const columns = blockColumns(width, j);
      loadGramBlock(network, i, rows, j, columns);
      mapGramBlock(network, network.kernelDerivative, rows, j, columns, image);
      multiply(image, gram, rows * columns);
      addRowSums(image, rows, columns, min(columns, width - j), sums);
      curve(network, panels, network.panels, i, rows, j, columns);
      accumulateBlock(gram, rows, columns, network.particles + ((j * dp) << 3), dp, gradient);
    }
    for (let row: usize = 0; row < min(rows, last - i); ++row) {
      finishLocal(network, i + row, gradient + ((row * dp) << 3), load<f64>(sums + (row << 3)), V, out);
    }
  }
}

/**
 * out[i] = P_{w_i} (1/m) a_i sum_j a_j [ q'(S_ij) X_j + q''(S_ij) <w_i,V_j> w_j ] for i in [first, last), first a multiple
 * of 4. With X = V that is (H V)_i. With X = W + V it is the attraction (1/m) sum_j a_i a_j P q'(S_ij) w_j to the network
 * together with H V: what the linearised gap needs, in one pass. V as for localHessianRows, here as its panels alone;
 * X and out (m4 x dp), X with the same zeros.
 */
export function interactionHessianRows(
  network: Network,
  panels: usize,
  X: usize,
  out: usize,
  first: usize,
  last: usize,
): void {
  const width = network.width;
  const dp = network.stride;
  const gram = network.scratch + GRAM;
  const image = network.scratch + IMAGE;
  const gradient = network.scratch + GRADIENT;
  for (let i = first; i < last; i += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, (last - i + 3) & ~3);
    memory.fill(gradient, 0, (rows * dp) << 3);
    for (let j: usize = 0; j < width; j += BLOCK_COLUMNS) {
      const columns = blockColumns(width, j);
      loadGramBlock(network, i, rows, j, columns);
      mapGramBlock(network, network.kernelDerivative, rows, j, columns, image);
      accumulateBlock(image, rows, columns, X + ((j * dp) << 3), dp, gradient);
      curve(network, network.panels, panels, i, rows, j, columns);
      accumulateBlock(gram, rows, columns, network.particles + ((j * dp) << 3), dp, gradient);
    }
    for (let row: usize = 0; row < min(rows, last - i); ++row) {
      finishInteraction(network, i + row, gradient + ((row * dp) << 3), out);
    }
  }
}

/** Scratch: S_ij -> a_j q''(S_ij) <x_i,y_j>, 0 for j = i; x and y given by their panels. */
function curve(network: Network, x: usize, y: usize, i: usize, rows: usize, j: usize, columns: usize): void {
  const d = network.dimension;
  const gram = network.scratch + GRAM;
  const image = network.scratch + IMAGE;
  mapGramBlock(network, network.kernelCurvature, rows, j, columns, gram);
  gramBlock(x + ((i * d) << 3), rows, y + ((j * d) << 3), columns, d, image);
  multiply(gram, image, rows * columns);
  for (let k = max(i, j); k < min(i + rows, j + columns); ++k) {
    const row = k - i;
    store<f64>(gram + (((row & ~3) * columns + ((k - j) << 2) + (row & 3)) << 3), 0);
  }
}

/** From the two sums over the network to (D V)_i. */
function finishLocal(network: Network, i: usize, sum: usize, radialSum: f64, V: usize, out: usize): void {
  const d = network.dimension;
  const dp = network.stride;
  const w = network.particles + ((i * dp) << 3);
  const v = V + ((i * dp) << 3);
  const target = out + ((i * dp) << 3);
  const m = <f64>network.width;
  const end = d << 3;
  memory.fill(target, 0, dp << 3);
  let radial: f64 = 0;
  for (let r: usize = 0; r < network.teacherCount; ++r) {
    const u = network.teachers + ((r * dp) << 3);
    const omega = load<f64>(network.teacherWeights + (r << 3));
    const alignment = dot(w, u, d);
    const pull = omega * kernelAt(network.linkCurvature, alignment) * dot(v, u, d);
    for (let c: usize = 0; c < end; c += 8) store<f64>(target + c, load<f64>(target + c) + pull * load<f64>(u + c));
    radial += omega * kernelAt(network.linkDerivative, alignment) * alignment;
  }
  radial -= radialSum / m;
  for (let c: usize = 0; c < end; c += 8) store<f64>(target + c, load<f64>(target + c) - load<f64>(sum + c) / m);
  const along = dot(w, target, d);
  const sign = network.signs == 0 ? 1.0 : load<f64>(network.signs + (i << 3));
  for (let c: usize = 0; c < end; c += 8) {
    store<f64>(target + c, sign * (load<f64>(target + c) - along * load<f64>(w + c) - radial * load<f64>(v + c)));
  }
}

/** out_i = P_{w_i} a_i sum / m. */
function finishInteraction(network: Network, i: usize, sum: usize, out: usize): void {
  const d = network.dimension;
  const dp = network.stride;
  const w = network.particles + ((i * dp) << 3);
  const target = out + ((i * dp) << 3);
  const sign = network.signs == 0 ? 1.0 : load<f64>(network.signs + (i << 3));
  memory.fill(target, 0, dp << 3);
  const along = dot(w, sum, d);
  for (let c: usize = 0; c < d << 3; c += 8) {
    store<f64>(target + c, (sign * (load<f64>(sum + c) - along * load<f64>(w + c))) / <f64>network.width);
  }
}
