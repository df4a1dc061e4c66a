// What the commands print for people.

import type { GapReport, MeanFieldLimit } from "../index.ts";
import type { RunFlags } from "./options.ts";
import { alignTable, percent, shortNumber, withError } from "./table.ts";

/** A long record is thinned to about so many lines. */
const LINES = 33;

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** First lines: the problem, and how it is run. */
export function heading(
  problem: { name: string; activation: string; target: string; informationExponent: number | null },
  flags: RunFlags & { seeds?: number; seed?: number },
  backend: string,
): string[] {
  const { d, dynamics, gradient, step, time, tolerance, seeds, seed } = flags;
  const descent = `projected gradient descent (${gradient} gradient, step ${step})`;
  const networks = seeds === undefined ? "" : `, ${plural(seeds, "seed")} (seed ${seed})`;
  const training =
    dynamics === "pgd" ? descent : seeds === undefined ? "gradient flow" : `gradient flow (step ${step})`;
  return [
    `${problem.name}, d = ${d}: activation ${problem.activation}, target ${problem.target}, information exponent ${problem.informationExponent ?? "none"}`,
    `${training} to flow time ${time}${networks}, tolerance ${tolerance}, ${backend} backend`,
    "",
  ];
}

function gapTable({ widths, meanField, time, settings }: GapReport): string[] {
  const end = time.length - 1;
  const mark = (text: string, resolved: boolean | undefined) => (resolved === false ? `${text}*` : text);
  const head = ["m", "risk", "E|Δ|", "m E|Δ|²", "m·gap", "flipped"];
  const rows = widths.map((width) => [
    String(width.m),
    withError(width.loss.mean[end], width.loss.stderr[end]),
    mark(withError(width.meanDelta.mean[end], width.meanDelta.stderr[end]), width.resolved.delta[end]),
    mark(
      withError(width.mTimesMeanSquaredDelta.mean[end], width.mTimesMeanSquaredDelta.stderr[end]),
      width.resolved.delta[end],
    ),
    mark(
      withError(width.mTimesFunctionGap.mean[end], width.mTimesFunctionGap.stderr[end]),
      width.resolved.functionGap[end],
    ),
    percent(width.flippedShare.mean[end]),
  ]);
  const limit = ["limit", shortNumber(meanField.loss[end]), "", "", "", ""];
  const lines = [
    `At flow time ${shortTime(time[end])}${settings.seeds === 1 ? "" : ", mean ± standard error over seeds"}:`,
    "",
    ...alignTable([head, ...rows, limit]),
    "",
    "Δ: distance of a particle from its mean-field path; gap: squared L² distance of network and limit;",
    `flipped: share of particles with |Δ| > 0.5. Estimated error of the limit's risk: ${errorText(meanField.errorEstimate)}.`,
  ];
  const noisy = widths.some(({ resolved }) => resolved.delta[end] === false || resolved.functionGap[end] === false);
  if (noisy) lines.push("* not above the error of the limit: do not fit it.");
  return lines;
}

function errorText(error: number | null): string {
  return error === null ? "none yet" : error.toExponential(1);
}

function shortTime(time: number | undefined): string {
  return time === undefined ? "-" : String(Number(time.toPrecision(6)));
}

function slopeTable({ scaling }: GapReport): string[] {
  if (scaling === null) return [];
  const line = (
    name: string,
    slope: { slope: number; low: number | null; high: number | null } | null,
    theory: string,
  ) => {
    if (slope === null) return [name, "not resolved", "", theory];
    const { low, high } = slope;
    const interval = low === null || high === null ? "needs two seeds" : `${low.toFixed(3)} to ${high.toFixed(3)}`;
    return [name, slope.slope.toFixed(3), interval, theory];
  };
  return [
    "",
    "Slopes of log(statistic) against log(m):",
    "",
    ...alignTable([
      ["", "slope", "95% interval", "theory"],
      line("E|Δ|", scaling.meanDelta, "-1/2"),
      line("E|Δ|²", scaling.meanSquaredDelta, "-1"),
      line("gap", scaling.functionGap, "-1"),
    ]),
  ];
}

/** The table of a gap report at its last time, and the slopes. */
export function gapSummary(report: GapReport): string[] {
  if (report.time.length === 0) return ["Nothing was recorded."];
  return [...gapTable(report), ...slopeTable(report)];
}

/** The table of a limit over time. */
export function limitSummary({ time, loss, meanAlpha, meanAlpha2, ...limit }: MeanFieldLimit): string[] {
  if (time.length === 0) return ["Nothing was recorded."];
  const stride = Math.ceil((time.length - 1) / (LINES - 1)) || 1;
  const shown = Array.from(time, (_, k) => k).filter((k) => k % stride === 0 || k === time.length - 1);
  const rows = shown.map((k) => [
    shortTime(time[k]),
    String(Number(loss[k].toPrecision(8))),
    shortNumber(meanAlpha[k]),
    shortNumber(meanAlpha2[k]),
  ]);
  return [
    ...alignTable([["t", "risk", "E α", "E α²"], ...rows]),
    "",
    "α: overlap of a particle with the target's direction.",
    `Estimated error of the risk: ${errorText(limit.errorEstimate)} (${limit.nodes} nodes, ${plural(limit.steps, "step")}).`,
    ...(shown.length < time.length ? [`${shown.length} of ${time.length} recorded times are shown.`] : []),
  ];
}
