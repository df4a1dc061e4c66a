// The rows of every kind of report, the first with the names of the columns. Numbers are written as JavaScript's shortest decimals, which
// read back to the same float64. What does not exist is an empty cell.

import type { StoredGapWithTheory } from "../experiment/gap-report.ts";
import type { TheoryConstants } from "../experiment/limit-constants.ts";
import type { NetworkTheory } from "../experiment/network-theory.ts";
import type { ScalingReport } from "../experiment/scaling/document.ts";
import type { StoredSweep } from "../experiment/sweep/document.ts";
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

type Cell = number | boolean | string | null | undefined;

function row(cells: readonly Cell[]): string {
  return cells.map((cell) => (typeof cell === "number" && !Number.isFinite(cell) ? "" : String(cell ?? ""))).join(",");
}

function capital(name: string): string {
  return `${name[0].toUpperCase()}${name.slice(1)}`;
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
      corrected ? [[`corrected${capital(name)}`, corrected[name]]] : [],
    ),
  ];
}

/** Limit constants at record k by the names of their columns. */
export function constantsAt(constants: TheoryConstants | null | undefined, k: number): Record<string, Cell> {
  return {
    limitMTimesMeanSquaredDelta: constants?.mTimesMeanSquaredDelta[k],
    limitMTimesFunctionGap: constants?.mTimesFunctionGap[k],
  };
}

/** Prediction and bounds of one network at record k by the names of their columns. */
export function networkAt(network: NetworkTheory | null | undefined, k: number): Record<string, Cell> {
  return {
    networkMeanDelta: network?.measured.meanDelta[k],
    predictedMeanDelta: network?.predicted.meanDelta[k],
    relativeError: network?.relativeError[k],
    volterraBound: network?.bounds?.volterra.bound[k],
    gronwallBound: network?.bounds?.gronwall.bound[k],
  };
}

export function gapRows({ time, meanField, widths, theory }: StoredGapWithTheory): string[] {
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
export function sweepRows({ results }: StoredSweep): string[] {
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

/** Statistics of a gap of separateGaps; the corrected ones exist for one kind only. */
const DISTANCES = ["meanSquaredDelta", "functionGap"] as const;

export function gapsRows({ time, seeds, width, sample, discretisation }: GapsReport): string[] {
  const kinds: [kind: string, gaps: (GapEstimates & { n?: number; m: number; corrected?: GapEstimates })[]][] = [
    ["width", width],
    ["sample", sample],
    ["discretisation", discretisation],
  ];
  const cells = (estimates: GapEstimates | undefined, k: number) =>
    DISTANCES.flatMap((name) => [estimates?.[name].mean[k], estimates?.[name].stderr[k]]);
  const names = [...DISTANCES, ...DISTANCES.map((name) => `corrected${capital(name)}`)];
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

export function limitRows({ time, loss, meanAlpha, meanAlpha2, alphaPaths }: StoredLimit): string[] {
  return [
    ["time", "loss", "meanAlpha", "meanAlpha2", ...Object.keys(alphasAt(alphaPaths, 0))].join(","),
    ...Array.from(time, (t, k) =>
      row([t, loss[k], meanAlpha?.[k], meanAlpha2?.[k], ...Object.values(alphasAt(alphaPaths, k))]),
    ),
  ];
}

export function networkRows({ time, loss, trainError, testError, alphaPaths }: StoredNetwork): string[] {
  return [
    ["time", "loss", "trainError", "testError", ...Object.keys(alphasAt(alphaPaths, 0))].join(","),
    ...Array.from(time, (t, k) =>
      row([t, loss?.[k], trainError?.[k], testError?.[k], ...Object.values(alphasAt(alphaPaths, k))]),
    ),
  ];
}

export function constantsRows({ time, mTimesFunctionGap, mTimesMeanSquaredDelta }: GapLimitConstants): string[] {
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

/** One row a subject and time; of a theory report with what else is known of the subject. */
export function concordanceRows(
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

export function scalingRows({ series }: ScalingReport): string[] {
  return [
    "series,x,y,low,high,rootLossIntegral,rootLossIntegralError,time",
    ...series.flatMap(({ name, points }) =>
      points.map(({ x, y, low, high, rootLossIntegral, rootLossIntegralError, time }) =>
        row([name, x, y, low, high, rootLossIntegral, rootLossIntegralError, time]),
      ),
    ),
  ];
}
