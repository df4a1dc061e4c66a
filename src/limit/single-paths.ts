// Paths of particles of a single-index limit: xi_i = alpha_i w* + (gamma_i / gamma_i(0)) (w_i(0) - alpha_i(0) w*).

import type { Work } from "../core/run.ts";
import { type Region, regionBytes, type Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import type { Field } from "./field.ts";
import type { MeanFieldPaths, RowShape } from "./model.ts";
import { particleBytes } from "./particles.ts";
import { Passengers, type Path } from "./path.ts";

type Names = "initial" | "stretch" | "norms";

function roundUp(n: number, multiple: number): number {
  return Math.ceil(n / multiple) * multiple;
}

/** `stretch` also holds what a kernel reads in rounds of eight. */
function lengths({ m, stride }: RowShape): Record<Names, number> {
  return { initial: roundUp(m, 8) * stride, stretch: roundUp(m, 8), norms: m };
}

/** Bytes that so many paths will reserve. */
export function singlePathsBytes(field: Field, shape: RowShape, flow: boolean): number {
  return particleBytes(field, shape.m, flow) + regionBytes(lengths(shape));
}

export class SingleIndexPaths implements MeanFieldPaths {
  private readonly engine: Engine;
  private readonly path: Path;
  private readonly shape: RowShape;
  private readonly passengers: Passengers;
  private readonly region: Region<Names>;
  private initialGammas = new Float64Array();

  constructor(engine: Engine, path: Path, shape: RowShape) {
    this.engine = engine;
    this.path = path;
    this.shape = shape;
    this.passengers = new Passengers(engine, path, shape.m);
    try {
      this.region = engine.arena.reserve("the coupling of a network with its limit", lengths(shape));
    } catch (refusal) {
      this.passengers.free();
      throw refusal;
    }
  }

  start({ view: W }: Slot): void {
    const { m, d, stride } = this.shape;
    const alpha = new Float64Array(m);
    const gamma = new Float64Array(m);
    for (let i = 0; i < m; i++) {
      let square = 0;
      for (let c = 1; c < d; c++) square += W[i * stride + c] * W[i * stride + c];
      alpha[i] = W[i * stride];
      gamma[i] = Math.sqrt(square);
    }
    this.passengers.start(alpha, gamma);
    this.region.slots.initial.view.set(W.subarray(0, this.region.slots.initial.length));
    this.initialGammas = gamma;
  }

  advanceTo(k: number, work: Work): Promise<void> {
    return this.passengers.advanceTo(k, work);
  }

  distances(W: Slot): Float64Array {
    const { m, d, stride } = this.shape;
    const { initial, stretch, norms } = this.region.slots;
    const { state, n } = this.passengers.particles;
    const ratio = stretch.view;
    const gamma = state.view.subarray(n);
    const { initialGammas } = this;
    // A particle on the axis of w* stays there: it has no orthogonal part to stretch.
    for (let i = 0; i < m; i++) ratio[i] = initialGammas[i] === 0 ? 0 : gamma[i] / initialGammas[i];
    this.engine.kernels.gapNorms(
      W.address,
      initial.address,
      state.address,
      stretch.address,
      m,
      d,
      stride,
      norms.address,
    );
    return norms.view.slice();
  }

  overlap(k: number, { view }: Slot): number {
    const { m, stride } = this.shape;
    const { stretch } = this.region.slots;
    const alphas = stretch.view;
    for (let i = 0; i < m; i++) alphas[i] = view[i * stride];
    const { path } = this;
    const overlaps = this.passengers.particles.series(path.field.overlap(path.moments[k]), stretch);
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
