// src/pool with workers that are made to go wrong.

import { getEventListeners } from "node:events";
import os from "node:os";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Aborted, type Progress, Run } from "../../src/core/run.ts";
import { version } from "../../src/core/version.ts";
import { MemoryRefusal } from "../../src/engine/arena.ts";
import { TaskFailure } from "../../src/pool/batch.ts";
import type { Handlers } from "../../src/pool/handlers.ts";
import type { Reply } from "../../src/pool/protocol.ts";
import type { Way, WorkerLike } from "../../src/pool/ways.ts";
import { checkWorkers, countSharers, countWorkers, deploy, worthSharing } from "../../src/pool/workers.ts";
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

describe("the end of a run", () => {
  test("tasks after one that makes them unwanted are dropped, those before it are finished", async () => {
    const workers: Fake[] = [];
    const make = () => {
      workers.push(served(HANDLERS));
      return workers[workers.length - 1];
    };
    const tasks = [...squares(1, 2, 3), ["stubborn", 0], ...squares(5)] as const;
    const { values, error } = await compute(tasks, { make, order: [3, 2, 4, 1, 0], stopAt: 2 });
    expect(error).toBe(null);
    expect(values.slice(0, 3)).toEqual([1, 4, 9]);
    expect(workers.flatMap((worker) => worker.sent("abort"))).toHaveLength(1);
    expect((await compute(squares(1, 2, 3), { count: 0, stopAt: 1 })).values).toEqual([1, 4]);
  });

  test.each([0, 2])("an abort takes what tasks still have to give, with %d workers", async (count) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const tasks = [
      ["endless", 0],
      ["square", 5],
      ["endless", 0],
    ] as const;
    const { values, error } = await compute(tasks, { count, run: new Run({ signal: controller.signal }) });
    expect(error).toBeInstanceOf(Aborted);
    expect(values[0]).toBe("what there was");
    if (count > 0) expect(values.slice(0, 2)).toEqual(["what there was", 25]);
  });

  test("an abort counts what a task gives on it for no more than it had done", async () => {
    const controller = new AbortController();
    const seen: Progress[] = [];
    const run = new Run({ signal: controller.signal, onProgress: (progress) => seen.push(progress) });
    const make = () =>
      new Fake((worker, order) => {
        if (order.type === "setup") worker.reply({ type: "ready", version });
        if (order.type === "abort") worker.reply({ type: "result", id: order.id, value: "what there was" });
        if (order.type !== "task") return;
        worker.reply({ type: "progress", id: order.id, progress: { done: 1, total: 4, time: 0.5 } });
        setTimeout(() => controller.abort(), 20);
      });
    const { values, error } = await compute(squares(1), { make, count: 1, run });
    expect(error).toBeInstanceOf(Aborted);
    expect(values).toEqual(["what there was"]);
    await expect(run.pause()).rejects.toThrow(Aborted);
    expect(seen.at(-1)).toEqual({ done: 0.25, total: 1, time: 0.5 });
  });

  test("an abort does not wait for a worker that does not hear", async () => {
    const controller = new AbortController();
    const workers: Fake[] = [];
    const make = () => {
      workers.push(scripted(() => {}));
      return workers[workers.length - 1];
    };
    setTimeout(() => controller.abort(), 20);
    // Longer than this test may take.
    const options = { make, run: new Run({ signal: controller.signal }), patience: { silence: 600_000 } };
    const { error } = await compute(squares(1, 2), options);
    expect(error).toBeInstanceOf(Aborted);
    expect(workers.map(({ running }) => running)).toEqual([false, false]);
  });

  test("leaves neither listeners on its signals nor timers behind", async () => {
    const [own, ended] = [new AbortController(), new AbortController()].map(({ signal }) => signal);
    const started = [vi.spyOn(globalThis, "setInterval"), vi.spyOn(globalThis, "setTimeout")];
    const cleared = [vi.spyOn(globalThis, "clearInterval"), vi.spyOn(globalThis, "clearTimeout")];
    const { values } = await compute(squares(1, 2), { run: new Run({ signal: own }), ended });
    expect(values).toEqual([1, 4]);
    for (const signal of [own, ended]) expect(getEventListeners(signal, "abort")).toEqual([]);
    // Those that wait for something; messages of these workers take none.
    const waiting = started.flatMap(({ mock }) =>
      mock.calls.flatMap(([, delay], i) => ((delay ?? 0) > 0 ? [mock.results[i].value] : [])),
    );
    // Two workers were waited for, and one clock looked after them.
    expect(waiting).toHaveLength(3);
    const over = cleared.flatMap(({ mock }) => mock.calls.map(([timer]) => timer as unknown));
    for (const timer of waiting) expect(over).toContain(timer);
  });

  test.each([0, 1])("before its start computes nothing, with %d workers", async (count) => {
    const make = () => scripted((worker, { id }) => worker.reply({ type: "result", id, value: "computed" }));
    const aborted = await compute(squares(1), { count, make, run: new Run({ signal: AbortSignal.abort() }) });
    expect(aborted).toMatchObject({ values: [], error: new Aborted() });
    const reason = new TypeError("engine is gone");
    const ended = await compute(squares(1), { count, make, ended: AbortSignal.abort(reason) });
    expect(ended).toMatchObject({ values: [], error: reason });
  });

  test("by its host ends the start of workers too", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new TypeError("engine is gone")), 20);
    const fake = new Fake(() => {});
    // Longer than this test may take.
    const options = { make: () => fake, count: 1, patience: { start: 600_000 }, ended: controller.signal };
    const { error } = await compute(squares(1), options);
    expect(error).toEqual(new TypeError("engine is gone"));
    expect(fake.running).toBe(false);
  });

  test("a host that is ended ends the run with its reason", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new TypeError("engine is gone")), 20);
    const { error } = await compute([["stubborn", 0]], { ended: controller.signal });
    expect(error).toEqual(new TypeError("engine is gone"));
  });
});

describe("the option workers", () => {
  test("is a choice, a number or a function", () => {
    expect(checkWorkers(undefined)).toEqual({ count: null, factory: null });
    expect(checkWorkers("auto")).toEqual({ count: null, factory: null });
    expect(checkWorkers(3)).toEqual({ count: 3, factory: null });
    const factory = () => new Fake(() => {});
    expect(checkWorkers(factory)).toEqual({ count: null, factory });
    for (const [bad, Kind] of [
      ["many", RangeError],
      [-1, RangeError],
      [1.5, RangeError],
      [257, RangeError],
      [null, TypeError],
      [true, TypeError],
    ] as const) {
      expect(() => checkWorkers(bad)).toThrow(Kind);
      expect(() => checkWorkers(bad)).toThrow(/^workers must be/);
    }
    expect([checkWorkers(0).count, checkWorkers(256).count]).toEqual([0, 256]);
    for (const bad of ["many", null])
      expect(() => checkWorkers(bad)).toThrow(
        `workers must be "auto", an integer from 0 to 256 or a function that makes a worker; got ${JSON.stringify(bad)}`,
      );
  });

  test("gives short runs no worker, and no run more than it has tasks", () => {
    expect(countWorkers(checkWorkers("auto"), 8, 1e6)).toBe(0);
    expect(countWorkers(checkWorkers("auto"), 1, 1e12)).toBe(1);
    expect(countWorkers(checkWorkers(4), 3, 1)).toBe(3);
    expect(countWorkers(checkWorkers(0), 3, 1e12)).toBe(0);
    expect(
      countWorkers(
        checkWorkers(() => new Fake(() => {})),
        1,
        1,
      ),
    ).toBe(1);
  });

  test("shares a step that is long, and more than what it exchanges", () => {
    const amount = { shares: 4, step: 1e9, numbers: 1e6, multiplications: 1e12 };
    expect(worthSharing(amount)).toBe(true);
    expect(worthSharing({ ...amount, step: 9e7, numbers: 1 })).toBe(false);
    expect(worthSharing({ ...amount, numbers: 3e6 })).toBe(false);
    expect(worthSharing({ ...amount, shares: 1 })).toBe(false);
    const auto = checkWorkers("auto");
    expect(countSharers(auto, { ...amount, multiplications: 1e9 })).toBe(0);
    expect(countSharers(auto, { ...amount, step: 1 })).toBe(0);
    expect(countSharers(auto, amount)).not.toBe(1);
    expect(countSharers(checkWorkers(9), { ...amount, step: 1 })).toBe(4);
    expect(countSharers(checkWorkers(0), amount)).toBe(0);
    const factory = checkWorkers(() => new Fake(() => {}));
    expect(countSharers(factory, { ...amount, step: 1 })).toBeGreaterThan(0);
  });

  test("has workers together on one task after another where more of them have work so", () => {
    const largest = { shares: 16, step: 1e9, numbers: 1e6, multiplications: 1e12 };
    const of = (workers: unknown, tasks: number, more = {}) =>
      deploy(checkWorkers(workers), { tasks, multiplications: 1e13 }, { ...largest, ...more });
    expect(of(4, 1)).toEqual({ count: 4, together: true });
    expect(of(4, 3)).toEqual({ count: 4, together: true });
    expect(of(4, 4)).toEqual({ count: 4, together: false });
    expect(of(4, 1, { step: 1e6 })).toEqual({ count: 1, together: false });
    expect(of(4, 2, { shares: 2 })).toEqual({ count: 2, together: false });
    expect(of(0, 1)).toEqual({ count: 0, together: false });
  });

  test("goes by the processors of the host", () => {
    const processors = vi.spyOn(os, "availableParallelism").mockReturnValue(3);
    const auto = checkWorkers("auto");
    const factory = checkWorkers(() => new Fake(() => {}));
    expect([countWorkers(auto, 8, 2e9), countWorkers(auto, 2, 2e9), countWorkers(auto, 8, 1.99e9)]).toEqual([3, 2, 0]);
    expect(countWorkers(factory, 8, 1)).toBe(3);
    // Both limits are just met.
    const amount = { shares: 8, step: 1e8, numbers: 2e5, multiplications: 2e9 };
    expect(worthSharing(amount)).toBe(true);
    expect(countSharers(auto, amount)).toBe(3);
    expect(countSharers(auto, { ...amount, shares: 2 })).toBe(2);
    expect(countSharers(factory, { ...amount, step: 1 })).toBe(3);
    const run = { tasks: 2, multiplications: 1e13 };
    expect(deploy(auto, run, amount)).toEqual({ count: 3, together: true });
    expect(deploy(auto, { ...run, tasks: 3 }, amount)).toEqual({ count: 3, together: false });
    expect(deploy(factory, run, { ...amount, step: 1 })).toEqual({ count: 2, together: false });
    processors.mockReturnValue(1);
    expect([countSharers(auto, amount), countSharers(factory, amount)]).toEqual([0, 1]);
    expect(countWorkers(auto, 8, 2e9)).toBe(1);
    processors.mockReturnValue(1000);
    expect([countWorkers(auto, 999, 2e9), countSharers(auto, { ...amount, shares: 999 })]).toEqual([256, 256]);
    // In a page the navigator says how many there are, or nobody does.
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    vi.stubGlobal("navigator", { hardwareConcurrency: 5 });
    expect(countWorkers(auto, 8, 2e9)).toBe(5);
    vi.stubGlobal("navigator", undefined);
    expect(countWorkers(auto, 8, 2e9)).toBe(1);
  });
});
