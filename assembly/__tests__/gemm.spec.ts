// The order of sums is part of the contract (gemm/README.md), so plain loops give the same bits.

import { accumulateBlock, gramBlock, packPanels } from "../gemm/tile";
import { array, copyOf, firstDifference, get, intact, randomArray, randomRows, roundUp, set } from "./helpers";

function panelsOf(W: usize, m: usize, d: usize, dp: usize): usize {
  const P = array(roundUp(m, 4) * d);
  packPanels(W, m, d, dp, P);
  return P;
}

function checkPanels(m: usize, d: usize): void {
  const dp = roundUp(d, 4);
  const name = `m ${m}, d ${d}`;
  // Rows behind m hold numbers here: the kernel must not copy them.
  const W = randomArray(roundUp(m, 4) * dp);
  const P = panelsOf(W, m, d, dp);
  let wrong = 0;
  for (let j: usize = 0; j < roundUp(m, 4); ++j) {
    for (let c: usize = 0; c < d; ++c) {
      const expected = j < m ? get(W, j * dp + c) : 0.0;
      if (get(P, ((j / 4) * d + c) * 4 + (j % 4)) != expected) ++wrong;
    }
  }
  expect<i32>(wrong).toBe(0, name);
  expect<bool>(intact(P, roundUp(m, 4) * d)).toBe(true, name);
}

/** Index of element (i, j) of a block in panels of four rows. */
function at(i: usize, j: usize, columns: usize): usize {
  return ((i / 4) * columns + j) * 4 + (i % 4);
}

function checkGram(m: usize, n: usize, d: usize): void {
  const dp = roundUp(d, 4);
  const rows = roundUp(m, 4);
  const columns = roundUp(n, 4);
  const name = `${m} x ${n}, d ${d}`;
  const A = randomRows(m, d, rows, dp);
  const B = randomRows(n, d, columns, dp);
  const S = array(rows * columns);
  const expected = array(rows * columns);
  for (let i: usize = 0; i < rows; ++i) {
    for (let j: usize = 0; j < columns; ++j) {
      let sum: f64 = 0;
      for (let c: usize = 0; c < d; ++c) sum += get(A, i * dp + c) * get(B, j * dp + c);
      set(expected, at(i, j, columns), sum);
    }
  }
  gramBlock(panelsOf(A, m, d, dp), rows, panelsOf(B, n, d, dp), columns, d, S);
  expect<i32>(firstDifference(S, expected, rows * columns)).toBe(-1, name);
  expect<bool>(intact(S, rows * columns)).toBe(true, name);
}

function checkAccumulate(m: usize, n: usize, d: usize): void {
  const dp = roundUp(d, 4);
  const rows = roundUp(m, 4);
  const columns = roundUp(n, 4);
  const name = `${m} x ${n}, d ${d}`;
  const S = randomArray(rows * columns);
  const W = randomRows(n, d, columns, dp);
  const G = randomRows(m, d, rows, dp);
  const expected = copyOf(G, rows * dp);
  for (let i: usize = 0; i < rows; ++i) {
    for (let c: usize = 0; c < dp; ++c) {
      let sum = get(expected, i * dp + c);
      for (let j: usize = 0; j < columns; ++j) sum += get(S, at(i, j, columns)) * get(W, j * dp + c);
      set(expected, i * dp + c, sum);
    }
  }
  accumulateBlock(S, rows, columns, W, dp, G);
  expect<i32>(firstDifference(G, expected, rows * dp)).toBe(-1, name);
  expect<bool>(intact(G, rows * dp)).toBe(true, name);
  for (let i: usize = 0; i < rows; ++i) {
    for (let c = d; c < dp; ++c) expect<f64>(get(G, i * dp + c)).toBe(0, "padding columns");
  }
}

const sizes: usize[] = [1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 65];

describe("packPanels", () => {
  it("interleaves four rows and pads with zeros", () => {
    for (let i = 0; i < sizes.length; ++i) {
      for (let j = 0; j < sizes.length; ++j) checkPanels(sizes[i], sizes[j]);
    }
  });
});

describe("gramBlock", () => {
  it("is the plain triple loop to the bit", () => {
    for (let i = 0; i < sizes.length; ++i) {
      checkGram(sizes[i], 64, 5);
      checkGram(32, sizes[i], 33);
      checkGram(4, 7, sizes[i]);
    }
  });
});

describe("accumulateBlock", () => {
  it("is the plain triple loop to the bit", () => {
    for (let i = 0; i < sizes.length; ++i) {
      checkAccumulate(sizes[i], 64, 5);
      checkAccumulate(32, sizes[i], 33);
      checkAccumulate(4, 7, sizes[i]);
    }
  });

  it("adds nothing for no columns", () => {
    const G = randomArray(16);
    const before = copyOf(G, 16);
    accumulateBlock(randomArray(32), 4, 0, randomArray(4), 4, G);
    expect<i32>(firstDifference(G, before, 16)).toBe(-1);
  });
});
