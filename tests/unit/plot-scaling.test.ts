// The figure of scaling laws: it compiles without a warning, draws what is there, keeps labels apart, and holds on reports that
// are nearly empty.

import { describe, expect, it } from "vitest";
import { renderSVG } from "../../src/cli/svg.ts";
import type { ScalingReport, ScalingSeries } from "../../src/experiment/scaling/document.ts";
import { figures } from "../../src/plot/index.ts";
import { bent, LAW, logarithm, point, report, seriesOf, unknown } from "./plot-scaling-documents.ts";
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

describe("numbers of figures.scaling", () => {
  interface Row {
    series: string;
    x: number;
    y: number;
    low: number;
    high: number;
    label: string;
  }
  const layers = (...all: ScalingSeries[]) =>
    (figures.scaling(report("width", all)).layer as { data: { values: Row[] } }[]).map(({ data }) => data.values);
  const places = (rows: Row[]) => rows.map(({ x, y }) => [x, y]);
  const near = (rows: (number | string)[][]) =>
    rows.map((row) => row.map((value) => (typeof value === "number" ? expect.closeTo(value, 9) : value)));

  it("draws the fit where it is, and the slope of theory through the middle of the points", () => {
    const fit = { ...LAW, intercept: Math.log(6), expected: -0.5 };
    const [fitted, expected] = layers(seriesOf("He4", 4, { fit }));
    // 6 / x, and (0.04) (x / 100)^(-1/2).
    expect(places(fitted)).toEqual(
      near([
        [10, 0.6],
        [1000, 0.006],
      ]),
    );
    expect(places(expected)).toEqual(
      near([
        [10, 0.04 * Math.sqrt(10)],
        [1000, 0.04 / Math.sqrt(10)],
      ]),
    );
    const power = seriesOf("He4", 4, { fit: { ...LAW, expected: null } });
    expect(layers(power)[1]).toEqual([]);
    expect(layers({ ...power, points: power.points.slice(0, 1) })[0]).toEqual([]);
  });

  it("leaves out of a law what a logarithmic axis cannot show", () => {
    const points = [1, 10, 100].map((x) => ({ x, y: 1, low: null, high: null }));
    const law = { ...LAW, law: "logarithm" as const, slope: 1, intercept: -Math.log(10), expected: null };
    const [fitted] = layers(seriesOf("He4", 1, { points, fit: law }));
    // log(x / 10) at 33 equal steps of log x: 0 at the seventeenth, positive after it.
    expect(fitted.length).toBe(16);
    expect(fitted[15].y).toBeCloseTo(Math.log(10), 12);
    const steep = { ...LAW, slope: -1000, expected: null };
    expect(layers(seriesOf("He4", 1, { points, fit: steep }))[0]).toEqual([expect.objectContaining({ x: 1, y: 1 })]);
  });

  it("leaves out points that are not positive, ends a bar that reaches zero at a tenth of its point", () => {
    const points = [
      { x: 1, y: 0, low: 0, high: 1 },
      { x: 2, y: 2, low: -1, high: 3 },
      { x: 3, y: 3, low: null, high: null },
      { x: 4, y: 4, low: 1, high: null },
      { x: 5, y: 0, low: null, high: null },
    ];
    const [, , bars, shown, labels] = layers(seriesOf("He4", 1, { points, fit: null }));
    const spans = (rows: Row[]) => rows.map(({ x, y, low, high }) => [x, y, low, high]);
    expect(spans(shown)).toEqual([
      [2, 2, 0.2, 3],
      [3, 3, 3, 3],
      [4, 4, 1, 4],
    ]);
    expect(spans(bars).map(([x]) => x)).toEqual([2, 4]);
    // It would stand beside the last point, which is not shown.
    expect(labels).toEqual([]);
  });

  it("writes the slope of a law and where it does not hold", () => {
    const label = (fit: object | null) =>
      layers(seriesOf("He4", 1, { fit: fit && { ...LAW, ...fit } }))[4].map(({ label }) => label);
    expect(label({})).toEqual(["He4: slope −1.000 (−1.100 to −0.900)"]);
    expect(label({ low: null })).toEqual(["He4: slope −1.000"]);
    expect(label({ high: null, holds: null })).toEqual(["He4: slope −1.000"]);
    expect(label({ law: "logarithm", slope: 0.25, low: 0.125, high: 0.5, holds: false })).toEqual([
      "He4: 0.250 per log d (0.125 to 0.500) *",
    ]);
    expect(label(null)).toEqual(["He4"]);
  });

  it("moves labels apart by 8.5% of the axis, upwards, and back down where they would leave it", () => {
    const heights = (y: number) => {
      const points = [1, 10].map((x) => ({ x, y, low: 0.5, high: 2 }));
      const all = ["a", "b", "c"].map((name) => seriesOf(name, 1, { points, fit: null }));
      return layers(...all)[4].map(({ series, x, y }) => [series, x, Math.log(y)]);
    };
    // The axis goes from 0.5 / 1.15 to 2 * 1.15.
    const top = Math.log(2.3);
    const step = 0.085 * Math.log(2.3 / (0.5 / 1.15));
    expect(heights(1)).toEqual(
      near([
        ["a", 10, 0],
        ["b", 10, step],
        ["c", 10, 2 * step],
      ]),
    );
    expect(heights(2)).toEqual(
      near([
        ["a", 10, top - 2 * step],
        ["b", 10, top - step],
        ["c", 10, top],
      ]),
    );
  });

  it("leaves labels beside the ends of their series where there is room, whichever series comes first", () => {
    const of = (name: string, y: number) => seriesOf(name, 1, { points: [{ x: 1, y, low: 0.5, high: 2 }], fit: null });
    const labels = layers(of("c", 1.9), of("a", 0.6), of("b", 1))[4].map(({ series, x, y }) => [series, x, y]);
    expect(labels).toEqual(
      near([
        ["a", 1, 0.6],
        ["b", 1, 1],
        ["c", 1, 1.9],
      ]),
    );
  });

  it("has marks of eight forms, and begins again with the ninth series", () => {
    const figure = figures.scaling(
      report(
        "width",
        Array.from({ length: 9 }, (_, i) => seriesOf(`s${i}`, i + 1)),
      ),
    );
    const { shape, color } = (figure.layer as { encoding: Record<string, { scale: { range: string[] } }> }[])[3]
      .encoding;
    expect(new Set(shape.scale.range).size).toBe(8);
    expect(shape.scale.range[8]).toBe("circle");
    expect(new Set(color.scale.range).size).toBe(9);
  });
});
