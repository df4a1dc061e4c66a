// Velocity and risk sums of a finite network against plain loops over the formulas of SPEC.md, section 3.

import { packPanels } from "../gemm/tile";
import { Network } from "../population/network";
import { energyRows, overlapRows, targetRows } from "../population/risk";
import { finishPairs, velocityPairs, velocityRows } from "../population/velocity";
import { array, constant, firstDifference, get, inner, intact, largestDifference, largestOf } from "./helpers";
import { roundUp, set } from "./helpers";
import { horner, kernel, kernelDerivative, kernelRadial, LINK, LINK_DERIVATIVE, LINK_RADIAL } from "./networks";
import { name, networkOf, particle, rectify, sign, signsOf, teacher } from "./networks";

/** a_i (P_w g + radial w), g and radial summed in the order of the formula. */
function naiveVelocity(network: Network, V: usize, euclidean: bool): void {
  const d = network.dimension;
  const m = network.width;
  const g = array(d);
  for (let i: usize = 0; i < m; ++i) {
    const w = particle(network, i);
    for (let c: usize = 0; c < d; ++c) set(g, c, 0);
    let radial: f64 = 0;
    for (let r: usize = 0; r < network.teacherCount; ++r) {
      const u = teacher(network, r);
      const omega = get(network.teacherWeights, r);
      const s = inner(w, u, d);
      for (let c: usize = 0; c < d; ++c) set(g, c, get(g, c) + omega * horner(LINK_DERIVATIVE, s) * get(u, c));
      radial += omega * horner(LINK_RADIAL, s);
    }
    for (let j: usize = 0; j < m; ++j) {
      const other = particle(network, j);
      const s = inner(w, other, d);
      const a = sign(network, j) / <f64>m;
      for (let c: usize = 0; c < d; ++c) set(g, c, get(g, c) - a * kernelDerivative(network, s) * get(other, c));
      radial -= a * kernelRadial(network, s);
    }
    const along = inner(w, g, d);
    for (let c: usize = 0; c < d; ++c) {
      const tangent = get(g, c) - along * get(w, c);
      set(V, i * network.stride + c, sign(network, i) * (euclidean ? tangent + radial * get(w, c) : tangent));
    }
  }
  heap.free(g);
}

function naiveEnergy(network: Network, out: usize): void {
  for (let i: usize = 0; i < network.width; ++i) {
    let sum: f64 = 0;
    for (let j = i & ~3; j < network.width; ++j) {
      const s = inner(particle(network, i), particle(network, j), network.dimension);
      // Those behind the four rows of i stand for the pairs with i before them too.
      sum += (j < (i & ~3) + 4 ? 1 : 2) * sign(network, j) * kernel(network, s);
    }
    set(out, i, sign(network, i) * sum);
  }
}

function naiveTarget(network: Network, out: usize): void {
  for (let i: usize = 0; i < network.width; ++i) {
    let sum: f64 = 0;
    for (let r: usize = 0; r < network.teacherCount; ++r) {
      const s = inner(particle(network, i), teacher(network, r), network.dimension);
      sum += get(network.teacherWeights, r) * horner(LINK, s);
    }
    set(out, i, sign(network, i) * sum);
  }
}

/** Slices by pairs, which begin at whole blocks of 32 rows. */
const pairCuts: usize[] = [0, 32, 64];

function checkVelocity(network: Network, euclidean: bool): void {
  const m = network.width;
  const dp = network.stride;
  const size = roundUp(m, 4) * dp;
  const label = `${name(network)}, euclidean ${euclidean}`;
  const V = array(size);
  velocityRows(network, V, 0, m, euclidean);
  const expected = constant(m * dp, 0);
  naiveVelocity(network, expected, euclidean);
  // Padding columns of the m rows are zero in both.
  expect<f64>(largestDifference(V, expected, m * dp)).toBeLessThan(1e-13, label);
  expect<bool>(intact(V, size)).toBe(true, label);
  const rest = m * dp < size ? get(V, m * dp) : NaN;
  expect<f64>(rest).toBeNaN(`${label}: rows behind the last one are not written`);

  if (!euclidean) {
    let worst: f64 = 0;
    for (let i: usize = 0; i < m; ++i) {
      worst = max(worst, abs<f64>(inner(particle(network, i), V + ((i * dp) << 3), network.dimension)));
    }
    expect<f64>(worst).toBeLessThan(1e-14, `${label}: tangent`);
  }

  // Whatever the slices, the same bits.
  const sliced = array(size);
  const cuts: usize[] = [0, 4, 12, 44, 48];
  for (let k = 0; k < cuts.length; ++k) {
    const last = k + 1 < cuts.length ? min(cuts[k + 1], m) : m;
    if (cuts[k] < last) velocityRows(network, sliced, cuts[k], last, euclidean);
  }
  expect<i32>(firstDifference(V, sliced, m * dp)).toBe(-1, `${label}: slices`);
  // By pairs, the same bits too.
  const paired = array(size);
  const sums = array(roundUp(m, 4));
  for (let k = 0; k < pairCuts.length; ++k) {
    const last = k + 1 < pairCuts.length ? min(pairCuts[k + 1], m) : m;
    if (pairCuts[k] < last) velocityPairs(network, paired, sums, pairCuts[k], last, euclidean);
  }
  finishPairs(network, paired, sums, 0, min<usize>(m, 12), euclidean);
  finishPairs(network, paired, sums, min<usize>(m, 12), m, euclidean);
  expect<i32>(firstDifference(V, paired, m * dp)).toBe(-1, `${label}: pairs`);
  expect<bool>(intact(paired, size) && intact(sums, roundUp(m, 4))).toBe(true, `${label}: pairs`);
  // The rows that only fill the last panel up are done with the others.
  expect<f64>(largestOf(paired + ((m * dp) << 3), size - m * dp)).toBe(0, `${label}: pairs, padding`);
  heap.free(V);
  heap.free(expected);
  heap.free(sliced);
  heap.free(paired);
  heap.free(sums);
}

function checkRisk(network: Network): void {
  const m = network.width;
  const label = name(network);
  const energy = array(m);
  energyRows(network, energy, 0, m);
  const expected = array(m);
  naiveEnergy(network, expected);
  expect<f64>(largestDifference(energy, expected, m)).toBeLessThan(1e-13 * <f64>m, label);
  const sliced = array(m);
  const cut = min<usize>(m, 36);
  energyRows(network, sliced, 0, cut);
  if (cut < m) energyRows(network, sliced, cut, m);
  expect<i32>(firstDifference(energy, sliced, m)).toBe(-1, `${label}: slices`);
  expect<bool>(intact(energy, m) && intact(sliced, m)).toBe(true, label);

  const target = array(m);
  targetRows(network, target, 0, cut);
  targetRows(network, target, cut, m);
  naiveTarget(network, expected);
  expect<f64>(largestDifference(target, expected, m)).toBeLessThan(1e-14, label);
  expect<bool>(intact(target, m)).toBe(true, label);
}

const sizes: usize[] = [1, 2, 3, 5, 31, 32, 33, 63, 64, 65];

describe("velocityRows, energyRows and targetRows", () => {
  it("agree with plain loops for every m and d, gradient and sign, with one teacher and with two", () => {
    for (let i = 0; i < sizes.length; ++i) {
      for (let j = 0; j < sizes.length; ++j) {
        const network = networkOf(sizes[i], sizes[j]);
        for (let variant = 0; variant < 4; ++variant) {
          network.signs = (variant & 1) == 0 ? 0 : signsOf(network.width);
          network.teacherCount = (variant & 2) == 0 ? 1 : 2;
          checkVelocity(network, false);
          checkVelocity(network, true);
          checkRisk(network);
        }
      }
    }
  });

  it("take the arc-cosine kernel of ReLU", () => {
    for (let i = 0; i < sizes.length; ++i) {
      const network = networkOf(sizes[i], 5);
      network.signs = signsOf(network.width);
      network.teacherCount = 2;
      rectify(network);
      checkVelocity(network, false);
      checkVelocity(network, true);
      checkRisk(network);
    }
  });

  it("take a network without a teacher", () => {
    const network = networkOf(5, 3);
    network.teacherCount = 0;
    checkVelocity(network, false);
    checkVelocity(network, true);
    checkRisk(network);
  });

  it("leave rows outside the slice alone", () => {
    const network = networkOf(33, 5);
    const V = array(36 * 8);
    velocityRows(network, V, 8, 11, true);
    expect<f64>(get(V, 8 * 8 - 1)).toBeNaN();
    expect<f64>(get(V, 8 * 8)).not.toBeNaN();
    expect<f64>(get(V, 11 * 8)).toBeNaN();
    const energy = array(33);
    energyRows(network, energy, 8, 11);
    expect<f64>(get(energy, 7)).toBeNaN();
    expect<f64>(get(energy, 10)).not.toBeNaN();
    expect<f64>(get(energy, 11)).toBeNaN();
  });

  it("do nothing for an empty slice", () => {
    const network = networkOf(5, 3);
    const V = array(8 * 4);
    velocityRows(network, V, 4, 4, false);
    expect<f64>(get(V, 16)).toBeNaN();
  });
});

/** a'_i sum_j a_j q(<w'_i, w_j>) for every particle of another network. */
function naiveOverlap(network: Network, other: Network, out: usize): void {
  for (let i: usize = 0; i < other.width; ++i) {
    let sum: f64 = 0;
    for (let j: usize = 0; j < network.width; ++j) {
      sum += sign(network, j) * kernel(network, inner(particle(other, i), particle(network, j), network.dimension));
    }
    set(out, i, sign(other, i) * sum);
  }
}

describe("overlapRows", () => {
  it("agrees with plain loops for two networks of any widths and signs, whatever the slices", () => {
    for (let i = 0; i < sizes.length; ++i) {
      for (let j = 0; j < sizes.length; ++j) {
        for (let variant = 0; variant < 4; ++variant) {
          const network = networkOf(sizes[i], 5);
          const other = networkOf(sizes[j], 5);
          if ((variant & 1) == 1) network.signs = signsOf(network.width);
          if ((variant & 2) == 2) other.signs = signsOf(other.width);
          const label = `${name(network)}; ${name(other)}`;
          const m = other.width;
          const out = array(m);
          const expected = array(m);
          overlapRows(network, other.panels, other.signs, out, 0, m);
          naiveOverlap(network, other, expected);
          expect<f64>(largestDifference(out, expected, m)).toBeLessThan(1e-13 * <f64>network.width, label);
          const sliced = array(m);
          const cut = min<usize>(m, 36);
          overlapRows(network, other.panels, other.signs, sliced, 0, cut);
          if (cut < m) overlapRows(network, other.panels, other.signs, sliced, cut, m);
          expect<i32>(firstDifference(out, sliced, m)).toBe(-1, `${label}: slices`);
          expect<bool>(intact(out, m) && intact(sliced, m)).toBe(true, label);
        }
      }
    }
  });
});

describe("a particle that sits on its teacher", () => {
  it("feels the difference of link and kernel along its own direction only", () => {
    const network = networkOf(1, 4);
    for (let c: usize = 0; c < 4; ++c) set(network.particles, c, c == 0 ? 1 : 0);
    for (let c: usize = 0; c < 4; ++c) set(network.teachers, c, c == 0 ? 1 : 0);
    packPanels(network.particles, 1, 4, 4, network.panels);
    const V = array(16);
    velocityRows(network, V, 0, 1, false);
    for (let c: usize = 0; c < 4; ++c) expect<f64>(abs<f64>(get(V, c))).toBe(0);
    velocityRows(network, V, 0, 1, true);
    // 0.75 (0.9 - 0.4) - (0.4 - 0.6 + 0.8)
    expect<f64>(abs<f64>(get(V, 0) + 0.225)).toBeLessThan(1e-15);
  });
});
