// The float32 products against plain loops in float32: the same bits (gemm/README.md).

import { accumulateBlockOf, gramBlockOf, packPanelsOf } from "../gemm/tile";
import {
  copyOf,
  firstDifference,
  firstSingleDifference,
  get,
  intact,
  random,
  randomArray,
  randomRows,
} from "./helpers";
import { roundUp, set, singles, singlesIntact } from "./helpers";

function single(address: usize, i: usize): f32 {
  return load<f32>(address + (i << 2));
}

function randomSingles(n: usize): usize {
  const address = singles(n);
  for (let i: usize = 0; i < n; ++i) store<f32>(address + (i << 2), <f32>random());
  return address;
}

/** Index of element (i, j) of a block in panels of `lanes` rows. */
function at(i: usize, j: usize, columns: usize, lanes: usize): usize {
  return ((i / lanes) * columns + j) * lanes + (i % lanes);
}

function checkPanels(m: usize, d: usize): void {
  const dp = roundUp(d, 8);
  const rows = roundUp(m, 8);
  const name = `m ${m}, d ${d}`;
  // Rows behind m hold numbers here: the kernel must not copy them.
  const W = randomArray(rows * dp);
  const P = singles(rows * d);
  packPanelsOf<f32>(W, m, d, dp, P);
  let wrong = 0;
  for (let i: usize = 0; i < rows; ++i) {
    for (let c: usize = 0; c < d; ++c) {
      const expected: f32 = i < m ? <f32>get(W, i * dp + c) : 0;
      if (single(P, at(i, c, d, 8)) != expected) ++wrong;
    }
  }
  expect<i32>(wrong).toBe(0, name);
  expect<bool>(singlesIntact(P, rows * d)).toBe(true, name);
}

function checkGram(rows: usize, columns: usize, d: usize): void {
  const name = `${rows} x ${columns}, d ${d}`;
  const A = randomSingles(rows * d);
  const B = randomSingles(columns * d);
  const S = singles(rows * columns);
  const expected = singles(rows * columns);
  for (let i: usize = 0; i < rows; ++i) {
    for (let j: usize = 0; j < columns; ++j) {
      let sum: f32 = 0;
      for (let c: usize = 0; c < d; ++c) sum += single(A, at(i, c, d, 8)) * single(B, at(j, c, d, 4));
      store<f32>(expected + (at(i, j, columns, 8) << 2), sum);
    }
  }
  gramBlockOf<f32>(A, rows, B, columns, d, S);
  expect<i32>(firstSingleDifference(S, expected, rows * columns)).toBe(-1, name);
  expect<bool>(singlesIntact(S, rows * columns)).toBe(true, name);
}

function checkAccumulate(rows: usize, columns: usize, d: usize): void {
  const dp = roundUp(d, 8);
  const name = `${rows} x ${columns}, d ${d}`;
  const S = randomSingles(roundUp(rows, 8) * columns);
  const W = randomSingles(columns * dp);
  const panels = randomSingles(columns * dp);
  const start = randomRows(rows, d, rows, dp);
  const expected = copyOf(start, rows * dp);
  for (let c: usize = 0; c < dp; ++c) {
    for (let j: usize = 0; j < columns; ++j) {
      store<f32>(panels + (at(c, j, columns, 8) << 2), single(W, j * dp + c));
    }
    for (let i: usize = 0; i < rows; ++i) {
      let sum: f32 = 0;
      for (let j: usize = 0; j < columns; ++j) sum += single(S, at(i, j, columns, 8)) * single(W, j * dp + c);
      set(expected, i * dp + c, get(expected, i * dp + c) + <f64>sum);
    }
  }
  let G = copyOf(start, rows * dp);
  accumulateBlockOf<f32, usize>(S, rows, columns, W, dp, G);
  expect<i32>(firstDifference(G, expected, rows * dp)).toBe(-1, `${name}, rows of W`);
  G = copyOf(start, rows * dp);
  accumulateBlockOf<f32, v128>(S, rows, columns, panels, dp, G);
  expect<i32>(firstDifference(G, expected, rows * dp)).toBe(-1, `${name}, panels of W`);
  expect<bool>(intact(G, rows * dp)).toBe(true, name);
}

const sizes: usize[] = [1, 3, 8, 31, 33, 64, 65];

describe("float32 panels and products", () => {
  it("packPanels rounds to float32, interleaves eight rows and pads with zeros", () => {
    for (let i = 0; i < sizes.length; ++i) {
      for (let j = 0; j < sizes.length; ++j) checkPanels(sizes[i], sizes[j]);
    }
  });

  it("gramBlock is the plain triple loop to the bit", () => {
    for (let i = 0; i < sizes.length; ++i) {
      checkGram(roundUp(sizes[i], 8), 64, 5);
      checkGram(32, roundUp(sizes[i], 4), 33);
      checkGram(8, 12, sizes[i]);
    }
  });

  it("accumulateBlock is the plain triple loop to the bit, float64 at the end", () => {
    for (let i = 0; i < sizes.length; ++i) {
      checkAccumulate(roundUp(sizes[i], 4), 64, 5);
      checkAccumulate(32, sizes[i], 33);
      checkAccumulate(12, 7, sizes[i]);
    }
  });
});
