// What a gap run keeps of its networks and in which order it trains them, by hand; how many workers it takes, on a machine of
// three processors; and that the work it counts is the work it announced.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Aborted, Run } from "../../src/core/run.ts";
import { MemoryRefusal } from "../../src/engine/arena.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { approximationGap, type GapOptions } from "../../src/gap/approximation-gap.ts";
import type { CoupledRun } from "../../src/gap/coupling.ts";
import { histogram } from "../../src/gap/histogram.ts";
import type { Networks } from "../../src/gap/networks.ts";
import { predictGap } from "../../src/gap/predict.ts";
import type { NetworkRecord } from "../../src/gap/record.ts";
import type { ReferenceRun } from "../../src/gap/reference-run.ts";
import {
  contextBesideLimit,
  divergedAt,
  emptyProgress,
  failureOf,
  keepNetwork,
  places,
  startOrder,
} from "../../src/gap/run.ts";
import { contextOf, keepReplica, replicaDivergedAt } from "../../src/gap/run-reference.ts";
import { separateGaps } from "../../src/gap/separate.ts";
import { SeparateReplica } from "../../src/gap/separate-run.ts";
import { checkTraining } from "../../src/network/training.ts";
import { TaskFailure } from "../../src/pool/batch.ts";
import { Pool } from "../../src/pool/pool.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());
afterEach(() => vi.restoreAllMocks());

const He4 = problems.He4({ d: 5 });
const XOR = problems.XOR_2({ d: 5 });
const NETWORKS: Networks = {
  widths: [8, 4],
  replicas: 2,
  seed: 1,
  rows: null,
  signs: null,
  reference: null,
  distribution: false,
};
const STEP = { step: 3, time: 0.3 };
const FLOOR = { meanSquaredDelta: [0, 1e-14], flippedShare: [0, 0.25] };

/** A network, told from others by its measurements. */
function network(name: string, more: Partial<CoupledRun> = {}): CoupledRun {
  return { measurements: [name] as never, deltas: [], floor: null, divergence: null, ...more };
}

test("a run that has not begun has a place for everything", () => {
  expect(emptyProgress(NETWORKS)).toStrictEqual({
    ...{ workers: null, limit: { solution: null, errorEstimate: null, particleErrorEstimate: null } },
    references: [undefined, undefined],
    runs: [
      [undefined, undefined],
      [undefined, undefined],
    ],
    ...{ deltas: [], floor: null, divergence: null, failure: null },
  });
});

describe("networks beside a limit", () => {
  test("have all widths of a replica before the next replica", () => {
    expect(places(NETWORKS)).toEqual([
      { w: 0, m: 8, replica: 0 },
      { w: 1, m: 4, replica: 0 },
      { w: 0, m: 8, replica: 1 },
      { w: 1, m: 4, replica: 1 },
    ]);
  });

  test("start with one of every width, the widest first, then all the widest", () => {
    const list = places({ ...NETWORKS, widths: [4, 16, 8], replicas: 3 });
    const order = startOrder(list).map((index) => `${list[index].m}.${list[index].replica}`);
    expect(order).toEqual(["16.0", "8.0", "4.0", "16.1", "16.2", "8.1", "8.2", "4.1", "4.2"]);
    // Already in order, and the other way round.
    expect(startOrder(places({ ...NETWORKS, widths: [9, 7] }))).toEqual([0, 1, 2, 3]);
    expect(startOrder(places({ ...NETWORKS, widths: [7, 9] }))).toEqual([1, 0, 3, 2]);
  });

  test("are kept in their place, with the floor of the one that has it", () => {
    const progress = emptyProgress(NETWORKS);
    const [wide, narrow, again] = places(NETWORKS);
    keepNetwork(progress, wide, network("wide", { deltas: [Float64Array.of(1)] }));
    expect(progress.deltas).toEqual([[Float64Array.of(1)]]);
    keepNetwork(progress, narrow, network("narrow", { floor: FLOOR }));
    keepNetwork(progress, again, network("again"));
    expect(progress.runs).toEqual([
      [["wide"], ["again"]],
      [["narrow"], undefined],
    ]);
    expect(progress.floor).toEqual({
      m: 4,
      meanSquaredDelta: Float64Array.of(0, 1e-14),
      flippedShare: Float64Array.of(0, 0.25),
    });
    expect(progress.divergence).toBeNull();
  });

  test("leave |Delta| behind where they diverge, and nothing else", () => {
    const progress = emptyProgress(NETWORKS);
    const [, narrow] = places(NETWORKS);
    keepNetwork(progress, narrow, network("narrow", { floor: FLOOR, deltas: [Float64Array.of(2)], divergence: STEP }));
    expect(progress).toEqual({ ...emptyProgress(NETWORKS), deltas: [[Float64Array.of(2)]] });
  });

  test("before the first that diverges stay, and the floor where its network is one of them", () => {
    const list = places(NETWORKS);
    const cut = (index: number, networks = NETWORKS) => {
      const progress = emptyProgress(NETWORKS);
      for (const place of list) keepNetwork(progress, place, network(`${place.m}.${place.replica}`, { floor: FLOOR }));
      divergedAt(progress, networks, list, index, STEP);
      return progress;
    };
    expect(cut(2).runs).toEqual([
      [["8.0"], undefined],
      [["4.0"], undefined],
    ]);
    expect(cut(2).divergence).toEqual({ where: "network", m: 8, replica: 1, ...STEP });
    expect(cut(2).floor).not.toBeNull();
    // The narrowest of the first replica is second in the list.
    expect(cut(1)).toMatchObject({ floor: null, divergence: { m: 4, replica: 0 } });
    expect(cut(1).runs.flat()).toEqual([["8.0"], undefined, undefined, undefined]);
    expect(cut(0)).toMatchObject({ floor: null, divergence: { m: 8, replica: 0 } });
    expect(cut(3).floor).not.toBeNull();
    const given = { ...NETWORKS, rows: new Float64Array(40) };
    expect(cut(0, given).divergence).toEqual({ where: "network", m: 8, replica: null, ...STEP });
  });

  test("tell their records where somebody listens", () => {
    const training = checkTraining({ time: 0.1, step: 0.1 }, He4);
    const listeners = { onRecord: () => {}, onLimit: undefined };
    const deaf = { onRecord: undefined, onLimit: () => {} };
    const base = { problem: He4 as never, training, networks: { ...NETWORKS, distribution: true } };
    const path = "a path" as never;
    expect(contextBesideLimit(base, path)).toEqual({
      ...{ problem: He4, training, path, seed: 1, rows: null, signs: null, widths: [8, 4], distribution: true },
      told: false,
    });
    expect(contextBesideLimit({ ...base, listeners }, path).told).toBe(true);
    expect(contextBesideLimit({ ...base, listeners: deaf }, path).told).toBe(false);
    expect(contextOf({ ...base, reference: 32 })).toEqual({
      ...{ problem: He4, training, seed: 1, rows: null, signs: null, widths: [8, 4], distribution: true },
      ...{ reference: 32, told: false },
    });
    expect(contextOf({ ...base, reference: 32, listeners }).told).toBe(true);
    expect(contextOf({ ...base, reference: 32, listeners: deaf }).told).toBe(false);
  });
});

describe("replicas beside a reference network", () => {
  /** A replica of two widths. */
  function replica(name: string, more: Partial<ReferenceRun> = {}): ReferenceRun {
    const measurements = [[`${name} of 8`], [`${name} of 4`]] as never;
    const series = { loss: [1], trainError: [], testError: [] };
    return { measurements, deltas: [], ...series, floor: null, divergence: null, aborted: false, ...more };
  }
  const kept = (runs: [number, ReferenceRun][]) => {
    const progress = emptyProgress(NETWORKS);
    for (const [index, run] of runs) keepReplica(progress, NETWORKS.widths, index, run);
    return progress;
  };

  test("that are finished are kept, with the floor of the narrowest network", () => {
    const deltas = [[Float64Array.of(1)], [Float64Array.of(2)]];
    const progress = kept([
      [0, replica("first", { floor: FLOOR })],
      [1, replica("second", { deltas })],
    ]);
    const { runs, references, floor } = progress;
    expect(runs).toEqual([
      [["first of 8"], ["second of 8"]],
      [["first of 4"], ["second of 4"]],
    ]);
    expect(references.map((run) => run?.measurements[0])).toEqual([["first of 8"], ["second of 8"]]);
    expect(floor).toMatchObject({ m: 4, flippedShare: Float64Array.of(0, 0.25) });
    expect(progress.deltas).toBe(deltas);
  });

  test("that are interrupted count where there is nothing else, and have a record", () => {
    const part = replica("part", { aborted: true, floor: FLOOR });
    expect(kept([[0, { ...part, loss: [] }]])).toEqual(emptyProgress(NETWORKS));
    expect(kept([[0, part]]).runs).toEqual([
      [["part of 8"], undefined],
      [["part of 4"], undefined],
    ]);
    const finished = replica("whole");
    // Finished later, finished before, and interrupted twice.
    for (const runs of [
      [
        [0, part],
        [1, finished],
      ],
      [
        [1, finished],
        [0, part],
      ],
      [
        [0, part],
        [1, finished],
        [0, part],
      ],
    ] as [number, ReferenceRun][][]) {
      const progress = kept(runs);
      expect(progress.references).toEqual([undefined, finished]);
      expect(progress.runs).toEqual([
        [undefined, ["whole of 8"]],
        [undefined, ["whole of 4"]],
      ]);
      expect(progress.floor).toBeNull();
    }
    const other = replica("other", { aborted: true });
    expect(
      kept([
        [1, part],
        [0, other],
      ]).references,
    ).toEqual([undefined, part]);
  });

  test("before the first that diverges stay", () => {
    const all = (networks: Networks) => {
      const progress = kept([
        [0, replica("first")],
        [1, replica("second")],
      ]);
      replicaDivergedAt(progress, networks, 1, { ...STEP, m: 32 });
      return progress;
    };
    const { divergence, runs, references } = all(NETWORKS);
    expect(divergence).toEqual({ where: "network", m: 32, replica: 1, ...STEP });
    expect(runs).toEqual([
      [["first of 8"], undefined],
      [["first of 4"], undefined],
    ]);
    expect(references).toEqual([replica("first"), undefined]);
    expect(all({ ...NETWORKS, rows: new Float64Array(8) }).divergence?.replica).toBeNull();
  });
});

test("tasks that could not be computed have a reason, and other errors are thrown on", async () => {
  expect(await failureOf(Promise.resolve())).toBeNull();
  expect(await failureOf(Promise.reject(new TaskFailure("the worker died twice", 3)))).toBe("the worker died twice");
  expect(await failureOf(Promise.reject(new MemoryRefusal("too wide")))).toBe("too wide");
  for (const error of [new Aborted(), new RangeError("step")])
    await expect(failureOf(Promise.reject(error))).rejects.toBe(error);
});

describe("workers that a run asks for", () => {
  /** Too small for most of these runs, so that their seconds are not measured. */
  let tiny: Engine;
  beforeAll(async () => {
    tiny = await createEngine({ memoryLimitBytes: 2 ** 20 });
  });
  afterAll(() => tiny.dispose());

  /** How many are asked for; the run ends there. */
  async function asked(start: () => Promise<unknown>): Promise<number> {
    let workers = -1;
    const spy = vi.spyOn(Pool, "start").mockImplementation(async ({ count }) => {
      workers = count;
      throw new Error("enough");
    });
    await expect(start()).rejects.toThrow("enough");
    spy.mockRestore();
    return workers;
  }
  beforeEach(() => {
    vi.spyOn(process.getBuiltinModule("node:os"), "availableParallelism").mockReturnValue(3);
  });

  const data = { samples: 5000, batch: 5000, test: 0 };
  // Two thousand million multiplications are worth them.
  test.each<[string, GapOptions, number, typeof He4 | typeof XOR]>([
    ["none for a short run", { widths: [8, 16], seeds: 8, time: 1 }, 0, He4],
    ["for a long limit, one a network", { widths: [8, 16], seeds: 1, time: 60 }, 2, He4],
    ["for a long limit, one a processor", { widths: [8], seeds: 5, time: 60 }, 3, He4],
    ["none for one network of a fifth of a second", { widths: [400], seeds: 1, time: 4, interaction: "pairs" }, 0, He4],
    ["for networks that are long together", { widths: [400], seeds: 9, time: 4, interaction: "pairs" }, 3, He4],
    ["for one very wide network, all together", { widths: [4000], seeds: 1, time: 4, interaction: "pairs" }, 3, He4],
    ["one for a network that is long but narrow", { widths: [900], seeds: 1, time: 20, interaction: "pairs" }, 1, He4],
    ["as many as the user says", { widths: [8, 16], seeds: 1, time: 1, workers: 7 }, 2, He4],
    ["none for one short replica", { widths: [8], reference: 64, seeds: 1, time: 2, data }, 0, XOR],
    ["for short replicas together", { widths: [8], reference: 64, seeds: 8, time: 2, data }, 3, XOR],
    ["for two replicas two", { widths: [8], reference: 64, seeds: 2, time: 40, data }, 2, XOR],
    ["for a wide reference network all", { widths: [8], reference: 4096, seeds: 1, time: 0.4, data }, 3, XOR],
  ])("%s", async (_, options, count, problem) => {
    const workers = await asked(() => approximationGap(engine, problem, options));
    expect(workers).toBe(count);
    // A prediction says the same.
    expect((await predictGap(tiny, problem, options)).workers).toBe(count);
  });

  test("separateGaps: by all replicas together", async () => {
    const options = { widths: [8, 16], samples: [1000, 4000], time: 3 };
    const of = (seeds: number) => asked(() => separateGaps(engine, He4, { ...options, seeds }));
    expect(await of(1)).toBe(0);
    expect(await of(2)).toBe(2);
    expect(await of(5)).toBe(3);
  });
});

describe("the work of a run", () => {
  /** What was announced, and what was counted of it by the end. */
  function ledger() {
    const total = vi.spyOn(Run.prototype, "expect");
    const advance = vi.spyOn(Run.prototype, "advance");
    return () => ({
      total: total.mock.lastCall?.[0] as number,
      done: advance.mock.calls.reduce((sum, [work]) => sum + work, 0),
    });
  }
  const small = { widths: [5, 9], seeds: 3, time: 0.4, step: 0.1, record: 3, workers: 0 };

  test.each<[string, () => Promise<unknown>]>([
    ["against a limit", () => approximationGap(engine, He4, small)],
    [
      "against a limit, wide",
      () => approximationGap(engine, He4, { ...small, widths: [600, 800], interaction: "pairs" }),
    ],
    ["beside a reference network", () => approximationGap(engine, XOR, { ...small, data: { samples: 20 } })],
    ["of three gaps", () => separateGaps(engine, He4, { ...small, samples: [8, 16] })],
  ])("is what was announced: %s", async (_, start) => {
    const account = ledger();
    expect(await start()).toMatchObject({ status: "completed" });
    const { total, done } = account();
    expect(total).toBeGreaterThan(0);
    expect(done / total).toBeCloseTo(1, 10);
  });

  test("is in its networks: the limit counts a unit and a fiftieth of them", async () => {
    const account = ledger();
    const controller = new AbortController();
    const onLimit = () => controller.abort();
    await approximationGap(engine, He4, {
      ...{ ...small, widths: [600, 800], interaction: "pairs" },
      ...{ onLimit, signal: controller.signal },
    });
    const { total, done } = account();
    expect(done).toBeGreaterThan(1);
    expect(done - 1).toBeCloseTo((total - done) / 50, 10);
  });
});

describe("a run that diverges", () => {
  // The limit knows nothing of these samples; their first step overflows.
  const data = { inputs: new Float64Array(20).fill(1e30) };
  const run = { time: 0.2, step: 0.1, record: 3, workers: 0 };

  test("does not train what comes after", async () => {
    const heard: string[] = [];
    const onRecord = ({ m, replica, k }: NetworkRecord) => void heard.push(`${m}.${replica} at ${k}`);
    const options = { ...run, widths: [3, 4], seeds: 2, onRecord };
    const report = await approximationGap(engine, He4, { ...options, data });
    expect(report.divergence).toEqual({ where: "network", m: 3, replica: 0, step: 1, time: 0.1 });
    expect(report.status).toBe("diverged");
    expect(heard).toEqual(["3.0 at 0"]);
    heard.length = 0;
    const beside = await approximationGap(engine, He4, { ...options, data, reference: 8 });
    expect(beside.status).toBe("diverged");
    expect(beside.divergence).toEqual({ where: "network", m: 8, replica: 0, step: 1, time: 0.1 });
    expect(heard).toEqual(["3.0 at 0", "4.0 at 0"]);
  });

  test("of one given network keeps |Delta| at the records before", async () => {
    const initial = Float64Array.from({ length: 15 }, (_, i) => i + 1);
    const report = await approximationGap(engine, He4, { ...run, initial, data });
    expect(report.status).toBe("diverged");
    expect(report.divergence).toEqual({ where: "network", m: 3, replica: null, step: 1, time: 0.1 });
    expect(report.delta(0).length).toBe(3);
    expect(() => report.delta(1)).toThrow("k must be");
  });

  test("of three gaps trains no further replica", async () => {
    const trained = vi.spyOn(SeparateReplica.prototype, "run");
    const huge = { widths: [3], samples: [8], time: 1e300, step: 1e300, seeds: 4, workers: 0 };
    expect((await separateGaps(engine, He4, huge)).status).toBe("diverged");
    expect(trained).toHaveBeenCalledTimes(1);
  });
});

describe("a run whose networks cannot be computed", () => {
  /** Lets all tasks but the limit fail; says what they are called. */
  function failing(): string[] {
    const names: string[] = [];
    const compute = Pool.prototype.compute;
    vi.spyOn(Pool.prototype, "compute").mockImplementation(async function (this: Pool<unknown>, batch) {
      if (batch.tasks[0].kind === "limit") return compute.call(this, batch);
      names.push(...batch.tasks.map(({ name }) => name));
      throw new TaskFailure("it was refused memory", 0);
    });
    return names;
  }
  const options = { widths: [4, 3], time: 0.2, step: 0.1, seeds: 2, workers: 0 };
  const initial = Float64Array.from({ length: 25 }, (_, i) => i + 1);

  test.each<[string, () => Promise<object>, string[]]>([
    [
      "against a limit",
      () => approximationGap(engine, He4, options),
      [0, 1].flatMap((r) => [4, 3].map((m) => `the network of width ${m}, replica ${r}`)),
    ],
    [
      "against a limit, given",
      () => approximationGap(engine, He4, { initial, time: 0.2, step: 0.1, workers: 0 }),
      ["the given network"],
    ],
    [
      "beside a reference network",
      () => approximationGap(engine, He4, { ...options, reference: 5 }),
      ["replica 0", "replica 1"],
    ],
    [
      "beside a reference network, given",
      () => approximationGap(engine, He4, { initial, reference: 5, widths: [2], time: 0.2, step: 0.1, workers: 0 }),
      ["the given networks"],
    ],
    ["of three gaps", () => separateGaps(engine, He4, { ...options, samples: [8] }), ["replica 0", "replica 1"]],
  ])("%s says which, why, and ends its workers", async (_, start, expected) => {
    const close = vi.spyOn(Pool.prototype, "close");
    const names = failing();
    expect(await start()).toMatchObject({ status: "failed", failure: "it was refused memory", divergence: null });
    expect(names).toEqual(expected);
    expect(close).toHaveBeenCalledTimes(1);
  });
});

test("onLimit is given the limit with its status and who computed it", async () => {
  let limit: object = {};
  const onLimit = (heard: object) => {
    limit = heard;
  };
  const report = await approximationGap(engine, He4, {
    widths: [4],
    time: 0.2,
    step: 0.1,
    seeds: 1,
    workers: 0,
    onLimit,
  });
  expect(limit).toMatchObject({ status: "completed", workers: report.workers, loss: report.meanField.loss });
  expect(report.workers).toEqual({ kind: "calling thread", count: 0 });
});

test("a run that needs too much memory is refused with what it is for", async () => {
  using small = await createEngine({ memoryLimitBytes: 2 ** 20 });
  const options = { widths: [8, 100_000, 16], time: 0.2, step: 0.1, seeds: 1, workers: 0 };
  for (const [start, purpose] of [
    [() => approximationGap(small, He4, options), "a network of width 100000 beside its limit"],
    [
      () => approximationGap(small, He4, { ...options, reference: 200_000 }),
      "networks beside a reference network of width 200000",
    ],
    [() => separateGaps(small, He4, { ...options, samples: [8] }), "networks on the population and on samples"],
  ] as const)
    await expect(start()).rejects.toThrow(new RegExp(`^memoryLimitBytes must be at least \\d+ for ${purpose}: `));
});

describe("a run of given networks", () => {
  const initial = Float64Array.from({ length: 30 }, (_, i) => ((i * 7) % 11) - 5.2);
  const options = { initial, time: 2, step: 0.1, record: 4, workers: 0, distribution: true };

  test.each([null, 6])("says how |Delta| is spread at the end, and at its largest; reference %s", async (reference) => {
    const beside = reference === null ? {} : { reference, widths: [3, 5] };
    const report = await approximationGap(engine, He4, { ...options, ...beside });
    expect(report.settings.distribution).toBe(true);
    for (const [w, { m, distribution }] of report.widths.entries()) {
      const deltas = [0, 1, 2, 3].map((k) => report.delta(k, w));
      const largest = deltas[0].map((_, i) => Math.max(...deltas.map((delta) => delta[i])));
      expect([m, largest.length]).toEqual([deltas[3].length, deltas[3].length]);
      expect(distribution).toEqual({ final: histogram(deltas[3]), maximum: histogram(largest) });
    }
    expect(await approximationGap(engine, He4, { ...options, ...beside, distribution: false })).not.toHaveProperty(
      "widths.0.distribution",
    );
  });

  test("has |Delta| of every network at every record, and no other run has", async () => {
    const report = await approximationGap(engine, He4, options);
    expect(() => report.delta(4)).toThrow("k must be an integer from 0 to 3; got 4");
    expect(() => report.delta(0, 1)).toThrow("width must be an integer from 0 to 0; got 1");
    report.delta(3).fill(7);
    expect(report.delta(3)[0]).toBeLessThan(2);
    expect(report.widths[0].maxDelta.mean[3]).toBe(Math.max(...report.delta(3)));
    const aborted = await approximationGap(engine, He4, { ...options, signal: AbortSignal.abort() });
    expect(() => aborted.delta(0)).toThrow(RangeError);
    const drawn = await approximationGap(engine, He4, { widths: [3], time: 0.1, step: 0.1, seeds: 1, workers: 0 });
    expect(drawn).not.toHaveProperty("delta");
  });
});
