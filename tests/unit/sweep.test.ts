// The library side of sweeps: the merge of tasks equals approximationGap to the bit, however they were split.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { version } from "../../src/core/version.ts";
import { MemoryRefusal } from "../../src/engine/arena.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { computeSweep, missingTasks, type SweepProgress } from "../../src/experiment/sweep/compute.ts";
import { mergeSweep } from "../../src/experiment/sweep/merge.ts";
import type { SweepPlan } from "../../src/experiment/sweep/plan-types.ts";
import { predictSweep } from "../../src/experiment/sweep/predict.ts";
import { type NetworkResult, readResult, writeResult } from "../../src/experiment/sweep/result.ts";
import { runSweep } from "../../src/experiment/sweep/run-sweep.ts";
import { MemoryStore } from "../../src/experiment/sweep/store.ts";
import { type SweepTask, sweepTasks } from "../../src/experiment/sweep/tasks.ts";
import { approximationGap, type GapOptions } from "../../src/gap/approximation-gap.ts";
import { predictGap } from "../../src/gap/predict.ts";
import { gapHandlers } from "../../src/gap/task.ts";
import { limitHandlers } from "../../src/limit/task.ts";
import type { Handlers } from "../../src/pool/handlers.ts";
import type { Problem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";
import { served } from "./pool-fixtures.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

/** The JSON of a report without who computed it. */
async function direct(problem: Problem, options: GapOptions): Promise<string> {
  const { workers: _, ...report } = await approximationGap(engine, problem, { ...options, workers: 0 });
  return JSON.stringify(report);
}

const SHORT = { widths: [8, 16], seeds: 2, seed: 3, record: 3 };
const CASES: [string, SweepPlan, Problem, GapOptions][] = [
  [
    "the limit, on the population",
    { problems: ["He4"], d: 8, time: 0.4, ...SHORT },
    problems.He4({ d: 8 }),
    { time: 0.4, ...SHORT },
  ],
  [
    "the limit, on samples in float32",
    { problems: ["He3"], d: 6, time: 0.4, samples: 100, precision: "float32", ...SHORT },
    problems.He3({ d: 6 }),
    { time: 0.4, data: { samples: 100 }, precision: "float32", ...SHORT },
  ],
  [
    "a reference network, on samples in float32",
    {
      problems: ["XOR_4"],
      d: 6,
      time: 1,
      step: 0.5,
      samples: 64,
      precision: "float32",
      gradient: "euclidean",
      ...SHORT,
    },
    problems.XOR_4({ d: 6 }),
    { time: 1, step: 0.5, data: { samples: 64 }, precision: "float32", gradient: "euclidean", ...SHORT },
  ],
  [
    "gradient flow",
    { problems: [{ name: "He4", dynamics: "flow" }], d: 8, time: 0.3, ...SHORT },
    problems.He4({ d: 8 }),
    { time: 0.3, dynamics: "flow", ...SHORT },
  ],
];

describe("a sweep of one combination", () => {
  it.each(CASES)("against %s gives what approximationGap gives", async (_, plan, problem, options) => {
    const sweep = await runSweep(engine, plan, { workers: 0 });
    expect(sweep.status).toBe("completed");
    expect(sweep.results).toHaveLength(1);
    expect(JSON.stringify(sweep.results[0].report)).toBe(await direct(problem, options));
  });
});

/** A store that remembers what was read and written, and what was broken. */
class Witness extends MemoryStore {
  readonly written: string[] = [];
  readonly broke: string[] = [];

  override write(name: string, text: string): void {
    this.written.push(name);
    super.write(name, text);
  }

  broken(_: SweepTask, reason: string): void {
    this.broke.push(reason);
  }
}

describe("a sweep whose combinations diverge", () => {
  const LONG = { widths: [4, 8], seeds: 2, time: 1e300, step: 1e300 };

  it.each<[string, SweepPlan, Problem, GapOptions]>([
    ["the limit", { problems: ["He4"], d: 4, ...LONG }, problems.He4({ d: 4 }), LONG],
    [
      "a network beside a reference network",
      { problems: ["He4_orth"], d: 4, reference: 16, ...LONG },
      problems.He4_orth({ d: 4 }),
      { reference: 16, ...LONG },
    ],
  ])("says so as approximationGap does: %s", async (_, plan, problem, options) => {
    for (const workers of [0, 1]) {
      const sweep = await runSweep(engine, plan, { workers });
      expect(sweep.status).toBe("completed");
      expect(sweep.results[0].report?.status).toBe("diverged");
      expect(JSON.stringify(sweep.results[0].report)).toBe(await direct(problem, options));
    }
  });

  it("keeps the networks before the first that diverged", async () => {
    const plan: SweepPlan = { problems: ["He4"], d: 4, widths: [4, 8], seeds: 3, time: 0.2, record: 2 };
    const store = new MemoryStore();
    await computeSweep(engine, plan, { store, workers: 0 });
    const whole = (await mergeSweep(engine, plan, store)).results[0].report;
    // Replica 1 of width 8, and all that come after it: the second of three replicas keeps width 4.
    for (const task of sweepTasks(plan).filter(({ m, replica }) => m === 8 && replica > 0)) {
      const text = store.read(task.hash) as string;
      const read = readResult(task, text);
      if (!("result" in read)) throw new Error(read.wrong);
      const result = read.result as NetworkResult;
      const network = { measurements: {}, floor: null, divergence: { step: 3 + task.replica, time: 0.06 } };
      store.write(task.hash, writeResult(task, { ...result, network }));
    }
    const { report } = (await mergeSweep(engine, plan, store)).results[0];
    expect(report?.status).toBe("diverged");
    expect(report?.divergence).toEqual({ where: "network", m: 8, replica: 1, step: 4, time: 0.06 });
    expect(report?.widths.map(({ m, seeds }) => [m, seeds])).toEqual([
      [4, 2],
      [8, 1],
    ]);
    expect(whole?.widths.map(({ seeds }) => seeds)).toEqual([3, 3]);
  });
});

describe("a store", () => {
  const plan: SweepPlan = { problems: ["He3"], d: 6, time: 0.2, ...SHORT };

  it("that cannot write ends the sweep with its own error, and what it has is found again", async () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    const store = new Witness();
    let room = 2;
    const write = store.write.bind(store);
    store.write = (name, text) => {
      if (room-- <= 0) throw full;
      write(name, text);
    };
    for (const workers of [0, 1]) {
      room = 1;
      await expect(computeSweep(engine, plan, { store, workers })).rejects.toBe(full);
    }
    room = 9;
    expect(await computeSweep(engine, plan, { store, workers: 0 })).toMatchObject({ found: 2, computed: 2 });
    expect(store.broke).toEqual([]);
  });

  it("hears of what is no result, and gets another", async () => {
    const store = new Witness();
    await computeSweep(engine, plan, { store, workers: 0 });
    const [first, second] = sweepTasks(plan);
    const text = store.read(first.hash) as string;
    store.write(first.hash, text.slice(1));
    store.write(second.hash, text);
    expect((await missingTasks(plan, store)).map(({ index }) => index)).toEqual([0, 1]);
    expect(store.broke).toEqual([
      "it is no JSON, or only the beginning of it",
      `it is the result of another task, ${first.hash}`,
    ]);
    expect(await computeSweep(engine, plan, { store, workers: 0 })).toMatchObject({ computed: 2, found: 2 });
    expect(store.read(first.hash)).toBe(text);
  });

  it("is told what is wrong with a text, whatever that is", async () => {
    const store = new MemoryStore();
    const one: SweepPlan = { ...plan, widths: [8], seeds: 1 };
    await computeSweep(engine, one, { store, workers: 0 });
    const [task] = sweepTasks(one);
    const file = JSON.parse(store.read(task.hash) as string);
    const read = (change: object) => readResult(task, JSON.stringify({ ...file, ...change }));
    expect(read({})).toEqual({ result: file.result });
    const wrong: [object, string][] = [
      [{ schema: "propchaos/task@2" }, "it is no result of a task"],
      [{ schema: undefined }, "it is no result of a task"],
      [{ version: "0.0.1" }, `it was computed by version 0.0.1, and this is ${version}`],
      [{ task: "0a" }, "it is the result of another task, 0a"],
      [{ identity: { ...file.identity, replica: 1 } }, "what it says of its task does not agree with its name"],
      [{ checksum: file.checksum.replace(/./, "x") }, "its checksum does not agree with its numbers"],
      [{ result: { ...file.result, more: 0 } }, "its checksum does not agree with its numbers"],
      [{ result: 7 }, "its checksum does not agree with its numbers"],
    ];
    for (const [change, sentence] of wrong) expect(read(change)).toEqual({ wrong: sentence });
    for (const text of ["", "null", "7", '"text"'])
      expect(readResult(task, text)).toEqual({ wrong: "it is no JSON, or only the beginning of it" });
    // Nothing is written that JSON cannot hold.
    const infinite = { ...file.result, limit: { ...file.result.limit, errorEstimate: Number.POSITIVE_INFINITY } };
    expect(() => writeResult(task, infinite)).toThrow(
      "He3, d 6, time 0.2: width 8, replica 0 gave Infinity for errorEstimate, which no result may hold",
    );
  });

  it("keeps limits that took long, and they are not solved again, to the same bits", async () => {
    const several: SweepPlan = { problems: ["He4_orth"], d: 4, widths: [4], seeds: 2, time: 2, record: 3 };
    const store = new Witness();
    const part = (part: number) => computeSweep(engine, several, { store, part: { part, parts: 2 }, workers: 0 });
    await part(1);
    const [limit] = store.written.filter((name) => name.startsWith("limit-"));
    expect(limit).toMatch(/^limit-[0-9a-f]{64}$/);
    await part(2);
    expect(store.written.filter((name) => name === limit)).toHaveLength(1);
    expect(JSON.stringify((await mergeSweep(engine, several, store)).results[0].report)).toBe(
      await direct(problems.He4_orth({ d: 4 }), { widths: [4], seeds: 2, time: 2, record: 3 }),
    );
    // One that was damaged is solved again.
    const name = sweepTasks(several)[0].hash;
    const text = store.read(name);
    store.write(limit, (store.read(limit) as string).replace(/0/, "1"));
    store.write(name, "");
    await part(1);
    expect(store.read(name)).toBe(text);
    expect(store.written.filter((other) => other === limit)).toHaveLength(3);
  }, 60_000);
});

describe("a task that cannot be computed on this machine", () => {
  it("is told by name, and the others are computed all the same", async () => {
    const plan: SweepPlan = { problems: ["He3", "He4"], d: 6, time: 0.2, ...SHORT };
    const refused = (payload: unknown) => JSON.stringify(payload) === '{"m":16,"replica":1}';
    const handlers: Handlers<string> = {
      limit: (_, payload, context, work, tell) => limitHandlers.limit(engine, payload, context, work, tell),
      network: (_, payload, context, work, tell) =>
        refused(payload)
          ? Promise.reject(new MemoryRefusal("there is none"))
          : gapHandlers.network(engine, payload, context, work, tell),
    };
    const store = new MemoryStore();
    const outcome = await computeSweep(engine, plan, { store, workers: () => served(handlers) });
    expect(outcome).toMatchObject({ status: "failed", computed: 6, workers: { kind: "factory" } });
    expect(outcome.failed.map(({ name }) => name)).toEqual([
      "He3, d 6, time 0.2: width 16, replica 1",
      "He4, d 6, time 0.2: width 16, replica 1",
    ]);
    expect(outcome.failed[0].reason).toContain("was refused memory: there is none");
    expect(await computeSweep(engine, plan, { store, workers: 0 })).toMatchObject({ status: "completed", computed: 2 });
  });
});

it("options that are misspelt, and a store that is none, are refused", async () => {
  const plan: SweepPlan = { problems: ["He3"], d: 6, time: 0.2, ...SHORT };
  const wrong: [object, string][] = [
    [{ wokers: 1 }, 'a sweep has no option "wokers"; allowed are store, part, workers, onProgress, signal'],
    [{ store: new Map() }, "store must be an object with the functions read and write; got an object of type Map"],
    [{ part: { part: 1 } }, "parts must be"],
    [{ part: [1, 2] }, "part must be an object; got an array of 2"],
  ];
  for (const [options, sentence] of wrong) await expect(runSweep(engine, plan, options)).rejects.toThrow(sentence);
});

describe("a sweep that is stopped", () => {
  it("has what was finished, and counts tasks in its progress", async () => {
    const plan: SweepPlan = { problems: ["He3"], d: 6, time: 0.2, ...SHORT, seeds: 20 };
    const store = new MemoryStore();
    const controller = new AbortController();
    const seen: SweepProgress[] = [];
    const onProgress = (progress: SweepProgress) => {
      seen.push(progress);
      if (progress.tasks.done >= 5) controller.abort();
    };
    const options = { store, workers: 0, onProgress, signal: controller.signal };
    const { status, computed } = await computeSweep(engine, plan, options);
    expect(status === "aborted" ? computed < 40 : computed === 40).toBe(true);
    expect(computed).toBeGreaterThanOrEqual(5);
    const merged = await mergeSweep(engine, plan, store);
    expect(merged.missing).toHaveLength(40 - computed);
    const rest = await runSweep(engine, plan, { store, onProgress: (progress) => seen.push(progress) });
    expect(rest.status).toBe("completed");
    expect(seen.at(-1)?.tasks).toEqual({ done: 40, total: 40 });
    expect(JSON.stringify(rest)).toBe(JSON.stringify(await runSweep(engine, plan, { workers: 0 })));
    expect((await runSweep(engine, plan, { signal: AbortSignal.abort() })).results[0].report).toBeNull();
  });

  it("refuses what does not fit before anything is computed, naming the combination", async () => {
    const store = new Witness();
    const plan: SweepPlan = { problems: ["He3"], d: [6, 100_000], time: 0.2, ...SHORT, widths: [8, 4000] };
    await expect(computeSweep(engine, plan, { store })).rejects.toThrow(/largest network of He3, d 100000, time 0.2/);
    expect(store.written).toEqual([]);
  });
});

describe("predictSweep", () => {
  it("gives each task a share of what its combination takes, and the memory of predictGap", async () => {
    const plan: SweepPlan = { problems: ["He4"], d: 8, widths: [64, 256], seeds: 2, time: 1 };
    const tasks = await predictSweep(engine, plan);
    expect(tasks.map(({ m }) => m)).toEqual([256, 256, 64, 64]);
    const [wide, , narrow] = tasks;
    expect((wide.seconds ?? 0) / (narrow.seconds ?? 0)).toBeCloseTo(wide.work / narrow.work, 9);
    expect(wide.limitSeconds).toBeGreaterThan(0);
    const { memoryBytes } = await predictGap(engine, problems.He4({ d: 8 }), { widths: [64, 256], time: 1, seeds: 2 });
    expect(tasks.map((task) => task.memoryBytes)).toEqual(Array(4).fill(memoryBytes));
    expect(await predictSweep(engine, plan, { part: 2, parts: 2 })).toMatchObject([{ index: 1 }, { index: 3 }]);
  });
});

describe("a sweep in parts", () => {
  it("merges to the same bits as one in a piece, on workers or not", async () => {
    const plan: SweepPlan = {
      problems: ["He4", { name: "XOR_4", samples: 64, gradient: "euclidean" }],
      d: [6, 8],
      time: 0.2,
      ...SHORT,
    };
    const whole = JSON.stringify(await runSweep(engine, plan, { workers: 0 }));
    const store = new MemoryStore();
    for (const part of [3, 1, 2]) {
      expect((await mergeSweep(engine, plan, store)).status).toBe("incomplete");
      const { status } = await computeSweep(engine, plan, { store, part: { part, parts: 3 }, workers: 0 });
      expect(status).toBe("completed");
    }
    expect(JSON.stringify(await mergeSweep(engine, plan, store))).toBe(whole);
    expect(JSON.stringify(await runSweep(engine, plan, { workers: 2 }))).toBe(whole);
    expect(await computeSweep(engine, plan, { store })).toMatchObject({ computed: 0, found: 2 * 4 + 2 * 2 });
  });
});
