// The networks of a gap run as tasks: the memory they say they need and give back, their progress, and which of them a pool of
// workers shares.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Run } from "../../src/core/run.ts";
import { regionBytes } from "../../src/engine/arena.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { checkGap } from "../../src/gap/approximation-gap.ts";
import { type CoupledInput, Coupling, couplingBytes } from "../../src/gap/coupling.ts";
import { type ReferenceContext, ReferenceReplica, referenceBytes, referenceWork } from "../../src/gap/reference-run.ts";
import { contextBesideLimit, largestBytes } from "../../src/gap/run.ts";
import { contextOf } from "../../src/gap/run-reference.ts";
import { checkSeparate } from "../../src/gap/separate-check.ts";
import { SeparateReplica, separateBytes, separateWork } from "../../src/gap/separate-run.ts";
import { hasShadow } from "../../src/gap/shadow.ts";
import { type GapContext, gapHandlers, gapHandlersTogether } from "../../src/gap/task.ts";
import { startGapPool } from "../../src/gap/together.ts";
import type { SolvableProblem } from "../../src/limit/model.ts";
import { packPath } from "../../src/limit/path.ts";
import { solveLimit } from "../../src/limit/solve.ts";
import { emptyState } from "../../src/limit/task.ts";
import { networkWork } from "../../src/network/cost.ts";
import { Dataset, datasetBytes } from "../../src/network/dataset.ts";
import { networkHandlers } from "../../src/network/share-task.ts";
import { checkTraining, type TrainingOptions } from "../../src/network/training.ts";
import { Pool } from "../../src/pool/pool.ts";
import { problems } from "../../src/problem/zoo.ts";
import { CountedWork } from "../support/counted-work.ts";

let engine: Engine;
beforeEach(async () => {
  engine = await createEngine();
});
afterEach(() => {
  vi.restoreAllMocks();
  expect(engine.arena.bytesInUse).toBe(0);
  engine.dispose();
});

const He4 = problems.He4({ d: 5 }) as SolvableProblem;
const XOR = problems.XOR_2({ d: 5 });
const OPTIONS: TrainingOptions = { time: 0.2, step: 0.1, record: 3 };
const DATA = { samples: 40, batch: 20, test: 10 };
const run = new Run({});

async function pathOf(problem: SolvableProblem, options: TrainingOptions) {
  const state = emptyState();
  await solveLimit(engine, problem, checkTraining(options, problem).plan, 1e-6, run, state);
  if (!state.solution) throw new Error("no limit");
  return state.solution.path;
}

/** Most bytes that were in use at once from here on. */
function peakOf(own: Engine): () => number {
  let peak = 0;
  const { arena } = own;
  const reserve = arena.reserve.bind(arena);
  vi.spyOn(arena, "reserve").mockImplementation((...request: Parameters<typeof reserve>) => {
    const region = reserve(...request);
    peak = Math.max(peak, arena.bytesInUse);
    return region;
  });
  return () => peak;
}

/** An engine that has so many bytes for others. */
function engineOf(bytes: number): Promise<Engine> {
  const below = regionBytes({ base: engine.kernels.heapBase() / 8 });
  return createEngine({ memoryLimitBytes: Math.max(2 ** 20, below + bytes) });
}

test("the narrowest network of the first replica of a float32 run has a shadow, and no other", () => {
  const single = checkTraining({ ...OPTIONS, data: DATA, precision: "float32" }, He4);
  const double = checkTraining({ ...OPTIONS, data: DATA }, He4);
  const shadows = [8, 4, 16].flatMap((width) =>
    [0, 1].filter((replica) => hasShadow(single, [8, 4, 16], width, replica)).map((replica) => `${width}.${replica}`),
  );
  expect(shadows).toEqual(["4.0"]);
  expect(hasShadow(double, [8, 4, 16], 4, 0)).toBe(false);
});

describe("memory: what is reserved is what was said, and is given back", () => {
  test.each<[string, Partial<TrainingOptions>, boolean]>([
    ["on the population", {}, false],
    ["along the flow", { dynamics: "flow" }, false],
    ["on data", { data: DATA }, false],
    ["in float32", { data: DATA, precision: "float32" }, false],
    ["in float32 with a shadow", { data: DATA, precision: "float32" }, true],
  ])("of a network beside its limit %s", async (_, more, shadowed) => {
    const options = { ...OPTIONS, ...more };
    const training = checkTraining(options, He4);
    const key = { seed: 1, replica: 0 };
    const path = await pathOf(He4, options);
    const input: CoupledInput = { problem: He4, training, width: 300, signs: null, key, shadowed, distribution: false };
    const bytes = couplingBytes(engine, input);
    const data = training.data ? datasetBytes(He4, training.data, training.precision) : 0;
    const dataset = training.data && new Dataset(engine, He4, training.data, training.precision, key);
    const peak = peakOf(engine);
    const coupling = new Coupling(engine, input, path, dataset, run);
    await dataset?.load(run);
    await coupling.run(null, run);
    expect(peak()).toBe(bytes + data);
    coupling.free();
    dataset?.free();
    expect(engine.arena.bytesInUse).toBe(0);
    // The largest of a run has its data beside it.
    const networks = { widths: [40, 300, 20], replicas: 1, seed: 1, rows: null, signs: null, reference: null };
    const wide = couplingBytes(engine, { ...input, shadowed: false });
    expect(largestBytes(engine, { problem: He4, training, networks: { ...networks, distribution: false } })).toBe(
      wide + data,
    );
    if (!shadowed) return;
    expect(
      largestBytes(engine, { problem: He4, training, networks: { ...networks, widths: [300], distribution: false } }),
    ).toBe(bytes + data);

    // Refused at any of its parts, it keeps nothing.
    const wider = { ...input, width: 20_000 };
    for (const share of [0.1, 0.5, 0.8, 0.999]) {
      using small = await engineOf(Math.floor(share * couplingBytes(engine, wider)));
      const own = training.data && new Dataset(small, He4, training.data, training.precision, key);
      const before = small.arena.bytesInUse;
      expect(() => new Coupling(small, wider, path, own, run)).toThrow(/^memoryLimitBytes must be at least/);
      expect(small.arena.bytesInUse).toBe(before);
    }
  });

  const referenceContext = (more: Partial<TrainingOptions>, widths = [30, 20], reference = 90): ReferenceContext => ({
    ...{ problem: He4, training: checkTraining({ ...OPTIONS, ...more }, He4), widths, reference, seed: 1 },
    ...{ rows: null, signs: null, distribution: false, told: false },
  });
  test.each<[string, Partial<TrainingOptions>]>([
    ["on the population", {}],
    ["on data", { data: DATA }],
    ["in float32", { data: DATA, precision: "float32" }],
  ])("of a replica beside a reference network %s", async (_, more) => {
    const context = referenceContext(more);
    const peak = peakOf(engine);
    const replica = new ReferenceReplica(engine, context, 0, run);
    const used = engine.arena.bytesInUse;
    await replica.run();
    expect(peak()).toBe(referenceBytes(engine, context));
    replica.free();
    const later = new ReferenceReplica(engine, context, 1, run);
    if (more.precision === "float32") expect(engine.arena.bytesInUse).toBeLessThan(used);
    else expect(engine.arena.bytesInUse).toBe(used);
    later.free();
    expect(engine.arena.bytesInUse).toBe(0);
    if (more.precision !== "float32") return;
    const wide = referenceContext(more, [12_000, 10_000], 20_000);
    for (const share of [0.3, 0.6, 0.9, 0.999]) {
      using small = await engineOf(Math.floor(share * referenceBytes(engine, wide)));
      expect(() => new ReferenceReplica(small, wide, 0, run)).toThrow(/^memoryLimitBytes must be at least/);
      expect(small.arena.bytesInUse).toBe(0);
    }
  });

  test("of a replica of three gaps", async () => {
    const contextOfWidths = (widths: number[], samples: number[]) =>
      checkSeparate(He4, { ...OPTIONS, time: 0.2, widths, samples, precision: "float32" }).context;
    // Several sets of samples share what loading one of them takes.
    const context = contextOfWidths([8, 12], [40]);
    const peak = peakOf(engine);
    const replica = new SeparateReplica(engine, context, 0, run);
    await replica.run();
    expect(peak()).toBe(separateBytes(engine, context));
    replica.free();
    const wide = contextOfWidths([4000, 5000], [40, 70]);
    for (const share of [0.2, 0.5, 0.9, 0.999]) {
      using small = await engineOf(Math.floor(share * separateBytes(engine, wide)));
      expect(() => new SeparateReplica(small, wide, 0, run)).toThrow(/^memoryLimitBytes must be at least/);
      expect(small.arena.bytesInUse).toBe(0);
    }
  });
});

test("the work of a replica is that of all its networks, with records and without", () => {
  const training = checkTraining({ ...OPTIONS, data: DATA }, XOR);
  const context: ReferenceContext = {
    ...{ problem: XOR, training, widths: [4, 8], reference: 32, seed: 1, rows: null, signs: null },
    ...{ distribution: false, told: false },
  };
  const sum = (records: boolean) => [4, 8, 32].reduce((total, m) => total + networkWork(XOR, training, m, records), 0);
  expect(referenceWork(context)).toBe(sum(true));
  expect(referenceWork(context, false)).toBe(sum(false));
  expect(sum(false)).toBeLessThan(sum(true));
  const separate = checkSeparate(He4, { ...OPTIONS, time: 0.2, widths: [4, 8], samples: [40, 70] }).context;
  const { population, flow, onSamples } = separate;
  const all = (records: boolean) =>
    [population, flow].reduce(
      (total, of) => total + networkWork(He4, of, 4, records) + networkWork(He4, of, 8, records),
      0,
    ) +
    onSamples.reduce(
      (total, of) => total + [4, 8, 32].reduce((part, m) => part + networkWork(He4, of, m, records), 0),
      0,
    );
  expect(separateWork(separate)).toBeCloseTo(all(true), 3);
  expect(separateWork(separate, false)).toBeCloseTo(all(false), 3);
});

describe("tasks", () => {
  const silent = async () => {};
  const initial = Float64Array.from({ length: 40 }, (_, i) => ((i * 7) % 11) - 5.2);

  test("give |Delta| of given networks alone, tell where somebody listens, and count their work", async () => {
    const path = packPath(await pathOf(He4, OPTIONS));
    for (const [options, deltas] of [
      [{ widths: [8] }, 0],
      [{ initial }, 3],
    ] as const) {
      const { networks, training } = checkGap(He4, { ...OPTIONS, ...options, time: 0.2 });
      const context: GapContext = contextBesideLimit({ problem: He4, training, networks }, path);
      for (const told of [true, false]) {
        const heard: unknown[] = [];
        const work = new CountedWork(false);
        const { value } = await gapHandlers.network(
          engine,
          { m: 8, replica: 0 },
          { ...context, told },
          work,
          async (record) => {
            heard.push(record);
          },
        );
        expect((value as { deltas: unknown[] }).deltas.length).toBe(deltas);
        expect((value as { measurements: unknown[] }).measurements.length).toBe(3);
        expect(heard.length).toBe(told ? 3 : 0);
        expect([work.done, work.total]).toEqual([2, 2]);
      }
    }
    for (const [options, deltas] of [
      [{ widths: [4] }, 0],
      [{ initial, widths: [4] }, 1],
    ] as const) {
      const { networks, training } = checkGap(He4, { ...OPTIONS, ...options, reference: 8, time: 0.2 });
      const context = contextOf({ problem: He4, training, networks, reference: 8 });
      for (const told of [true, false]) {
        const heard: unknown[] = [];
        const tell = async (record: unknown) => void heard.push(record);
        const { value } = await gapHandlers.replica(engine, 0, { ...context, told }, new CountedWork(false), tell);
        expect((value as { deltas: unknown[] }).deltas.length).toBe(deltas);
        expect(heard.length).toBe(told ? 3 : 0);
      }
    }
  });

  /** A pool of two workers that are this thread, with what was asked of it. */
  async function poolHere() {
    const own = { host: engine, setup: null, handlers: networkHandlers, count: 0, ended: engine.ended };
    const real = await Pool.start<Engine>(own, run);
    const asked = new Set<string>();
    const forgotten: string[] = [];
    const pool = {
      alive: 2,
      compute(batch: Parameters<typeof real.compute>[0]) {
        for (const { name, context } of batch.tasks) asked.add(`${context?.key}: ${name}`);
        return real.compute(batch);
      },
      forget: (key: string) => forgotten.push(key),
    } as unknown as Pool<Engine>;
    return { pool, asked, forgotten };
  }

  test("beside a limit share a wide network, and forget it", async () => {
    const problem = problems.He4({ d: 8 }) as SolvableProblem;
    const options = { time: 0.1, step: 0.1, record: 2, interaction: "pairs" } as const;
    const path = packPath(await pathOf(problem, options));
    const { networks, training } = checkGap(problem, { ...options, widths: [2200, 20], seeds: 3 });
    const context = contextBesideLimit({ problem, training, networks }, path);
    const { pool, asked, forgotten } = await poolHere();
    const together = gapHandlersTogether(pool, run);
    for (const m of [20, 2200]) {
      const payload = { m, replica: 2 };
      const alone = await gapHandlers.network(engine, payload, context, new CountedWork(false), silent);
      const heard: unknown[] = [];
      const tell = async (record: unknown) => void heard.push(record);
      const shared = await together.network(engine, payload, { ...context, told: true }, new CountedWork(false), tell);
      expect(shared).toEqual(alone);
      expect(heard.length).toBe(2);
      expect([...asked]).toEqual(m === 20 ? [] : ["2200 2: a share of the network of width 2200"]);
      expect(forgotten).toEqual(m === 20 ? ["20 2"] : ["20 2", "2200 2"]);
    }
  });

  test("beside a reference network share that one, if it alone is wide", async () => {
    const data = { samples: 2500, test: 50 };
    const options = { ...OPTIONS, time: 0.1, record: 2, data };
    const { networks, training } = checkGap(XOR, { ...options, widths: [24], reference: 4096, seeds: 1 });
    const context = contextOf({ problem: XOR, training, networks, reference: 4096 });
    const { pool, asked, forgotten } = await poolHere();
    const alone = await gapHandlers.replica(engine, 0, context, new CountedWork(false), silent);
    const heard: unknown[] = [];
    const tell = async (record: unknown) => void heard.push(record);
    const together = gapHandlersTogether(pool, run);
    expect(await together.replica(engine, 0, { ...context, told: true }, new CountedWork(false), tell)).toEqual(alone);
    expect([...asked]).toEqual(["0: a share of the network of width 4096"]);
    expect([forgotten, heard.length]).toEqual([["0"], 2]);
  });

  test("without workers to share them are those of a plain pool", async () => {
    const { training } = checkGap(He4, { ...OPTIONS, time: 0.2, widths: [4000], interaction: "pairs" });
    const amount = { tasks: 1, multiplications: 1e12, problem: He4, training, widest: 4000 };
    const controller = new AbortController();
    const starting = startGapPool(engine, { count: 2, factory: null }, amount, new Run({ signal: controller.signal }));
    controller.abort();
    const pool = await starting;
    expect(pool.used).toEqual({ kind: "calling thread", count: 0 });
    expect(pool).toBeInstanceOf(Pool);
  });
});
