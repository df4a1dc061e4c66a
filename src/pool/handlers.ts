// What tasks are made of: a kind, whose handler is known on both sides, and plain data that can be posted.

import type { Part, Work } from "../core/run.ts";

/** What a handler gives back. */
export interface Answer {
  value: unknown;
  /** Buffers of `value` that are handed over instead of copied. */
  transfer?: Transferable[] | undefined;
}

/**
 * Tells whoever gave the task something before its end, and waits until it was heard. Throws `Aborted` where a signal
 * comes meanwhile.
 */
export type Tell = (value: unknown, transfer?: Transferable[]) => Promise<void>;

/** Computes a task, on whatever thread it runs; `host` is what the thread was set up with. */
export type Handler<Host> = (host: Host, payload: unknown, context: unknown, work: Work, tell: Tell) => Promise<Answer>;

/** Handlers by the kind of their tasks. */
export type Handlers<Host> = Readonly<Record<string, Handler<Host>>>;

/** Input that many tasks share; it is sent to a worker once. */
export interface Context {
  key: string;
  value: unknown;
}

/** One piece of work. Its payload is copied to the worker, so that it is still there for a second try. */
export interface Task {
  kind: string;
  /** What the task computes, as it stands in a sentence: "the network of width 512, replica 3". */
  name: string;
  payload: unknown;
  context?: Context | undefined;
  /** What this task counts in its run. */
  part: Part;
  /** Takes what the task tells on its way, which waits for it; what it throws ends the run. */
  heard?: ((value: unknown) => void | Promise<void>) | undefined;
}
