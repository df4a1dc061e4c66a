// Paths of particles of a limit with several indices: xi_i = B^T u_i + (s_i / s_i(0)) (w_i(0) - B^T u_i(0)).

import type { Work } from "../../core/run.ts";
import { type Region, regionBytes, type Slot } from "../../engine/arena.ts";
import type { Engine } from "../../engine/index.ts";
import type { MeanFieldPaths, RowShape } from "../model.ts";
import { roundUp } from "../movers.ts";
import { Passengers, type Path } from "../path.ts";
import { spanCoordinates } from "./coordinates.ts";
import type { MultiField } from "./field.ts";
import { multiParticleBytes } from "./particles.ts";

/** Columns of points: those of the network's rows. */
type Names = "points";

function lengths({ rank }: MultiField, { m }: RowShape): Record<Names, number> {
  return { points: (rank + 1) * roundUp(m) };
}

/** Bytes that so many paths will reserve. */
export function multiPathsBytes(field: MultiField, shape: RowShape, flow: boolean): number {
  return multiParticleBytes(field, shape.m, flow) + regionBytes(lengths(field, shape));
}

export class MultiPaths implements MeanFieldPaths {
  private readonly path: Path;
  private readonly field: MultiField;
  private readonly shape: RowShape;
  private readonly passengers: Passengers;
  private readonly region: Region<Names>;
  /** w_i(0), and the coordinates (u, s) of them, as columns. */
  private initial = new Float64Array();
  private start0: Float64Array[] = [];

  constructor(engine: Engine, path: Path, field: MultiField, shape: RowShape) {
    this.path = path;
    this.field = field;
    this.shape = shape;
    this.passengers = new Passengers(engine, path, shape.m);
    try {
      this.region = engine.arena.reserve("the coupling of a network with its limit", lengths(field, shape));
    } catch (refusal) {
      this.passengers.free();
      throw refusal;
    }
  }

  start({ view }: Slot): void {
    this.initial = view.slice(0, this.shape.m * this.shape.stride);
    this.start0 = spanCoordinates(this.field.span, this.shape, this.initial);
    this.passengers.start(...this.start0);
  }

  advanceTo(k: number, work: Work): Promise<void> {
    return this.passengers.advanceTo(k, work);
  }

  distances({ view: W }: Slot): Float64Array {
    const { m, d, stride } = this.shape;
    const { basis, rank, dimension } = this.field.span;
    const { state, n } = this.passengers.particles;
    const now = state.view;
    const { initial, start0 } = this;
    const distances = new Float64Array(m);
    for (let i = 0; i < m; i++) {
      const s0 = start0[rank][i];
      // A particle in the span stays there: it has no orthogonal part to stretch.
      const ratio = s0 === 0 ? 0 : now[rank * n + i] / s0;
      let square = 0;
      for (let c = 0; c < d; c++) {
        let xi = ratio * initial[i * stride + c];
        if (c < dimension)
          for (let a = 0; a < rank; a++) xi += basis[a * dimension + c] * (now[a * n + i] - ratio * start0[a][i]);
        const difference = W[i * stride + c] - xi;
        square += difference * difference;
      }
      distances[i] = Math.sqrt(square);
    }
    return distances;
  }

  overlap(k: number, { view }: Slot): number {
    const { m } = this.shape;
    const { points } = this.region.slots;
    const { particles } = this.passengers;
    spanCoordinates(this.field.span, this.shape, view).forEach((column, c) => {
      points.view.set(column, c * particles.n);
    });
    const { path } = this;
    const overlaps = particles.series(path.field.overlap(path.moments[k]), points);
    let sum = 0;
    for (let i = 0; i < m; i++) sum += overlaps[i];
    return sum / m;
  }

  energy(k: number): number {
    return this.path.field.energy(this.path.moments[k]);
  }

  free(): void {
    this.passengers.free();
    this.region.free();
  }
}
