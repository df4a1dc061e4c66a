// Tidy rows behind the panels of the figures. What a logarithmic axis cannot show (zero) and what is only the noise
// of the limit (a gap that is not resolved) is left out here, once, for all panels.

import type { Estimate, StoredGapReport, WidthReport } from "../gap/document.ts";

/** A point of a curve over flow time: the mean over seeds, and one standard error below and above it. */
export interface CurveRow {
  width: string;
  t: number;
  y: number;
  low: number;
  high: number;
}

/** A point at the last recorded time. */
export interface LastRow {
  width: string;
  m: number;
  y: number;
  low: number;
  high: number;
}

/** Name of the limit among the widths, or of the network that stands for it. */
export function limitName({ meanField }: StoredGapReport): string {
  return meanField.width === undefined ? "∞ (limit)" : `${meanField.width} (reference)`;
}

/** Lower end of a band on a log axis: a band that reaches zero ends at a tenth of its mean. */
function lowerEnd(mean: number, stderr: number): number {
  return Math.max(mean - stderr, mean / 10);
}

/** An estimate at record k, for a log axis. */
export function spread({ mean, stderr }: Estimate, k: number): { y: number; low: number; high: number } {
  const y = mean[k];
  return { y, low: lowerEnd(y, stderr[k]), high: y + stderr[k] };
}

/** Risk of the networks of each width; nothing is left out, the axis is linear. */
export function riskRows({ widths, time }: StoredGapReport): CurveRow[] {
  return widths.flatMap(({ m, loss }) =>
    Array.from(time, (t, k) => {
      const y = loss.mean[k];
      return { width: String(m), t, y, low: y - loss.stderr[k], high: y + loss.stderr[k] };
    }).filter(({ y }) => Number.isFinite(y)),
  );
}

/** Risk of the limit. */
export function limitRows(report: StoredGapReport): CurveRow[] {
  const { meanField, time } = report;
  const width = limitName(report);
  return Array.from(time, (t, k) => ({ width, t, y: meanField.loss[k] }))
    .filter(({ y }) => Number.isFinite(y))
    .map((row) => ({ ...row, low: row.y, high: row.y }));
}

/** A curve without a spread. */
export function plainCurve(width: string, time: Float64Array, values: Float64Array): CurveRow[] {
  return Array.from(time, (t, k) => ({ width, t, y: values[k], low: values[k], high: values[k] })).filter(({ y }) =>
    Number.isFinite(y),
  );
}

/** The same where it is positive. */
export function curve(width: string, time: Float64Array, values: Float64Array): CurveRow[] {
  return plainCurve(width, time, values).filter(({ y }) => y > 0);
}

/** Statistics of a gap over time. */
type GapName = "mTimesMeanSquaredDelta" | "mTimesSquaredMeanDelta" | "mTimesFunctionGap" | "functionGap";

/** An estimate corrected for the width M of a reference network; (E|Delta|)^2 by the same factor M / (M - m). */
function corrected({ meanField }: StoredGapReport, width: WidthReport, name: GapName): Estimate {
  if (name !== "mTimesSquaredMeanDelta") return width.corrected?.[name] ?? width[name];
  const { width: M } = meanField;
  const factor = M === undefined ? 1 : M / (M - width.m);
  const { mean, stderr } = width[name];
  return { mean: mean.map((x) => factor * x), stderr: stderr.map((x) => factor * x) };
}

/** A gap over time where it is positive and resolved; corrected for the width of a reference network. */
export function gapRows(report: StoredGapReport, name: GapName, resolved: "delta" | "functionGap"): CurveRow[] {
  return report.widths.flatMap((width) => {
    const estimate = corrected(report, width, name);
    return Array.from(report.time, (t, k) => ({ width: String(width.m), t, ...spread(estimate, k) })).filter(
      ({ y }, k) => y > 0 && Number.isFinite(y) && width.resolved[resolved][k],
    );
  });
}

/** E|Delta| or the function gap at the last recorded time, by width; the gap corrected for the width of a reference network. */
export function lastRows(
  report: StoredGapReport,
  name: "meanDelta" | "functionGap",
  resolved: "delta" | "functionGap",
): LastRow[] {
  const end = report.time.length - 1;
  return report.widths
    .filter((width) => width.resolved[resolved][end])
    .map((width) => ({
      width: String(width.m),
      m: width.m,
      ...spread((name === "functionGap" && width.corrected?.functionGap) || width[name], end),
    }))
    .filter(({ y }) => y > 0 && Number.isFinite(y));
}

/** Two ends of the line log y = slope log m + const through the middle of the points. */
export function lineThrough(rows: readonly LastRow[], slope: number): { m: number; y: number }[] {
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const x0 = mean(rows.map(({ m }) => Math.log(m)));
  const y0 = mean(rows.map(({ y }) => Math.log(y)));
  const widths = rows.map(({ m }) => m);
  return [Math.min(...widths), Math.max(...widths)].map((m) => ({
    m,
    y: Math.exp(y0 + slope * (Math.log(m) - x0)),
  }));
}
