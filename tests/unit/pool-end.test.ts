// How a run on workers ends: with tasks that are no longer wanted, an abort, a host that is gone; and what it leaves behind.

import { getEventListeners } from "node:events";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Aborted, type Progress, Run } from "../../src/core/run.ts";
import { version } from "../../src/core/version.ts";
import { compute, Fake, HANDLERS, scripted, served, squares } from "./pool-fixtures.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
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
