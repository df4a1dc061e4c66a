// Velocity and risk of a network on the population (SPEC.md, section 3), by sums over pairs of particles or by moments
// (population-moments.ts). Long calls are sliced by rows, so that a page stays alive and a signal is seen.

import type { Gradient } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import { type Region, regionBytes } from "../engine/arena.ts";
import { NETWORK_BLOCK_LENGTH, writeNetwork } from "../engine/blocks.ts";
import type { Engine } from "../engine/index.ts";
import { type PopulationForm, populationForm } from "../problem/form.ts";
import { teachersOf } from "../problem/teachers.ts";
import type { Problem } from "../problem/types.ts";
import { type Interaction, momentKernel, pairWork } from "./interaction.ts";
import { type Particles, roundUp } from "./particles.ts";
import { type FunctionName, functionBlocks, targetNorm } from "./population-functions.ts";
import { type MomentKernel, momentsBytes, PopulationMoments } from "./population-moments.ts";
import type { PopulationQuestion, Shares } from "./shares.ts";
import { byRows, SLICE_WORK } from "./slices.ts";
import type { Piece, Range } from "./sum-tree.ts";
import type { Objective } from "./training.ts";

type Names = FunctionName | "block" | "panels" | "rows" | "teachers" | "weights" | "scratch";

/** Sums behind the risk: L = |f*|^2 - 2 target + energy, energy = |f|^2. */
export interface Risk {
  loss: number;
  /** |f|^2 = mean_ij a_i a_j q(S_ij). */
  energy: number;
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
  interaction: Interaction,
): Record<Names, number> {
  const m = roundUp(width, 4);
  const blockLengths = Object.fromEntries(Array.from(functions, ([name, block]) => [name, block.length])) as Record<
    FunctionName,
    number
  >;
  return {
    ...blockLengths,
    block: NETWORK_BLOCK_LENGTH,
    panels: interaction === "pairs" ? m * dimension : 0,
    rows: m,
    teachers: teacherCount * stride,
    weights: teacherCount,
    scratch: engine.kernels.scratchSize(stride) / 8,
  };
}

/** Rows of a block of the kernels: sums over pairs, and the shares that threads take of them, go by whole ones. */
export const BLOCK_ROWS = 32;

/** Whole blocks of rows where they fit into a slice, whole tiles where not. */
export function sliceRows(rows: number): number {
  const unit = rows < BLOCK_ROWS ? 4 : BLOCK_ROWS;
  return Math.max(1, Math.floor(rows / unit)) * unit;
}

function formOf(problem: Problem): PopulationForm {
  const form = populationForm(problem);
  if (!form) throw new TypeError(`${problem.name} has no closed form on the population`);
  return form;
}

/** Moments that a network of a problem has where they are the way it goes. */
function momentsOf(problem: Problem, interaction: Interaction): MomentKernel | null {
  return interaction === "moments" ? momentKernel(problem) : null;
}

/** Bytes that it will reserve. */
export function populationBytes(engine: Engine, problem: Problem, shape: Shape, interaction: Interaction): number {
  const functions = functionBlocks(formOf(problem), "squared");
  const count = problem.kind === "multi-index" ? problem.weights.length : 1;
  const kernel = momentsOf(problem, interaction);
  const moments = kernel ? momentsBytes(engine, shape.dimension, kernel) : 0;
  return moments + regionBytes(lengths(engine, shape, functions, count, interaction));
}

export class PopulationForce {
  private readonly engine: Engine;
  private readonly particles: Particles;
  private readonly targetNorm: number;
  private readonly region: Region<Names>;
  /** null where the sums go over pairs. */
  private readonly moments: PopulationMoments | null = null;
  private readonly alone: boolean;
  private readonly teacherCount: number;
  /** Address of the network block, for kernels beside those of this class: after `pack`. */
  readonly block: number;
  /** Rows of one kernel call over pairs; a multiple of 4. */
  readonly rowsPerSlice: number;
  /** Other threads that share its sums over pairs. */
  private shares: Shares | null = null;

  /** Of the given particles on a problem with a closed form. */
  constructor(
    engine: Engine,
    problem: Problem,
    particles: Particles,
    objective: Objective,
    interaction: Interaction = "pairs",
  ) {
    if (problem.kind === "boolean") throw new TypeError(`${problem.name} has no closed form on the population`);
    const form = formOf(problem);
    const functions = functionBlocks(form, objective);
    const teachers = teachersOf(engine, problem);
    const { width, dimension, stride } = particles;
    this.engine = engine;
    this.particles = particles;
    this.teacherCount = teachers.count;
    this.alone = objective === "correlation";
    this.targetNorm = targetNorm(engine, form, teachers);
    this.region = engine.arena.reserve(
      `the population of a network of width ${width} in dimension ${dimension}`,
      lengths(engine, particles, functions, teachers.count, interaction),
    );
    const kernel = momentsOf(problem, interaction);
    if (kernel) {
      try {
        this.moments = new PopulationMoments(engine, particles, kernel);
      } catch (refusal) {
        this.region.free();
        throw refusal;
      }
    }
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
    this.rowsPerSlice = sliceRows(SLICE_WORK[engine.backend] / (width * pairWork(dimension, form.kernel)));
  }

  /** Packs W for the kernels; wanted after every change of W. */
  pack(): void {
    const { W, width, dimension, stride } = this.particles;
    this.engine.kernels.packPanels(W.address, width, dimension, stride, this.region.slots.panels.address);
  }

  /** V <- velocity of all particles; with `"euclidean"` its radial part too. */
  async velocity(gradient: Gradient, work: Work): Promise<void> {
    if (this.moments) {
      await this.moments.velocity(this.block, gradient, this.alone, work);
      return;
    }
    const { V, width, stride } = this.particles;
    if (this.shares) {
      const pieces = await this.shares.ask({ sum: "velocity", gradient }, width, BLOCK_ROWS);
      for (const { first, values } of pieces) V.view.set(values, first * stride);
      return;
    }
    // The same bits: pairs take three products of a block where rows take four, but whole blocks of rows, on one thread.
    await (this.rowsPerSlice % BLOCK_ROWS === 0
      ? this.velocityByPairs(gradient, work)
      : this.velocityByRows(gradient, { first: 0, last: width }, work));
  }

  private async velocityByRows(gradient: Gradient, range: Range, work: Work): Promise<void> {
    const { V } = this.particles;
    this.pack();
    for (let first = range.first; first < range.last; first += this.rowsPerSlice) {
      const last = Math.min(range.last, first + this.rowsPerSlice);
      this.engine.kernels.velocityRows(this.block, V.address, first, last, gradient === "euclidean");
      if (work.due) await work.pause();
    }
  }

  private async velocityByPairs(gradient: Gradient, work: Work): Promise<void> {
    const { engine, block, teacherCount } = this;
    const { V, width, stride } = this.particles;
    const { address: sums } = this.region.slots.rows;
    const euclidean = gradient === "euclidean";
    this.pack();
    for (let first = 0; first < width; first += this.rowsPerSlice) {
      const last = Math.min(width, first + this.rowsPerSlice);
      engine.kernels.velocityPairs(block, V.address, sums, first, last, euclidean);
      if (work.due) await work.pause();
    }
    await byRows(engine.backend, width, (1 + teacherCount) * stride, work, (first, last) => {
      engine.kernels.finishPairs(block, V.address, sums, first, last, euclidean);
      return true;
    });
  }

  /** Rows of the velocity, first a multiple of 4. */
  private async velocityPiece(gradient: Gradient, range: Range, work: Work): Promise<Piece> {
    const { V, stride } = this.particles;
    await this.velocityByRows(gradient, range, work);
    return { ...range, values: V.view.slice(range.first * stride, range.last * stride) };
  }

  /** Lets other threads take part in its sums. */
  shareWith(shares: Shares): void {
    this.shares = shares;
    if (this.moments) this.moments.shares = shares;
  }

  /** A share of its sums; W must not change meanwhile. */
  async pieces(question: PopulationQuestion, range: Range, work: Work): Promise<Piece[]> {
    switch (question.sum) {
      case "velocity":
        return [await this.velocityPiece(question.gradient, range, work)];
      case "energy":
        return [await this.energyPiece(range, work)];
      case "moments":
        return (await this.moments?.momentPieces(range, work)) ?? [];
      case "moment-velocity": {
        const { gradient, coefficients } = question;
        return this.moments ? [await this.moments.velocityPiece(this.block, gradient, coefficients, range, work)] : [];
      }
    }
  }

  /** Population risk (SPEC.md, section 3). */
  async risk(work: Work): Promise<Risk> {
    const { rows } = this.region.slots;
    const m = this.particles.width;
    const energy = (await this.energy(work)) / m / m;
    const { engine, block, teacherCount } = this;
    await byRows(engine.backend, m, Math.max(1, teacherCount) * this.particles.stride, work, (first, last) => {
      engine.kernels.targetRows(block, rows.address, first, last);
      return true;
    });
    const target = this.sumRows() / m;
    return { loss: this.targetNorm - 2 * target + energy, energy };
  }

  /** <f, f'> = mean_ij a_i a'_j q(<w_i, w'_j>) with another network, whose panels are in place: after its `risk`. */
  async overlap(other: PopulationForce, work: Work): Promise<number> {
    const sum = await this.overlapSum(other, work);
    return sum / this.particles.width / other.particles.width;
  }

  private async energy(work: Work): Promise<number> {
    if (this.moments) return this.moments.energy(work);
    const { rows } = this.region.slots;
    const m = this.particles.width;
    this.pack();
    if (this.shares) {
      const pieces = await this.shares.ask({ sum: "energy" }, m, BLOCK_ROWS);
      for (const { first, values } of pieces) rows.view.set(values, first);
    } else {
      await this.energyRows({ first: 0, last: m }, work);
    }
    return this.sumRows();
  }

  private async energyRows(range: Range, work: Work): Promise<void> {
    const { rows } = this.region.slots;
    for (let first = range.first; first < range.last; first += this.rowsPerSlice) {
      const last = Math.min(range.last, first + this.rowsPerSlice);
      this.engine.kernels.energyRows(this.block, rows.address, first, last);
      if (work.due) await work.pause();
    }
  }

  /** Rows of the energy, a_i sum_j a_j q(S_ij), first a multiple of 4. */
  private async energyPiece(range: Range, work: Work): Promise<Piece> {
    this.pack();
    await this.energyRows(range, work);
    return { ...range, values: this.region.slots.rows.view.slice(range.first, range.last) };
  }

  private async overlapSum(other: PopulationForce, work: Work): Promise<number> {
    // Moments of either network serve for both, as they are of one problem.
    if (this.moments) return this.moments.overlap(other.particles, work);
    if (other.moments) return other.moments.overlap(this.particles, work);
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
    return this.sumRows();
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
    this.moments?.free();
  }
}
