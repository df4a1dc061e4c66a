// A report as comma-separated values: comment lines that say what was run, one row of names, then tidy rows (csv-rows.ts).

import { wrongKind } from "../core/check.ts";
import type { StoredGapWithTheory } from "../experiment/gap-report.ts";
import type { ScalingReport } from "../experiment/scaling/document.ts";
import type { StoredSweep } from "../experiment/sweep/document.ts";
import type { StoredTheory } from "../experiment/theory-report.ts";
import type { GapsReport } from "../gap/separate-document.ts";
import type { GapLimitConstants } from "../theory/constants/gap-limit-constants.ts";
import type { StoredConcordance } from "../theory/self-concordance/document.ts";
import {
  concordanceRows,
  constantsAt,
  constantsRows,
  gapRows,
  gapsRows,
  limitRows,
  networkAt,
  networkRows,
  scalingRows,
  sweepRows,
} from "./csv-rows.ts";
import type { StoredLimit, StoredNetwork } from "./read.ts";

/** Reports that have a table. */
export type TabularReport =
  | StoredGapWithTheory
  | GapsReport
  | StoredLimit
  | StoredNetwork
  | GapLimitConstants
  | ScalingReport
  | StoredConcordance
  | StoredTheory
  | StoredSweep;

/**
 * What was run, one line each, so that a table that lost its file name can still be told apart; `timed` says in words which columns
 * are flow time.
 */
function comments(
  report: Exclude<TabularReport, StoredSweep>,
  more: Record<string, unknown>,
  timed = "time is",
): string[] {
  const { schema, version, backend, status, divergence, settings } = report;
  const problem = "problem" in report ? { problem: report.problem } : {};
  const values = { version, backend, status, ...(divergence ? { divergence } : {}), ...problem, settings, ...more };
  return [
    `# schema: ${schema}`,
    ...Object.entries(values).map(
      ([key, value]) => `# ${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
    ),
    `# units: ${timed} flow time; every other column is a pure number`,
  ];
}

/** The same of a sweep, whose settings are a plan. */
function sweepComments({ schema, version, backend, status, plan, missing }: StoredSweep): string[] {
  return [
    `# schema: ${schema}`,
    `# version: ${version}`,
    `# backend: ${backend}`,
    `# status: ${status}, ${missing.length} tasks missing`,
    `# plan: ${JSON.stringify(plan)}`,
    "# units: step, time and runTime (the length of a run) are flow time; every other column is a pure number",
  ];
}

/** What x and y are, in the words of a header. */
const AXES = {
  time: "x is the dimension d; y the convergence time, in flow time",
  width: "x is the dimension d; y the width m",
  gap: "x is the width m; y the gap",
  samples: "x is the number of samples n; y the gap",
  decay: "x is flow time; y the risk",
};

/** Columns of flow time in the table of each kind of scaling laws. */
const TIMED: Record<ScalingReport["kind"], string> = {
  time: "y, low, high, rootLossIntegral and its error are",
  width: "time is",
  gap: "time is",
  samples: "time is",
  decay: "x, rootLossIntegral and its error are",
};

/**
 * A report as comma-separated values, for spreadsheets, R and pandas (`read_csv(file, comment="#")`).
 *
 * A gap report gives one row a width and recorded time: `m`, `seeds`, `time` (flow time), `meanFieldLoss`, each
 * statistic followed by its standard error over seeds (`meanDelta`, `meanDeltaStderr`, ...), and whether the gaps stand
 * above the error of the limit (`deltaResolved`, `functionGapResolved`). Runs on data add `trainError` and `testError`,
 * those beside a reference network `authorsMeanDelta` and statistics corrected for its width. With theory (see `gapReport`)
 * there follow the limit constants (`limitMTimesMeanSquaredDelta`, `limitMTimesFunctionGap`) and, of the first network of the
 * width, E|Delta| itself (`networkMeanDelta`), `predictedMeanDelta`, the `relativeError` of that, `volterraBound` and
 * `gronwallBound`.
 *
 * The three gaps of `separateGaps` give one row a gap (`gap`: width, sample or discretisation), number of samples `n` (none
 * for discretisation), width `m` and recorded time, with `seeds`, `time`, `meanSquaredDelta` and `functionGap`, each followed
 * by its standard error, and for width gaps the same corrected by M / (M - m) (`correctedFunctionGap`, ...).
 *
 * A limit gives one row a recorded time: `time`, `loss`, `meanAlpha`, `meanAlpha2`; a network `time`, `loss`, `trainError`,
 * `testError`; both the paths of single particles where they have some (`alpha1`, `alpha2`, ...); limit constants give `time`,
 * `mTimesFunctionGap`, `mTimesMeanSquaredDelta`. Self-concordance and theory give one row a `subject` (limit or network) and
 * recorded time: median, quantiles and maximum of each quantity (`hessianNormMedian`, ...) and the shares; theory adds the
 * columns that it adds to a gap report, constants in the rows of the limit and the others in those of the network. A sweep
 * gives the rows of all its gap reports, each after the settings of its combination (`problem`, `d`, `samples`, ...,
 * `runTime`). Lines that start with `# ` before them hold the provenance.
 *
 * Scaling laws give one row a point: the `series` it is of, `x`, `y`, the ends `low` and `high` of its interval, and where there are any
 * `rootLossIntegral`, its error, and the `time` at which a width was measured; the fits stand in the lines before.
 *
 * @param report - what `approximationGap`, `gapReport`, `separateGaps`, `meanFieldLimit`, `trainNetwork`, `gapLimitConstants`,
 * `selfConcordance`, `theoryReport`, `runSweep` or a function of scaling laws resolved to, or what `readReport` read back of it.
 * @returns the text, lines ending with `\n`.
 * @throws TypeError where `report` is none of them.
 * @example
 * ```ts
 * const report = await approximationGap(engine, problems.He4({ d: 32 }), { widths: [128, 256], time: 4 });
 * await writeFile("gap.csv", toCSV(report));
 * ```
 */
export function toCSV(report: TabularReport): string {
  const allowed =
    "what approximationGap, separateGaps, meanFieldLimit, trainNetwork, gapLimitConstants, selfConcordance, theoryReport, runSweep or a function of scaling laws resolved to";
  if (typeof report !== "object" || report === null) wrongKind("report", allowed, report);
  let lines: string[];
  if (report.schema === "propchaos/sweep@1") {
    lines = [...sweepComments(report), ...sweepRows(report)];
  } else if (report.schema === "propchaos/gap@1") {
    const { solver, errorEstimate, particleErrorEstimate } = report.meanField;
    const head = comments(report, { meanFieldErrorEstimate: errorEstimate, particleErrorEstimate });
    lines = [...head, `# meanFieldSolver: ${solver}`, ...gapRows(report)];
  } else if (report.schema === "propchaos/gaps@1") {
    lines = [...comments(report, {}), ...gapsRows(report)];
  } else if (report.schema === "propchaos/limit@1") {
    const { errorEstimate, particleErrorEstimate } = report;
    lines = [...comments(report, { errorEstimate, particleErrorEstimate }), ...limitRows(report)];
  } else if (report.schema === "propchaos/network@1") {
    lines = [...comments(report, {}), ...networkRows(report)];
  } else if (report.schema === "propchaos/self-concordance@1") {
    const errors = report.subject === "limit" ? { errorEstimate: report.errorEstimate } : {};
    lines = [...comments(report, errors), ...concordanceRows([report])];
  } else if (report.schema === "propchaos/theory@1") {
    const { limit, network } = report.selfConcordance;
    const subjects = [limit, network].filter((found) => found !== null);
    const { constants, gapEquation } = report;
    const more = (subject: string | undefined, k: number) => ({
      ...constantsAt(subject === "limit" ? constants : null, k),
      ...networkAt(subject === "network" ? gapEquation : null, k),
    });
    lines = [...comments(report, { errorEstimate: limit?.errorEstimate ?? null }), ...concordanceRows(subjects, more)];
  } else if (report.schema === "propchaos/constants@1") {
    lines = [...comments(report, { errorEstimate: report.errorEstimate }), ...constantsRows(report)];
  } else if (report.schema === "propchaos/scaling@1") {
    const { kind } = report;
    const fits = report.series.map(({ name, problem, fit, missing }) => ({ name, problem, fit, missing }));
    lines = [...comments(report, { kind, series: fits }, TIMED[kind]), `# axes: ${AXES[kind]}`, ...scalingRows(report)];
  } else wrongKind("report", allowed, report);
  return `${lines.join("\n")}\n`;
}
