// What the commands print for people.

import type { MeanFieldLimit, Slope, StoredGapReport, TrainedNetwork } from "../index.ts";
import type { GapFlags, RunFlags } from "./options.ts";
import { alignTable, percent, shortNumber, withError } from "./table.ts";

/** A long record is thinned to about so many lines. */
const LINES = 33;

/** Which of so many records are shown: all, or about `lines` of them, the last always. */
export function thinned(records: number, lines = LINES): number[] {
  const stride = Math.ceil((records - 1) / (lines - 1)) || 1;
  return Array.from({ length: records }, (_, k) => k).filter((k) => k % stride === 0 || k === records - 1);
}

export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

/** First lines: the problem, and how it is run. */
export function heading(
  problem: {
    name: string;
    data: string;
    signed: boolean;
    activation: string;
    target: string;
    informationExponent: number | null;
  },
  d: number,
  settings: string,
): string[] {
  const activation = `${problem.activation}${problem.signed ? ", signed" : ""}`;
  return [
    `${problem.name}, d = ${d}: ${problem.data} data, activation ${activation}, target ${problem.target}, information exponent ${problem.informationExponent ?? "none"}`,
    settings,
    "",
  ];
}

/** How a run goes down, and how long. */
function trainingLine(
  { dynamics, gradient, step, time, pathNorm }: Omit<RunFlags, "tolerance"> & Partial<GapFlags>,
  flow: string,
): string {
  const taken = gradient ?? (pathNorm ? "euclidean" : "riemannian");
  const training = dynamics === "pgd" ? `projected gradient descent (${taken} gradient, step ${step})` : flow;
  return `${training} to flow time ${time}`;
}

/** Its second line for a gap or a limit. */
export function settingsLine(flags: RunFlags & Partial<GapFlags>): string {
  const { step, tolerance, seeds, seed } = flags;
  const networks = seeds === undefined ? "" : `, ${plural(seeds, "seed")} (seed ${seed})`;
  const flow = seeds === undefined ? "gradient flow" : `gradient flow (step ${step})`;
  return `${trainingLine(flags, flow)}${networks}, tolerance ${tolerance}`;
}

/** The same for one network. */
export function networkSettingsLine(flags: Omit<RunFlags, "tolerance"> & { width: number; seed: number }): string {
  return `${trainingLine(flags, `gradient flow (step ${flags.step})`)}, width ${flags.width} (seed ${flags.seed})`;
}

/** What stood for the limit, and what the networks learned from. */
function sources({ meanField, settings, measuredOn }: StoredGapReport): string[] {
  const loss = measuredOn?.loss ?? "population";
  const { data, precision } = settings;
  const lines: string[] = [];
  if (data !== "population") {
    const batch = data.batch < data.samples ? `, ${data.batch} a step` : "";
    const kind = data.given ? "given samples" : data.resample ? "samples, fresh in each epoch" : "samples";
    lines.push(`Trained on ${data.samples} ${kind}${batch}, in ${precision}; test set: ${data.test || "none"}.`);
  }
  if (meanField.solver === "reference-network")
    lines.push(`In place of the limit: a network of width M = ${meanField.width} with the same first particles.`);
  if (loss !== "population") lines.push(`Risk: mean (f - y)² over the ${loss} set.`);
  return lines;
}

function gapTable(report: StoredGapReport): string[] {
  const { widths, meanField, time, settings } = report;
  const end = time.length - 1;
  const M = meanField.width;
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
  const limit = [M === undefined ? "limit" : `M = ${M}`, shortNumber(meanField.loss[end]), "", "", "", ""];
  const lines = [
    `At flow time ${shortTime(time[end])}${settings.seeds === 1 ? "" : ", mean ± standard error over seeds"}:`,
    "",
    ...alignTable([head, ...rows, limit]),
    "",
    "Δ: distance of a particle from its mean-field path; gap: squared L² distance of network and limit;",
    `flipped: share of particles with |Δ| > 0.5. Estimated error of the limit's risk: ${errorText(meanField.errorEstimate)}.`,
    ...sources(report),
    ...corrected(report, end),
  ];
  const noisy = widths.some(({ resolved }) => resolved.delta[end] === false || resolved.functionGap[end] === false);
  if (noisy) lines.push("* not above the error of the limit: do not fit it.");
  return lines;
}

/** Values times M / (M - m), which is what the limit would give, and how far the reference network itself is off. */
function corrected({ widths, meanField }: StoredGapReport, end: number): string[] {
  if (!meanField.fluctuation) return [];
  const { meanSquaredDelta, functionGap } = meanField.fluctuation;
  const rows = widths.flatMap(({ m, corrected }) => {
    if (!corrected) return [];
    const { mTimesMeanSquaredDelta: delta, mTimesFunctionGap: gap } = corrected;
    return [[String(m), withError(delta.mean[end], delta.stderr[end]), withError(gap.mean[end], gap.stderr[end])]];
  });
  return [
    "",
    "Corrected by M / (M - m) for the width of the reference network:",
    "",
    ...alignTable([["m", "m E|Δ|²", "m·gap"], ...rows]),
    "",
    `The reference network itself is off by E|Δ|² = ${shortNumber(meanSquaredDelta[end])} and a gap of ${shortNumber(functionGap[end])}.`,
  ];
}

export function errorText(error: number | null): string {
  return error === null ? "none yet" : error.toExponential(1);
}

export function shortTime(time: number | undefined): string {
  return time === undefined ? "-" : String(Number(time.toPrecision(6)));
}

/** A slope and its interval. */
export function slopeCells(slope: Slope | null): [slope: string, interval: string] {
  if (slope === null) return ["not resolved", ""];
  const { low, high } = slope;
  const interval = low === null || high === null ? "needs two seeds" : `${low.toFixed(3)} to ${high.toFixed(3)}`;
  return [slope.slope.toFixed(3), interval];
}

function slopeTable({ scaling }: StoredGapReport): string[] {
  if (scaling === null) return [];
  const line = (name: string, slope: Slope | null, theory: string) => [name, ...slopeCells(slope), theory];
  return [
    "",
    "Slopes of log(statistic) against log(m):",
    "",
    ...alignTable([
      ["", "slope", "95% interval", "theory"],
      line("E|Δ|", scaling.meanDelta, "-1/2"),
      line("E|Δ|²", scaling.meanSquaredDelta, "-1"),
      line("gap", scaling.functionGap, "-1"),
      ...(scaling.corrected
        ? [
            line("E|Δ|² corrected", scaling.corrected.meanSquaredDelta, "-1"),
            line("gap corrected", scaling.corrected.functionGap, "-1"),
          ]
        : []),
    ]),
  ];
}

/** The table of a gap report at its last time, and the slopes. */
export function gapSummary(report: StoredGapReport): string[] {
  if (report.time.length === 0) return ["Nothing was recorded."];
  return [...gapTable(report), ...slopeTable(report)];
}

/** The table of a limit over time. */
export function limitSummary({ time, loss, meanAlpha, meanAlpha2, ...limit }: MeanFieldLimit): string[] {
  if (time.length === 0) return ["Nothing was recorded."];
  const shown = thinned(time.length);
  const overlaps = meanAlpha && meanAlpha2 ? [meanAlpha, meanAlpha2] : [];
  const rows = shown.map((k) => [
    shortTime(time[k]),
    String(Number(loss[k].toPrecision(8))),
    ...overlaps.map((series) => shortNumber(series[k])),
  ]);
  return [
    ...alignTable([["t", "risk", "E α", "E α²"].slice(0, 2 + overlaps.length), ...rows]),
    "",
    ...(overlaps.length > 0 ? ["α: overlap of a particle with the target's direction."] : []),
    `Estimated error of the risk: ${errorText(limit.errorEstimate)} (${limit.nodes} nodes, ${plural(limit.steps, "step")}).`,
    ...(shown.length < time.length ? [`${shown.length} of ${time.length} recorded times are shown.`] : []),
  ];
}

/** The table of a network over time. */
export function networkSummary({ time, loss, trainError, testError }: TrainedNetwork): string[] {
  if (time.length === 0) return ["Nothing was recorded."];
  const columns = Object.entries({ risk: loss, "training error": trainError, "test error": testError }).flatMap(
    ([name, series]) => (series ? [{ name, series }] : []),
  );
  const shown = thinned(time.length);
  return [
    ...alignTable([
      ["t", ...columns.map(({ name }) => name)],
      ...shown.map((k) => [shortTime(time[k]), ...columns.map(({ series }) => shortNumber(series[k]))]),
    ]),
    ...(shown.length < time.length ? ["", `${shown.length} of ${time.length} recorded times are shown.`] : []),
  ];
}
