// Statistics of the three gaps over replicas, and their slopes.

import type { Engine } from "../engine/index.ts";
import { logLogSlope, meanAndError } from "../numeric/statistics.ts";
import type { Estimate, Slope } from "./document.ts";
import { bootstrapDraws, correction } from "./report.ts";
import type { GapEstimates, GapSlopes, GapsReport } from "./separate-document.ts";
import type { Distance, SeparateContext, SeparateRun } from "./separate-run.ts";

/** One gap: [replica][record]. */
type Series = readonly (readonly Distance[])[];

/** Means and standard errors, times a factor. */
function estimatesOf(series: Series, factor = 1): GapEstimates {
  const of = (name: keyof Distance): Estimate => {
    const over = series[0].map((_, k) => meanAndError(series.map((records) => factor * records[k][name])));
    return {
      mean: Float64Array.from(over, ({ mean }) => mean),
      stderr: Float64Array.from(over, ({ stderr }) => stderr),
    };
  };
  return { meanSquaredDelta: of("meanSquaredDelta"), functionGap: of("functionGap") };
}

/** The parts of the report that come from replicas. */
export function gapsOf(
  engine: Engine,
  { widths, samples, reference: M, seed }: SeparateContext,
  runs: readonly SeparateRun[],
): Pick<GapsReport, "width" | "sample" | "discretisation" | "scaling"> {
  const finished = runs.length > 0;
  const over = (pick: (run: SeparateRun) => Distance[]): Series => runs.map(pick);
  const onSamples = samples.flatMap((n, i) => widths.map((m, w) => ({ n, m, i, w })));

  const draws = bootstrapDraws(engine, seed, runs.length);
  /** Slopes at the last record against x, of values times a factor each. */
  const slopes = (x: readonly number[], gaps: readonly Series[], factors: readonly number[]): GapSlopes => {
    const of = (name: keyof Distance): Slope | null => {
      if (x.length < 2 || !finished) return null;
      const values = gaps.map((series, i) => series.map((records) => factors[i] * records[records.length - 1][name]));
      if (!values.every((row) => row.every((value) => value > 0))) return null;
      return logLogSlope(x, values, draws, engine.kernels.log);
    };
    return { meanSquaredDelta: of("meanSquaredDelta"), functionGap: of("functionGap") };
  };

  return {
    width: (finished ? onSamples : []).map(({ n, m, i, w }) => {
      const series = over((run) => run.width[i][w]);
      return { n, m, ...estimatesOf(series), corrected: estimatesOf(series, correction(m, M)) };
    }),
    sample: (finished ? onSamples : []).map(({ n, m, i, w }) => ({
      n,
      m,
      ...estimatesOf(over((run) => run.sample[i][w])),
    })),
    discretisation: (finished ? widths : []).map((m, w) => ({
      m,
      ...estimatesOf(over((run) => run.discretisation[w])),
    })),
    scaling: {
      width: samples.map((n, i) => ({
        n,
        ...slopes(
          widths,
          widths.map((_, w) => over((run) => run.width[i][w])),
          widths.map((m) => correction(m, M)),
        ),
      })),
      sample: widths.map((m, w) => ({
        m,
        ...slopes(
          samples,
          samples.map((_, i) => over((run) => run.sample[i][w])),
          samples.map(() => 1),
        ),
      })),
    },
  };
}
