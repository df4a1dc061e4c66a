// From measurements of single networks to statistics over seeds and slopes over widths.

import type { Engine } from "../engine/index.ts";
import { STREAM, uniforms } from "../engine/random.ts";
import type { Interaction } from "../network/interaction.ts";
import { logLogSlope, meanAndError } from "../numeric/statistics.ts";
import {
  CORRECTED_STATISTICS,
  type CorrectedStatistic,
  type Estimate,
  EXTRA_STATISTICS,
  type ExtraStatistic,
  type Scaling,
  type Slope,
  STATISTICS,
  type Statistic,
  type WidthReport,
} from "./document.ts";
import { sumDistributions } from "./histogram.ts";
import type { Measurement } from "./measure.ts";

/** Bootstrap resamples behind an interval. */
const RESAMPLES = 2000;

/** Errors of the limit below which a gap means nothing, one entry a record. */
export interface LimitErrors {
  delta: ArrayLike<number>;
  functionGap: ArrayLike<number>;
}

/** Runs of one width: runs[s][k] is seed s at record k; undefined where it is not finished. */
export type RunsOfWidth = readonly (Measurement[] | undefined)[];

function estimateOf(runs: readonly Measurement[][], statistic: Statistic | ExtraStatistic): Estimate {
  const records = runs[0].length;
  const mean = new Float64Array(records);
  const stderr = new Float64Array(records);
  for (let k = 0; k < records; k++) {
    const over = meanAndError(runs.map((run) => run[k][statistic] as number));
    mean[k] = over.mean;
    stderr[k] = over.stderr;
  }
  return { mean, stderr };
}

function scaled({ mean, stderr }: Estimate, factor: number): Estimate {
  return { mean: mean.map((value) => factor * value), stderr: stderr.map((value) => factor * value) };
}

/** M / (M - m). */
export function correction(m: number, M: number): number {
  return M / (M - m);
}

/** Statistics over the finished runs of one width; M is the width of the reference network, null with the limit. */
export function widthReport(
  m: number,
  ofWidth: RunsOfWidth,
  errors: LimitErrors,
  M: number | null,
  interaction: Interaction | null = null,
): WidthReport {
  const runs = ofWidth.filter((run) => run !== undefined);
  const estimates = Object.fromEntries(STATISTICS.map((name) => [name, estimateOf(runs, name)])) as Record<
    Statistic,
    Estimate
  >;
  const extra = EXTRA_STATISTICS.filter((name) => runs[0].every((measurement) => measurement[name] !== undefined));
  const { meanDelta, functionGap } = estimates;
  const distribution = sumDistributions(runs.map((run) => run.at(-1)?.distribution));
  return {
    m,
    seeds: runs.length,
    ...(interaction && { interaction }),
    ...estimates,
    ...Object.fromEntries(extra.map((name) => [name, estimateOf(runs, name)])),
    resolved: {
      delta: Array.from(meanDelta.mean, (value, k) => value > errors.delta[k]),
      functionGap: Array.from(functionGap.mean, (value, k) => value > errors.functionGap[k]),
    },
    ...(M !== null && {
      corrected: Object.fromEntries(
        CORRECTED_STATISTICS.map((name) => [name, scaled(estimates[name], correction(m, M))]),
      ) as Record<CorrectedStatistic, Estimate>,
    }),
    ...(distribution && { distribution }),
  };
}

/** Uniforms behind the bootstrap over so many seeds; none for one. */
export function bootstrapDraws(engine: Engine, seed: number, seeds: number): Float64Array {
  return seeds < 2 ? new Float64Array(0) : uniforms(engine, RESAMPLES * seeds, seed, STREAM.bootstrap, 0);
}

/** Slopes at the last record over all widths, from the seeds that every width has; null where there are none. */
export function slopes(
  engine: Engine,
  seed: number,
  widths: readonly WidthReport[],
  runs: readonly RunsOfWidth[],
  M: number | null,
): Scaling | null {
  if (widths.length < 2) return null;
  const shared = runs[0].flatMap((_, s) => {
    const ofSeed = runs.map((ofWidth) => ofWidth[s]).filter((run) => run !== undefined);
    return ofSeed.length === runs.length ? [ofSeed] : [];
  });
  if (shared.length === 0) return null;
  const last = shared[0][0].length - 1;
  const draws = bootstrapDraws(engine, seed, shared.length);
  const slope = (statistic: Statistic, gap: "delta" | "functionGap", M: number | null): Slope | null => {
    if (widths.some(({ resolved }) => !resolved[gap][last])) return null;
    const values = widths.map(({ m }, w) => {
      const factor = M === null ? 1 : correction(m, M);
      return shared.map((ofSeed) => factor * ofSeed[w][last][statistic]);
    });
    return logLogSlope(
      widths.map(({ m }) => m),
      values,
      draws,
      engine.kernels.log,
    );
  };
  return {
    meanDelta: slope("meanDelta", "delta", null),
    meanSquaredDelta: slope("meanSquaredDelta", "delta", null),
    functionGap: slope("functionGap", "functionGap", null),
    ...(M !== null && {
      corrected: {
        meanSquaredDelta: slope("meanSquaredDelta", "delta", M),
        functionGap: slope("functionGap", "functionGap", M),
      },
    }),
  };
}

/**
 * How far a reference network of width M is from the limit, at each record: C / M with C = mean over widths and replicas
 * of gap m M / (M - m).
 */
export function fluctuation(
  M: number,
  widths: readonly number[],
  runs: readonly RunsOfWidth[],
  statistic: "meanSquaredDelta" | "functionGap",
): Float64Array {
  const all = widths.flatMap((m, w) =>
    runs[w].filter((run) => run !== undefined).map((run) => ({ factor: m / (M - m), run })),
  );
  const records = all[0]?.run.length ?? 0;
  return Float64Array.from({ length: records }, (_, k) => {
    const sum = all.reduce((total, { factor, run }) => total + factor * run[k][statistic], 0);
    return sum / all.length;
  });
}
