// The particles of a network of finite width in the module's memory, and their moves on the sphere.

import type { Work } from "../core/run.ts";
import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import { fillSphere, type RandomKey, STREAM } from "../engine/random.ts";
import { byRows } from "./slices.ts";

/** Sizes of a network. */
export interface ParticleShape {
  width: number;
  dimension: number;
  /** Rows and columns are padded with zeros to a multiple of this: 4, or 8 where float32 kernels read them. */
  lanes: number;
  /** Second-layer signs; null where all are +1. */
  signs: Int8Array | null;
  /** Whether Runge-Kutta steps will be taken: they need two more arrays. */
  rungeKutta: boolean;
}

export function roundUp(n: number, multiple: number): number {
  return Math.ceil(n / multiple) * multiple;
}

type Names = "W" | "V" | "signs" | "start" | "sum";

function lengths({ width, dimension, lanes, signs, rungeKutta }: ParticleShape): Record<Names, number> {
  const m = roundUp(width, lanes);
  const size = m * roundUp(dimension, lanes);
  return { W: size, V: size, signs: signs ? m : 0, start: rungeKutta ? size : 0, sum: rungeKutta ? size : 0 };
}

/** Bytes that they will reserve. */
export function particlesBytes(shape: ParticleShape): number {
  return regionBytes(lengths(shape));
}

export class Particles {
  readonly width: number;
  readonly dimension: number;
  /** Stride of W and V. */
  readonly stride: number;
  private readonly engine: Engine;
  private readonly region: Region<Names>;
  /** Sum of the signs. */
  readonly signSum: number;
  private readonly signed: boolean;

  constructor(engine: Engine, shape: ParticleShape) {
    const { width, dimension, lanes, signs } = shape;
    this.engine = engine;
    this.width = width;
    this.dimension = dimension;
    this.stride = roundUp(dimension, lanes);
    this.region = engine.arena.reserve(`a network of width ${width} in dimension ${dimension}`, lengths(shape));
    this.signed = signs !== null;
    this.signSum = signs ? signs.reduce((sum, sign) => sum + sign, 0) : width;
    if (signs) this.region.slots.signs.view.set(signs);
  }

  /** The particles, m x d in rows of `stride`. */
  get W(): Slot {
    return this.region.slots.W;
  }

  /** The velocity a force has written, in the same shape. */
  get V(): Slot {
    return this.region.slots.V;
  }

  /** Address of the signs as float64 numbers, zero in the padding; 0 where all are +1. */
  get signs(): number {
    return this.signed ? this.region.slots.signs.address : 0;
  }

  /** Starts from independent uniform points of the sphere. */
  async sample({ seed, replica }: RandomKey, work: Work): Promise<void> {
    const { engine, W, width, dimension: d, stride: dp } = this;
    await byRows(engine.backend, width, dp, work, (first, last) => {
      fillSphere(engine, W, { m: last, d, dp, seed, replica, first });
      return true;
    });
  }

  /** Starts from the given unit rows, of which there may be more (at least m x d); or writes another field. */
  set(rows: Float64Array, { view }: Slot = this.W): void {
    const { width: m, dimension: d, stride: dp } = this;
    if (d === dp) view.set(rows.subarray(0, m * d));
    else for (let i = 0; i < m; i++) view.set(rows.subarray(i * d, (i + 1) * d), i * dp);
  }

  /** A copy of W, V or another field, m x d. */
  copy({ view }: Slot = this.W): Float64Array {
    const { width: m, dimension: d, stride: dp } = this;
    if (d === dp) return view.slice(0, m * d);
    const out = new Float64Array(m * d);
    for (let i = 0; i < m; i++) out.set(view.subarray(i * dp, i * dp + d), i * d);
    return out;
  }

  /** V += factor z, z standard normals of this step: those of particle i do not depend on the width. */
  addNoise(factor: number, { seed, replica }: RandomKey, step: number): void {
    const { width: m, dimension: d, stride: dp, V } = this;
    this.engine.kernels.addNormal(V.address, m, d, dp, factor, seed, replica, STREAM.noise, step);
  }

  /** W <- normalise(W + eta V). False where a norm is zero or not finite. */
  project(eta: number, work: Work): Promise<boolean> {
    return this.move(this.W, this.V, eta, work);
  }

  /** W <- W + eta (V - decay W), off the sphere. False where a number is not finite. */
  drift(eta: number, decay: number): boolean {
    const { W, V } = this;
    const { addScaled } = this.engine.kernels;
    addScaled(V.address, V.address, -decay, W.address, V.length);
    addScaled(W.address, W.address, eta, V.address, W.length);
    return W.view.every(Number.isFinite);
  }

  private move(from: Slot, direction: Slot, eta: number, work: Work): Promise<boolean> {
    const { engine, W, width, stride } = this;
    return byRows(engine.backend, width, stride, work, (first, last) => {
      const [base, step, out] = [from, direction, W].map((slot) => slot.at(first * stride));
      return engine.kernels.retract(base, step, eta, out, last - first, stride) === 0;
    });
  }

  /**
   * One step h of the classical Runge-Kutta method of order 4 on the sphere: stages and result are projected. The field
   * w -> v(w / |w|) extends the velocity off the sphere, so the order is kept. `force` writes V from W.
   */
  async rungeKuttaStep(h: number, force: () => Promise<void>, work: Work): Promise<boolean> {
    const { W, V, start, sum } = this.region.slots;
    const { addScaled } = this.engine.kernels;
    start.view.set(W.view);
    sum.view.fill(0);
    for (const [weight, ahead] of [
      [1, 0.5],
      [2, 0.5],
      [2, 1],
      [1, 0],
    ]) {
      await force();
      addScaled(sum.address, sum.address, weight, V.address, sum.length);
      if (ahead > 0 && !(await this.move(start, V, ahead * h, work))) return false;
    }
    return this.move(start, sum, h / 6, work);
  }

  free(): void {
    this.region.free();
  }
}
