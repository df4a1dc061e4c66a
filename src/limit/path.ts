// The path of the limit: the field at every evaluation of every time step, so that any further particle can be moved
// along it later, by the very operations that moved the nodes of the law.

import type { Plan } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { SingleIndexProblem } from "../problem/types.ts";
import { Field } from "./field.ts";
import { EVALUATIONS, LimitParticles } from "./particles.ts";

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
  field: Field;
  plan: Plan;
  /** Coefficients of psi: one row a PGD step, EVALUATIONS rows a Runge-Kutta step. */
  psi: Rows;
  /** Coefficients of the radial part, one row a step; null but for the Euclidean gradient. */
  radial: Rows | null;
  /** Lengths of the steps (flow). */
  h: number[];
  /** Steps before each record that was reached. */
  stepsAt: number[];
  /** Moments M_l of the law at each record. */
  moments: Float64Array[];
}

/** A path as plain data, which can be posted; what belongs to the problem and the plan is left out. */
export interface PackedPath {
  psi: Float64Array<ArrayBuffer>;
  radial: Float64Array<ArrayBuffer> | null;
  h: Float64Array<ArrayBuffer>;
  stepsAt: number[];
  moments: Float64Array[];
}

export function packPath({ psi, radial, h, stepsAt, moments }: Path): PackedPath {
  return { psi: psi.copy(), radial: radial?.copy() ?? null, h: Float64Array.from(h), stepsAt, moments };
}

/** The buffers of a packed path that are worth handing over. */
export function pathBuffers({ psi, radial, h }: PackedPath): ArrayBuffer[] {
  return [psi.buffer, h.buffer, ...(radial ? [radial.buffer] : [])];
}

export function unpackPath(packed: PackedPath, problem: SingleIndexProblem, plan: Plan): Path {
  const field = new Field(problem);
  const { psi, radial, h, stepsAt, moments } = packed;
  return {
    field,
    plan,
    psi: new Rows(field.psiDegree + 1, psi),
    radial: radial && new Rows(field.degree + 1, radial),
    h: Array.from(h),
    stepsAt,
    moments,
  };
}

/** Particles that follow a finished path without acting on it. */
export class Passengers {
  readonly particles: LimitParticles;
  private readonly path: Path;
  private steps = 0;

  /** Reserves memory for `n` of them. */
  constructor(engine: Engine, path: Path, n: number) {
    this.path = path;
    this.particles = new LimitParticles(engine, path.field, n, path.plan.dynamics === "flow");
  }

  /** Puts them on their starting points. */
  start(alpha: Float64Array, gamma: Float64Array): void {
    this.particles.set(alpha, gamma);
    this.steps = 0;
  }

  /** Moves them to record k, k ascending. */
  async advanceTo(k: number, work?: Work): Promise<void> {
    while (this.steps < this.path.stepsAt[k]) {
      this.step();
      if (work?.due) await work.pause();
    }
  }

  /** The same without a pause, for a handful of them. */
  advanceNow(k: number): void {
    while (this.steps < this.path.stepsAt[k]) this.step();
  }

  private step(): void {
    const { psi, radial, h, plan } = this.path;
    const n = this.steps++;
    const { particles } = this;
    if (plan.dynamics === "pgd") {
      particles.descend(plan.step, psi.row(n), radial ? radial.row(n) : null);
      return;
    }
    for (let j = 0; j < EVALUATIONS; j++) {
      particles.rate(j, psi.row(EVALUATIONS * n + j));
      particles.advanceTrial(j + 1, h[n]);
    }
    particles.normaliseTrial();
    particles.accept();
  }

  free(): void {
    this.particles.free();
  }
}
