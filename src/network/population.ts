// Velocity and risk of a network on the population, by sums over pairs of particles (SPEC.md, section 3). Long calls are
// sliced by rows, so that a page stays alive and a signal is seen.

import type { Gradient } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import { type Region, regionBytes } from "../engine/arena.ts";
import { arcCosineBlock, NETWORK_BLOCK_LENGTH, polynomialBlock, writeNetwork } from "../engine/blocks.ts";
import type { Engine } from "../engine/index.ts";
import { type KernelFunction, type PopulationForm, populationForm } from "../problem/form.ts";
import { type Teachers, teachersOf } from "../problem/teachers.ts";
import type { Problem } from "../problem/types.ts";
import { type Particles, roundUp } from "./particles.ts";
import type { Objective } from "./training.ts";

/** The functions of a problem, by their names in the network block. */
const FUNCTIONS = [
  "kernel",
  "kernelDerivative",
  "kernelCurvature",
  "kernelRadial",
  "link",
  "linkDerivative",
  "linkCurvature",
  "linkRadial",
] as const;

/** Multiplications in one kernel call: some ten milliseconds, so that a signal is seen in time. */
const SLICE_WORK = { simd: 5e7, scalar: 1e7 };

/** Multiplications that the square root and the arc cosine of a pair count. */
const ARC_COSINE_WORK = 100;

type FunctionName = (typeof FUNCTIONS)[number];
type Names = FunctionName | "block" | "panels" | "rows" | "teachers" | "weights" | "scratch";

/** Sums behind the risk: L = |f*|^2 - 2 target + energy, energy = |f|^2. */
export interface Risk {
  loss: number;
  /** |f|^2 = mean_ij a_i a_j q(S_ij). */
  energy: number;
}

/** A function of an inner product as the kernels take it. */
function functionBlock(form: KernelFunction): Float64Array {
  switch (form.kind) {
    case "polynomial":
      return polynomialBlock(form.powers);
    case "arc-cosine":
      return arcCosineBlock(0);
    case "arc-cosine-derivative":
      return arcCosineBlock(1);
    case "arc-cosine-curvature":
      return arcCosineBlock(2);
  }
}

/** The correlation objective has no interaction: of the kernel only q stays, for the risk. */
function functionBlocks(form: PopulationForm, objective: Objective): Map<FunctionName, Float64Array> {
  const none = { kind: "polynomial", powers: new Float64Array(1) } as const;
  const used =
    objective === "squared" ? form : { ...form, kernelDerivative: none, kernelCurvature: none, kernelRadial: none };
  return new Map(FUNCTIONS.map((name) => [name, functionBlock(used[name])]));
}

interface Shape {
  width: number;
  dimension: number;
  stride: number;
}

function lengths(
  engine: Engine,
  { width, dimension, stride }: Shape,
  functions: Map<FunctionName, Float64Array>,
  teacherCount: number,
): Record<Names, number> {
  const m = roundUp(width, 4);
  const blockLengths = Object.fromEntries(Array.from(functions, ([name, block]) => [name, block.length])) as Record<
    FunctionName,
    number
  >;
  return {
    ...blockLengths,
    block: NETWORK_BLOCK_LENGTH,
    panels: m * dimension,
    rows: m,
    teachers: teacherCount * stride,
    weights: teacherCount,
    scratch: engine.kernels.scratchSize(stride) / 8,
  };
}

/** Whole blocks of rows where they fit into a slice, whole tiles where not. */
export function sliceRows(rows: number): number {
  const unit = rows < 32 ? 4 : 32;
  return Math.max(1, Math.floor(rows / unit)) * unit;
}

/** Multiplications a pair of particles takes in a step. */
export function pairWork(problem: Problem): number {
  const form = populationForm(problem);
  if (!form) return 0;
  const { kernel } = form;
  return 2 * problem.d + (kernel.kind === "polynomial" ? 2 * kernel.powers.length : ARC_COSINE_WORK);
}

/** |f*|^2 = sum_rr' omega_r omega_r' E[link(<u_r, x>) link(<u_r', x>)]. */
function targetNorm(engine: Engine, form: PopulationForm, { rows, count, dimension, weights }: Teachers): number {
  const block = functionBlock(form.targetKernel);
  const region = engine.arena.reserve("the norm of the target", { block: block.length });
  try {
    region.slots.block.view.set(block);
    let sum = 0;
    for (let r = 0; r < count; r++) {
      for (let other = 0; other < count; other++) {
        let s = 0;
        for (let c = 0; c < dimension; c++) s += rows[r * dimension + c] * rows[other * dimension + c];
        sum += weights[r] * weights[other] * engine.kernels.polynomialAt(region.slots.block.address, s);
      }
    }
    return sum;
  } finally {
    region.free();
  }
}

function formOf(problem: Problem): PopulationForm {
  const form = populationForm(problem);
  if (!form) throw new TypeError(`${problem.name} has no closed form on the population`);
  return form;
}

/** Bytes that it will reserve. */
export function populationBytes(engine: Engine, problem: Problem, shape: Shape): number {
  const functions = functionBlocks(formOf(problem), "squared");
  const count = problem.kind === "multi-index" ? problem.weights.length : 1;
  return regionBytes(lengths(engine, shape, functions, count));
}

export class PopulationForce {
  private readonly engine: Engine;
  private readonly particles: Particles;
  private readonly targetNorm: number;
  private readonly region: Region<Names>;
  /** Address of the network block, for kernels beside those of this class: after `pack`. */
  readonly block: number;
  /** Rows of one kernel call of the velocity; a multiple of 4. */
  readonly rowsPerSlice: number;

  /** Of the given particles on a problem with a closed form. */
  constructor(engine: Engine, problem: Problem, particles: Particles, objective: Objective) {
    if (problem.kind === "boolean") throw new TypeError(`${problem.name} has no closed form on the population`);
    const form = formOf(problem);
    const functions = functionBlocks(form, objective);
    const teachers = teachersOf(engine, problem);
    const { width, dimension, stride } = particles;
    this.engine = engine;
    this.particles = particles;
    this.targetNorm = targetNorm(engine, form, teachers);
    this.region = engine.arena.reserve(
      `the pairs of a network of width ${width} in dimension ${dimension}`,
      lengths(engine, particles, functions, teachers.count),
    );
    const { slots } = this.region;
    const addresses = {} as Record<FunctionName, number>;
    for (const [name, block] of functions) {
      slots[name].view.set(block);
      addresses[name] = slots[name].address;
    }
    const { count, dimension: r } = teachers;
    for (let k = 0; k < count; k++) slots.teachers.view.set(teachers.rows.subarray(k * r, (k + 1) * r), k * stride);
    slots.weights.view.set(teachers.weights);
    this.block = writeNetwork(slots.block, {
      width,
      dimension,
      stride,
      particles: particles.W.address,
      panels: slots.panels.address,
      signs: particles.signs,
      teachers: slots.teachers.address,
      teacherWeights: slots.weights.address,
      teacherCount: count,
      ...addresses,
      scratch: slots.scratch.address,
    });
    this.rowsPerSlice = sliceRows(SLICE_WORK[engine.backend] / (width * pairWork(problem)));
  }

  /** Packs W for the kernels; wanted after every change of W. */
  pack(): void {
    const { W, width, dimension, stride } = this.particles;
    this.engine.kernels.packPanels(W.address, width, dimension, stride, this.region.slots.panels.address);
  }

  /** V <- velocity of all particles; with `"euclidean"` its radial part too. */
  async velocity(gradient: Gradient, work: Work): Promise<void> {
    const { V, width } = this.particles;
    this.pack();
    for (let first = 0; first < width; first += this.rowsPerSlice) {
      const last = Math.min(width, first + this.rowsPerSlice);
      this.engine.kernels.velocityRows(this.block, V.address, first, last, gradient === "euclidean");
      if (work.due) await work.pause();
    }
  }

  /** Population risk (SPEC.md, section 3). */
  async risk(work: Work): Promise<Risk> {
    const { rows } = this.region.slots;
    const m = this.particles.width;
    this.pack();
    for (let first = 0; first < m; first += this.rowsPerSlice) {
      const last = Math.min(m, first + this.rowsPerSlice);
      this.engine.kernels.energyRows(this.block, rows.address, first, last);
      if (work.due) await work.pause();
    }
    const energy = this.sumRows() / m / m;
    this.engine.kernels.targetRows(this.block, rows.address);
    const target = this.sumRows() / m;
    return { loss: this.targetNorm - 2 * target + energy, energy };
  }

  /** <f, f'> = mean_ij a_i a'_j q(<w_i, w'_j>) with another network, whose panels are in place: after its `risk`. */
  async overlap(other: PopulationForce, work: Work): Promise<number> {
    const { rows } = this.region.slots;
    const { width: m, signs } = this.particles;
    this.pack();
    const panels = this.region.slots.panels.address;
    const step = sliceRows((this.rowsPerSlice * m) / other.particles.width);
    for (let first = 0; first < m; first += step) {
      const last = Math.min(m, first + step);
      this.engine.kernels.overlapRows(other.block, panels, signs, rows.address, first, last);
      if (work.due) await work.pause();
    }
    return this.sumRows() / m / other.particles.width;
  }

  private sumRows(): number {
    const { view } = this.region.slots.rows;
    let sum = 0;
    for (let i = 0; i < this.particles.width; i++) sum += view[i];
    return sum;
  }

  /** Gives the memory back. */
  free(): void {
    this.region.free();
  }
}
