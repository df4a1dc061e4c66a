// The criterion of the mesh against plain loops over one panel after the other.

import { panelExcess } from "../limit/panels";
import { array, arrayOf, constant, get, random, randomArray, set } from "./helpers";

const POINTS: usize = 16;

/** The excess of the panel whose values start at index `from`. */
function naiveExcess(
  values: usize,
  from: usize,
  watched: usize,
  importance: f64,
  criterion: usize,
  rounding: f64,
): f64 {
  let tail: f64 = 0;
  for (let k: usize = 0; k < 4; ++k) {
    let sum: f64 = 0;
    for (let i: usize = 0; i < POINTS; ++i) sum += get(watched, 4 * i + k) * get(values, from + i);
    if (abs<f64>(sum) > tail) tail = abs<f64>(sum);
  }
  let size: f64 = 0;
  let reach: f64 = 0;
  for (let i: usize = 0; i < POINTS; ++i) {
    const x = get(values, from + i);
    size = max(size, abs<f64>(x));
    if (x > 0 ? get(criterion, 3) == 1 : get(criterion, 4) == 1) reach = max(reach, abs<f64>(x));
  }
  let scale: f64 = 1;
  if (get(criterion, 1) > 0 && reach > 0) {
    scale = get(criterion, 1);
    for (let j: f64 = 1; j < get(criterion, 2); ++j) scale *= reach;
  }
  return (importance * tail) / max(get(criterion, 0) * min<f64>(1, scale), rounding * size);
}

const counts: usize[] = [1, 2, 3, 33];

/** Whether the kernel agrees to the bit on values from `low` on, `width` wide. */
function check(low: f64, width: f64, criterion: usize, rounding: f64): void {
  const watched = randomArray(4 * POINTS);
  for (let c = 0; c < counts.length; ++c) {
    const count = counts[c];
    const values = array(count * POINTS);
    for (let i: usize = 0; i < count * POINTS; ++i) set(values, i, low + (width * (random() + 1)) / 2);
    const importance = array(count);
    let expected: f64 = 0;
    for (let p: usize = 0; p < count; ++p) {
      set(importance, p, (random() + 1) / 2);
      expected = max(expected, naiveExcess(values, p * POINTS, watched, get(importance, p), criterion, rounding));
    }
    expect<f64>(expected).toBeGreaterThan(0);
    expect<f64>(panelExcess(values, count, watched, importance, criterion, rounding)).toBe(expected, `${count} panels`);
  }
}

describe("panelExcess", () => {
  it("is the largest excess to the bit, on either side of the equator and across it", () => {
    const sides: f64[] = [0, 1];
    for (let a = 0; a < 2; ++a) {
      for (let b = 0; b < 2; ++b) {
        const criterion = arrayOf([1e-6, 0.75, 4, sides[a], sides[b]]);
        check(0.1, 0.8, criterion, 1e-15);
        check(-0.9, 0.8, criterion, 1e-15);
        check(-0.5, 1, criterion, 1e-15);
      }
    }
  });

  it("knows no scale without a rate and none above 1, and allows no less than rounding", () => {
    check(-0.9, 1.8, arrayOf([1e-6, 40, 2, 1, 1]), 1e-15);
    check(-1, 2, arrayOf([1e-6, 0, 0, 1, 1]), 1e-15);
    check(-1, 2, arrayOf([1e-6, 2, 3, 1, 1]), 1e-3);
  });

  it("is the largest watched coefficient, over epsilon", () => {
    const watched = constant(4 * POINTS, 0);
    set(watched, 4 * 3 + 2, -2);
    set(watched, 4 * 15 + 1, 8);
    const values = constant(POINTS, 0.25);
    expect<f64>(panelExcess(values, 1, watched, constant(1, 0.5), arrayOf([0.125, 0, 0, 1, 1]), 0)).toBe(8);
    set(values, 3, -4);
    expect<f64>(panelExcess(values, 1, watched, constant(1, 0.5), arrayOf([0.125, 0, 0, 1, 1]), 0)).toBe(32);
  });

  it("is 0 for no panels, and for one that does not matter", () => {
    const watched = randomArray(4 * POINTS);
    const criterion = arrayOf([1, 0, 0, 1, 1]);
    expect<f64>(panelExcess(0, 0, watched, 0, criterion, 0)).toBe(0);
    expect<f64>(panelExcess(randomArray(POINTS), 1, watched, constant(1, 0), criterion, 0)).toBe(0);
  });
});
