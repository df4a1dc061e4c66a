// A report as comma-separated values: comment lines that say what was run, one row of names, then tidy rows. Numbers
// are written as JavaScript's shortest decimals, which read back to the same float64. What does not exist is an empty
// cell.

import { wrongKind } from "../core/check.ts";
import type { StoredGapWithTheory } from "../experiment/gap-report.ts";
import type { TheoryConstants } from "../experiment/limit-constants.ts";
import type { NetworkTheory } from "../experiment/network-theory.ts";
import type { ScalingReport } from "../experiment/scaling/document.ts";
import type { StoredSweep } from "../experiment/sweep/document.ts";
import type { StoredTheory } from "../experiment/theory-report.ts";
import {
  CORRECTED_STATISTICS,
  type Estimate,
  EXTRA_STATISTICS,
  STATISTICS,
  type WidthReport,
} from "../gap/document.ts";
import type { GapEstimates, GapsReport } from "../gap/separate-document.ts";
import type { AlphaPaths } from "../problem/alpha-paths.ts";
import type { GapLimitConstants } from "../theory/constants/gap-limit-constants.ts";
import type { Spread, StoredConcordance } from "../theory/self-concordance/document.ts";
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

type Cell = number | boolean | string | null | undefined;

function row(cells: readonly Cell[]): string {
  return cells.map((cell) => (typeof cell === "number" && !Number.isFinite(cell) ? "" : String(cell ?? ""))).join(",");
}

/** What was run, one line each, so that a table that lost its file name can still be told apart. */
/** `timed`: the columns of flow time, in words. */
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

/** Columns of a width by name: statistics, those of data and reference networks where there are any. */
function columns(width: WidthReport): [name: string, estimate: Estimate][] {
  const { corrected } = width;
  return [
    ...STATISTICS.map((name): [string, Estimate] => [name, width[name]]),
    ...EXTRA_STATISTICS.flatMap((name): [string, Estimate][] => {
      const estimate = width[name];
      return estimate ? [[name, estimate]] : [];
    }),
    ...CORRECTED_STATISTICS.flatMap((name): [string, Estimate][] =>
      corrected ? [[`corrected${name[0].toUpperCase()}${name.slice(1)}`, corrected[name]]] : [],
    ),
  ];
}

/** Limit constants at record k by the names of their columns. */
function constantsAt(constants: TheoryConstants | null | undefined, k: number): Record<string, Cell> {
  return {
    limitMTimesMeanSquaredDelta: constants?.mTimesMeanSquaredDelta[k],
    limitMTimesFunctionGap: constants?.mTimesFunctionGap[k],
  };
}

/** Prediction and bounds of one network at record k by the names of their columns. */
function networkAt(network: NetworkTheory | null | undefined, k: number): Record<string, Cell> {
  return {
    networkMeanDelta: network?.measured.meanDelta[k],
    predictedMeanDelta: network?.predicted.meanDelta[k],
    relativeError: network?.relativeError[k],
    volterraBound: network?.bounds?.volterra.bound[k],
    gronwallBound: network?.bounds?.gronwall.bound[k],
  };
}

function gapRows({ time, meanField, widths, theory }: StoredGapWithTheory): string[] {
  const theoryAt = (m: number | undefined, k: number): Record<string, Cell> =>
    theory
      ? {
          ...constantsAt(theory.constants, k),
          ...networkAt(
            theory.networks.find((one) => one.m === m),
            k,
          ),
        }
      : {};
  const names = widths.length === 0 ? [...STATISTICS] : columns(widths[0]).map(([name]) => name);
  const rows = widths.flatMap((width) =>
    Array.from(time, (t, k) =>
      row([
        width.m,
        width.seeds,
        t,
        meanField.loss[k],
        ...columns(width).flatMap(([, { mean, stderr }]) => [mean[k], stderr[k]]),
        width.resolved.delta[k],
        width.resolved.functionGap[k],
        ...Object.values(theoryAt(width.m, k)),
      ]),
    ),
  );
  const pairs = names.flatMap((name) => [name, `${name}Stderr`]);
  const more = Object.keys(theoryAt(undefined, 0));
  return [
    ["m", "seeds", "time", "meanFieldLoss", ...pairs, "deltaResolved", "functionGapResolved", ...more].join(","),
    ...rows,
  ];
}

/** Rows of all combinations under the names that any of them has; the settings that are crossed come first. */
function sweepRows({ results }: StoredSweep): string[] {
  const tables = results.flatMap(({ report, time, ...settings }) => {
    if (!report) return [];
    const [names, ...rows] = gapRows(report).map((line) => line.split(","));
    return [{ before: { ...settings, runTime: time }, names, rows }];
  });
  const before = Object.keys(tables[0]?.before ?? {});
  const names = [...new Set(tables.flatMap((table) => table.names))];
  return [
    [...before, ...names].join(","),
    ...tables.flatMap((table) =>
      table.rows.map((cells) =>
        row([...Object.values(table.before), ...names.map((name) => cells[table.names.indexOf(name)])]),
      ),
    ),
  ];
}

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

/** Statistics of a gap of separateGaps; the corrected ones exist for one kind only. */
const DISTANCES = ["meanSquaredDelta", "functionGap"] as const;

function gapsRows({ time, seeds, width, sample, discretisation }: GapsReport): string[] {
  const kinds: [kind: string, gaps: (GapEstimates & { n?: number; m: number; corrected?: GapEstimates })[]][] = [
    ["width", width],
    ["sample", sample],
    ["discretisation", discretisation],
  ];
  const cells = (estimates: GapEstimates | undefined, k: number) =>
    DISTANCES.flatMap((name) => [estimates?.[name].mean[k], estimates?.[name].stderr[k]]);
  const names = [...DISTANCES, ...DISTANCES.map((name) => `corrected${name[0].toUpperCase()}${name.slice(1)}`)];
  return [
    ["gap", "n", "m", "seeds", "time", ...names.flatMap((name) => [name, `${name}Stderr`])].join(","),
    ...kinds.flatMap(([kind, gaps]) =>
      gaps.flatMap((gap) =>
        Array.from(time, (t, k) => row([kind, gap.n, gap.m, seeds, t, ...cells(gap, k), ...cells(gap.corrected, k)])),
      ),
    ),
  ];
}

/** alpha of single particles at record k by the names of their columns. */
function alphasAt(paths: AlphaPaths | undefined, k: number): Record<string, Cell> {
  return Object.fromEntries((paths?.alpha ?? []).map((series, i) => [`alpha${i + 1}`, series[k]]));
}

function limitRows({ time, loss, meanAlpha, meanAlpha2, alphaPaths }: StoredLimit): string[] {
  return [
    ["time", "loss", "meanAlpha", "meanAlpha2", ...Object.keys(alphasAt(alphaPaths, 0))].join(","),
    ...Array.from(time, (t, k) =>
      row([t, loss[k], meanAlpha?.[k], meanAlpha2?.[k], ...Object.values(alphasAt(alphaPaths, k))]),
    ),
  ];
}

function networkRows({ time, loss, trainError, testError, alphaPaths }: StoredNetwork): string[] {
  return [
    ["time", "loss", "trainError", "testError", ...Object.keys(alphasAt(alphaPaths, 0))].join(","),
    ...Array.from(time, (t, k) =>
      row([t, loss?.[k], trainError?.[k], testError?.[k], ...Object.values(alphasAt(alphaPaths, k))]),
    ),
  ];
}

function constantsRows({ time, mTimesFunctionGap, mTimesMeanSquaredDelta }: GapLimitConstants): string[] {
  return [
    "time,mTimesFunctionGap,mTimesMeanSquaredDelta",
    ...Array.from(time, (t, k) => row([t, mTimesFunctionGap[k], mTimesMeanSquaredDelta[k]])),
  ];
}

const SPREADS = [
  "hessianNorm",
  "positivePart",
  "speed",
  "ratio",
  "constant",
  "positiveConstant",
  "amplification",
] as const;
const GROWTH = ["integral", "logGrowth", "quotient"] as const;
const QUANTILES = ["median", "quantile90", "quantile99", "maximum"] as const;

function capital(name: string): string {
  return `${name[0].toUpperCase()}${name.slice(1)}`;
}

/** One row a subject and time; of a theory report with what else is known of the subject. */
function concordanceRows(
  subjects: readonly StoredConcordance[],
  more: (subject: StoredConcordance["subject"] | undefined, k: number) => Record<string, Cell> = () => ({}),
): string[] {
  const names = [...SPREADS, ...GROWTH].flatMap((name) => QUANTILES.map((quantile) => name + capital(quantile)));
  const cells = (spread: Spread | null | undefined, k: number) => QUANTILES.map((name) => spread?.[name][k]);
  return [
    ["subject", "time", ...names, "atRest", "towardsEquator", "signChanged", ...Object.keys(more(undefined, 0))].join(
      ",",
    ),
    ...subjects.flatMap((found) =>
      Array.from(found.time, (t, k) =>
        row([
          found.subject,
          t,
          ...SPREADS.flatMap((name) => cells(found[name], k)),
          ...GROWTH.flatMap((name) => cells(found.growth?.[name], k)),
          found.atRest[k],
          found.towardsEquator?.[k],
          found.growth?.signChanged[k],
          ...Object.values(more(found.subject, k)),
        ]),
      ),
    ),
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

function scalingRows({ series }: ScalingReport): string[] {
  return [
    "series,x,y,low,high,rootLossIntegral,rootLossIntegralError,time",
    ...series.flatMap(({ name, points }) =>
      points.map(({ x, y, low, high, rootLossIntegral, rootLossIntegralError, time }) =>
        row([name, x, y, low, high, rootLossIntegral, rootLossIntegralError, time]),
      ),
    ),
  ];
}

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
