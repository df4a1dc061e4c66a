// src/pool with workers that are made to go wrong.

import { afterEach, describe, expect, test, vi } from "vitest";
import { Aborted, type Progress, Run } from "../../src/core/run.ts";
import { MemoryRefusal } from "../../src/engine/arena.ts";
import { TaskFailure } from "../../src/pool/batch.ts";
import type { Handlers } from "../../src/pool/handlers.ts";
import type { Reply } from "../../src/pool/protocol.ts";
import type { Way, WorkerLike } from "../../src/pool/ways.ts";
import { compute, Fake, HANDLERS, scripted, served, squares } from "./pool-fixtures.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("a pool", () => {
  test("computes every task once, whatever the number of workers, and ends them all", async () => {
    for (const count of [0, 1, 2, 5]) {
      const workers: Fake[] = [];
      const make = () => {
        workers.push(served(HANDLERS));
        return workers[workers.length - 1];
      };
      const { values, error, used } = await compute(squares(1, 2, 3, 4), { count, make });
      expect(error).toBe(null);
      expect(values).toEqual([1, 4, 9, 16]);
      expect(used).toEqual({ kind: count === 0 ? "calling thread" : "factory", count });
      expect(workers.map(({ running }) => running)).toEqual(Array(count).fill(false));
      if (count > 0) expect(workers.flatMap((worker) => worker.sent("task"))).toHaveLength(4);
    }
  });

  test("starts tasks in the given order on workers, and as they stand on the calling thread", async () => {
    const order = [2, 0, 3, 1];
    expect((await compute(squares(1, 2, 3, 4), { count: 1, order })).order).toEqual(order);
    expect((await compute(squares(1, 2, 3, 4), { count: 0, order })).order).toEqual([0, 1, 2, 3]);
  });

  test("starts a task when what it waits for is there, and passes over one that was dropped", async () => {
    for (const count of [0, 1, 3]) {
      const { values, order, error } = await compute(squares(1, 2, 3, 4, 5), {
        count,
        // The first waits for the last, the second for the first; the third is dropped as soon as the second is there.
        standing: (index, values) => {
          const after = { 0: 4, 1: 0 }[index];
          if (index === 2) return values[1] === undefined ? "waiting" : "dropped";
          return after === undefined || values[after] !== undefined ? "ready" : "waiting";
        },
      });
      expect(error).toBe(null);
      expect(values).toEqual([1, 4, undefined, 16, 25]);
      expect(order.filter((index) => index !== 3)).toEqual([4, 0, 1]);
    }
  });

  test("sends what tasks share once a worker", async () => {
    const workers: Fake[] = [];
    const make = () => {
      workers.push(served(HANDLERS));
      return workers[workers.length - 1];
    };
    const tasks = Array.from({ length: 6 }, () => ["where", 0, { big: 1 }] as const);
    const { values } = await compute(tasks, { make });
    expect(values).toEqual(Array(6).fill('host of there, {"big":1}'));
    for (const worker of workers) {
      expect(worker.sent("context")).toHaveLength(1);
      expect(worker.sent("forget")).toEqual([{ type: "forget", key: "shared" }]);
      expect(worker.sent("task").length).toBeGreaterThan(1);
    }
    expect((await compute(tasks, { count: 0 })).values[0]).toBe('here, {"big":1}');
  });

  test("reports progress that never falls and reaches its end", async () => {
    const seen: Progress[] = [];
    const run = new Run({ onProgress: (progress) => seen.push(progress) });
    await run.guard(async () => {
      await compute(squares(1, 2, 3, 4, 5), { run });
      return "completed";
    });
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(seen[seen.length - 1]).toMatchObject({ done: 5, total: 5 });
  });

  test("takes no progress from a task that does not know how much it has to do", async () => {
    const seen: Progress[] = [];
    const run = new Run({ onProgress: (progress) => seen.push(progress) });
    const make = () =>
      scripted((worker, { id }) => {
        worker.reply({ type: "progress", id, progress: { done: 0, total: 0, time: 9 } });
        worker.reply({ type: "progress", id, progress: { done: 1, total: 2, time: 0.5 } });
        setTimeout(() => worker.reply({ type: "result", id, value: 1 }), 20);
      });
    await compute(squares(1, 2), { run, make, count: 1, stopAt: 0 });
    await run.pause();
    expect(seen.at(-1)).toEqual({ done: 1, total: 2, time: 0.5 });
    for (const { done } of seen) expect(done).toBeLessThanOrEqual(1);
  });

  test("ends with what a progress function throws", async () => {
    const onProgress = () => {
      throw new Error("enough");
    };
    const make = () =>
      scripted((worker, { id }) =>
        setTimeout(() => worker.reply({ type: "progress", id, progress: { done: 1, total: 2, time: 0 } }), 50),
      );
    const { error } = await compute(squares(1), { run: new Run({ onProgress }), make, count: 1 });
    expect(error).toEqual(new Error("enough"));
  });

  test("does not mind messages that are not its own", async () => {
    const make = () => {
      const worker = served(HANDLERS);
      for (const other of ["hello", null, 7, { type: "result", id: 99, value: 1 }, { id: 1 }]) worker.reply(other);
      return worker;
    };
    expect((await compute(squares(3), { make })).values).toEqual([9]);
  });
});

describe("ways to start a worker", () => {
  const thrower = (): WorkerLike => {
    throw new Error("no workers here");
  };
  test.each<[string, () => WorkerLike]>([
    ["throws", thrower],
    ["gives no worker", () => ({}) as WorkerLike],
    ["never answers", () => new Fake(() => {})],
    ["dies at once", () => new Fake((worker) => worker.die("blocked"))],
    ["is of another version", () => new Fake((worker) => worker.reply({ type: "ready", version: "0.0.1" }))],
    ["cannot start its engine", () => new Fake((worker) => worker.reply({ type: "unfit", reason: "no memory" }))],
  ])("one that %s is passed over", async (_, start) => {
    const bad: Way = { kind: "node", start: () => ({ worker: start() }) };
    const good: Way = { kind: "blob", start: () => ({ worker: served(HANDLERS) }) };
    const later = await compute(squares(1, 2), { ways: [bad, good] });
    expect(later.used).toEqual({ kind: "blob", count: 2 });
    expect(later.values).toEqual([1, 4]);
    const none = await compute(squares(1, 2), { ways: [bad] });
    expect(none.used).toEqual({ kind: "calling thread", count: 0 });
    expect(none.values).toEqual([1, 4]);
  });

  test("what only the start needed is given back, whether it went well or not", async () => {
    let open = 0;
    const way = (worker: () => WorkerLike): Way => ({
      kind: "blob",
      start: () => {
        open++;
        return { worker: worker(), release: () => open-- };
      },
    });
    await compute(squares(1), { ways: [way(() => new Fake(() => {})), way(() => served(HANDLERS))] });
    expect(open).toBe(0);
  });

  test("some of the workers are better than none", async () => {
    const make = (i: number) => (i === 0 ? served(HANDLERS) : new Fake(() => {}));
    const { used, values } = await compute(squares(1, 2, 3), { make });
    expect(used).toEqual({ kind: "factory", count: 1 });
    expect(values).toEqual([1, 4, 9]);
  });

  test("an abort ends the start", async () => {
    const controller = new AbortController();
    const run = new Run({ signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    const fake = new Fake(() => {});
    const { error } = await compute(squares(1), {
      run,
      make: () => fake,
      count: 1,
      // Longer than this test may take.
      patience: { start: 600_000 },
    });
    expect(error).toBeInstanceOf(Aborted);
    expect(fake.running).toBe(false);
  });
});

describe("a worker that is lost", () => {
  /** Workers of which the first `bad` do as told with their first task. */
  const mishaps = (bad: number, mishap: (worker: Fake, id: number) => void) => (i: number) =>
    i < bad ? scripted((worker, { id }) => mishap(worker, id)) : served(HANDLERS);
  const refusal = { name: "RangeError", message: "the machine refused the memory", memory: true };

  test.each<[string, (worker: Fake, id: number) => void, string]>([
    ["dies", (worker) => worker.die("out of memory"), "ended: out of memory"],
    ["falls silent", () => {}, "sent nothing for 0.3 s"],
    [
      "is refused memory",
      (worker, id) => worker.reply({ type: "error", id, error: refusal } satisfies Reply),
      "was refused memory: the machine refused the memory",
    ],
  ])("because it %s: its task is tried once elsewhere, then the run ends with a sentence", async (_, mishap, why) => {
    const once = await compute(squares(1, 2, 3, 4), { make: mishaps(1, mishap) });
    expect(once.error).toBe(null);
    expect(once.values).toEqual([1, 4, 9, 16]);

    const alone = await compute(squares(1, 2, 3), { make: mishaps(1, mishap), count: 1 });
    expect(alone.values).toEqual([1, 4, 9]);

    const make = (i: number) =>
      scripted((worker, { id, payload }) => {
        if (payload === 3) mishap(worker, id);
        else worker.reply({ type: "result", id, value: `from ${i}` });
      });
    const twice = await compute(squares(1, 3, 5), { make });
    expect(twice.error).toBeInstanceOf(TaskFailure);
    expect((twice.error as Error).message).toBe(
      `task 1 could not be computed: its worker ${why}; tried again, its second worker ${why}`,
    );
    // What was finished before is there.
    expect(twice.values[0]).toMatch(/^from/);
  });

  test("a second refusal on the calling thread ends the run too", async () => {
    const handlers: Handlers<string> = {
      square: () => Promise.reject(new MemoryRefusal("the machine refused the memory for it")),
    };
    const { error } = await compute(squares(1), { count: 1, handlers, make: () => served(handlers) });
    expect(error).toEqual(
      new TaskFailure(
        "task 0 could not be computed: its worker was refused memory: the machine refused the memory for it; tried again, the calling thread refused: the machine refused the memory for it",
        0,
      ),
    );
  });

  test("while it has nothing to do is not missed", async () => {
    const workers: Fake[] = [];
    const make = (i: number) => {
      workers[i] = scripted((worker, { id }) => {
        for (const other of workers) if (other !== worker) other.die("bored");
        worker.reply({ type: "result", id, value: "alone" });
      });
      return workers[i];
    };
    const { values, error } = await compute(squares(1), { make, count: 3 });
    expect(error).toBe(null);
    expect(values).toEqual(["alone"]);
  });

  test("with a task that is not wanted any more is not missed either", async () => {
    const tasks: unknown[] = [];
    const make = () =>
      scripted((worker, { id, payload }) => {
        tasks.push(payload);
        // The second task makes the third unwanted, whose worker dies before the first is done.
        if (payload === 3) setTimeout(() => worker.die("out of memory"), 20);
        else setTimeout(() => worker.reply({ type: "result", id, value: payload }), payload === 1 ? 60 : 0);
      });
    const { values, error } = await compute(squares(1, 2, 3), { make, count: 3, stopAt: 1 });
    expect(error).toBe(null);
    expect(values).toEqual([1, 2]);
    expect(tasks).toEqual([1, 2, 3]);
  });

  test("progress is a sign of life", async () => {
    const make = () =>
      scripted((worker, { id }) => {
        let beats = 0;
        const timer = setInterval(() => {
          worker.reply({ type: "progress", id, progress: { done: beats, total: 20, time: 0 } });
          if (++beats < 20) return;
          clearInterval(timer);
          worker.reply({ type: "result", id, value: "late" });
        }, 30);
      });
    const { values, error } = await compute(squares(1), { make, count: 1 });
    expect(error).toBe(null);
    expect(values).toEqual(["late"]);
  });
});

describe("what a task tells on its way", () => {
  test.each([0, 1])(
    "is heard in turn, and the task waits, longer than a dead worker would be waited for (%d workers)",
    async (count) => {
      const seen: string[] = [];
      const heard = async (value: unknown) => {
        seen.push(`${value}`);
        // A worker that waits for us has a right to be silent: 0.3 s in these tests.
        if (value === "a") await new Promise((resolve) => setTimeout(resolve, 600));
        seen.push(`end of ${value}`);
      };
      const { values, error } = await compute([["telling", ["a", "b"]]], { count, heard });
      expect(error).toBe(null);
      expect(values).toEqual([2]);
      expect(seen).toEqual(["a", "end of a", "b", "end of b"]);
    },
  );

  test.each([0, 1])("is not waited for after an abort, nor heard any more (%d workers)", async (count) => {
    const controller = new AbortController();
    let calls = 0;
    const heard = () => {
      calls++;
      controller.abort();
      return new Promise<void>(() => {});
    };
    const run = new Run({ signal: controller.signal });
    const { error } = await compute(
      [
        ["telling", [1, 2]],
        ["telling", [3]],
      ],
      { count, heard, run },
    );
    expect(error).toBeInstanceOf(Aborted);
    expect(calls).toBe(1);
  });

  test.each([0, 1])("and what its listener throws ends the run (%d workers)", async (count) => {
    const heard = () => Promise.reject(new Error("enough"));
    const { error } = await compute([["telling", [1]]], { count, heard });
    expect(error).toEqual(new Error("enough"));
  });
});

describe("errors of the computation", () => {
  test.each([0, 1, 2])("keep their kind and are not tried again, with %d workers", async (count) => {
    const range = await compute([...squares(1), ["refuse", "step"]], { count });
    expect(range.error).toBeInstanceOf(RangeError);
    expect((range.error as Error).message).toBe("step must be smaller");
    expect(range.values).toEqual([1]);
    expect((await compute([["refuse", "type"]], { count })).error).toBeInstanceOf(TypeError);
  });

  test("the first in the list decides, not the first in time", async () => {
    const tasks = [["refuse", "step"], ...squares(2, 3), ["refuse", "type"]] as const;
    const { error } = await compute(tasks, { order: [3, 2, 1, 0] });
    expect(error).toBeInstanceOf(RangeError);
  });

  test("an unknown kind of task is one", async () => {
    const { error } = await compute([["cube", 1]], { count: 1 });
    expect(error).toEqual(new TypeError('this worker cannot compute "cube"'));
  });
});
