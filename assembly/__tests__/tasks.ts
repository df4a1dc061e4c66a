// Networks on samples for the specs: the block the kernels take, and what it cannot tell.

import { Batch, batchScratchSize, packBatch } from "../empirical/batch";
import { Activation, activations } from "./activations";
import { array, constant, get, inner, random, roundUp, set, signOf, unitRows } from "./helpers";

/** A network on data: its block, the data in float64, as the kernel sees them, the activation and the number of slots. */
export class Task {
  constructor(
    public batch: Batch,
    public activation: Activation,
    /** Float64, slots x d. */
    public X: usize,
    /** By slot. */
    public y: usize,
    public slots: usize,
    public name: string,
  ) {}

  lanes(): usize {
    return this.batch.single ? 8 : 4;
  }

  sign(i: usize): f64 {
    return this.batch.signs == 0 ? 1 : get(this.batch.signs, i);
  }

  particle(i: usize): usize {
    return this.batch.particles + ((i * this.batch.stride) << 3);
  }

  sample(b: usize): usize {
    return this.X + ((b * this.batch.dimension) << 3);
  }

  /** Relative accuracy of the computation. */
  tolerance(): f64 {
    return this.batch.single ? 1e-5 : 1e-13;
  }
}

function storeInput(address: usize, type: usize, i: usize, value: f64): void {
  if (type == 0) store<i8>(address + i, <i8>value);
  else if (type == 1) store<f32>(address + (i << 2), <f32>value);
  else store<f64>(address + (i << 3), value);
}

function loadInput(address: usize, type: usize, i: usize): f64 {
  if (type == 0) return <f64>load<i8>(address + i);
  if (type == 1) return <f64>load<f32>(address + (i << 2));
  return load<f64>(address + (i << 3));
}

/** A task with `slots` samples; `variant` chooses everything else. */
export function taskOf(m: usize, d: usize, slots: usize, single: usize, variant: usize): Task {
  const lanes: usize = single ? 8 : 4;
  const rows = roundUp(m, lanes);
  const dp = roundUp(d, lanes);
  const activation = activations[<i32>(variant % 8)];
  const type = (variant / 8) % 3;
  const signed = (variant / 3) % 2 == 1;
  const ordered = (variant / 5) % 2 == 1;
  const batch = changetype<Batch>(heap.alloc(offsetof<Batch>()));
  batch.width = m;
  batch.dimension = d;
  batch.stride = dp;
  batch.single = single;
  batch.particles = unitRows(m, d, rows, dp);
  batch.panels = array(single ? (rows * d) >> 1 : rows * d);
  batch.signs = signed ? constant(rows, 0) : 0;
  for (let i: usize = 0; signed && i < m; ++i) set(batch.signs, i, signOf(i));
  batch.inputType = type;
  batch.activation = single ? activation.block<f32>() : activation.block<f64>();
  batch.correlation = (variant / 7) % 2;
  batch.scratch = array(batchScratchSize(m, d, dp, single) >> 3);

  // Rows that are in no slot are NaN where the type has one.
  const count: usize = slots * 2 + 1;
  batch.inputs = array((count * d * (type == 0 ? 1 : <usize>4 * type)) / 8 + 1);
  batch.labels = array(count);
  batch.order = ordered ? array((slots + 1) / 2) : 0;
  const X = array(slots * d);
  const y = array(slots);
  for (let b: usize = 0; b < slots; ++b) {
    const row: usize = ordered ? (slots - b) * 2 - 1 : b;
    if (ordered) store<u32>(batch.order + (b << 2), <u32>row);
    set(y, b, 2 * random());
    set(batch.labels, row, get(y, b));
    for (let c: usize = 0; c < d; ++c) {
      const value = random();
      storeInput(batch.inputs, type, row * d + c, type == 0 ? (value < 0 ? -1 : 1) : 2 * value);
      const seen = loadInput(batch.inputs, type, row * d + c);
      set(X, b * d + c, single ? <f64>(<f32>seen) : seen);
    }
  }
  packBatch(batch);
  const name = `m ${m}, d ${d}, samples ${slots}, float32 ${single}, variant ${variant}`;
  return new Task(batch, activation, X, y, slots, name);
}

export function naiveOutput(task: Task, b: usize): f64 {
  const m = task.batch.width;
  let sum: f64 = 0;
  for (let i: usize = 0; i < m; ++i) {
    const z = inner(task.particle(i), task.sample(b), task.batch.dimension);
    sum += task.sign(i) * task.activation.value(z);
  }
  return sum / <f64>m;
}
