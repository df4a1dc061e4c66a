// A gap at the last recorded time against the width, on log-log axes, with the fitted slope and that of theory.

import type { Slope, StoredGapReport } from "../gap/document.ts";
import { type Channels, type LawLine, type Layer, lawPanel } from "./panels.ts";
import { type LastRow, lastRows, lineThrough } from "./rows.ts";

/** What falls with the width: its words, its slope in theory, and that in words. */
const GAPS = {
  delta: { statistic: "meanDelta", axis: "E|Δ|", theory: -0.5, words: "−1/2" },
  functionGap: { statistic: "functionGap", axis: "function gap", theory: -1, words: "−1" },
} as const;

/** A slope with its interval. */
export function slopeWords({ slope, low, high }: Slope): string {
  const show = (value: number) => value.toFixed(3).replace("-", "−");
  const interval = low === null || high === null ? "" : ` (95%: ${show(low)} to ${show(high)})`;
  return `${show(slope)}${interval}`;
}

/** The lines of a law through points: dotted the slope of theory, solid the fitted one where there is one. */
export function lawLines(rows: readonly LastRow[], theory: number, slope: Slope | null, color = "#444444"): LawLine[] {
  if (new Set(rows.map(({ m }) => m)).size < 2) return [];
  return [
    { values: lineThrough(rows, theory), mark: { color: "#888888", strokeWidth: 1.2, strokeDash: [1, 3] } },
    ...(slope === null ? [] : [{ values: lineThrough(rows, slope.slope), mark: { color, strokeWidth: 1.2 } }]),
  ];
}

/** Short lines: a renderer that guesses the width of text reserves room for long ones. */
function words(slope: Slope | null, points: number, theory: string): string[] {
  if (points < 2) return ["one width: no slope", ""];
  const dotted = `dotted: slope ${theory}, as in theory`;
  return slope === null ? [dotted] : [`slope ${slopeWords(slope)}`, dotted];
}

/** E|Delta| or the function gap at the last time against m; none where no number stands above the error of the limit. */
export function slopePanel(report: StoredGapReport, gap: keyof typeof GAPS, { color }: Channels): Layer[] {
  const { statistic, axis, theory, words: inWords } = GAPS[gap];
  const rows = lastRows(report, statistic, gap);
  const { scaling } = report;
  const slope = (statistic === "functionGap" && scaling?.corrected?.functionGap) || scaling?.[statistic] || null;
  const end = report.time[report.time.length - 1];
  return lawPanel(rows, lawLines(rows, theory, slope), color, {
    title: `${axis} at t = ${Number(end?.toPrecision(6))}`,
    subtitle: words(slope, rows.length, inWords),
    axis,
    size: "width m",
  });
}
