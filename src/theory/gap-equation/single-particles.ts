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
import { solvableForm } from "../../limit/form.ts";
import { localHessianBytes } from "../../limit/local-hessian.ts";
import { roundUp } from "../../limit/movers.ts";
import { particleBytes } from "../../limit/particles.ts";
import type { Path } from "../../limit/path.ts";
import { type StabilityFactors, TangentPassengers } from "../../limit/tangent.ts";
import type { Particles } from "../../network/particles.ts";
import { horner } from "../../numeric/polynomial.ts";
import { populationSeries } from "../../problem/form.ts";
import type { SingleIndexProblem } from "../../problem/types.ts";
import type { MeanFieldParticles, Move, TangentParts } from "./model.ts";

/** Bytes that so many will reserve, the network's particles apart. */
export function singleIndexParticlesBytes(field: Field, width: number, flow: boolean): number {
  return particleBytes(field, width, flow) + localHessianBytes(field, roundUp(width));
}

/** Where they are: alpha_i and gamma_i. */
interface Latitudes {
  alpha: Float64Array;
  gamma: Float64Array;
}

export class SingleIndexParticles implements MeanFieldParticles {
  readonly size = 1;
  private readonly particles: Particles;
  private readonly tangent: TangentPassengers;
  private readonly linkDerivative: Float64Array;
  /** z_i, m x d. */
  private readonly directions: Float64Array;

  /** As `meanFieldParticles`. */
  constructor(engine: Engine, path: Path, problem: SingleIndexProblem, particles: Particles) {
    const { width: m, dimension: d } = particles;
    this.particles = particles;
    this.linkDerivative = populationSeries(solvableForm(problem)).linkDerivative;
    this.directions = new Float64Array(m * d);
    this.tangent = new TangentPassengers(engine, path, d, m);
  }

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

  private latitudes(): Latitudes {
    const { width: m } = this.particles;
    const { state, n } = this.tangent.passengers.particles;
    return { alpha: state.view.slice(0, m), gamma: state.view.slice(n, n + m) };
  }

  columns(): Float64Array[] {
    const { alpha, gamma } = this.latitudes();
    return [alpha, gamma];
  }

  async moveTo(pathSteps: number, work: Work): Promise<Move> {
    const { width: m } = this.particles;
    const before = this.latitudes();
    await this.tangent.advanceToStep(pathSteps, work);
    const factors = this.tangent.takeFactors();
    return {
      factors: { size: 1, plane: factors.parallel.slice(0, m), across: factors.perpendicular.slice(0, m) },
      carry: (field) => this.transport(field, before, factors),
      carryAdded: (field, eta) => {
        const { alpha, gamma } = this.latitudes();
        const perpendicular = alpha.map((_, i) => eta * this.tangent.shrink[i]);
        const parallel = perpendicular.map((x, i) => x * (alpha[i] * before.alpha[i] + gamma[i] * before.gamma[i]));
        this.transport(field, before, { parallel, perpendicular });
      },
    };
  }

  place(): void {
    const { width: m, dimension: d, stride, W } = this.particles;
    const { alpha, gamma } = this.latitudes();
    const rows = W.view;
    for (let i = 0; i < m; i++) {
      rows[i * stride] = alpha[i];
      for (let c = 1; c < d; c++) rows[i * stride + c] = gamma[i] * this.directions[i * d + c];
    }
  }

  /** psi at the particles in the field of these coefficients. */
  private psi(drive: Float64Array): Float64Array {
    const { state } = this.tangent.passengers.particles;
    return this.tangent.hessian.field(state, drive).psi;
  }

  async subtractVelocity(field: Slot, drive: Float64Array): Promise<void> {
    const { gamma } = this.latitudes();
    const psi = this.psi(drive);
    this.addAlong(
      field,
      gamma.map((g, i) => -(g * psi[i])),
    );
  }

  async addAttraction(field: Slot, drive: Float64Array): Promise<void> {
    const { alpha, gamma } = this.latitudes();
    const psi = this.psi(drive);
    this.addAlong(
      field,
      gamma.map((g, i) => (horner(this.linkDerivative, alpha[i]) - psi[i]) * g),
    );
  }

  /** field_i += lengths_i e_i. */
  private addAlong({ view }: Slot, lengths: Float64Array): void {
    const { width: m, dimension: d, stride } = this.particles;
    const { alpha, gamma } = this.latitudes();
    for (let i = 0; i < m; i++) {
      view[i * stride] += lengths[i] * gamma[i];
      const back = lengths[i] * alpha[i];
      for (let c = 1; c < d; c++) view[i * stride + c] -= back * this.directions[i * d + c];
    }
  }

  parts({ view }: Slot): TangentParts {
    const { width: m, dimension: d, stride } = this.particles;
    const { alpha, gamma } = this.latitudes();
    const parts = { plane: new Float64Array(m), across: new Float64Array(m) };
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
      parts.plane[i] = along;
      parts.across[i] = Math.sqrt(square);
    }
    return parts;
  }

  /**
   * Takes a tangent field from where the particles were (`before`) to where they are: the part along the meridian times
   * `parallel`, the rest times `perpendicular`.
   */
  private transport({ view }: Slot, before: Latitudes, { parallel, perpendicular }: StabilityFactors): void {
    const { width: m, dimension: d, stride } = this.particles;
    const { alpha, gamma } = this.latitudes();
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
