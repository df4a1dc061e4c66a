// Figures of one quantity of a gap report: risk, |Delta|, function gap.

import type { StoredGapReport } from "../gap/document.ts";
import { checkGapReport, gapCaptions, gapChannels, riskPanel } from "./gap-parts.ts";
import { collapsePanel, emptyPanel, type Layer, timeChannel } from "./panels.ts";
import { gapRows } from "./rows.ts";
import { slopePanel } from "./slope.ts";
import { type Specification, sheet } from "./specification.ts";

/** Said of curves times m; beside a reference network they are corrected. */
function collapse({ meanField }: StoredGapReport): string[] {
  const corrected = meanField.width === undefined ? [] : ["corrected by M / (M − m) for the reference width M"];
  return ["one curve for all widths where it falls as 1/m", ...corrected];
}

function orEmpty(panels: Layer[], title: string, report: StoredGapReport): Layer[] {
  return panels.length > 0 ? panels : [emptyPanel(title, timeChannel(report.time))];
}

/**
 * The risk of networks of each width and of their limit over flow time, with bands of one standard error: a Vega-Lite
 * specification.
 *
 * @param report - what `approximationGap` or `gapReport` resolved to.
 * @throws TypeError where `report` is something else.
 * @example
 * ```ts
 * await vegaEmbed("#figure", figures.risk(report));
 * ```
 */
export function riskFigure(report: StoredGapReport): Specification {
  checkGapReport(report);
  return sheet({
    ...gapCaptions(report, "Risk", { resolved: false }),
    panels: [riskPanel(report, gapChannels(report))],
  });
}

/**
 * How far particles are from their mean-field paths: m E|Delta|^2 and m (E|Delta|)^2 over flow time, and E|Delta| at the last
 * time against m with its slope. Their quotient is 1 where all particles are off by the same, and grows where few of them
 * carry the distance.
 *
 * @param report - what `approximationGap` or `gapReport` resolved to.
 * @throws TypeError where `report` is something else.
 * @example
 * ```ts
 * await vegaEmbed("#figure", figures.delta(report));
 * ```
 */
export function deltaFigure(report: StoredGapReport): Specification {
  checkGapReport(report);
  const channels = gapChannels(report, false);
  const x = timeChannel(report.time);
  const words = collapse(report);
  const squared = gapRows(report, "mTimesMeanSquaredDelta", "delta");
  const mean = gapRows(report, "mTimesSquaredMeanDelta", "delta");
  const panels = [
    ...collapsePanel(squared, channels, x, "m E|Δ|²", words),
    ...collapsePanel(mean, channels, x, "m (E|Δ|)²", words),
    ...slopePanel(report, "delta", channels),
  ];
  return sheet({
    ...gapCaptions(report, "Distances |Δ|"),
    panels: orEmpty(panels, "m E|Δ|²", report),
    row: 94 + 14 * words.length,
  });
}

/**
 * The function gap, the squared L^2 distance of network and limit: itself and times m over flow time, and at the last time
 * against m with its slope.
 *
 * @param report - what `approximationGap` or `gapReport` resolved to.
 * @throws TypeError where `report` is something else.
 * @example
 * ```ts
 * await vegaEmbed("#figure", figures.functionGap(report));
 * ```
 */
export function functionGapFigure(report: StoredGapReport): Specification {
  checkGapReport(report);
  const channels = gapChannels(report, false);
  const x = timeChannel(report.time);
  const words = collapse(report);
  const panels = [
    ...collapsePanel(gapRows(report, "functionGap", "functionGap"), channels, x, "function gap", [
      "squared L² distance of network and limit",
      ...words.slice(1),
    ]),
    ...collapsePanel(gapRows(report, "mTimesFunctionGap", "functionGap"), channels, x, "m × function gap", words),
    ...slopePanel(report, "functionGap", channels),
  ];
  return sheet({
    ...gapCaptions(report, "Function gap"),
    panels: orEmpty(panels, "function gap", report),
    row: 94 + 14 * words.length,
  });
}
