// The figure of theory: it compiles without a warning, keeps its axis sensible whatever a bound does, shows the network that
// was asked for, and holds on reports that are nearly empty.

import { describe, expect, it } from "vitest";
import { renderSVG } from "../../src/cli/svg.ts";
import type { TheoryReport } from "../../src/experiment/theory-report.ts";
import { figures } from "../../src/plot/index.ts";
import { gapFixture, networkTheoryFixture, theoryFixture } from "./fixtures.ts";
import { warningsOf } from "./plot-warnings.ts";

interface Panel {
  title: { text: string; subtitle: string };
  layer: {
    data: { values: { width: string; t: number; y: number }[] };
    encoding: { y: { scale: { type: string; domain: [number, number] } }; color: { legend: unknown } };
  }[];
}

type Report = Parameters<typeof figures.theory>[0];

function panelsOf(report: Report, width?: number): Panel[] {
  return figures.theory(report, { width }).concat as Panel[];
}

/** A theory report as theoryReport would resolve to it; the figure looks at nothing else of it. */
function theoryDocument(changes: Partial<TheoryReport> = {}): TheoryReport {
  const { problem, settings, theory } = theoryFixture([64]);
  return {
    schema: "propchaos/theory@1",
    status: "completed",
    problem,
    settings,
    gapEquation: theory?.networks[0] ?? null,
    constants: theory?.constants ?? null,
    ...changes,
  } as TheoryReport;
}

const empty = networkTheoryFixture(16, {
  time: new Float64Array(),
  measured: { meanDelta: new Float64Array(), meanSquaredDelta: new Float64Array(), maxDelta: new Float64Array() },
  predicted: { meanDelta: new Float64Array(), meanSquaredDelta: new Float64Array(), maxDelta: new Float64Array() },
  relativeError: new Float64Array(),
  bounds: null,
});
const nothing = Object.assign(gapFixture([]), { theory: { constants: null, networks: [] } });

const reports: [string, Report][] = [
  ["three widths", theoryFixture()],
  ["one width", theoryFixture([64])],
  ["no bounds", theoryFixture([64], { networks: [networkTheoryFixture(64, { bounds: null })] })],
  ["no constants", theoryFixture([16, 64], { constants: null })],
  ["aborted before a record", theoryFixture([16], { constants: null, networks: [empty] })],
  ["nothing", nothing],
  ["theory report", theoryDocument()],
  ["of the limit alone", theoryDocument({ gapEquation: null })],
  ["of a network alone", theoryDocument({ constants: null })],
  ["of neither", theoryDocument({ constants: null, gapEquation: null })],
];

describe("figures.theory", () => {
  it.each(reports)("is plain JSON, compiles without a warning and draws no broken number: %s", async (_, report) => {
    const figure = figures.theory(report);
    expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
    expect(warningsOf(figure)).toEqual([]);
    expect(await renderSVG(figure)).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it("draws the same SVG twice, with its four curves named", async () => {
    const first = await renderSVG(figures.theory(theoryFixture()));
    expect(await renderSVG(figures.theory(theoryFixture()))).toBe(first);
    for (const text of ["measured", "predicted", "Volterra", "Gronwall", "m × function gap", "∞ (limit)", "256"])
      expect(first).toContain(`>${text}</text>`);
  });

  it("has the panels of what there is, and a legend of widths in the first of them", () => {
    const titles = (report: Report) => panelsOf(report).map(({ title }) => title.text);
    const all = ["relative error of the prediction", "m E|Δ|²", "m × function gap"];
    expect(titles(theoryFixture())).toEqual(["E|Δ| of one network, m = 256", ...all]);
    expect(titles(nothing)).toEqual(["E|Δ| of one network"]);
    expect(titles(theoryDocument({ gapEquation: null }))).toEqual(all.slice(1));
    expect(titles(theoryDocument({ constants: null }))).toEqual(["E|Δ| of one network, m = 64", ...all.slice(0, 2)]);
    for (const report of [theoryFixture(), theoryDocument({ gapEquation: null })]) {
      const legends = panelsOf(report)
        .filter(({ title }) => all.includes(title.text))
        .map(({ layer }) => layer.some(({ encoding }) => encoding.color.legend));
      expect(legends).toEqual(legends.map((_, index) => index === 0));
    }
  });

  it("shows the four curves of the widest network, or of the one that is asked for", () => {
    const report = theoryFixture([256, 16]);
    expect(panelsOf(report)[0].title).toEqual({
      text: "E|Δ| of one network, m = 256",
      subtitle: "at t = 2: prediction off by 0.78%; bounds 3× and 5·10⁴¹× that",
    });
    const [{ title, layer }] = panelsOf(report, 16);
    expect(title.text).toBe("E|Δ| of one network, m = 16");
    const [measured, predicted, volterra] = layer.map(({ data }) => data.values.map(({ y }) => y));
    const network = report.theory?.networks[1];
    expect(measured).toEqual([...(network?.measured.meanDelta.slice(1) ?? [])]);
    expect(predicted).toEqual([...(network?.predicted.meanDelta.slice(1) ?? [])]);
    expect(volterra).toEqual([...(network?.bounds?.volterra.bound.slice(1) ?? [])]);
    expect(() => figures.theory(report, { width: 17 })).toThrow("width must be one of 256, 16; got 17");
  });

  it("lets Gronwall's bound leave the panel, and keeps its numbers small enough to draw", () => {
    const [{ layer }] = panelsOf(theoryFixture([64]));
    const [low, high] = layer[0].encoding.y.scale.domain;
    const network = networkTheoryFixture(64);
    expect(low).toBeLessThan(network.measured.meanDelta[1]);
    expect(high).toBeGreaterThanOrEqual(network.bounds?.volterra.bound[4] ?? Number.NaN);
    expect(high).toBeLessThan(20 * network.measured.meanDelta[4]);
    const gronwall = layer[3].data.values;
    expect(gronwall.filter(({ y }) => y > high)).toHaveLength(1);
    expect(gronwall.map(({ t }) => t)).toEqual([0.5]);
  });

  it("does not let a loose Volterra bound flatten the rest either", () => {
    const network = networkTheoryFixture(64);
    network.bounds?.volterra.bound.fill(1e30, 3);
    network.bounds?.volterra.looseness.fill(1e33, 3);
    const [{ layer }] = panelsOf(theoryFixture([64], { networks: [network] }));
    expect(layer[0].encoding.y.scale.domain[1]).toBeLessThan(20 * network.measured.meanDelta[4]);
    expect(layer[2].data.values.map(({ t }) => t)).toEqual([0.5, 1, 1.5]);
  });

  it("says beside networks of PGD that limits are those of gradient flow", () => {
    const subtitle = (report: Report) => (figures.theory(report).title as { subtitle: string[] }).subtitle;
    expect(subtitle(theoryFixture())).toEqual([
      "projected gradient descent, Riemannian gradient, step 0.02; 4 seeds (seed 1)",
      "limits of large m are those of gradient flow",
    ]);
    const flow = theoryFixture();
    flow.settings.dynamics = "flow";
    expect(subtitle(flow)).toEqual(["gradient flow, step 0.02; 4 seeds (seed 1)"]);
  });

  it("refuses what is no report, and one without theory", () => {
    for (const wrong of [null, 3, {}, { schema: "propchaos/limit@1" }])
      expect(() => figures.theory(wrong as never)).toThrow(TypeError);
    for (const without of [gapFixture(), Object.assign(gapFixture(), { theory: null })])
      expect(() => figures.theory(without)).toThrow("report must be one with theory, as gapReport makes it; got");
  });

  it("ends its axis at ten times the largest gap, or at the largest value of Volterra's bound up to a thousand times that", () => {
    const top = (factor: number) => {
      const fixture = networkTheoryFixture(64);
      const largest = fixture.measured.meanDelta[4];
      fixture.bounds?.volterra.bound.set([0, 0, 0, 0, factor * largest]);
      const { concat } = figures.theory(theoryFixture([64], { networks: [fixture] })) as unknown as {
        concat: { layer: { encoding: { y: { scale: { domain: number[] } } } }[] }[];
      };
      return concat[0].layer[0].encoding.y.scale.domain[1] / largest / 1.15;
    };
    expect([top(2), top(100), top(999), top(1001)]).toEqual(
      [10, 100, 999, 10].map((value) => expect.closeTo(value, 9)),
    );
  });
});
