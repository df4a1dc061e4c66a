// A sweep as small multiples: one panel a combination of its settings, all with the same axis, one colour a width.

import { checkOneOf, wrongKind } from "../core/check.ts";
import type { StoredGapReport } from "../gap/document.ts";
import { logScale } from "./logaxis.ts";
import { band, type Channels, fromZero, type Layer, panel, timeChannel, widthChannels } from "./panels.ts";
import { type CurveRow, gapRows, limitRows, riskRows } from "./rows.ts";
import { type Specification, sheet } from "./specification.ts";

/** Options of `figures.sweep`. */
export interface SweepFigureOptions {
  /** What is shown over flow time: m E|Delta|^2 (default), m times the function gap, or the risk. */
  statistic?: "delta" | "functionGap" | "risk" | undefined;
}

/** What the figure takes of a sweep document. */
export interface PlottedSweep {
  schema: "propchaos/sweep@1";
  results: ({ problem: string; d: number; report: StoredGapReport | null } & object)[];
  missing: unknown[];
}

const WIDTH = 220;
const HEIGHT = 150;
const COLUMNS = 3;
const LIMIT = "∞";

/** What is shown: its axis, and its curves. */
const STATISTICS: Record<
  "delta" | "functionGap" | "risk",
  [axis: string, rows: (report: StoredGapReport) => CurveRow[]]
> = {
  delta: ["m E|Δ|²", (report) => gapRows(report, "mTimesMeanSquaredDelta", "delta")],
  functionGap: ["m × function gap", (report) => gapRows(report, "mTimesFunctionGap", "functionGap")],
  risk: ["risk", (report) => [...riskRows(report), ...limitRows(report).map((row) => ({ ...row, width: LIMIT }))]],
};

/** Names of the settings in a title; problem and dimension are said anyway. */
const NAMES: Record<string, string> = {
  samples: "n",
  batch: "batch",
  dynamics: "",
  gradient: "",
  step: "step",
  time: "time",
  precision: "",
  objective: "",
  langevin: "Langevin",
  pathNorm: "path norm",
};

/** The settings in which the results of a sweep differ. */
export function varied(results: PlottedSweep["results"]): string[] {
  const value = (result: object, name: string) => JSON.stringify((result as Record<string, unknown>)[name]);
  return Object.keys(NAMES).filter((name) => results.some((result) => value(result, name) !== value(results[0], name)));
}

/** The varied settings of one result, in words. */
function inWords(result: object, names: readonly string[]): string {
  return names
    .map((name) => {
      const value = (result as Record<string, unknown>)[name];
      const word = name === "samples" && value === null ? "population" : String(value);
      return NAMES[name] === "" || word === "population" ? word : `${NAMES[name]} ${word}`;
    })
    .join(", ");
}

function smallPanel(title: string, subtitle: string, layer: Layer[]): Layer {
  return { ...panel(title, subtitle, layer), width: WIDTH, height: HEIGHT };
}

/**
 * A sweep as small multiples: a panel for each combination of problem, dimension and settings, with one curve a width over
 * flow time and the same vertical axis in all of them. Titles name the settings in which panels differ.
 *
 * @param sweep - what `runSweep` resolved to, also an incomplete one.
 * @param options - `statistic`: `"delta"` for m E|Delta|^2 (default), `"functionGap"` for m times the function gap, or `"risk"`.
 * @throws TypeError where `sweep` is something else; RangeError for another statistic.
 * @example
 * ```ts
 * await vegaEmbed("#figure", figures.sweep(sweep, { statistic: "functionGap" }));
 * ```
 */
export function sweepFigure(sweep: PlottedSweep, options: SweepFigureOptions = {}): Specification {
  if (typeof sweep !== "object" || sweep === null || sweep.schema !== "propchaos/sweep@1")
    wrongKind("sweep", "what runSweep resolved to", sweep);
  const statistic = checkOneOf("statistic", options.statistic ?? "delta", ["delta", "functionGap", "risk"]);
  const [axis, rowsOf] = STATISTICS[statistic];
  const shown = sweep.results.flatMap((result) => {
    const { report } = result;
    return report && report.time.length > 0 ? [{ result, report, rows: rowsOf(report) }] : [];
  });
  const all = shown.flatMap(({ rows }) => rows);
  const widths = [...new Set(shown.flatMap(({ report }) => report.widths.map(({ m }) => m)))].sort((a, b) => a - b);
  const channels: Channels = widthChannels(widths, statistic === "risk" ? LIMIT : null);
  const vertical =
    statistic === "risk"
      ? { scale: { domain: fromZero(all), nice: false }, axis: { tickCount: 4 } }
      : (logScale(all.flatMap(({ low, high }) => [low, high])) ?? { scale: { domain: [0, 1] } });
  const y = { field: "y", type: "quantitative", title: axis, ...vertical };
  const names = varied(sweep.results);
  const panels = shown.map(({ result, report, rows }) => {
    const x = timeChannel(report.time);
    return smallPanel(`${result.problem}, d = ${result.d}`, inWords(result, names), [
      ...band(rows, channels.color, x, y),
      {
        data: { values: rows },
        mark: { type: "line", strokeWidth: 1.4, clip: true, point: rows.length <= 1 ? { size: 14 } : false },
        encoding: { x, y, ...channels },
      },
    ]);
  });
  const left = sweep.results.length - shown.length;
  const { missing } = sweep;
  return sheet({
    title: `Sweep: ${axis} over ${sweep.results.length} ${sweep.results.length === 1 ? "combination" : "combinations"}`,
    subtitle: [
      "one panel a combination, all with the same vertical axis; bands: one standard error",
      ...(missing.length > 0
        ? [
            `incomplete: ${missing.length} ${missing.length === 1 ? "task is" : "tasks are"} missing${left > 0 ? `, ${left} without any result` : ""}`,
          ]
        : []),
    ],
    panels:
      panels.length > 0
        ? panels
        : [
            smallPanel("no result yet", "", [
              { data: { values: [] }, mark: { type: "line" }, encoding: { x: timeChannel(new Float64Array()), y } },
            ]),
          ],
    columns: COLUMNS,
    row: 96,
  });
}
