// What the commands print of the gap equation and of the limit constants.

import type { NetworkTheory, StoredGapWithTheory, TheoryConstants } from "../index.ts";
import { errorText, shortTime, thinned } from "./summary.ts";
import { alignTable, percent, shortNumber, withError } from "./table.ts";

/** Lines of a table over time. */
const LINES = 9;

const HEAD = ["E|Δ|", "predicted", "off by", "Volterra", "", "Gronwall", ""];

/** How many times what it bounds a bound is. */
function times(factor: number | undefined): string {
  if (factor === undefined) return "-";
  if (factor === Number.MAX_VALUE) return ">1e308×";
  return `${factor < 1e3 ? Number(factor.toPrecision(3)) : factor.toExponential(0).replace("+", "")}×`;
}

/** The largest float64 stands for all that is beyond. */
function bound(value: number | undefined): string {
  return value === Number.MAX_VALUE ? ">1e308" : shortNumber(value).replace("e+", "e");
}

/** Measured, predicted and bounded at record k, a cell for each name of HEAD. */
function cells({ measured, predicted, relativeError, bounds }: NetworkTheory, k: number): string[] {
  return [
    shortNumber(measured.meanDelta[k]),
    shortNumber(predicted.meanDelta[k]),
    percent(relativeError[k]),
    bound(bounds?.volterra.bound[k]),
    times(bounds?.volterra.looseness[k]),
    bound(bounds?.gronwall.bound[k]),
    times(bounds?.gronwall.looseness[k]),
  ];
}

/** What the columns are, and why bounds are missing where they are; `completed`: whether the run was. */
function legend(networks: readonly NetworkTheory[], completed: boolean): string[] {
  const sparse = completed && networks.some(({ bounds }) => bounds === null);
  const wrong = networks
    .flatMap(({ bounds }) => [bounds?.volterra, bounds?.gronwall])
    .some((one) => one?.holds === false);
  const quadrature = networks.flatMap(({ bounds }) => bounds?.quadratureError ?? []);
  return [
    "Predicted: E|Δ| of the linear equation for the same particles, off by so much of the vectors Δ (root mean square);",
    "×: how many times the predicted E|Δ| a bound is.",
    ...(sparse ? ["No bounds: recorded times are too far apart for their integrals; take more with --record."] : []),
    ...(wrong ? ["A bound lies below what it bounds: recorded times are too far apart; take more with --record."] : []),
    ...(quadrature.length > 0
      ? [`The Volterra bound moves by ${percent(Math.max(...quadrature))} where every second time is left out.`]
      : []),
  ];
}

/** The gap equation of one network over time. */
export function equationSummary(network: NetworkTheory, completed: boolean): string[] {
  const { time, m } = network;
  const rows = thinned(time.length, LINES).map((k) => [shortTime(time[k]), ...cells(network, k)]);
  return [
    `Its gap to the limit (m = ${m}), predicted and bounded:`,
    "",
    ...alignTable([["t", ...HEAD], ...rows]),
    "",
    ...legend([network], completed),
  ];
}

/** The limit constants over time. */
export function limitConstantsSummary(constants: TheoryConstants): string[] {
  const { time, mTimesFunctionGap, mTimesMeanSquaredDelta, errorEstimate } = constants;
  const rows = thinned(time.length, LINES).map((k) => [
    shortTime(time[k]),
    shortNumber(mTimesMeanSquaredDelta[k]),
    shortNumber(mTimesFunctionGap[k]),
  ]);
  return [
    "The gap times m for large m, by gradient flow:",
    "",
    ...alignTable([["t", "m E|Δ|²", "m·gap"], ...rows]),
    "",
    `Estimated relative error: ${errorText(errorEstimate)}. Gap: squared L² distance of network and limit.`,
  ];
}

/** Theory beside a gap report, at its last time. */
export function gapTheorySummary({ theory, widths, time, status }: StoredGapWithTheory): string[] {
  if (!theory || time.length === 0) return [];
  const end = time.length - 1;
  const { constants, networks } = theory;
  const lines: string[] = [];
  if (constants) {
    const beside = widths.map(({ m, mTimesMeanSquaredDelta: delta, mTimesFunctionGap: gap }) => [
      String(m),
      withError(delta.mean[end], delta.stderr[end]),
      withError(gap.mean[end], gap.stderr[end]),
    ]);
    const limit = [constants.mTimesMeanSquaredDelta, constants.mTimesFunctionGap].map((x) => shortNumber(x[end]));
    lines.push(
      "",
      `Beside the limits of large m, by gradient flow (relative error ${errorText(constants.errorEstimate)}):`,
      "",
      ...alignTable([["m", "m E|Δ|²", "m·gap"], ...beside, ["limit", ...limit]]),
    );
  }
  const reached = networks.filter((network) => network.time.length > 0);
  if (reached.length > 0) {
    const rows = reached.map((network) => [String(network.m), ...cells(network, network.time.length - 1)]);
    lines.push(
      "",
      "The first network of each width, predicted and bounded:",
      "",
      ...alignTable([["m", ...HEAD], ...rows]),
      "",
      ...legend(reached, status === "completed"),
    );
  }
  return lines;
}
