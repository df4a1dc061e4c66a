// One worker as the calling thread sees it: messages both ways, the contexts it has, signs of life, its end.

import type { Task } from "./handlers.ts";
import type { Order, Reply } from "./protocol.ts";
import type { Started, WorkerLike } from "./ways.ts";

/** Web Workers have the first two, workers of Node the last. */
interface Listenable {
  addEventListener?(type: string, listener: (event: unknown) => void): void;
  onmessage?: unknown;
  onerror?: unknown;
  onmessageerror?: unknown;
  on?(type: string, listener: (value: unknown) => void): void;
}

const UNREADABLE = "sent a message that could not be read";

function listen(worker: WorkerLike & Listenable, heard: (data: unknown) => void, lost: (reason: string) => void): void {
  if (typeof worker.on === "function") {
    worker.on("message", heard);
    worker.on("messageerror", () => lost(UNREADABLE));
    worker.on("error", (error) => lost(`ended: ${messageOf(error)}`));
    worker.on("exit", (code) => lost(`ended with exit code ${code}`));
    return;
  }
  const listeners = {
    message: (event: unknown) => heard((event as MessageEvent).data),
    messageerror: () => lost(UNREADABLE),
    error: (event: unknown) => {
      // Handled here, so the page need not report it once more.
      (event as Partial<Event>).preventDefault?.();
      lost(`ended: ${messageOf(event)}`);
    },
  };
  for (const [type, listener] of Object.entries(listeners)) {
    if (typeof worker.addEventListener === "function") worker.addEventListener(type, listener);
    else Object.assign(worker, { [`on${type}`]: listener });
  }
}

function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === "string" && message !== "" ? message : "it could not be loaded";
}

export class Connection {
  /** Whoever owns this connection now; replies and the loss of the worker go to it. */
  heard: (reply: Reply) => void = () => {};
  lost: (reason: string) => void = () => {};
  /** Whether the worker is there. */
  alive = true;
  /** Id of the task it computes. */
  current: number | null = null;
  /** Looks at this worker since it was last heard. */
  private quiet = 0;
  /** Whether it waits for us, and has a right to be silent. */
  private waits = false;
  private readonly contexts = new Set<string>();
  private readonly worker: WorkerLike;
  private readonly release: () => void;

  constructor({ worker, release = () => {} }: Started) {
    this.worker = worker;
    let held = true;
    this.release = () => {
      if (held) release();
      held = false;
    };
    listen(
      worker,
      (data) => {
        this.quiet = 0;
        if (this.alive && typeof data === "object" && data !== null) this.heard(data as Reply);
      },
      (reason) => this.lose(reason),
    );
  }

  private post(order: Order): void {
    this.worker.postMessage(order);
  }

  setUp(setup: unknown): void {
    this.post({ type: "setup", setup });
  }

  /** Sends a task, after its context where the worker does not have it yet. */
  send(id: number, { kind, payload, context }: Task): void {
    if (context && !this.contexts.has(context.key)) {
      const { key, value, kept } = context;
      this.post({ type: "context", key, value, keeper: kept?.kind ?? null });
      this.contexts.add(context.key);
    }
    this.post({ type: "task", id, kind, payload, context: context?.key ?? null });
    this.current = id;
    this.quiet = 0;
    this.waits = false;
  }

  /** The worker has told something and waits until we have heard it. */
  listening(): void {
    this.waits = true;
  }

  /** Lets the task that has told something go on. */
  goOn(id: number): void {
    if (!this.alive || this.current !== id) return;
    this.waits = false;
    this.quiet = 0;
    this.post({ type: "heard", id });
  }

  /** The worker may forget a context. */
  forget(key: string): void {
    if (this.alive && this.contexts.delete(key)) this.post({ type: "forget", key });
  }

  abort(): void {
    if (this.current !== null) this.post({ type: "abort", id: this.current });
  }

  /** How many looks in turn, with this one, found no message. */
  look(): number {
    return this.waits ? 0 : ++this.quiet;
  }

  /** The worker is up: its start needs nothing more. */
  settled(): void {
    this.release();
  }

  /** Gives the worker up and tells the owner. */
  lose(reason: string): void {
    if (!this.alive) return;
    void this.end();
    this.lost(reason);
  }

  /** Ends the worker; one that cannot be ended any more has ended. */
  async end(): Promise<void> {
    if (!this.alive) return;
    this.alive = false;
    this.release();
    try {
      await this.worker.terminate();
    } catch {}
  }
}
