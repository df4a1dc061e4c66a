// Where the results of a sweep are kept: under the hashes of their tasks, as text.

import type { SweepTask } from "./tasks.ts";

/** A place for results. What `write` got whole, `read` gives back; a directory and a browser's database both serve. */
export interface SweepStore {
  /** The text under the hash of a task; null where there is none. */
  read(hash: string): string | null | Promise<string | null>;
  write(hash: string, text: string): void | Promise<void>;
  /** Told where what was read is no result of its task; the task is computed again, and written once more. */
  broken?(task: SweepTask, reason: string): void | Promise<void>;
}

/** In memory. */
export class MemoryStore implements SweepStore {
  private readonly texts = new Map<string, string>();

  read(hash: string): string | null {
    return this.texts.get(hash) ?? null;
  }

  write(hash: string, text: string): void {
    this.texts.set(hash, text);
  }
}
