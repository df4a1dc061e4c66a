// Velocity and error of a network on samples, by the fused kernel of assembly/empirical: forward pass, residual, and
// gradient in one go over blocks of samples, so that no n x m array is ever stored.
//
//   g_i = a_i (1/B) sum_b r_b sigma'(<w_i, x_b>) x_b,   r_b = y_b - f(x_b), or y_b for the correlation objective
//
// The sum over b is a tree of leaves of 1024 samples or more (sum-tree.ts), of which other threads may have parts.

import type { Gradient } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import { type Region, regionBytes } from "../engine/arena.ts";
import { BATCH_BLOCK_LENGTH, INPUT_TYPE, writeBatch } from "../engine/blocks.ts";
import type { Engine } from "../engine/index.ts";
import type { Problem } from "../problem/types.ts";
import { activationBlock, activationWork, type Precision } from "./activation-block.ts";
import type { Dataset, Samples } from "./dataset.ts";
import { type Particles, roundUp } from "./particles.ts";
import type { SampleQuestion, Shares } from "./shares.ts";
import { depthOf, leavesOf, type Piece, piecesOf, type Range, sumAll, type TreeSum } from "./sum-tree.ts";
import type { Objective } from "./training.ts";

/** Multiplications in one kernel call: some ten milliseconds. */
const SLICE_WORK = { simd: 5e7, scalar: 1e7 };

/** Slices start at multiples of this, which is one of every block of the kernel. */
const SLICE_UNIT = 64;

/** Outputs that are computed between two copies into the caller's array. */
const CHUNK = 4096;

/** Rows and columns of a panel: two vectors. */
export function lanesOf(precision: Precision): number {
  return precision === "float32" ? 8 : 4;
}

/** Multiplications of a sample and a particle in a step: forward and backward. */
export function sampleWork({ d, activation }: Problem): number {
  return 2 * d + activationWork(activation);
}

/** Samples of one kernel call. */
export function sampleSlice({ backend }: Engine, width: number, problem: Problem): number {
  return SLICE_UNIT * Math.max(1, Math.floor(SLICE_WORK[backend] / (width * sampleWork(problem) * SLICE_UNIT)));
}

type Names = "batch" | "train" | "test" | "activation" | "panels" | "scratch" | "outputs" | "sums";

interface Shape {
  width: number;
  dimension: number;
  stride: number;
}

function lengths(
  engine: Engine,
  { width, dimension, stride }: Shape,
  precision: Precision,
  activation: Float64Array,
  samples: number,
): Record<Names, number> {
  const single = precision === "float32";
  const rows = roundUp(width, lanesOf(precision));
  const panels = rows * dimension;
  return {
    batch: BATCH_BLOCK_LENGTH,
    train: BATCH_BLOCK_LENGTH,
    test: BATCH_BLOCK_LENGTH,
    activation: activation.length,
    panels: single ? Math.ceil(panels / 2) : panels,
    scratch: Math.ceil(engine.kernels.batchScratchSize(width, dimension, stride, single ? 1 : 0) / 8),
    outputs: CHUNK,
    sums: depthOf(samples) * rows * stride,
  };
}

/** Bytes that it will reserve for a training set of so many samples. */
export function empiricalBytes(
  engine: Engine,
  problem: Problem,
  shape: Shape,
  precision: Precision,
  samples: number,
): number {
  return regionBytes(lengths(engine, shape, precision, activationBlock(problem.activation, precision), samples));
}

export class EmpiricalForce {
  private readonly engine: Engine;
  private readonly particles: Particles;
  private readonly region: Region<Names>;
  private readonly dataset: Dataset;
  private readonly slice: number;
  /** Other threads that share its sums. */
  shares: Shares | null = null;

  constructor(
    engine: Engine,
    problem: Problem,
    particles: Particles,
    dataset: Dataset,
    { precision, objective }: { precision: Precision; objective: Objective },
  ) {
    const { width, dimension, stride } = particles;
    const activation = activationBlock(problem.activation, precision);
    this.engine = engine;
    this.particles = particles;
    this.dataset = dataset;
    this.region = engine.arena.reserve(
      `the batches of a network of width ${width} in dimension ${dimension}`,
      lengths(engine, particles, precision, activation, dataset.train.n),
    );
    const { slots } = this.region;
    slots.activation.view.set(activation);
    const write = (slot: "batch" | "train" | "test", samples: Samples, order: number) =>
      writeBatch(slots[slot], {
        width,
        dimension,
        stride,
        single: precision === "float32" ? 1 : 0,
        particles: particles.W.address,
        panels: slots.panels.address,
        signs: particles.signs,
        inputs: samples.inputs,
        inputType: INPUT_TYPE[samples.type],
        labels: samples.labelAddress,
        order,
        activation: slots.activation.address,
        correlation: objective === "correlation" ? 1 : 0,
        scratch: slots.scratch.address,
      });
    write("batch", dataset.train, dataset.order);
    write("train", dataset.train, 0);
    if (dataset.test) write("test", dataset.test, 0);
    this.slice = sampleSlice(engine, width, problem);
  }

  /** V <- velocity on the batch of a step, 0 the first. */
  async velocity(step: number, gradient: Gradient, work: Work): Promise<void> {
    await this.descend("batch", await this.dataset.batch(step, work), gradient, work);
  }

  /** V <- tangent velocity on the whole training set as it stands in its rows. */
  async meanVelocity(work: Work): Promise<void> {
    await this.descend("train", { first: 0, last: this.dataset.train.n }, "riemannian", work);
  }

  private async descend(set: "batch" | "train", slots: Range, gradient: Gradient, work: Work): Promise<void> {
    const { kernels } = this.engine;
    const { W, V, signs, width, dimension, stride } = this.particles;
    const tree = this.tree(set, slots, work);
    const question = { sum: "gradient", set, slots, epoch: this.dataset.epoch } as const;
    const pieces = await this.shares?.ask(question, tree.leaves.count, 1);
    if (!pieces) kernels.packBatch(this.region.slots[set].address);
    await sumAll(this.engine, tree, pieces);
    const euclidean = gradient === "euclidean";
    const samples = slots.last - slots.first;
    kernels.finishGradient(W.address, V.address, signs, samples, euclidean, width, dimension, stride);
  }

  /** The sums of a batch: V, and those kept beside it. */
  private tree(set: "batch" | "train", slots: Range, work: Work): TreeSum {
    const { kernels } = this.engine;
    const { V } = this.particles;
    const { [set]: batch, sums } = this.region.slots;
    return {
      leaves: leavesOf(slots),
      at: (depth) => (depth === 0 ? V : sums.part((depth - 1) * V.length, V.length)),
      leaf: async ({ first, last }, G) => {
        G.view.fill(0);
        for (let slot = first; slot < last; slot += this.slice) {
          kernels.batchGradient(batch.address, slot, Math.min(last, slot + this.slice), G.address);
          if (work.due) await work.pause();
        }
      },
    };
  }

  /** A share of its sums; W must not change meanwhile. */
  async pieces(question: SampleQuestion, range: Range, work: Work): Promise<Piece[]> {
    await this.dataset.place(question.epoch, work);
    if (question.sum === "outputs") return [{ ...range, values: await this.outputsOf(question.set, range, work) }];
    const { set, slots } = question;
    this.engine.kernels.packBatch(this.region.slots[set].address);
    return piecesOf(this.engine, this.tree(set, slots, work), range);
  }

  /** f(x_b) of every sample of the training set or the test set, in the order of their rows. */
  async outputs(set: "train" | "test", work: Work): Promise<Float64Array> {
    const all = { first: 0, last: this.dataset[set]?.n ?? 0 };
    if (!this.shares || all.last === 0) return this.outputsOf(set, all, work);
    const out = new Float64Array(all.last);
    const question = { sum: "outputs", set, epoch: this.dataset.epoch } as const;
    for (const { first, values } of await this.shares.ask(question, all.last, SLICE_UNIT)) out.set(values, first);
    return out;
  }

  private async outputsOf(set: "train" | "test", range: Range, work: Work): Promise<Float64Array> {
    const { kernels } = this.engine;
    const { slots } = this.region;
    const out = new Float64Array(range.last - range.first);
    kernels.packBatch(slots[set].address);
    const slice = Math.min(CHUNK, this.slice);
    for (let first = range.first; first < range.last; first += slice) {
      const last = Math.min(range.last, first + slice);
      kernels.batchOutputs(slots[set].address, first, last, slots.outputs.address);
      out.set(slots.outputs.view.subarray(0, last - first), first - range.first);
      if (work.due) await work.pause();
    }
    return out;
  }

  /** Mean (f - y)^2 over the training set as the last of `steps` steps saw it. */
  async trainError(steps: number, work: Work): Promise<number> {
    const samples = await this.dataset.seenAfter(steps, work);
    const outputs = await this.outputs("train", work);
    return meanSquare(outputs, samples.labels);
  }

  /** Outputs on the test set with their mean (f - y)^2; null where there is none. */
  async testError(work: Work): Promise<{ outputs: Float64Array; error: number } | null> {
    const { test } = this.dataset;
    if (!test) return null;
    const outputs = await this.outputs("test", work);
    return { outputs, error: meanSquare(outputs, test.labels) };
  }

  free(): void {
    this.region.free();
  }
}

/** mean_b (x_b - y_b)^2, summed in ascending order. */
export function meanSquare(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let b = 0; b < x.length; b++) sum += (x[b] - y[b]) * (x[b] - y[b]);
  return sum / x.length;
}
