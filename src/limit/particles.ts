// Particles of the infinite-width limit in the module's memory, moved by a field that the caller gives as coefficients.
// The nodes of the law and the partners of a network's particles move by the same code.

import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import type { Field } from "./field.ts";

// Dormand and Prince's pair of orders 5 and 4, "A family of embedded Runge-Kutta formulae" (1980). Row j holds the
// weights of the stages before stage j + 1; the last row is the step itself.
const STAGES = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
/** Difference of the two orders. */
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

/** Field evaluations that determine a step. */
export const EVALUATIONS = STAGES.length;

type Names =
  | "state"
  | "trial"
  | "rates"
  | "psi"
  | "radial"
  | "error"
  | "factors"
  | "table"
  | "psiTable"
  | "coefficients"
  | "psiCoefficients";

/** Particles come in whole rounds of the kernels. */
function roundUp(n: number): number {
  return Math.ceil(n / 8) * 8;
}

function lengths(field: Field, particles: number, flow: boolean): Record<Names, number> {
  const n = roundUp(particles);
  return {
    state: 2 * n,
    trial: flow ? 2 * n : 0,
    rates: flow ? 2 * n * (EVALUATIONS + 1) : 0,
    error: flow ? 2 * n : 0,
    psi: n,
    radial: n,
    factors: EVALUATIONS + 1,
    table: field.table.length,
    psiTable: field.psiTable.length,
    coefficients: field.degree + 1,
    psiCoefficients: field.psiDegree + 1,
  };
}

/** Bytes that so many particles will reserve. */
export function particleBytes(field: Field, particles: number, flow: boolean): number {
  return regionBytes(lengths(field, particles, flow));
}

export class LimitParticles {
  /** Number of particles, a multiple of 8; those that only fill up the last round rest on the equator. */
  private count: number;
  readonly capacity: number;
  private readonly engine: Engine;
  private readonly region: Region<Names>;

  constructor(engine: Engine, field: Field, n: number, flow: boolean) {
    this.engine = engine;
    this.capacity = roundUp(n);
    this.count = this.capacity;
    this.region = engine.arena.reserve(`${n} particles of the infinite-width limit`, lengths(field, n, flow));
    const { slots } = this.region;
    slots.table.view.set(field.table);
    slots.psiTable.view.set(field.psiTable);
    slots.state.view.fill(1, this.n);
  }

  get n(): number {
    return this.count;
  }

  /** Changes the number of particles, up to the capacity; their state and rates have to be set again. */
  resize(n: number): void {
    this.count = roundUp(n);
  }

  /** alpha, then gamma. */
  get state(): Slot {
    return this.region.slots.state;
  }

  /** State of the stage that is being evaluated. */
  get trial(): Slot {
    return this.region.slots.trial;
  }

  set(alpha: Float64Array, gamma: Float64Array): void {
    this.state.view.set(alpha);
    this.state.view.set(gamma, this.n);
  }

  /** Values at alpha of a series in dimension d, one a particle. */
  series(coefficients: Float64Array, alpha: Slot = this.state): Float64Array {
    const { table, coefficients: slot, radial } = this.region.slots;
    this.evaluate(alpha, table, slot, coefficients, radial);
    return radial.view;
  }

  private evaluatePsi(alpha: Slot, coefficients: Float64Array): void {
    const { psiTable, psiCoefficients, psi } = this.region.slots;
    this.evaluate(alpha, psiTable, psiCoefficients, coefficients, psi);
  }

  /** out <- the zonal series of these coefficients, which go through `slot`, at alpha. */
  private evaluate(alpha: Slot, table: Slot, slot: Slot, coefficients: Float64Array, out: Slot): void {
    slot.view.set(coefficients);
    const degree = coefficients.length - 1;
    this.engine.kernels.zonalSeries(alpha.address, this.n, table.address, slot.address, degree, out.address);
  }

  /** One PGD step. Returns as transportStep: the smallest factor left to the orthogonal part, NaN where not finite. */
  descend(eta: number, psi: Float64Array, radial: Float64Array | null): number {
    const { slots } = this.region;
    this.evaluatePsi(slots.state, psi);
    if (radial) this.series(radial);
    return this.engine.kernels.transportStep(
      slots.state.address,
      slots.psi.address,
      radial ? slots.radial.address : 0,
      eta,
      this.n,
    );
  }

  /** rates[j] <- velocity at the state (j = 0) or at the trial state, in the field of the given coefficients. */
  rate(j: number, psi: Float64Array): void {
    const { slots } = this.region;
    const at = j === 0 ? slots.state : slots.trial;
    this.evaluatePsi(at, psi);
    this.engine.kernels.transportRate(at.address, slots.psi.address, this.n, slots.rates.at(2 * this.n * j));
  }

  /** trial <- state + h sum of the rates so far, for evaluation j = 1 .. EVALUATIONS; the last is the step itself. */
  advanceTrial(j: number, h: number): void {
    const { slots } = this.region;
    const weights = STAGES[j - 1];
    slots.factors.view.set(weights.map((weight) => h * weight));
    this.engine.kernels.combine(
      slots.trial.address,
      slots.state.address,
      slots.rates.address,
      slots.factors.address,
      weights.length,
      2 * this.n,
    );
  }

  /** Projects the finished step; false where it is not finite. */
  normaliseTrial(): boolean {
    return this.engine.kernels.normalisePairs(this.trial.address, this.n) !== 0;
  }

  /** Largest difference of the two orders over all particles. */
  trialError(h: number): number {
    const { slots } = this.region;
    slots.factors.view.set(ERROR.map((weight) => h * weight));
    const { combine, largest } = this.engine.kernels;
    combine(slots.error.address, 0, slots.rates.address, slots.factors.address, ERROR.length, 2 * this.n);
    return largest(slots.error.address, 2 * this.n);
  }

  /** Takes the trial state; its rate, if evaluated, becomes the first of the next step. */
  accept(): void {
    const { state, trial, rates } = this.region.slots;
    state.view.set(trial.view);
    rates.view.copyWithin(0, 2 * this.n * EVALUATIONS);
  }

  free(): void {
    this.region.free();
  }
}
