// Zonal series and moments against the recurrence done node by node, Chebyshev polynomials (D = 2) and Legendre
// polynomials (D = 3).

import { zonalMoments, zonalSeries } from "../limit/zonal";
import { array, arrayOf, constant, firstDifference, get, intact, randomArray, set } from "./helpers";

/** (A_l, B_l) for l < degree. */
function tableOf(dimension: f64, degree: usize): usize {
  const table = array(2 * degree);
  for (let l: usize = 0; l < degree; ++l) {
    const below = <f64>l + dimension - 2;
    set(table, 2 * l, l == 0 ? 1.0 : (<f64>(2 * l) + dimension - 2) / below);
    set(table, 2 * l + 1, l == 0 ? 0.0 : <f64>l / below);
  }
  return table;
}

/** P_l(t) scaled by `first`, for l = 0 .. degree. */
function recurrence(table: usize, degree: usize, t: f64, first: f64): usize {
  const p = array(degree + 1);
  set(p, 0, first);
  for (let l: usize = 0; l < degree; ++l) {
    const previous = l == 0 ? 0.0 : get(p, l - 1);
    set(p, l + 1, get(table, 2 * l) * t * get(p, l) - get(table, 2 * l + 1) * previous);
  }
  return p;
}

/** The value at the first node of a series with one coefficient. */
function single(dimension: f64, l: usize, t: f64): f64 {
  const coefficients = constant(l + 1, 0);
  set(coefficients, l, 1);
  const out = array(8);
  zonalSeries(constant(8, t), 8, tableOf(dimension, l), coefficients, l, out);
  return get(out, 0);
}

const degrees: usize[] = [0, 1, 2, 7, 64, 128];
const dimensions: f64[] = [2, 3, 4, 32, 1e6];
const counts: usize[] = [8, 16, 104];

describe("zonalSeries", () => {
  it("is the recurrence to the bit", () => {
    for (let i = 0; i < degrees.length; ++i) {
      for (let j = 0; j < dimensions.length; ++j) {
        const degree = degrees[i];
        const table = tableOf(dimensions[j], degree);
        const coefficients = randomArray(degree + 1);
        for (let k = 0; k < counts.length; ++k) {
          const n = counts[k];
          const t = randomArray(n);
          const expected = array(n);
          for (let node: usize = 0; node < n; ++node) {
            const p = recurrence(table, degree, get(t, node), 1);
            let sum = get(coefficients, 0);
            for (let l: usize = 1; l <= degree; ++l) sum += get(coefficients, l) * get(p, l);
            set(expected, node, sum);
            heap.free(p);
          }
          const out = array(n);
          zonalSeries(t, n, table, coefficients, degree, out);
          expect<i32>(firstDifference(out, expected, n)).toBe(-1, `degree ${degree}, D ${dimensions[j]}, n ${n}`);
          expect<bool>(intact(out, n)).toBe(true);
        }
      }
    }
  });

  it("gives Chebyshev polynomials on the circle", () => {
    for (let l: usize = 0; l <= 20; ++l) {
      for (let angle = 0.1; angle < 3; angle += 0.4) {
        expect<f64>(abs<f64>(single(2, l, Math.cos(angle)) - Math.cos(<f64>l * angle))).toBeLessThan(1e-13);
      }
    }
  });

  it("gives Legendre polynomials on the sphere in three dimensions", () => {
    for (let t = -0.9; t < 1; t += 0.3) {
      const s = t * t;
      expect<f64>(abs<f64>(single(3, 2, t) - (3 * s - 1) / 2)).toBeLessThan(1e-15);
      expect<f64>(abs<f64>(single(3, 3, t) - ((5 * s - 3) * t) / 2)).toBeLessThan(1e-15);
      expect<f64>(abs<f64>(single(3, 4, t) - (35 * s * s - 30 * s + 3) / 8)).toBeLessThan(2e-15);
    }
  });

  it("is 1 at the pole, in every degree and dimension", () => {
    for (let j = 0; j < dimensions.length; ++j) {
      for (let l: usize = 0; l <= 128; l += 16) {
        expect<f64>(abs<f64>(single(dimensions[j], l, 1) - 1)).toBeLessThan(1e-12);
      }
    }
  });
});

/** The order of sums of the kernel: even and odd lanes apart, rounds of eight nodes, (0 + 2) + (4 + 6) in a round. */
function naiveMoments(t: usize, weights: usize, n: usize, table: usize, degree: usize, out: usize): void {
  const lanes = constant(2 * (degree + 1), 0);
  for (let node: usize = 0; node < n; node += 8) {
    for (let lane: usize = 0; lane < 2; ++lane) {
      const i = node + lane;
      const p0 = recurrence(table, degree, get(t, i), get(weights, i));
      const p1 = recurrence(table, degree, get(t, i + 2), get(weights, i + 2));
      const p2 = recurrence(table, degree, get(t, i + 4), get(weights, i + 4));
      const p3 = recurrence(table, degree, get(t, i + 6), get(weights, i + 6));
      for (let l: usize = 0; l <= degree; ++l) {
        const sum = get(p0, l) + get(p1, l) + (get(p2, l) + get(p3, l));
        set(lanes, 2 * l + lane, get(lanes, 2 * l + lane) + sum);
      }
      heap.free(p0);
      heap.free(p1);
      heap.free(p2);
      heap.free(p3);
    }
  }
  for (let l: usize = 0; l <= degree; ++l) set(out, l, get(lanes, 2 * l) + get(lanes, 2 * l + 1));
}

describe("zonalMoments", () => {
  it("is the weighted recurrence to the bit, in the order that is written down", () => {
    for (let i = 0; i < degrees.length; ++i) {
      for (let j = 0; j < dimensions.length; ++j) {
        for (let k = 0; k < counts.length; ++k) {
          const degree = degrees[i];
          const n = counts[k];
          const table = tableOf(dimensions[j], degree);
          const t = randomArray(n);
          const weights = randomArray(n);
          const expected = array(degree + 1);
          naiveMoments(t, weights, n, table, degree, expected);
          const out = array(degree + 1);
          const partial = array(2 * (degree + 1));
          zonalMoments(t, weights, n, table, degree, partial, out);
          const name = `degree ${degree}, D ${dimensions[j]}, n ${n}`;
          expect<i32>(firstDifference(out, expected, degree + 1)).toBe(-1, name);
          expect<bool>(intact(out, degree + 1) && intact(partial, 2 * (degree + 1))).toBe(true, name);
        }
      }
    }
  });

  it("finds Chebyshev polynomials orthogonal at Gauss-Chebyshev nodes", () => {
    const n: usize = 16;
    const t = array(n);
    for (let i: usize = 0; i < n; ++i) set(t, i, Math.cos((Math.PI * (<f64>i + 0.5)) / <f64>n));
    const out = array(32);
    zonalMoments(t, constant(n, 1.0 / 16.0), n, tableOf(2, 31), 31, array(64), out);
    expect<f64>(abs<f64>(get(out, 0) - 1)).toBeLessThan(1e-15);
    for (let l: usize = 1; l < 32; ++l) expect<f64>(abs<f64>(get(out, l))).toBeLessThan(1e-13);
  });

  it("is the value at a single node that carries all the weight", () => {
    const t = arrayOf([0.3, 0, 0, 0, 0, 0, 0, 0]);
    const weights = arrayOf([2, 0, 0, 0, 0, 0, 0, 0]);
    const out = array(3);
    zonalMoments(t, weights, 8, tableOf(3, 2), 2, array(6), out);
    expect<f64>(get(out, 0)).toBe(2);
    expect<f64>(get(out, 1)).toBe(0.6);
    expect<f64>(abs<f64>(get(out, 2) - (3 * 0.09 - 1))).toBeLessThan(1e-15);
  });
});
