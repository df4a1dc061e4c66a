// How runs beside a reference network are checked, end, are predicted and refused: bad arguments, divergence, aborts,
// the floor of float32, memory and time.

import {
  approximationGap,
  createEngine,
  type Engine,
  type GapOptions,
  type GapReport,
  predictGap,
  problems,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUSY, notFinite, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const XOR = problems.XOR_2({ d: 4 });
const He4 = problems.He4({ d: 4 });

/** The document without who computed it. */
function plain(report: GapReport): Record<string, unknown> {
  const { workers: _, ...document } = report.toJSON() as Record<string, unknown>;
  return document;
}

describe("bad arguments", () => {
  const initial = unitRows(8, 4, 1);
  // biome-ignore lint/suspicious/noExplicitAny: these tests break the types on purpose
  test.each<[string, any, typeof TypeError | typeof RangeError, string[]]>([
    [
      "no wider than the widest",
      { widths: [4, 16], reference: 16 },
      RangeError,
      ["reference", "above the largest width, 16", "got 16"],
    ],
    ["narrower", { widths: [4, 16], reference: 8 }, RangeError, ["reference", "above", "got 8"]],
    ["fractional", { widths: [4], reference: 8.5 }, RangeError, ["reference", "integer", "got 8.5"]],
    ["text", { widths: [4], reference: "8" }, TypeError, ["reference", 'got "8"']],
    [
      "not the rows of initial",
      { initial, widths: [4], reference: 16 },
      RangeError,
      ["reference", "8, the number of rows", "got 16"],
    ],
    ["no widths beside initial", { initial, reference: 8 }, TypeError, ["widths", "got undefined"]],
    [
      "a width of all rows",
      { initial, widths: [4, 8], reference: 8 },
      RangeError,
      ["reference", "above the largest width, 8"],
    ],
    ["widths without a reference", { initial, widths: [4] }, RangeError, ["widths", "left out", "reference"]],
    ["initial alone", { initial }, RangeError, ["reference", "rows of initial", "XOR_2", "got null"]],
    ["seeds beside initial", { initial, widths: [4], reference: 8, seeds: 2 }, RangeError, ["seeds", "left out"]],
    [
      "signs too few",
      { initial, widths: [4], reference: 8, signs: new Int8Array(4).fill(1) },
      RangeError,
      ["signs", "length 8"],
    ],
  ])("%s", async (_, options, kind, words) => {
    const common = { time: 0.2, step: 0.1, data: { samples: 20 } };
    const error = await approximationGap(engine, XOR, { ...common, ...options }).catch(
      (thrown: unknown) => thrown as Error,
    );
    for (const word of words) expect((error as Error).message).toContain(word);
    expect(error).toBeInstanceOf(kind);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("delta of no record or no network", async () => {
    const report = await approximationGap(engine, XOR, {
      ...{ initial, widths: [2, 5], reference: 8, time: 0.2, step: 0.1, data: { samples: 20 }, record: 3 },
    });
    expect([report.delta(2).length, report.delta(2, 1).length]).toEqual([2, 5]);
    expect(() => report.delta(3)).toThrow(RangeError);
    expect(() => report.delta(0, 2)).toThrow(RangeError);
    // The particles are given, the samples are drawn.
    expect(report.settings).toMatchObject({ seeds: null, seed: 1, reference: 8, widths: [2, 5] });
  });
});

test("given signs reach every network: turned round, they turn round a network without a target", async () => {
  const initial = unitRows(8, 4, 1);
  const options = { initial, widths: [4], reference: 8, time: 0.4, step: 0.1, record: 3 };
  const run = (signs?: Int8Array) =>
    approximationGap(engine, problems.Zero({ d: 4 }), { ...options, ...(signs && { signs }), workers: 0 });
  const own = await run();
  const opposite = await run(Int8Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? -1 : 1)));
  expect(opposite.delta(2)).toEqual(own.delta(2));
  expect((await run(new Int8Array(8).fill(1))).delta(2)).not.toEqual(own.delta(2));
});

describe("a run that diverges", () => {
  const options = {
    widths: [3],
    reference: 8,
    seeds: 6,
    seed: 5,
    record: 2,
    workers: 0,
    data: { samples: 30, test: 5 },
  };
  const run = (step: number, more: Partial<GapOptions> = {}) =>
    approximationGap(engine, XOR, { ...options, time: step, step, precision: "float32", ...more });

  test("keeps the replicas before the first that did", async () => {
    // Norms overflow somewhere above 1e154, in each replica at a step of its own.
    let step = 1e153;
    let report = await run(step);
    while ((report.divergence?.replica ?? 0) === 0 && step < 1e158) {
      step *= 1.1;
      report = await run(step);
    }
    const replica = report.divergence?.replica as number;
    expect(report.status).toBe("diverged");
    expect(replica).toBeGreaterThan(0);
    expect(report.divergence).toMatchObject({ where: "network", step: 1, time: step });
    expect([3, 8]).toContain(report.divergence?.m);
    expect(report.widths[0].seeds).toBe(replica);
    expect(notFinite(report)).toEqual([]);
    const before = await run(step, { seeds: replica });
    expect(before.status).toBe("completed");
    expect(report.widths).toEqual(before.widths);
    expect(report.meanField).toEqual(before.meanField);
    // Workers do not change which one it is.
    expect(plain(await run(step, { workers: 2 }))).toEqual(plain(report));
  });

  test("in the first replica has nothing to keep, and says so without a NaN", async () => {
    const report = await run(1e300);
    expect(report.divergence).toMatchObject({ where: "network", replica: 0, step: 1 });
    expect(report.widths).toEqual([]);
    expect(report.meanField).toMatchObject({ errorEstimate: null, particleErrorEstimate: null });
    expect(report.meanField.loss.length).toBe(0);
    expect(notFinite(report)).toEqual([]);
    expect(engine.arena.bytesInUse).toBe(0);
  });
});

describe("a run that is aborted", () => {
  const data = { samples: 2000, batch: 1000, test: 100 };
  const options = { widths: [16, 64], reference: 128, time: 60, step: 0.1, record: 21, data, seed: 4 };

  /** Ends a run when so much of it is done. */
  async function abortedAt(share: number, more: Partial<GapOptions>): Promise<GapReport> {
    const controller = new AbortController();
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      if (done > share * total) controller.abort();
    };
    return approximationGap(engine, XOR, { ...options, ...more, signal: controller.signal, onProgress });
  }

  test.each([0, 1])("in its only replica keeps the records that every width has, with %d workers", async (workers) => {
    const whole = await approximationGap(engine, XOR, { ...options, seeds: 1, workers });
    const part = await abortedAt(0.1, { seeds: 1, workers });
    expect(part.status).toBe("aborted");
    const records = part.time.length;
    // A busy machine may not give a worker the time to hand over what it has.
    if (workers === 0) expect(records).toBeGreaterThan(0);
    expect(records).toBeLessThan(21);
    expect(part.time).toEqual(whole.time.slice(0, records));
    expect(part.meanField.loss).toEqual(whole.meanField.loss.slice(0, records));
    for (const [w, width] of part.widths.entries()) {
      expect(width.functionGap.mean).toEqual(whole.widths[w].functionGap.mean.slice(0, records));
      expect(width.trainError?.mean).toEqual(whole.widths[w].trainError?.mean.slice(0, records));
    }
    expect(notFinite(part)).toEqual([]);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("in a later replica keeps the finished ones, and nothing of the rest", async () => {
    const part = await abortedAt(0.6, { seeds: 4, workers: 0 });
    expect(part.status).toBe("aborted");
    const [{ seeds }] = part.widths;
    expect(seeds).toBeGreaterThan(0);
    expect(seeds).toBeLessThan(4);
    const finished = await approximationGap(engine, XOR, { ...options, seeds, workers: 0 });
    expect(part.widths).toEqual(finished.widths);
    expect(part.meanField).toEqual(finished.meanField);
  });

  test("before it began has an empty report", async () => {
    const report = await approximationGap(engine, XOR, { ...options, signal: AbortSignal.abort() });
    expect([report.status, report.widths, report.time.length]).toEqual(["aborted", [], 0]);
    expect(notFinite(report)).toEqual([]);
  });
});

describe("the floor of float32", () => {
  test("is the distance of the narrowest network of the first replica from its float64 twin", async () => {
    // Drawn samples would be rounded before either sees them.
    const inputs = Float32Array.from(unitRows(100, 4, 3), (x) => 2 * x);
    const options = { time: 0.6, step: 0.1, record: 4, data: { inputs, batch: 40 } };
    for (const more of [{ reference: 32 }, {}]) {
      const report = await approximationGap(engine, He4, {
        ...{ ...options, ...more, widths: [20, 8], seeds: 2, precision: "float32", workers: 0 },
      });
      const particles = async (precision: "float32" | "float64", k: number) =>
        (await trainNetwork(engine, He4, { ...options, width: 8, precision, keep: "all" })).particles(k);
      const { m, meanSquaredDelta } = report.precisionFloor ?? { m: 0, meanSquaredDelta: [] };
      expect(m).toBe(8);
      for (let k = 0; k < 4; k++) {
        const [single, double] = [await particles("float32", k), await particles("float64", k)];
        const squares = single.reduce((sum, x, at) => sum + (x - double[at]) * (x - double[at]), 0);
        expect(Math.abs(meanSquaredDelta[k] - squares / 8)).toBeLessThanOrEqual(1e-12 * squares);
      }
      expect(meanSquaredDelta[0]).toBe(0);
      expect(meanSquaredDelta[3]).toBeGreaterThan(0);
      expect(meanSquaredDelta[3]).toBeLessThan(1e-9);
      expect(report.precisionFloor?.flippedShare[3]).toBe(0);
    }
  });

  test("is there in float32 only", async () => {
    const options = { widths: [4], time: 0.1, step: 0.1, seeds: 1, data: { samples: 10 } };
    expect((await approximationGap(engine, He4, options)).precisionFloor).toBeUndefined();
  });
});

describe("predictGap", () => {
  test.each<[string, GapOptions]>([
    ["beside a reference network", { widths: [32, 64], reference: 512, time: 1, data: { samples: 30_000 } }],
    [
      "in float32, with its shadow",
      { widths: [512], time: 1, data: { samples: 30_000, order: "shuffled" }, precision: "float32" },
    ],
    ["along the flow", { widths: [64], reference: 2000, time: 1, dynamics: "flow", data: { samples: 5000, test: 0 } }],
  ])("names the memory that a refused run asks for, and a finite time: %s", async (_, options) => {
    const problem = problems.He4({ d: 32 });
    const { memoryBytes, seconds, workers } = await predictGap(engine, problem, { ...options, workers: 0 });
    expect(workers).toBe(0);
    expect(seconds).toBeGreaterThan(0);
    expect(Number.isFinite(seconds)).toBe(true);
    expect(engine.arena.bytesInUse).toBe(0);
    using small = await createEngine({ memoryLimitBytes: 1.5 * 1024 * 1024 });
    expect((await predictGap(small, problem, { ...options, workers: 0 })).memoryBytes).toBe(memoryBytes);
    expect((await predictGap(small, problem, { ...options, workers: 0 })).fits).toBe(false);
    await expect(approximationGap(small, problem, { ...options, workers: 0 })).rejects.toThrow(
      new RegExp(`memoryLimitBytes must be at least ${memoryBytes}\\b`),
    );
    expect(small.arena.bytesInUse).toBe(0);
  });

  test("names a time of the right order, with data of the user", { retry: BUSY }, async () => {
    const inputs = unitRows(4000, 16, 1);
    const options = { widths: [64, 128], reference: 512, time: 1, seeds: 2, workers: 0, data: { inputs, batch: 1000 } };
    const problem = problems.He4_orth({ d: 16 });
    const { seconds } = await predictGap(engine, problem, options);
    const start = performance.now();
    expect((await approximationGap(engine, problem, options)).status).toBe("completed");
    const took = (performance.now() - start) / 1000;
    expect(seconds).toBeGreaterThan(took / 10);
    expect(seconds).toBeLessThan(took * 10);
  });
});
