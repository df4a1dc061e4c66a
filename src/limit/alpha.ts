// alpha_t of one particle of the limit, at any record.

import type { Engine } from "../engine/index.ts";
import { Passengers, type Path } from "./path.ts";

/** Follows single particles; keeps the path of the last one, since records are usually asked for in turn. */
export class AlphaFollower {
  private readonly engine: Engine;
  private readonly path: Path;
  private alpha0 = Number.NaN;
  private alphas: number[] = [];

  constructor(engine: Engine, path: Path) {
    this.engine = engine;
    this.path = path;
  }

  /** alpha at record k of the particle that starts at alpha0 in [-1, 1]. */
  at(alpha0: number, k: number): number {
    if (alpha0 !== this.alpha0) {
      this.alphas = this.follow(alpha0);
      this.alpha0 = alpha0;
    }
    return this.alphas[k];
  }

  private follow(alpha0: number): number[] {
    const passengers = new Passengers(this.engine, this.path, 1);
    try {
      passengers.start(Float64Array.of(alpha0), Float64Array.of(Math.sqrt((1 - alpha0) * (1 + alpha0))));
      return this.path.stepsAt.map((_, k) => {
        passengers.advanceNow(k);
        return passengers.particles.state.view[0];
      });
    } finally {
      passengers.free();
    }
  }
}
