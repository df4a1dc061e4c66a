// What figures say in words where a document differs from the usual: how it ended, its seeds, its data, its dynamics, one of a kind.

import { describe, expect, it } from "vitest";
import type { StoredGapReport } from "../../src/gap/document.ts";
import { figures, type Specification } from "../../src/plot/index.ts";
import { gapFixture, limitFixture, networkTheoryFixture, theoryFixture } from "./fixtures.ts";
import { besideReference, concordance, constants, gaps, network, sweep, withPaths } from "./plot-documents.ts";
import { wordsOf } from "./plot-reading.ts";
import { LAW, report as scaling, seriesOf } from "./plot-scaling-documents.ts";

const PGD = "projected gradient descent, Riemannian gradient";

/** Lines above the figure; those of a single panel are broken, which is not looked at here. */
function above(figure: Specification): string[] {
  return wordsOf(figure)[0];
}

function panel(figure: Specification, index: number): string[] {
  return wordsOf(figure)[index + 1];
}

/** A gap report with other settings. */
function gap(settings: object, changes: object = {}): StoredGapReport {
  const report = gapFixture([16, 64], changes);
  return { ...report, settings: { ...report.settings, ...settings } } as StoredGapReport;
}

describe("problems and training in a title", () => {
  const title = (problem: object) => above(figures.risk({ ...gapFixture(), problem } as never))[0];

  it.each([
    [{ kind: "single-index", name: "He4", d: 32 }, "Risk of He4, d = 32"],
    [{ kind: "single-index", name: "custom", d: 8 }, "Risk of a single-index model, d = 8"],
    [{ kind: "multi-index", name: "custom", d: 9 }, "Risk of a multi-index model, d = 9"],
    [{ kind: "boolean", name: "custom", d: 10 }, "Risk of a Boolean target, d = 10"],
  ])("names the problem: %j", (problem, expected) => {
    expect(title(problem)).toBe(expected);
  });

  it.each([
    [{}, {}, `${PGD}, step 0.02; 4 seeds (seed 1)`],
    [{ gradient: "euclidean" }, {}, "projected gradient descent, Euclidean gradient, step 0.02; 4 seeds (seed 1)"],
    [{ dynamics: "flow", step: 0.5 }, {}, "gradient flow, step 0.5; 4 seeds (seed 1)"],
    [{ seeds: 1, seed: 7 }, {}, `${PGD}, step 0.02; 1 seed (seed 7)`],
    [{ seeds: null, seed: null }, {}, `${PGD}, step 0.02; given particles`],
    [{ seeds: 2 }, { status: "aborted" }, `${PGD}, step 0.02; 2 seeds (seed 1); aborted`],
    [{ data: { samples: 4096, batch: 64 } }, {}, `${PGD}, step 0.02; 4096 samples, 64 a step; 4 seeds (seed 1)`],
  ])("says how networks were trained: %j %j", (settings, changes, expected) => {
    expect(above(figures.gap(gap(settings, changes)))[1]).toBe(expected);
  });

  it.each([
    [
      { seeds: 2 },
      1e-10,
      ["bands and bars: one standard error; left out: points below the error of the limit (1.0e-10)"],
    ],
    [{ seeds: 1 }, 2.5e-4, ["left out: points below the error of the limit (2.5e-4)"]],
    [{ seeds: null }, null, ["left out: points below the error of the limit"]],
  ])("says what bands are and what is left out: %j, %j", (settings, errorEstimate, expected) => {
    const report = gap(settings);
    const figure = figures.gap({ ...report, meanField: { ...report.meanField, errorEstimate } });
    expect(above(figure).slice(2)).toEqual(expected);
  });

  it("says neither above a figure that has neither", () => {
    expect(above(figures.risk(gap({ seeds: 1 }))).join(" ")).toBe(
      `Risk of He4, d = 8 ${PGD}, step 0.02; 1 seed (seed 1)`,
    );
  });
});

describe("lines above a single panel", () => {
  it("break after commas and semicolons where they would be longer than 52 characters, and nowhere else", () => {
    expect(above(figures.risk(gap({ seeds: 1 }))).slice(1)).toEqual([`${PGD},`, "step 0.02; 1 seed (seed 1)"]);
    const flow = (step: number) => above(figures.risk(gap({ dynamics: "flow", seeds: null, step }))).slice(1);
    const longest = "gradient flow, step 0.1234567890123; given particles";
    expect(longest.length).toBe(52);
    expect(flow(0.1234567890123)).toEqual([longest]);
    expect(flow(0.12345678901234)).toEqual(["gradient flow, step 0.12345678901234;", "given particles"]);
  });

  it("stay whole above several", () => {
    expect(above(figures.gap(gap({})))[1].length).toBeGreaterThan(60);
  });
});

describe("panels of a gap report", () => {
  it.each([
    ["population", "population risk"],
    ["test", "error on the test set"],
    ["train", "error on the training set"],
    [undefined, "population risk"],
  ])("name the risk: %s", (loss, words) => {
    const measuredOn = loss && { loss, functionGap: "population" };
    const figure = figures.risk({ ...gapFixture(), measuredOn } as never);
    expect(panel(figure, 0)).toEqual([
      "Risk of networks and of their limit",
      `${words}; the dashed line is infinite width`,
    ]);
  });

  it("say what stands for the limit beside a reference network, and that gaps are corrected", () => {
    const [, risk, squared, gap] = wordsOf(figures.gap(besideReference()));
    const corrected = "corrected by M / (M − m) for the reference width M";
    expect(risk[1]).toBe("population risk; the dashed line is the reference network");
    expect(squared).toEqual(["m E|Δ|²", "one curve for all widths where it falls as 1/m", corrected]);
    expect(gap).toEqual([
      "m × function gap",
      "squared L² distance of network and limit, times m:",
      "one curve for all widths where it falls as 1/m",
      corrected,
    ]);
    expect(JSON.stringify(figures.gap(besideReference()))).toContain('"domain":["16","64","128 (reference)"]');
  });

  it("say of one width that there is no slope, and leave a second line for the look", () => {
    expect(panel(figures.gap(gapFixture([16])), 3)).toEqual(["E|Δ| at t = 2", "one width: no slope", ""]);
  });

  it("show the slope of theory alone where none was fitted", () => {
    const report = gapFixture([16, 64], { scaling: null });
    expect(panel(figures.gap(report), 3)).toEqual(["E|Δ| at t = 2", "dotted: slope −1/2, as in theory"]);
  });

  it("take the slope of the corrected gap where there is one, and say its interval", () => {
    const report = besideReference();
    const corrected = { meanSquaredDelta: null, functionGap: { slope: -1.25, low: -1.5, high: 0.0625 } };
    const scaling = report.scaling && { ...report.scaling, corrected };
    expect(panel(figures.functionGap({ ...report, scaling }), 2)[1]).toBe("slope −1.250 (95%: −1.500 to 0.063)");
    expect(panel(figures.delta({ ...report, scaling }), 2)[1]).toBe("slope −0.500 (95%: −0.520 to −0.480)");
  });

  it("round the last time in a title", () => {
    const time = Float64Array.of(0, 0.1, 0.2, 0.3, 0.1 + 0.2 + 1e-9);
    expect(panel(figures.gap(gapFixture([16, 64], { time })), 3)[0]).toBe("E|Δ| at t = 0.3");
  });
});

describe("figures of single documents", () => {
  it("limit: how it ended, its step, and no error where none is known", () => {
    const limit = { ...limitFixture(), status: "aborted" as const, errorEstimate: null };
    expect(wordsOf(figures.limit(limit)).slice(0, 2)).toEqual([
      ["Infinite-width limit of He4, d = 8", "limit, gradient flow; aborted"],
      ["Risk", "population risk"],
    ]);
    const settings = { ...limit.settings, dynamics: "pgd" as const, step: 0.25 };
    expect(above(figures.limit({ ...limit, settings }))[1]).toBe(`limit, ${PGD}, step 0.25; aborted`);
  });

  it("limit: no overlap where there is no alpha", () => {
    const limit = { ...limitFixture(), meanAlpha: null, meanAlpha2: null };
    expect(wordsOf(figures.limit(limit)).map(([title]) => title)).toEqual([
      "Infinite-width limit of He4, d = 8",
      "Risk",
    ]);
  });

  it("network: of gradient flow with its step, and how it ended", () => {
    const settings = { ...network.settings, dynamics: "flow" as const };
    const { alphaPaths } = withPaths();
    const diverged = { ...network, settings, status: "diverged" as const, alphaPaths };
    expect(above(figures.network(diverged as never))).toEqual([
      "Training on He4, d = 8",
      "network of width 5, gradient flow, step 0.1; diverged",
    ]);
    expect(panel(figures.network(diverged as never), 1)).toEqual([
      "Paths of the particles",
      "2 particles of the network",
      "dark: those that start far from the equator",
    ]);
  });

  it("constants: how they ended, and no error where none is known", () => {
    const line = (changes: object) => above(figures.constants({ ...constants, ...changes } as never))[1];
    expect(line({})).toBe("gradient flow; limits of m times the gap as m grows; estimated relative error 1.0e-5");
    expect(line({ errorEstimate: null, status: "aborted" })).toBe(
      "gradient flow; limits of m times the gap as m grows; aborted",
    );
    const nothing = figures.constants({ ...constants, time: new Float64Array() } as never);
    expect(panel(nothing, 0)).toEqual(["m E|Δ|²", "no positive number that stands above the error of the limit"]);
  });

  it("selfConcordance: of a limit of gradient flow without a step, of a network with one", () => {
    const line = (subject: string, settings: object, status = "completed") =>
      above(figures.selfConcordance({ ...concordance, subject, status, settings } as never))[1];
    const flow = { dynamics: "flow", gradient: "riemannian", step: null, width: 8 };
    expect(line("limit", flow)).toBe("limit; gradient flow");
    expect(line("network", { ...flow, step: 0.5 }, "aborted")).toBe(
      "network of width 8; gradient flow, step 0.5; aborted",
    );
    expect(line("limit", { ...flow, dynamics: "pgd", step: 0.5 })).toBe(`limit; ${PGD}, step 0.5`);
  });

  it("selfConcordance: one line without a verdict, and an empty panel where nothing was recorded", () => {
    const nothing = { ...concordance, time: new Float64Array(), verdict: null };
    expect(wordsOf(figures.selfConcordance(nothing as never)).map(([title]) => title)).toEqual([
      "Self-concordance of He4, d = 8",
      "|D| / |v|",
    ]);
    expect(above(figures.selfConcordance({ ...concordance, verdict: null } as never)).length).toBe(2);
  });
});

describe("figures.gaps", () => {
  it("says how many seeds there were, how it ended, and no time where nothing was recorded", () => {
    const one = { ...gaps(), seeds: 1, status: "aborted" as const };
    expect(above(figures.gaps(one))).toEqual([
      "Three gaps of He4, d = 8",
      `${PGD}, step 0.1; 1 seed (seed 1); aborted`,
      "width gaps corrected by M / (M − m), M = 256; gaps against a size are those at t = 2",
    ]);
    const nothing = { ...gaps(), time: new Float64Array(), width: [], sample: [], discretisation: [] };
    const [sheet, empty] = wordsOf(figures.gaps(nothing));
    expect(sheet.at(-1)).toBe("width gaps corrected by M / (M − m), M = 256");
    expect(empty[0]).toBe("E (f − f′)²");
  });

  it("leaves a second line for the look above the discretisation gap", () => {
    expect(panel(figures.gaps(gaps()), 3)).toEqual([
      "Discretisation gap",
      "PGD against gradient flow on the population",
      "",
    ]);
  });

  it("writes one slope with its interval, several without, and none where none was fitted", () => {
    const slope = (value: number) => ({ slope: value, low: -1.1, high: -0.9 });
    const words = (slopes: (ReturnType<typeof slope> | null)[]) => {
      const width = slopes.map((one, i) => ({ n: 1000 + 3000 * i, functionGap: one, meanSquaredDelta: null }));
      return panel(figures.gaps({ ...gaps(), scaling: { ...gaps().scaling, width } }), 1).slice(1);
    };
    const dotted = "dotted: slope −1, as in theory";
    expect(words([slope(-0.875), slope(-1.125)])).toEqual(["slopes −0.88, −1.13", dotted]);
    expect(words([null, slope(-1.125)])).toEqual(["slope −1.125 (95%: −1.100 to −0.900)", dotted]);
    expect(words([null, null])).toEqual([dotted]);
  });
});

describe("figures.theory", () => {
  const last = (relativeError: number, looseness: [number, number] | null) => {
    const fixture = networkTheoryFixture(64);
    fixture.relativeError[4] = relativeError;
    if (looseness && fixture.bounds) {
      fixture.bounds.volterra.looseness[4] = looseness[0];
      fixture.bounds.gronwall.looseness[4] = looseness[1];
    }
    const networks = [looseness ? fixture : { ...fixture, bounds: null }];
    return panel(figures.theory(theoryFixture([64], { networks })), 0)[1];
  };

  it.each([
    [0.01234, [1.26, 9.96] as [number, number], "prediction off by 1.2%; bounds 1.3× and 10× that"],
    [0.5, [12.34, 999.4] as [number, number], "prediction off by 50%; bounds 12.3× and 999× that"],
    [0, [1000, 1e5] as [number, number], "prediction off by 0%; bounds 10³× and 10⁵× that"],
    [0.1, null, "prediction off by 10%"],
  ])("says what stands at the end of the curves: %j %j", (error, looseness, expected) => {
    expect(last(error, looseness)).toBe(`at t = 2: ${expected}`);
  });

  it("says nothing of limits that are not known", () => {
    const titles = wordsOf(figures.theory(theoryFixture([16], { constants: null })));
    expect(titles.map(([, second]) => second).slice(2)).toEqual([
      "first network of each width; falls as 1/√m",
      "mean squared distance",
      "squared L² distance",
    ]);
  });

  it("says of a theory report whose network it is", () => {
    const { problem, settings, theory } = theoryFixture([64]);
    const line = (gapEquation: object | null, status = "completed") => {
      const document = {
        schema: "propchaos/theory@1",
        status,
        problem,
        settings,
        gapEquation,
        constants: theory?.constants,
      };
      return above(figures.theory(document as never))[1];
    };
    expect(line(networkTheoryFixture(64, { seed: 5 }))).toBe(`${PGD}, step 0.02; seed 5`);
    expect(line(networkTheoryFixture(64, { seed: null }), "aborted")).toBe(
      `${PGD}, step 0.02; given particles; aborted`,
    );
    expect(line(null)).toBe(`${PGD}, step 0.02`);
  });

  it("says of a gap report with theory its seeds and how it ended", () => {
    const report = theoryFixture();
    const line = (seeds: number | null, status = "completed") =>
      above(figures.theory({ ...report, status, settings: { ...report.settings, seeds } } as never))[1];
    expect(line(1)).toBe(`${PGD}, step 0.02; 1 seed (seed 1)`);
    expect(line(null, "aborted")).toBe(`${PGD}, step 0.02; given particles; aborted`);
  });
});

describe("figures.sweep", () => {
  it("names every setting that differs, and no other", () => {
    const settings = {
      samples: 4096,
      batch: 64,
      dynamics: "flow",
      gradient: "euclidean",
      step: 0.1,
      time: 2,
      precision: "float32",
      objective: "residual",
      langevin: 0.5,
      pathNorm: 0.25,
    };
    const result = (changes: object) => ({ problem: "He4", d: 8, report: gapFixture(), ...settings, ...changes });
    const subtitles = (...changes: object[]) =>
      wordsOf(figures.sweep({ ...sweep(), results: changes.map(result) }))
        .slice(1)
        .map(([, words]) => words);
    expect(subtitles({}, {})).toEqual(["", ""]);
    expect(subtitles({}, { samples: null })).toEqual(["n 4096", "population"]);
    expect(subtitles({}, Object.fromEntries(Object.keys(settings).map((name) => [name, `other ${name}`])))).toEqual([
      "n 4096, batch 64, flow, euclidean, step 0.1, time 2, float32, residual, Langevin 0.5, path norm 0.25",
      "n other samples, batch other batch, other dynamics, other gradient, step other step, time other time, other precision, other objective, Langevin other langevin, path norm other pathNorm",
    ]);
  });

  it("says how many combinations there are and how many tasks are missing", () => {
    const [one, other, without] = sweep().results;
    const words = (results: (typeof one)[], missing: unknown[]) => {
      const [title, , , ...rest] = [...above(figures.sweep({ ...sweep(missing), results })), ""];
      return [title, rest.at(-2) ?? ""];
    };
    expect(words([one], [])[0]).toBe("Sweep: m E|Δ|² over 1 combination");
    expect(words([one, other], [])[0]).toBe("Sweep: m E|Δ|² over 2 combinations");
    const incomplete = (results: (typeof one)[], missing: unknown[]) =>
      above(figures.sweep({ ...sweep(missing), results })).at(-1);
    expect(incomplete([one, other], [1])).toBe("incomplete: 1 task is missing");
    expect(incomplete([one, other, without], [1, 2])).toBe("incomplete: 2 tasks are missing, 1 without any result");
    expect(incomplete([one, other, without], [])).not.toContain("incomplete");
  });

  it("has an empty panel where there is no result yet", () => {
    expect(panel(figures.sweep({ ...sweep([1]), results: [] }), 0)).toEqual(["no result yet", ""]);
    const nothing = { ...gapFixture(), time: new Float64Array() };
    const [one] = sweep().results;
    expect(panel(figures.sweep({ ...sweep(), results: [{ ...one, report: nothing }] }), 0)[0]).toBe("no result yet");
  });
});

describe("figures.scaling", () => {
  const words = (figure: Specification) => wordsOf(figure)[0];
  const axes = (figure: Specification) => {
    const { x, y } = (figure.layer as { encoding: Record<"x" | "y", { title: string }> }[])[0].encoding;
    return [x.title, y.title];
  };
  const changed = (kind: Parameters<typeof scaling>[0], settings: object, all = [seriesOf("He4", 1)]) => {
    const report = scaling(kind, all);
    return { ...report, settings: { ...report.settings, ...settings } } as typeof report;
  };
  const theory = "dotted: slopes of theory";
  const bars = "bars: 95% intervals over seeds; dotted: slopes of theory";

  it("says what each kind shows", () => {
    const time = figures.scaling(changed("time", { share: 0.25 }));
    expect(words(time)).toEqual([
      "Convergence time of the infinite-width limit",
      "first time at which the risk is 0.25 of its start, gradient flow",
      theory,
    ]);
    expect(axes(time)).toEqual(["dimension d", "convergence time T (flow time)"]);
    const width = figures.scaling(changed("width", { statistic: "functionGap", gap: 0.001, time: 3, seeds: 1 }));
    expect(words(width)).toEqual([
      "Width at which E (f − f_MF)² is 0.001",
      "at t = 3, gradient flow; 1 seed (seed 1)",
      bars,
    ]);
    expect(axes(width)).toEqual(["dimension d", "width m"]);
    const samples = figures.scaling(scaling("samples", [seriesOf("m = 4", 1)]));
    expect(words(samples)).toEqual([
      "Sample gap of He4, d = 4, at t = 2",
      "projected gradient descent, Euclidean gradient, step 0.1; 1 seed (seed 1)",
      bars,
    ]);
    expect(axes(samples)).toEqual(["number of samples n", "E (f − f′)²"]);
    const decay = figures.scaling(scaling("decay", [seriesOf("He4", 1)]));
    expect(words(decay)).toEqual(["Risk of the limit of He4, d = 4", "gradient flow", theory]);
    expect(axes(decay)).toEqual(["flow time t", "risk"]);
    const none = figures.scaling(scaling("gap", []));
    expect(words(none)[0]).toBe("Gaps, at t = 2");
    expect(axes(none)).toEqual(["width m", "mean over seeds"]);
  });

  it("breaks a reason between its words where a line would be longer than 96 characters", () => {
    const lines = (warning: string) => {
      const warned = seriesOf("He4", 1, { fit: { ...LAW, holds: false, warning } });
      return words(figures.scaling(scaling("time", [warned]))).slice(3);
    };
    const longest = `* He4: ${"x".repeat(89)}`;
    expect(longest.length).toBe(96);
    expect(lines("x".repeat(89))).toEqual([longest]);
    expect(lines("x".repeat(90))).toEqual(["* He4:", "x".repeat(90)]);
    expect(lines("from -1 to 2-a -0.5")).toEqual(["* He4: from −1 to 2-a −0.5"]);
  });
});
