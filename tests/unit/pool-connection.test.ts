// One worker as the calling thread sees it: what is heard of it and said to it, and how it is started.

import { afterEach, describe, expect, test, vi } from "vitest";
import { version } from "../../src/core/version.ts";
import { Connection } from "../../src/pool/connection.ts";
import type { Task } from "../../src/pool/handlers.ts";
import type { Order, Reply } from "../../src/pool/protocol.ts";
import { type WorkerLike, waysToStart } from "../../src/pool/ways.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

type Listener = (value: unknown) => void;

/** A worker of one of the three kinds, and how its events reach whoever listens. */
interface Spoken {
  worker: WorkerLike & { sent: Order[]; ended: number };
  say(type: string, value: unknown): void;
}

function silent() {
  const sent: Order[] = [];
  return {
    sent,
    ended: 0,
    postMessage: (order: unknown) => void sent.push(order as Order),
    terminate() {
      this.ended++;
    },
  };
}

const KINDS: [string, (listeners: Map<string, Listener>) => Spoken][] = [
  [
    "a thread of Node",
    (listeners) => ({
      worker: Object.assign(silent(), { on: (type: string, listener: Listener) => void listeners.set(type, listener) }),
      say: (type, value) => listeners.get(type)?.(value),
    }),
  ],
  [
    "a Web Worker",
    (listeners) => ({
      worker: Object.assign(silent(), {
        addEventListener: (type: string, listener: Listener) => void listeners.set(type, listener),
      }),
      say: (type, value) => listeners.get(type)?.(type === "message" ? { data: value } : value),
    }),
  ],
  [
    "a worker with handlers only",
    () => {
      const worker = silent();
      const handlers = worker as unknown as Record<string, Listener>;
      return { worker, say: (type, value) => handlers[`on${type}`]?.(type === "message" ? { data: value } : value) };
    },
  ],
];

function connect(speak: Spoken) {
  const heard: Reply[] = [];
  const lost: string[] = [];
  let released = 0;
  const connection = new Connection({ worker: speak.worker, release: () => void released++ });
  connection.heard = (reply) => void heard.push(reply);
  connection.lost = (reason) => void lost.push(reason);
  return { connection, heard, lost, released: () => released };
}

const task = { kind: "square", name: "a task", payload: 3 } as Task;
const shared = { ...task, context: { key: "a", value: 7 } };

describe.each(KINDS)("the end of %s", (_, make) => {
  const spoken = () => make(new Map());

  test("is heard when it sends an object, until it is ended", async () => {
    const speak = spoken();
    const { connection, heard, lost } = connect(speak);
    const reply = { type: "ready", version };
    for (const message of ["hello", null, 7, undefined, reply]) speak.say("message", message);
    expect(heard).toEqual([reply]);
    await connection.end();
    speak.say("message", reply);
    expect([heard.length, lost]).toEqual([1, []]);
  });

  test.each<[string, unknown, string]>([
    ["error", { message: "out of memory" }, "ended: out of memory"],
    ["error", { message: "" }, "ended: it could not be loaded"],
    ["error", { message: 5 }, "ended: it could not be loaded"],
    ["messageerror", {}, "sent a message that could not be read"],
  ])("is lost by %s with %o", (type, event, reason) => {
    const speak = spoken();
    const { connection, lost, released } = connect(speak);
    speak.say(type, event);
    // Once, whatever else comes.
    speak.say(type, event);
    expect(lost).toEqual([reason]);
    expect([connection.alive, speak.worker.ended, released()]).toEqual([false, 1, 1]);
  });
});

test("a thread is lost with what it threw, or its code, and the page need not report an error that was heard", () => {
  const listeners = new Map<string, Listener>();
  const { lost } = connect(KINDS[0][1](listeners));
  listeners.get("exit")?.(3);
  expect(lost).toEqual(["ended with exit code 3"]);
  for (const thrown of [undefined, null, "text"]) {
    const thread = KINDS[0][1](new Map());
    const { lost } = connect(thread);
    thread.say("error", thrown);
    expect(lost).toEqual(["ended: it could not be loaded"]);
  }
  const page = KINDS[1][1](new Map());
  connect(page);
  const preventDefault = vi.fn();
  page.say("error", { message: "broken", preventDefault });
  expect(preventDefault).toHaveBeenCalledOnce();
});

describe("a connection", () => {
  const open = () => {
    const speak = KINDS[0][1](new Map());
    return { ...connect(speak), speak, worker: speak.worker };
  };

  test("sends a context before the first task that has it, and takes it back once", () => {
    const { connection, worker } = open();
    connection.setUp("module");
    connection.send(1, shared);
    connection.send(2, shared);
    connection.send(3, task);
    connection.forget("b");
    connection.forget("a");
    connection.forget("a");
    const one = { type: "task", kind: "square", payload: 3 };
    expect(worker.sent).toEqual([
      { type: "setup", setup: "module" },
      { type: "context", key: "a", value: 7, keeper: null },
      { ...one, id: 1, context: "a" },
      { ...one, id: 2, context: "a" },
      { ...one, id: 3, context: null },
      { type: "forget", key: "a" },
    ]);
    connection.send(4, { ...shared, context: { ...shared.context, kept: { kind: "tally", here: { free() {} } } } });
    expect(worker.sent[6]).toEqual({ type: "context", key: "a", value: 7, keeper: "tally" });
  });

  test("aborts the task that is there, and none where there is none", () => {
    const { connection, worker } = open();
    connection.abort();
    connection.send(5, task);
    connection.abort();
    expect(worker.sent.slice(1)).toEqual([{ type: "abort", id: 5 }]);
  });

  test("counts looks since it was last heard, and none while the worker waits for us", () => {
    const { connection, speak } = open();
    connection.send(1, task);
    expect([connection.look(), connection.look()]).toEqual([1, 2]);
    speak.say("message", {});
    expect(connection.look()).toBe(1);
    connection.listening();
    expect([connection.look(), connection.look()]).toEqual([0, 0]);
    connection.goOn(1);
    expect(connection.look()).toBe(1);
    connection.listening();
    connection.send(2, task);
    expect(connection.look()).toBe(1);
  });

  test("lets go on the task that waits, not one that is over or whose worker has ended", async () => {
    const { connection, worker } = open();
    const heard = () => worker.sent.filter(({ type }) => type === "heard");
    connection.send(1, task);
    connection.goOn(1);
    expect(heard()).toEqual([{ type: "heard", id: 1 }]);
    connection.send(2, task);
    connection.listening();
    // What task 1 had told was heard too late.
    connection.goOn(1);
    expect([heard().length, connection.look()]).toEqual([1, 0]);
    await connection.end();
    connection.goOn(2);
    connection.forget("a");
    expect(heard()).toHaveLength(1);
  });

  test("gives back once what only the start needed, and ends a worker that cannot be ended", async () => {
    const { connection, released, worker } = open();
    connection.settled();
    connection.settled();
    worker.terminate = () => Promise.reject(new Error("it is gone"));
    await connection.end();
    expect([released(), connection.alive]).toEqual([1, false]);
  });
});

describe("ways to start a worker", () => {
  /** Stands in for the constructor of the page. */
  const workers: { url: unknown; options: unknown }[] = [];
  class PageWorker {
    constructor(url: unknown, options: unknown) {
      workers.push({ url, options });
    }
  }
  const kinds = (factory: (() => WorkerLike) | null = null) => waysToStart(factory).map(({ kind }) => kind);

  test("are those of the host, the user's own first", () => {
    vi.stubGlobal("Worker", undefined);
    expect(kinds()).toEqual(["node"]);
    const own = silent();
    const [first, ...others] = waysToStart(() => own);
    expect(first.kind).toBe("factory");
    expect(first.start().worker).toBe(own);
    expect(others.map(({ kind }) => kind)).toEqual(["node"]);
    vi.stubGlobal("Worker", PageWorker);
    expect(kinds()).toEqual(["node", "blob", "url"]);
    vi.stubGlobal("process", undefined);
    expect(kinds()).toEqual(["blob", "url"]);
    vi.stubGlobal("Worker", undefined);
    expect(kinds()).toEqual([]);
  });

  test("in a page are a Blob of the source, given back when it is up, and a module beside the package", async () => {
    vi.stubGlobal("Worker", PageWorker);
    workers.length = 0;
    const blobs: Blob[] = [];
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => `blob:${blobs.push(blob as Blob)}`);
    const revoked = vi.spyOn(URL, "revokeObjectURL").mockImplementation(() => {});
    const [blob, url] = waysToStart(null).slice(1);
    const { worker, release } = blob.start();
    expect(worker).toBeInstanceOf(PageWorker);
    expect(workers).toEqual([{ url: "blob:1", options: undefined }]);
    expect(blobs[0].type).toBe("text/javascript");
    expect(await blobs[0].text()).toContain("postMessage");
    expect(revoked).not.toHaveBeenCalled();
    release?.();
    expect(revoked).toHaveBeenCalledExactlyOnceWith("blob:1");
    expect(url.start().worker).toBeInstanceOf(PageWorker);
    expect(`${workers[1].url}`).toMatch(/\/worker\.js$/);
    expect(workers[1].options).toEqual({ type: "module" });
  });

  test("give a Blob back that makes no worker, and say why", () => {
    const forbidden = () => {
      throw new Error("forbidden by a policy");
    };
    vi.stubGlobal("Worker", forbidden);
    vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:1");
    const revoked = vi.spyOn(URL, "revokeObjectURL").mockImplementation(() => {});
    expect(() => waysToStart(null)[1].start()).toThrow();
    expect(revoked).toHaveBeenCalledExactlyOnceWith("blob:1");
  });

  test("in Node are threads of the same source, with none of the flags of this process", () => {
    const made: unknown[][] = [];
    class Thread {
      constructor(...how: unknown[]) {
        made.push(how);
      }
    }
    vi.spyOn(process, "getBuiltinModule").mockReturnValue({ Worker: Thread } as never);
    const [node] = waysToStart(null);
    expect(node.start().worker).toBeInstanceOf(Thread);
    expect(made[0][0]).toContain("postMessage");
    expect(made[0][1]).toEqual({ eval: true, execArgv: [], name: "propchaos" });
  });
});
