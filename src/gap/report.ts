// From measurements of single networks to statistics over seeds and slopes over widths.

import type { Engine } from "../engine/index.ts";
import { STREAM, uniforms } from "../engine/random.ts";
import { logLogSlope, meanAndError } from "../numeric/statistics.ts";
import type { Measurement } from "./coupling.ts";
import { type Estimate, type GapReport, type Slope, STATISTICS, type Statistic, type WidthReport } from "./document.ts";

/** Bootstrap resamples behind an interval. */
const RESAMPLES = 2000;

/** Errors of the limit below which a gap means nothing. */
export interface LimitErrors {
  particle: number;
  loss: number;
}

/** Runs of one width: runs[s][k] is seed s at record k; undefined where it is not finished. */
export type RunsOfWidth = readonly (Measurement[] | undefined)[];

/** Statistics over the finished runs of one width. */
export function widthReport(m: number, ofWidth: RunsOfWidth, errors: LimitErrors): WidthReport {
  const runs = ofWidth.filter((run) => run !== undefined);
  const records = runs[0].length;
  const estimate = (statistic: Statistic): Estimate => {
    const mean = new Float64Array(records);
    const stderr = new Float64Array(records);
    for (let k = 0; k < records; k++) {
      const over = meanAndError(runs.map((run) => run[k][statistic]));
      mean[k] = over.mean;
      stderr[k] = over.stderr;
    }
    return { mean, stderr };
  };
  const estimates = Object.fromEntries(STATISTICS.map((name) => [name, estimate(name)])) as Record<Statistic, Estimate>;
  return {
    m,
    seeds: runs.length,
    ...estimates,
    resolved: {
      delta: Array.from(estimates.meanDelta.mean, (value) => value > errors.particle),
      functionGap: Array.from(estimates.functionGap.mean, (value) => value > errors.loss),
    },
  };
}

/** Slopes at the last record over all widths, from the seeds that every width has; null where there are none. */
export function slopes(
  engine: Engine,
  seed: number,
  widths: readonly WidthReport[],
  runs: readonly RunsOfWidth[],
): GapReport["scaling"] {
  if (widths.length < 2) return null;
  const shared = runs[0].flatMap((_, s) => {
    const ofSeed = runs.map((ofWidth) => ofWidth[s]).filter((run) => run !== undefined);
    return ofSeed.length === runs.length ? [ofSeed] : [];
  });
  if (shared.length === 0) return null;
  const last = shared[0][0].length - 1;
  const count = shared.length < 2 ? 0 : RESAMPLES * shared.length;
  const draws = count === 0 ? new Float64Array(0) : uniforms(engine, count, seed, STREAM.bootstrap, 0);
  const slope = (statistic: Statistic, gap: "delta" | "functionGap"): Slope | null => {
    if (widths.some(({ resolved }) => !resolved[gap][last])) return null;
    const values = widths.map((_, w) => shared.map((ofSeed) => ofSeed[w][last][statistic]));
    return logLogSlope(
      widths.map(({ m }) => m),
      values,
      draws,
      engine.kernels.log,
    );
  };
  return {
    meanDelta: slope("meanDelta", "delta"),
    meanSquaredDelta: slope("meanSquaredDelta", "delta"),
    functionGap: slope("functionGap", "functionGap"),
  };
}
