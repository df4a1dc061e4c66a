// Velocity of every particle of a finite network on the population (SPEC.md, section 3):
//
//   v_i = a_i P_{w_i} [ sum_r omega_r phi'(<w_i,u_r>) u_r - (1/m) sum_j a_j q'(S_ij) w_j ],   P_w = I - w w^T
//   euclidean: g_i = v_i + a_i [ sum_r omega_r sum_k b_k e_k <w_i,u_r>^k - (1/m) sum_j a_j sum_k c_k e_k S_ij^k ] w_i
//
// Rows are done in blocks, so a caller may ask for a slice of them and come back for the next.

import { accumulateBlock } from "../gemm/tile";
import { kernelAt, kernelMap } from "../math/kernel-function";
import { addRowSums, blockColumns, loadGramBlock, mapGramBlock, signColumns, transposeBlock } from "./gram";
import { BLOCK_COLUMNS, BLOCK_ROWS, dot, GRADIENT, GRAM, IMAGE, Network, ROW_SUMS, TRANSPOSED } from "./network";

/**
 * V[i] for i in [first, last): first a multiple of 4; V (m4 x dp), padding columns zero.
 * euclidean: keep the radial part.
 */
export function velocityRows(network: Network, V: usize, first: usize, last: usize, euclidean: bool): void {
  const width = network.width;
  const dp = network.stride;
  const gradient = network.scratch + GRADIENT;
  const sums = network.scratch + ROW_SUMS;
  for (let i = first; i < last; i += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, (last - i + 3) & ~3);
    memory.fill(gradient, 0, (rows * dp) << 3);
    memory.fill(sums, 0, rows << 3);
    for (let j: usize = 0; j < width; j += BLOCK_COLUMNS) {
      const columns = blockColumns(width, j);
      loadGramBlock(network, i, rows, j, columns);
      if (euclidean) {
        const image = network.scratch + IMAGE;
        mapGramBlock(network, network.kernelRadial, rows, j, columns, image);
        addRowSums(image, rows, columns, min(columns, width - j), sums);
      }
      const gram = network.scratch + GRAM;
      mapGramBlock(network, network.kernelDerivative, rows, j, columns, gram);
      accumulateBlock(gram, rows, columns, network.particles + ((j * dp) << 3), dp, gradient);
    }
    for (let row: usize = 0; row < min(rows, last - i); ++row) {
      finishRow(network, i + row, gradient + ((row * dp) << 3), load<f64>(sums + (row << 3)), euclidean, V);
    }
  }
}

/**
 * The same by pairs: S is symmetric, so a block S_IJ serves the rows I and, transposed, the rows J. Rows i in [first, last)
 * meet themselves and all behind them; first a multiple of BLOCK_ROWS. Called from row 0 to the last, ascending, this leaves
 * the sums over the network in V (m4 x dp) and sums (m4); `finishPairs` makes the velocity of them. Every sum takes its terms
 * in ascending order, as above: the bits are the same.
 */
export function velocityPairs(
  network: Network,
  V: usize,
  sums: usize,
  first: usize,
  last: usize,
  euclidean: bool,
): void {
  const width = network.width;
  const dp = network.stride;
  const gram = network.scratch + GRAM;
  const image = network.scratch + IMAGE;
  const transposed = network.scratch + TRANSPOSED;
  if (first == 0) {
    const padded = (width + 3) & ~3;
    memory.fill(V, 0, (padded * dp) << 3);
    memory.fill(sums, 0, padded << 3);
  }
  for (let i = first; i < last; i += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, (width - i + 3) & ~3);
    const own = network.particles + ((i * dp) << 3);
    const ownSums = sums + (i << 3);
    for (let j = i; j < width; j += j == i ? rows : BLOCK_COLUMNS) {
      // First the rows themselves, then whole blocks behind them.
      const columns = j == i ? rows : blockColumns(width, j);
      const count = min(columns, width - j);
      const others = network.particles + ((j * dp) << 3);
      loadGramBlock(network, i, rows, j, columns);
      if (euclidean) {
        kernelMap(network.kernelRadial, gram, image, rows * columns);
        if (j > i) {
          transposeBlock(image, rows, columns, transposed);
          signColumns(network, columns, i, rows, transposed);
          addRowSums(transposed, columns, rows, rows, sums + (j << 3));
        }
        signColumns(network, rows, j, columns, image);
        addRowSums(image, rows, columns, count, ownSums);
      }
      kernelMap(network.kernelDerivative, gram, gram, rows * columns);
      if (j > i) {
        transposeBlock(gram, rows, columns, transposed);
        signColumns(network, columns, i, rows, transposed);
        accumulateBlock(transposed, columns, rows, own, dp, V + ((j * dp) << 3));
      }
      signColumns(network, rows, j, columns, gram);
      accumulateBlock(gram, rows, columns, others, dp, V + ((i * dp) << 3));
    }
  }
}

/** V[i] for i in [first, last) from the sums that `velocityPairs` has left. */
export function finishPairs(network: Network, V: usize, sums: usize, first: usize, last: usize, euclidean: bool): void {
  const bytes = network.stride << 3;
  const sum = network.scratch + GRADIENT;
  for (let i = first; i < last; ++i) {
    memory.copy(sum, V + i * bytes, bytes);
    finishRow(network, i, sum, load<f64>(sums + (i << 3)), euclidean, V);
  }
  // What came to the rows that only fill up the last panel.
  const padding = -network.width & 3;
  if (last == network.width) memory.fill(V + last * bytes, 0, padding * bytes);
}

/** From the two sums over the network to the velocity of particle i. */
export function finishRow(network: Network, i: usize, sum: usize, radialSum: f64, euclidean: bool, V: usize): void {
  const d = network.dimension;
  const dp = network.stride;
  const w = network.particles + ((i * dp) << 3);
  const v = V + ((i * dp) << 3);
  const m = <f64>network.width;
  const end = d << 3;
  memory.fill(v, 0, dp << 3);
  let radial: f64 = 0;
  for (let r: usize = 0; r < network.teacherCount; ++r) {
    const u = network.teachers + ((r * dp) << 3);
    const omega = load<f64>(network.teacherWeights + (r << 3));
    const alignment = dot(w, u, d);
    const pull = omega * kernelAt(network.linkDerivative, alignment);
    for (let c: usize = 0; c < end; c += 8) store<f64>(v + c, load<f64>(v + c) + pull * load<f64>(u + c));
    if (euclidean) radial += omega * kernelAt(network.linkRadial, alignment);
  }
  for (let c: usize = 0; c < end; c += 8) store<f64>(v + c, load<f64>(v + c) - load<f64>(sum + c) / m);
  // g -> a (P_w g + radial w) = a (g + (radial - <w, g>) w)
  let along = -dot(w, v, d);
  if (euclidean) along += radial - radialSum / m;
  const sign = network.signs == 0 ? 1.0 : load<f64>(network.signs + (i << 3));
  for (let c: usize = 0; c < end; c += 8) {
    store<f64>(v + c, sign * (load<f64>(v + c) + along * load<f64>(w + c)));
  }
}
