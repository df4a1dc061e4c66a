// What `propchaos scaling` prints for people.

import type { ScalingLaw, ScalingPoint, ScalingReport, ScalingSeries } from "../index.ts";
import { plural } from "./summary.ts";
import { alignTable, shortNumber } from "./table.ts";

const HEADS: Record<ScalingReport["kind"], { x: string; y: string; interval: string }> = {
  time: { x: "d", y: "T", interval: "error" },
  width: { x: "d", y: "m", interval: "95% interval" },
  gap: { x: "m", y: "gap", interval: "95% interval" },
  samples: { x: "n", y: "E (f - f')²", interval: "95% interval" },
  decay: { x: "t", y: "risk", interval: "error" },
};

const NAMES: Readonly<Record<string, string>> = { meanDelta: "E|Δ|", functionGap: "gap, E (f - f_MF)²" };

function intervalText({ y, low, high }: ScalingPoint, asError: boolean): string {
  if (low === null || high === null) return "-";
  return asError ? Math.max(high - y, y - low).toExponential(1) : `${shortNumber(low)} to ${shortNumber(high)}`;
}

/** A slope in words, with what theory says. */
function fitLine({ law, slope, low, high, expected, localSlopes }: ScalingLaw): string {
  const what = law === "power" ? "Slope" : "Slope against log x, of y itself";
  const interval = low === null || high === null ? "" : ` (${low.toFixed(3)} to ${high.toFixed(3)})`;
  const theory = expected === null ? "" : `; theory ${Number(expected.toPrecision(4))}`;
  const local = localSlopes.map((value) => value.toFixed(3)).join(", ");
  return `${what}: ${slope.toFixed(3)}${interval}${theory}. Between neighbours: ${local}.`;
}

function seriesLines({ name, points, missing, fit }: ScalingSeries, kind: ScalingReport["kind"]): string[] {
  const { x, y, interval } = HEADS[kind];
  const integral = points.some(({ rootLossIntegral }) => rootLossIntegral !== undefined);
  const tried = points.some(({ trials }) => trials !== undefined);
  const more = [...(integral ? ["∫ √L dt"] : []), ...(tried ? ["at t", "widths tried"] : [])];
  const rows = points.map((point) => [
    String(Number(point.x.toPrecision(6))),
    kind === "width" ? String(point.y) : shortNumber(point.y),
    intervalText(point, interval === "error"),
    ...(integral ? [shortNumber(point.rootLossIntegral)] : []),
    ...(tried ? [shortNumber(point.time), String(point.trials?.length ?? 0)] : []),
  ]);
  return [
    `${NAMES[name] ?? name}:`,
    "",
    ...alignTable([[x, y, interval, ...more], ...rows]),
    ...missing.map(({ x: at, reason }) => `${x} = ${at}: ${reason}.`),
    ...(fit ? ["", fitLine(fit)] : []),
    ...(fit?.warning ? [`${fit.warning[0].toUpperCase()}${fit.warning.slice(1)}.`] : []),
    "",
  ];
}

/** Tables of all series, each with its law. */
export function scalingSummary({ kind, series }: ScalingReport): string[] {
  const lines = series.flatMap((one) => seriesLines(one, kind));
  return lines.slice(0, -1);
}

/** How networks are trained, for the heading of `scaling width`. */
export function widthSettingsLine({
  gap,
  statistic,
  time,
  step,
  seeds,
  seed,
}: {
  gap: number;
  statistic: string;
  time?: number;
  step?: number;
  seeds: number;
  seed: number;
}): string {
  const when = time === undefined ? "at the convergence time" : `at flow time ${time}`;
  return `${NAMES[statistic] ?? statistic} of at most ${gap} ${when}, gradient flow (step ${step}), ${plural(seeds, "seed")} (seed ${seed})`;
}
