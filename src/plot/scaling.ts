// The figure of scaling laws, as a Vega-Lite specification: points with their intervals on log-log axes, the fitted law through
// each series, the slope of theory dotted beside it, and what was fitted written at the end of the line.

import { wrongKind } from "../core/check.ts";
import type { ScalingReport, ScalingSeries } from "../experiment/scaling/document.ts";
import { logScale } from "./logaxis.ts";
import { orderedColours } from "./palette.ts";
import type { Layer } from "./panels.ts";
import { LOOK, problemTitle, SCHEMA, type Specification, trainingTitle } from "./specification.ts";

const WIDTH = 520;
const HEIGHT = 360;

/** Marks tell series apart without colours. */
const SHAPES = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "cross",
  "triangle-down",
  "triangle-left",
  "triangle-right",
];

/** A curve that is straight on other axes is drawn through so many points. */
const CURVE_POINTS = 33;

/** Least distance of two labels, as a share of the height. */
const LABEL_DISTANCE = 0.085;

/** Characters of a line above the figure. */
const LINE = 96;

/** What the gaps of approximationGap are called on paper. */
const GAPS: Readonly<Record<string, string>> = { meanDelta: "E|Δ|", functionGap: "E (f − f_MF)²" };

interface Words {
  title: string;
  subtitle: string;
  x: string;
  y: string;
}

function seedsText({ seeds, seed }: { seeds: number | null; seed: number | null }): string {
  return `${seeds} seed${seeds === 1 ? "" : "s"} (seed ${seed})`;
}

function words(report: ScalingReport): Words {
  const problem = report.series[0]?.problem;
  const of = problem ? ` of ${problemTitle(problem)}` : "";
  switch (report.kind) {
    case "time": {
      const { share } = report.settings;
      return {
        title: "Convergence time of the infinite-width limit",
        subtitle: `first time at which the risk is ${share === 0.5 ? "half" : share} of its start, gradient flow`,
        x: "dimension d",
        y: "convergence time T (flow time)",
      };
    }
    case "width": {
      const { gap, statistic, time } = report.settings;
      const when = time === null ? "at the convergence time" : `at t = ${time}`;
      return {
        title: `Width at which ${GAPS[statistic]} is ${gap}`,
        subtitle: `${when}, gradient flow; ${seedsText(report.settings)}`,
        x: "dimension d",
        y: "width m",
      };
    }
    case "gap":
      return {
        title: `Gaps${of}, at t = ${report.settings.time}`,
        subtitle: `${trainingTitle(report.settings)}; ${seedsText(report.settings)}`,
        x: "width m",
        y: "mean over seeds",
      };
    case "samples":
      return {
        title: `Sample gap${of}, at t = ${report.settings.time}`,
        subtitle: `${trainingTitle({ ...report.settings, dynamics: "pgd" })}; ${seedsText(report.settings)}`,
        x: "number of samples n",
        y: "E (f − f′)²",
      };
    case "decay":
      return {
        title: `Risk of the limit${of}`,
        subtitle: "gradient flow",
        x: "flow time t",
        y: "risk",
      };
  }
}

/** Breaks a sentence into lines. */
function wrapped(sentence: string): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + word.length < LINE) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function show(value: number): string {
  return value.toFixed(3).replace("-", "−");
}

function nameOf({ name }: ScalingSeries): string {
  return GAPS[name] ?? name;
}

/** Name and slope at the end of a series. */
function labelOf(series: ScalingSeries): string {
  const { fit } = series;
  if (!fit) return nameOf(series);
  const { low, high, law } = fit;
  const interval = low === null || high === null ? "" : ` (${show(low)} to ${show(high)})`;
  const slope = law === "power" ? `slope ${show(fit.slope)}` : `${show(fit.slope)} per log d`;
  return `${nameOf(series)}: ${slope}${interval}${fit.holds === false ? " *" : ""}`;
}

interface Row {
  series: string;
  x: number;
  y: number;
}

/** The fitted law over the window, or with another slope through the middle of the points. */
function lawRows(series: ScalingSeries, slope: number): Row[] {
  const { points, fit } = series;
  if (!fit || points.length < 2) return [];
  const value = fit.law === "power" ? Math.log : (y: number) => y;
  const back = fit.law === "power" ? Math.exp : (v: number) => v;
  const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const u = points.map(({ x }) => Math.log(x));
  const middle = mean(u);
  const height = slope === fit.slope ? fit.intercept + slope * middle : mean(points.map(({ y }) => value(y)));
  const [first, last] = [u[0], u[u.length - 1]];
  const count = fit.law === "power" ? 2 : CURVE_POINTS;
  return Array.from({ length: count }, (_, i) => first + ((last - first) * i) / (count - 1))
    .map((at) => ({ series: nameOf(series), x: Math.exp(at), y: back(height + slope * (at - middle)) }))
    .filter(({ y }) => y > 0 && Number.isFinite(y));
}

/** Heights of labels beside the ends of their series, moved apart where they would lie on each other. */
function labelRows(all: readonly ScalingSeries[], [low, high]: readonly [number, number]): (Row & { label: string })[] {
  const distance = LABEL_DISTANCE * Math.log(high / low);
  const ends = all
    .flatMap((series) => {
      const end = series.points[series.points.length - 1];
      return end && end.y > 0 ? [{ series, x: end.x, height: Math.log(end.y) }] : [];
    })
    .sort((a, b) => a.height - b.height);
  for (let i = 1; i < ends.length; i++) ends[i].height = Math.max(ends[i].height, ends[i - 1].height + distance);
  // What was pushed out at the top goes back down, and pushes what is below it.
  let top = Math.log(high);
  for (let i = ends.length - 1; i >= 0; i--) {
    ends[i].height = Math.min(ends[i].height, top);
    top = ends[i].height - distance;
  }
  return ends.map(({ series, x, height }) => ({
    series: nameOf(series),
    x,
    y: Math.exp(height),
    label: labelOf(series),
  }));
}

/**
 * The figure of scaling laws: a Vega-Lite version 6 specification, plain JSON with the data inside, for any Vega-Lite renderer. Log-log
 * axes; bars are the intervals of the points, lines the fitted laws, dots the slopes of theory through the middle of the
 * points. A series that does not follow its law has a star, and the reason stands above the panel.
 *
 * @param report - what `convergenceTime`, `widthScaling`, `gapScaling`, `sampleScaling` or `lossDecay` resolved to.
 * @throws TypeError where `report` is something else.
 * @example
 * ```ts
 * const report = await convergenceTime(engine, [hermite({ 3: 1 }), hermite({ 4: 1 })], { dimensions: [100, 316, 1000] });
 * await vegaEmbed("#figure", figures.scaling(report));
 * ```
 */
export function scalingFigure(report: ScalingReport): Specification {
  if (typeof report !== "object" || report === null || report.schema !== "propchaos/scaling@1")
    wrongKind("report", "what a function of scaling laws resolved to", report);
  const { series: all, status } = report;
  const { title, subtitle, x: xTitle, y: yTitle } = words(report);
  const points = all.flatMap((series) =>
    series.points
      .filter(({ y }) => y > 0)
      .map(({ x, y, low, high }) => ({
        series: nameOf(series),
        x,
        y,
        // A bar that reaches zero ends at a tenth of its mean.
        low: Math.max(low ?? y, y / 10),
        high: high ?? y,
      })),
  );
  const names = all.map(nameOf);
  const fitted = all.flatMap((series) => (series.fit ? lawRows(series, series.fit.slope) : []));
  const expected = all.flatMap((series) => {
    const slope = series.fit?.expected;
    return slope === null || slope === undefined ? [] : lawRows(series, slope);
  });
  const horizontal = logScale(points.map(({ x }) => x)) ?? {
    scale: { type: "log", domain: [1, 10] as const },
    axis: {},
  };
  const vertical = logScale([...points.flatMap(({ low, high }) => [low, high]), ...fitted.map(({ y }) => y)]) ?? {
    scale: { type: "log", domain: [1, 10] as const },
    axis: {},
  };
  const x = { field: "x", type: "quantitative", title: xTitle, ...horizontal };
  const y = { field: "y", type: "quantitative", title: yTitle, ...vertical };
  const colours = orderedColours(names.length);
  const color = { field: "series", type: "nominal", scale: { domain: names, range: colours }, legend: null };
  const detail = { field: "series", type: "nominal" };
  const layer: Layer[] = [
    {
      data: { values: fitted },
      mark: { type: "line", clip: true, strokeWidth: 1.8, opacity: 0.6 },
      encoding: { x, y, color },
    },
    {
      data: { values: expected },
      mark: { type: "line", clip: true, color: "#222222", strokeWidth: 1.2, strokeDash: [1, 4], strokeCap: "round" },
      encoding: { x, y, detail },
    },
    {
      data: { values: points.filter(({ low, high }) => high > low) },
      mark: { type: "rule", strokeWidth: 1.6 },
      encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
    },
    {
      data: { values: points },
      mark: { type: "point", filled: true, opacity: 1, size: 60 },
      encoding: {
        x,
        y,
        color,
        shape: {
          field: "series",
          type: "nominal",
          scale: { domain: names, range: names.map((_, i) => SHAPES[i % SHAPES.length]) },
          legend: null,
        },
      },
    },
    {
      data: { values: labelRows(all, vertical.scale.domain as [number, number]) },
      mark: { type: "text", align: "left", baseline: "middle", dx: 9, fontSize: 11, color: "#222222", clip: false },
      encoding: { x, y, text: { field: "label", type: "nominal" } },
    },
  ];
  const ended = status === "completed" ? "" : `; ${status}`;
  const bars = ["time", "decay"].includes(report.kind) ? [] : ["bars: 95% intervals over seeds"];
  const dotted = expected.length > 0 ? ["dotted: slopes of theory"] : [];
  const key = [...bars, ...dotted].join("; ");
  const warnings = all.flatMap((series) =>
    series.fit?.warning ? wrapped(`* ${nameOf(series)}: ${series.fit.warning.replace(/-(?=\d)/g, "−")}`) : [],
  );
  return {
    $schema: SCHEMA,
    title: {
      text: title,
      subtitle: [`${subtitle}${ended}`, ...(key === "" ? [] : [key]), ...warnings],
      fontSize: 16,
      offset: 16,
    },
    width: WIDTH,
    height: HEIGHT,
    layer,
    config: LOOK,
  };
}
