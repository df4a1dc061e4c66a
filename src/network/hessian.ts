// The two Hessians of a network (SPEC.md, section 5) as operators on fields of tangent vectors, one vector a particle: on
// the population (population-hessian.ts) or on samples (empirical-hessian.ts), with one face and one set of arrays.
//
// With v_i the velocity of particle i, moving the network along V changes v_i by (D V)_i - (H V)_i, up to a part along w_i:
// D by the change of the particle itself, H by that of the network that drives it.

import type { Work } from "../core/run.ts";
import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import { type Particles, roundUp } from "./particles.ts";

/** Is told of the share of a product that is done, from 0 to 1. */
export type Reach = (share: number) => void;

/** Products with both Hessians of a network that may move between them; memory is reserved once. */
export interface Hessian {
  /** V (m4 x dp, m4 a multiple of 4, zero in the padding): written by the caller, and made tangent by each product. */
  readonly direction: Slot;
  /** The last product, in the same shape; tangent. */
  readonly product: Slot;
  /** product <- D V: (D V)_i depends on V_i alone. */
  local(work: Work, reach?: Reach): Promise<void>;
  /** product <- H V: self-adjoint and positive semidefinite in (1/m) sum_i <V_i, V'_i>. */
  interaction(work: Work, reach?: Reach): Promise<void>;
  free(): void;
}

/** Sizes of a network in memory. */
export interface HessianShape {
  width: number;
  dimension: number;
  stride: number;
}

type Names = "direction" | "product" | "panels";

function lengths({ width, dimension, stride }: HessianShape): Record<Names, number> {
  const m = roundUp(width, 4);
  return { direction: m * stride, product: m * stride, panels: m * dimension };
}

/** Bytes that a tangent field will reserve. */
export function tangentFieldBytes(shape: HessianShape): number {
  return regionBytes(lengths(shape));
}

/** V and the product, with V packed in panels as the kernels take it. */
export class TangentField {
  private readonly engine: Engine;
  private readonly particles: Particles;
  private readonly region: Region<Names>;

  constructor(engine: Engine, particles: Particles) {
    const { width, dimension } = particles;
    this.engine = engine;
    this.particles = particles;
    this.region = engine.arena.reserve(
      `tangent vectors of a network of width ${width} in dimension ${dimension}`,
      lengths(particles),
    );
  }

  get direction(): Slot {
    return this.region.slots.direction;
  }

  get product(): Slot {
    return this.region.slots.product;
  }

  /** Address of V in panels, after `prepare`. */
  get panels(): number {
    return this.region.slots.panels.address;
  }

  /** V_i <- P_{w_i} V_i, and its panels. */
  prepare(): void {
    const { makeTangent, packPanels } = this.engine.kernels;
    const { W, width, dimension, stride } = this.particles;
    const { address } = this.direction;
    makeTangent(W.address, address, width, stride);
    packPanels(address, width, dimension, stride, this.panels);
  }

  free(): void {
    this.region.free();
  }
}
