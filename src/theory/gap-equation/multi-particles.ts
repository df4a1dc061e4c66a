// The mean-field particles of a network of a problem with several indices, with a tangent vector each, on their way along the
// path of the limit (SPEC.md, sections 4 and 5). With the rows of B an orthonormal basis of the teachers' span and z_i the
// direction of the part of w_i across it, which stays,
//
//   xi_i = B^T u_i + s_i z_i,   v(xi_i, rho) = B^T du_i + ds_i z_i
//
// A tangent vector has coordinates p = (B Delta, <z, Delta>) in the plane of (u, s), which a step multiplies by a matrix, and
// a rest, which it leaves in its direction and multiplies by s' / s.

import type { Work } from "../../core/run.ts";
import type { Slot } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import { acrossDirections, spanCoordinates } from "../../limit/multi/coordinates.ts";
import type { MultiField } from "../../limit/multi/field.ts";
import { MultiParticles, multiParticleBytes } from "../../limit/multi/particles.ts";
import { MultiTangents, multiTangentBytes } from "../../limit/multi/tangent.ts";
import type { Path } from "../../limit/path.ts";
import type { Particles } from "../../network/particles.ts";
import type { MeanFieldParticles, Move, TangentParts } from "./model.ts";

/** Particles nearer to the span lie in it but for rounding. */
const ROUNDING = 1e-14;

/** Bytes that so many will reserve, the network's particles apart. */
export function multiIndexParticlesBytes(field: MultiField, width: number, flow: boolean): number {
  return multiTangentBytes(field, width, flow) + multiParticleBytes(field, width, false);
}

export class MultiIndexParticles implements MeanFieldParticles {
  readonly size: number;
  private readonly particles: Particles;
  private readonly field: MultiField;
  private readonly tangents: MultiTangents;
  /** For values of the field where they are. */
  private readonly here: MultiParticles;
  /** z_i, m x d. */
  private directions: Float64Array = new Float64Array();

  /** As `meanFieldParticles`. */
  constructor(engine: Engine, path: Path, particles: Particles) {
    const { width: m } = particles;
    this.particles = particles;
    this.field = path.field as MultiField;
    this.size = this.field.rank + 1;
    this.tangents = new MultiTangents(engine, path, m);
    try {
      this.here = new MultiParticles(engine, this.field, m, false);
    } catch (refusal) {
      this.tangents.free();
      throw refusal;
    }
  }

  start(): void {
    const { width: m, dimension: d, stride, W } = this.particles;
    const { span } = this.field;
    const columns = spanCoordinates(span, { m, d, stride }, W.view);
    const s = columns[span.rank];
    for (let i = 0; i < m; i++) if (s[i] < ROUNDING) s[i] = 0;
    this.directions = acrossDirections(span, { m, d, stride }, W.view, s);
    this.tangents.start(...columns);
  }

  columns(): Float64Array[] {
    return this.tangents.columns();
  }

  async moveTo(pathSteps: number, work: Work): Promise<Move> {
    await this.tangents.advanceToStep(pathSteps, work);
    const factors = this.tangents.takeFactors();
    const { size, plane, across } = factors;
    return {
      factors,
      carry: (field) =>
        this.transport(field, across, (i, p, out) => {
          const at = i * size * size;
          for (let row = 0; row < size; row++) {
            let sum = 0;
            for (let c = 0; c < size; c++) sum += plane[at + row * size + c] * p[c];
            out[row] = sum;
          }
        }),
      carryAdded: (field, eta) => {
        const columns = this.columns();
        const scale = this.tangents.shrink.map((x) => eta * x);
        this.transport(field, scale, (i, p, out) => {
          let along = 0;
          for (let c = 0; c < size; c++) along += columns[c][i] * p[c];
          for (let c = 0; c < size; c++) out[c] = scale[i] * (p[c] - along * columns[c][i]);
        });
      },
    };
  }

  /** field_i <- the rest of it times factors_i, and in the plane what `map` makes of its coordinates. */
  private transport(
    { view }: Slot,
    factors: Float64Array,
    map: (i: number, p: Float64Array, out: Float64Array) => void,
  ): void {
    const { width: m, dimension: d, stride } = this.particles;
    const { size } = this;
    const p = new Float64Array(size);
    const out = new Float64Array(size);
    for (let i = 0; i < m; i++) {
      this.coordinates(view, i, p);
      map(i, p, out);
      const factor = factors[i];
      for (let c = i * stride; c < i * stride + d; c++) view[c] *= factor;
      for (let c = 0; c < size; c++) out[c] -= factor * p[c];
      this.add(view, i * stride, i, out);
    }
  }

  /** p <- (B x, <z, x>) of row i. */
  private coordinates(view: Float64Array, i: number, p: Float64Array): void {
    const { dimension: d, stride } = this.particles;
    const { basis, rank, dimension } = this.field.span;
    const { directions } = this;
    for (let a = 0; a < rank; a++) {
      let along = 0;
      for (let c = 0; c < dimension; c++) along += basis[a * dimension + c] * view[i * stride + c];
      p[a] = along;
    }
    let along = 0;
    for (let c = 0; c < d; c++) along += directions[i * d + c] * view[i * stride + c];
    p[rank] = along;
  }

  /** The row at `at` += B^T p_u + p_s z_i. */
  private add(view: Float64Array, at: number, i: number, p: Float64Array): void {
    const { dimension: d } = this.particles;
    const { basis, rank, dimension } = this.field.span;
    const { directions } = this;
    for (let a = 0; a < rank; a++) for (let c = 0; c < dimension; c++) view[at + c] += p[a] * basis[a * dimension + c];
    for (let c = 0; c < d; c++) view[at + c] += p[rank] * directions[i * d + c];
  }

  place(): void {
    const { width: m, dimension: d, stride, W } = this.particles;
    const columns = this.columns();
    const { view } = W;
    const x = new Float64Array(columns.length);
    for (let i = 0; i < m; i++) {
      view.fill(0, i * stride, i * stride + d);
      for (let c = 0; c < x.length; c++) x[c] = columns[c][i];
      this.add(view, i * stride, i, x);
    }
  }

  subtractVelocity(field: Slot, drive: Float64Array, work: Work): Promise<void> {
    return this.addVelocity(field, drive, -1, work);
  }

  addAttraction(field: Slot, drive: Float64Array, work: Work): Promise<void> {
    return this.addVelocity(field, this.field.attraction(drive), 1, work);
  }

  private async addVelocity(field: Slot, coefficients: Float64Array, factor: number, work: Work): Promise<void> {
    const { here } = this;
    const { width: m, stride } = this.particles;
    here.set(...this.columns());
    const v = new Float64Array(here.columns);
    for (let first = 0; first < here.n; first += here.slice) {
      const last = Math.min(here.n, first + here.slice);
      const { view } = here.velocities(coefficients, first, last);
      for (let i = first; i < Math.min(m, last); i++) {
        for (let c = 0; c < v.length; c++) v[c] = factor * view[c * here.n + i];
        this.add(field.view, i * stride, i, v);
      }
      if (work.due) await work.pause();
    }
  }

  parts({ view }: Slot): TangentParts {
    const { width: m, dimension: d, stride } = this.particles;
    const { size } = this;
    const parts = { plane: new Float64Array(m * size), across: new Float64Array(m) };
    for (let i = 0; i < m; i++) {
      const p = parts.plane.subarray(i * size, (i + 1) * size);
      this.coordinates(view, i, p);
      // What is left without its part in the plane: no difference of two large squares.
      const rest = view.slice(i * stride, i * stride + d);
      const back = p.map((x) => -x);
      this.add(rest, 0, i, back);
      let square = 0;
      for (let c = 0; c < d; c++) square += rest[c] * rest[c];
      parts.across[i] = Math.sqrt(square);
    }
    return parts;
  }

  free(): void {
    this.tangents.free();
    this.here.free();
  }
}
