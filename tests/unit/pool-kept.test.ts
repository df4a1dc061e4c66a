// What workers keep between tasks: made once, forgotten when told so, and done without where a worker cannot.

import { describe, expect, test } from "vitest";
import { Run } from "../../src/core/run.ts";
import { MemoryRefusal } from "../../src/engine/arena.ts";
import type { Handlers, Keepers, Kept } from "../../src/pool/handlers.ts";
import { Pool } from "../../src/pool/pool.ts";
import type { WorkerLike } from "../../src/pool/ways.ts";
import { Fake, scripted, served } from "./pool-fixtures.ts";

/** A number that grows with every task. */
class Tally implements Kept {
  total: number;
  freed = false;
  constructor(total: number) {
    this.total = total;
  }
  free(): void {
    this.freed = true;
  }
}

const HANDLERS: Handlers<string> = {
  async add(host, payload, context, work) {
    await work.pause();
    const tally = context as Tally;
    tally.total += payload as number;
    return { value: `${host}: ${tally.total}` };
  },
};

async function open(count: number, make: (i: number) => WorkerLike) {
  let made = 0;
  const pool = await Pool.start(
    {
      host: "here",
      setup: "there",
      handlers: HANDLERS,
      count,
      ended: new AbortController().signal,
      ways: [{ kind: "factory", start: () => ({ worker: make(made++) }) }],
      patience: { start: 200, silence: 300, abort: 75 },
    },
    new Run({}),
  );
  const here = new Tally(1000);
  const add = async (key: string, ...numbers: number[]) => {
    const run = new Run({});
    const values: unknown[] = [];
    const tasks = numbers.map((payload, i) => ({
      kind: "add",
      name: `task ${i}`,
      payload,
      part: run.part(0),
      context: { key, value: 10, kept: { kind: "tally", here } },
    }));
    const finished = (index: number, value: unknown) => {
      values[index] = value;
      return false;
    };
    await pool.compute({ run, tasks, finished });
    return values;
  };
  return { pool, here, add };
}

describe("what a worker keeps", () => {
  test("is made once, by its first task, and is there for the next list of tasks", async () => {
    const tallies: Tally[] = [];
    const keepers: Keepers<string> = {
      tally: async (_, value) => {
        tallies.push(new Tally(value as number));
        return tallies[tallies.length - 1];
      },
    };
    const worker = served(HANDLERS, keepers);
    const { pool, add, here } = await open(1, () => worker);
    expect(await add("a", 1)).toEqual(["host of there: 11"]);
    expect(await add("a", 2, 3)).toEqual(["host of there: 13", "host of there: 16"]);
    expect(worker.sent("context")).toHaveLength(1);
    // Forgotten, it is freed; the next task makes another one.
    pool.forget("a");
    expect(await add("a", 5)).toEqual(["host of there: 15"]);
    expect(tallies.map(({ freed }) => freed)).toEqual([true, false]);
    pool.forget("none");
    expect(worker.sent("forget")).toHaveLength(1);
    expect(here.total).toBe(1000);
    await pool.close();
  });

  test("is the calling thread's own where there are no workers", async () => {
    const { pool, add } = await open(0, () => new Fake(() => {}));
    expect(await add("a", 1, 2)).toEqual(["here: 1001", "here: 1003"]);
    pool.forget("a");
    await pool.close();
  });

  test("of an unknown kind is an error of the task", async () => {
    const { pool, add } = await open(1, () => served(HANDLERS));
    await expect(add("a", 1)).rejects.toThrow(new TypeError('this worker cannot keep "tally"'));
    await pool.close();
  });

  test.each<[string, (worker: Fake) => void]>([
    ["dies", (worker) => worker.die("out of memory")],
    ["falls silent", () => {}],
  ])("goes with a worker that %s: the calling thread does its task", async (_, mishap) => {
    const keepers: Keepers<string> = { tally: async () => new Tally(10) };
    const make = (i: number) => (i === 0 ? scripted((worker) => mishap(worker)) : served(HANDLERS, keepers));
    const { pool, add } = await open(2, make);
    expect(await add("a", 1, 2)).toEqual(["here: 1001", "host of there: 12"]);
    expect(pool.alive).toBe(1);
    expect(pool.used.count).toBe(2);
    expect(await add("a", 3)).toEqual(["host of there: 15"]);
    await pool.close();
  });

  test("that a worker is refused memory for is done without that worker, though all are refused", async () => {
    const workers: Fake[] = [];
    const keepers: Keepers<string> = { tally: () => Promise.reject(new MemoryRefusal("no memory")) };
    const make = () => {
      workers.push(served(HANDLERS, keepers));
      return workers[workers.length - 1];
    };
    const { pool, add } = await open(2, make);
    expect((await add("a", 1, 1, 1)).sort()).toEqual(["here: 1001", "here: 1002", "here: 1003"]);
    expect(pool.alive).toBe(0);
    expect(workers.map(({ running }) => running)).toEqual([false, false]);
    await pool.close();
  });
});
