// Sums over a network by its symmetric moment tensors (assembly/population/moments.ts): linear in the width. The moments
// are a tree of leaves of 1024 particles or more (sum-tree.ts), of which other threads may have parts.

import type { Gradient } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import { MOMENTS_BLOCK_LENGTH, type MomentsBlock, writeMoments } from "../engine/blocks.ts";
import type { Engine } from "../engine/index.ts";
import type { Address } from "../engine/kernels.ts";
import { type MomentSize, momentTable } from "./moment-table.ts";
import type { Particles } from "./particles.ts";
import type { Shares } from "./shares.ts";
import { rowsOf, SLICE_WORK } from "./slices.ts";
import { leavesOf, MOST_DEPTH, type Piece, piecesOf, type Range, sumAll, type TreeSum } from "./sum-tree.ts";

/** A kernel with finite moment tensors: powers of q and of its radial part, and the sizes of its tables. */
export interface MomentKernel {
  powers: Float64Array;
  radial: Float64Array;
  size: MomentSize;
}

/** Particles that the kernels take together: for the moments, and for the velocity. */
const PANEL = 64;
const ROUND = 8;

type Names = "block" | "runs" | "groups" | "sums" | "others" | "partial" | "coefficients" | "radial" | "scratch";

function lengths(engine: Engine, dimension: number, { powers, size }: MomentKernel): Record<Names, number> {
  const { rows, runs, groups, products } = size;
  return {
    block: MOMENTS_BLOCK_LENGTH,
    runs: 2 * runs,
    groups: 4 * groups,
    sums: products,
    others: products,
    // Of this network or another, which may be wider.
    partial: MOST_DEPTH * products,
    coefficients: products,
    // And a zero, for a network that is left alone.
    radial: powers.length + 1,
    scratch: engine.kernels.momentScratchSize(rows, dimension) / 8,
  };
}

/** Bytes that it will reserve. */
export function momentsBytes(engine: Engine, dimension: number, kernel: MomentKernel): number {
  return regionBytes(lengths(engine, dimension, kernel));
}

export class PopulationMoments {
  private readonly engine: Engine;
  private readonly particles: Particles;
  private readonly kernel: MomentKernel;
  /** F_A of every product. */
  private readonly factors: Float64Array;
  private readonly region: Region<Names>;
  private readonly fields: MomentsBlock;
  /** Other threads that share its sums. */
  shares: Shares | null = null;

  constructor(engine: Engine, particles: Particles, kernel: MomentKernel) {
    const { width, dimension } = particles;
    const { powers, radial, size } = kernel;
    this.engine = engine;
    this.particles = particles;
    this.kernel = kernel;
    this.region = engine.arena.reserve(
      `the moments of a network of width ${width} in dimension ${dimension}`,
      lengths(engine, dimension, kernel),
    );
    const { slots } = this.region;
    const table = momentTable(dimension, powers, size);
    this.factors = table.factors;
    slots.runs.words.set(table.runs);
    slots.groups.words.set(table.groups);
    slots.radial.view.set(powers.map((q, k) => (q === 0 ? 0 : radial[k] / q)));
    slots.radial.view[0] = radial[0] * particles.signSum;
    this.fields = {
      rows: size.rows,
      runs: slots.runs.address,
      runCount: size.runs,
      groups: slots.groups.address,
      groupCount: size.groups,
      sums: slots.sums.address,
      coefficients: slots.coefficients.address,
      radial: slots.radial.address,
      scratch: slots.scratch.address,
    };
  }

  /** V <- velocity of all particles of the network of this block; `alone`: without the action of the network on itself. */
  async velocity(network: Address, gradient: Gradient, alone: boolean, work: Work): Promise<void> {
    const { V, width, stride } = this.particles;
    const { radial, coefficients } = this.region.slots;
    const all = { first: 0, last: width };
    if (alone) {
      const nothing = { runCount: 0, groupCount: 0, radial: radial.at(radial.length - 1) };
      await this.velocityRows(network, this.write(nothing), gradient, all, work);
      return;
    }
    await this.gather(work);
    if (!this.shares) {
      await this.velocityRows(network, this.write(), gradient, all, work);
      return;
    }
    const question = { sum: "moment-velocity", gradient, coefficients: coefficients.view.slice() } as const;
    for (const { first, values } of await this.shares.ask(question, width, ROUND)) V.view.set(values, first * stride);
  }

  private async velocityRows(
    network: Address,
    block: Address,
    gradient: Gradient,
    { first, last }: Range,
    work: Work,
  ): Promise<void> {
    const { momentVelocityRows } = this.engine.kernels;
    const { V } = this.particles;
    const step = this.rowsPerSlice(2, ROUND);
    for (let row = first; row < last; row += step) {
      momentVelocityRows(network, block, V.address, row, Math.min(last, row + step), gradient === "euclidean");
      if (work.due) await work.pause();
    }
  }

  /** Rows of the velocity from given coefficients, first a multiple of 8. */
  async velocityPiece(
    network: Address,
    gradient: Gradient,
    coefficients: Float64Array,
    range: Range,
    work: Work,
  ): Promise<Piece> {
    const { V, stride } = this.particles;
    this.region.slots.coefficients.view.set(coefficients);
    await this.velocityRows(network, this.write(), gradient, range, work);
    return { ...range, values: V.view.slice(range.first * stride, range.last * stride) };
  }

  /** Parts of the moments that lie in a range of the leaves of the particles. */
  momentPieces(range: Range, work: Work): Promise<Piece[]> {
    return piecesOf(this.engine, this.tree(this.particles, this.region.slots.sums, work), range);
  }

  /** sum_ij a_i a_j q(S_ij). */
  async energy(work: Work): Promise<number> {
    await this.gather(work);
    return this.contract(this.particles, this.region.slots.sums);
  }

  /** sum_ij a_i a'_j q(<w_i, w'_j>) with the particles of another network of the same problem. */
  async overlap(other: Particles, work: Work): Promise<number> {
    await this.gather(work);
    await sumAll(this.engine, this.tree(other, this.region.slots.others, work));
    return this.contract(other, this.region.slots.others);
  }

  /** Moments of the particles, and from them the coefficients of their polynomial. */
  private async gather(work: Work): Promise<void> {
    const { sums, coefficients } = this.region.slots;
    const tree = this.tree(this.particles, sums, work);
    await sumAll(this.engine, tree, await this.shares?.ask({ sum: "moments" }, tree.leaves.count, 1));
    const { factors } = this;
    const moments = sums.view;
    const products = coefficients.view;
    for (let i = 0; i < factors.length; i++) products[i] = factors[i] * moments[i];
  }

  /** The sums of these particles: those at `sums`, and those kept beside them. */
  private tree({ W, signs, width, dimension, stride }: Particles, sums: Slot, work: Work): TreeSum {
    const { momentRows } = this.engine.kernels;
    const { partial } = this.region.slots;
    const step = this.rowsPerSlice(1, PANEL);
    return {
      leaves: leavesOf({ first: 0, last: width }),
      at: (depth) => (depth === 0 ? sums : partial.part((depth - 1) * sums.length, sums.length)),
      leaf: async ({ first, last }, out) => {
        out.view.fill(0);
        const block = this.write({ sums: out.address });
        for (let row = first; row < last; row += step) {
          momentRows(block, W.address, signs, dimension, stride, row, Math.min(last, row + step));
          if (work.due) await work.pause();
        }
      },
    };
  }

  /** sum_A F_A M_A M'_A, products ascending after degree 0. */
  private contract({ signSum }: Particles, sums: Slot): number {
    const moments = sums.view;
    const products = this.region.slots.coefficients.view;
    let total = this.kernel.powers[0] * this.particles.signSum * signSum;
    for (let i = 0; i < products.length; i++) total += products[i] * moments[i];
    return total;
  }

  private write(changes: Partial<MomentsBlock> = {}): Address {
    return writeMoments(this.region.slots.block, { ...this.fields, ...changes });
  }

  private rowsPerSlice(perProduct: number, unit: number): number {
    const { rows, products } = this.kernel.size;
    return rowsOf(SLICE_WORK[this.engine.backend], perProduct * (products + rows), unit);
  }

  free(): void {
    this.region.free();
  }
}
