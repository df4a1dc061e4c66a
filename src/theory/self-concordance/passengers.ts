// The local Hessian along the paths of particles of a single-index limit: its two eigenvalues where they are (SPEC.md,
// section 5), and int |D| dt, int lambda_max(D)^+ dt, with the weights of the Runge-Kutta step along the flow, step by step
// under PGD.

import type { Work } from "../../core/run.ts";
import type { Slot } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import type { Field } from "../../limit/field.ts";
import { LocalHessian, localHessianBytes } from "../../limit/local-hessian.ts";
import { roundUp, STEP_WEIGHTS } from "../../limit/movers.ts";
import { particleBytes } from "../../limit/particles.ts";
import { type Observer, Passengers, type Path } from "../../limit/path.ts";
import type { Snapshot } from "./statistics.ts";

/** Bytes that n of them will reserve. */
export function hessianPassengersBytes(field: Field, n: number, flow: boolean): number {
  return particleBytes(field, n, flow) + localHessianBytes(field, roundUp(n));
}

export class HessianPassengers implements Observer {
  private readonly passengers: Passengers;
  private readonly hessian: LocalHessian;
  private readonly path: Path;
  private readonly d: number;
  private readonly n: number;
  private readonly integral: Float64Array;
  private readonly positiveIntegral: Float64Array;

  /** n particles on a finished path in dimension d. */
  constructor(engine: Engine, path: Path, d: number, n: number) {
    this.path = path;
    this.d = d;
    this.n = n;
    this.integral = new Float64Array(n);
    this.positiveIntegral = new Float64Array(n);
    this.passengers = new Passengers(engine, path, n);
    try {
      this.hessian = new LocalHessian(engine, path.field as Field, d, this.passengers.particles.n);
    } catch (refusal) {
      this.passengers.free();
      throw refusal;
    }
    this.passengers.observer = this;
  }

  start(alpha: Float64Array, gamma: Float64Array): void {
    this.passengers.start(alpha, gamma);
  }

  /** Moves them to record k, k ascending. */
  advanceTo(k: number, work: Work): Promise<void> {
    return this.passengers.advanceTo(k, work);
  }

  stage(j: number, drive: Float64Array, h: number): void {
    const { particles } = this.passengers;
    const weight = h * STEP_WEIGHTS[j];
    if (weight !== 0) this.add(weight, drive, j === 0 ? particles.state : particles.trial);
  }

  step(drive: Float64Array): void {
    this.add(this.path.plan.step, drive, this.passengers.particles.state);
  }

  private add(weight: number, drive: Float64Array, at: Slot): void {
    this.each(drive, at, (i, parallel, perpendicular) => {
      this.integral[i] += weight * Math.max(Math.abs(parallel), Math.abs(perpendicular));
      this.positiveIntegral[i] += weight * Math.max(0, parallel, perpendicular);
    });
  }

  /** Visits every particle with its eigenvalues; in dimension 2 there is but one, and both are it. */
  private each(
    drive: Float64Array,
    at: Slot,
    visit: (i: number, parallel: number, perpendicular: number, psi: number) => void,
  ): void {
    const { psi, slope } = this.hessian.field(at, drive);
    const state = at.view;
    const rows = this.passengers.particles.n;
    for (let i = 0; i < this.n; i++) {
      const gamma = state[rows + i];
      const across = -state[i] * psi[i];
      const parallel = gamma * gamma * slope[i] + across;
      visit(i, parallel, this.d === 2 ? parallel : across, psi[i]);
    }
  }

  /** Everything at record k, where they are. */
  snapshot(k: number): Snapshot {
    const { n } = this;
    const { particles } = this.passengers;
    const drive = new Float64Array(this.path.field.driveLength);
    this.path.field.drive(this.path.moments[k], drive);
    const [norm, largest, speed, rate] = Array.from({ length: 4 }, () => new Float64Array(n));
    const state = particles.state.view;
    this.each(drive, particles.state, (i, parallel, perpendicular, psi) => {
      const gamma = state[particles.n + i];
      norm[i] = Math.max(Math.abs(parallel), Math.abs(perpendicular));
      largest[i] = Math.max(parallel, perpendicular);
      speed[i] = Math.abs(psi) * gamma;
      rate[i] = gamma * gamma * psi;
    });
    const { integral, positiveIntegral } = this;
    return {
      norm,
      largest,
      speed,
      aligned: {
        alpha: state.slice(0, n),
        rate,
        integral: integral.slice(),
        positiveIntegral: positiveIntegral.slice(),
      },
    };
  }

  /** The eigenvalues of the first particle at record k. */
  eigenvalues(k: number): { alpha: number; parallel: number; perpendicular: number } {
    const { particles } = this.passengers;
    const drive = new Float64Array(this.path.field.driveLength);
    this.path.field.drive(this.path.moments[k], drive);
    const found = { alpha: particles.state.view[0], parallel: 0, perpendicular: 0 };
    this.each(drive, particles.state, (i, parallel, perpendicular) => {
      if (i === 0) Object.assign(found, { parallel, perpendicular });
    });
    return found;
  }

  /** Moves them to record k without a pause, for a handful of them. */
  advanceNow(k: number): void {
    this.passengers.advanceNow(k);
  }

  free(): void {
    this.passengers.free();
    this.hessian.free();
  }
}
