// The figure of scaling laws: it compiles without a warning, draws what is there, keeps labels apart, and holds on reports that
// are nearly empty.

import { describe, expect, it } from "vitest";
import { renderSVG } from "../../src/cli/svg.ts";
import type { ScalingPoint, ScalingReport, ScalingSeries } from "../../src/experiment/scaling/document.ts";
import type { ScalingLaw } from "../../src/experiment/scaling/law.ts";
import { figures } from "../../src/plot/index.ts";
import { problems } from "../../src/problem/zoo.ts";
import { warningsOf } from "./plot-warnings.ts";

const LAW: ScalingLaw = {
  law: "power",
  slope: -1,
  low: -1.1,
  high: -0.9,
  intercept: 0,
  expected: -1,
  localSlopes: [-1, -1],
  drift: 0,
  holds: true,
  warning: null,
};

function point(x: number, y: number, spread = 0.1): ScalingPoint {
  return { x, y, low: y * (1 - spread), high: y * (1 + spread) };
}

function series(name: string, factor: number, changes: Partial<ScalingSeries> = {}): ScalingSeries {
  const points = [10, 100, 1000].map((x) => point(x, factor / x));
  const fit = { ...LAW, intercept: Math.log(factor) };
  return { name, problem: problems.He4({ d: 4 }), points, missing: [], fit, ...changes };
}

const SETTINGS: { [Kind in ScalingReport["kind"]]: object } = {
  time: { dimensions: [10, 100, 1000], share: 0.5, tolerance: 1e-4, horizon: 1e4 },
  width: { dimensions: [10], gap: 0.01, statistic: "meanDelta", time: null, step: 0.05, seeds: 4, seed: 1 },
  gap: { time: 2, step: 0.1, dynamics: "pgd", gradient: "riemannian", seeds: 4, seed: 1 },
  samples: { time: 2, step: 0.1, gradient: "euclidean", seeds: 1, seed: 1 },
  decay: { time: 1000, from: 10, tolerance: 1e-3 },
};

function report(kind: ScalingReport["kind"], all: ScalingSeries[], status = "completed"): ScalingReport {
  return { schema: "propchaos/scaling@1", status, kind, settings: SETTINGS[kind], series: all } as ScalingReport;
}

const WARNING = "not a power law in this window: the local slope goes from -1 at x = 10 to 2 at x = 1000";
const bent = series("functionGap", 1, { fit: { ...LAW, holds: false, warning: WARNING } });
const logarithm = series("h_2", 1, {
  points: [10, 100, 1000].map((x) => point(x, 1 + Math.log(x) / 4, 0)),
  fit: { ...LAW, law: "logarithm", slope: 0.25, intercept: 1, expected: 0.25 },
});
const alone = series("He4", 1, { points: [point(10, 2)], fit: null });
const unknown = series("He4", 1, {
  points: [10, 100].map((x) => ({ x, y: x, low: null, high: null })),
  fit: { ...LAW, slope: 1, low: null, high: null, expected: null, drift: null, holds: null },
});

const reports: [string, ScalingReport][] = [
  ["times with a logarithm", report("time", [logarithm, series("h_3", 50)])],
  ["widths", report("width", [series("He4", 10)])],
  ["gaps, one of them bent", report("gap", [series("meanDelta", 3), bent])],
  ["sample gaps", report("samples", [series("m = 4", 1), series("m = 8", 1.01)])],
  ["a decay, aborted", report("decay", [series("He4", 1)], "aborted")],
  ["one point", report("width", [alone])],
  ["no intervals, no theory", report("width", [unknown])],
  [
    "points that are not positive",
    report("decay", [series("He4", 1, { points: [point(1, 0), point(2, 1)], fit: null })]),
  ],
  ["no points", report("time", [series("He4", 1, { points: [], fit: null })])],
  ["no series", report("time", [])],
];

interface Layers {
  title: { text: string; subtitle: string[] };
  layer: { data: { values: { series: string; x: number; y: number; label?: string }[] } }[];
}

function layersOf(figure: object): Layers {
  return figure as Layers;
}

describe("figures.scaling", () => {
  it.each(reports)("is plain JSON, compiles without a warning and draws no broken number: %s", async (_, of) => {
    const figure = figures.scaling(of);
    expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
    expect(warningsOf(figure)).toEqual([]);
    expect(await renderSVG(figure)).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it("draws the fitted law through the points, and the slope of theory through their middle", () => {
    const { layer } = layersOf(figures.scaling(report("gap", [series("meanDelta", 3)])));
    const [fitted, expected] = layer.map(({ data }) => data.values);
    expect(fitted.map(({ x, y }) => x * y)).toEqual([expect.closeTo(3, 12), expect.closeTo(3, 12)]);
    expect(expected.map(({ x, y }) => x * y)).toEqual([expect.closeTo(3, 12), expect.closeTo(3, 12)]);
    expect(fitted[0].series).toBe("E|Δ|");
    const curve = layersOf(figures.scaling(report("time", [logarithm]))).layer[0].data.values;
    expect(curve.length).toBe(33);
    for (const { x, y } of curve) expect(y).toBeCloseTo(1 + Math.log(x) / 4, 12);
  });

  it("writes the slope at the end of each series, with labels apart", () => {
    const all = [1, 1.01, 1.02, 1.03].map((factor, i) => series(`m = ${i}`, factor));
    const { layer } = layersOf(figures.scaling(report("samples", all)));
    const labels = layer[layer.length - 1].data.values;
    expect(labels.map(({ label }) => label).sort()).toEqual(
      [0, 1, 2, 3].map((i) => `m = ${i}: slope −1.000 (−1.100 to −0.900)`),
    );
    const heights = labels.map(({ y }) => Math.log(y)).sort((a, b) => a - b);
    for (let i = 1; i < heights.length; i++) expect(heights[i] - heights[i - 1]).toBeGreaterThan(0.3);
  });

  it("puts a star and the reason where the points are no such law", () => {
    const { title, layer } = layersOf(figures.scaling(report("gap", [bent])));
    expect(layer[layer.length - 1].data.values[0].label).toMatch(/ \*$/);
    expect(title.subtitle.join(" ")).toContain("* E (f − f_MF)²: not a power law in this window");
    for (const line of title.subtitle) expect(line.length).toBeLessThan(110);
  });

  it("refuses what is no report of scaling laws", () => {
    for (const wrong of [null, {}, { schema: "propchaos/gap@1" }, "report"])
      expect(() => figures.scaling(wrong as never)).toThrow(
        "report must be what a function of scaling laws resolved to",
      );
  });
});
