// Products with the two Hessians on data against plain loops over their formulas (empirical/hessian.ts).

import { batchScratchSize } from "../empirical/batch";
import { finishGradient } from "../empirical/gradient";
import { batchInteractionHessian, batchLocalHessian, finishLocalHessian } from "../empirical/hessian";
import { packPanels } from "../gemm/tile";
import { makeTangent } from "../population/sphere";
import { array, constant, firstDifference, get, inner, intact, largestDifference, largestOf } from "./helpers";
import { randomRows, roundUp, set } from "./helpers";
import { naiveOutput, Task, taskOf } from "./tasks";

const sizes: usize[] = [1, 3, 33, 64, 65];

function row(task: Task, V: usize, i: usize): usize {
  return V + ((i * task.batch.stride) << 3);
}

/** out_i = P_{w_i} a_i G_i / count. */
function project(task: Task, G: usize, out: usize): void {
  const d = task.batch.dimension;
  for (let i: usize = 0; i < task.batch.width; ++i) {
    const along = inner(task.particle(i), row(task, G, i), d);
    const factor = task.sign(i) / <f64>task.slots;
    for (let c: usize = 0; c < d; ++c) {
      set(row(task, out, i), c, factor * (get(row(task, G, i), c) - along * get(task.particle(i), c)));
    }
  }
}

function naiveLocal(task: Task, V: usize, out: usize): void {
  const m = task.batch.width;
  const d = task.batch.dimension;
  const G = constant(m * task.batch.stride, 0);
  const radial = constant(m, 0);
  const slope = task.activation.derivative();
  for (let b: usize = 0; b < task.slots; ++b) {
    const r = get(task.y, b) - naiveOutput(task, b);
    const x = task.sample(b);
    for (let i: usize = 0; i < m; ++i) {
      const z = inner(task.particle(i), x, d);
      const t = inner(row(task, V, i), x, d);
      for (let c: usize = 0; c < d; ++c) {
        set(row(task, G, i), c, get(row(task, G, i), c) + r * slope.slope(z) * t * get(x, c));
      }
      set(radial, i, get(radial, i) + r * task.activation.slope(z) * z);
    }
  }
  project(task, G, out);
  for (let i: usize = 0; i < m; ++i) {
    const factor = (task.sign(i) * get(radial, i)) / <f64>task.slots;
    for (let c: usize = 0; c < d; ++c) {
      set(row(task, out, i), c, get(row(task, out, i), c) - factor * get(row(task, V, i), c));
    }
  }
  heap.free(G);
  heap.free(radial);
}

function naiveInteraction(task: Task, V: usize, out: usize): void {
  const m = task.batch.width;
  const d = task.batch.dimension;
  const G = constant(m * task.batch.stride, 0);
  for (let b: usize = 0; b < task.slots; ++b) {
    const x = task.sample(b);
    let h: f64 = 0;
    for (let j: usize = 0; j < m; ++j) {
      const slope = task.activation.slope(inner(task.particle(j), x, d));
      h += (task.sign(j) * slope * inner(row(task, V, j), x, d)) / <f64>m;
    }
    for (let i: usize = 0; i < m; ++i) {
      const factor = h * task.activation.slope(inner(task.particle(i), x, d));
      for (let c: usize = 0; c < d; ++c) set(row(task, G, i), c, get(row(task, G, i), c) + factor * get(x, c));
    }
  }
  project(task, G, out);
  heap.free(G);
}

/** Local (out of `slices`) and interaction, finished. */
function products(task: Task, V: usize, local: usize, interaction: usize, slice: usize): void {
  const batch = task.batch;
  const m = batch.width;
  const d = batch.dimension;
  const dp = batch.stride;
  const slope = task.activation.derivative().block<f64>();
  const panels = array(roundUp(m, 4) * d);
  packPanels(V, m, d, dp, panels);
  const radial = constant(roundUp(m, 4), 0);
  for (let first: usize = 0; first < task.slots; first += slice) {
    const last = min(first + slice, task.slots);
    batchLocalHessian(batch, slope, panels, first, last, local, radial);
    batchInteractionHessian(batch, slope, panels, first, last, interaction);
  }
  finishLocalHessian(batch.particles, V, local, radial, batch.signs, task.slots, m, d, dp);
  finishGradient(batch.particles, interaction, batch.signs, task.slots, false, m, d, dp);
  expect<bool>(intact(radial, roundUp(m, 4)) && intact(panels, roundUp(m, 4) * d)).toBe(true, task.name);
  heap.free(panels);
  heap.free(radial);
}

function check(task: Task): void {
  const batch = task.batch;
  const m = batch.width;
  const dp = batch.stride;
  const size = m * dp;
  const V = randomRows(m, batch.dimension, roundUp(m, 4), dp);
  makeTangent(batch.particles, V, m, dp);
  const local = constant(size, 0);
  const interaction = constant(size, 0);
  products(task, V, local, interaction, task.slots);
  const expected = constant(size, 0);
  naiveLocal(task, V, expected);
  // Terms are as large as the curvature, which for the series is a hundred.
  const scale = max<f64>(largestOf(expected, size), 10);
  expect<f64>(largestDifference(local, expected, size) / scale).toBeLessThan(1e-12, `${task.name}: local`);
  naiveInteraction(task, V, expected);
  const other = max<f64>(largestOf(expected, size), 10);
  expect<f64>(largestDifference(interaction, expected, size) / other).toBeLessThan(1e-12, `${task.name}: interaction`);

  const slicedLocal = constant(size, 0);
  const slicedInteraction = constant(size, 0);
  products(task, V, slicedLocal, slicedInteraction, 7);
  expect<i32>(firstDifference(slicedLocal, local, size)).toBe(-1, `${task.name}: local, slices`);
  expect<i32>(firstDifference(slicedInteraction, interaction, size)).toBe(-1, `${task.name}: interaction, slices`);
  expect<bool>(intact(local, size) && intact(interaction, size)).toBe(true, task.name);
  const scratch = batchScratchSize(m, batch.dimension, dp, 0) >> 3;
  expect<bool>(intact(batch.scratch, scratch)).toBe(true, task.name);
  heap.free(V);
  heap.free(local);
  heap.free(interaction);
  heap.free(expected);
  heap.free(slicedLocal);
  heap.free(slicedInteraction);
}

describe("batchLocalHessian and batchInteractionHessian", () => {
  it("agree with plain loops for every m, d and number of samples", () => {
    let variant: usize = 0;
    for (let i = 0; i < sizes.length; ++i) {
      for (let j = 0; j < sizes.length; ++j) {
        for (let k = 0; k < sizes.length; ++k) check(taskOf(sizes[i], sizes[j], sizes[k], 0, variant++));
      }
    }
  });

  it("take every activation, sign, input type and order", () => {
    for (let variant: usize = 0; variant < 240; ++variant) check(taskOf(13, 6, 9, 0, variant));
  });

  it("go over the small blocks of a wide network", () => {
    check(taskOf(16390, 3, 37, 0, 3));
  });

  it("do nothing for an empty slice", () => {
    const task = taskOf(5, 3, 4, 0, 0);
    const out = array(20);
    const slope = task.activation.derivative().block<f64>();
    batchLocalHessian(task.batch, slope, task.batch.panels, 2, 2, out, out);
    batchInteractionHessian(task.batch, slope, task.batch.panels, 2, 2, out);
    expect<f64>(get(out, 0)).toBeNaN();
  });
});
