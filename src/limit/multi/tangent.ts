// How the particles of a limit with several indices react to a change of where they are: J = d xi_t / d xi_s along their
// paths (SPEC.md, section 5). On the tangents of the plane of (u, s), x = (u, s) on the sphere of R^(r+1), it is a matrix, by
// tangent integration: for every step of the path, displaced copies of each particle go along by the same operations, and
//
//   A e_c = (x'(x + h e_c) - x'(x - h e_c)) / (2h),   projected on the tangents at x' and at x
//
// Central differences are off by h^2 and rounding / h, both some 1e-11 a step. Across span and z it is the number s' / s. At
// s = 0 nothing tells z from what is across it, and the number is A_ss.

import type { Work } from "../../core/run.ts";
import type { Engine } from "../../engine/index.ts";
import { type Observer, Passengers, type Path } from "../path.ts";
import { identityFactors, multiplyFactors, type TangentFactors } from "../tangent-factors.ts";
import type { MultiField } from "./field.ts";
import { type MultiParticles, multiParticleBytes } from "./particles.ts";

/** h: 2^-17. */
const DISPLACEMENT = 1 / 131072;

/** A particle and its copies. */
function copies({ rank }: MultiField): number {
  return 1 + 2 * (rank + 1);
}

/** Bytes that m particles will reserve. */
export function multiTangentBytes(field: MultiField, m: number, flow: boolean): number {
  return multiParticleBytes(field, copies(field) * m, flow);
}

export class MultiTangents implements Observer {
  /** Of the last PGD step: 1 / |w + eta g|, by which it shrinks what is added to g, before the projection. */
  readonly shrink: Float64Array;
  /** r + 1. */
  readonly size: number;
  private readonly m: number;
  private readonly path: Path;
  private readonly field: MultiField;
  private readonly passengers: Passengers;
  private readonly factors: TangentFactors;
  private readonly stepFactors: TangentFactors;
  /** Where the particles were before the step, m x (r + 1). */
  private readonly before: Float64Array;
  private steps = 0;

  /** m particles on a finished path of a limit with several indices. */
  constructor(engine: Engine, path: Path, m: number) {
    this.m = m;
    this.path = path;
    this.field = path.field as MultiField;
    this.size = this.field.rank + 1;
    this.shrink = new Float64Array(m);
    this.factors = identityFactors(m, this.size);
    this.stepFactors = identityFactors(m, this.size);
    this.before = new Float64Array(m * this.size);
    this.passengers = new Passengers(engine, path, copies(this.field) * m);
    this.passengers.observer = this;
  }

  /** Puts them on their starting points, given as columns u_1, ..., u_r, s. */
  start(...columns: Float64Array[]): void {
    this.passengers.start(...columns);
    this.steps = 0;
    this.takeFactors();
  }

  /** Where they are, as columns; copies. */
  columns(): Float64Array[] {
    const { state, n } = this.passengers.particles;
    return Array.from({ length: this.size }, (_, c) => state.view.slice(c * n, c * n + this.m));
  }

  /** Moves them until they have taken so many steps of the path. */
  async advanceToStep(steps: number, work: Work): Promise<void> {
    while (this.steps < steps) {
      this.displace();
      await this.passengers.advanceToStep(++this.steps, work);
      this.difference();
      if (work.due) await work.pause();
    }
  }

  /** J since the start or since it was last taken. */
  takeFactors(): TangentFactors {
    const { plane, across, size } = this.factors;
    const taken = { size, plane: plane.slice(), across: across.slice() };
    const identity = identityFactors(this.m, size);
    plane.set(identity.plane);
    across.set(identity.across);
    return taken;
  }

  /** Copies at x + h e_c and x - h e_c, back on the sphere. */
  private displace(): void {
    const { m, size, before } = this;
    const { state, n } = this.passengers.particles;
    const { view } = state;
    for (let i = 0; i < m; i++) {
      let square = 0;
      for (let c = 0; c < size; c++) {
        before[i * size + c] = view[c * n + i];
        square += view[c * n + i] * view[c * n + i];
      }
      for (let copy = 1; copy <= 2 * size; copy++) {
        const moved = (copy - 1) >> 1;
        const h = copy % 2 === 1 ? DISPLACEMENT : -DISPLACEMENT;
        const norm = Math.sqrt(square + h * (2 * view[moved * n + i] + h));
        for (let c = 0; c < size; c++) view[c * n + copy * m + i] = (view[c * n + i] + (c === moved ? h : 0)) / norm;
      }
    }
  }

  /** The matrices of the step that was taken, multiplied to those before. */
  private difference(): void {
    const { m, size, before, stepFactors } = this;
    const { state, n } = this.passengers.particles;
    const { view } = state;
    const { plane, across } = stepFactors;
    const s = size - 1;
    for (let i = 0; i < m; i++) {
      const A = plane.subarray(i * size * size, (i + 1) * size * size);
      for (let row = 0; row < size; row++) {
        for (let c = 0; c < size; c++) {
          const at = row * n + (2 * c + 1) * m + i;
          A[row * size + c] = (view[at] - view[at + m]) / (2 * DISPLACEMENT);
        }
      }
      for (let c = 0; c < size; c++) {
        let along = 0;
        for (let row = 0; row < size; row++) along += view[row * n + i] * A[row * size + c];
        for (let row = 0; row < size; row++) A[row * size + c] -= along * view[row * n + i];
      }
      for (let row = 0; row < size; row++) {
        let along = 0;
        for (let c = 0; c < size; c++) along += A[row * size + c] * before[i * size + c];
        for (let c = 0; c < size; c++) A[row * size + c] -= along * before[i * size + c];
      }
      const was = before[i * size + s];
      across[i] = was === 0 ? A[size * size - 1] : view[s * n + i] / was;
      // Where the teachers span everything there is neither s nor anything across.
      if (this.field.orthogonal === 0) {
        across[i] = 0;
        for (let c = 0; c < size; c++) A[s * size + c] = A[c * size + s] = 0;
      }
    }
    multiplyFactors(this.factors, stepFactors);
    if (this.path.plan.dynamics === "pgd") this.finishShrink();
  }

  /** <x, x'> = (1 + eta R) / |w + eta g|; `shrink` holds 1 + eta R. */
  private finishShrink(): void {
    const { m, size, before, shrink } = this;
    const { state, n } = this.passengers.particles;
    for (let i = 0; i < m; i++) {
      let cosine = 0;
      for (let c = 0; c < size; c++) cosine += before[i * size + c] * state.view[c * n + i];
      shrink[i] = cosine / shrink[i];
    }
  }

  /** As an observer, before a PGD step. */
  step(_: Float64Array, radial: Float64Array | null): void {
    const particles = this.passengers.particles as MultiParticles;
    const eta = this.path.plan.step;
    const values = radial && particles.series(radial, particles.state, this.m);
    for (let i = 0; i < this.m; i++) this.shrink[i] = values ? 1 + eta * values[i] : 1;
  }

  /** As an observer, along the flow. */
  stage(): void {}

  free(): void {
    this.passengers.free();
  }
}
