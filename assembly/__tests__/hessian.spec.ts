// Products with the two Hessians on the population against plain loops over the formulas of SPEC.md, section 5.

import { packPanels } from "../gemm/tile";
import { interactionHessianRows, localHessianRows } from "../population/hessian";
import { Network } from "../population/network";
import { addScaled, makeTangent } from "../population/sphere";
import { array, constant, copyOf, firstDifference, get, inner, intact, largestDifference } from "./helpers";
import { randomRows, roundUp, set, unitRows } from "./helpers";
import { horner, kernelCurvature, kernelDerivative, LINK_CURVATURE, LINK_DERIVATIVE } from "./networks";
import { name, networkOf, particle, rectify, sign, signsOf, teacher } from "./networks";

function row(network: Network, V: usize, i: usize): usize {
  return V + ((i * network.stride) << 3);
}

/** out = a_i (g - <w_i, g> w_i). */
function project(network: Network, i: usize, g: usize, out: usize): void {
  const w = particle(network, i);
  const along = inner(w, g, network.dimension);
  for (let c: usize = 0; c < network.dimension; ++c) {
    set(out, c, sign(network, i) * (get(g, c) - along * get(w, c)));
  }
}

function naiveLocal(network: Network, V: usize, out: usize): void {
  const d = network.dimension;
  const m = network.width;
  const g = array(d);
  for (let i: usize = 0; i < m; ++i) {
    const w = particle(network, i);
    const v = row(network, V, i);
    for (let c: usize = 0; c < d; ++c) set(g, c, 0);
    let radial: f64 = 0;
    for (let r: usize = 0; r < network.teacherCount; ++r) {
      const u = teacher(network, r);
      const omega = get(network.teacherWeights, r);
      const s = inner(w, u, d);
      const pull = omega * horner(LINK_CURVATURE, s) * inner(u, v, d);
      for (let c: usize = 0; c < d; ++c) set(g, c, get(g, c) + pull * get(u, c));
      radial += omega * horner(LINK_DERIVATIVE, s) * s;
    }
    for (let j: usize = 0; j < m; ++j) {
      const other = particle(network, j);
      const s = inner(w, other, d);
      const a = sign(network, j) / <f64>m;
      radial -= a * kernelDerivative(network, s) * s;
      if (j == i) continue;
      const pull = a * kernelCurvature(network, s) * inner(other, v, d);
      for (let c: usize = 0; c < d; ++c) set(g, c, get(g, c) - pull * get(other, c));
    }
    project(network, i, g, row(network, out, i));
    for (let c: usize = 0; c < d; ++c) {
      set(row(network, out, i), c, get(row(network, out, i), c) - sign(network, i) * radial * get(v, c));
    }
  }
  heap.free(g);
}

/** With X in place of V beside q'. */
function naiveInteraction(network: Network, V: usize, X: usize, out: usize): void {
  const d = network.dimension;
  const m = network.width;
  const g = array(d);
  for (let i: usize = 0; i < m; ++i) {
    const w = particle(network, i);
    for (let c: usize = 0; c < d; ++c) set(g, c, 0);
    for (let j: usize = 0; j < m; ++j) {
      const s = inner(w, particle(network, j), d);
      const a = sign(network, j) / <f64>m;
      const along = a * kernelDerivative(network, s);
      const pull = j == i ? 0.0 : a * kernelCurvature(network, s) * inner(w, row(network, V, j), d);
      for (let c: usize = 0; c < d; ++c) {
        set(g, c, get(g, c) + along * get(row(network, X, j), c) + pull * get(particle(network, j), c));
      }
    }
    project(network, i, g, row(network, out, i));
  }
  heap.free(g);
}

/** A tangent field, zero in the padding. */
function tangents(network: Network): usize {
  const m = network.width;
  const V = randomRows(m, network.dimension, roundUp(m, 4), network.stride);
  makeTangent(network.particles, V, m, network.stride);
  return V;
}

function panelsOf(network: Network, V: usize): usize {
  const panels = array(roundUp(network.width, 4) * network.dimension);
  packPanels(V, network.width, network.dimension, network.stride, panels);
  return panels;
}

const cuts: usize[] = [0, 4, 12, 44, 48];

function check(network: Network): void {
  const m = network.width;
  const dp = network.stride;
  const size = roundUp(m, 4) * dp;
  const label = name(network);
  const V = tangents(network);
  const panels = panelsOf(network, V);
  const out = array(size);
  const sliced = array(size);
  const expected = constant(m * dp, 0);

  localHessianRows(network, V, panels, out, 0, m);
  naiveLocal(network, V, expected);
  expect<f64>(largestDifference(out, expected, m * dp)).toBeLessThan(1e-13, `${label}: local`);
  for (let k = 0; k < cuts.length; ++k) {
    const last = k + 1 < cuts.length ? min(cuts[k + 1], m) : m;
    if (cuts[k] < last) localHessianRows(network, V, panels, sliced, cuts[k], last);
  }
  expect<i32>(firstDifference(out, sliced, m * dp)).toBe(-1, `${label}: local, slices`);

  interactionHessianRows(network, panels, V, out, 0, m);
  naiveInteraction(network, V, V, expected);
  expect<f64>(largestDifference(out, expected, m * dp)).toBeLessThan(1e-13, `${label}: interaction`);
  for (let k = 0; k < cuts.length; ++k) {
    const last = k + 1 < cuts.length ? min(cuts[k + 1], m) : m;
    if (cuts[k] < last) interactionHessianRows(network, panels, V, sliced, cuts[k], last);
  }
  expect<i32>(firstDifference(out, sliced, m * dp)).toBe(-1, `${label}: interaction, slices`);

  // The linearised field: W + V in place of V.
  const X = array(size);
  addScaled(X, network.particles, 1, V, size);
  interactionHessianRows(network, panels, X, out, 0, m);
  naiveInteraction(network, V, X, expected);
  expect<f64>(largestDifference(out, expected, m * dp)).toBeLessThan(1e-13, `${label}: linearised field`);

  expect<bool>(intact(out, size) && intact(sliced, size)).toBe(true, label);
  const rest = m * dp < size ? get(out, m * dp) : NaN;
  expect<f64>(rest).toBeNaN(`${label}: rows behind the last one are not written`);
  heap.free(V);
  heap.free(panels);
  heap.free(out);
  heap.free(sliced);
  heap.free(expected);
  heap.free(X);
}

const sizes: usize[] = [1, 2, 3, 33, 64, 65];

describe("localHessianRows and interactionHessianRows", () => {
  it("agree with plain loops for every m and d, with signs and without, one teacher and two", () => {
    for (let i = 0; i < sizes.length; ++i) {
      for (let j = 0; j < sizes.length; ++j) {
        const network = networkOf(sizes[i], sizes[j]);
        for (let variant = 0; variant < 4; ++variant) {
          network.signs = (variant & 1) == 0 ? 0 : signsOf(network.width);
          network.teacherCount = (variant & 2) == 0 ? 1 : 2;
          check(network);
        }
      }
    }
  });

  it("take the arc-cosine kernel of ReLU, and no teacher", () => {
    for (let i = 0; i < sizes.length; ++i) {
      const network = networkOf(sizes[i], 5);
      rectify(network);
      network.signs = signsOf(network.width);
      check(network);
      network.teacherCount = 0;
      check(network);
    }
  });

  it("are finite where particles of ReLU stand on each other and on the far side", () => {
    const network = networkOf(5, 3);
    rectify(network);
    for (let c: usize = 0; c < 3; ++c) {
      set(particle(network, 1), c, get(particle(network, 0), c));
      set(particle(network, 4), c, -get(particle(network, 0), c));
    }
    packPanels(network.particles, 5, 3, 4, network.panels);
    check(network);
  });

  it("do nothing for an empty slice, and leave rows outside the slice alone", () => {
    const network = networkOf(33, 5);
    const V = tangents(network);
    const panels = panelsOf(network, V);
    const out = array(36 * 8);
    localHessianRows(network, V, panels, out, 4, 4);
    interactionHessianRows(network, panels, V, out, 4, 4);
    expect<f64>(get(out, 4 * 8)).toBeNaN();
    localHessianRows(network, V, panels, out, 8, 11);
    expect<f64>(get(out, 8 * 8 - 1)).toBeNaN();
    expect<f64>(get(out, 8 * 8)).not.toBeNaN();
    expect<f64>(get(out, 11 * 8)).toBeNaN();
    interactionHessianRows(network, panels, V, out, 16, 18);
    expect<f64>(get(out, 16 * 8 - 1)).toBeNaN();
    expect<f64>(get(out, 16 * 8)).not.toBeNaN();
    expect<f64>(get(out, 18 * 8)).toBeNaN();
  });
});

describe("makeTangent", () => {
  it("takes away what is along the particle and nothing else", () => {
    for (let i = 0; i < sizes.length; ++i) {
      const m = sizes[i];
      const dp = roundUp(m, 4);
      const W = unitRows(m, m, m, dp);
      const V = randomRows(m, m, m, dp);
      const before = copyOf(V, m * dp);
      makeTangent(W, V, m, dp);
      for (let k: usize = 0; k < m; ++k) {
        const w = W + ((k * dp) << 3);
        const v = V + ((k * dp) << 3);
        expect<f64>(abs<f64>(inner(w, v, m))).toBeLessThan(1e-15);
        const along = inner(w, before + ((k * dp) << 3), m);
        for (let c: usize = 0; c < dp; ++c) {
          expect<f64>(abs<f64>(get(v, c) + along * get(w, c) - get(before, k * dp + c))).toBeLessThan(1e-15);
        }
      }
      expect<bool>(intact(V, m * dp)).toBe(true);
    }
  });
});
