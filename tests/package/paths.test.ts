// What a report says of single particles: distributions of |Delta|, paths of alpha, thinned trajectories.

import { approximationGap, createEngine, meanFieldLimit, problems, readReport, toCSV, trainNetwork } from "propchaos";
import { describe, expect, it } from "vitest";

const SHORT = { time: 0.8, step: 0.1, record: 5 };
const He4 = problems.He4({ d: 6 });
const total = ({ below, counts }: { below: number; counts: number[] }) => counts.reduce((a, b) => a + b, below);

/** Number of values in 2^(j/4) <= x < 2^((j+1)/4), by the host's own logarithm away from the edges. */
function countsOf(values: Float64Array): Map<number, number> {
  const bins = new Map<number, number>();
  for (const value of values) {
    if (value === 0) continue;
    const bin = Math.floor(4 * Math.log2(value));
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  return bins;
}

describe("distribution", () => {
  it("counts the particles of a given network by their |Delta|, at the end and at their largest", async () => {
    using engine = await createEngine();
    const initial = (await trainNetwork(engine, He4, { width: 50, time: 0 })).particles();
    const report = await approximationGap(engine, He4, { ...SHORT, initial, distribution: true });
    const { distribution } = report.widths[0];
    const deltas = Array.from(report.time, (_, k) => report.delta(k));
    const largest = deltas[0].map((_, i) => Math.max(...deltas.map((delta) => delta[i])));
    const expected = { final: deltas[4], maximum: largest };
    for (const key of ["final", "maximum"] as const) {
      const found = distribution?.[key] ?? { below: -1, first: 0, counts: [] };
      const bins = found.counts.map((count, i): [number, number] => [found.first + i, count]);
      expect(new Map(bins.filter(([, count]) => count > 0))).toEqual(countsOf(expected[key]));
      expect(total(found)).toBe(50);
    }
    expect(report.settings.distribution).toBe(true);
  });

  it("adds up over seeds, on any number of workers and beside a reference network, and changes nothing else", async () => {
    using engine = await createEngine();
    for (const more of [{}, { reference: 20 }]) {
      const options = { ...SHORT, widths: [4, 9], seeds: 3, ...more };
      const plain = await approximationGap(engine, He4, { ...options, workers: 0 });
      const report = await approximationGap(engine, He4, { ...options, workers: 0, distribution: true });
      const onWorkers = await approximationGap(engine, He4, { ...options, workers: 1, distribution: true });
      const without = JSON.parse(JSON.stringify(report));
      delete without.settings.distribution;
      for (const width of without.widths) {
        for (const key of ["final", "maximum"]) expect(total(width.distribution[key])).toBe(3 * width.m);
        delete width.distribution;
      }
      expect(without).toEqual(JSON.parse(JSON.stringify(plain)));
      expect(onWorkers.widths).toEqual(report.widths);
      expect(JSON.stringify(readReport(JSON.stringify(report)))).toBe(JSON.stringify(report));
    }
  });

  it("is not there unless it is asked for, and refuses another kind", async () => {
    using engine = await createEngine();
    const options = { ...SHORT, widths: [4], seeds: 1 };
    const report = await approximationGap(engine, He4, { ...options, distribution: false });
    expect("distribution" in report.settings || "distribution" in report.widths[0]).toBe(false);
    await expect(approximationGap(engine, He4, { ...options, distribution: 1 as never })).rejects.toThrow(TypeError);
  });
});

describe("alphaPaths", () => {
  it.each(["pgd", "flow"] as const)("of a limit are those of alphaAt: %s", async (dynamics) => {
    using engine = await createEngine();
    const limit = await meanFieldLimit(engine, He4, { ...SHORT, dynamics, alphaPaths: [0.1, -0.6, 0, 1] });
    expect(limit.alphaPaths?.start).toEqual([0.1, -0.6, 0, 1]);
    limit.alphaPaths?.start.forEach((start, i) => {
      const expected = Array.from(limit.time, (_, k) => limit.alphaAt(start, k));
      expect(Array.from(limit.alphaPaths?.alpha[i] ?? [])).toEqual(expected);
    });
    const text = JSON.stringify(limit);
    expect(JSON.stringify(readReport(text))).toBe(text);
    expect(toCSV(limit)).toContain("\ntime,loss,meanAlpha,meanAlpha2,alpha1,alpha2,alpha3,alpha4\n");
  });

  it("of a count are spread evenly over the law at time 0", async () => {
    using engine = await createEngine();
    const d = 400;
    const limit = await meanFieldLimit(engine, problems.He4({ d }), { time: 0, record: [0], alphaPaths: 200 });
    const start = limit.alphaPaths?.start ?? [];
    expect(start.every((alpha, i) => i === 0 || alpha > start[i - 1])).toBe(true);
    const mean = start.reduce((sum, alpha) => sum + alpha, 0) / 200;
    const square = start.reduce((sum, alpha) => sum + alpha * alpha, 0) / 200;
    expect(mean).toBeCloseTo(0, 12);
    expect(Math.abs(square * d - 1)).toBeLessThan(0.03);
  });

  it("of a network are the first coordinates of its particles", async () => {
    using engine = await createEngine();
    const network = await trainNetwork(engine, He4, { ...SHORT, width: 7, alphaPaths: 3, keep: "all" });
    const { start, alpha } = network.alphaPaths ?? { start: [], alpha: [] };
    for (let k = 0; k < 5; k++) for (let i = 0; i < 3; i++) expect(alpha[i][k]).toBe(network.particles(k)[6 * i]);
    expect(start).toEqual(alpha.map((series) => series[0]));
    const text = JSON.stringify(network);
    expect(JSON.stringify(readReport(text))).toBe(text);
    expect(toCSV(network)).toMatch(
      /# units: time is flow time.*\ntime,loss,trainError,testError,alpha1,alpha2,alpha3\n0,/,
    );
  });

  it("are refused where there is no alpha, or for what is no count", async () => {
    using engine = await createEngine();
    await expect(meanFieldLimit(engine, problems.Man_2({ d: 4 }), { time: 0, alphaPaths: 2 })).rejects.toThrow(
      RangeError,
    );
    await expect(trainNetwork(engine, He4, { width: 4, time: 0, alphaPaths: 5 })).rejects.toThrow(
      /alphaPaths must be an integer from 1 to 4/,
    );
    await expect(meanFieldLimit(engine, He4, { time: 0, alphaPaths: [2] })).rejects.toThrow(/alphaPaths\[0\]/);
    await expect(meanFieldLimit(engine, He4, { time: 0, alphaPaths: [] })).rejects.toThrow(RangeError);
    await expect(meanFieldLimit(engine, He4, { time: 0, alphaPaths: "all" as never })).rejects.toThrow(TypeError);
  });
});

describe("trajectory", () => {
  it("holds the first particles at records that are equally spaced", async () => {
    using engine = await createEngine();
    const network = await trainNetwork(engine, He4, {
      ...SHORT,
      width: 7,
      keep: "all",
      trajectory: { records: 3, particles: 2 },
    });
    const { time, data, shape } = network.trajectory();
    expect(shape).toEqual([3, 2, 6]);
    expect(Array.from(time)).toEqual([0, 2, 4].map((k) => network.time[k]));
    [0, 2, 4].forEach((k, row) => {
      expect(data.slice(12 * row, 12 * row + 12)).toEqual(network.particles(k).slice(0, 12));
    });
    data.fill(0);
    expect(network.trajectory().data[0]).not.toBe(0);
  });

  it("keeps everything by default, and says when there is none", async () => {
    using engine = await createEngine();
    const all = await trainNetwork(engine, He4, { ...SHORT, width: 3, trajectory: {} });
    expect(all.trajectory().shape).toEqual([5, 3, 6]);
    const none = await trainNetwork(engine, He4, { ...SHORT, width: 3 });
    expect(() => none.trajectory()).toThrow(/was not asked for/);
  });

  it("is refused where it does not fit, before anything is computed", async () => {
    using engine = await createEngine({ memoryLimitBytes: 8 * 1024 * 1024 });
    const options = { width: 1000, time: 20, record: 1001 };
    const progress: number[] = [];
    const refused = trainNetwork(engine, He4, {
      ...options,
      trajectory: {},
      onProgress: ({ done }) => progress.push(done),
    });
    await expect(refused).rejects.toThrow(/memoryLimitBytes must be at least \d+ for a network of width 1000/);
    expect(progress).toEqual([]);
  });

  it.each([[{ records: 6 }], [{ particles: 4 }], [{ records: 0 }], [{ other: 1 }]])(
    "refuses %j",
    async (trajectory) => {
      using engine = await createEngine();
      await expect(trainNetwork(engine, He4, { ...SHORT, width: 3, trajectory: trajectory as never })).rejects.toThrow(
        /trajectory/,
      );
    },
  );
});
