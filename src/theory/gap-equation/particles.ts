// The mean-field particles of a network of a single-index problem, with a tangent vector each, on their way along the path
// of the limit (SPEC.md, sections 4 and 5). With w* the first coordinate vector and z_i the direction of the part of w_i
// across it, which stays,
//
//   xi_i = alpha_i w* + gamma_i z_i,   e_i = gamma_i w* - alpha_i z_i   (the meridian, towards w*)
//   v(xi_i, rho) = psi gamma_i e_i,    attraction to the limit P grad Q = (phi' - psi) gamma_i e_i
//
// A tangent vector has a part along e_i, which a step turns with e_i and multiplies by J_par, and a rest, which it leaves
// in its direction and multiplies by J_perp.

import type { Work } from "../../core/run.ts";
import type { Slot } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import type { Field } from "../../limit/field.ts";
import type { Path } from "../../limit/path.ts";
import { type StabilityFactors, TangentPassengers } from "../../limit/tangent.ts";
import type { Particles } from "../../network/particles.ts";
import { limitForm, populationSeries } from "../../problem/form.ts";
import type { SingleIndexProblem } from "../../problem/types.ts";

/** Parts of a field of tangent vectors: along the meridian, with its sign, and the length of the rest. */
export interface TangentParts {
  along: Float64Array;
  across: Float64Array;
}

/** sum_k powers[k] x^k. */
function horner(powers: Float64Array, x: number): number {
  let value = 0;
  for (let k = powers.length - 1; k >= 0; k--) value = value * x + powers[k];
  return value;
}

export class MeanFieldParticles {
  /** The positions, written by `place`, in the module's memory. */
  readonly particles: Particles;
  private readonly path: Path;
  private readonly field: Field;
  private readonly tangent: TangentPassengers;
  private readonly linkDerivative: Float64Array;
  private readonly drive: Float64Array;
  /** z_i, m x d. */
  private readonly directions: Float64Array;

  /** `particles`: m rows for the positions; freed by the caller. */
  constructor(engine: Engine, path: Path, problem: SingleIndexProblem, particles: Particles) {
    const { width: m, dimension: d } = particles;
    const form = limitForm(problem);
    if (!form) throw new TypeError(`${problem.name} has no solvable limit`);
    this.particles = particles;
    this.path = path;
    this.field = path.field as Field;
    this.linkDerivative = populationSeries(form).linkDerivative;
    this.drive = new Float64Array(this.field.driveLength);
    this.directions = new Float64Array(m * d);
    this.tangent = new TangentPassengers(engine, path, d, m);
  }

  /** Starts from the rows that stand in `particles`. */
  start(): void {
    const { width: m, dimension: d, stride, W } = this.particles;
    const rows = W.view;
    const alpha = new Float64Array(m);
    const gamma = new Float64Array(m);
    for (let i = 0; i < m; i++) {
      let square = 0;
      for (let c = 1; c < d; c++) square += rows[i * stride + c] * rows[i * stride + c];
      alpha[i] = rows[i * stride];
      gamma[i] = Math.sqrt(square);
      // On the axis of w* there is no direction, and nothing distinguishes one tangent from another.
      for (let c = 1; c < d; c++) this.directions[i * d + c] = gamma[i] === 0 ? 0 : rows[i * stride + c] / gamma[i];
    }
    this.tangent.start(alpha, gamma);
  }

  /** alpha and gamma now, copies. */
  state(): { alpha: Float64Array; gamma: Float64Array } {
    const { width: m } = this.particles;
    const { state, n } = this.tangent.passengers.particles;
    return { alpha: state.view.slice(0, m), gamma: state.view.slice(n, n + m) };
  }

  /** Moves them until they have taken so many steps of the path; returns the factors since the last call. */
  async moveTo(pathSteps: number, work: Work): Promise<StabilityFactors> {
    await this.tangent.advanceToStep(pathSteps, work);
    return this.tangent.takeFactors();
  }

  /** 1 / |xi + eta v| of the last PGD step. */
  get shrink(): Float64Array {
    return this.tangent.shrink;
  }

  /** Writes the positions into `particles`. */
  place(): void {
    const { width: m, dimension: d, stride, W } = this.particles;
    const { alpha, gamma } = this.state();
    const rows = W.view;
    for (let i = 0; i < m; i++) {
      rows[i * stride] = alpha[i];
      for (let c = 1; c < d; c++) rows[i * stride + c] = gamma[i] * this.directions[i * d + c];
    }
  }

  /** psi at the particles in the field of a row of the path's coefficients, or of record k of the limit. */
  private psi(drive: Float64Array): Float64Array {
    const { state } = this.tangent.passengers.particles;
    return this.tangent.hessian.field(state, drive).psi;
  }

  /** Coefficients of the field at a record of the path, from the moments of the law. */
  driveAt(record: number): Float64Array {
    this.field.drive(this.path.moments[record], this.drive);
    return this.drive;
  }

  /** Lengths of the velocity along the meridian, psi gamma. */
  speeds(drive: Float64Array): Float64Array {
    const { gamma } = this.state();
    const psi = this.psi(drive);
    return gamma.map((g, i) => g * psi[i]);
  }

  /** Lengths of the attraction to the limit along the meridian, (phi' - psi) gamma. */
  attractions(drive: Float64Array): Float64Array {
    const { alpha, gamma } = this.state();
    const psi = this.psi(drive);
    return gamma.map((g, i) => (horner(this.linkDerivative, alpha[i]) - psi[i]) * g);
  }

  /** field_i += lengths_i e_i. */
  addAlong({ view }: Slot, lengths: Float64Array): void {
    const { width: m, dimension: d, stride } = this.particles;
    const { alpha, gamma } = this.state();
    for (let i = 0; i < m; i++) {
      view[i * stride] += lengths[i] * gamma[i];
      const back = lengths[i] * alpha[i];
      for (let c = 1; c < d; c++) view[i * stride + c] -= back * this.directions[i * d + c];
    }
  }

  /** The parts of a tangent field. */
  parts({ view }: Slot): TangentParts {
    const { width: m, dimension: d, stride } = this.particles;
    const { alpha, gamma } = this.state();
    const parts = { along: new Float64Array(m), across: new Float64Array(m) };
    for (let i = 0; i < m; i++) {
      const offset = i * stride;
      let inner = 0;
      for (let c = 1; c < d; c++) inner += view[offset + c] * this.directions[i * d + c];
      const along = gamma[i] * view[offset] - alpha[i] * inner;
      // What is left without its part in the plane of w* and z_i: no difference of two large squares.
      let square = 0;
      for (let c = 1; c < d; c++) {
        const rest = view[offset + c] - inner * this.directions[i * d + c];
        square += rest * rest;
      }
      parts.along[i] = along;
      parts.across[i] = Math.sqrt(square);
    }
    return parts;
  }

  /**
   * Takes a tangent field from where the particles were (`before`) to where they are: the part along the meridian times
   * `parallel`, the rest times `perpendicular`.
   */
  transport(
    { view }: Slot,
    before: { alpha: Float64Array; gamma: Float64Array },
    { parallel, perpendicular }: StabilityFactors,
  ): void {
    const { width: m, dimension: d, stride } = this.particles;
    const { alpha, gamma } = this.state();
    for (let i = 0; i < m; i++) {
      const offset = i * stride;
      let inner = 0;
      for (let c = 1; c < d; c++) inner += view[offset + c] * this.directions[i * d + c];
      const along = parallel[i] * (before.gamma[i] * view[offset] - before.alpha[i] * inner);
      const across = perpendicular[i];
      const planar = -along * alpha[i] - across * inner;
      view[offset] = along * gamma[i];
      for (let c = 1; c < d; c++) view[offset + c] = across * view[offset + c] + planar * this.directions[i * d + c];
    }
  }

  free(): void {
    this.tangent.free();
  }
}
