// Exact values from a separate program in Python (integers for the words, 60 digits for log and cos), and the
// known-answer vectors that the authors of Philox publish with Random123 (tests/golden/philox4x32-10.txt).

import { fillNormal, fillUniform } from "../random/normal";
import { philoxBlock } from "../random/philox";
import { array, arrayOf, firstDifference, get, intact, largestDifference } from "./helpers";

function words(key: u32[], counter: u32[]): u32[] {
  const out = array(2);
  philoxBlock(out, key[0], key[1], counter[0], counter[1], counter[2], counter[3]);
  return [load<u32>(out), load<u32>(out, 4), load<u32>(out, 8), load<u32>(out, 12)];
}

describe("philox", () => {
  it("gives the published words", () => {
    const ones: u32 = 0xffffffff;
    expect<u32[]>(words([0, 0], [0, 0, 0, 0])).toStrictEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    expect<u32[]>(words([ones, ones], [ones, ones, ones, ones])).toStrictEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    expect<u32[]>(words([0xa4093822, 0x299f31d0], [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344])).toStrictEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });

  it("writes four words and no more", () => {
    const out = array(2);
    philoxBlock(out, 1, 2, 3, 4, 5, 6);
    expect<bool>(intact(out, 2)).toBe(true);
  });
});

describe("fillUniform", () => {
  it("gives the exact values of key (7, 2), counter (1, 5, i, 0)", () => {
    const out = array(4);
    fillUniform(out, 4, 7, 2, 1, 5);
    const expected: u64[] = [0x3fc0acc162d82a00, 0x3faa2e60df008ca0, 0x3feac02cf5798c30, 0x3fba4ef7367f0500];
    for (let i = 0; i < 4; ++i) expect<u64>(load<u64>(out + ((<usize>i) << 3))).toBe(expected[i]);
  });

  it("takes the largest seed", () => {
    const out = array(2);
    fillUniform(out, 2, 0xffffffff, 0, 0, 0);
    expect<f64>(get(out, 0)).toBe(0.9806494491549942);
    expect<f64>(get(out, 1)).toBe(0.24852920810845747);
  });

  it("starts a longer sequence like a shorter one, stays in [0, 1) and writes n numbers", () => {
    const short = array(3);
    const long = array(1000);
    fillUniform(short, 3, 1, 0, 0, 0);
    fillUniform(long, 1000, 1, 0, 0, 0);
    expect<i32>(firstDifference(short, long, 3)).toBe(-1);
    expect<bool>(intact(short, 3)).toBe(true);
    let sum: f64 = 0;
    let fine = true;
    for (let i: usize = 0; i < 1000; ++i) {
      const u = get(long, i);
      if (!(u >= 0 && u < 1)) fine = false;
      sum += u;
    }
    expect<bool>(fine).toBe(true);
    // Five standard errors of the mean of 1000 uniforms.
    expect<f64>(abs<f64>(sum / 1000 - 0.5)).toBeLessThan(0.046);
  });
});

describe("fillNormal", () => {
  it("gives the values of seed 1, replica 0, stream 0", () => {
    const expected = arrayOf([
      -0.11368019704496955,
      -1.4778786447594823,
      1.0596070947669052,
      0.5423420469519664, //
      1.9288648508609938,
      0.03804982236883492,
      1.3759501900364566,
      -0.1303804944705933, //
      -1.3100091306607398,
      0.42154927647958246,
      0.3387763179024071,
      -2.0322129464592122,
    ]);
    const out = array(12);
    fillNormal(out, 3, 4, 4, 1, 0, 0, 0);
    expect<f64>(largestDifference(out, expected, 12)).toBeLessThan(1e-15);
  });

  it("gives the values of the largest seed, another replica, stream and row", () => {
    const expected = arrayOf([0.3970261931225019, 1.384517551862726, -0.901410867932164]);
    const out = array(3);
    fillNormal(out, 1, 3, 3, 0xffffffff, 4, 2, 100000);
    expect<f64>(largestDifference(out, expected, 3)).toBeLessThan(1e-15);
    fillNormal(out, 1, 1, 1, 3, 1, 0, 0xffffffff);
    expect<f64>(abs<f64>(get(out, 0) - 2.5232754846061916)).toBeLessThan(1e-15);
  });

  it("is nested in rows, in d and in the stride, and leaves padding alone", () => {
    const small = array(2 * 4);
    const large = array(5 * 9);
    fillNormal(small, 2, 3, 4, 9, 1, 0, 0);
    fillNormal(large, 5, 9, 9, 9, 1, 0, 0);
    for (let i: usize = 0; i < 2; ++i) {
      expect<i32>(firstDifference(small + ((i * 4) << 3), large + ((i * 9) << 3), 3)).toBe(-1);
      expect<f64>(get(small, i * 4 + 3)).toBeNaN("padding is not written");
    }
    expect<bool>(intact(small, 8) && intact(large, 45)).toBe(true);
    const later = array(2 * 9);
    fillNormal(later, 2, 9, 9, 9, 1, 0, 3);
    expect<i32>(firstDifference(later, large + ((3 * 9) << 3), 18)).toBe(-1, "rows from the third on");
  });

  it("depends on seed, replica and stream", () => {
    const first = array(1);
    const other = array(1);
    fillNormal(first, 1, 1, 1, 1, 0, 0, 0);
    fillNormal(other, 1, 1, 1, 2, 0, 0, 0);
    expect<i32>(firstDifference(first, other, 1)).toBe(0);
    fillNormal(other, 1, 1, 1, 1, 1, 0, 0);
    expect<i32>(firstDifference(first, other, 1)).toBe(0);
    fillNormal(other, 1, 1, 1, 1, 0, 1, 0);
    expect<i32>(firstDifference(first, other, 1)).toBe(0);
  });

  it("has mean 0 and variance 1", () => {
    const n: usize = 20000;
    const out = array(n);
    fillNormal(out, 100, 200, 200, 5, 0, 0, 0);
    let sum: f64 = 0;
    let squares: f64 = 0;
    for (let i: usize = 0; i < n; ++i) {
      sum += get(out, i);
      squares += get(out, i) * get(out, i);
    }
    // Five standard errors.
    expect<f64>(abs<f64>(sum / <f64>n)).toBeLessThan(0.0354);
    expect<f64>(abs<f64>(squares / <f64>n - 1)).toBeLessThan(0.05);
  });
});
