// What a run of the gap equation leaves behind: one entry a record.

import type { TangentFactors } from "../../limit/tangent-factors.ts";
import type { DivergedStep } from "../../network/trajectory.ts";
import type { EquationLimit, EquationRecord } from "./coupled.ts";
import type { TangentParts } from "./model.ts";

/** Statistics of |Delta| over the particles at each record. */
export interface GapNorms {
  meanDelta: number[];
  meanSquaredDelta: number[];
  maxDelta: number[];
}

function emptyNorms(): GapNorms {
  return { meanDelta: [], meanSquaredDelta: [], maxDelta: [] };
}

function addNorms(norms: GapNorms, delta: Float64Array, d: number): void {
  const m = delta.length / d;
  let sum = 0;
  let squares = 0;
  let largest = 0;
  for (let i = 0; i < m; i++) {
    let square = 0;
    for (let c = i * d; c < (i + 1) * d; c++) square += delta[c] * delta[c];
    const norm = Math.sqrt(square);
    sum += norm;
    squares += square;
    largest = Math.max(largest, norm);
  }
  norms.meanDelta.push(sum / m);
  norms.meanSquaredDelta.push(squares / m);
  norms.maxDelta.push(largest);
}

/** RMS of x - y over RMS of x; 0 where both vanish. */
function relativeDistance(x: Float64Array, y: Float64Array): number {
  let difference = 0;
  let size = 0;
  for (let at = 0; at < x.length; at++) {
    difference += (x[at] - y[at]) * (x[at] - y[at]);
    size += x[at] * x[at];
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
}

export class EquationHistory {
  limit: EquationLimit = { errorEstimate: null, particleErrorEstimate: null };
  divergence: DivergedStep | null = null;
  readonly measured = emptyNorms();
  readonly predicted = emptyNorms();
  /** RMS of the difference of both over RMS of the measured Delta. */
  readonly relativeError: number[] = [];
  readonly factors: TangentFactors[] = [];
  readonly fluctuation: TangentParts[] = [];
  readonly columns: Float64Array[][] = [];
  /** Vectors Delta that are kept, by record. */
  readonly vectors = new Map<number, { measured: Float64Array | null; predicted: Float64Array }>();
  private readonly d: number;
  private readonly keep: "last" | "all";

  constructor(d: number, keep: "last" | "all") {
    this.d = d;
    this.keep = keep;
  }

  /** Number of records so far. */
  get records(): number {
    return this.factors.length;
  }

  add({ measured, predicted, factors, fluctuation, columns }: EquationRecord, k: number): void {
    addNorms(this.predicted, predicted, this.d);
    if (measured) {
      addNorms(this.measured, measured, this.d);
      // At the start both are 0 but for the rounding of what is measured.
      this.relativeError.push(k === 0 && predicted.every((x) => x === 0) ? 0 : relativeDistance(measured, predicted));
    }
    this.factors.push(factors);
    this.fluctuation.push(fluctuation);
    this.columns.push(columns);
    if (this.keep === "last") this.vectors.clear();
    this.vectors.set(k, { measured, predicted });
  }
}
