// What tasks are made of: a kind, whose handler is known on both sides, and plain data that can be posted.

import type { Part, Work } from "../core/run.ts";

/** What a handler gives back. */
export interface Answer {
  value: unknown;
  /** Buffers of `value` that are handed over instead of copied. */
  transfer?: ArrayBuffer[] | undefined;
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

/** What a thread keeps between tasks. */
export interface Kept {
  free(): void;
}

/** Makes of the value of a context what a worker keeps until it may forget it or ends. */
export type Keeper<Host> = (host: Host, value: unknown, work: Work) => Promise<Kept>;

/** Keepers by the kind of what they make. */
export type Keepers<Host> = Readonly<Record<string, Keeper<Host>>>;

/** Input that many tasks share; it is sent to a worker once. */
export interface Context {
  key: string;
  value: unknown;
  /**
   * Where tasks are given not the value but what a worker makes of it with its first task, and keeps: the kind of its
   * keeper, and the one of the calling thread, which computes what went wrong on a worker.
   */
  kept?: { kind: string; here: Kept } | undefined;
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
