// The functions of latitude against their formulas with Chebyshev polynomials (D = 2), on whole and padded sets of rows,
// and the scaling of rows.

import { harmonicRows, scaleRows } from "../limit/harmonics";
import { array, arrayOf, constant, copyOf, firstDifference, get, intact, randomArray, set } from "./helpers";

/** (A_m, B_m) for m < degree in dimension D. */
function tableOf(dimension: f64, degree: usize): usize {
  const table = array(2 * degree);
  for (let m: usize = 0; m < degree; ++m) {
    const below = <f64>m + dimension - 2;
    set(table, 2 * m, m == 0 ? 1.0 : (<f64>(2 * m) + dimension - 2) / below);
    set(table, 2 * m + 1, m == 0 ? 0.0 : <f64>m / below);
  }
  return table;
}

/** A list of 32-bit rows, -1 for what is not wanted. */
function selection(rows: i32[]): usize {
  const address = array(<usize>(rows.length + 1) / 2);
  for (let i = 0; i < rows.length; ++i) store<i32>(address + (i << 2), rows[i]);
  return address;
}

/** Latitudes theta_p, as state (alpha, gamma). */
function stateAt(angles: usize, n: usize): usize {
  const state = array(2 * n);
  for (let p: usize = 0; p < n; ++p) {
    set(state, p, Math.cos(get(angles, p)));
    set(state, n + p, Math.sin(get(angles, p)));
  }
  return state;
}

function byRows(values: usize, row: usize, p: usize, n: usize): f64 {
  return get(values, ((row >> 2) * n + p) * 4 + (row & 3));
}

function byNodes(values: usize, row: usize, p: usize, rows: usize): f64 {
  return get(values, ((p >> 2) * rows + row) * 4 + (p & 3));
}

const counts: usize[] = [4, 8, 36];

describe("harmonicRows", () => {
  it("gives cos(l theta) and its derivative for j = 0 on the circle, weighted", () => {
    for (let c = 0; c < counts.length; ++c) {
      const n = counts[c];
      const angles = randomArray(n);
      const factors = randomArray(n);
      for (let p: usize = 0; p < n; ++p) set(angles, p, 1.5 + get(angles, p));
      const g = constant(8 * n, 0);
      const slopeRows = constant(8 * n, 0);
      const slopeNodes = constant(8 * n, 0);
      // Degrees 1, 2, 4, 5, 6 of 0 .. 6: five rows, three of padding.
      const select = selection([-1, 0, 1, -1, 2, 3, 4]);
      const degrees: f64[] = [1, 2, 4, 5, 6];
      const coefficients = arrayOf([NaN, 1, -2, NaN, 0.5, 3, 1]);
      const sizes: f64[] = [1, -2, 0.5, 3, 1];
      const state = stateAt(angles, n);
      harmonicRows(state, factors, n, tableOf(2, 6), 0, 6, select, coefficients, 8, g, slopeRows, slopeNodes, 0, 0);
      for (let row: usize = 0; row < 8; ++row) {
        for (let p: usize = 0; p < n; ++p) {
          const l: f64 = row < 5 ? degrees[<i32>row] : 0;
          const size: f64 = row < 5 ? sizes[<i32>row] * get(factors, p) : 0;
          const theta = get(angles, p);
          const slope = -l * size * Math.sin(l * theta);
          expect<f64>(abs<f64>(byRows(g, row, p, n) - size * Math.cos(l * theta))).toBeLessThan(1e-12);
          expect<f64>(abs<f64>(byRows(slopeRows, row, p, n) - slope)).toBeLessThan(1e-12);
          expect<f64>(byNodes(slopeNodes, row, p, 8)).toBe(byRows(slopeRows, row, p, n));
        }
      }
      expect<bool>(intact(g, 8 * n) && intact(slopeRows, 8 * n) && intact(slopeNodes, 8 * n)).toBe(true);
    }
  });

  it("gives sin(l theta) / l for j = 1 on the circle, whose polynomials are those of dimension 4", () => {
    const n: usize = 8;
    const angles = arrayOf([0.2, 0.5, 0.9, 1.3, 1.8, 2.2, 2.6, 3]);
    const g = constant(4 * n, 0);
    const slopes = constant(4 * n, 0);
    const ratios = constant(4 * n, 0);
    const ratioNodes = constant(4 * n, 0);
    const select = selection([0, 1, 2, 3]);
    const state = stateAt(angles, n);
    const ones = constant(n, 1);
    harmonicRows(state, ones, n, tableOf(4, 3), 1, 3, select, ones, 4, g, slopes, array(4 * n), ratios, ratioNodes);
    for (let row: usize = 0; row < 4; ++row) {
      const l = <f64>row + 1;
      for (let p: usize = 0; p < n; ++p) {
        const theta = get(angles, p);
        expect<f64>(abs<f64>(byRows(g, row, p, n) - Math.sin(l * theta) / l)).toBeLessThan(1e-14);
        expect<f64>(abs<f64>(byRows(slopes, row, p, n) - Math.cos(l * theta))).toBeLessThan(1e-13);
        expect<f64>(abs<f64>(byRows(ratios, row, p, n) * Math.sin(theta) - byRows(g, row, p, n))).toBeLessThan(1e-15);
        expect<f64>(byNodes(ratioNodes, row, p, 4)).toBe(byRows(ratios, row, p, n));
      }
    }
  });

  it("gives gamma^j and its derivative for j = 2 and 3, with the first polynomials of their dimensions", () => {
    const n: usize = 8;
    const angles = arrayOf([0.2, 0.5, 0.9, 1.3, 1.8, 2.2, 2.6, 3]);
    const state = stateAt(angles, n);
    const ones = constant(n, 1);
    for (let j: usize = 2; j < 4; ++j) {
      const dimension = <f64>(3 + 2 * j);
      const g = constant(4 * n, 0);
      const slopes = constant(4 * n, 0);
      const ratios = constant(4 * n, 0);
      const table = tableOf(dimension, 2);
      const select = selection([0, 1, 2]);
      harmonicRows(state, ones, n, table, j, 2, select, ones, 4, g, slopes, array(4 * n), ratios, array(4 * n));
      for (let p: usize = 0; p < n; ++p) {
        const a = Math.cos(get(angles, p));
        const s = Math.sin(get(angles, p));
        const below = j == 2 ? s : s * s;
        // P_0 = 1, P_1 = t, P_2 = (D t^2 - 1) / (D - 1)
        const values: f64[] = [1, a, (dimension * a * a - 1) / (dimension - 1)];
        const derivatives: f64[] = [0, 1, (2 * dimension * a) / (dimension - 1)];
        for (let m: usize = 0; m < 3; ++m) {
          const value = values[<i32>m];
          const slope = <f64>j * below * a * value - below * s * s * derivatives[<i32>m];
          expect<f64>(abs<f64>(byRows(g, m, p, n) - below * s * value)).toBeLessThan(1e-15);
          expect<f64>(abs<f64>(byRows(slopes, m, p, n) - slope)).toBeLessThan(1e-14);
          expect<f64>(abs<f64>(byRows(ratios, m, p, n) - below * value)).toBeLessThan(1e-15);
        }
      }
    }
  });

  it("divides by nothing at a pole", () => {
    const n: usize = 4;
    const state = arrayOf([1, -1, 1, -1, 0, 0, 0, 0]);
    const ratios = constant(4 * n, NaN);
    const slopes = constant(4 * n, NaN);
    const ones = constant(n, 1);
    harmonicRows(
      state,
      ones,
      n,
      tableOf(5, 1),
      1,
      1,
      selection([0, 1]),
      ones,
      4,
      array(4 * n),
      slopes,
      array(4 * n),
      ratios,
      array(4 * n),
    );
    for (let p: usize = 0; p < n; ++p) {
      expect<f64>(byRows(ratios, 0, p, n)).toBe(1);
      expect<f64>(byRows(ratios, 1, p, n)).toBe(get(state, p));
      expect<f64>(byRows(slopes, 0, p, n)).toBe(get(state, p));
    }
  });
});

describe("scaleRows", () => {
  it("multiplies each row by its factor, to the bit", () => {
    for (let n: usize = 0; n < 5; ++n) {
      const dp: usize = 6;
      const values = randomArray(n * dp);
      const factors = randomArray(n);
      const expected = copyOf(values, n * dp);
      for (let i: usize = 0; i < n * dp; ++i) set(expected, i, get(factors, i / dp) * get(values, i));
      scaleRows(values, factors, n, dp);
      expect<i32>(firstDifference(values, expected, n * dp)).toBe(-1);
      expect<bool>(intact(values, n * dp)).toBe(true);
    }
  });
});
