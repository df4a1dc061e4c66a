// How the gaps fall with width m, and the sample gap with the number of samples n: measurements of approximationGap and of
// separateGaps, with weighted slopes, intervals and verdicts in place of plain slopes.

import { checkEngine, type Engine } from "../../engine/index.ts";
import { checkGap, type GapOptions, measureGap } from "../../gap/approximation-gap.ts";
import { correction } from "../../gap/report.ts";
import { measureGaps } from "../../gap/separate.ts";
import { checkSeparate, type SeparateOptions } from "../../gap/separate-check.ts";
import type { Problem } from "../../problem/types.ts";
import { type ScalingPoint, type ScalingReportOf, type ScalingSeries, scalingReport } from "./document.ts";
import { lawOrNull } from "./law.ts";

/** Values at one x, one a seed. */
interface Row {
  x: number;
  values: number[];
}

/** Gaps of networks, and the slopes of theory in m; E|Delta|^2 lies in the reports of approximationGap. */
const WIDTH_LAWS = [
  { name: "meanDelta", resolved: "delta", expected: -0.5, power: 1 },
  { name: "functionGap", resolved: "functionGap", expected: -1, power: 2 },
] as const;

const BELOW_ERROR = "not above the error of the limit";
const NO_SEED = "no seed that all others have too was finished";
const NO_GAP = "a gap is zero";

function seriesOf(
  engine: Engine,
  of: { name: string; problem: Problem; expected: number; seed: number },
  rows: readonly Row[],
  missing: ScalingSeries["missing"],
): ScalingSeries {
  const { name, problem, expected, seed } = of;
  const sorted = [...rows].sort((a, b) => a.x - b.x);
  const x = sorted.map((row) => row.x);
  const { law, means } = lawOrNull(
    engine,
    x,
    sorted.map(({ values }) => values),
    { expected, seed },
  );
  const points = means.map(({ value, low, high }, i): ScalingPoint => ({ x: x[i], y: value, low, high }));
  return { name, problem, points, missing, fit: law };
}

/** Replicas that are there for every x. */
function shared<Run>(runs: readonly (readonly (Run | undefined)[])[]): Run[][] {
  const replicas = runs[0]?.map((_, s) => s) ?? [];
  const whole = replicas.filter((s) => runs.every((ofX) => ofX[s] !== undefined));
  return runs.map((ofX) => whole.map((s) => ofX[s] as Run));
}

/**
 * How E|Delta| and the function gap fall with the width m, at the last recorded time: `approximationGap` with slopes weighted by the
 * spread over seeds, 95% intervals by bootstrap over seeds, and a verdict on whether the widths show a power law. Theory has -1/2 and
 * -1, as long as gaps are small against the sphere. Beside a reference network of width M gaps are corrected for its width, with
 * (M / (M - m))^(1/2) and M / (M - m). Gaps below the error of the limit are left out, and said.
 *
 * @param options - those of `approximationGap`, with `widths`.
 * @returns the scaling document, with one series a gap. An interrupted run keeps the seeds that all widths have.
 * @throws TypeError or RangeError as `approximationGap` does.
 * @example
 * ```ts
 * const report = await gapScaling(engine, problems.He4({ d: 16 }), { widths: [64, 128, 256, 512], time: 2, seeds: 64 });
 * for (const { name, fit } of report.series) console.log(name, fit?.slope, fit?.low, fit?.high, fit?.warning);
 * ```
 */
export async function gapScaling(
  engine: Engine,
  problem: Problem,
  options: Omit<GapOptions, "initial" | "signs">,
): Promise<ScalingReportOf<"gap">> {
  checkEngine(engine);
  const checked = checkGap(problem, options);
  const { report, progress } = await measureGap(engine, checked, options);
  const { settings, widths, backend, workers, status, failure, divergence } = report;
  const M = settings.reference ?? null;
  const last = report.time.length - 1;
  const whole = shared(widths.map(({ m }) => progress.runs[checked.networks.widths.indexOf(m)]));
  const series = WIDTH_LAWS.map(({ name, resolved, expected, power }) => {
    const rows: Row[] = [];
    const missing: ScalingSeries["missing"] = [];
    for (const [w, width] of widths.entries()) {
      const factor = M === null ? 1 : correction(width.m, M);
      const values = whole[w].map((run) => (power === 1 ? Math.sqrt(factor) : factor) * run[last][name]);
      const reason =
        values.length === 0
          ? NO_SEED
          : !width.resolved[resolved][last]
            ? BELOW_ERROR
            : values.some((value) => value === 0)
              ? NO_GAP
              : null;
      if (reason === null) rows.push({ x: width.m, values });
      else missing.push({ x: width.m, reason });
    }
    return seriesOf(engine, { name, problem: report.problem, expected, seed: settings.seed ?? 1 }, rows, missing);
  });
  return scalingReport({
    backend,
    ...(workers && { workers }),
    status,
    ...(failure !== undefined && { failure }),
    divergence,
    kind: "gap",
    settings,
    series,
  });
}

/**
 * How the sample gap, n samples against the population, falls with n at the last recorded time, for each width of networks that share
 * their first particles: `separateGaps` with weighted slopes, intervals and verdicts as in `gapScaling`. Theory has -1 for large n.
 *
 * @param options - those of `separateGaps`.
 * @returns the scaling document, with one series a width.
 * @throws TypeError or RangeError as `separateGaps` does.
 * @example
 * ```ts
 * const options = { widths: [32], samples: [4096, 16384, 65536], time: 0.4 };
 * const report = await sampleScaling(engine, problems.He4({ d: 8 }), options);
 * console.log(report.series[0].fit?.slope);
 * ```
 */
export async function sampleScaling(
  engine: Engine,
  problem: Problem,
  options: SeparateOptions,
): Promise<ScalingReportOf<"samples">> {
  checkEngine(engine);
  const { report, runs } = await measureGaps(engine, checkSeparate(problem, options), options);
  const { settings, backend, workers, status, failure, divergence } = report;
  const last = report.time.length - 1;
  const series = settings.widths.map((m, w) => {
    const rows: Row[] = [];
    const missing: ScalingSeries["missing"] = [];
    for (const [i, n] of settings.samples.entries()) {
      const values = runs.map((run) => run.sample[i][w][last].functionGap);
      if (values.length === 0) missing.push({ x: n, reason: NO_SEED });
      else if (values.some((value) => value <= 0)) missing.push({ x: n, reason: NO_GAP });
      else rows.push({ x: n, values });
    }
    const of = { name: `m = ${m}`, problem: report.problem, expected: -1, seed: settings.seed };
    return seriesOf(engine, of, rows, missing);
  });
  return scalingReport({
    backend,
    ...(workers && { workers }),
    status,
    ...(failure !== undefined && { failure }),
    divergence,
    kind: "samples",
    settings,
    series,
  });
}
