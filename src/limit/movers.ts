// Particles of the infinite-width limit in the module's memory, moved by a field that the caller gives as coefficients.
// The nodes of the law and the partners of a network's particles move by the same code.
//
// A particle is a point of a sphere, kept as columns: state x_1[n], ..., x_columns[n], the last of which is the length of
// its part orthogonal to the teachers. Subclasses know the field.

import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";

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

/** Weights of those evaluations in a step: an integral of any function of state and time along it has order 5 too. */
export const STEP_WEIGHTS: readonly number[] = STAGES[EVALUATIONS - 1];

type Names = "state" | "trial" | "rates" | "factors";

/** Particles come in whole rounds of the kernels. */
export function roundUp(n: number): number {
  return Math.ceil(n / 8) * 8;
}

function lengths(columns: number, particles: number, flow: boolean): Record<Names, number> {
  const size = columns * roundUp(particles);
  return {
    state: size,
    trial: flow ? size : 0,
    rates: flow ? size * (EVALUATIONS + 1) : 0,
    factors: EVALUATIONS + 1,
  };
}

/** Bytes that so many particles will reserve, what their field needs apart. */
export function moverBytes(columns: number, particles: number, flow: boolean): number {
  return regionBytes(lengths(columns, particles, flow));
}

/** out <- factor weights */
function scale(weights: readonly number[], factor: number, out: Float64Array): void {
  for (let j = 0; j < weights.length; j++) out[j] = factor * weights[j];
}

export abstract class Movers {
  readonly columns: number;
  readonly capacity: number;
  /** Particles that one kernel call should move, so that a signal is seen in time. */
  readonly slice: number;
  protected readonly engine: Engine;
  /** Number of particles, a multiple of 8; those that only fill up the last round rest at s = 1. */
  private count: number;
  private readonly region: Region<Names>;

  constructor(engine: Engine, columns: number, n: number, flow: boolean, slice = Number.POSITIVE_INFINITY) {
    this.engine = engine;
    this.columns = columns;
    this.capacity = roundUp(n);
    this.count = this.capacity;
    this.slice = slice;
    this.region = engine.arena.reserve(`${n} particles of the infinite-width limit`, lengths(columns, n, flow));
    this.state.view.fill(1, (columns - 1) * this.n);
  }

  /**
   * One PGD step of particles first .. last. Returns the smallest factor left to the part orthogonal to the teachers,
   * NaN where a number is not finite.
   */
  abstract descend(eta: number, drive: Float64Array, radial: Float64Array | null, first: number, last: number): number;

  /** Values at particles of the overlap's series, one a particle. */
  abstract series(coefficients: Float64Array, at?: Slot): Float64Array;

  /** out <- velocity at the given state of particles first .. last, in the field of the given coefficients. */
  protected abstract velocity(at: Slot, drive: Float64Array, out: number, first: number, last: number): void;

  /** Divides the points of a state by their norms; false where one is zero or not finite. */
  protected abstract normalise(at: Slot): boolean;

  get n(): number {
    return this.count;
  }

  /** Numbers of a state. */
  private get size(): number {
    return this.columns * this.count;
  }

  /** Changes the number of particles, up to the capacity; their state and rates have to be set again. */
  resize(n: number): void {
    this.count = roundUp(n);
  }

  /** The columns, one after the other. */
  get state(): Slot {
    return this.region.slots.state;
  }

  /** State of the stage that is being evaluated. */
  get trial(): Slot {
    return this.region.slots.trial;
  }

  /** Puts the first particles on these points, given as columns. */
  set(...columns: Float64Array[]): void {
    columns.forEach((column, c) => {
      this.state.view.set(column, c * this.n);
    });
  }

  /** rates[j] <- velocity at the state (j = 0) or at the trial state of particles first .. last. */
  rate(j: number, drive: Float64Array, first: number, last: number): void {
    const at = j === 0 ? this.state : this.trial;
    this.velocity(at, drive, this.region.slots.rates.at(this.size * j), first, last);
  }

  /** trial <- state + h sum of the rates so far, for evaluation j = 1 .. EVALUATIONS; the last is the step itself. */
  advanceTrial(j: number, h: number): void {
    const { trial, state, rates, factors } = this.region.slots;
    const weights = STAGES[j - 1];
    scale(weights, h, factors.view);
    const { combine } = this.engine.kernels;
    combine(trial.address, state.address, rates.address, factors.address, weights.length, this.size);
  }

  /** Projects the finished step; false where it is not finite. */
  normaliseTrial(): boolean {
    return this.normalise(this.trial);
  }

  /** Largest difference of the two orders over all particles. */
  trialError(h: number): number {
    const { rates, factors } = this.region.slots;
    scale(ERROR, h, factors.view);
    return this.engine.kernels.largestCombination(rates.address, factors.address, ERROR.length, this.size);
  }

  /** Takes the trial state; its rate, if evaluated, becomes the first of the next step. */
  accept(): void {
    const { state, trial, rates } = this.region.slots;
    const { size } = this;
    state.view.set(trial.view.subarray(0, size));
    rates.view.copyWithin(0, size * EVALUATIONS, size * (EVALUATIONS + 1));
  }

  free(): void {
    this.region.free();
  }
}
