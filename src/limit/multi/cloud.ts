// The nodes of a law with several indices: weighted points (u_1, ..., u_r, s), placed once.

import { type Region, regionBytes, type Slot } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import type { LimitNodes } from "../model.ts";
import type { MultiField } from "./field.ts";
import { MultiParticles, multiParticleBytes } from "./particles.ts";

/** Points as columns u_1, ..., u_r, s, and weights that sum to 1. */
export interface Cloud {
  columns: Float64Array[];
  weights: Float64Array;
}

type Names = "weights" | "partial" | "moments";

function lengths(field: MultiField, nodes: number): Record<Names, number> {
  const { count } = field.monomials;
  return { weights: Math.ceil(nodes / 8) * 8, partial: 2 * count, moments: count };
}

/** Bytes that a law on so many nodes will reserve. */
export function cloudBytes(field: MultiField, nodes: number, flow: boolean): number {
  return multiParticleBytes(field, nodes, flow) + regionBytes(lengths(field, nodes));
}

export class CloudNodes implements LimitNodes {
  readonly particles: MultiParticles;
  readonly mostNodes: number;
  private readonly region: Region<Names>;

  constructor(engine: Engine, field: MultiField, { columns, weights }: Cloud, flow: boolean) {
    this.mostNodes = weights.length;
    this.particles = new MultiParticles(engine, field, weights.length, flow);
    try {
      this.region = engine.arena.reserve("the law of the infinite-width limit", lengths(field, weights.length));
    } catch (refusal) {
      this.particles.free();
      throw refusal;
    }
    this.particles.set(...columns);
    this.region.slots.weights.view.set(weights);
  }

  moments(at: Slot, first: number, last: number): Float64Array {
    const { weights, partial, moments } = this.region.slots;
    this.particles.addMoments(at, weights, first, last, partial, moments);
    return moments.view;
  }

  adapt(): boolean {
    return false;
  }

  alphaMoments(): null {
    return null;
  }

  free(): void {
    this.particles.free();
    this.region.free();
  }
}
