// widthScaling: the width that a gap needs, for a list of dimensions, and how it grows with d.

import { checkOptions } from "../../core/check.ts";
import { Run } from "../../core/run.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import { NORMAL_975 } from "../../numeric/student.ts";
import { partOptions } from "../parts.ts";
import { type ScalingPoint, type ScalingReportOf, type ScalingSeries, scalingReport } from "./document.ts";
import { checkDimensions, familiesOf, nameOf, type ProblemFamily } from "./family.ts";
import { lawOrNull } from "./law.ts";
import {
  checkWidthSearch,
  type RequiredWidth,
  type RequiredWidthOptions,
  searchWidth,
  WIDTH_OPTIONS,
} from "./required-width.ts";

/** Options of `widthScaling`: those of `requiredWidth`, and the dimensions. */
export interface WidthScalingOptions extends RequiredWidthOptions {
  /** Dimensions d, ascending, each at least 2. */
  dimensions: readonly number[];
}

function pointOf(x: number, { width, low, high, time, trials }: RequiredWidth): ScalingPoint | null {
  return width === null ? null : { x, y: width, low, high, ...(time !== null && { time }), trials };
}

/** Standard errors of log m, from the intervals; none where one seed tells nothing. */
function errorsOf({ kernels }: Engine, points: readonly ScalingPoint[]): number[] | undefined {
  const errors = points.map(({ low, high }) =>
    low === null || high === null || !(low > 0) ? null : kernels.log(high / low) / (2 * NORMAL_975),
  );
  return errors.every((error) => error !== null) ? errors : undefined;
}

/**
 * The width m(d) that a gap needs (see `requiredWidth`) for every dimension of a list, by default at the convergence time of each,
 * and its fitted exponent in d, weighted by the intervals of the widths, with an interval that has those and the slopes of both halves
 * of the points.
 *
 * @param families - a family of problems, or several; see `ProblemFamily`.
 * @returns the scaling document, one series a family, each point with all widths that were tried. A run that is aborted keeps the
 * widths that were found.
 * @throws TypeError or RangeError as `requiredWidth` does.
 * @example
 * ```ts
 * const report = await widthScaling(engine, "He4", { dimensions: [8, 16, 32], gap: 0.01 });
 * console.log(report.series[0].points, report.series[0].fit?.slope);
 * ```
 */
export async function widthScaling(
  engine: Engine,
  families: ProblemFamily | readonly ProblemFamily[],
  options: WidthScalingOptions,
): Promise<ScalingReportOf<"width">> {
  checkEngine(engine);
  checkOptions("widthScaling", options, ["dimensions", ...WIDTH_OPTIONS]);
  const dimensions = checkDimensions(options.dimensions);
  const searches = familiesOf(families, dimensions).map((group) =>
    group.map((problem) => checkWidthSearch(problem, options)),
  );
  new Run(options);
  const parts = dimensions.length * searches.length;
  let last: RequiredWidth | null = null;
  let part = 0;
  const series: ScalingSeries[] = [];
  for (const group of searches) {
    const points: ScalingPoint[] = [];
    const missing: ScalingSeries["missing"] = [];
    for (const search of group) {
      const { d } = search.problem;
      if (last === null || last.status === "completed")
        last = await searchWidth(engine, search, { workers: options.workers, ...partOptions(options, part++, parts) });
      else {
        missing.push({ x: d, reason: "not computed" });
        continue;
      }
      const point = pointOf(d, last);
      if (point) points.push(point);
      else missing.push({ x: d, reason: last.reason ?? "not computed" });
    }
    const { law } = lawOrNull(
      engine,
      points.map(({ x }) => x),
      points.map(({ y }) => [y]),
      {},
      errorsOf(engine, points),
    );
    const { problem } = group[0];
    series.push({ name: nameOf(problem), problem, points, missing, fit: law });
  }
  const { gap, statistic, time, step, seeds, seed, resolution, largestWidth } = searches[0][0];
  return scalingReport({
    backend: engine.backend,
    status: last?.status ?? "completed",
    ...(last?.failure !== undefined && { failure: last.failure }),
    divergence: last?.divergence ?? null,
    kind: "width",
    settings: { dimensions, gap, statistic, time, step, seeds, seed, resolution, largestWidth },
    series,
  });
}
