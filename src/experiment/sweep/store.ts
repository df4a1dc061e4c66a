// Where the results of a sweep are kept, as text: those of tasks under their hashes, and limits that took long to solve.

import { wrongKind } from "../../core/check.ts";
import type { SweepTask } from "./tasks.ts";

/**
 * A place for results. What `write` got whole, `read` gives back; a directory and a browser's database both serve. A name is
 * the hash of a task, or `limit-` and 64 hexadecimal digits.
 */
export interface SweepStore {
  /** The text under a name; null where there is none. */
  read(name: string): string | null | Promise<string | null>;
  /** Keeps a text under a name, whole or not at all. */
  write(name: string, text: string): void | Promise<void>;
  /** Told where what was read is no result of its task; the task is computed again, and written once more. */
  broken?(task: SweepTask, reason: string): void | Promise<void>;
}

/** @internal @throws TypeError naming `store`. */
export function checkStore(store: unknown): SweepStore {
  const { read, write } = (store ?? {}) as Partial<SweepStore>;
  if (typeof read !== "function" || typeof write !== "function")
    wrongKind("store", "an object with the functions read and write", store);
  return store as SweepStore;
}

/** In memory. */
export class MemoryStore implements SweepStore {
  private readonly texts = new Map<string, string>();

  read(name: string): string | null {
    return this.texts.get(name) ?? null;
  }

  write(name: string, text: string): void {
    this.texts.set(name, text);
  }
}
