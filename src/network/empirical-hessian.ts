// Both Hessians of a network on samples, by the fused kernels of assembly/empirical/hessian.ts, in float64 whatever the
// precision of the training: means over the whole training set as it stands in its rows.

import type { Work } from "../core/run.ts";
import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import { BATCH_BLOCK_LENGTH, INPUT_TYPE, writeBatch } from "../engine/blocks.ts";
import type { Engine } from "../engine/index.ts";
import type { Problem } from "../problem/types.ts";
import { activationBlock, slopeBlock } from "./activation-block.ts";
import type { Dataset } from "./dataset.ts";
import { sampleSlice } from "./empirical.ts";
import { type Hessian, type HessianShape, type Reach, TangentField, tangentFieldBytes } from "./hessian.ts";
import { type Particles, roundUp } from "./particles.ts";

type Names = "batch" | "activation" | "slope" | "panels" | "radial" | "scratch";

function lengths(
  engine: Engine,
  { activation }: Problem,
  { width, dimension, stride }: HessianShape,
): Record<Names, number> {
  const m = roundUp(width, 4);
  return {
    batch: BATCH_BLOCK_LENGTH,
    activation: activationBlock(activation, "float64").length,
    slope: slopeBlock(activation).length,
    panels: m * dimension,
    radial: m,
    scratch: Math.ceil(engine.kernels.batchScratchSize(width, dimension, stride, 0) / 8),
  };
}

/** Bytes that it will reserve. */
export function empiricalHessianBytes(engine: Engine, problem: Problem, shape: HessianShape): number {
  return tangentFieldBytes(shape) + regionBytes(lengths(engine, problem, shape));
}

export class EmpiricalHessian implements Hessian {
  private readonly engine: Engine;
  private readonly particles: Particles;
  private readonly dataset: Dataset;
  private readonly field: TangentField;
  private readonly region: Region<Names>;
  private readonly slice: number;

  /** Of the given particles on a data set, for the objective "squared". The data set may be shared and is not freed. */
  constructor(engine: Engine, problem: Problem, particles: Particles, dataset: Dataset) {
    const { width, dimension, stride } = particles;
    this.engine = engine;
    this.particles = particles;
    this.dataset = dataset;
    this.field = new TangentField(engine, particles);
    try {
      this.region = engine.arena.reserve(
        `the samples of Hessians of width ${width} in dimension ${dimension}`,
        lengths(engine, problem, particles),
      );
    } catch (refusal) {
      this.field.free();
      throw refusal;
    }
    const { slots } = this.region;
    slots.activation.view.set(activationBlock(problem.activation, "float64"));
    slots.slope.view.set(slopeBlock(problem.activation));
    const { train } = dataset;
    writeBatch(slots.batch, {
      width,
      dimension,
      stride,
      single: 0,
      particles: particles.W.address,
      panels: slots.panels.address,
      signs: particles.signs,
      inputs: train.inputs,
      inputType: INPUT_TYPE[train.type],
      labels: train.labelAddress,
      order: 0,
      activation: slots.activation.address,
      correlation: 0,
      scratch: slots.scratch.address,
    });
    this.slice = sampleSlice(engine, width, problem);
  }

  get direction(): Slot {
    return this.field.direction;
  }

  get product(): Slot {
    return this.field.product;
  }

  async local(work: Work, reach?: Reach): Promise<void> {
    const { kernels } = this.engine;
    const { slots } = this.region;
    const { W, signs, width, dimension, stride } = this.particles;
    const { direction, product, field, dataset } = this;
    slots.radial.view.fill(0);
    await this.bySlots(work, reach, (first, last) =>
      kernels.batchLocalHessian(
        slots.batch.address,
        slots.slope.address,
        field.panels,
        first,
        last,
        product.address,
        slots.radial.address,
      ),
    );
    kernels.finishLocalHessian(
      W.address,
      direction.address,
      product.address,
      slots.radial.address,
      signs,
      dataset.train.n,
      width,
      dimension,
      stride,
    );
  }

  async interaction(work: Work, reach?: Reach): Promise<void> {
    const { kernels } = this.engine;
    const { batch, slope } = this.region.slots;
    const { W, signs, width, dimension, stride } = this.particles;
    const { product, field, dataset } = this;
    await this.bySlots(work, reach, (first, last) =>
      kernels.batchInteractionHessian(batch.address, slope.address, field.panels, first, last, product.address),
    );
    const { n } = dataset.train;
    kernels.finishGradient(W.address, product.address, signs, n, false, width, dimension, stride);
  }

  private async bySlots(
    work: Work,
    reach: Reach | undefined,
    compute: (first: number, last: number) => void,
  ): Promise<void> {
    const { n } = this.dataset.train;
    this.engine.kernels.packBatch(this.region.slots.batch.address);
    this.field.prepare();
    this.product.view.fill(0);
    for (let first = 0; first < n; first += this.slice) {
      const last = Math.min(n, first + this.slice);
      compute(first, last);
      reach?.(last / n);
      if (work.due) await work.pause();
    }
  }

  free(): void {
    this.field.free();
    this.region.free();
  }
}
