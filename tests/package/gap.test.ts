// approximationGap: its statistics, its random numbers, how it ends, and that nothing depends on build or company.

import {
  approximationGap,
  createEngine,
  type Engine,
  type GapOptions,
  meanFieldLimit,
  problems,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { distance, hermiteProblem, notFinite, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 8 });

/** The document without what may differ between hosts. */
function bits(report: unknown): string {
  return JSON.stringify({ ...JSON.parse(JSON.stringify(report)), version: null, backend: null });
}

describe("statistics", () => {
  test.each([
    [1, 2],
    [2, 3],
    [3, 5],
    [5, 33],
    [64, 3],
  ])("of m = %i particles in dimension %i are those of delta(k)", async (m, d) => {
    const problem = hermiteProblem(d, [0, 0, 0.4, 0.8, 1]);
    const initial = unitRows(m, d, m);
    const report = await approximationGap(engine, problem, { initial, time: 4, step: 0.1, record: [0, 1, 4] });
    const [width] = report.widths;
    expect([width.m, width.seeds, report.settings.widths]).toEqual([m, 1, [m]]);
    expect(Math.max(...report.delta(0))).toBeLessThan(1e-15);
    for (let k = 0; k < 3; k++) {
      const delta = [...report.delta(k)];
      expect(delta.length).toBe(m);
      const sorted = [...delta].sort((a, b) => a - b);
      const mean = delta.reduce((sum, x) => sum + x, 0) / m;
      const square = delta.reduce((sum, x) => sum + x * x, 0) / m;
      // Linear between order statistics.
      const quantile = (p: number) => {
        const place = p * (m - 1);
        const low = Math.floor(place);
        return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
      };
      const functionGap = width.functionGap.mean[k];
      const expected = {
        meanDelta: mean,
        meanSquaredDelta: square,
        maxDelta: sorted[m - 1],
        medianDelta: m % 2 === 1 ? sorted[(m - 1) / 2] : (sorted[m / 2 - 1] + sorted[m / 2]) / 2,
        quantile90Delta: quantile(0.9),
        quantile99Delta: quantile(0.99),
        flippedShare: delta.filter((x) => x > 0.5).length / m,
        mTimesSquaredMeanDelta: m * mean * mean,
        mTimesMeanSquaredDelta: m * square,
        mTimesFunctionGap: m * functionGap,
      };
      for (const [name, value] of Object.entries(expected)) {
        const { mean: got, stderr } = width[name as keyof typeof expected];
        expect(Math.abs(got[k] - value), name).toBeLessThan(1e-14 * Math.max(1, m));
        expect(stderr[k], name).toBe(0);
      }
    }
    expect(width.meanDelta.mean[2]).toBeGreaterThan(0);
  });

  test("over seeds are the mean and the standard error of single runs", async () => {
    const settings = { time: 1, step: 0.1, record: [1] };
    const report = await approximationGap(engine, He4, { ...settings, widths: [6], seeds: 3, seed: 5 });
    // The mean over one, two and three seeds gives the three values back.
    const means = [];
    for (const seeds of [1, 2]) {
      const part = await approximationGap(engine, He4, { ...settings, widths: [6], seeds, seed: 5 });
      means.push(part.widths[0].meanDelta.mean[0]);
    }
    const mean = report.widths[0].meanDelta.mean[0];
    const values = [means[0], 2 * means[1] - means[0], 3 * mean - 2 * means[1]];
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 2;
    expect(Math.abs(report.widths[0].meanDelta.stderr[0] - Math.sqrt(variance / 3))).toBeLessThan(1e-14);
    expect(variance).toBeGreaterThan(0);
  });

  test("of the first seed are those of the network that trainNetwork draws", async () => {
    const settings = { time: 1, step: 0.1, seed: 9 };
    const report = await approximationGap(engine, He4, { ...settings, widths: [7], seeds: 1 });
    const network = await trainNetwork(engine, He4, { ...settings, width: 7 });
    expect(report.widths[0].loss.mean).toEqual(network.loss);
    const start = await trainNetwork(engine, He4, { width: 7, time: 0, seed: 9 });
    const given = await approximationGap(engine, He4, { time: 1, step: 0.1, initial: start.particles(0) });
    expect(distance(given.widths[0].meanDelta.mean, report.widths[0].meanDelta.mean)).toBeLessThan(1e-14);
  });
});

describe("random numbers", () => {
  const start = async (d: number, width: number, seed = 1) =>
    (await trainNetwork(engine, problems.He4({ d }), { width, time: 0, seed })).particles(0);

  test("are nested in the width", async () => {
    expect(await start(5, 7)).toEqual((await start(5, 20)).slice(0, 35));
  });

  test("are nested in the dimension but for the norm", async () => {
    const narrow = await start(5, 3);
    const wide = await start(6, 3);
    for (let i = 0; i < 3; i++) {
      const ratios = Array.from({ length: 5 }, (_, c) => wide[6 * i + c] / narrow[5 * i + c]);
      expect(distance(ratios, new Array(5).fill(ratios[0]))).toBeLessThan(1e-14);
      expect(ratios[0]).toBeGreaterThan(0);
      expect(ratios[0]).toBeLessThan(1);
    }
  });

  test("put particles on the sphere, of any dimension", async () => {
    for (const d of [2, 3, 4, 5, 33]) {
      const W = await start(d, 9);
      for (let i = 0; i < 9; i++) {
        const square = W.subarray(i * d, (i + 1) * d).reduce((sum, x) => sum + x * x, 0);
        expect(Math.abs(square - 1)).toBeLessThan(1e-14);
      }
    }
  });

  test("differ between seeds and between replicas, and the same seed gives the same bits", async () => {
    const settings = { widths: [6], time: 1, step: 0.1 };
    const run = (options: Partial<GapOptions>) => approximationGap(engine, He4, { ...settings, ...options });
    const one = await run({ seeds: 1, seed: 1 });
    expect(bits(await run({ seeds: 1, seed: 1 }))).toBe(bits(one));
    const others = [
      await run({ seeds: 1, seed: 2 }),
      await run({ seeds: 1, seed: 4294967295 }),
      await run({ seeds: 2 }),
    ];
    const gaps = [one, ...others].map((report) => report.widths[0].meanDelta.mean[10]);
    expect(new Set(gaps).size).toBe(4);
  });
});

describe("scaling", () => {
  test("He4, d = 16, early: slopes near -1/2, -1, -1 inside their intervals", async () => {
    const report = await approximationGap(engine, problems.He4({ d: 16 }), {
      widths: [64, 128, 256, 512],
      time: 0.5,
      step: 0.05,
      seeds: 8,
      record: [0.5],
    });
    for (const [name, exponent] of [
      ["meanDelta", -0.5],
      ["meanSquaredDelta", -1],
      ["functionGap", -1],
    ] as const) {
      const fit = report.scaling?.[name];
      if (!fit || fit.low === null || fit.high === null) throw new Error(`${name} has no slope with an interval`);
      expect(Math.abs(fit.slope - exponent), name).toBeLessThan(0.05);
      expect(fit.low).toBeLessThan(fit.slope);
      expect(fit.high).toBeGreaterThan(fit.slope);
      expect(fit.high - fit.low).toBeLessThan(0.3);
    }
  });

  test("is null with one width, and has no interval with one seed", async () => {
    const settings = { time: 1, step: 0.1 };
    expect((await approximationGap(engine, He4, { ...settings, widths: [8], seeds: 2 })).scaling).toBeNull();
    const { scaling } = await approximationGap(engine, He4, { ...settings, widths: [8, 16], seeds: 1 });
    expect(scaling?.meanDelta).toMatchObject({ low: null, high: null });
    expect(Number.isFinite(scaling?.meanDelta?.slope)).toBe(true);
  });

  test("is not fitted to a gap below the limit's own error", async () => {
    // At time 0 there is no |Delta|, but there is a function gap.
    const report = await approximationGap(engine, He4, { widths: [8, 16], time: 0, seeds: 2 });
    expect(report.scaling?.meanDelta).toBeNull();
    expect(report.scaling?.meanSquaredDelta).toBeNull();
    expect(report.scaling?.functionGap?.slope).toBeLessThan(0);
    expect(report.widths[0].resolved).toEqual({ delta: [false], functionGap: [true] });
  });

  test("widths keep the order in which they were given", async () => {
    const settings = { time: 1, step: 0.1, seeds: 2 };
    const up = await approximationGap(engine, He4, { ...settings, widths: [8, 16, 32] });
    const down = await approximationGap(engine, He4, { ...settings, widths: [32, 8, 16] });
    expect(down.widths.map(({ m }) => m)).toEqual([32, 8, 16]);
    expect(down.widths[1]).toEqual(up.widths[0]);
    const slopes = [up, down].map(({ scaling }) => scaling?.functionGap?.slope ?? Number.NaN);
    expect(Math.abs(slopes[0] - slopes[1])).toBeLessThan(1e-12);
  });
});

describe("the document", () => {
  test("is JSON with plain arrays, no NaN and no null inside a series, and its problem is taken again", async () => {
    const settings = { widths: [4, 8], seeds: 2, time: 0.4, step: 0.1 };
    const report = await approximationGap(engine, problems.He4_misspecified({ d: 5 }), settings);
    expect(notFinite(report)).toEqual([]);
    const document = JSON.parse(JSON.stringify(report));
    expect(Object.keys(document)).not.toContain("toJSON");
    expect(document.time).toEqual([...report.time]);
    expect(document.widths[1].functionGap.stderr).toEqual([...report.widths[1].functionGap.stderr]);
    for (const { m, seeds, interaction, resolved, ...statistics } of document.widths) {
      expect(interaction).toMatch(/^(pairs|moments)$/);
      expect([m, seeds, resolved.delta.length]).toEqual([expect.any(Number), 2, 5]);
      for (const { mean, stderr } of Object.values(statistics) as { mean: number[]; stderr: number[] }[]) {
        expect(mean.length).toBe(5);
        expect([...mean, ...stderr].every(Number.isFinite)).toBe(true);
      }
    }
    expect(document.settings).toEqual({
      ...settings,
      dynamics: "pgd",
      gradient: "riemannian",
      data: "population",
      precision: "float64",
      objective: "squared",
      langevin: 0,
      pathNorm: 0,
      interaction: "auto",
      seed: 1,
      reference: null,
      tolerance: 1e-8,
      record: 5,
    });
    const again = await approximationGap(engine, document.problem, settings);
    expect(bits(again)).toBe(bits(report));
  });

  test("its settings give the run again, to the bit", async () => {
    const first = await approximationGap(engine, He4, { widths: [5], seeds: 2, time: 1, dynamics: "flow", record: 4 });
    const { settings } = JSON.parse(JSON.stringify(first));
    expect(bits(await approximationGap(engine, He4, settings))).toBe(bits(first));
  });

  test("so do those of a run along the flow that is shorter than the default step", async () => {
    const first = await approximationGap(engine, He4, { widths: [5], seeds: 1, time: 0.01, dynamics: "flow" });
    const { settings } = JSON.parse(JSON.stringify(first));
    expect(bits(await approximationGap(engine, He4, settings))).toBe(bits(first));
  });

  test("so do those of a run on samples beside a reference network", async () => {
    const data = { samples: 50, batch: 16, order: "shuffled" } as const;
    const options = { widths: [3, 5], seeds: 2, time: 0.4, step: 0.1, data };
    const problem = problems.XOR_2({ d: 4 });
    const first = await approximationGap(engine, problem, options);
    const { settings } = JSON.parse(JSON.stringify(first));
    expect(settings.data).toEqual({ ...data, test: 25, resample: false, given: false });
    expect(settings.reference).toBe(20);
    expect(bits(await approximationGap(engine, problem, settings))).toBe(bits(first));
  });

  test("results are copies: what a caller does to them or to his arguments changes no run", async () => {
    const initial = unitRows(3, 8, 1);
    const widths = [4];
    const pending = approximationGap(engine, He4, { initial, time: 1, step: 0.1 });
    const other = approximationGap(engine, He4, { widths, time: 1, step: 0.1, seeds: 1 });
    initial.fill(Number.NaN);
    widths[0] = 999;
    const report = await pending;
    expect(notFinite(report)).toEqual([]);
    expect((await other).widths[0].m).toBe(4);
    report.delta(0).fill(7);
    expect(report.delta(0)[0]).toBeLessThan(1e-15);
  });
});

// Some hundred milliseconds, so that a run has turns to give: it yields every thirtieth of a second.
/** Over pairs, which take longer at this width. */
const LONG: GapOptions = { widths: [32, 400], time: 1.6, step: 0.02, seeds: 4, record: 3, interaction: "pairs" };

describe("control of a run", () => {
  test("progress rises and ends at its total", async () => {
    const seen: { done: number; total: number; time: number }[] = [];
    await approximationGap(engine, He4, { ...LONG, onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(2);
    for (let i = 1; i < seen.length; i++) expect(seen[i].done).toBeGreaterThanOrEqual(seen[i - 1].done);
    for (const { done, total } of seen) expect(done).toBeLessThanOrEqual(total);
    const last = seen[seen.length - 1];
    expect(last.done).toBe(last.total);
    expect(last.total).toBeGreaterThan(0);
  });

  test("progress of a limit that is refined more than once rises and ends at its total", async () => {
    const seen: { done: number; total: number; time: number }[] = [];
    const onProgress = (progress: (typeof seen)[number]) => seen.push(progress);
    const problem = hermiteProblem(4, { 6: 1 });
    const coarse = await meanFieldLimit(engine, problem, { time: 1, dynamics: "flow", tolerance: 1 });
    const limit = await meanFieldLimit(engine, problem, { time: 1, dynamics: "flow", tolerance: 1e-12, onProgress });
    expect(limit.nodes).toBeGreaterThan(coarse.nodes);
    for (let i = 1; i < seen.length; i++) expect(seen[i].done).toBeGreaterThanOrEqual(seen[i - 1].done);
    for (const { done, total } of seen) expect(done).toBeLessThanOrEqual(total);
    const last = seen[seen.length - 1];
    expect(last.done).toBe(last.total);
  });

  test("progress ends at its total where there is nothing to do", async () => {
    let last = { done: -1, total: -2 };
    const onProgress = (progress: typeof last) => {
      last = progress;
    };
    await approximationGap(engine, He4, { widths: [4], time: 0, seeds: 1, onProgress });
    expect(last.done).toBe(last.total);
    await trainNetwork(engine, He4, { width: 4, time: 0, onProgress });
    expect(last.done).toBe(last.total);
  });

  test("a signal that is aborted beforehand ends the run at once", async () => {
    const report = await approximationGap(engine, He4, { ...LONG, signal: AbortSignal.abort() });
    expect([report.status, report.widths, report.time.length, report.scaling]).toEqual(["aborted", [], 0, null]);
    expect(notFinite(report)).toEqual([]);
  });

  test("an abort in the limit keeps what there is of the limit", async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }) => done > 0 && controller.abort();
    const report = await approximationGap(engine, problems.Ge4({ d: 16 }), {
      widths: [8],
      time: 6,
      step: 0.01,
      tolerance: 1e-12,
      signal: controller.signal,
      onProgress,
    });
    expect([report.status, report.widths]).toEqual(["aborted", []]);
    expect(report.meanField.loss.length).toBe(report.time.length);
    expect(notFinite(report)).toEqual([]);
  });

  test("an abort in the middle keeps the finished networks, and the engine is as good as new", async () => {
    const controller = new AbortController();
    const onProgress = ({ done, total }: { done: number; total: number }) => done > 0.6 * total && controller.abort();
    const report = await approximationGap(engine, He4, { ...LONG, signal: controller.signal, onProgress });
    expect(report.status).toBe("aborted");
    const seeds = report.widths.map((width) => width.seeds);
    expect(Math.max(...seeds)).toBeGreaterThan(0);
    expect(seeds[1] ?? 0).toBeLessThan(4);
    const whole = await approximationGap(engine, He4, { ...LONG, seeds: seeds[0] });
    expect(whole.status).toBe("completed");
    expect(report.widths[0]).toEqual(whole.widths[0]);
    expect(report.meanField).toEqual(whole.meanField);
  });

  test("an exception of the caller's onProgress ends the run and leaves the engine usable", async () => {
    const onProgress = ({ done }: { done: number }) => {
      if (done > 0) throw new Error("enough");
    };
    await expect(approximationGap(engine, He4, { ...LONG, onProgress })).rejects.toThrow("enough");
    expect((await approximationGap(engine, He4, { ...LONG, widths: [4] })).status).toBe("completed");
  });

  test("runs at once on one engine give the bits of runs one after another", async () => {
    const runs = [
      () => approximationGap(engine, He4, LONG),
      () => approximationGap(engine, problems.He3({ d: 5 }), { widths: [300], time: 0.6, dynamics: "flow", seeds: 2 }),
      () => trainNetwork(engine, problems.NP_mis({ d: 7 }), { width: 333, time: 0.4, gradient: "euclidean" }),
    ];
    const serial = [];
    for (const run of runs) serial.push(bits(await run()));
    const together = await Promise.all(runs.map((run) => run()));
    expect(together.map(bits)).toEqual(serial);
  });

  test("an engine that is disposed in the middle ends the run with a sentence", async () => {
    const own = await createEngine();
    const onProgress = ({ done }: { done: number }) => done > 0 && own.dispose();
    const run = approximationGap(own, He4, { ...LONG, onProgress });
    await expect(run).rejects.toThrow(/^engine must be an engine that is not disposed/);
    await expect(run).rejects.toThrow(TypeError);
  });
});

describe("a run that diverges", () => {
  const huge = { time: 1e300, step: 1e300 };

  test("says so with the step, and no NaN reaches the document", async () => {
    const report = await approximationGap(engine, He4, { ...huge, widths: [4, 8], seeds: 2 });
    expect(report.status).toBe("diverged");
    expect(report.divergence).toEqual({ where: "limit", m: null, replica: null, step: 1, time: 1e300 });
    expect(report.widths).toEqual([]);
    expect(notFinite(report)).toEqual([]);
    // What came before the divergence is kept.
    expect([...report.time]).toEqual([0]);
    expect(report.meanField.loss.length).toBe(1);
  });

  test.each(["pgd", "flow"] as const)("keeps the records it reached in a network (%s)", async (dynamics) => {
    const network = await trainNetwork(engine, He4, { ...huge, dynamics, width: 5, record: [0, 1e300] });
    expect(network.status).toBe("diverged");
    expect(network.divergence).toEqual({ step: 1, time: 1e300 });
    expect([...network.time]).toEqual([0]);
    expect(network.particles(0).length).toBe(40);
    expect(notFinite(network)).toEqual([]);
    expect(() => network.particles(1)).toThrow(RangeError);
  });
});

describe("builds", () => {
  const runs: [string, Parameters<typeof approximationGap>[1], GapOptions][] = [
    ["PGD, d = 7", problems.He4({ d: 7 }), { widths: [1, 6, 33], time: 1, step: 0.1, seeds: 3 }],
    ["euclidean, Ge4", problems.Ge4({ d: 5 }), { widths: [9], time: 1, step: 0.1, gradient: "euclidean", seeds: 2 }],
    ["flow, odd", problems.He3({ d: 2 }), { widths: [5, 10], time: 1, step: 0.1, dynamics: "flow", seeds: 2 }],
  ];
  test.each(runs)("simd and scalar give the same bytes: %s", async (_, problem, options) => {
    const documents = [];
    for (const backend of ["simd", "scalar"] as const) {
      const own = await createEngine({ backend });
      const report = await approximationGap(own, problem, options);
      expect(report.backend).toBe(backend);
      documents.push(bits(report));
      own.dispose();
    }
    expect(documents[0]).toBe(documents[1]);
  });
});
