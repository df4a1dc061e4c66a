// Symmetric moment tensors of a network, and what follows from them (SPEC.md, section 3): for q(s) = sum_k q_k s^k
//
//   sum_j a_j q(<w, w_j>) = sum_A F_A M_A w^A,   M_A = sum_j a_j w_j^A,   F_A = q_k k! / A!,   k = |A|,
//
// over multi-indices A, so that values and gradients at all particles cost m C(d+k-1, k) operations a degree, not m^2 d.
//
// Each w^A of degree k is a product of two monomials: a head of degree floor(k/2) in variables up to some c and a tail of the
// other degree in variables from c on. Rows of monomials, degree by degree: 1; the d variables; the products of degree 2; ...
// Within a degree they go by their last variable, so that the heads of a tail are the first rows of their degree. A run, four
// 32-bit words [ out | parent | length | variable ], makes row (out + i) = row (parent + i) times a variable (its row).
//
// A group, eight 32-bit words [ tail 0 | ... | tail 3 | first head | count | degree | 0 ], stands for 4 count products of its
// four tails with its rows first head, first head + 1, ...; count is even. Arrays over products (sums, coefficients) hold
// [group][head][tail]. A product that is there to fill a group up has coefficient 0.

import { loadRound } from "./lanes";

@unmanaged
export class Moments {
  /** Number of rows; behind the last there is one of zeros, which fills up an odd number of heads. */
  rows: usize;
  runs: usize;
  runCount: usize;
  groups: usize;
  groupCount: usize;
  /** M_A, one a product. */
  sums: usize;
  /** F_A M_A, one a product. */
  coefficients: usize;
  /** The radial part of degree 0, then for every degree the ratio of the radial part to q. */
  radial: usize;
  /** Scratch of momentScratchSize(rows, d) bytes. */
  scratch: usize;
  /** Keeps the block a whole number of float64 numbers. */
  unused: usize;
}

/** Particles whose sum is taken by itself before it is added to the others. */
export const PANEL: usize = 64;

/** Particles whose velocities are found together. */
export const ROUND: usize = 8;

const PANEL_BYTES: usize = PANEL << 3;

/** Bytes of scratch: monomials of a panel and its tails, or monomials and adjoints of a round, its values, one gradient. */
export function momentScratchSize(rows: usize, d: usize): usize {
  return (rows + 5) * PANEL_BYTES + ((d + ROUND + 1) << 3);
}

/** Fills the rows of degree 2 and more; a row has `bytes` bytes, a multiple of 64. */
export function ascend(moments: Moments, bytes: usize, m: usize): void {
  const end = moments.runs + (moments.runCount << 4);
  for (let run = moments.runs; run < end; run += 16) {
    let out = m + <usize>load<u32>(run) * bytes;
    let parent = m + <usize>load<u32>(run, 4) * bytes;
    const last = out + <usize>load<u32>(run, 8) * bytes;
    const variable = m + <usize>load<u32>(run, 12) * bytes;
    while (out < last) {
      if (ASC_FEATURE_SIMD) {
        for (let x = variable; x < variable + bytes; x += 64) {
          v128.store(out, f64x2.mul(v128.load(parent), v128.load(x)));
          v128.store(out, f64x2.mul(v128.load(parent, 16), v128.load(x, 16)), 16);
          v128.store(out, f64x2.mul(v128.load(parent, 32), v128.load(x, 32)), 32);
          v128.store(out, f64x2.mul(v128.load(parent, 48), v128.load(x, 48)), 48);
          out += 64;
          parent += 64;
        }
      } else {
        for (let x = variable; x < variable + bytes; x += 8) {
          store<f64>(out, load<f64>(parent) * load<f64>(x));
          out += 8;
          parent += 8;
        }
      }
    }
  }
}

/** tails[pair][tail][2] <- the four tails of a group for the pairs of particles of a panel, times their signs. */
function loadTails(group: usize, m: usize, signs: usize, pairs: usize, tails: usize): void {
  for (let tail: usize = 0; tail < 4; ++tail) {
    let source = m + <usize>load<u32>(group + (tail << 2)) * PANEL_BYTES;
    let target = tails + (tail << 4);
    let sign = signs;
    for (const end = source + (pairs << 4); source < end; source += 16) {
      let even = load<f64>(source);
      let odd = load<f64>(source, 8);
      if (signs != 0) {
        even *= load<f64>(sign);
        odd *= load<f64>(sign, 8);
        sign += 16;
      }
      store<f64>(target, even);
      store<f64>(target, odd, 8);
      target += 64;
    }
  }
}

/**
 * out[head][tail] += sum over the particles of a panel of two heads (at `head` and in the row behind it) times four tails.
 * Particles of even and odd place have sums of their own, ascending; then even + odd.
 */
function addProducts(tails: usize, head: usize, pairs: usize, out: usize): void {
  const end = tails + (pairs << 6);
  if (ASC_FEATURE_SIMD) {
    let s00 = f64x2.splat(0);
    let s01 = s00;
    let s02 = s00;
    let s03 = s00;
    let s10 = s00;
    let s11 = s00;
    let s12 = s00;
    let s13 = s00;
    let tail = tails;
    while (tail < end) {
      const h0 = v128.load(head);
      const h1 = v128.load(head, PANEL_BYTES);
      let t = v128.load(tail);
      s00 = f64x2.add(s00, f64x2.mul(h0, t));
      s10 = f64x2.add(s10, f64x2.mul(h1, t));
      t = v128.load(tail, 16);
      s01 = f64x2.add(s01, f64x2.mul(h0, t));
      s11 = f64x2.add(s11, f64x2.mul(h1, t));
      t = v128.load(tail, 32);
      s02 = f64x2.add(s02, f64x2.mul(h0, t));
      s12 = f64x2.add(s12, f64x2.mul(h1, t));
      t = v128.load(tail, 48);
      s03 = f64x2.add(s03, f64x2.mul(h0, t));
      s13 = f64x2.add(s13, f64x2.mul(h1, t));
      head += 16;
      tail += 64;
    }
    addSums(out, s00, s01);
    addSums(out + 16, s02, s03);
    addSums(out + 32, s10, s11);
    addSums(out + 48, s12, s13);
  } else {
    for (let h: usize = 0; h < 2; ++h) {
      for (let t: usize = 0; t < 4; ++t) {
        let even: f64 = 0;
        let odd: f64 = 0;
        let x = head + h * PANEL_BYTES;
        for (let tail = tails + (t << 4); tail < end; tail += 64) {
          even += load<f64>(x) * load<f64>(tail);
          odd += load<f64>(x, 8) * load<f64>(tail, 8);
          x += 16;
        }
        const slot = out + (h << 5) + (t << 3);
        store<f64>(slot, load<f64>(slot) + (even + odd));
      }
    }
  }
}

/** Two numbers += even + odd lane of one vector each. */
function addSums(out: usize, s0: v128, s1: v128): void {
  const both = f64x2.add(v128.shuffle<f64>(s0, s1, 0, 2), v128.shuffle<f64>(s0, s1, 1, 3));
  v128.store(out, f64x2.add(v128.load(out), both));
}

/**
 * sums += moments of the particles first <= i < last (from 0 where first is 0), given with their signs (0 where all are +1)
 * and in rows as those of the network; first a multiple of 64, last too unless it is the end. Order: within a panel of 64
 * particles as in addProducts, panels ascending.
 */
export function momentRows(
  moments: Moments,
  W: usize,
  signs: usize,
  d: usize,
  dp: usize,
  first: usize,
  last: usize,
): void {
  const m = moments.scratch;
  const tails = m + (moments.rows + 1) * PANEL_BYTES;
  const end = moments.groups + (moments.groupCount << 5);
  memory.fill(tails - PANEL_BYTES, 0, PANEL_BYTES);
  for (let i = first; i < last; i += PANEL) {
    const count = min(PANEL, last - i);
    const pairs = (count + 1) >> 1;
    loadRound(W + ((i * dp) << 3), d, dp, count, PANEL, m);
    ascend(moments, PANEL_BYTES, m);
    let out = moments.sums;
    for (let group = moments.groups; group < end; group += 32) {
      loadTails(group, m, signs == 0 ? 0 : signs + (i << 3), pairs, tails);
      const head = m + <usize>load<u32>(group, 16) * PANEL_BYTES;
      const stop = head + <usize>load<u32>(group, 20) * PANEL_BYTES;
      if (i == 0) memory.fill(out, 0, (<usize>load<u32>(group, 20)) << 5);
      for (let h = head; h < stop; h += 2 * PANEL_BYTES) {
        addProducts(tails, h, pairs, out);
        out += 64;
      }
    }
  }
}
