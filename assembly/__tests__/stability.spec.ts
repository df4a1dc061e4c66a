// The averaged stability constant against whole matrices of three by three, whose norms are found by power iteration.

import { packPanels } from "../gemm/tile";
import { averageStability, stabilityScratchSize } from "../population/stability";
import { array, constant, get, inner, intact, polynomial, random, roundUp, set, unitRows } from "./helpers";

/** One pair of particles in the space of w_i, w_j and w*, the first axis. */
class Pair {
  wi: StaticArray<f64> = new StaticArray<f64>(3);
  wj: StaticArray<f64> = new StaticArray<f64>(3);
  e: StaticArray<f64> = new StaticArray<f64>(3);
  p: f64 = 0;
  q: f64 = 0;
  along: f64 = 0;
  across: f64 = 0;
}

function dot3(x: StaticArray<f64>, y: StaticArray<f64>): f64 {
  return x[0] * y[0] + x[1] * y[1] + x[2] * y[2];
}

function added(x: StaticArray<f64>, factor: f64, y: StaticArray<f64>): StaticArray<f64> {
  const out = new StaticArray<f64>(3);
  for (let c = 0; c < 3; ++c) out[c] = x[c] + factor * y[c];
  return out;
}

function scaled(x: StaticArray<f64>, factor: f64): StaticArray<f64> {
  return added(new StaticArray<f64>(3), factor, x);
}

/** J across, and along the meridian of i. */
function stretched(pair: Pair, x: StaticArray<f64>): StaticArray<f64> {
  return added(scaled(x, pair.across), (pair.along - pair.across) * dot3(pair.e, x), pair.e);
}

/** |J H| of a pair, on the tangents of j. */
function norm(pair: Pair): f64 {
  let x = new StaticArray<f64>(3);
  for (let c = 0; c < 3; ++c) x[c] = random();
  let size: f64 = 0;
  for (let round = 0; round < 1000; ++round) {
    x = added(x, -dot3(pair.wj, x), pair.wj);
    const length = sqrt<f64>(dot3(x, x));
    if (length == 0) return 0;
    x = scaled(x, 1 / length);
    let y = added(scaled(x, pair.p), pair.q * dot3(pair.wi, x), pair.wj);
    y = stretched(pair, added(y, -dot3(pair.wi, y), pair.wi));
    size = sqrt<f64>(dot3(y, y));
    y = stretched(pair, y);
    y = added(y, -dot3(pair.wi, y), pair.wi);
    x = added(scaled(y, pair.p), pair.q * dot3(pair.wj, y), pair.wi);
  }
  return size;
}

const widths: usize[] = [1, 3, 33, 65];
const dimensions: usize[] = [3, 4, 6];

describe("averageStability", () => {
  it("sums the norms of three by three matrices, and what is across them", () => {
    for (let a = 0; a < widths.length; ++a) {
      for (let b = 0; b < dimensions.length; ++b) {
        const m = widths[a];
        const d = dimensions[b];
        const m4 = roundUp(m, 4);
        // Directions across w*: the first coordinate is 0.
        const rows = constant(m4 * d, 0);
        const rest = unitRows(m, d - 1, m4, d - 1);
        for (let i: usize = 0; i < m; ++i)
          for (let c: usize = 1; c < d; ++c) set(rows, i * d + c, get(rest, i * (d - 1) + c - 1));
        const panels = array(m4 * d);
        packPanels(rows, m, d, d, panels);
        const alpha = constant(m4, 0);
        const gamma = constant(m4, 0);
        const count: usize = 2;
        const squares = constant(2 * count * m4, 0);
        for (let i: usize = 0; i < m; ++i) {
          set(alpha, i, random());
          set(gamma, i, sqrt<f64>(1 - get(alpha, i) * get(alpha, i)));
          for (let t: usize = 0; t < 2 * count; ++t) set(squares, t * m4 + i, random() * random() + 1);
        }
        const out = array(count * m4);
        const q1 = polynomial(0, 1, [0.5, -1, 2]);
        const q2 = polynomial(0, 1, [-1, 4]);
        const scratch = array(stabilityScratchSize() >> 3);
        averageStability(panels, alpha, gamma, m, d, q1, q2, squares, count, 0, m, scratch, out);
        for (let t: usize = 0; t < count; ++t) {
          for (let j: usize = 0; j < m; j += 32) {
            let sum: f64 = 0;
            for (let i: usize = 0; i < m; ++i) {
              const u = inner(rows + ((i * d) << 3), rows + ((j * d) << 3), d);
              const pair = new Pair();
              pair.wi[0] = get(alpha, i);
              pair.wi[1] = get(gamma, i);
              pair.wj[0] = get(alpha, j);
              pair.wj[1] = get(gamma, j) * u;
              pair.wj[2] = get(gamma, j) * sqrt<f64>(max<f64>(0, 1 - u * u));
              pair.e[0] = get(gamma, i);
              pair.e[1] = -get(alpha, i);
              const s = dot3(pair.wi, pair.wj);
              pair.p = 0.5 - s + 2 * s * s;
              pair.q = -1 + 4 * s;
              pair.along = sqrt<f64>(get(squares, t * m4 + i));
              pair.across = sqrt<f64>(get(squares, (count + t) * m4 + i));
              const across = d > 3 ? pair.across * abs<f64>(pair.p) : 0;
              sum += max<f64>(norm(pair), across);
            }
            const value = get(out, t * m4 + j);
            expect<f64>(abs<f64>(value / sum - 1)).toBeLessThan(1e-4, `m ${m}, d ${d}, t ${t}, j ${j}`);
          }
        }
        expect<bool>(intact(out, count * m4)).toBe(true);
      }
    }
  });

  it("is finite where both singular values are one and rounding makes their distance negative", () => {
    const m: usize = 32;
    const rows = constant(m * 3, 0);
    for (let i: usize = 0; i < m; ++i) {
      set(rows, 3 * i + 1, 0.6);
      set(rows, 3 * i + 2, 0.8);
    }
    const panels = array(m * 3);
    packPanels(rows, m, 3, 3, panels);
    const squares = array(2 * m);
    const out = array(m);
    const scratch = array(stabilityScratchSize() >> 3);
    for (let round = 0; round < 20; ++round) {
      // All particles in one place, and J the same along and across: |J H| = J q'.
      const place = random();
      const alpha = constant(m, place);
      const gamma = constant(m, sqrt<f64>(1 - place * place));
      let sum: f64 = 0;
      for (let i: usize = 0; i < m; ++i) {
        const square = 1.5 + random();
        set(squares, i, square);
        set(squares, m + i, square);
        sum += 2 * sqrt<f64>(square);
      }
      const q1 = polynomial(0, 1, [2]);
      averageStability(panels, alpha, gamma, m, 3, q1, polynomial(0, 1, [0]), squares, 1, 0, m, scratch, out);
      for (let j: usize = 0; j < m; ++j) expect<f64>(abs<f64>(get(out, j) / sum - 1)).toBeLessThan(1e-7);
    }
  });

  it("has one direction on the circle", () => {
    const out = array(4);
    const panels = array(8);
    const rows = constant(8, 0);
    set(rows, 1, 1);
    set(rows, 3, -1);
    packPanels(rows, 2, 2, 2, panels);
    const alpha = constant(4, 0);
    const gamma = constant(4, 0);
    const angles: f64[] = [0.4, -1.1];
    const squares = constant(8, 0);
    for (let i: usize = 0; i < 2; ++i) {
      set(alpha, i, Math.cos(angles[<i32>i]));
      set(gamma, i, abs<f64>(Math.sin(angles[<i32>i])));
      set(squares, i, 4);
      set(squares, 4 + i, 100);
    }
    const scratch = array(stabilityScratchSize() >> 3);
    // q = s^2: H is the second derivative of -cos^2 of the angle between them.
    averageStability(
      panels,
      alpha,
      gamma,
      2,
      2,
      polynomial(1, 2, [2]),
      polynomial(0, 2, [2]),
      squares,
      1,
      0,
      2,
      scratch,
      out,
    );
    const between = 2 * abs<f64>(Math.cos(2 * (angles[0] - angles[1])));
    for (let j: usize = 0; j < 2; ++j) expect<f64>(abs<f64>(get(out, j) - 2 * (2 + between))).toBeLessThan(1e-12);
  });

  it("may be asked for a few rows at a time", () => {
    const m: usize = 9;
    const rows = unitRows(m, 3, 12, 3);
    const panels = array(36);
    packPanels(rows, m, 3, 3, panels);
    const alpha = constant(12, 0.6);
    const gamma = constant(12, 0.8);
    const squares = constant(24, 1);
    const scratch = array(stabilityScratchSize() >> 3);
    const q1 = polynomial(1, 2, [3, 1]);
    const q2 = polynomial(0, 2, [3, 3]);
    const whole = array(12);
    const parts = array(12);
    averageStability(panels, alpha, gamma, m, 3, q1, q2, squares, 1, 0, m, scratch, whole);
    averageStability(panels, alpha, gamma, m, 3, q1, q2, squares, 1, 0, 4, scratch, parts);
    averageStability(panels, alpha, gamma, m, 3, q1, q2, squares, 1, 4, m, scratch, parts);
    for (let j: usize = 0; j < m; ++j) expect<f64>(get(parts, j)).toBe(get(whole, j));
  });
});
