// How the particles of a single-index limit react to a change of where they are: stability factors along their paths
// (SPEC.md, section 5), theta = arccos alpha:
//
//   J_par  = d theta_t / d theta_s,   J_perp = gamma_t / gamma_s,   gamma = sin theta
//
// Flow:  J_par = exp int lambda_par,  J_perp = exp int lambda_perp, with the weights of the Runge-Kutta step, not as a ratio
// of two small gammas. A PGD step turns a particle by atan(u), u = eta psi gamma / x, x = 1 + eta r:
//
//   J_par = 1 + (eta lambda_par + u x') / (x (1 + u^2)),  x' = -eta gamma r'(alpha)
//   J_perp = (x - eta alpha psi) / (x sqrt(1 + u^2))

import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { Field } from "./field.ts";
import { LocalHessian } from "./local-hessian.ts";
import { STEP_WEIGHTS } from "./movers.ts";
import { type Observer, Passengers, type Path } from "./path.ts";

/** Factors over an interval of time, one a particle. */
export interface StabilityFactors {
  parallel: Float64Array;
  perpendicular: Float64Array;
}

export class TangentPassengers implements Observer {
  readonly passengers: Passengers;
  readonly hessian: LocalHessian;
  private readonly engine: Engine;
  private readonly path: Path;
  /** Integrals of the eigenvalues (flow), or the factors themselves (PGD). */
  private readonly parallel: Float64Array;
  private readonly perpendicular: Float64Array;
  /**
   * Of the last PGD step: 1 / |w + eta g|, by which it shrinks what is added to g, before the projection. Empty along the
   * flow.
   */
  readonly shrink: Float64Array;

  /** n particles on a finished path of a single-index limit in dimension d. */
  constructor(engine: Engine, path: Path, d: number, n: number) {
    this.engine = engine;
    this.path = path;
    this.passengers = new Passengers(engine, path, n);
    const { n: count } = this.passengers.particles;
    this.parallel = new Float64Array(count);
    this.perpendicular = new Float64Array(count);
    this.shrink = new Float64Array(this.flow ? 0 : count);
    try {
      this.hessian = new LocalHessian(engine, path.field as Field, d, count);
    } catch (refusal) {
      this.passengers.free();
      throw refusal;
    }
    this.passengers.observer = this;
  }

  /** Puts them on their starting points. */
  start(alpha: Float64Array, gamma: Float64Array): void {
    this.passengers.start(alpha, gamma);
    this.restart();
  }

  /** Moves them to record k, k ascending. */
  advanceTo(k: number, work: Work): Promise<void> {
    return this.passengers.advanceTo(k, work);
  }

  /** Moves them until they have taken so many steps of the path. */
  advanceToStep(steps: number, work: Work): Promise<void> {
    return this.passengers.advanceToStep(steps, work);
  }

  private get flow(): boolean {
    return this.path.plan.dynamics === "flow";
  }

  private restart(): void {
    this.parallel.fill(this.flow ? 0 : 1);
    this.perpendicular.fill(this.flow ? 0 : 1);
  }

  /** Factors since the start or since they were last taken. */
  takeFactors(): StabilityFactors {
    const { exp } = this.engine.kernels;
    const read = (values: Float64Array) => (this.flow ? values.map(exp) : values.slice());
    const factors = { parallel: read(this.parallel), perpendicular: read(this.perpendicular) };
    this.restart();
    return factors;
  }

  stage(j: number, drive: Float64Array, h: number): void {
    const weight = h * STEP_WEIGHTS[j];
    if (weight === 0) return;
    const { particles } = this.passengers;
    const { n } = particles;
    const at = j === 0 ? particles.state : particles.trial;
    const { psi, slope } = this.hessian.field(at, drive);
    const state = at.view;
    for (let i = 0; i < n; i++) {
      const gamma = state[n + i];
      const across = -state[i] * psi[i];
      this.parallel[i] += weight * (gamma * gamma * slope[i] + across);
      this.perpendicular[i] += weight * across;
    }
  }

  step(drive: Float64Array, series: Float64Array | null): void {
    const { particles } = this.passengers;
    const { n } = particles;
    const eta = this.path.plan.step;
    const { psi, slope } = this.hessian.field(particles.state, drive);
    const { radial, radialSlope } = series
      ? this.hessian.radial(particles.state, series)
      : { radial: null, radialSlope: null };
    const state = particles.state.view;
    for (let i = 0; i < n; i++) {
      const alpha = state[i];
      const gamma = state[n + i];
      const x = radial ? 1 + eta * radial[i] : 1;
      const change = radialSlope ? -eta * gamma * radialSlope[i] : 0;
      const u = (eta * psi[i] * gamma) / x;
      const turned = 1 + u * u;
      const along = gamma * gamma * slope[i] - alpha * psi[i];
      this.parallel[i] *= 1 + (eta * along + u * change) / (x * turned);
      this.shrink[i] = 1 / (x * Math.sqrt(turned));
      this.perpendicular[i] *= (x - eta * alpha * psi[i]) * this.shrink[i];
    }
  }

  free(): void {
    this.passengers.free();
    this.hessian.free();
  }
}
