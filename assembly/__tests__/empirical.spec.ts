// The fused gradient on data against plain loops over its formulas (empirical/gradient.ts), every size with every other.

import { batchScratchSize, packBatch } from "../empirical/batch";
import { batchGradient, batchOutputs, finishGradient } from "../empirical/gradient";
import { array, constant, copyOf, firstDifference, get, inner, intact, largestDifference, largestOf } from "./helpers";
import { randomArray, randomRows, roundUp, set, signOf, unitRows } from "./helpers";
import { naiveOutput, Task, taskOf } from "./tasks";

const sizes: usize[] = [1, 3, 63, 64, 65];

/** G += the gradient; returns the sum of the squares. */
function naiveGradient(task: Task, G: usize): f64 {
  const d = task.batch.dimension;
  let squares: f64 = 0;
  for (let b: usize = 0; b < task.slots; ++b) {
    const residual = get(task.y, b) - naiveOutput(task, b);
    squares += residual * residual;
    const r = task.batch.correlation ? get(task.y, b) : residual;
    for (let i: usize = 0; i < task.batch.width; ++i) {
      const g = G + ((i * task.batch.stride) << 3);
      const factor = r * task.activation.slope(inner(task.particle(i), task.sample(b), d));
      for (let c: usize = 0; c < d; ++c) set(g, c, get(g, c) + factor * get(task.sample(b), c));
    }
  }
  return squares;
}

function close(x: f64, y: f64, tolerance: f64): bool {
  return abs<f64>(x - y) <= tolerance * max<f64>(1, abs<f64>(y));
}

function scratchIntact(task: Task): bool {
  const batch = task.batch;
  const size = batchScratchSize(batch.width, batch.dimension, batch.stride, batch.single);
  return intact(batch.scratch, size >> 3);
}

function checkGradient(task: Task): void {
  const batch = task.batch;
  const size = batch.width * batch.stride;
  const before = copyOf(batch.particles, roundUp(batch.width, task.lanes()) * batch.stride);
  // It adds to what is there; padding columns are zero.
  const G = randomRows(batch.width, batch.dimension, batch.width, batch.stride);
  const expected = copyOf(G, size);
  const sliced = copyOf(G, size);
  const squares = batchGradient(batch, 0, task.slots, G);
  const expectedSquares = naiveGradient(task, expected);
  // Entries are sums over the samples of terms of the size of the slope, which for the series is some ten.
  const scale = max<f64>(largestOf(expected, size), 10 * sqrt<f64>(<f64>task.slots));
  expect<f64>(largestDifference(G, expected, size) / scale).toBeLessThan(task.tolerance(), task.name);
  expect<bool>(close(squares, expectedSquares, 10 * task.tolerance())).toBe(true, task.name);
  expect<bool>(intact(G, size) && scratchIntact(task)).toBe(true, task.name);
  expect<i32>(firstDifference(batch.particles, before, roundUp(batch.width, task.lanes()) * batch.stride)).toBe(-1);

  let inSlices: f64 = 0;
  const cut: usize = batch.single ? 64 : 7;
  for (let first: usize = 0; first < task.slots; first += cut) {
    inSlices += batchGradient(batch, first, min(first + cut, task.slots), sliced);
  }
  expect<i32>(firstDifference(sliced, G, size)).toBe(-1, `${task.name}: slices`);
  expect<bool>(close(inSlices, squares, 1e-14)).toBe(true, `${task.name}: slices`);
}

function checkOutputs(task: Task): void {
  const out = array(task.slots);
  const labels = task.batch.labels;
  task.batch.labels = 0;
  batchOutputs(task.batch, 0, task.slots, out);
  let worst: f64 = 0;
  for (let b: usize = 0; b < task.slots; ++b) {
    const expected = naiveOutput(task, b);
    worst = max(worst, abs<f64>(get(out, b) - expected) / max<f64>(10, abs<f64>(expected)));
  }
  expect<f64>(worst).toBeLessThan(task.tolerance(), task.name);
  expect<bool>(intact(out, task.slots) && scratchIntact(task)).toBe(true, task.name);
  // Whatever the slices, in both precisions: a slice starts with another block.
  const sliced = array(task.slots);
  const cut = (task.slots + 1) / 2;
  batchOutputs(task.batch, 0, cut, sliced);
  batchOutputs(task.batch, cut, task.slots, sliced + (cut << 3));
  expect<i32>(firstDifference(sliced, out, task.slots)).toBe(-1, `${task.name}: slices`);
  task.batch.labels = labels;
}

/** Coordinate c of G_i for ReLU and the correlation objective, in float32 over blocks of so many samples. */
function sumOfBlocks(task: Task, i: usize, c: usize, block: usize): f64 {
  const w = task.particle(i);
  let sum: f64 = 0;
  for (let first: usize = 0; first < task.slots; first += block) {
    let part: f32 = 0;
    for (let b = first; b < min(first + block, task.slots); ++b) {
      const x = task.sample(b);
      const z = <f32>get(w, 0) * <f32>get(x, 0) + <f32>get(w, 1) * <f32>get(x, 1);
      if (z > 0) part += <f32>get(task.y, b) * <f32>get(x, c);
    }
    sum += <f64>part;
  }
  return sum;
}

describe("batchGradient and batchOutputs", () => {
  it("agree with plain loops for every m, d and number of samples, in both precisions", () => {
    let variant: usize = 0;
    for (let i = 0; i < sizes.length; ++i) {
      for (let j = 0; j < sizes.length; ++j) {
        for (let k = 0; k < sizes.length; ++k) {
          for (let single: usize = 0; single < 2; ++single) {
            const task = taskOf(sizes[i], sizes[j], sizes[k], single, variant++);
            checkGradient(task);
            checkOutputs(task);
          }
        }
      }
    }
  });

  it("take every activation, sign, input type, order and objective", () => {
    for (let variant: usize = 0; variant < 420; ++variant) {
      for (let single: usize = 0; single < 2; ++single) checkGradient(taskOf(13, 6, 9, single, variant));
    }
  });

  it("go over more than one block, also a small one of a wide network", () => {
    checkGradient(taskOf(17, 5, 200, 0, 0));
    checkGradient(taskOf(17, 5, 200, 1, 1));
    checkGradient(taskOf(16390, 3, 130, 0, 3));
    checkGradient(taskOf(16390, 3, 130, 1, 5));
  });

  it("begin a sum of float32 anew with every block: 64 samples, 16 above 16384 particles", () => {
    for (let m: usize = 16384; m <= 16385; ++m) {
      // ReLU and the correlation objective: every term is r x or nothing, so that the sums are known to the bit.
      const task = taskOf(m, 2, 150, 1, 18);
      task.batch.correlation = 1;
      const G = constant(m * 8, 0);
      batchGradient(task.batch, 0, 150, G);
      for (let i: usize = 0; i < m; i += 4096) {
        for (let c: usize = 0; c < 2; ++c) {
          expect<f64>(get(G, i * 8 + c)).toBe(sumOfBlocks(task, i, c, m > 16384 ? 16 : 64), `m ${m}, particle ${i}`);
        }
      }
    }
  });

  it("do nothing for an empty slice", () => {
    const task = taskOf(5, 3, 4, 0, 0);
    const G = array(20);
    expect<f64>(batchGradient(task.batch, 2, 2, G)).toBe(0);
    batchOutputs(task.batch, 2, 2, G);
    expect<f64>(get(G, 0)).toBeNaN();
  });

  it("say so where a number is not finite", () => {
    for (let single: usize = 0; single < 2; ++single) {
      for (let variant: usize = 0; variant < 6; ++variant) {
        const task = taskOf(5, 3, 4, single, variant);
        set(task.batch.particles, 0, NaN);
        packBatch(task.batch);
        expect<f64>(batchGradient(task.batch, 0, 4, constant(5 * 8, 0))).toBeNaN();
      }
    }
  });
});

describe("batchScratchSize", () => {
  it("is a multiple of 64 and grows with the width, not with the number of samples", () => {
    for (let m: usize = 1; m < 40; ++m) {
      expect<bool>(batchScratchSize(m, 3, 4, 0) % 64 == 0).toBe(true);
      expect<bool>(batchScratchSize(m, 3, 8, 1) % 64 == 0).toBe(true);
    }
    expect<bool>(batchScratchSize(16385, 3, 4, 0) < batchScratchSize(16384, 3, 4, 0)).toBe(true, "smaller blocks");
  });
});

function checkFinish(m: usize, d: usize, signed: bool, euclidean: bool): void {
  const dp = roundUp(d, 8);
  const name = `m ${m}, d ${d}, signed ${signed}, euclidean ${euclidean}`;
  const W = unitRows(m, d, m, dp);
  const G = randomRows(m, d, m, dp);
  const expected = constant(m * dp, 0);
  const signs = signed ? randomArray(m) : 0;
  for (let i: usize = 0; i < m; ++i) {
    const w = W + ((i * dp) << 3);
    const g = expected + ((i * dp) << 3);
    if (signed) set(signs, i, signOf(i));
    for (let c: usize = 0; c < d; ++c) set(g, c, ((signed ? signOf(i) : 1) * get(G, i * dp + c)) / 12);
    const along = inner(w, g, d);
    for (let c: usize = 0; !euclidean && c < d; ++c) set(g, c, get(g, c) - along * get(w, c));
  }
  finishGradient(W, G, signs, 12, euclidean, m, d, dp);
  expect<f64>(largestDifference(G, expected, m * dp)).toBeLessThan(1e-16, name);
  expect<bool>(intact(G, m * dp)).toBe(true, name);
}

describe("finishGradient", () => {
  it("divides, applies the signs and projects", () => {
    for (let i = 0; i < sizes.length; ++i) {
      for (let j = 0; j < sizes.length; ++j) {
        checkFinish(sizes[i], sizes[j], false, false);
        checkFinish(sizes[i], sizes[j], true, false);
        checkFinish(sizes[i], sizes[j], false, true);
        checkFinish(sizes[i], sizes[j], true, true);
      }
    }
  });
});
