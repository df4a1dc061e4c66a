// The worker's side: listens for tasks, computes them in slices, so that an abort is seen, and posts what comes of them.

import { Aborted, type Progress, Run } from "../core/run.ts";
import { version } from "../core/version.ts";
import { MemoryRefusal } from "../engine/arena.ts";
import type { Handlers, Keepers, Kept, Tell } from "./handlers.ts";
import type { Order, PostedError, Reply } from "./protocol.ts";

/** The worker's end of the line. */
export interface Line {
  post(reply: Reply, transfer?: Transferable[]): void;
  listen(heard: (order: Order) => void): void;
}

/** Milliseconds between two reports of progress; each is also a sign of life. */
const BEAT = 100;

/** A function that calls `post` at most once a beat. */
function sparsely(post: (progress: Progress) => void): (progress: Progress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = performance.now();
    if (now - last < BEAT) return;
    last = now;
    post(progress);
  };
}

function posted(thrown: unknown): PostedError {
  if (!(thrown instanceof Error)) return { name: "Error", message: String(thrown), memory: false };
  const { name, message } = thrown;
  return { name, message, memory: thrown instanceof MemoryRefusal };
}

/** A context as it came, and what is kept in its place once a task has asked for it. */
interface Received {
  value: unknown;
  keeper: string | null;
  kept?: Promise<Kept>;
}

/** Serves tasks on this line; `open` makes of the setup what handlers and keepers are given. */
export function serve<Host>(
  line: Line,
  open: (setup: unknown) => Promise<Host> | Host,
  handlers: Handlers<Host>,
  keepers: Keepers<Host> = {},
): void {
  let host: Promise<Host> | undefined;
  const contexts = new Map<string, Received>();
  const running = new Map<number, AbortController>();
  /** Resolvers of tasks that wait for what they told to be heard. */
  const waiting = new Map<number, () => void>();

  async function setUp(setup: unknown): Promise<void> {
    try {
      host = Promise.resolve(open(setup));
      await host;
      line.post({ type: "ready", version });
    } catch (error) {
      line.post({ type: "unfit", reason: posted(error).message });
    }
  }

  /** What a handler is given of a context; a keeper that fails is asked again by the next task. */
  async function shared(ready: Host, key: string | null, work: Run): Promise<unknown> {
    const context = key === null ? undefined : contexts.get(key);
    if (!context) return null;
    const { keeper, value } = context;
    if (keeper === null) return value;
    if (!Object.hasOwn(keepers, keeper)) throw new TypeError(`this worker cannot keep "${keeper}"`);
    context.kept ??= keepers[keeper](ready, value, work);
    try {
      return await context.kept;
    } catch (error) {
      delete context.kept;
      throw error;
    }
  }

  function forget(key: string): void {
    const kept = contexts.get(key)?.kept;
    contexts.delete(key);
    kept?.then(
      (it) => it.free(),
      () => {},
    );
  }

  async function compute({ id, kind, payload, context }: Order & { type: "task" }): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    const onProgress = sparsely((progress) => line.post({ type: "progress", id, progress }));
    try {
      const ready = await host;
      if (!ready || !Object.hasOwn(handlers, kind)) throw new TypeError(`this worker cannot compute "${kind}"`);
      const work = new Run({ signal: controller.signal, onProgress });
      const tell: Tell = (value, transfer) => {
        line.post({ type: "told", id, value }, transfer);
        return work.wait(new Promise((resolve) => waiting.set(id, resolve)));
      };
      const kept = await shared(ready, context, work);
      const { value, transfer } = await handlers[kind](ready, payload, kept, work, tell);
      line.post({ type: "result", id, value }, transfer);
    } catch (error) {
      if (error instanceof Aborted) line.post({ type: "aborted", id });
      else line.post({ type: "error", id, error: posted(error) });
    } finally {
      running.delete(id);
      waiting.delete(id);
    }
  }

  line.listen((order) => {
    // A worker that its user made may hear other things too.
    switch (order?.type) {
      case "setup":
        return void setUp(order.setup);
      case "context":
        return void contexts.set(order.key, { value: order.value, keeper: order.keeper });
      case "forget":
        return forget(order.key);
      case "task":
        return void compute(order);
      case "abort":
        return running.get(order.id)?.abort();
      case "heard":
        return waiting.get(order.id)?.();
    }
  });
}

/** What a worker's global scope has; a page has the first two with another meaning. */
interface WorkerScope {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** The line to whoever started this thread; null where this is not a worker. */
export function lineOfThisThread(): Line | null {
  const port = globalThis.process?.getBuiltinModule?.("node:worker_threads")?.parentPort;
  if (port) {
    return {
      post: (reply, transfer = []) => port.postMessage(reply, transfer as never[]),
      listen: (heard) => port.on("message", heard),
    };
  }
  const scope = globalThis as unknown as WorkerScope & { WorkerGlobalScope?: unknown };
  if (typeof scope.WorkerGlobalScope !== "function" || typeof scope.postMessage !== "function") return null;
  return {
    post: (reply, transfer = []) => scope.postMessage(reply, transfer),
    listen: (heard) => scope.addEventListener("message", ({ data }) => heard(data)),
  };
}
