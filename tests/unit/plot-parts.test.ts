// The parts of figures against numbers worked out by hand: rows and what a logarithmic axis cannot show of them, lines through
// points, ticks and their labels, domains, colours.

import { describe, expect, it } from "vitest";
import { chooseTicks, logScale, powerOfTen } from "../../src/plot/logaxis.ts";
import { orderedColours } from "../../src/plot/palette.ts";
import {
  band,
  collapsePanel,
  fromZero,
  lawPanel,
  linearPanel,
  timeChannel,
  widthChannels,
} from "../../src/plot/panels.ts";
import {
  curve,
  gapRows,
  lastRows,
  limitName,
  limitRows,
  lineThrough,
  plainCurve,
  riskRows,
  spread,
} from "../../src/plot/rows.ts";
import { gapFixture } from "./fixtures.ts";
import { besideReference } from "./plot-documents.ts";

const { NaN: NONE, POSITIVE_INFINITY: INFINITY } = Number;

describe("rows", () => {
  it("end a band that would reach zero at a tenth of its mean", () => {
    const estimate = { mean: Float64Array.of(2, 2, 2), stderr: Float64Array.of(0.5, 1.75, 1.875) };
    expect([0, 1, 2].map((k) => spread(estimate, k))).toEqual([
      { y: 2, low: 1.5, high: 2.5 },
      { y: 2, low: 0.25, high: 3.75 },
      { y: 2, low: 0.2, high: 3.875 },
    ]);
  });

  it("of a curve: those that are numbers, and on a logarithmic axis those above zero", () => {
    const [time, values] = [Float64Array.of(0, 1, 2, 3, 4), Float64Array.of(0, -1, NONE, INFINITY, 5)];
    const row = (t: number, y: number) => ({ width: "name", t, y, low: y, high: y });
    expect(plainCurve("name", time, values)).toEqual([row(0, 0), row(1, -1), row(4, 5)]);
    expect(curve("name", time, values)).toEqual([row(4, 5)]);
  });

  it("of a risk: with its band, also below zero, and of the limit without", () => {
    const report = gapFixture([4], { time: Float64Array.of(0, 1, 2) });
    report.widths[0].loss = { mean: Float64Array.of(1, NONE, -1), stderr: Float64Array.of(2, 0, 0.5) };
    report.meanField.loss = Float64Array.of(0, INFINITY, -2);
    expect(riskRows(report)).toEqual([
      { width: "4", t: 0, y: 1, low: -1, high: 3 },
      { width: "4", t: 2, y: -1, low: -1.5, high: -0.5 },
    ]);
    expect(limitRows(report)).toEqual([
      { width: "∞ (limit)", t: 0, y: 0, low: 0, high: 0 },
      { width: "∞ (limit)", t: 2, y: -2, low: -2, high: -2 },
    ]);
    expect(limitName(besideReference())).toBe("128 (reference)");
  });

  it("of a gap: positive, finite and resolved ones", () => {
    const report = gapFixture([4]);
    const mean = Float64Array.of(1, 0, INFINITY, 4, 5);
    report.widths[0].mTimesMeanSquaredDelta = { mean, stderr: new Float64Array(5) };
    report.widths[0].resolved = {
      delta: [true, true, true, false, true],
      functionGap: [false, false, false, true, false],
    };
    const places = (resolved: "delta" | "functionGap") =>
      gapRows(report, "mTimesMeanSquaredDelta", resolved).map(({ t, y }) => [t, y]);
    expect(places("delta")).toEqual([
      [0, 1],
      [2, 5],
    ]);
    expect(places("functionGap")).toEqual([[1.5, 4]]);
  });

  it("at the last time: positive, finite and resolved ones, corrected where it is the function gap", () => {
    const report = gapFixture([1, 2, 3, 4]);
    const [zero, infinite, hidden] = report.widths;
    zero.meanDelta.mean[4] = 0;
    infinite.meanDelta.mean[4] = INFINITY;
    hidden.resolved = { delta: [true, true, true, true, false], functionGap: [true, true, true, true, true] };
    expect(lastRows(report, "meanDelta", "delta").map(({ width, m }) => [width, m])).toEqual([["4", 4]]);
    const beside = besideReference();
    const ys = (name: "meanDelta" | "functionGap") => lastRows(beside, name, "delta").map(({ y }) => y);
    // c = 0.04 at the end: functionGap 2 c / m times 128 / (128 - m), meanDelta 0.8 sqrt(c / m).
    expect(ys("functionGap")).toEqual([expect.closeTo(0.08 / 14, 12), expect.closeTo(0.08 / 32, 12)]);
    expect(ys("meanDelta")).toEqual([expect.closeTo(0.04, 12), expect.closeTo(0.02, 12)]);
  });

  it("of a line: its ends, through the middle of the points on both axes", () => {
    const rows = [100, 1, 10].map((m) => ({ width: String(m), m, y: m === 10 ? 8 : 1, low: 1, high: 1 }));
    const [first, last] = lineThrough(rows, -1);
    expect([first.m, last.m]).toEqual([1, 100]);
    expect(first.y).toBeCloseTo(20, 12);
    expect(last.y).toBeCloseTo(0.2, 12);
  });
});

describe("logarithmic axes", () => {
  const ticks = (low: number, high: number) =>
    chooseTicks(low, high).map(({ mantissa, exponent }) => [mantissa, exponent]);
  const values = (low: number, high: number) =>
    ticks(low, high).map(([mantissa, exponent]) => Number(`${mantissa}e${exponent}`));
  /** Labels of the ticks by what they are looked up with. */
  const labels = (...all: number[]) => JSON.parse(String(logScale(all)?.axis.labelExpr).split("}[")[0].concat("}"));

  it("write powers of ten", () => {
    expect([powerOfTen(1, -12), powerOfTen(5, 41), powerOfTen(1, 0), powerOfTen(1.5, 306)]).toEqual([
      "10⁻¹²",
      "5·10⁴¹",
      "10⁰",
      "1.5·10³⁰⁶",
    ]);
  });

  it("have whole powers where there are three, at most seven of them", () => {
    expect(values(10, 1000)).toEqual([10, 100, 1000]);
    expect(values(1e-6, 1)).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]);
    expect(values(1, 1e7)).toEqual([1, 100, 1e4, 1e6]);
    expect(ticks(1e-20, 1e20).map(([, exponent]) => exponent)).toEqual([-18, -12, -6, 0, 6, 12, 18]);
  });

  it("have finer steps on a narrow range, ends included", () => {
    expect(values(1, 10)).toEqual([1, 2, 5, 10]);
    expect(values(1, 2)).toEqual([1, 1.5, 2]);
    expect(values(4, 5)).toEqual([4, 5]);
    expect(values(1.1, 2.6)).toEqual([1.2, 1.5, 2, 2.5]);
    expect(values(6, 14)).toEqual([6, 7, 8, 9, 10, 12]);
  });

  it("reach a little beyond what they show, which is positive and finite", () => {
    const domain = (...all: number[]) => logScale(all)?.scale.domain;
    expect(domain(2, NONE, 8, 0, -3, INFINITY)).toEqual([expect.closeTo(2 / 1.15, 14), expect.closeTo(9.2, 14)]);
    expect(logScale([2, 8])?.scale).toMatchObject({ type: "log", nice: false });
    expect(domain(5e-324, 1.79e308)).toEqual([2.3e-308, 1.7e308]);
  });

  it("label decimals from a thousandth to a thousand, and powers of ten beyond", () => {
    expect(labels(0.001, 1000)).toEqual({
      "1.0e-3": "0.001",
      "1.0e-2": "0.01",
      "1.0e-1": "0.1",
      "1.0e+0": "1",
      "1.0e+1": "10",
      "1.0e+2": "100",
      "1.0e+3": "1000",
    });
    expect(labels(1e4, 1e6)).toEqual({ "1.0e+4": "10⁴", "1.0e+5": "10⁵", "1.0e+6": "10⁶" });
    expect(labels(1e-4, 1e-2)).toEqual({ "1.0e-4": "10⁻⁴", "1.0e-3": "10⁻³", "1.0e-2": "10⁻²" });
    expect(labels(1.8e-5, 2.9e-5)).toEqual({ "2.0e-5": "2·10⁻⁵", "2.5e-5": "2.5·10⁻⁵", "3.0e-5": "3·10⁻⁵" });
  });
});

describe("colours of an ordered quantity", () => {
  it("are the anchors at equal distances, and mixed between them", () => {
    const anchors = ["#f79044", "#e8685b", "#cf4a75", "#ad2791", "#8305a7", "#5302a3", "#0d0887"];
    expect(orderedColours(0)).toEqual([]);
    expect(orderedColours(1)).toEqual(["#ad2791"]);
    expect(orderedColours(2)).toEqual(["#f79044", "#0d0887"]);
    expect(orderedColours(4)).toEqual(["#f79044", "#cf4a75", "#8305a7", "#0d0887"]);
    expect(orderedColours(7)).toEqual(anchors);
    const halves = orderedColours(13);
    expect(halves.filter((_, i) => i % 2 === 0)).toEqual(anchors);
    // (f7 + e8) / 2 = ef.8, (90 + 68) / 2 = 7c, (44 + 5b) / 2 = 4f.8; (53 + 0d) / 2 = 30, (02 + 08) / 2 = 05, (a3 + 87) / 2 = 95.
    expect([halves[1], halves[11]]).toEqual(["#f07c50", "#300595"]);
  });
});

describe("panels", () => {
  const x = timeChannel(Float64Array.of(0, 2));
  const channels = widthChannels([4], null);
  const row = (t: number, high = 1) => ({ width: "4", t, y: 1, low: 1, high });
  const words = { title: "title", subtitle: "", axis: "axis" };
  const point = (panels: object[]) =>
    (panels as { layer: { mark: { point?: unknown } }[] }[])[0].layer.at(-1)?.mark.point;

  it("have a time axis from zero to the last record, or to one where that is none", () => {
    const domain = (...time: number[]) => (timeChannel(Float64Array.from(time)).scale as { domain: number[] }).domain;
    expect([domain(0, 1, 3), domain(0), domain()]).toEqual([
      [0, 3],
      [0, 1],
      [0, 1],
    ]);
  });

  it("have a linear axis from zero to a little above the largest value, or to one", () => {
    expect(fromZero([row(0, 2), row(0, 1.5)])).toEqual([0, 2.16]);
    expect(fromZero([])).toEqual([0, 1]);
    expect(fromZero([{ ...row(0), high: -1 }])).toEqual([0, 1]);
  });

  it("have a band where there is a spread, of those rows alone", () => {
    expect(band([row(0), row(1)], null, x, x)).toEqual([]);
    const [{ data }] = band([row(0), row(1, 2)], null, x, x) as [{ data: unknown }];
    expect(data).toEqual({ values: [row(1, 2)] });
  });

  it("mark single records where there are few of them", () => {
    const rows = (count: number) => Array.from({ length: count }, (_, t) => row(t));
    const log = (count: number) => point(collapsePanel(rows(count), channels, x, "title", ""));
    expect([log(1), log(40), log(41)]).toEqual([{ size: 14 }, { size: 14 }, false]);
    const linear = (count: number) => point([linearPanel(rows(count), channels, x, { ...words, domain: [0, 1] })]);
    expect([linear(0), linear(1), linear(2)]).toEqual([{ size: 14 }, { size: 14 }, false]);
  });

  it("are none on logarithmic axes without a positive number", () => {
    const zero = { ...row(0), y: 0, low: 0, high: 0, m: 4 };
    expect(collapsePanel([zero], channels, x, "title", "")).toEqual([]);
    expect(lawPanel([zero], [], {}, { ...words, size: "m" })).toEqual([]);
    expect(lawPanel([{ ...row(0), m: 0 }], [], {}, { ...words, size: "m" })).toEqual([]);
  });

  it("name sizes in their order, once each", () => {
    const rows = [100, 9, 100].map((m) => ({ ...row(0), m }));
    const [{ layer }] = lawPanel(rows, [], {}, { ...words, size: "m" }) as { layer: object[] }[];
    expect(layer[0]).toMatchObject({ encoding: { x: { axis: { values: [9, 100], format: "d" } } } });
  });
});
