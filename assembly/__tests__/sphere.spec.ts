import { addScaled, gapNorms, retract } from "../population/sphere";
import { array, arrayOf, constant, copyOf, firstDifference, get, inner, intact, largestDifference } from "./helpers";
import { random, randomArray, randomRows, roundUp, set, unitRows } from "./helpers";

const sizes: usize[] = [1, 2, 3, 5, 31, 32, 33];

describe("retract", () => {
  it("steps and normalises every row, in place or not", () => {
    for (let i = 0; i < sizes.length; ++i) {
      for (let j = 0; j < sizes.length; ++j) {
        const m = sizes[i];
        const d = sizes[j];
        const dp = roundUp(d, 4);
        const W = unitRows(m, d, m, dp);
        const V = randomRows(m, d, m, dp);
        const expected = constant(m * dp, 0);
        for (let row: usize = 0; row < m; ++row) {
          const moved = array(d);
          for (let c: usize = 0; c < d; ++c) set(moved, c, get(W, row * dp + c) + 0.3 * get(V, row * dp + c));
          const norm = sqrt<f64>(inner(moved, moved, d));
          for (let c: usize = 0; c < d; ++c) set(expected, row * dp + c, get(moved, c) / norm);
        }
        const out = array(m * dp);
        expect<usize>(retract(W, V, 0.3, out, m, dp)).toBe(0);
        expect<i32>(firstDifference(out, expected, m * dp)).toBe(-1, `m ${m}, d ${d}`);
        expect<bool>(intact(out, m * dp)).toBe(true);
        expect<usize>(retract(W, V, 0.3, W, m, dp)).toBe(0);
        expect<i32>(firstDifference(W, expected, m * dp)).toBe(-1, `m ${m}, d ${d}, in place`);
      }
    }
  });

  it("normalises with eta = 0 and V = W", () => {
    const W = arrayOf([3, 4, 0, 0, 0, 0, -2, 0]);
    expect<usize>(retract(W, W, 0, W, 2, 4)).toBe(0);
    expect<i32>(firstDifference(W, arrayOf([0.6, 0.8, 0, 0, 0, 0, -1, 0]), 8)).toBe(-1);
  });

  it("names the first row whose norm is zero, and stops there", () => {
    const W = arrayOf([3, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    const out = array(12);
    expect<usize>(retract(W, W, 0, out, 3, 4)).toBe(2);
    expect<f64>(get(out, 1)).toBe(0.8);
    expect<f64>(get(out, 4)).toBeNaN();
    expect<f64>(get(out, 8)).toBeNaN();
  });

  it("names the first row whose norm is not finite", () => {
    const V = constant(8, 0);
    expect<usize>(retract(arrayOf([1, 0, 0, 0, Infinity, 0, 0, 0]), V, 1, array(8), 2, 4)).toBe(2);
    expect<usize>(retract(arrayOf([NaN, 0, 0, 0, 1, 0, 0, 0]), V, 1, array(8), 2, 4)).toBe(1);
    expect<usize>(retract(arrayOf([1, 0, 0, 0]), arrayOf([0, 1, 0, 0]), 1e300, array(4), 1, 4)).toBe(1);
  });

  it("does nothing for no rows", () => {
    expect<usize>(retract(0, 0, 1, 0, 0, 4)).toBe(0);
  });
});

describe("addScaled", () => {
  it("is x + factor y to the bit, into a third array or into either of the two", () => {
    for (let n: usize = 0; n <= 66; n += 2) {
      const x = randomArray(n);
      const y = randomArray(n);
      const expected = array(n);
      for (let i: usize = 0; i < n; ++i) set(expected, i, get(x, i) + -1.7 * get(y, i));
      const out = array(n);
      addScaled(out, x, -1.7, y, n);
      expect<i32>(firstDifference(out, expected, n)).toBe(-1, `n ${n}`);
      expect<bool>(intact(out, n)).toBe(true, `n ${n}`);
      const ontoX = copyOf(x, n);
      addScaled(ontoX, ontoX, -1.7, y, n);
      expect<i32>(firstDifference(ontoX, expected, n)).toBe(-1, `n ${n}, onto x`);
      const ontoY = copyOf(y, n);
      addScaled(ontoY, x, -1.7, ontoY, n);
      expect<i32>(firstDifference(ontoY, expected, n)).toBe(-1, `n ${n}, onto y`);
    }
  });
});

describe("gapNorms", () => {
  it("is the distance to alpha w* + stretch (start without its part along w*)", () => {
    for (let i = 0; i < sizes.length; ++i) {
      for (let j = 0; j < sizes.length; ++j) {
        const m = sizes[i];
        const d = sizes[j];
        const dp = roundUp(d, 4);
        const W = unitRows(m, d, m, dp);
        const start = unitRows(m, d, m, dp);
        const alpha = randomArray(m);
        const stretch = array(m);
        const expected = array(m);
        for (let row: usize = 0; row < m; ++row) {
          set(stretch, row, 1.5 + random());
          let square: f64 = 0;
          for (let c: usize = 0; c < d; ++c) {
            const xi = c == 0 ? get(alpha, row) : get(stretch, row) * get(start, row * dp + c);
            const x = get(W, row * dp + c) - xi;
            square += x * x;
          }
          set(expected, row, sqrt<f64>(square));
        }
        const out = array(m);
        gapNorms(W, start, alpha, stretch, m, d, dp, out);
        expect<f64>(largestDifference(out, expected, m)).toBeLessThan(1e-15, `m ${m}, d ${d}`);
        expect<bool>(intact(out, m)).toBe(true, `m ${m}, d ${d}`);
      }
    }
  });

  it("is zero for a network that has not moved", () => {
    const W = unitRows(3, 5, 3, 8);
    const alpha = arrayOf([get(W, 0), get(W, 8), get(W, 16)]);
    const out = array(3);
    gapNorms(W, W, alpha, constant(3, 1), 3, 5, 8, out);
    for (let i: usize = 0; i < 3; ++i) expect<f64>(get(out, i)).toBe(0);
  });
});
