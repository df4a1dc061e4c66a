// Monomials in u_1, u_2 and t = s^2 up to weight 3, by hand, against plain loops over nodes.

import { monomialRate } from "../limit/monomial-rate";
import { monomialMoments, monomialSeries } from "../limit/monomials";
import { normalisePoints, pointStep } from "../limit/points";
import { array, arrayOf, constant, copyOf, firstDifference, get, intact, largestDifference } from "./helpers";
import { randomArray, set } from "./helpers";

const COLUMNS: usize = 3;
const COUNT: usize = 13;
const INNER: usize = 7;
const INNER_RUNS: usize = 5;
const RUNS: usize = 8;

/** 1; u1, u2; t, u1u1, u1u2, u2u2; tu1, tu2, u1u1u1, u1u1u2, u1u2u2, u2u2u2 as [ out | parent | length | variable ]. */
const TABLE: u32[] = [1, 0, 1, 0, 2, 0, 1, 1, 3, 0, 1, 2, 4, 1, 2, 0, 6, 2, 1, 1, 7, 1, 2, 2, 9, 4, 3, 0, 12, 6, 1, 1];

/** Powers of u1, u2, t. */
const POWERS: i32[] = [
  0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 1, 1, 0, 0, 2, 0, 1, 0, 1, 0, 1, 1, 3, 0, 0, 2, 1, 0, 1, 2, 0, 0, 3, 0,
];

function runs(): usize {
  const address = heap.alloc(RUNS << 4);
  for (let i = 0; i < TABLE.length; ++i) store<u32>(address + ((<usize>i) << 2), TABLE[i]);
  return address;
}

function scratch(): usize {
  return array(8 * (2 * COLUMNS + COUNT + INNER));
}

/** n random points of the sphere. */
function points(n: usize): usize {
  const state = randomArray(COLUMNS * n);
  for (let i: usize = 0; i < n; ++i) set(state, 2 * n + i, abs<f64>(get(state, 2 * n + i)));
  normalisePoints(state, n, COLUMNS);
  return state;
}

/** The variables at a node. */
function variables(state: usize, n: usize, i: usize): usize {
  const s = get(state, 2 * n + i);
  return arrayOf([get(state, i), get(state, n + i), s * s]);
}

/** The monomials at a node, times `first`, each its parent times a variable. */
function monomialsAt(x: usize, first: f64): usize {
  const m = array(COUNT);
  set(m, 0, first);
  for (let run = 0; run < <i32>RUNS; ++run) {
    for (let i: usize = 0; i < <usize>TABLE[4 * run + 2]; ++i) {
      const parent = <usize>TABLE[4 * run + 1] + i;
      set(m, <usize>TABLE[4 * run] + i, get(m, parent) * get(x, <usize>TABLE[4 * run + 3]));
    }
  }
  return m;
}

function power(x: f64, n: i32): f64 {
  let value: f64 = 1;
  for (let i = 0; i < n; ++i) value *= x;
  return value;
}

/** dP/dx_v from the powers. */
function slope(x: usize, coefficients: usize, v: i32): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < <i32>COUNT; ++j) {
    let term = get(coefficients, <usize>j);
    for (let c = 0; c < 3; ++c) {
      const n = POWERS[3 * j + c];
      term *= c == v ? (n == 0 ? 0.0 : <f64>n * power(get(x, c), n - 1)) : power(get(x, c), n);
    }
    sum += term;
  }
  return sum;
}

const counts: usize[] = [8, 16, 40];

describe("monomialMoments", () => {
  it("is the weighted sum in the order that is written down, to the bit, in one call and in slices", () => {
    for (let k = 0; k < counts.length; ++k) {
      const n = counts[k];
      const state = points(n);
      const weights = randomArray(n);
      const lanes = constant(2 * COUNT, 0);
      for (let node: usize = 0; node < n; node += 8) {
        for (let lane: usize = 0; lane < 2; ++lane) {
          const i = node + lane;
          const m0 = monomialsAt(variables(state, n, i), get(weights, i));
          const m1 = monomialsAt(variables(state, n, i + 2), get(weights, i + 2));
          const m2 = monomialsAt(variables(state, n, i + 4), get(weights, i + 4));
          const m3 = monomialsAt(variables(state, n, i + 6), get(weights, i + 6));
          for (let j: usize = 0; j < COUNT; ++j) {
            const sum = get(m0, j) + get(m1, j) + (get(m2, j) + get(m3, j));
            set(lanes, 2 * j + lane, get(lanes, 2 * j + lane) + sum);
          }
        }
      }
      const expected = array(COUNT);
      for (let j: usize = 0; j < COUNT; ++j) set(expected, j, get(lanes, 2 * j) + get(lanes, 2 * j + 1));
      const out = array(COUNT);
      const partial = array(2 * COUNT);
      const room = scratch();
      monomialMoments(state, weights, n, 0, n, COLUMNS, runs(), RUNS, COUNT, room, partial, out);
      expect<i32>(firstDifference(out, expected, COUNT)).toBe(-1, `n ${n}`);
      expect<bool>(intact(out, COUNT) && intact(partial, 2 * COUNT)).toBe(true);
      expect<bool>(intact(room, 8 * (2 * COLUMNS + COUNT + INNER))).toBe(true);
      for (let first: usize = 0; first < n; first += 8)
        monomialMoments(state, weights, n, first, first + 8, COLUMNS, runs(), RUNS, COUNT, room, partial, out);
      expect<i32>(firstDifference(out, expected, COUNT)).toBe(-1, `n ${n}, in slices`);
    }
  });
});

describe("monomialSeries", () => {
  it("is the sum over monomials in ascending order, to the bit", () => {
    for (let k = 0; k < counts.length; ++k) {
      const n = counts[k];
      const state = points(n);
      const coefficients = randomArray(COUNT);
      const expected = array(n);
      for (let i: usize = 0; i < n; ++i) {
        const m = monomialsAt(variables(state, n, i), 1);
        let sum: f64 = 0;
        for (let j: usize = 0; j < COUNT; ++j) sum += get(coefficients, j) * get(m, j);
        set(expected, i, sum);
      }
      const out = array(n);
      monomialSeries(state, n, 0, n, COLUMNS, runs(), RUNS, coefficients, COUNT, scratch(), out);
      expect<i32>(firstDifference(out, expected, n)).toBe(-1, `n ${n}`);
      expect<bool>(intact(out, n)).toBe(true);
    }
  });
});

/** The reverse sweep at one node: the gradient in u1, u2, t. */
function gradientAt(x: usize, coefficients: usize): usize {
  const m = monomialsAt(x, 1);
  const adjoints = copyOf(coefficients, COUNT);
  const g = constant(3, 0);
  for (let run = <i32>RUNS - 1; run >= 0; --run) {
    const v = <usize>TABLE[4 * run + 3];
    for (let i: usize = 0; i < <usize>TABLE[4 * run + 2]; ++i) {
      const a = get(adjoints, <usize>TABLE[4 * run] + i);
      const parent = <usize>TABLE[4 * run + 1] + i;
      set(adjoints, parent, get(adjoints, parent) + a * get(x, v));
      set(g, v, get(g, v) + a * get(m, parent));
    }
  }
  return g;
}

describe("monomialRate", () => {
  it("is the sweep back through the runs, to the bit, and the gradient on the sphere", () => {
    for (let k = 0; k < counts.length; ++k) {
      const n = counts[k];
      const state = points(n);
      const coefficients = randomArray(COUNT);
      const expected = array(COLUMNS * n);
      const exact = array(COLUMNS * n);
      let radial: f64 = 0;
      for (let i: usize = 0; i < n; ++i) {
        const x = variables(state, n, i);
        const s = get(state, 2 * n + i);
        const g = gradientAt(x, coefficients);
        const twice = 2 * get(g, 2);
        const kappa = get(x, 2) * twice + get(x, 0) * get(g, 0) + get(x, 1) * get(g, 1);
        set(expected, i, get(g, 0) - kappa * get(x, 0));
        set(expected, n + i, get(g, 1) - kappa * get(x, 1));
        set(expected, 2 * n + i, s * (twice - kappa));
        const g0 = slope(x, coefficients, 0);
        const g1 = slope(x, coefficients, 1);
        const gs = 2 * s * slope(x, coefficients, 2);
        const along = g0 * get(x, 0) + g1 * get(x, 1) + gs * s;
        set(exact, i, g0 - along * get(x, 0));
        set(exact, n + i, g1 - along * get(x, 1));
        set(exact, 2 * n + i, gs - along * s);
      }
      const rate = array(COLUMNS * n);
      monomialRate(state, n, 0, n, COLUMNS, runs(), RUNS, INNER_RUNS, coefficients, COUNT, INNER, scratch(), rate);
      expect<i32>(firstDifference(rate, expected, COLUMNS * n)).toBe(-1, `n ${n}`);
      expect<f64>(largestDifference(rate, exact, COLUMNS * n)).toBeLessThan(1e-14, `n ${n}`);
      expect<bool>(intact(rate, COLUMNS * n)).toBe(true);
      for (let i: usize = 0; i < n; ++i) {
        let sum: f64 = 0;
        for (let c: usize = 0; c < COLUMNS; ++c) sum += get(rate, c * n + i) * get(state, c * n + i);
        radial = max(radial, abs<f64>(sum));
      }
      expect<f64>(radial).toBeLessThan(1e-14);
      const parts = array(COLUMNS * n);
      for (let first: usize = 0; first < n; first += 8)
        monomialRate(
          state,
          n,
          first,
          first + 8,
          3,
          runs(),
          RUNS,
          INNER_RUNS,
          coefficients,
          COUNT,
          INNER,
          scratch(),
          parts,
        );
      expect<i32>(firstDifference(parts, expected, COLUMNS * n)).toBe(-1, `n ${n}, in slices`);
    }
  });

  it("leaves a particle in the span there", () => {
    const state = arrayOf([1, 0.6, 0, 0.8, 1, 0.6, 0, 0.8, 0, 0.8, 1, 0.6, 0, 0.8, 1, 0.6, 0, 0, 0, 0, 0, 0, 0, 0]);
    const rate = array(24);
    monomialRate(state, 8, 0, 8, 3, runs(), RUNS, INNER_RUNS, randomArray(COUNT), COUNT, INNER, scratch(), rate);
    for (let i: usize = 16; i < 24; ++i) expect<f64>(abs<f64>(get(rate, i))).toBe(0);
  });
});

describe("normalisePoints", () => {
  it("puts every point on the sphere and says where it cannot", () => {
    const state = arrayOf([3, 0, 4, 12, 12, 5]);
    expect<bool>(normalisePoints(state, 2, 3)).toBe(true);
    const expected = arrayOf([3.0 / 13.0, 0, 4.0 / 13.0, 12.0 / 13.0, 12.0 / 13.0, 5.0 / 13.0]);
    expect<i32>(firstDifference(state, expected, 6)).toBe(-1);
    expect<bool>(intact(state, 6)).toBe(true);
    expect<bool>(normalisePoints(arrayOf([1, 0, 0, 0]), 2, 2)).toBe(false);
    expect<bool>(normalisePoints(arrayOf([NaN, 0, 0, 1]), 2, 2)).toBe(false);
    expect<bool>(normalisePoints(arrayOf([1, 0, 0, 1e200]), 2, 2)).toBe(false);
  });
});

describe("pointStep", () => {
  it("is the projected step, with and without a radial part", () => {
    const n: usize = 16;
    for (let euclidean = 0; euclidean < 2; ++euclidean) {
      const state = points(n);
      const rate = randomArray(3 * n);
      const radial = euclidean ? randomArray(n) : 0;
      const expected = array(3 * n);
      let least: f64 = Infinity;
      for (let i: usize = 0; i < n; ++i) {
        const r = euclidean ? get(radial, i) : 0.0;
        let square: f64 = 0;
        for (let c = i; c < 3 * n; c += n) {
          const moved = get(state, c) + 0.1 * (get(rate, c) + r * get(state, c));
          square += moved * moved;
          set(expected, c, moved);
        }
        least = min(least, get(expected, 2 * n + i) / get(state, 2 * n + i));
        for (let c = i; c < 3 * n; c += n) set(expected, c, get(expected, c) / sqrt<f64>(square));
      }
      const first = pointStep(state, rate, radial, 0.1, n, 0, 8, 3);
      expect<f64>(min(first, pointStep(state, rate, radial, 0.1, n, 8, n, 3))).toBe(least);
      expect<i32>(firstDifference(state, expected, 3 * n)).toBe(-1);
    }
  });

  it("is NaN where a number is not finite, and 1 for what rests in the span", () => {
    const state = arrayOf([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    const rate = constant(16, 0);
    expect<f64>(pointStep(state, rate, 0, 0.5, 8, 0, 8, 2)).toBe(1);
    set(rate, 3, Infinity);
    expect<f64>(pointStep(state, rate, 0, 0.5, 8, 0, 8, 2)).toBeNaN();
  });
});
