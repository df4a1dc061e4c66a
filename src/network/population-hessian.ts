// Both Hessians of a network on the population, by sums over pairs of particles (assembly/population/hessian.ts). Long
// calls are sliced by rows.

import type { Work } from "../core/run.ts";
import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import type { Problem } from "../problem/types.ts";
import { type Hessian, type HessianShape, type Reach, TangentField, tangentFieldBytes } from "./hessian.ts";
import { type Particles, roundUp } from "./particles.ts";
import { PopulationForce, populationBytes, sliceRows } from "./population.ts";

function lengths({ width, stride }: HessianShape): Record<"moved", number> {
  return { moved: roundUp(width, 4) * stride };
}

/** Bytes that it will reserve. */
export function populationHessianBytes(engine: Engine, problem: Problem, shape: HessianShape): number {
  return tangentFieldBytes(shape) + regionBytes(lengths(shape)) + populationBytes(engine, problem, shape, "pairs");
}

export class PopulationHessian implements Hessian {
  /** Velocity and risk of the same network. */
  readonly force: PopulationForce;
  private readonly engine: Engine;
  private readonly particles: Particles;
  private readonly field: TangentField;
  private readonly region: Region<"moved">;
  private readonly rowsPerSlice: number;

  /** Of the given particles on a problem with a closed form, for the objective "squared". */
  constructor(engine: Engine, problem: Problem, particles: Particles) {
    this.engine = engine;
    this.particles = particles;
    const taken: { free(): void }[] = [];
    try {
      this.field = new TangentField(engine, particles);
      taken.push(this.field);
      this.region = engine.arena.reserve("a network moved along a tangent field", lengths(particles));
      taken.push(this.region);
      this.force = new PopulationForce(engine, problem, particles, "squared");
    } catch (refusal) {
      for (const part of taken) part.free();
      throw refusal;
    }
    // Up to four products of the size of a block, where the velocity has two.
    this.rowsPerSlice = sliceRows(this.force.rowsPerSlice / 2);
  }

  get direction(): Slot {
    return this.field.direction;
  }

  get product(): Slot {
    return this.field.product;
  }

  async local(work: Work, reach?: Reach): Promise<void> {
    const { localHessianRows } = this.engine.kernels;
    const { force, direction, product, field } = this;
    this.prepare();
    await this.byRows(work, reach, (first, last) =>
      localHessianRows(force.block, direction.address, field.panels, product.address, first, last),
    );
  }

  async interaction(work: Work, reach?: Reach): Promise<void> {
    this.prepare();
    await this.interact(this.direction, work, reach);
  }

  /**
   * product <- (1/m) a_i sum_j a_j P_{w_i} q'(S_ij) w_j + (H V)_i in one pass over the pairs: the attraction to the network,
   * to first order in V where the others move along it and particle i stays (SPEC.md, section 6: the part of
   * -eps_i + (H V)_i that is a sum over particles).
   */
  async attraction(work: Work, reach?: Reach): Promise<void> {
    const { moved } = this.region.slots;
    const { W } = this.particles;
    this.prepare();
    this.engine.kernels.addScaled(moved.address, W.address, 1, this.direction.address, moved.length);
    await this.interact(moved, work, reach);
  }

  private prepare(): void {
    this.force.pack();
    this.field.prepare();
  }

  private interact(X: Slot, work: Work, reach?: Reach): Promise<void> {
    const { interactionHessianRows } = this.engine.kernels;
    const { force, product, field } = this;
    return this.byRows(work, reach, (first, last) =>
      interactionHessianRows(force.block, field.panels, X.address, product.address, first, last),
    );
  }

  private async byRows(
    work: Work,
    reach: Reach | undefined,
    compute: (first: number, last: number) => void,
  ): Promise<void> {
    const { width } = this.particles;
    for (let first = 0; first < width; first += this.rowsPerSlice) {
      const last = Math.min(width, first + this.rowsPerSlice);
      compute(first, last);
      reach?.(last / width);
      if (work.due) await work.pause();
    }
  }

  free(): void {
    this.field.free();
    this.region.free();
    this.force.free();
  }
}
