// The figure of a gap report, as a Vega-Lite specification: risk of networks and limit, m E|Delta|^2 and m times the
// function gap over flow time (curves of all widths fall together where the 1/m law holds), and E|Delta| at the end
// against m on log-log axes.

import { wrongKind } from "../core/check.ts";
import type { Slope, StoredGapReport } from "../gap/document.ts";
import { logScale } from "./logaxis.ts";
import { band, type Channels, collapsePanel, type Layer, panel, timeChannel, widthChannels } from "./panels.ts";
import { gapRows, type LastRow, lastRows, limitName, limitRows, lineThrough, riskRows } from "./rows.ts";
import { LOOK, problemTitle, SCHEMA, type Specification, trainingTitle } from "./specification.ts";

function riskPanel(report: StoredGapReport, channels: Channels): Layer {
  const networks = riskRows(report);
  const x = timeChannel(report.time);
  const limit = limitRows(report);
  const top = [...networks, ...limit].reduce((largest, { high }) => Math.max(largest, high), 0);
  const scale = { domain: [0, top > 0 ? 1.08 * top : 1], nice: false };
  const y = { field: "y", type: "quantitative", title: "risk", scale, axis: { tickCount: 6 } };
  const risk = { population: "population risk", test: "error on the test set", train: "error on the training set" };
  const source = risk[report.measuredOn?.loss ?? "population"];
  const dashed = report.meanField.width === undefined ? "infinite width" : "the reference network";
  return panel("Risk of networks and of their limit", `${source}; the dashed line is ${dashed}`, [
    ...band(networks, channels.color, x, y),
    { data: { values: networks }, mark: { type: "line", strokeWidth: 1.6 }, encoding: { x, y, ...channels } },
    { data: { values: limit }, mark: { type: "line", strokeWidth: 1.8 }, encoding: { x, y, ...channels } },
  ]);
}

/** The fitted slope in short lines: a renderer that guesses the width of text reserves room for long ones. */
function slopeText(slope: Slope | null, points: number): string[] {
  if (points < 2) return ["one width: no slope", ""];
  if (slope === null) return ["dotted: slope −1/2, as in theory"];
  const show = (value: number) => value.toFixed(3).replace("-", "−");
  const { low, high } = slope;
  const interval = low === null || high === null ? "" : ` (95%: ${show(low)} to ${show(high)})`;
  return [`slope ${show(slope.slope)}${interval}`, "dotted: slope −1/2, as in theory"];
}

function slopePanel(report: StoredGapReport, rows: LastRow[], channels: Channels): Layer[] {
  const vertical = logScale(rows.flatMap(({ low, high }) => [low, high]));
  const horizontal = logScale(rows.map(({ m }) => m));
  if (vertical === null || horizontal === null) return [];
  const slope = report.scaling?.meanDelta ?? null;
  const x = {
    field: "m",
    type: "quantitative",
    title: "width m",
    scale: horizontal.scale,
    axis: { values: rows.map(({ m }) => m), format: "d", grid: false },
  };
  const y = { field: "y", type: "quantitative", title: "E|Δ|", ...vertical };
  const line = (values: object[], mark: Layer) => ({
    data: { values },
    mark: { type: "line", clip: true, ...mark },
    encoding: { x, y },
  });
  const lines =
    rows.length < 2
      ? []
      : [
          line(lineThrough(rows, -0.5), { color: "#888888", strokeWidth: 1.2, strokeDash: [1, 3] }),
          ...(slope === null ? [] : [line(lineThrough(rows, slope.slope), { color: "#444444", strokeWidth: 1.2 })]),
        ];
  const end = report.time[report.time.length - 1];
  return [
    panel(`E|Δ| at t = ${Number(end.toPrecision(6))}`, slopeText(slope, rows.length), [
      ...lines,
      {
        data: { values: rows },
        mark: { type: "rule", strokeWidth: 1.6 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: channels.color },
      },
      {
        data: { values: rows },
        mark: { type: "point", filled: true, opacity: 1, size: 60 },
        encoding: { x, y, color: channels.color },
      },
    ]),
  ];
}

function captions({ problem, settings, status, meanField }: StoredGapReport): { text: string; subtitle: string[] } {
  const { seeds, seed, data } = settings;
  const replicas = seeds === null ? "given particles" : `${seeds} seed${seeds === 1 ? "" : "s"} (seed ${seed})`;
  const ended = status === "completed" ? "" : `; ${status}`;
  const error = meanField.errorEstimate === null ? "" : ` (${meanField.errorEstimate.toExponential(1)})`;
  const spread = (seeds ?? 1) > 1 ? "bands and bars: one standard error; " : "";
  const samples = data === "population" ? "" : `; ${data.samples} samples, ${data.batch} a step`;
  return {
    text: `Approximation gap of ${problemTitle(problem)}`,
    subtitle: [
      `${trainingTitle(settings)}${samples}; ${replicas}${ended}`,
      `${spread}left out: points below the error of the limit${error}`,
    ],
  };
}

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
  if (typeof report !== "object" || report === null || report.schema !== "propchaos/gap@1")
    wrongKind("report", "what approximationGap resolved to", report);
  const channels = widthChannels(
    report.widths.map(({ m }) => m),
    limitName(report),
  );
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
    ...slopePanel(report, lastRows(report), channels),
  ];
  return {
    $schema: SCHEMA,
    title: { ...captions(report), fontSize: 16, offset: 20 },
    concat: panels,
    columns: 2,
    align: "all",
    bounds: "flush",
    // A third line above the lower panels takes its room.
    spacing: { row: 108 + 14 * corrected.length, column: 80 },
    resolve: { scale: { color: "shared", strokeDash: "shared" } },
    config: LOOK,
  };
}
