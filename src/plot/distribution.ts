// Histograms of |Delta| over the particles of each width: at the last time and largest over the recorded times, as it is and
// times sqrt m. A histogram is drawn as a step curve: the share of particles in each bin, whose edges are 2^(j/4).

import { wrongValue } from "../core/check.ts";
import type { StoredGapReport } from "../gap/document.ts";
import { binEdge, type Distribution, type Histogram } from "../gap/histogram.ts";
import { checkGapReport, gapCaptions } from "./gap-parts.ts";
import { logScale } from "./logaxis.ts";
import { type Channels, emptyPanel, type Layer, panel, timeChannel, widthChannels } from "./panels.ts";
import { type Specification, sheet } from "./specification.ts";

/** A step of a histogram: from x on the share is y. */
interface StepRow {
  width: string;
  x: number;
  y: number;
}

/** The steps of a histogram, at 0 before and after it. */
function steps(width: string, { below, first, counts }: Histogram, factor: number): StepRow[] {
  if (counts.length === 0) return [];
  const total = counts.reduce((sum, count) => sum + count, below);
  const at = (i: number, count: number) => ({ width, x: factor * binEdge(first + i), y: count / total });
  // Vertical ends: the curve rises from 0 at its first edge and falls to 0 at its last.
  return [at(0, 0), ...counts.map((count, i) => at(i, count)), at(counts.length, 0)];
}

function histogramPanel(rows: StepRow[], channels: Channels, title: string, axis: string, words: string): Layer[] {
  // A tail of bins that few particles fall into would press the rest into a corner.
  const horizontal = logScale(rows.map(({ x }) => x));
  if (horizontal === null) return [];
  const top = rows.reduce((largest, { y }) => Math.max(largest, y), 0);
  const x = { field: "x", type: "quantitative", title: axis, ...horizontal };
  const y = {
    field: "y",
    type: "quantitative",
    title: "share of particles per bin",
    scale: { domain: [0, 1.08 * top], nice: false },
    axis: { tickCount: 5 },
  };
  return [
    panel(title, words, [
      {
        data: { values: rows },
        mark: { type: "line", interpolate: "step-after", strokeWidth: 1.5 },
        encoding: { x: { ...x, axis: { ...x.axis, grid: false } }, y, order: { field: "x" }, ...channels },
      },
    ]),
  ];
}

/**
 * Histograms of |Delta| over all particles and seeds, one curve a width: at the last time and largest over the recorded
 * times, each as it is and times sqrt m, where the curves of all widths fall together as far as the gap follows the law. Bins
 * grow by the factor 2^(1/4).
 *
 * @param report - what `approximationGap` resolved to with the option `distribution: true`.
 * @throws TypeError where `report` is something else; RangeError where no width has a distribution.
 * @example
 * ```ts
 * const report = await approximationGap(engine, problem, { widths: [128, 512], time: 8, distribution: true });
 * await vegaEmbed("#figure", figures.distribution(report));
 * ```
 */
export function distributionFigure(report: StoredGapReport): Specification {
  checkGapReport(report);
  const widths = report.widths.filter(({ distribution }) => distribution !== undefined);
  if (widths.length === 0 && report.settings.distribution !== true)
    wrongValue("report", "one with distribution: true", "a report without");
  const channels = widthChannels(
    widths.map(({ m }) => m),
    null,
  );
  const end = report.time[report.time.length - 1];
  const kinds: [key: keyof Distribution, words: string][] = [
    ["final", `at t = ${Number(end?.toPrecision(6))}`],
    ["maximum", "of each particle over the recorded times"],
  ];
  const panels = kinds.flatMap(([key, words]) =>
    [false, true].flatMap((scaled) => {
      const rows = widths.flatMap(({ m, distribution }) =>
        distribution ? steps(String(m), distribution[key], scaled ? Math.sqrt(m) : 1) : [],
      );
      const axis = scaled ? "√m |Δ|" : "|Δ|";
      return histogramPanel(rows, channels, key === "final" ? `${axis} at the end` : `Largest ${axis}`, axis, words);
    }),
  );
  return sheet({
    ...gapCaptions(report, "Distribution of |Δ|", { resolved: false, errors: false }),
    panels: panels.length > 0 ? panels : [emptyPanel("share of particles per bin", timeChannel(report.time))],
    row: 96,
  });
}
