// Samples, orders and noise. Exact values from a separate program in Python (integers for the words, 60 digits for log
// and cos).

import { addNormal, fillNormal, fillNormalSingle } from "../random/normal";
import { shuffle } from "../random/permutation";
import { fillSigns } from "../random/signs";
import { array, arrayOf, firstDifference, get, intact, largestDifference, randomArray } from "./helpers";
import { set, singles, singlesIntact } from "./helpers";

describe("fillNormalSingle", () => {
  it("rounds the normals of fillNormal and leaves padding alone", () => {
    const double = array(3 * 5);
    fillNormal(double, 3, 4, 5, 7, 2, 2, 100);
    const single = singles(3 * 6);
    fillNormalSingle(single, 3, 4, 6, 7, 2, 2, 100);
    for (let i: usize = 0; i < 3; ++i) {
      for (let c: usize = 0; c < 4; ++c) {
        expect<f32>(load<f32>(single + ((i * 6 + c) << 2))).toBe(<f32>get(double, i * 5 + c));
      }
      expect<f32>(load<f32>(single + ((i * 6 + 4) << 2))).toBeNaN();
      expect<f32>(load<f32>(single + ((i * 6 + 5) << 2))).toBeNaN();
    }
    expect<bool>(singlesIntact(single, 18)).toBe(true);
  });
});

describe("fillSigns", () => {
  it("gives the exact signs of key (7, 2), counters (2, 5 + i, c, 0), and leaves padding alone", () => {
    const expected: i8[] = [1, 1, -1, -1, 1, 1, -1, 1, 1, 1, 1, 1, 1, -1, 1, -1, 1, 1];
    const out = array(3);
    memory.fill(out, 77, 24);
    fillSigns(out, 3, 6, 7, 7, 2, 2, 5);
    for (let i: usize = 0; i < 3; ++i) {
      for (let c: usize = 0; c < 6; ++c) {
        expect<i8>(load<i8>(out + i * 7 + c)).toBe(expected[<i32>(i * 6 + c)], `row ${i}, coordinate ${c}`);
      }
    }
    for (let i: usize = 0; i < 3; ++i) expect<i8>(load<i8>(out + i * 7 + 6)).toBe(77);
    expect<bool>(intact(out, 3)).toBe(true);
  });

  it("has mean 0", () => {
    const n: usize = 40000;
    const out = array(n / 8);
    fillSigns(out, 200, 200, 200, 3, 0, 2, 0);
    let sum = 0;
    for (let i: usize = 0; i < n; ++i) sum += load<i8>(out + i);
    // Five standard errors.
    expect<i32>(abs(sum)).toBeLessThan(1000);
  });
});

describe("addNormal", () => {
  it("adds the exact normals of key (7, 2), counters (5, i, c, 9), and leaves padding alone", () => {
    const normals = arrayOf([
      0.5210124788099435, -1.6481362215631126, -0.7617839433997414, 0.3870580708806939, -1.1100655181717098,
      0.9442180897679908,
    ]);
    const V = randomArray(8);
    set(V, 3, NaN);
    set(V, 7, NaN);
    const expected = array(8);
    for (let i: usize = 0; i < 2; ++i) {
      for (let c: usize = 0; c < 3; ++c) {
        set(expected, i * 4 + c, get(V, i * 4 + c) + 0.25 * get(normals, i * 3 + c));
      }
    }
    addNormal(V, 2, 3, 4, 0.25, 7, 2, 5, 9);
    expect<f64>(largestDifference(V, expected, 3)).toBeLessThan(1e-15);
    expect<f64>(largestDifference(V + 32, expected + 32, 3)).toBeLessThan(1e-15);
    expect<f64>(get(V, 3)).toBeNaN();
    expect<f64>(get(V, 7)).toBeNaN();
    expect<bool>(intact(V, 8)).toBe(true);
  });

  it("has step 0 in common with fillNormal, and no other", () => {
    const V = arrayOf([0, 0, 0, 0]);
    const normals = array(4);
    fillNormal(normals, 1, 4, 4, 1, 0, 5, 0);
    addNormal(V, 1, 4, 4, 1, 1, 0, 5, 0);
    expect<i32>(firstDifference(V, normals, 4)).toBe(-1);
    const later = arrayOf([0, 0, 0, 0]);
    addNormal(later, 1, 4, 4, 1, 1, 0, 5, 1);
    for (let c: usize = 0; c < 4; ++c) expect<f64>(get(later, c)).not.toBe(get(V, c));
  });
});

describe("shuffle", () => {
  it("gives the exact order of key (7, 2), stream 4, epoch 3", () => {
    const expected: u32[] = [4, 7, 0, 8, 9, 5, 3, 2, 1, 6];
    const out = array(5);
    shuffle(out, 10, 7, 2, 4, 3);
    for (let i: usize = 0; i < 10; ++i) expect<u32>(load<u32>(out + (i << 2))).toBe(expected[<i32>i]);
    expect<bool>(intact(out, 5)).toBe(true);
  });

  it("is a permutation, of one, of none, and another one in another epoch", () => {
    const n: usize = 1000;
    const out = array(n / 2);
    const other = array(n / 2);
    const seen = array(n);
    shuffle(out, <u32>n, 1, 0, 4, 0);
    for (let i: usize = 0; i < n; ++i) set(seen, load<u32>(out + (i << 2)), 1);
    for (let i: usize = 0; i < n; ++i) expect<f64>(get(seen, i)).toBe(1);
    shuffle(other, <u32>n, 1, 0, 4, 1);
    let fixed = 0;
    for (let i: usize = 0; i < n; ++i) {
      if (load<u32>(out + (i << 2)) == load<u32>(other + (i << 2))) ++fixed;
    }
    // About one of them stays in its place.
    expect<i32>(fixed).toBeLessThan(10);
    const one = array(1);
    shuffle(one, 1, 1, 0, 4, 0);
    expect<u32>(load<u32>(one)).toBe(0);
    const none = array(1);
    shuffle(none, 0, 1, 0, 4, 0);
    expect<f64>(get(none, 0)).toBeNaN();
  });

  it("puts every value anywhere with the same frequency", () => {
    const out = array(2);
    const counts = array(16);
    for (let i: usize = 0; i < 16; ++i) set(counts, i, 0);
    for (let epoch: u32 = 0; epoch < 4000; ++epoch) {
      shuffle(out, 4, 1, 0, 4, epoch);
      for (let i: usize = 0; i < 4; ++i) {
        const cell = i * 4 + load<u32>(out + (i << 2));
        set(counts, cell, get(counts, cell) + 1);
      }
    }
    // Five standard deviations about 1000.
    for (let i: usize = 0; i < 16; ++i) expect<f64>(abs<f64>(get(counts, i) - 1000)).toBeLessThan(137);
  });
});
