// What the calling thread and its workers say to each other. The worker is handed its setup (the compiled module), says
// that it is ready, and then computes one task at a time.

import type { Progress } from "../core/run.ts";

/** To a worker. */
export type Order =
  /** First message. */
  | { type: "setup"; setup: unknown }
  /** Input that many tasks share; it is kept under its key, or what the keeper of that kind makes of it. */
  | { type: "context"; key: string; value: unknown; keeper: string | null }
  /** The end of a context. */
  | { type: "forget"; key: string }
  | { type: "task"; id: number; kind: string; payload: unknown; context: string | null }
  | { type: "abort"; id: number }
  /** What the task has told was heard: it goes on. */
  | { type: "heard"; id: number };

/** From a worker. */
export type Reply =
  /** Two versions of the package must not share a run: their bits may differ. */
  | { type: "ready"; version: string }
  | { type: "unfit"; reason: string }
  | { type: "progress"; id: number; progress: Progress }
  /** Something on the way; the task waits until it is `heard`. */
  | { type: "told"; id: number; value: unknown }
  | { type: "result"; id: number; value: unknown }
  | { type: "error"; id: number; error: PostedError }
  | { type: "aborted"; id: number };

/** An error as it is posted: structured clones of errors lose their fields in some hosts. */
export interface PostedError {
  name: string;
  message: string;
  /** The machine gave no memory, so that a try elsewhere may go better. */
  memory: boolean;
}

/** Errors whose kind is part of the interface of this package. */
const KINDS = { Error, RangeError, TypeError };

/** The error that was posted, as one of the same kind. */
export function revive({ name, message }: PostedError): Error {
  const Kind = Object.hasOwn(KINDS, name) ? KINDS[name as keyof typeof KINDS] : Error;
  const error = new Kind(message);
  if (error.name !== name) error.name = name;
  return error;
}
