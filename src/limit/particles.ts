// Particles of the single-index limit: the pairs alpha = <w, w*>, gamma = |w - alpha w*|.

import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import { Movers, moverBytes, roundUp } from "./movers.ts";

/** alpha and gamma. */
const COLUMNS = 2;

type Names = "psi" | "radial" | "table" | "psiTable" | "coefficients" | "psiCoefficients";

/** What they need of the field in which they move. */
export interface ZonalField {
  /** Recurrence tables of dimension d and d + 2. */
  readonly table: Float64Array;
  readonly psiTable: Float64Array;
  /** Lengths of the series of psi and of the radial part. */
  readonly driveLength: number;
  readonly radialLength: number;
}

function lengths(field: ZonalField, particles: number): Record<Names, number> {
  const n = roundUp(particles);
  return {
    psi: n,
    radial: n,
    table: field.table.length,
    psiTable: field.psiTable.length,
    coefficients: field.radialLength,
    psiCoefficients: field.driveLength,
  };
}

/** Bytes that so many particles will reserve. */
export function particleBytes(field: ZonalField, particles: number, flow: boolean): number {
  return moverBytes(COLUMNS, particles, flow) + regionBytes(lengths(field, particles));
}

export class LimitParticles extends Movers {
  private readonly tables: Region<Names>;

  constructor(engine: Engine, field: ZonalField, n: number, flow: boolean) {
    super(engine, COLUMNS, n, flow);
    try {
      this.tables = engine.arena.reserve(`${n} particles of the infinite-width limit`, lengths(field, n));
    } catch (refusal) {
      super.free();
      throw refusal;
    }
    const { slots } = this.tables;
    slots.table.view.set(field.table);
    slots.psiTable.view.set(field.psiTable);
  }

  /** Values at alpha of a series in dimension d, one a particle. */
  series(coefficients: Float64Array, alpha: Slot = this.state): Float64Array {
    const { table, coefficients: slot, radial } = this.tables.slots;
    this.evaluate(alpha, table, slot, coefficients, radial);
    return radial.view;
  }

  private evaluatePsi(alpha: Slot, coefficients: Float64Array): void {
    const { psiTable, psiCoefficients, psi } = this.tables.slots;
    this.evaluate(alpha, psiTable, psiCoefficients, coefficients, psi);
  }

  /** out <- the zonal series of these coefficients, which go through `slot`, at alpha. */
  private evaluate(alpha: Slot, table: Slot, slot: Slot, coefficients: Float64Array, out: Slot): void {
    slot.view.set(coefficients);
    const degree = coefficients.length - 1;
    this.engine.kernels.zonalSeries(alpha.address, this.n, table.address, slot.address, degree, out.address);
  }

  descend(eta: number, psi: Float64Array, radial: Float64Array | null): number {
    const { slots } = this.tables;
    this.evaluatePsi(this.state, psi);
    if (radial) this.series(radial);
    return this.engine.kernels.transportStep(
      this.state.address,
      slots.psi.address,
      radial ? slots.radial.address : 0,
      eta,
      this.n,
    );
  }

  protected velocity(at: Slot, psi: Float64Array, out: number): void {
    this.evaluatePsi(at, psi);
    this.engine.kernels.transportRate(at.address, this.tables.slots.psi.address, this.n, out);
  }

  protected normalise(at: Slot): boolean {
    return this.engine.kernels.normalisePairs(at.address, this.n) !== 0;
  }

  override free(): void {
    super.free();
    this.tables.free();
  }
}
