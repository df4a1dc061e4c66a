// Particles of the multi-index limit: points (u_1, ..., u_r, s), u = B w, s = |w - B^T u|, moved in the field of a
// polynomial in u and t = s^2. What is left of a particle, the direction orthogonal to the span, stays as it is.

import { type Region, regionBytes, type Slot } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import { Movers, moverBytes, roundUp } from "../movers.ts";
import type { Monomials } from "./monomials.ts";

/** Products of nodes and monomials in one kernel call: some ten milliseconds. */
const SLICE_WORK = { simd: 4e6, scalar: 1e6 };

/** Eight nodes go together; a number for each takes so many words. */
const ROUND = 8;

type Names = "runs" | "coefficients" | "scratch" | "values" | "velocities";

/** What they need of the field in which they move. */
export interface PolynomialField {
  /** Number of indices r. */
  readonly rank: number;
  readonly monomials: Monomials;
}

function lengths(field: PolynomialField, particles: number, flow: boolean): Record<Names, number> {
  const n = roundUp(particles);
  const { count, inner, runs } = field.monomials;
  const columns = field.rank + 1;
  return {
    runs: runs.length / 2,
    coefficients: count,
    scratch: ROUND * (2 * columns + count + inner),
    values: n,
    velocities: flow ? 0 : columns * n,
  };
}

/** Bytes that so many particles will reserve. */
export function multiParticleBytes(field: PolynomialField, particles: number, flow: boolean): number {
  return moverBytes(field.rank + 1, particles, flow) + regionBytes(lengths(field, particles, flow));
}

/** Nodes that one kernel call should take. */
function sliceOf(engine: Engine, field: PolynomialField): number {
  return Math.max(1, Math.round(SLICE_WORK[engine.backend] / field.monomials.count / ROUND)) * ROUND;
}

export class MultiParticles extends Movers {
  private readonly field: PolynomialField;
  private readonly tables: Region<Names>;

  constructor(engine: Engine, field: PolynomialField, n: number, flow: boolean) {
    super(engine, field.rank + 1, n, flow, sliceOf(engine, field));
    this.field = field;
    try {
      this.tables = engine.arena.reserve(`${n} particles of the infinite-width limit`, lengths(field, n, flow));
    } catch (refusal) {
      super.free();
      throw refusal;
    }
    this.tables.slots.runs.words.set(field.monomials.runs);
  }

  /** The weighted moments of nodes first .. last at a state: the arguments of the kernel but for weights and results. */
  addMoments(at: Slot, weights: Slot, first: number, last: number, partial: Slot, out: Slot): void {
    const { runs, scratch } = this.tables.slots;
    const { count } = this.field.monomials;
    const { monomialMoments } = this.engine.kernels;
    const runCount = this.field.monomials.runs.length / 4;
    monomialMoments(
      at.address,
      weights.address,
      this.n,
      first,
      last,
      this.columns,
      runs.address,
      runCount,
      count,
      scratch.address,
      partial.address,
      out.address,
    );
  }

  /** Of the first `count` particles, of all unless it is given. */
  series(coefficients: Float64Array, at: Slot = this.state, count = this.n): Float64Array {
    return this.seriesOf(coefficients, at, 0, Math.min(this.n, roundUp(count)));
  }

  private seriesOf(coefficients: Float64Array, at: Slot, first: number, last: number): Float64Array {
    const { runs, coefficients: slot, scratch, values } = this.tables.slots;
    slot.view.set(coefficients);
    this.engine.kernels.monomialSeries(
      at.address,
      this.n,
      first,
      last,
      this.columns,
      runs.address,
      this.field.monomials.runs.length / 4,
      slot.address,
      coefficients.length,
      scratch.address,
      values.address,
    );
    return values.view;
  }

  /** The velocity in a field where particles first .. last are, as columns; not for those made for the flow. */
  velocities(drive: Float64Array, first: number, last: number): Slot {
    const { velocities } = this.tables.slots;
    this.velocity(this.state, drive, velocities.address, first, last);
    return velocities;
  }

  descend(eta: number, drive: Float64Array, radial: Float64Array | null, first: number, last: number): number {
    const { values, velocities } = this.tables.slots;
    this.velocity(this.state, drive, velocities.address, first, last);
    if (radial) this.seriesOf(radial, this.state, first, last);
    return this.engine.kernels.pointStep(
      this.state.address,
      velocities.address,
      radial ? values.address : 0,
      eta,
      this.n,
      first,
      last,
      this.columns,
    );
  }

  protected velocity(at: Slot, drive: Float64Array, out: number, first: number, last: number): void {
    const { runs, coefficients, scratch } = this.tables.slots;
    const { count, inner, innerRuns } = this.field.monomials;
    coefficients.view.set(drive);
    this.engine.kernels.monomialRate(
      at.address,
      this.n,
      first,
      last,
      this.columns,
      runs.address,
      this.field.monomials.runs.length / 4,
      innerRuns,
      coefficients.address,
      count,
      inner,
      scratch.address,
      out,
    );
  }

  protected normalise(at: Slot): boolean {
    return this.engine.kernels.normalisePoints(at.address, this.n, this.columns) !== 0;
  }

  override free(): void {
    super.free();
    this.tables.free();
  }
}
