// The three gaps of networks on data: what width, samples and step each do, over time and against their sizes.

import { wrongKind } from "../core/check.ts";
import type { Slope } from "../gap/document.ts";
import type { GapEstimates, GapsReport } from "../gap/separate-document.ts";
import { orderedColours } from "./palette.ts";
import {
  type Channels,
  collapsePanel,
  emptyPanel,
  type Layer,
  LOOKS,
  lawPanel,
  namedChannels,
  timeChannel,
} from "./panels.ts";
import { type CurveRow, type LastRow, spread } from "./rows.ts";
import { lawLines, slopeWords } from "./slope.ts";
import { problemTitle, type Specification, sheet, trainingTitle } from "./specification.ts";

/** Options of `figures.gaps`. */
export interface GapsFigureOptions {
  /** The distance shown; default `"functionGap"`. */
  statistic?: "functionGap" | "meanSquaredDelta" | undefined;
}

const AXES = { functionGap: "E (f − f′)²", meanSquaredDelta: "E|Δ|²" };

function curveOf(name: string, time: Float64Array, estimates: GapEstimates, statistic: keyof GapEstimates): CurveRow[] {
  return Array.from(time, (t, k) => ({ width: name, t, ...spread(estimates[statistic], k) })).filter(({ y }) => y > 0);
}

/** The gaps of the widest network on the most samples, over time. */
function timePanel({ time, width, sample, discretisation }: GapsReport, statistic: keyof GapEstimates): Layer[] {
  const m = Math.max(...width.map((gap) => gap.m));
  const n = Math.max(...width.map((gap) => gap.n));
  const kinds: [name: string, estimates: GapEstimates | undefined][] = [
    ["width", width.find((gap) => gap.m === m && gap.n === n)?.corrected],
    ["sample", sample.find((gap) => gap.m === m && gap.n === n)],
    ["discretisation", discretisation.find((gap) => gap.m === m)],
  ];
  const rows = kinds.flatMap(([name, estimates]) => (estimates ? curveOf(name, time, estimates, statistic) : []));
  const channels = namedChannels(Object.fromEntries(kinds.map(([name], i) => [name, LOOKS[i]])));
  return collapsePanel(rows, channels, timeChannel(time), AXES[statistic], `m = ${m}, n = ${n}`);
}

/** One colour a value of `name`, in a legend above the panel. */
function sizeChannels(values: readonly number[], name: string): Channels["color"] {
  const legend = { title: name, orient: "top", direction: "horizontal", titleOrient: "left", symbolSize: 60 };
  const scale = { domain: values.map(String), range: orderedColours(values.length) };
  return { field: "width", type: "nominal", sort: null, scale, legend };
}

/** A gap at the last time against a size, one colour a value of the other size. */
function sizePanel(
  points: { size: number; other: number; estimates: GapEstimates }[],
  slopes: (Slope | null)[],
  statistic: keyof GapEstimates,
  { title, size, other, law }: { title: string; size: string; other: string; law: string },
): Layer[] {
  const others = [...new Set(points.map((point) => point.other))];
  const groups = others.map((value) =>
    points
      .filter((point) => point.other === value)
      .map(({ size, other, estimates }): LastRow => {
        const { mean } = estimates[statistic];
        return { width: String(other), m: size, ...spread(estimates[statistic], mean.length - 1) };
      })
      .filter(({ y }) => y > 0),
  );
  const colours = orderedColours(others.length);
  const lines = groups.flatMap((rows, i) => lawLines(rows, -1, slopes[i] ?? null, colours[i]));
  const found = slopes.filter((slope) => slope !== null);
  const words = found.length === 1 ? [`slope ${slopeWords(found[0])}`] : [];
  const several =
    found.length > 1 ? [`slopes ${found.map(({ slope }) => slope.toFixed(2).replace("-", "−")).join(", ")}`] : [];
  return lawPanel(groups.flat(), lines, sizeChannels(others, other), {
    title,
    subtitle: [...words, ...several, lines.length > 0 ? law : "a single size: no slope"],
    axis: AXES[statistic],
    size,
  });
}

/** The discretisation gap against the width, which it does not depend on for large m. */
function discretisationPanel({ discretisation }: GapsReport, statistic: keyof GapEstimates): Layer[] {
  const rows = discretisation
    .map(({ m, ...estimates }): LastRow => {
      const { mean } = estimates[statistic];
      return { width: String(m), m, ...spread(estimates[statistic], mean.length - 1) };
    })
    .filter(({ y }) => y > 0);
  return lawPanel(
    rows,
    [],
    { value: LOOKS[2].colour },
    {
      title: "Discretisation gap",
      subtitle: ["PGD against gradient flow on the population", ""],
      axis: AXES[statistic],
      size: "width m",
    },
  );
}

/**
 * The three gaps of networks on data: all of them over flow time, for the widest network on the most samples, and at the last time
 * against their sizes, with fitted slopes and the slope −1 of theory. The width gap is the corrected one.
 *
 * @param report - what `separateGaps` resolved to.
 * @param options - `statistic`: `"functionGap"` (default), the squared L^2 distance, or `"meanSquaredDelta"`.
 * @throws TypeError where `report` is something else.
 * @example
 * ```ts
 * const report = await separateGaps(engine, problems.He4({ d: 8 }), { widths: [32, 64], samples: [4096, 16384], time: 0.4 });
 * await vegaEmbed("#figure", figures.gaps(report));
 * ```
 */
export function gapsFigure(report: GapsReport, options: GapsFigureOptions = {}): Specification {
  if (typeof report !== "object" || report === null || report.schema !== "propchaos/gaps@1")
    wrongKind("report", "what separateGaps resolved to", report);
  const { statistic = "functionGap" } = options;
  const { time, width, sample, scaling, settings, problem, seeds, status } = report;
  const panels =
    time.length === 0
      ? []
      : [
          ...timePanel(report, statistic),
          ...sizePanel(
            width.map(({ m, n, corrected }) => ({ size: m, other: n, estimates: corrected })),
            scaling.width.map((slopes) => slopes[statistic]),
            statistic,
            { title: "Width gap", size: "width m", other: "samples n", law: "dotted: slope −1, as in theory" },
          ),
          ...sizePanel(
            sample.map(({ m, n, ...estimates }) => ({ size: n, other: m, estimates })),
            scaling.sample.map((slopes) => slopes[statistic]),
            statistic,
            { title: "Sample gap", size: "samples n", other: "width m", law: "dotted: slope −1, as in theory" },
          ),
          ...discretisationPanel(report, statistic),
        ];
  const end = time.at(-1);
  const last = end === undefined ? "" : `; gaps against a size are those at t = ${Number(end.toPrecision(6))}`;
  return sheet({
    title: `Three gaps of ${problemTitle(problem)}`,
    subtitle: [
      `${trainingTitle({ ...settings, dynamics: "pgd" })}; ${seeds} seed${seeds === 1 ? "" : "s"} (seed ${settings.seed})${status === "completed" ? "" : `; ${status}`}`,
      `width gaps corrected by M / (M − m), M = ${settings.reference}${last}`,
    ],
    panels: panels.length > 0 ? panels : [emptyPanel(AXES[statistic], timeChannel(time))],
    row: 150,
    shared: false,
  });
}
