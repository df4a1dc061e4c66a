// The figure of a gap report, as a Vega-Lite specification: risk of networks and limit, m E|Delta|^2 and m times the
// function gap over flow time (curves of all widths fall together where the 1/m law holds), and E|Delta| at the end
// against m on log-log axes.

import type { StoredGapReport } from "../gap/document.ts";
import { checkGapReport, gapCaptions, gapChannels, riskPanel } from "./gap-parts.ts";
import { collapsePanel, timeChannel } from "./panels.ts";
import { gapRows } from "./rows.ts";
import { slopePanel } from "./slope.ts";
import { type Specification, sheet } from "./specification.ts";

/**
 * The figure of a gap report: a Vega-Lite version 6 specification, plain JSON with the data inside, for any Vega-Lite
 * renderer. Four panels: the population risk of each width and of the limit, m E|Delta|^2 and m times the function gap
 * over flow time, and E|Delta| at the last time against m with its fitted slope. Bands and bars are one standard error
 * over seeds. Panels without a single positive, resolved number are left out.
 *
 * @param report - what `approximationGap` resolved to.
 * @throws TypeError where `report` is something else.
 * @example
 * ```ts
 * const report = await approximationGap(engine, problems.He4({ d: 32 }), { widths: [128, 256, 512], time: 8 });
 * await vegaEmbed("#figure", figures.gap(report));
 * ```
 */
export function gapFigure(report: StoredGapReport): Specification {
  checkGapReport(report);
  const channels = gapChannels(report);
  const x = timeChannel(report.time);
  const delta = gapRows(report, "mTimesMeanSquaredDelta", "delta");
  const gap = gapRows(report, "mTimesFunctionGap", "functionGap");
  const corrected = report.meanField.width === undefined ? [] : ["corrected by M / (M − m) for the reference width M"];
  const collapse = ["one curve for all widths where it falls as 1/m", ...corrected];
  const panels = [
    riskPanel(report, channels),
    ...collapsePanel(delta, channels, x, "m E|Δ|²", collapse),
    ...collapsePanel(gap, channels, x, "m × function gap", [
      "squared L² distance of network and limit, times m:",
      ...collapse,
    ]),
    ...slopePanel(report, "delta", channels),
  ];
  return sheet({
    ...gapCaptions(report, "Approximation gap"),
    panels,
    // A third line above the lower panels takes its room.
    row: 108 + 14 * corrected.length,
  });
}
