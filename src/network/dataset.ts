// Training and test set in the module's memory: drawn from the seed, row i of a set from counters (stream, i, c), or
// copied from the user; labels float64. Batches are ranges of slots; slot b holds row order[b], or row b.

import type { Work } from "../core/run.ts";
import { type Region, regionBytes } from "../engine/arena.ts";
import type { INPUT_TYPE } from "../engine/blocks.ts";
import type { Engine } from "../engine/index.ts";
import type { Address } from "../engine/kernels.ts";
import { type RandomKey, STREAM } from "../engine/random.ts";
import { dataLaw } from "../problem/form.ts";
import type { Problem } from "../problem/types.ts";
import type { Precision } from "./activation-block.ts";
import type { DataArray, DataPlan } from "./data.ts";
import type { Range } from "./sum-tree.ts";
import { label, labelBytes } from "./target.ts";

type InputType = keyof typeof INPUT_TYPE;

const BYTES: Record<InputType, number> = { int8: 1, float32: 4, float64: 8 };

/** Random numbers that are drawn between two looks at the clock. */
const DRAWN_AT_ONCE = 65536;

function typeOf(array: DataArray): InputType {
  if (array instanceof Int8Array) return "int8";
  return array instanceof Float32Array ? "float32" : "float64";
}

/** Drawn inputs are stored as the computation takes them, signs in a byte. */
function drawnType(problem: Problem, precision: Precision): InputType {
  return dataLaw(problem) === "boolean" ? "int8" : precision;
}

function lengths(n: number, d: number, type: InputType): Record<"inputs" | "labels", number> {
  return { inputs: Math.ceil((n * d * BYTES[type]) / 8), labels: n };
}

/** Inputs (n x d) and labels of one set. */
export class Samples {
  readonly n: number;
  readonly type: InputType;
  private readonly engine: Engine;
  private readonly problem: Problem;
  private readonly region: Region<"inputs" | "labels">;

  constructor(engine: Engine, problem: Problem, n: number, type: InputType) {
    this.engine = engine;
    this.problem = problem;
    this.n = n;
    this.type = type;
    this.region = engine.arena.reserve(`${n} samples in dimension ${problem.d}`, lengths(n, problem.d, type));
  }

  get inputs(): Address {
    return this.region.slots.inputs.address;
  }

  get labels(): Float64Array {
    return this.region.slots.labels.view;
  }

  get labelAddress(): Address {
    return this.region.slots.labels.address;
  }

  private view(): DataArray {
    const { view, singles, bytes } = this.region.slots.inputs;
    return { int8: bytes, float32: singles, float64: view }[this.type];
  }

  /** Copies the user's arrays. */
  set(inputs: DataArray, labels: Float64Array | null): void {
    this.view().set(inputs);
    if (labels) this.labels.set(labels);
    else this.label();
  }

  /** Draws rows firstRow .. firstRow + n - 1 of a stream, and labels them. */
  async draw(stream: number, firstRow: number, { seed, replica }: RandomKey, work: Work): Promise<void> {
    const { kernels } = this.engine;
    const { d } = this.problem;
    const fill = { int8: kernels.fillSigns, float32: kernels.fillNormalSingle, float64: kernels.fillNormal }[this.type];
    const rows = Math.max(1, Math.floor(DRAWN_AT_ONCE / d));
    for (let row = 0; row < this.n; row += rows) {
      const address = this.inputs + row * d * BYTES[this.type];
      fill(address, Math.min(rows, this.n - row), d, d, seed, replica, stream, firstRow + row);
      if (work.due) await work.pause();
    }
    this.label();
  }

  private label(): void {
    label(
      this.engine,
      this.problem,
      () => this.view(),
      () => this.labels,
    );
  }

  free(): void {
    this.region.free();
  }
}

function inputTypes(problem: Problem, plan: DataPlan, precision: Precision): { train: InputType; test: InputType } {
  if (plan.kind === "sampled") {
    const type = drawnType(problem, precision);
    return { train: type, test: type };
  }
  return { train: typeOf(plan.inputs), test: plan.testInputs ? typeOf(plan.testInputs) : "int8" };
}

/** Bytes that a data set will reserve. */
export function datasetBytes(problem: Problem, plan: DataPlan, precision: Precision): number {
  const { d } = problem;
  const types = inputTypes(problem, plan, precision);
  const order = plan.order === "shuffled" ? regionBytes({ order: Math.ceil(plan.samples / 2) }) : 0;
  const test = plan.test > 0 ? regionBytes(lengths(plan.test, d, types.test)) : 0;
  return regionBytes(lengths(plan.samples, d, types.train)) + test + order + labelBytes(problem);
}

export class Dataset {
  readonly train: Samples;
  readonly test: Samples | null;
  private readonly engine: Engine;
  private readonly plan: DataPlan;
  private readonly key: RandomKey;
  private readonly orderRegion: Region<"order"> | null;
  /** Epoch whose samples are in place; -1 before `load`. */
  private placed = -1;

  /** Replicas draw data of their own. */
  constructor(engine: Engine, problem: Problem, plan: DataPlan, precision: Precision, key: RandomKey) {
    this.engine = engine;
    this.plan = plan;
    this.key = key;
    const types = inputTypes(problem, plan, precision);
    const taken: { free(): void }[] = [];
    try {
      this.train = new Samples(engine, problem, plan.samples, types.train);
      taken.push(this.train);
      this.test = plan.test > 0 ? new Samples(engine, problem, plan.test, types.test) : null;
      if (this.test) taken.push(this.test);
      this.orderRegion =
        plan.order === "shuffled"
          ? engine.arena.reserve("the order of the samples", { order: Math.ceil(plan.samples / 2) })
          : null;
    } catch (refusal) {
      for (const part of taken) part.free();
      throw refusal;
    }
  }

  /** Address of the row of each slot; 0 where slot b is row b. */
  get order(): Address {
    return this.orderRegion?.slots.order.address ?? 0;
  }

  /** Puts both sets in place. */
  async load(work: Work): Promise<void> {
    const { plan } = this;
    if (plan.kind === "given") {
      this.train.set(plan.inputs, plan.labels);
      if (plan.testInputs) this.test?.set(plan.testInputs, plan.testLabels);
    } else {
      await this.test?.draw(STREAM.testInputs, 0, this.key, work);
    }
    await this.place(0, work);
  }

  /** The epoch whose samples are in place. */
  get epoch(): number {
    return this.placed;
  }

  /** Puts samples and order of an epoch in place, 0 the first. */
  async place(epoch: number, work: Work): Promise<void> {
    const { plan, train, key } = this;
    if (epoch === this.placed) return;
    if (plan.kind === "sampled" && (this.placed < 0 || plan.resample))
      await train.draw(STREAM.inputs, plan.resample ? epoch * plan.samples : 0, key, work);
    if (this.orderRegion)
      this.engine.kernels.shuffle(this.order, plan.samples, key.seed, key.replica, STREAM.order, epoch);
    this.placed = epoch;
  }

  private placeForStep(step: number, work: Work): Promise<void> {
    return this.place(Math.floor(step / this.stepsPerEpoch), work);
  }

  private get stepsPerEpoch(): number {
    return Math.ceil(this.plan.samples / this.plan.batch);
  }

  /** The slots of a step, 0 the first, with their samples in place. */
  async batch(step: number, work: Work): Promise<Range> {
    await this.placeForStep(step, work);
    const first = (step % this.stepsPerEpoch) * this.plan.batch;
    return { first, last: Math.min(this.plan.samples, first + this.plan.batch) };
  }

  /** The training set as the last of `steps` steps saw it. */
  async seenAfter(steps: number, work: Work): Promise<Samples> {
    await this.placeForStep(Math.max(0, steps - 1), work);
    return this.train;
  }

  free(): void {
    this.train.free();
    this.test?.free();
    this.orderRegion?.free();
  }
}
