// The path of the limit: the field at every evaluation of every time step, so that any further particle can be moved
// along it later, by the very operations that moved the nodes of the law.

import type { Plan } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { Teachers } from "../problem/teachers.ts";
import { fieldOf } from "./field-of.ts";
import type { LimitField, SolvableProblem } from "./model.ts";
import { EVALUATIONS, type Movers } from "./movers.ts";

/** A list of rows of equal length that grows. */
export class Rows {
  readonly length: number;
  private data: Float64Array;
  private used: number;

  /** Empty, or the given rows, one after the other. */
  constructor(length: number, values?: Float64Array) {
    this.length = length;
    this.data = values ?? new Float64Array(64 * length);
    this.used = values ? values.length / length : 0;
  }

  /** A copy of all rows. */
  copy(): Float64Array<ArrayBuffer> {
    return this.data.slice(0, this.used * this.length);
  }

  get count(): number {
    return this.used;
  }

  push(row: Float64Array): void {
    if ((this.used + 1) * this.length > this.data.length) {
      const larger = new Float64Array(2 * this.data.length);
      larger.set(this.data);
      this.data = larger;
    }
    this.data.set(row, this.used++ * this.length);
  }

  row(i: number): Float64Array {
    return this.data.subarray(i * this.length, (i + 1) * this.length);
  }
}

export interface Path {
  field: LimitField;
  plan: Plan;
  /** Coefficients of the velocity: one row a PGD step, EVALUATIONS rows a Runge-Kutta step. */
  drive: Rows;
  /** Coefficients of the radial part, one row a step; null but for the Euclidean gradient. */
  radial: Rows | null;
  /** Lengths of the steps (flow). */
  h: number[];
  /** Steps before each record that was reached. */
  stepsAt: number[];
  /** Moments of the law at each record. */
  moments: Float64Array[];
}

/** A path as plain data, which can be posted; what belongs to the problem and the plan is left out. */
export interface PackedPath {
  /** Those of the field, which may be drawn by an engine. */
  teachers: Teachers | null;
  drive: Float64Array<ArrayBuffer>;
  radial: Float64Array<ArrayBuffer> | null;
  h: Float64Array<ArrayBuffer>;
  stepsAt: number[];
  moments: Float64Array[];
}

export function packPath({ field, drive, radial, h, stepsAt, moments }: Path): PackedPath {
  const rows = { drive: drive.copy(), radial: radial?.copy() ?? null };
  return { teachers: field.teachers, ...rows, h: Float64Array.from(h), stepsAt, moments };
}

/** The buffers of a packed path that are worth handing over. */
export function pathBuffers({ drive, radial, h }: PackedPath): ArrayBuffer[] {
  return [drive.buffer, h.buffer, ...(radial ? [radial.buffer] : [])];
}

export function unpackPath(packed: PackedPath, problem: SolvableProblem, plan: Plan): Path {
  const { teachers, drive, radial, h, stepsAt, moments } = packed;
  const field = fieldOf(problem, teachers);
  return {
    field,
    plan,
    drive: new Rows(field.driveLength, drive),
    radial: radial && new Rows(field.radialLength, radial),
    h: Array.from(h),
    stepsAt,
    moments,
  };
}

/** Told where passengers are, and in which field, before they are moved: integrates something along their paths. */
export interface Observer {
  /** Before a PGD step. */
  step(drive: Float64Array, radial: Float64Array | null): void;
  /** At evaluation j of a Runge-Kutta step of length h, at the state (j = 0) or at the trial state. */
  stage(j: number, drive: Float64Array, h: number): void;
}

/** Particles that follow a finished path without acting on it. */
export class Passengers {
  readonly particles: Movers;
  /** Set by those who integrate along the paths. */
  observer: Observer | undefined;
  private readonly path: Path;
  private steps = 0;

  /** Reserves memory for `n` of them. */
  constructor(engine: Engine, path: Path, n: number) {
    this.path = path;
    this.particles = path.field.particles(engine, n, path.plan.dynamics === "flow");
  }

  /** Puts them on their starting points, given as columns: (alpha, gamma), or (u_1, ..., u_r, s). */
  start(...columns: Float64Array[]): void {
    this.resume(0, ...columns);
  }

  /** Puts them where others had come after so many steps of the path. */
  resume(steps: number, ...columns: Float64Array[]): void {
    this.particles.set(...columns);
    this.steps = steps;
  }

  /** Moves them to record k, k ascending. */
  advanceTo(k: number, work?: Work): Promise<void> {
    return this.advanceToStep(this.path.stepsAt[k], work);
  }

  /** Moves them until they have taken so many steps of the path. */
  async advanceToStep(steps: number, work?: Work): Promise<void> {
    const { n, slice } = this.particles;
    while (this.steps < steps) {
      for (const move of this.moves()) {
        for (let first = 0; first < n; first += slice) {
          move(first, Math.min(n, first + slice));
          if (work?.due) await work.pause();
        }
      }
    }
  }

  /** The same without a pause, for a handful of them. */
  advanceNow(k: number): void {
    while (this.steps < this.path.stepsAt[k]) for (const move of this.moves()) move(0, this.particles.n);
  }

  /** The next step, as functions of ranges of particles: each has to go over all of them before the next is asked for. */
  private *moves(): Generator<(first: number, last: number) => void> {
    const { drive, radial, h, plan } = this.path;
    const { particles, observer } = this;
    const n = this.steps;
    if (plan.dynamics === "pgd") {
      const row = radial ? radial.row(n) : null;
      observer?.step(drive.row(n), row);
      yield (first, last) => {
        particles.descend(plan.step, drive.row(n), row, first, last);
      };
    } else {
      for (let j = 0; j < EVALUATIONS; j++) {
        observer?.stage(j, drive.row(EVALUATIONS * n + j), h[n]);
        yield (first, last) => particles.rate(j, drive.row(EVALUATIONS * n + j), first, last);
        particles.advanceTrial(j + 1, h[n]);
      }
      particles.normaliseTrial();
      particles.accept();
    }
    this.steps++;
  }

  free(): void {
    this.particles.free();
  }
}
