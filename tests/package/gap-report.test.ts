// gapReport and theoryReport: measurement and theory in one document, the same numbers as from the functions one by one.

import {
  approximationGap,
  createEngine,
  type Engine,
  type GapReportOptions,
  gapBounds,
  gapLimitConstants,
  gapReport,
  linearisedGap,
  type NetworkTheory,
  type Problem,
  problems,
  readReport,
  relu,
  singleIndex,
  theoryReport,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hermiteProblem, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 4 });
const SHORT = { time: 0.6, step: 0.1, record: 4 };

/** What JSON keeps of it. */
function stored(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value));
}

/** The theory of a network, put together from the functions that compute its parts. */
async function byParts(problem: Problem, options: Parameters<typeof linearisedGap>[2]): Promise<NetworkTheory> {
  const gap = await linearisedGap(engine, problem, options);
  const { linearised, forcing, volterra, gronwall, lipschitz, largestStability, averageInteraction, quadratureError } =
    await gapBounds(engine, problem, options);
  const { time, measured, predicted, relativeError, settings } = gap;
  const bounds = {
    linearised,
    forcing,
    volterra,
    gronwall,
    lipschitz,
    largestStability,
    averageInteraction,
    quadratureError,
  };
  return { m: settings.width, seed: settings.seed, time, measured, predicted, relativeError, bounds };
}

describe("gapReport", () => {
  test("is the report of approximationGap with the theory of the first network of each width", async () => {
    const options = { ...SHORT, widths: [6, 11], seeds: 3, seed: 9, workers: 0 };
    const report = await gapReport(engine, He4, options);
    const { theory: _, ...rest } = stored(report);
    expect(rest).toEqual(stored(await approximationGap(engine, He4, options)));
    const networks = await Promise.all(
      options.widths.map((width) => byParts(He4, { ...SHORT, seed: options.seed, width })),
    );
    const tolerance = 1e-3;
    // The last time is 6 steps of 0.1, which is above 0.6.
    const record = [...report.time];
    expect(record[3]).toBeGreaterThan(0.6);
    const constants = await gapLimitConstants(engine, He4, { time: record[3], record, tolerance });
    const { time, mTimesFunctionGap, mTimesMeanSquaredDelta, errorEstimate } = constants;
    expect(report.theory).toEqual({
      constants: { time, mTimesFunctionGap, mTimesMeanSquaredDelta, errorEstimate },
      networks,
    });
    expect(errorEstimate).toBeLessThan(tolerance);
  });

  test("the network of the theory is the first that is measured", async () => {
    for (const dynamics of ["pgd", "flow"] as const) {
      const report = await gapReport(engine, He4, { ...SHORT, dynamics, widths: [8], seeds: 1 });
      const [{ measured }] = report.theory?.networks ?? [];
      expect(measured.meanDelta.length).toBe(4);
      const [{ meanDelta, maxDelta }] = report.widths;
      for (let k = 0; k < 4; k++) {
        expect(measured.meanDelta[k]).toBeCloseTo(meanDelta.mean[k], 9);
        expect(measured.maxDelta[k]).toBeCloseTo(maxDelta.mean[k], 9);
      }
    }
  });

  test("a given network, of a problem without an information exponent", async () => {
    const problem = hermiteProblem(4, { 4: 1 }, { 3: 1 });
    const initial = unitRows(7, 4, 5);
    const report = await gapReport(engine, problem, { ...SHORT, initial });
    expect(report.status).toBe("completed");
    expect(report.theory?.constants).toBeNull();
    expect(report.theory?.networks.map(({ m, seed }) => [m, seed])).toEqual([[7, null]]);
    const parts = await byParts(problem, { ...SHORT, initial });
    expect(report.theory?.networks[0]).toEqual(parts);
  });

  test("several teachers have prediction and bounds, but no constants", async () => {
    const problem = problems.He4_orth({ d: 4 });
    const options = { ...SHORT, tolerance: 1e-4 };
    const report = await gapReport(engine, problem, { ...options, widths: [5], seeds: 1 });
    expect(report.status).toBe("completed");
    expect(report.theory).toEqual({
      constants: null,
      networks: [await byParts(problem, { ...options, width: 5 })],
    });
  });

  test("theory: false is the measurement alone, of any problem", async () => {
    const XOR = problems.XOR_2({ d: 4 });
    const options = { ...SHORT, widths: [4], reference: 8, seeds: 1, data: { samples: 16 } };
    const report = await gapReport(engine, XOR, { ...options, theory: false });
    expect(stored(report)).toEqual({ ...stored(await approximationGap(engine, XOR, options)), theory: null });
  });

  test("records too far apart cost the bounds and nothing else", async () => {
    const problem = problems.He4({ d: 3 });
    const report = await gapReport(engine, problem, { widths: [3], seeds: 1, time: 12, step: 0.1, record: 2 });
    expect(report.status).toBe("completed");
    expect(report.theory?.networks[0].bounds).toBeNull();
    expect(report.theory?.networks[0].relativeError.length).toBe(2);
    expect(report.theory?.constants?.mTimesFunctionGap.length).toBe(2);
    await expect(gapBounds(engine, problem, { width: 3, time: 12, step: 0.1, record: 2 })).rejects.toThrow(
      "record must be so dense",
    );
  });

  test("an abort keeps the measurement and what theory has reached", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const report = await gapReport(engine, problems.He4({ d: 16 }), {
      widths: [16, 400],
      seeds: 1,
      time: 20,
      step: 0.05,
      record: 101,
      signal: controller.signal,
      onProgress({ done, total }) {
        seen.push(done / total);
        // In the theory of the second network, behind its limit: parts are quarters, the limit a third of four fifths.
        if (done > 0.65 * total) controller.abort();
      },
    });
    expect(report.status).toBe("aborted");
    expect(report.widths.map(({ m }) => m)).toEqual([16, 400]);
    const [first, second] = report.theory?.networks ?? [];
    expect([first.time.length, first.bounds === null]).toEqual([101, false]);
    expect(second.time.length).toBeLessThan(101);
    expect(second.bounds).toBeNull();
    for (const series of [second.measured.maxDelta, second.predicted.meanDelta, second.relativeError])
      expect(series.length).toBe(second.time.length);
    expect(report.theory?.constants).toBeNull();
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const text = JSON.stringify(report);
    expect(JSON.stringify(readReport(text))).toBe(text);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("a run that diverges has no theory", async () => {
    const report = await gapReport(engine, He4, { widths: [4], seeds: 1, time: 1e300, step: 1e300 });
    expect(report.status).toBe("diverged");
    expect(report.theory).toEqual({ constants: null, networks: [] });
  });

  test("memory for the theory is refused before anything is measured", async () => {
    using tiny = await createEngine({ memoryLimitBytes: 2 * 1024 * 1024 });
    let calls = 0;
    const run = gapReport(tiny, He4, { ...SHORT, widths: [4, 20_000], onProgress: () => calls++ });
    await expect(run).rejects.toThrow("for the theory of a network of width 20000: it needs");
    expect(calls).toBe(0);
  });

  const small = { ...SHORT, widths: [4] };
  test.each<[string, Problem, object, string]>([
    ["a Boolean problem", problems.XOR_2({ d: 4 }), small, "problem must be a single- or multi-index problem"],
    ["ReLU", singleIndex({ d: 4, activation: relu() }), small, "problem must be a single- or multi-index problem"],
    ["samples", He4, { ...small, data: { samples: 8 } }, 'data must be "population" with theory: true'],
    ["another loss", He4, { ...small, objective: "correlation" }, 'objective must be "squared" with theory: true'],
    ["noise", He4, { ...small, langevin: 0.1 }, "langevin must be 0 with theory: true"],
    [
      "a path norm",
      He4,
      { ...small, pathNorm: 0.1, data: { samples: 8 } },
      'data must be "population" with theory: true',
    ],
    ["a reference network", He4, { ...small, reference: 8 }, "reference must be left out with theory: true"],
    [
      "signs",
      He4,
      { ...SHORT, initial: unitRows(2, 4, 1), signs: Int8Array.of(1, -1) },
      "signs must be all +1 with theory: true",
    ],
    [
      "no record at 0",
      He4,
      { ...small, record: [0.6] },
      "record must be a list that begins with 0, where the integrals of theory begin; got 0.6",
    ],
    ["a misspelt option", He4, { ...small, theorie: true }, 'has no option "theorie"'],
    ["another kind of switch", He4, { ...small, theory: "yes" }, 'theory must be true or false; got "yes"'],
    ["another kind of callback", He4, { ...small, onProgress: 3 }, "onProgress must be"],
  ])("%s is refused, with what serves instead", async (_, problem, options, sentence) => {
    await expect(gapReport(engine, problem, options as GapReportOptions)).rejects.toThrow(sentence);
  });
});

describe("theoryReport", () => {
  test("holds the gap equation of its network and the constants of its limit", async () => {
    const options = { ...SHORT, width: 9, seed: 5 };
    const report = await theoryReport(engine, He4, options);
    expect(report.gapEquation).toEqual(await byParts(He4, options));
    const record = [...(report.selfConcordance.limit?.time ?? [])];
    const constants = await gapLimitConstants(engine, He4, { time: 1, record, tolerance: 1e-3 });
    expect(report.constants?.mTimesFunctionGap).toEqual(constants.mTimesFunctionGap);
    expect(report.constants?.mTimesMeanSquaredDelta).toEqual(constants.mTimesMeanSquaredDelta);
    const initial = unitRows(5, 4, 3);
    const given = await theoryReport(engine, He4, { ...SHORT, dynamics: "flow", initial });
    expect(given.gapEquation).toEqual(await byParts(He4, { ...SHORT, dynamics: "flow", initial }));
  });

  test("refuses more steps than can be kept before it computes for hours", async () => {
    const onProgress = () => {
      throw new Error("it computes");
    };
    const options = { time: 1e7, width: 4, record: 2, onProgress };
    const sentence = /^time must be at most 1e7 steps of 0\.02 for the gap equation/;
    await expect(theoryReport(engine, He4, options)).rejects.toThrow(sentence);
    const { width, ...gap } = options;
    await expect(gapReport(engine, He4, { ...gap, widths: [width] })).rejects.toThrow(sentence);
  });

  test.each([
    ["the limit alone", He4, {}],
    ["limit and network", He4, { width: 4 }],
    ["a network alone", hermiteProblem(4, { 4: 1 }, { 4: 0.5, 2: 1 }), { width: 4, data: { samples: 8 } }],
  ])("tells the bound of its verdict: %s", async (_, problem, options) => {
    const report = await theoryReport(engine, problem, { ...SHORT, ...options, bound: 0.75 });
    expect(report.settings.bound).toBe(0.75);
    expect((await theoryReport(engine, problem, { ...SHORT, ...options })).settings.bound).toBeGreaterThan(0.75);
  });

  test.each<[string, Problem, object, boolean]>([
    ["the limit alone", He4, {}, true],
    ["a network on samples", He4, { width: 4, data: { samples: 8 } }, true],
    ["signs of -1", He4, { initial: unitRows(2, 4, 1), signs: Int8Array.of(1, -1) }, true],
    ["no record at 0", He4, { width: 4, record: [0.3] }, true],
    ["several teachers", problems.He4_orth({ d: 4 }), { width: 4 }, false],
    ["no information exponent", hermiteProblem(4, { 4: 1 }, { 3: 1 }), { width: 4 }, false],
  ])("%s has no gap equation", async (_, problem, options, constants) => {
    const report = await theoryReport(engine, problem, { ...SHORT, ...options });
    expect(report.status).toBe("completed");
    expect(report.gapEquation).toBeNull();
    expect(report.constants !== null).toBe(constants);
  });
});
