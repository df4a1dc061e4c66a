// The worker's own side, message by message: its line, its setup, its tasks, what it keeps.

import { afterEach, describe, expect, test, vi } from "vitest";
import { version } from "../../src/core/version.ts";
import { MemoryRefusal } from "../../src/engine/arena.ts";
import type { Handlers, Keepers } from "../../src/pool/handlers.ts";
import { type Order, type Reply, revive } from "../../src/pool/protocol.ts";
import { lineOfThisThread, serve } from "../../src/pool/serve.ts";

/** Longer than any of it takes; looks often. */
const PATIENCE = { timeout: 20_000, interval: 1 };

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("the line of this thread", () => {
  const reply: Reply = { type: "ready", version };
  const buffer = new ArrayBuffer(8);

  test("is the port of a thread of Node", () => {
    const port = { postMessage: vi.fn(), on: vi.fn() };
    vi.spyOn(process, "getBuiltinModule").mockReturnValue({ parentPort: port } as never);
    const line = lineOfThisThread();
    line?.post(reply);
    line?.post(reply, [buffer]);
    expect(port.postMessage.mock.calls).toEqual([
      [reply, []],
      [reply, [buffer]],
    ]);
    const heard = () => {};
    line?.listen(heard);
    expect(port.on.mock.calls).toEqual([["message", heard]]);
  });

  test("is the scope of a Web Worker, and not that of a page", () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue({ parentPort: null } as never);
    const postMessage = vi.fn();
    const listeners: [string, (event: { data: unknown }) => void][] = [];
    vi.stubGlobal("addEventListener", (...listener: (typeof listeners)[number]) => void listeners.push(listener));
    vi.stubGlobal("postMessage", postMessage);
    // A page has the first two as well.
    expect(lineOfThisThread()).toBeNull();
    vi.stubGlobal("WorkerGlobalScope", class {});
    const line = lineOfThisThread();
    line?.post(reply);
    line?.post(reply, [buffer]);
    expect(postMessage.mock.calls).toEqual([
      [reply, []],
      [reply, [buffer]],
    ]);
    const orders: Order[] = [];
    line?.listen((order) => void orders.push(order));
    expect(listeners.map(([type]) => type)).toEqual(["message"]);
    listeners[0][1]({ data: { type: "abort", id: 1 } });
    expect(orders).toEqual([{ type: "abort", id: 1 }]);
    vi.stubGlobal("postMessage", undefined);
    expect(lineOfThisThread()).toBeNull();
  });
});

describe("a worker's own side", () => {
  /** Its replies in turn, with what it hands over, and how to give it an order. */
  function worker(
    handlers: Handlers<string>,
    keepers: Keepers<string> = {},
    open = async (setup: unknown) => `${setup}`,
  ) {
    const replies: Reply[] = [];
    const handed: unknown[] = [];
    let order: (order: Order) => void = () => {};
    serve(
      {
        post: (reply, transfer) => {
          replies.push(structuredClone(reply));
          handed.push(transfer);
        },
        listen: (heard) => {
          order = heard;
        },
      },
      open,
      handlers,
      keepers,
    );
    const until = (type: Reply["type"]) =>
      vi.waitFor(() => expect(replies.map((reply) => reply.type)).toContain(type), PATIENCE);
    return { replies, handed, order, until };
  }

  const work = (id: number, kind: string, payload: unknown = null, context: string | null = null): Order => ({
    type: "task",
    id,
    kind,
    payload,
    context,
  });

  test("says that it is ready, or why it is not, whatever was thrown", async () => {
    const good = worker({});
    good.order({ type: "setup", setup: "module" });
    await good.until("ready");
    expect(good.replies).toEqual([{ type: "ready", version }]);
    for (const [thrown, reason] of [
      [new Error("no memory"), "no memory"],
      ["nothing", "nothing"],
    ]) {
      const bad = worker({}, {}, () => Promise.reject(thrown));
      bad.order({ type: "setup", setup: null });
      await bad.until("unfit");
      expect(bad.replies).toEqual([{ type: "unfit", reason }]);
    }
  });

  test("passes over what is no order", () => {
    const { replies, order } = worker({});
    for (const other of [
      null,
      undefined,
      "hello",
      { type: "greeting" },
      { type: "abort", id: 9 },
      { type: "heard", id: 9 },
    ])
      order(other as Order);
    expect(replies).toEqual([]);
  });

  test("reports progress at once, and then every tenth of a second at most", async () => {
    let now = 1000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const handlers: Handlers<string> = {
      async slow(_, __, ___, work) {
        work.expect(4);
        for (const passed of [0, 99, 1, 99]) {
          now += passed;
          work.advance(1, now);
          await work.pause();
        }
        return { value: "done" };
      },
    };
    const { replies, order, until } = worker(handlers);
    order({ type: "setup", setup: null });
    order(work(3, "slow"));
    await until("result");
    expect(replies.slice(1)).toEqual([
      { type: "progress", id: 3, progress: { done: 1, total: 4, time: 1000 } },
      { type: "progress", id: 3, progress: { done: 3, total: 4, time: 1100 } },
      { type: "result", id: 3, value: "done" },
    ]);
  });

  test("says what a task tells, waits for its hearing, and hands over what is to be handed over", async () => {
    const buffer = new ArrayBuffer(8);
    const handlers: Handlers<string> = {
      async telling(host, payload, context, _, tell) {
        await tell("first", [buffer]);
        return { value: [host, payload, context], transfer: [buffer] };
      },
    };
    const { replies, handed, order, until } = worker(handlers);
    order({ type: "setup", setup: "host" });
    order({ type: "context", key: "a", value: 7, keeper: null });
    order(work(4, "telling", "load", "a"));
    await until("told");
    expect(replies[1]).toEqual({ type: "told", id: 4, value: "first" });
    order({ type: "heard", id: 5 });
    await Promise.resolve();
    expect(replies).toHaveLength(2);
    order({ type: "heard", id: 4 });
    await until("result");
    expect(replies[2]).toEqual({ type: "result", id: 4, value: ["host", "load", 7] });
    expect(handed).toEqual([undefined, [buffer], [buffer]]);
  });

  test("ends a task that is aborted, also while it waits to be heard", async () => {
    const handlers: Handlers<string> = {
      async telling(_, __, ___, ____, tell) {
        await tell("first");
        return { value: null };
      },
    };
    const { replies, order, until } = worker(handlers);
    order({ type: "setup", setup: null });
    order(work(4, "telling"));
    await until("told");
    order({ type: "abort", id: 4 });
    await until("aborted");
    expect(replies[2]).toEqual({ type: "aborted", id: 4 });
  });

  test.each<[unknown, object]>([
    [new RangeError("too large"), { name: "RangeError", message: "too large", memory: false }],
    [new MemoryRefusal("no memory"), { name: "RangeError", message: "no memory", memory: true }],
    ["a word", { name: "Error", message: "a word", memory: false }],
  ])("posts what a task throws: %s", async (thrown, posted) => {
    const { replies, order, until } = worker({ refuse: () => Promise.reject(thrown) });
    order({ type: "setup", setup: null });
    order(work(1, "refuse"));
    await until("error");
    expect(replies[1]).toEqual({ type: "error", id: 1, error: posted });
  });

  test("computes nothing before it is set up, nor what it does not know", async () => {
    const handlers: Handlers<string> = { square: async () => ({ value: 1 }) };
    const early = worker(handlers);
    early.order(work(1, "square"));
    await early.until("error");
    const error = { name: "TypeError", message: 'this worker cannot compute "square"', memory: false };
    expect(early.replies).toEqual([{ type: "error", id: 1, error }]);
    const { replies, order, until } = worker(handlers);
    order({ type: "setup", setup: "host" });
    order(work(2, "toString"));
    await until("error");
    expect(replies[1]).toMatchObject({ id: 2, error: { message: 'this worker cannot compute "toString"' } });
  });

  test("asks a keeper that failed again, and forgets a context with what was kept of it", async () => {
    let asked = 0;
    const free = vi.fn();
    const keepers: Keepers<string> = {
      tally: async (host, value) => {
        if (++asked === 1) throw new Error("not yet");
        return { of: `${host} ${value}`, free };
      },
    } as Keepers<string>;
    const handlers: Handlers<string> = {
      kept: async (_, __, context) => ({ value: (context as { of: string } | null)?.of ?? null }),
    };
    const { replies, order, until } = worker(handlers, keepers);
    order({ type: "setup", setup: "host" });
    order({ type: "context", key: "a", value: 7, keeper: "tally" });
    order(work(1, "kept", null, "a"));
    await until("error");
    order(work(2, "kept", null, "a"));
    await until("result");
    expect(replies[2]).toEqual({ type: "result", id: 2, value: "host 7" });
    expect(asked).toBe(2);
    order({ type: "forget", key: "a" });
    await vi.waitFor(() => expect(free).toHaveBeenCalledOnce(), PATIENCE);
    order(work(3, "kept", null, "a"));
    await vi.waitFor(() => expect(replies).toHaveLength(4), PATIENCE);
    expect(replies[3]).toEqual({ type: "result", id: 3, value: null });
  });
});

test("an error comes back as one of its kind, with its name", () => {
  for (const [name, Kind] of [
    ["RangeError", RangeError],
    ["TypeError", TypeError],
    ["Error", Error],
    ["LinkError", Error],
    ["toString", Error],
  ] as const) {
    const error = revive({ name, message: "why", memory: false });
    expect(error).toBeInstanceOf(Kind);
    expect([error.constructor, error.name, error.message]).toEqual([Kind, name, "why"]);
  }
});
