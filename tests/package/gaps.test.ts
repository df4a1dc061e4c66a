// separateGaps: every pair against networks trained alone, how runs end, and files.

import {
  createEngine,
  type Engine,
  type GapEstimates,
  type GapsReport,
  hermite,
  multiIndex,
  type Problem,
  problems,
  readReport,
  type SeparateOptions,
  separateGaps,
  singleIndex,
  type TrainedNetwork,
  toCSV,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hermiteProblem, notFinite } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 8 });
const SMALL = { widths: [4, 8], samples: [32, 64, 128], time: 0.3, step: 0.1, seeds: 2, workers: 0 };

/** The document without what may differ between hosts. */
function bits(report: GapsReport): string {
  return JSON.stringify({ ...JSON.parse(JSON.stringify(report)), version: null, backend: null, workers: null });
}

/** E[sigma(<w, x>) sigma(<w', x>)] for unit vectors with inner product s. */
function kernel({ activation }: Problem, s: number): number {
  if (activation.kind === "relu") return (Math.sqrt(1 - s * s) + (Math.PI - Math.acos(s)) * s) / (2 * Math.PI);
  if (activation.kind !== "hermite") throw new Error("no kernel for it here");
  return activation.coefficients.reduceRight((sum, c) => sum * s + c * c, 0);
}

function overlap(problem: Problem, x: Float64Array, y: Float64Array): number {
  const { d, signed } = problem;
  const [m, M] = [x.length / d, y.length / d];
  let sum = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < M; j++) {
      let s = 0;
      for (let c = 0; c < d; c++) s += x[i * d + c] * y[j * d + c];
      const sign = signed && i % 2 !== j % 2 ? -1 : 1;
      sum += sign * kernel(problem, Math.max(-1, Math.min(1, s)));
    }
  }
  return sum / (m * M);
}

function functionGap(problem: Problem, x: Float64Array, y: Float64Array): number {
  return overlap(problem, x, x) - 2 * overlap(problem, x, y) + overlap(problem, y, y);
}

function meanSquaredDelta({ d }: Problem, x: Float64Array, y: Float64Array): number {
  const length = Math.min(x.length, y.length);
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (x[i] - y[i]) * (x[i] - y[i]);
  return sum / (length / d);
}

describe("every pair is that of two networks trained alone", () => {
  const teachers = [
    [1, 0, 0],
    [0.6, 0.8, 0],
  ];
  test.each<[string, Problem, Partial<SeparateOptions>]>([
    ["He4", problems.He4({ d: 5 }), {}],
    ["ReLU with signs, Euclidean", problems.Zero({ d: 3 }), { gradient: "euclidean" }],
    ["several teachers", problems.He4_orth({ d: 4 }), { batch: 20 }],
    ["teachers with weights", multiIndex({ d: 3, activation: hermite([0, 1, 0.5]), teachers, weights: [1, -2] }), {}],
    ["random teachers", problems.He4_random_2_8({ d: 9 }), { reference: 9 }],
    // d = 3: float32 and float64 networks have rows of other lengths in memory.
    ["float32", hermiteProblem(3, [0, 0.5, 1, 0.5]), { precision: "float32" }],
    ["signs, degree 3", singleIndex({ d: 6, activation: hermite({ 3: 1 }), signed: true }), {}],
  ])("%s", async (_, problem, more) => {
    // 3 * 0.1 is above 0.3 in floating point.
    const record = [0, 0.1, 0.3];
    const options = { widths: [8, 5], samples: [64, 31], time: 0.3, step: 0.1, record, seed: 7 };
    const report = await separateGaps(engine, problem, { ...options, ...more, seeds: 1, workers: 0 });
    expect([report.status, report.seeds]).toEqual(["completed", 1]);
    expect(notFinite(JSON.parse(JSON.stringify(report)))).toEqual([]);

    const M = more.reference ?? 32;
    expect(report.settings.reference).toBe(M);
    const { gradient, precision, batch } = more;
    const { step, seed } = options;
    const trained = new Map<string, Float64Array[]>();
    for (const width of [...options.widths, M]) {
      const common = { width, step, seed, keep: "all" } as const;
      const keep = (name: string, run: TrainedNetwork) => {
        trained.set(
          `${name} ${width}`,
          record.map((_, k) => run.particles(k)),
        );
      };
      const pgd = { ...common, time: 0.3, record, gradient };
      keep("population", await trainNetwork(engine, problem, pgd));
      const flow = { ...common, time: report.time[2], record: [...report.time], dynamics: "flow" } as const;
      keep("flow", await trainNetwork(engine, problem, flow));
      for (const n of options.samples) {
        const data = { samples: n, batch: batch ?? n, test: 0 };
        keep(`n = ${n}`, await trainNetwork(engine, problem, { ...pgd, data, precision }));
      }
    }
    const same = (gap: GapEstimates, one: string, other: string, factor = 1) => {
      for (let k = 0; k < record.length; k++) {
        const [x, y] = [one, other].map((name) => trained.get(name)?.[k] ?? new Float64Array(0));
        expect(gap.functionGap.mean[k]).toBeCloseTo(factor * functionGap(problem, x, y), 13);
        expect(gap.meanSquaredDelta.mean[k]).toBeCloseTo(factor * meanSquaredDelta(problem, x, y), 14);
      }
    };
    for (const { n, m, corrected, ...raw } of report.width) {
      same(raw, `n = ${n} ${m}`, `n = ${n} ${M}`);
      same(corrected, `n = ${n} ${m}`, `n = ${n} ${M}`, M / (M - m));
    }
    for (const { n, m, ...gap } of report.sample) same(gap, `n = ${n} ${m}`, `population ${m}`);
    for (const { m, ...gap } of report.discretisation) same(gap, `population ${m}`, `flow ${m}`);

    const pairs = options.samples.flatMap((n) => options.widths.map((m) => [n, m]));
    expect(report.width.map(({ n, m }) => [n, m])).toEqual(pairs);
    expect(report.sample.map(({ n, m }) => [n, m])).toEqual(pairs);
    expect(report.discretisation.map(({ m }) => m)).toEqual(options.widths);
    // One start for all: nothing but the width tells networks apart at time 0.
    expect(report.sample[0].functionGap.mean[0]).toBe(0);
    expect(report.discretisation[0].functionGap.mean[0]).toBe(0);
    expect(report.width[0].functionGap.mean[0]).toBeGreaterThan(0);
    expect(report.sample[0].functionGap.mean[2]).toBeGreaterThan(0);
  });

  test("statistics are over replicas: those of two runs of one replica each would have their mean", async () => {
    const two = await separateGaps(engine, He4, SMALL);
    const one = await separateGaps(engine, He4, { ...SMALL, seeds: 1 });
    expect(one.width[0].functionGap.stderr).toEqual(new Float64Array(4));
    const [mean, first] = [two.width[3].functionGap, one.width[3].functionGap.mean];
    for (let k = 0; k < 4; k++) {
      // Of two values a and b: mean (a + b) / 2, error |a - b| / 2.
      expect(mean.stderr[k]).toBeCloseTo(Math.abs(first[k] - mean.mean[k]), 13);
      expect(mean.stderr[k]).toBeGreaterThan(0);
    }
  });
});

describe("slopes", () => {
  test("are those of the last record, in the order that was asked for", async () => {
    const report = await separateGaps(engine, He4, { ...SMALL, widths: [8, 4], samples: [128, 32] });
    const [slopes] = report.scaling.width;
    const [at8, at4] = report.width.map(({ corrected }) => corrected.functionGap.mean[3]);
    expect(slopes.n).toBe(128);
    expect(slopes.functionGap?.slope).toBeCloseTo(Math.log(at8 / at4) / Math.log(2), 12);
    expect(report.scaling.sample.map(({ m }) => m)).toEqual([8, 4]);
    const [many, , few] = report.sample.map((gap) => gap.meanSquaredDelta.mean[3]);
    expect(report.scaling.sample[0].meanSquaredDelta?.slope).toBeCloseTo(Math.log(many / few) / Math.log(4), 12);
  });

  test("do not exist for one width, one number of samples, or a gap of 0", async () => {
    const one = await separateGaps(engine, He4, { ...SMALL, widths: [4], samples: [32] });
    expect(one.scaling).toEqual({
      width: [{ n: 32, functionGap: null, meanSquaredDelta: null }],
      sample: [{ m: 4, functionGap: null, meanSquaredDelta: null }],
    });
    const start = await separateGaps(engine, He4, { ...SMALL, time: 0, step: undefined });
    expect([...start.time]).toEqual([0]);
    expect(start.scaling.width[0].functionGap?.slope).toBeLessThan(0);
    expect(start.scaling.sample[0].functionGap).toBeNull();
  });
});

describe("a run", () => {
  test("gives the same bits on the calling thread and with two workers", async () => {
    const options = { ...SMALL, seeds: 5 };
    const alone = await separateGaps(engine, He4, options);
    const helped = await separateGaps(engine, He4, { ...options, workers: 2 });
    expect(alone.workers?.count).toBe(0);
    expect(helped.workers?.count).toBe(2);
    expect(bits(helped)).toBe(bits(alone));
  });

  test("gives the same bits with both builds", async () => {
    const texts: string[] = [];
    for (const backend of ["simd", "scalar"] as const) {
      using other = await createEngine({ backend });
      texts.push(bits(await separateGaps(other, problems.Zero({ d: 5 }), SMALL)));
    }
    expect(texts[1]).toBe(texts[0]);
  });

  test("that is aborted keeps the replicas that were finished", async () => {
    const options = { ...SMALL, widths: [32, 64], samples: [2048, 8192], seeds: 4 };
    const controller = new AbortController();
    const shares: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      shares.push(done / total);
      if (done > 0.6 * total) controller.abort();
    };
    const part = await separateGaps(engine, He4, { ...options, onProgress, signal: controller.signal });
    expect(part.status).toBe("aborted");
    expect(part.seeds).toBeGreaterThanOrEqual(2);
    expect(part.seeds).toBeLessThan(4);
    expect(shares.every((share, i) => share <= 1 && (i === 0 || share >= shares[i - 1]))).toBe(true);
    const whole = await separateGaps(engine, He4, { ...options, seeds: part.seeds });
    const { settings: _, status: __, ...rest } = JSON.parse(bits(part));
    expect(JSON.parse(bits(whole))).toMatchObject(rest);
  });

  test("that is aborted beforehand has nothing, and its document is whole", async () => {
    const report = await separateGaps(engine, He4, { ...SMALL, signal: AbortSignal.abort() });
    expect(report).toMatchObject({ status: "aborted", seeds: 0, width: [], sample: [], discretisation: [] });
    expect(report.time.length).toBe(0);
    expect(report.scaling.width.map(({ functionGap }) => functionGap)).toEqual([null, null, null]);
    expect(readReport(JSON.stringify(report)).status).toBe("aborted");
  });

  test("that diverges says which network did", async () => {
    const report = await separateGaps(engine, He4, { ...SMALL, time: 1e300, step: 1e300 });
    expect([report.status, report.seeds]).toEqual(["diverged", 0]);
    expect(report.divergence).toMatchObject({ where: "network", m: 4, n: null, dynamics: "pgd", replica: 0, step: 1 });
  });

  test("counts all of its work", async () => {
    let last = { done: 0, total: -1 };
    const onProgress = (progress: typeof last) => {
      last = progress;
    };
    await separateGaps(engine, He4, { ...SMALL, onProgress });
    expect(last.done).toBe(last.total);
  });
});

describe("a bad argument is refused with its name", () => {
  const narrow = singleIndex({ d: 3, activation: { kind: "bump", rate: 40, square: 30, constant: 1, offset: 0 } });
  test.each<[string, unknown, string]>([
    ["TypeError", { widths: 4 }, "widths must be a list of positive integers"],
    ["TypeError", { widths: undefined }, "widths must be a list of positive integers; got undefined"],
    ["RangeError", { widths: [] }, "widths must be a list of at least one width"],
    ["RangeError", { widths: [4, 0] }, "widths[1] must be an integer of at least 1; got 0"],
    ["RangeError", { widths: [4, 4] }, "widths[1] must be different"],
    ["TypeError", { samples: 64 }, "samples must be a list of positive integers; got 64"],
    ["TypeError", { samples: undefined }, "samples must be a list"],
    ["RangeError", { samples: [] }, "samples must be a list of at least one number of samples"],
    ["RangeError", { samples: [64, 1.5] }, "samples[1] must be an integer from 1 to"],
    ["RangeError", { samples: [2 ** 31] }, "samples[0] must be an integer from 1 to 2147483647"],
    ["TypeError", { samples: ["64"] }, 'samples[0] must be an integer from 1 to 2147483647; got "64"'],
    ["RangeError", { samples: [64, 64] }, "samples[1] must be different from the numbers before it; got 64"],
    ["RangeError", { batch: 33 }, "batch must be an integer from 1 to 32, the smallest of samples"],
    ["RangeError", { batch: 0 }, "batch must be an integer from 1 to 32"],
    ["TypeError", { batch: "8" }, 'or left out for all; got "8"'],
    ["RangeError", { reference: 8 }, "reference must be above the largest width, 8; got 8"],
    ["RangeError", { time: 0.25 }, "time must be a whole number of steps of 0.1"],
    ["TypeError", { time: undefined }, "time must be a finite number"],
    ["RangeError", { gradient: "tangent" }, 'gradient must be "riemannian" or "euclidean"'],
    ["RangeError", { precision: "float16" }, 'precision must be "float64" or "float32"'],
    ["RangeError", { seeds: 0 }, "seeds must be an integer from 1"],
    ["RangeError", { seed: -1 }, "seed must be an integer from 0 to 4294967295"],
    ["RangeError", { record: [0.4] }, "record[0] must be"],
    ["RangeError", { workers: -1 }, "workers must be"],
    ["TypeError", { dynamics: "flow" }, 'separateGaps has no option "dynamics"; allowed are widths, samples'],
    ["TypeError", { tolerance: 1 }, 'separateGaps has no option "tolerance"'],
    ["TypeError", { onProgress: 1 }, "onProgress must be a function"],
  ])("%s for %j", async (name, wrong, sentence) => {
    const call = separateGaps(engine, He4, { ...SMALL, ...(wrong as Partial<SeparateOptions>) });
    await expect(call).rejects.toMatchObject({ name, message: expect.stringContaining(sentence) });
  });

  test.each<[string, Problem]>([
    ["Boolean inputs", problems.XOR_2({ d: 5 })],
    ["an activation that has no short series", narrow],
  ])("a problem with %s", async (_, problem) => {
    await expect(separateGaps(engine, problem, SMALL)).rejects.toThrow(
      `problem must be one with a closed form on the population: Gaussian inputs and an activation whose series is short enough; got "${problem.name}"`,
    );
  });

  test("a run that needs too much memory", async () => {
    using small = await createEngine({ memoryLimitBytes: 2 * 1024 * 1024 });
    await expect(separateGaps(small, He4, { ...SMALL, samples: [100_000] })).rejects.toThrow(
      /^memoryLimitBytes must be at least \d+ for networks on the population and on samples/,
    );
  });
});

describe("files", () => {
  test("toCSV has one row a gap, number of samples, width and time", async () => {
    const report = await separateGaps(engine, He4, SMALL);
    const lines = toCSV(report).trimEnd().split("\n");
    const [head, ...rows] = lines.filter((line) => !line.startsWith("#")).map((line) => line.split(","));
    expect(head).toEqual([
      ...["gap", "n", "m", "seeds", "time"],
      ...["meanSquaredDelta", "meanSquaredDeltaStderr", "functionGap", "functionGapStderr"],
      ...["correctedMeanSquaredDelta", "correctedMeanSquaredDeltaStderr"],
      ...["correctedFunctionGap", "correctedFunctionGapStderr"],
    ]);
    expect(rows.length).toBe((6 + 6 + 2) * 4);
    expect(rows.every((cells) => cells.length === head.length)).toBe(true);
    const { corrected, functionGap } = report.width[1];
    const row = rows.find((cells) => cells.slice(0, 3).join() === "width,32,8" && Number(cells[4]) > 0.15);
    expect(Number(row?.[7])).toBe(functionGap.mean[2]);
    expect(Number(row?.[12])).toBe(corrected.functionGap.stderr[2]);
    const last = rows[rows.length - 1];
    expect([last.slice(0, 4), last.slice(9)]).toEqual([
      ["discretisation", "", "8", "2"],
      ["", "", "", ""],
    ]);
    expect(lines[0]).toBe("# schema: propchaos/gaps@1");
    const read = readReport(JSON.stringify(report));
    if (read.schema !== "propchaos/gaps@1") throw new Error("another kind of report");
    expect(toCSV(read)).toBe(toCSV(report));
    expect(read.sample[0].functionGap.mean).toBeInstanceOf(Float64Array);
  });

  test.each([
    [(r: GapsReport) => ({ ...r, seeds: -1 }), "$.seeds must be an integer of at least 0; got -1"],
    [(r: GapsReport) => ({ ...r, width: r.width.map(({ corrected: _, ...gap }) => gap) }), "$.width[0].corrected is"],
    [(r: GapsReport) => ({ ...r, sample: [{ ...r.sample[0], n: 0 }] }), "$.sample[0].n must be an integer of"],
    [(r: GapsReport) => ({ ...r, scaling: { width: [], sample: [{ m: 1 }] } }), "$.scaling.sample[0].meanSquaredDelta"],
    [(r: GapsReport) => ({ ...r, settings: { ...r.settings, batch: 0.5 } }), "$.settings.batch must be"],
    [(r: GapsReport) => ({ ...r, discretisation: null }), "$.discretisation must be a list of values; got null"],
  ])("readReport says what is wrong: %#", async (change, sentence) => {
    const report = await separateGaps(engine, He4, { ...SMALL, seeds: 1 });
    expect(() => readReport(change(JSON.parse(JSON.stringify(report))))).toThrow(sentence);
  });
});
