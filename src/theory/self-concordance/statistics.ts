// From the local Hessian, velocity and alpha of every particle at a record to the series of the document
// (SPEC.md, section 5).

import { weightedQuantiles } from "../../numeric/statistics.ts";
import type { HessianGrowth, Spread } from "./document.ts";

/** Slower particles are at rest: |D| / |v| would be noise. */
export const AT_REST = 1e-12;

const SHARES = [0.5, 0.9, 0.99] as const;

/** All particles at a record, one number each. */
export interface Snapshot {
  /** |D| and lambda_max(D). */
  norm: Float64Array;
  largest: Float64Array;
  /** |v|. */
  speed: Float64Array;
  /** What has to do with w*; null where there is none. */
  aligned: {
    alpha: Float64Array;
    /** d alpha / dt = <v, w*>. */
    rate: Float64Array;
    /** int |D| and int lambda_max(D)^+ from the start to now. */
    integral: Float64Array;
    positiveIntegral: Float64Array;
  } | null;
}

/** A Spread while it grows. */
class SpreadList {
  private readonly rows: number[][] = [];

  push(values: Float64Array, weights: Float64Array): void {
    let maximum = values.length > 0 ? values[0] : 0;
    for (let i = 1; i < values.length; i++) maximum = Math.max(maximum, values[i]);
    this.rows.push([...weightedQuantiles(values, weights, SHARES), maximum]);
  }

  read(): Spread {
    const [median, quantile90, quantile99, maximum] = [0, 1, 2, 3].map((column) =>
      Float64Array.from(this.rows, (row) => row[column]),
    );
    return { median, quantile90, quantile99, maximum };
  }
}

function sumWhere(weights: Float64Array, chosen: (i: number) => boolean): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) if (chosen(i)) sum += weights[i];
  return sum;
}

/** The series of a document, record by record. */
export class ConcordanceSeries {
  private readonly log: (x: number) => number;
  private readonly weights: Float64Array;
  private readonly total: number;
  private readonly alpha0: Float64Array | null;
  private readonly hessianNorm = new SpreadList();
  private readonly positivePart = new SpreadList();
  private readonly speed = new SpreadList();
  private readonly ratio = new SpreadList();
  private readonly constant = new SpreadList();
  private readonly positiveConstant = new SpreadList();
  private readonly integral = new SpreadList();
  private readonly logGrowth = new SpreadList();
  private readonly quotient = new SpreadList();
  private readonly amplification = new SpreadList();
  private readonly atRest: number[] = [];
  private readonly towardsEquator: number[] = [];
  private readonly signChanged: number[] = [];
  /** Records so far. */
  count = 0;

  /** Particles of these weights that start at these alphas; null where there is no alpha. */
  constructor(log: (x: number) => number, weights: Float64Array, alpha0: Float64Array | null) {
    this.log = log;
    this.weights = weights;
    this.total = sumWhere(weights, () => true);
    this.alpha0 = alpha0;
  }

  push(now: Snapshot): void {
    const { norm, largest, speed, aligned } = now;
    const positive = largest.map((value) => Math.max(0, value));
    const moving = (i: number) => speed[i] >= AT_REST;
    this.hessianNorm.push(norm, this.weights);
    this.positivePart.push(positive, this.weights);
    this.speed.push(speed, this.weights);
    this.pushOver(moving, this.ratio, (i) => norm[i] / speed[i]);
    this.atRest.push(this.share((i) => !moving(i)));
    if (aligned && this.alpha0) {
      const { alpha, rate } = aligned;
      this.pushOver(moving, this.constant, (i) => (norm[i] * Math.abs(alpha[i])) / speed[i]);
      this.pushOver(moving, this.positiveConstant, (i) => (positive[i] * Math.abs(alpha[i])) / speed[i]);
      this.towardsEquator.push(this.share((i) => moving(i) && alpha[i] * rate[i] < 0));
      this.pushPaths(norm, aligned, this.alpha0);
    }
    this.count++;
  }

  private share(chosen: (i: number) => boolean): number {
    return sumWhere(this.weights, chosen) / this.total;
  }

  /** A quantity over the chosen particles. */
  private pushOver(chosen: (i: number) => boolean, list: SpreadList, quantity: (i: number) => number): void {
    const values: number[] = [];
    const weights: number[] = [];
    for (let i = 0; i < this.weights.length; i++) {
      if (!chosen(i)) continue;
      values.push(quantity(i));
      weights.push(this.weights[i]);
    }
    list.push(Float64Array.from(values), Float64Array.from(weights));
  }

  /** What has been added up along the paths. */
  private pushPaths(
    norm: Float64Array,
    { alpha, rate, integral, positiveIntegral }: NonNullable<Snapshot["aligned"]>,
    alpha0: Float64Array,
  ): void {
    const { log } = this;
    const kept = (i: number) => alpha[i] * alpha0[i] > 0;
    const growth = alpha.map((value, i) => (kept(i) ? log(value / alpha0[i]) : 0));
    // Where nothing has grown yet: how the two begin.
    const begins = (i: number) => (norm[i] * Math.abs(alpha[i])) / Math.abs(rate[i]);
    const moved = (i: number) => growth[i] !== 0 || (integral[i] === 0 && Math.abs(rate[i]) >= AT_REST);
    this.pushOver(kept, this.integral, (i) => integral[i]);
    this.pushOver(kept, this.logGrowth, (i) => growth[i]);
    this.pushOver(
      (i) => kept(i) && moved(i),
      this.quotient,
      (i) => (growth[i] === 0 ? begins(i) : integral[i] / Math.abs(growth[i])),
    );
    this.signChanged.push(this.share((i) => alpha[i] * alpha0[i] < 0));
    this.pushOver(kept, this.amplification, (i) => positiveIntegral[i] / (1 - log(Math.abs(alpha0[i]))));
  }

  /** The series, what needs an alpha apart. */
  common() {
    return {
      hessianNorm: this.hessianNorm.read(),
      positivePart: this.positivePart.read(),
      speed: this.speed.read(),
      ratio: this.ratio.read(),
      atRest: Float64Array.from(this.atRest),
    };
  }

  /** The series that need an alpha. */
  aligned() {
    const growth: HessianGrowth = {
      integral: this.integral.read(),
      logGrowth: this.logGrowth.read(),
      quotient: this.quotient.read(),
      signChanged: Float64Array.from(this.signChanged),
    };
    return {
      constant: this.constant.read(),
      positiveConstant: this.positiveConstant.read(),
      towardsEquator: Float64Array.from(this.towardsEquator),
      growth,
      amplification: this.amplification.read(),
    };
  }
}
