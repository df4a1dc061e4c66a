// What the figures of a gap report share: the check of the report, its colours, the words above, the panel of the risks.

import { wrongKind } from "../core/check.ts";
import type { StoredGapReport } from "../gap/document.ts";
import { band, type Channels, fromZero, type Layer, panel, timeChannel, widthChannels } from "./panels.ts";
import { limitName, limitRows, riskRows } from "./rows.ts";
import { problemTitle, trainingTitle } from "./specification.ts";

/** @throws TypeError where it is something else. */
export function checkGapReport(report: unknown): asserts report is StoredGapReport {
  if (typeof report !== "object" || report === null || (report as StoredGapReport).schema !== "propchaos/gap@1")
    wrongKind("report", "what approximationGap resolved to", report);
}

/** One colour a width, and black dashes for the limit or the network in its place where `limit` says that it is shown. */
export function gapChannels(report: StoredGapReport, limit = true): Channels {
  return widthChannels(
    report.widths.map(({ m }) => m),
    limit ? limitName(report) : null,
  );
}

/** Risk of the networks and of their limit, from zero. */
export function riskPanel(report: StoredGapReport, channels: Channels): Layer {
  const networks = riskRows(report);
  const x = timeChannel(report.time);
  const limit = limitRows(report);
  const scale = { domain: fromZero([...networks, ...limit]), nice: false };
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

/** Title and subtitle of a figure of a gap report; whether only resolved points are shown, and errors. */
export function gapCaptions(
  { problem, settings, status, meanField }: StoredGapReport,
  subject: string,
  { resolved = true, errors = true } = {},
): { title: string; subtitle: string[] } {
  const { seeds, seed, data } = settings;
  const replicas = seeds === null ? "given particles" : `${seeds} seed${seeds === 1 ? "" : "s"} (seed ${seed})`;
  const ended = status === "completed" ? "" : `; ${status}`;
  const error = meanField.errorEstimate === null ? "" : ` (${meanField.errorEstimate.toExponential(1)})`;
  const spread = errors && (seeds ?? 1) > 1 ? "bands and bars: one standard error" : "";
  const left = resolved ? `left out: points below the error of the limit${error}` : "";
  const samples = data === "population" ? "" : `; ${data.samples} samples, ${data.batch} a step`;
  return {
    title: `${subject} of ${problemTitle(problem)}`,
    subtitle: [
      `${trainingTitle(settings)}${samples}; ${replicas}${ended}`,
      ...[[spread, left].filter((words) => words !== "").join("; ")].filter((line) => line !== ""),
    ],
  };
}
