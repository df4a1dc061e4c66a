// The gap figure: it compiles without a warning, draws the same SVG twice, keeps zeros off its log axes, and holds on
// reports that are nearly empty.

import { describe, expect, it } from "vitest";
import { renderSVG } from "../../src/cli/svg.ts";
import type { GapReport } from "../../src/gap/document.ts";
import { gapFigure } from "../../src/plot/gap.ts";
import { logScale } from "../../src/plot/logaxis.ts";
import { orderedColours } from "../../src/plot/palette.ts";
import { gapFixture } from "./fixtures.ts";
import { warningsOf } from "./plot-warnings.ts";

interface Panel {
  title: { text: string; subtitle: string | string[] };
  layer: { data: { values: Record<string, number | string>[] }; encoding: { y: { scale: { type?: string } } } }[];
}

function panelsOf(report: GapReport): Panel[] {
  return gapFigure(report).concat as Panel[];
}

const interrupted = gapFixture([], { status: "aborted", scaling: null });
const nothing = gapFixture([], {
  status: "diverged",
  time: new Float64Array(0),
  meanField: { solver: "single-index", loss: new Float64Array(0), errorEstimate: null, particleErrorEstimate: null },
});

describe("gapFigure", () => {
  it("is plain JSON", () => {
    const figure = gapFigure(gapFixture());
    expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
  });

  it.each([
    ["three widths", gapFixture()],
    ["one width", gapFixture([64])],
    ["many widths", gapFixture(Array.from({ length: 12 }, (_, i) => 8 * 2 ** i))],
    ["no width", interrupted],
    ["no record", nothing],
  ])("compiles without a warning: %s", (_, report) => {
    expect(warningsOf(gapFigure(report))).toEqual([]);
  });

  it("draws the same SVG twice", async () => {
    const first = await renderSVG(gapFigure(gapFixture()));
    expect(await renderSVG(gapFigure(gapFixture()))).toBe(first);
    expect(first.startsWith("<svg ")).toBe(true);
    expect(first).not.toMatch(/NaN|undefined|null|Infinity/);
    for (const text of ["flow time t", "width m", "risk", "m E|Δ|²", "m × function gap", "∞ (limit)"])
      expect(first).toContain(`>${text}</text>`);
  });

  it.each([
    ["no width", interrupted],
    ["no record", nothing],
    ["one width", gapFixture([64])],
  ])("draws without a broken number: %s", async (_, report) => {
    expect(await renderSVG(gapFigure(report))).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it("puts only positive, resolved numbers on log axes", () => {
    const report = gapFixture([16, 64]);
    report.widths[0].resolved.delta[1] = false;
    report.widths[1].mTimesFunctionGap.stderr[2] = 1;
    let shown = 0;
    for (const { layer } of panelsOf(report)) {
      for (const { data, encoding } of layer) {
        if (encoding.y.scale.type !== "log") continue;
        for (const row of data.values) {
          for (const key of ["y", "low", "high"]) if (key in row) expect(row[key]).toBeGreaterThan(0);
          shown++;
        }
      }
    }
    expect(shown).toBeGreaterThan(0);
    const collapse = panelsOf(report)[1].layer.at(-1)?.data.values ?? [];
    expect(collapse.filter(({ width }) => width === "16").map(({ t }) => t)).toEqual([1, 1.5, 2]);
    expect(collapse.filter(({ width }) => width === "64").map(({ t }) => t)).toEqual([0.5, 1, 1.5, 2]);
  });

  it("says the slope and its interval, and leaves out panels without numbers", () => {
    const [, , , last] = panelsOf(gapFixture());
    expect(last.title.subtitle).toEqual(["slope −0.500 (95%: −0.520 to −0.480)", "dotted: slope −1/2, as in theory"]);
    expect(panelsOf(interrupted).length).toBe(1);
  });

  it("refuses what is no gap report", () => {
    for (const wrong of [null, 3, {}, { schema: "propchaos/limit@1" }])
      expect(() => gapFigure(wrong as never)).toThrow(TypeError);
  });
});

describe("logScale", () => {
  function ticks(...values: number[]): { values: number[]; labelExpr: string } {
    return logScale(values)?.axis as { values: number[]; labelExpr: string };
  }

  it("ticks a wide range at powers of ten and a narrow one at 1, 2, 5", () => {
    expect(ticks(1e-6, 1).values).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]);
    expect(ticks(1e-6, 1).labelExpr).toContain('"1.0e-6":"10⁻⁶"');
    expect(ticks(0.03, 0.4).values).toEqual([0.05, 0.1, 0.2]);
    expect(ticks(0.055, 0.15).values).toEqual([0.05, 0.07, 0.1, 0.15]);
    expect(ticks(0.055, 0.15).labelExpr).toContain('"1.5e-1":"0.15"');
    expect(ticks(0.03, 0.4).labelExpr).toContain('"5.0e-2":"0.05"');
  });

  it("finds ticks on every range", () => {
    for (let exponent = -300; exponent <= 300; exponent += 7) {
      for (const factor of [1, 1.01, 2.5, 40, 1e7]) {
        const low = 3.3 * 10 ** exponent;
        const shown = ticks(low, Math.min(low * factor, 1e305)).values;
        expect(shown.length).toBeGreaterThanOrEqual(1);
        expect(shown.length).toBeLessThanOrEqual(12);
      }
    }
  });

  it("is nothing without a positive number", () => {
    expect(logScale([0, -1, Number.NaN, Number.POSITIVE_INFINITY])).toBeNull();
  });
});

describe("orderedColours", () => {
  it("goes from light to dark, each a colour of its own", () => {
    for (const count of [1, 2, 5, 12]) {
      const colours = orderedColours(count);
      expect(new Set(colours).size).toBe(count);
      const light = colours.map((hex) => {
        const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      });
      expect(light).toEqual([...light].sort((a, b) => b - a));
    }
  });
});
