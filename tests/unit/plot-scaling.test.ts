// The figure of scaling laws: it compiles without a warning, draws what is there, keeps labels apart, and holds on reports that
// are nearly empty.

import { describe, expect, it } from "vitest";
import { renderSVG } from "../../src/cli/svg.ts";
import type { ScalingReport } from "../../src/experiment/scaling/document.ts";
import { figures } from "../../src/plot/index.ts";
import { bent, logarithm, point, report, seriesOf, unknown } from "./plot-scaling-documents.ts";
import { warningsOf } from "./plot-warnings.ts";

const alone = seriesOf("He4", 1, { points: [point(10, 2)], fit: null });
const reports: [string, ScalingReport][] = [
  ["times with a logarithm", report("time", [logarithm, seriesOf("h_3", 50)])],
  ["widths", report("width", [seriesOf("He4", 10)])],
  ["gaps, one of them bent", report("gap", [seriesOf("meanDelta", 3), bent])],
  ["sample gaps", report("samples", [seriesOf("m = 4", 1), seriesOf("m = 8", 1.01)])],
  ["a decay, aborted", report("decay", [seriesOf("He4", 1)], "aborted")],
  ["one point", report("width", [alone])],
  ["no intervals, no theory", report("width", [unknown])],
  [
    "points that are not positive",
    report("decay", [seriesOf("He4", 1, { points: [point(1, 0), point(2, 1)], fit: null })]),
  ],
  ["no points", report("time", [seriesOf("He4", 1, { points: [], fit: null })])],
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
    const { layer } = layersOf(figures.scaling(report("gap", [seriesOf("meanDelta", 3)])));
    const [fitted, expected] = layer.map(({ data }) => data.values);
    expect(fitted.map(({ x, y }) => x * y)).toEqual([expect.closeTo(3, 12), expect.closeTo(3, 12)]);
    expect(expected.map(({ x, y }) => x * y)).toEqual([expect.closeTo(3, 12), expect.closeTo(3, 12)]);
    expect(fitted[0].series).toBe("E|Δ|");
    const curve = layersOf(figures.scaling(report("time", [logarithm]))).layer[0].data.values;
    expect(curve.length).toBe(33);
    for (const { x, y } of curve) expect(y).toBeCloseTo(1 + Math.log(x) / 4, 12);
  });

  it("writes the slope at the end of each series, with labels apart", () => {
    const all = [1, 1.01, 1.02, 1.03].map((factor, i) => seriesOf(`m = ${i}`, factor));
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
