// The two sums of the population risk (SPEC.md, section 3), a share of each for every particle; the caller adds them up:
//
//   L = |f*|^2 - 2 mean_i target_i + mean_i mean_j a_i a_j q(S_ij),   target_i = a_i sum_r omega_r phi(<w_i,u_r>)

import { kernelAt } from "../math/kernel-function";
import { addRowSums, blockColumns, loadCrossBlock, mapGramBlock } from "./gram";
import { BLOCK_COLUMNS, BLOCK_ROWS, dot, GRAM, Network, ROW_SUMS } from "./network";

/**
 * Row i's share of sum_ij a_i a_j q(S_ij), for i in [first, last), first a multiple of 4. S is symmetric: a row takes its own
 * four as they are, and each pair with a row behind them twice, so that half of S is enough.
 *
 *   out[i] = a_i [ sum_(j in four) a_j q(S_ij) + 2 sum_(j behind four) a_j q(S_ij) ]
 *
 * Order: j ascending within either sum, whatever the blocks.
 */
export function energyRows(network: Network, out: usize, first: usize, last: usize): void {
  const width = network.width;
  const panels = network.panels;
  const sums = network.scratch + ROW_SUMS;
  for (let i = first; i < last; i += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, (last - i + 3) & ~3);
    const behind = min(i + rows, width);
    memory.fill(sums, 0, rows << 3);
    for (let four: usize = 0; four < rows; four += 4) {
      addKernelSums(network, panels, i + four, 4, i + four + 4, behind, sums + (four << 3));
    }
    addKernelSums(network, panels, i, rows, behind, width, sums);
    for (let row: usize = 0; row < rows << 3; row += 8) store<f64>(sums + row, 2 * load<f64>(sums + row));
    for (let four: usize = 0; four < rows; four += 4) {
      addKernelSums(network, panels, i + four, 4, i + four, min(i + four + 4, width), sums + (four << 3));
    }
    storeRows(sums, network.signs, i, min(i + rows, last), out);
  }
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
  const sums = network.scratch + ROW_SUMS;
  for (let i = first; i < last; i += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, (last - i + 3) & ~3);
    memory.fill(sums, 0, rows << 3);
    addKernelSums(network, panels, i, rows, 0, network.width, sums);
    storeRows(sums, signs, i, min(i + rows, last), out);
  }
}

/**
 * sums (rows) += sum_j a_j q(<w'_i, w_j>) over j in [from, to), ascending; rows i on of the given panels; rows and from are
 * multiples of 4.
 */
function addKernelSums(
  network: Network,
  panels: usize,
  i: usize,
  rows: usize,
  from: usize,
  to: usize,
  sums: usize,
): void {
  const gram = network.scratch + GRAM;
  for (let j = from; j < to; j += BLOCK_COLUMNS) {
    const columns = blockColumns(to, j);
    loadCrossBlock(network, panels, i, rows, j, columns);
    mapGramBlock(network, network.kernel, rows, j, columns, gram);
    addRowSums(gram, rows, columns, min(columns, to - j), sums);
  }
}

/** out[row] = a_row sums[row - i] for rows i .. end. */
function storeRows(sums: usize, signs: usize, i: usize, end: usize, out: usize): void {
  for (let row = i; row < end; ++row) {
    const sum = load<f64>(sums + ((row - i) << 3));
    store<f64>(out + (row << 3), signs == 0 ? sum : sum * load<f64>(signs + (row << 3)));
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
