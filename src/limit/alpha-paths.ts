// Paths alpha_t of several particles of the limit, over all records, for the figure of how a law moves.

import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import { normalQuantile } from "../numeric/normal-quantile.ts";
import type { AlphaPaths } from "../problem/alpha-paths.ts";
import { Passengers, type Path } from "./path.ts";

/**
 * The given starts; for a count n, about the middles of n equal shares of the law at time 0: z / sqrt(z^2 + d - 1) with z
 * the quantile (j + 1/2) / n of a standard normal.
 */
function startsOf(engine: Engine, chosen: number | readonly number[], d: number): number[] {
  if (typeof chosen !== "number") return [...chosen];
  return Array.from({ length: chosen }, (_, j) => {
    const z = normalQuantile((j + 0.5) / chosen, engine.kernels.log);
    return z / Math.sqrt(z * z + d - 1);
  });
}

/** Follows particles, so many or from these alphas, through so many records of a path. */
export async function followAlphas(
  engine: Engine,
  path: Path,
  d: number,
  chosen: number | readonly number[],
  records: number,
  work: Work,
): Promise<AlphaPaths> {
  const start = startsOf(engine, chosen, d);
  const alpha = start.map(() => new Float64Array(records));
  const passengers = new Passengers(engine, path, start.length);
  try {
    const alphas = Float64Array.from(start);
    passengers.start(
      alphas,
      alphas.map((x) => Math.sqrt((1 - x) * (1 + x))),
    );
    for (let k = 0; k < records; k++) {
      await passengers.advanceTo(k, work);
      const { view } = passengers.particles.state;
      alpha.forEach((series, i) => {
        series[k] = view[i];
      });
    }
  } finally {
    passengers.free();
  }
  return { start, alpha };
}
