// Scaling laws of measured gaps, required widths, and their documents.

import {
  approximationGap,
  convergenceTime,
  createEngine,
  type Engine,
  figures,
  gapScaling,
  hermite,
  lossDecay,
  problems,
  readReport,
  requiredWidth,
  sampleScaling,
  separateGaps,
  toCSV,
  widthScaling,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 6 });
const SMALL = { widths: [64, 16, 32], seeds: 6, time: 0.5, step: 0.1, record: 2, workers: 0 };

describe("gapScaling", () => {
  test("has the means of approximationGap, in ascending order, inside their intervals", async () => {
    const gap = await approximationGap(engine, He4, SMALL);
    const { series, settings, kind, status } = await gapScaling(engine, He4, SMALL);
    expect({ kind, status }).toEqual({ kind: "gap", status: "completed" });
    expect(settings).toEqual(gap.settings);
    expect(series.map(({ name, fit }) => [name, fit?.expected])).toEqual([
      ["meanDelta", -0.5],
      ["functionGap", -1],
    ]);
    for (const { name, points } of series) {
      expect(points.map(({ x }) => x)).toEqual([16, 32, 64]);
      for (const { x, y, low, high } of points) {
        const width = gap.widths.find(({ m }) => m === x);
        expect(Math.abs(y / (width?.[name as "meanDelta"].mean[1] ?? 0) - 1)).toBeLessThan(1e-13);
        expect(low).toBeLessThan(y);
        expect(high).toBeGreaterThan(y);
      }
    }
  });

  test("has the slopes of theory within their intervals or close to them", async () => {
    const { series } = await gapScaling(engine, He4, { ...SMALL, widths: [32, 64, 128], seeds: 24 });
    for (const { fit } of series) {
      expect(Math.abs((fit?.slope ?? 0) - (fit?.expected ?? 0))).toBeLessThan(0.1);
      expect(fit?.holds).toBe(true);
    }
  });

  test("corrects for the width of a reference network", async () => {
    const options = { ...SMALL, widths: [8, 16], reference: 256 };
    const gap = await approximationGap(engine, He4, options);
    const { series } = await gapScaling(engine, He4, options);
    const [delta, functions] = series.map(({ points }) => points[1].y);
    const { meanDelta, corrected } = gap.widths[1];
    expect(delta).toBeCloseTo(Math.sqrt(256 / 240) * meanDelta.mean[1], 12);
    expect(functions).toBeCloseTo(corrected?.functionGap.mean[1] ?? 0, 12);
  });

  test("leaves out what is not above the error of the limit, and says so", async () => {
    const { series } = await gapScaling(engine, He4, { ...SMALL, tolerance: 1, time: 0.1, record: [0, 0.1] });
    const [delta] = series;
    expect(delta.points.length + delta.missing.length).toBe(3);
    const still = await gapScaling(engine, He4, { ...SMALL, record: [0] });
    expect(still.series[0]).toMatchObject({ points: [], fit: null });
    expect(still.series[0].missing.map(({ reason }) => reason)).toContain("not above the error of the limit");
  });

  test("has no points when it is aborted before a network was finished", async () => {
    const report = await gapScaling(engine, He4, { ...SMALL, signal: AbortSignal.abort() });
    expect(report.status).toBe("aborted");
    expect(report.series.every(({ points, fit }) => points.length === 0 && fit === null)).toBe(true);
  });
});

describe("sampleScaling", () => {
  const options = { widths: [4, 8], samples: [256, 64, 128], seeds: 3, time: 0.2, step: 0.1, record: 2, workers: 0 };

  test("has the sample gaps of separateGaps, one series a width", async () => {
    const gaps = await separateGaps(engine, He4, options);
    const { series, kind, settings } = await sampleScaling(engine, He4, options);
    expect(kind).toBe("samples");
    expect(settings).toEqual(gaps.settings);
    expect(series.map(({ name }) => name)).toEqual(["m = 4", "m = 8"]);
    for (const [w, { points, fit }] of series.entries()) {
      expect(points.map(({ x }) => x)).toEqual([64, 128, 256]);
      expect(fit?.expected).toBe(-1);
      for (const { x, y } of points) {
        const found = gaps.sample.find(({ n, m }) => n === x && m === options.widths[w]);
        expect(Math.abs(y / (found?.functionGap.mean[1] ?? 0) - 1)).toBeLessThan(1e-13);
      }
    }
  });
});

describe("requiredWidth", () => {
  const options = { gap: 0.03, seeds: 8, workers: 0 };

  test("is the width at which the measured gap falls below the wanted one", async () => {
    const { width, low, high, time, guess, trials, status, reason } = await requiredWidth(engine, He4, options);
    expect({ status, reason }).toEqual({ status: "completed", reason: null });
    const m = width ?? 0;
    const step = Math.max(1, Math.floor(0.02 * m));
    const again = await approximationGap(engine, He4, {
      widths: [m, m - step],
      time: time ?? 0,
      dynamics: "flow",
      step: 0.05,
      seeds: 8,
      record: [time ?? 0],
      workers: 0,
    });
    const [at, below] = again.widths.map(({ functionGap }) => functionGap.mean[0]);
    expect(at).toBeLessThanOrEqual(options.gap);
    expect(at).toBe(trials.find((trial) => trial.m === m)?.gap);
    expect(below).toBeGreaterThan(options.gap);
    expect(low).toBeLessThan(m);
    expect(high).toBeGreaterThan(m);
    // Fluctuations of order 1/m part the constant from networks of tens of particles, not more.
    expect((guess ?? 0) / m).toBeGreaterThan(0.5);
    expect((guess ?? 0) / m).toBeLessThan(2);
    // Measured at the convergence time, half of the risk at the start.
    const [point] = (await convergenceTime(engine, "He4", { dimensions: [6], tolerance: 1e-6 })).series[0].points;
    expect(time).toBeCloseTo(point.y, 5);
    expect(trials.map((trial) => trial.m)).toEqual([...trials.map((trial) => trial.m)].sort((a, b) => a - b));
  });

  test("takes E|Delta|, a time, and problems without constants", async () => {
    const found = await requiredWidth(engine, problems.He4_orth({ d: 4 }), {
      gap: 0.15,
      statistic: "meanDelta",
      time: 0.5,
      seeds: 4,
      resolution: 0.1,
      workers: 0,
    });
    expect(found).toMatchObject({ guess: null, time: 0.5, reason: null, status: "completed" });
    const trial = found.trials.find(({ m }) => m === found.width);
    expect(trial?.gap).toBeLessThanOrEqual(0.15);
    expect(found.width === 1 || found.trials.some(({ gap }) => gap > 0.15)).toBe(true);
  });

  test("is one particle where any gap is allowed", async () => {
    const { width } = await requiredWidth(engine, He4, { ...options, gap: 1e6, time: 0.1 });
    expect(width).toBe(1);
  });

  test("says that the largest width does not suffice", async () => {
    const found = await requiredWidth(engine, He4, { ...options, gap: 1e-3, time: 0.2, largestWidth: 16 });
    expect(found).toMatchObject({ width: null, low: null, high: null, status: "completed" });
    expect(found.reason).toMatch(/^the mean gap is still 0\.\d+ at the largest width that was allowed, 16$/);
    expect(found.trials.length).toBe(1);
  });

  test("keeps what was tried when it is aborted", async () => {
    const controller = new AbortController();
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      if (done >= 0.25 * total) controller.abort();
    };
    const found = await requiredWidth(engine, He4, { ...options, onProgress, signal: controller.signal });
    expect(found).toMatchObject({ status: "aborted", width: null });
    expect(found.time).not.toBeNull();
  });

  test.each([
    [{}, TypeError, "gap must be"],
    [{ gap: 0 }, RangeError, "gap must be"],
    [{ gap: 1, statistic: "maxDelta" }, RangeError, "statistic must be"],
    [{ gap: 1, time: 0 }, RangeError, "time must be"],
    [{ gap: 1, seeds: 0 }, RangeError, "seeds must be"],
    [{ gap: 1, resolution: 2 }, RangeError, "resolution must be"],
    [{ gap: 1, largestWidth: 0 }, RangeError, "largestWidth must be"],
    [{ gap: 1, width: 3 }, TypeError, 'no option "width"'],
    [{ gap: 1, onProgress: 3 }, TypeError, "onProgress must be"],
  ])("refuses %j", async (bad, kind, sentence) => {
    const call = requiredWidth(engine, He4, bad as never);
    await expect(call).rejects.toThrow(kind);
    await expect(call).rejects.toThrow(sentence);
  });

  test("refuses problems without a limit that is solved", async () => {
    await expect(requiredWidth(engine, problems.XOR_2({ d: 4 }), { gap: 1 })).rejects.toThrow(RangeError);
  });
});

describe("widthScaling", () => {
  test("has one point a dimension, as requiredWidth finds it", async () => {
    const options = { gap: 0.05, seeds: 4, resolution: 0.2, workers: 0 };
    const { series, settings, kind } = await widthScaling(engine, "He4", { ...options, dimensions: [4, 8] });
    expect(kind).toBe("width");
    expect(settings).toMatchObject({ dimensions: [4, 8], gap: 0.05, statistic: "functionGap", time: null, step: 0.05 });
    const [{ name, points, fit }] = series;
    expect(name).toBe("He4");
    const alone = await requiredWidth(engine, problems.He4({ d: 8 }), options);
    expect(points[1]).toMatchObject({ x: 8, y: alone.width, low: alone.low, high: alone.high, time: alone.time });
    expect(points[1].trials).toEqual(alone.trials);
    expect(fit?.slope).toBeCloseTo(Math.log((points[1].y ?? 0) / points[0].y) / Math.log(2), 12);
  });

  test("refuses no family at all", async () => {
    await expect(widthScaling(engine, [], { gap: 1, dimensions: [4] })).rejects.toThrow("at least one family");
  });

  test("says what an interrupted run has not computed", async () => {
    const report = await widthScaling(engine, "He4", { gap: 0.1, dimensions: [4, 8], signal: AbortSignal.abort() });
    expect(report.status).toBe("aborted");
    expect(report.series[0].missing.map(({ x }) => x)).toEqual([4, 8]);
  });
});

describe("the document", () => {
  test("of every kind comes back to the bit, with a row a point, and has a figure", async () => {
    const reports = [
      await convergenceTime(engine, [hermite({ 2: 1 }), "He3"], { dimensions: [8, 16, 32] }),
      await widthScaling(engine, "He4", { gap: 0.1, seeds: 3, dimensions: [4, 6], resolution: 0.3, workers: 0 }),
      await gapScaling(engine, He4, SMALL),
      await sampleScaling(engine, He4, { widths: [4], samples: [32, 64], seeds: 2, time: 0.1, step: 0.1 }),
      await lossDecay(engine, He4, { time: 4 }),
    ];
    for (const report of reports) {
      const text = JSON.stringify(report);
      const back = readReport(text);
      expect(JSON.stringify(back)).toBe(text);
      if (back.schema !== "propchaos/scaling@1") throw new Error("another schema");
      const lines = toCSV(back).split("\n");
      expect(toCSV(report)).toBe(lines.join("\n"));
      // Times of convergence are y, times of a decay x.
      const timed = { time: "y, low, high, ", decay: "x, " }[report.kind as string] ?? "time is";
      expect(lines.find((line) => line.startsWith("# units: "))?.startsWith(`# units: ${timed}`)).toBe(true);
      const rows = lines.filter((line) => line !== "" && !line.startsWith("#"));
      expect(rows[0].split(",")).toEqual([
        "series",
        "x",
        "y",
        "low",
        "high",
        "rootLossIntegral",
        "rootLossIntegralError",
        "time",
      ]);
      expect(rows.length - 1).toBe(report.series.reduce((sum, { points }) => sum + points.length, 0));
      const figure = figures.scaling(back);
      expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
      expect(figure).toEqual(figures.scaling(report));
    }
  });
});
