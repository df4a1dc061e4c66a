// The figures besides gap and theory: each compiles without a warning, draws no broken number, and shows the numbers of its document.

import { describe, expect, it } from "vitest";
import { renderSVG } from "../../src/cli/svg.ts";
import type { WidthReport } from "../../src/gap/document.ts";
import { binEdge } from "../../src/gap/histogram.ts";
import { figures, type Specification } from "../../src/plot/index.ts";
import type { StoredConcordance } from "../../src/theory/self-concordance/document.ts";
import { gapFixture, limitFixture } from "./fixtures.ts";
import {
  besideReference,
  concordance,
  constants,
  gaps,
  network,
  noLimit,
  nothing,
  series,
  sweep,
  TIME,
  withDistribution,
  withPaths,
} from "./plot-documents.ts";
import { warningsOf } from "./plot-warnings.ts";

type Row = Record<string, number | string>;
interface Panel {
  title: { text: string; subtitle: string | string[] };
  layer: {
    data: { values: Row[] };
    mark: { strokeDash?: number[] };
    encoding: Record<string, { scale?: { domain?: unknown[] } }>;
  }[];
}

const panelsOf = ({ concat }: Specification) => concat as Panel[];
const rowsOf = (panel: Panel, layer = -1) => panel.layer.at(layer)?.data.values ?? [];

const CASES: [name: string, figure: () => Specification][] = [
  ["risk", () => figures.risk(gapFixture())],
  ["risk, nothing", () => figures.risk(nothing)],
  ["delta", () => figures.delta(gapFixture())],
  ["delta, one width", () => figures.delta(gapFixture([16]))],
  ["delta, beside a reference network", () => figures.delta(besideReference())],
  ["delta, nothing", () => figures.delta(nothing)],
  ["functionGap", () => figures.functionGap(gapFixture())],
  ["functionGap, beside a reference network", () => figures.functionGap(besideReference())],
  ["functionGap, nothing", () => figures.functionGap(nothing)],
  ["distribution", () => figures.distribution(withDistribution())],
  ["limit", () => figures.limit(limitFixture())],
  ["limit, with paths", () => figures.limit(withPaths())],
  ["limit, nothing", () => figures.limit(noLimit)],
  ["network", () => figures.network(network)],
  ["constants", () => figures.constants(constants)],
  ["constants, nothing", () => figures.constants({ ...constants, time: new Float64Array(), errorEstimate: null })],
  ["selfConcordance", () => figures.selfConcordance(concordance)],
  [
    "selfConcordance, nothing",
    () => figures.selfConcordance({ ...concordance, time: new Float64Array() } as StoredConcordance),
  ],
  ["gaps", () => figures.gaps(gaps())],
  ["gaps, E|Delta|^2", () => figures.gaps(gaps(), { statistic: "meanSquaredDelta" })],
  [
    "gaps, nothing",
    () => figures.gaps({ ...gaps(), time: new Float64Array(), width: [], sample: [], discretisation: [] }),
  ],
  ["alignment", () => figures.alignment(withPaths())],
  [
    "alignment of both",
    () => figures.alignment({ ...network, alphaPaths: withPaths().alphaPaths } as never, withPaths()),
  ],
  ["sweep", () => figures.sweep(sweep())],
  ["sweep, risk", () => figures.sweep(sweep(), { statistic: "risk" })],
  ["sweep, function gap, tasks missing", () => figures.sweep(sweep([1, 2]), { statistic: "functionGap" })],
  ["sweep, nothing", () => figures.sweep({ ...sweep([1]), results: [] })],
];

const GAP = "report must be what approximationGap resolved to";
const WANTED = {
  gap: GAP,
  risk: GAP,
  delta: GAP,
  functionGap: GAP,
  distribution: GAP,
  theory: "report must be what gapReport or theoryReport resolved to",
  constants: "report must be what gapLimitConstants resolved to",
  gaps: "report must be what separateGaps resolved to",
  limit: "report must be what meanFieldLimit resolved to",
  network: "report must be what trainNetwork resolved to",
  alignment: "document must be what meanFieldLimit or trainNetwork resolved to",
  scaling: "report must be what a function of scaling laws resolved to",
  selfConcordance: "report must be what selfConcordance resolved to",
  sweep: "sweep must be what runSweep resolved to",
};

describe("every figure", () => {
  it.each(CASES)("is plain JSON, compiles without a warning and draws no broken number: %s", async (_, make) => {
    const figure = make();
    expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
    expect(warningsOf(figure)).toEqual([]);
    const svg = await renderSVG(figure);
    expect(svg).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(svg).toMatch(/>(flow time t|\|Δ\|)<\/text>/);
  });

  it.each(Object.entries(WANTED))("refuses what is no document of its kind: %s", (name, wanted) => {
    const figure = figures[name as keyof typeof figures] as (report: unknown) => unknown;
    for (const wrong of [null, undefined, 3, () => 0, {}, { schema: "propchaos/plan@1" }]) {
      expect(() => figure(wrong)).toThrow(TypeError);
      expect(() => figure(wrong)).toThrow(`${wanted}; got `);
    }
  });

  it("has its words for what it refuses", () => {
    expect(Object.keys(WANTED).sort()).toEqual(Object.keys(figures).sort());
  });
});

describe("what is shown", () => {
  it("delta: both statistics times m, corrected beside a reference network", () => {
    const report = gapFixture([16, 64]);
    const [squared, mean, last] = panelsOf(figures.delta(report));
    const of = (panel: Panel, width: string) => rowsOf(panel).filter((row) => row.width === width);
    const found = of(squared, "64").map(({ t, y, high }) => [t, y, high]);
    const { mTimesMeanSquaredDelta, mTimesSquaredMeanDelta } = report.widths[1];
    const { mean: values, stderr } = mTimesMeanSquaredDelta;
    expect(found).toEqual([1, 2, 3, 4].map((k) => [TIME[k], values[k], values[k] + stderr[k]]));
    expect(of(mean, "64").map(({ y }) => y)).toEqual(Array.from(mTimesSquaredMeanDelta.mean.slice(1)));
    expect(rowsOf(last).map(({ m, y }) => [m, y])).toEqual(
      report.widths.map(({ m, meanDelta }) => [m, meanDelta.mean[4]]),
    );

    const beside = panelsOf(figures.delta(besideReference()))[1];
    expect(of(beside, "64").map(({ y }) => y)).toEqual(Array.from(mTimesSquaredMeanDelta.mean.slice(1), (y) => 2 * y));
  });

  it("functionGap: the corrected gap, over time and against m", () => {
    const report = besideReference();
    const [gap, times, last] = panelsOf(figures.functionGap(report));
    const corrected = report.widths[1].corrected;
    const of = (panel: Panel) =>
      rowsOf(panel)
        .filter((row) => row.width === "64")
        .map(({ y }) => y);
    expect(of(gap)).toEqual(Array.from(corrected?.functionGap.mean.slice(1) ?? []));
    expect(of(times)).toEqual(Array.from(corrected?.mTimesFunctionGap.mean.slice(1) ?? []));
    expect(of(last)).toEqual([corrected?.functionGap.mean[4]]);
    expect(last.title.subtitle).toEqual(["slope −1.000", "dotted: slope −1, as in theory"]);
  });

  it("distribution: shares of all particles on the edges of the bins, raw and times sqrt m", () => {
    const [raw, scaled, largest] = panelsOf(figures.distribution(withDistribution()));
    const of = (panel: Panel) =>
      rowsOf(panel)
        .filter((row) => row.width === "64")
        .map(({ x, y }) => [x, y]);
    const steps = [
      [-12, 0],
      [-12, 6 / 16],
      [-11, 0],
      [-10, 6 / 16],
      [-9, 0],
    ];
    expect(of(raw)).toEqual(steps.map(([j, share]) => [binEdge(j), share]));
    expect(of(scaled)).toEqual(steps.map(([j, share]) => [8 * binEdge(j), share]));
    expect(of(largest)).toEqual([
      [0.5, 0],
      [0.5, 1],
      [binEdge(-3), 0],
    ]);
    expect(() => figures.distribution(gapFixture())).toThrow(RangeError);
    expect(() => figures.distribution(gapFixture())).toThrow(
      /^report must be one with distribution: true; got .*a report without/,
    );
  });

  it("limit, network, constants: their series", () => {
    const limit = withPaths();
    const [risk, overlap, paths] = panelsOf(figures.limit(limit));
    expect(rowsOf(risk).map(({ y }) => y)).toEqual(Array.from(limit.loss));
    expect(
      rowsOf(overlap)
        .filter(({ width }) => width === "E α²")
        .map(({ y }) => y),
    ).toEqual(Array.from(limit.meanAlpha2 ?? []));
    expect(
      rowsOf(paths)
        .filter(({ path }) => path === "0")
        .map(({ alpha }) => alpha),
    ).toEqual(Array.from(limit.alphaPaths?.alpha[0] ?? []));
    const errors = rowsOf(panelsOf(figures.network(network))[0]);
    expect([...new Set(errors.map(({ width }) => width))]).toEqual(["population", "training set"]);
    expect(errors.filter(({ width }) => width === "training set").map(({ y }) => y)).toEqual(
      Array.from(network.trainError),
    );
    const [delta, gap] = panelsOf(figures.constants(constants));
    for (const panel of [delta, gap])
      expect(new Set(rowsOf(panel).map(({ width }) => width))).toEqual(new Set(["limit"]));
    expect(rowsOf(delta).map(({ y }) => y)).toEqual([0.25, 1, 2.25, 4]);
    expect(rowsOf(gap).map(({ y }) => y)).toEqual([2, 2.5, 3, 3.5, 4]);
  });

  it("alignment: the limit dashed beside the network, the second of two of a kind, and nothing without paths", () => {
    const { alphaPaths } = withPaths();
    const both = panelsOf(figures.alignment({ ...network, alphaPaths } as never, withPaths()))[0];
    const dashes = both.layer.map(({ mark }) => mark.strokeDash);
    expect(dashes).toEqual([undefined, [5, 3]]);
    const [{ title, layer }] = panelsOf(
      figures.alignment({ ...network, alphaPaths } as never, { ...network, alphaPaths } as never),
    );
    expect(title.subtitle[0]).toBe("solid: particles of the first network; dashed: of the second");
    expect(layer.map(({ mark }) => mark.strokeDash)).toEqual([undefined, [5, 3]]);
    const [limits] = panelsOf(figures.alignment(withPaths(), withPaths()));
    expect(limits.title.subtitle[0]).toBe("solid: particles of the first limit; dashed: of the second");
    expect(limits.layer.map(({ mark }) => mark.strokeDash)).toEqual([undefined, [5, 3]]);
    const reversed = panelsOf(figures.alignment(withPaths(), { ...network, alphaPaths } as never))[0];
    expect(reversed.layer.map(({ mark }) => mark.strokeDash)).toEqual([[5, 3], undefined]);
    const single = { start: [0.1], alpha: [series(() => 0.1)] };
    expect(panelsOf(figures.alignment({ ...network, alphaPaths: single } as never))[0].title.subtitle[0]).toBe(
      "1 particle of the network",
    );
    expect(() => figures.alignment(limitFixture())).toThrow(RangeError);
    expect(() => figures.alignment(limitFixture())).toThrow(
      /^document must be one with alphaPaths; got .*a document without/,
    );
    expect(() => figures.alignment(withPaths(), {} as never)).toThrow(TypeError);
  });

  it("selfConcordance: every quantile, and only what there is", () => {
    const [ratio] = panelsOf(figures.selfConcordance(concordance));
    expect(
      rowsOf(ratio)
        .filter(({ width }) => width === "99%")
        .map(({ y }) => y),
    ).toEqual(Array.from(concordance.ratio.quantile99));
    const alone = { ...concordance, constant: null, positiveConstant: null, amplification: null, verdict: null };
    expect(panelsOf(figures.selfConcordance(alone as never)).length).toBe(1);
  });

  it("gaps: the corrected width gap, sizes on both axes", () => {
    const [time, width, sample, discretisation] = panelsOf(figures.gaps(gaps()));
    const ends = (panel: Panel) => rowsOf(panel).map(({ width, m, y }) => [width, m, y]);
    expect(
      rowsOf(time)
        .filter(({ width }) => width === "width")
        .map(({ y }) => y),
    ).toEqual([0.5, 1, 1.5, 2].map((t) => 2 * (1.5 / 64) * t));
    expect(ends(width)).toEqual([
      ["1000", 16, 6 / 16],
      ["1000", 64, 6 / 64],
      ["4000", 16, 6 / 16],
      ["4000", 64, 6 / 64],
    ]);
    expect(ends(sample)).toEqual([
      ["16", 1000, 0.004],
      ["16", 4000, 0.001],
      ["64", 1000, 0.004],
      ["64", 4000, 0.001],
    ]);
    expect(ends(discretisation).map(([, m]) => m)).toEqual([16, 64]);
    const zero = gaps();
    zero.sample[0].functionGap.mean.fill(0);
    expect(ends(panelsOf(figures.gaps(zero))[2]).map(([width, n]) => [width, n])).toEqual([
      ["16", 4000],
      ["64", 1000],
      ["64", 4000],
    ]);
    expect(width.title.subtitle).toEqual(["slopes −1.00, −1.00", "dotted: slope −1, as in theory"]);
  });

  it("sweep: a panel a combination with a report, all on one axis, named by what differs", () => {
    const figure = figures.sweep(sweep([{}, {}]));
    const panels = panelsOf(figure);
    expect(panels.map(({ title }) => [title.text, title.subtitle])).toEqual([
      ["He4, d = 8", "step 0.02"],
      ["He4, d = 16", "step 0.1"],
    ]);
    const [one, other] = panels.map(({ layer }) => JSON.stringify(layer.at(-1)?.encoding.y));
    expect(one).toBe(other);
    expect(panels[0].layer[0].encoding.color.scale?.domain).toEqual(["16", "64", "256"]);
    expect(JSON.stringify(figure.title)).toContain("incomplete: 2 tasks are missing, 1 without any result");
    expect(() => figures.sweep(sweep(), { statistic: "loss" as never })).toThrow(RangeError);
    expect(() => figures.sweep(sweep(), { statistic: "loss" as never })).toThrow(
      /^statistic must be .*delta.*functionGap.*risk/,
    );
  });
});

describe("histograms of figures.distribution", () => {
  it("takes the widths that have one, and histograms with a bin", () => {
    const report = withDistribution();
    const [first, second] = report.widths;
    const empty = { below: 12, first: 0, counts: [] };
    if (second.distribution) second.distribution = { ...second.distribution, final: empty };
    const widths = (third: WidthReport[]) => {
      const { concat } = figures.distribution({ ...report, widths: third }) as unknown as {
        concat: { layer: { data: { values: { width: string }[] } }[] }[];
      };
      return concat.map(({ layer }) => [...new Set(layer[0].data.values.map(({ width }) => width))]);
    };
    expect(widths([first, second])).toEqual([["16"], ["16"], ["16", "64"], ["16", "64"]]);
    const { distribution, ...without } = first;
    expect(distribution).toBeDefined();
    expect(widths([without as WidthReport, second])).toEqual([["64"], ["64"]]);
    expect(widths([])).toEqual([[]]);
  });
});

describe("paths of figures.alignment", () => {
  it("gives darker colours to those that start farther from the equator, in their order where they start alike", () => {
    const start = [0.3, -0.3, 0.1, -0.9];
    const alphaPaths = { start, alpha: start.map((alpha) => Float64Array.of(alpha)) };
    const { concat } = figures.alignment({ ...network, time: Float64Array.of(0), alphaPaths } as never) as unknown as {
      concat: { layer: { encoding: { color: { scale: object } } }[] }[];
    };
    expect(concat[0].layer[0].encoding.color.scale).toEqual({
      domain: ["2", "0", "1", "3"],
      range: ["#f79044", "#cf4a75", "#8305a7", "#0d0887"],
    });
  });

  it.each([
    [-1e-9, [-1.05, 1.05]],
    [0, [0, 1.05]],
  ])("has an axis down to -1 where a path is below zero: %s", (alpha, domain) => {
    const alphaPaths = { start: [0.1], alpha: [Float64Array.of(alpha)] };
    const figure = figures.alignment({ ...network, time: Float64Array.of(0), alphaPaths } as never);
    expect(JSON.stringify(figure)).toContain(`"domain":${JSON.stringify(domain)},"nice":false`);
  });
});
