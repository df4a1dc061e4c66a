// The two sums of the population risk (SPEC.md, section 3), one entry a particle; the caller adds them up:
//
//   L = |f*|^2 - 2 mean_i target_i + mean_i mean_j a_i a_j q(S_ij),   target_i = a_i sum_r omega_r phi(<w_i,u_r>)

import { kernelAt } from "../math/kernel-function";
import { addRowSums, blockColumns, loadCrossBlock, mapGramBlock } from "./gram";
import { BLOCK_COLUMNS, BLOCK_ROWS, dot, GRAM, Network, ROW_SUMS } from "./network";

/** out[i] = a_i sum_j a_j q(S_ij) for i in [first, last), first a multiple of 4. */
export function energyRows(network: Network, out: usize, first: usize, last: usize): void {
  overlapRows(network, network.panels, network.signs, out, first, last);
}

/**
 * out[i] = a'_i sum_j a_j q(<w'_i, w_j>) for rows i in [first, last), first a multiple of 4, of another network of the
 * same dimension, given by its panels and signs (0 where all are +1).
 */
export function overlapRows(
  network: Network,
  panels: usize,
  signs: usize,
  out: usize,
  first: usize,
  last: usize,
): void {
  const width = network.width;
  const sums = network.scratch + ROW_SUMS;
  const gram = network.scratch + GRAM;
  for (let i = first; i < last; i += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, (last - i + 3) & ~3);
    memory.fill(sums, 0, rows << 3);
    for (let j: usize = 0; j < width; j += BLOCK_COLUMNS) {
      const columns = blockColumns(width, j);
      loadCrossBlock(network, panels, i, rows, j, columns);
      mapGramBlock(network, network.kernel, rows, j, columns, gram);
      addRowSums(gram, rows, columns, min(columns, width - j), sums);
    }
    for (let row: usize = 0; row < min(rows, last - i); ++row) {
      const sum = load<f64>(sums + (row << 3));
      store<f64>(out + ((i + row) << 3), signs == 0 ? sum : sum * load<f64>(signs + ((i + row) << 3)));
    }
  }
}

/** out[i] = a_i sum_r omega_r phi(<w_i, u_r>) for i in [first, last). */
export function targetRows(network: Network, out: usize, first: usize, last: usize): void {
  const dp = network.stride;
  const d = network.dimension;
  for (let i = first; i < last; ++i) {
    const w = network.particles + ((i * dp) << 3);
    let sum: f64 = 0;
    for (let r: usize = 0; r < network.teacherCount; ++r) {
      const alignment = dot(w, network.teachers + ((r * dp) << 3), d);
      sum += load<f64>(network.teacherWeights + (r << 3)) * kernelAt(network.link, alignment);
    }
    store<f64>(out + (i << 3), network.signs == 0 ? sum : sum * load<f64>(network.signs + (i << 3)));
  }
}
