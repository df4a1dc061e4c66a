// The local Hessian of the single-index limit in closed form (SPEC.md, section 5). With the field psi of the law,
//
//   along the meridian, towards w*   lambda_par  = (1 - alpha^2) psi'(alpha) - alpha psi(alpha)
//   across it, d - 2 times           lambda_perp = -alpha psi(alpha)
//
// psi is a series in Gegenbauer polynomials of dimension d + 2, psi' therefore one of dimension d + 4. Under the Euclidean
// gradient the derivative of its radial part r(alpha) is wanted too.

import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import { derivativeFactors, recurrenceTable } from "../numeric/zonal.ts";
import type { Field } from "./field.ts";

type Names = "values" | "coefficients" | "psi" | "slope" | "radial" | "radialSlope";

/** A series in Gegenbauer polynomials of some dimension: its recurrence table, and the factors of its derivative. */
interface Zonal {
  table: Float64Array;
  factors: Float64Array;
}

function lengths(field: Field, n: number): Record<Names, number> {
  return {
    values: 2 * field.radialLength,
    coefficients: field.radialLength,
    psi: n,
    slope: n,
    radial: n,
    radialSlope: n,
  };
}

/** Bytes that it will reserve for n particles, n a multiple of 8. */
export function localHessianBytes(field: Field, n: number): number {
  return regionBytes(lengths(field, n));
}

export class LocalHessian {
  private readonly engine: Engine;
  private readonly region: Region<Names>;
  private readonly psiSeries: Zonal;
  private readonly psiSlope: Zonal;
  private readonly radialSeries: Zonal;
  private readonly n: number;

  /** For n particles, n a multiple of 8. */
  constructor(engine: Engine, field: Field, d: number, n: number) {
    const top = field.driveLength - 1;
    this.engine = engine;
    this.n = n;
    this.radialSeries = { table: field.table, factors: derivativeFactors(field.degree, d) };
    this.psiSeries = { table: field.psiTable, factors: derivativeFactors(top, d + 2) };
    this.psiSlope = { table: recurrenceTable(d + 4, Math.max(0, top - 1)), factors: new Float64Array() };
    this.region = engine.arena.reserve(`the local Hessian of ${n} particles of the limit`, lengths(field, n));
  }

  private evaluate(alpha: Slot, { table }: Zonal, series: ArrayLike<number>, out: Slot): void {
    const { values, coefficients } = this.region.slots;
    values.view.set(table);
    coefficients.view.set(series);
    const { zonalSeries } = this.engine.kernels;
    zonalSeries(alpha.address, this.n, values.address, coefficients.address, series.length - 1, out.address);
  }

  private differentiate(alpha: Slot, { factors }: Zonal, derived: Zonal, series: Float64Array, out: Slot): void {
    this.evaluate(alpha, derived, factors.length === 0 ? [0] : factors.map((f, l) => f * series[l + 1]), out);
  }

  /** psi and psi' at alpha, the first n numbers of a state; overwritten by the next call. */
  field(alpha: Slot, drive: Float64Array): { psi: Float64Array; slope: Float64Array } {
    const { psi, slope } = this.region.slots;
    this.evaluate(alpha, this.psiSeries, drive, psi);
    this.differentiate(alpha, this.psiSeries, this.psiSlope, drive, slope);
    return { psi: psi.view, slope: slope.view };
  }

  /** r and r' at alpha; overwritten by the next call. */
  radial(alpha: Slot, series: Float64Array): { radial: Float64Array; radialSlope: Float64Array } {
    const { radial, radialSlope } = this.region.slots;
    this.evaluate(alpha, this.radialSeries, series, radial);
    this.differentiate(alpha, this.radialSeries, this.psiSeries, series, radialSlope);
    return { radial: radial.view, radialSlope: radialSlope.view };
  }

  free(): void {
    this.region.free();
  }
}
