// Locks of a sweep's directory: a file that says which process on which machine is at work. Not proper-lockfile, which knows
// the age of a lock only: after kill -9 it would keep everybody out until that has passed. Here a process that is gone from
// this machine has no lock; of other machines, whose processes cannot be seen, a lock counts while its file is touched.
//
// A lock that is taken over wrongly costs time and nothing else: results are written whole, and equal whoever writes them.

import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** Seconds between two touches, and those after which a lock that nobody touched is void. */
const BEAT = 20;
const PATIENCE = 180;

/** Who has a lock. */
interface Holder {
  id: string;
  pid: number;
  host: string;
}

/** Another process has the lock. */
export class LockedError extends Error {}

function code(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function holderOf(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch (error) {
    if (code(error) !== undefined) throw error;
    // Being written at this moment, or left unfinished by a process that was killed.
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return code(error) !== "ESRCH";
  }
}

/** Seconds since a file was touched, by the clock of its file system, which may be that of another machine. */
function age(path: string): number {
  const probe = `${path}.${randomUUID()}.tmp`;
  writeFileSync(probe, "", { flag: "wx" });
  try {
    return (statSync(probe).mtimeMs - statSync(path).mtimeMs) / 1000;
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Whether whoever has a lock is still at work. */
function isAlive(path: string, holder: Holder | null): boolean {
  if (holder?.host === hostname() && !isRunning(holder.pid)) return false;
  return age(path) < PATIENCE;
}

/** The living process that has a lock; null where there is none. */
export function holder(directory: string, name: string): Holder | null {
  const path = join(directory, name);
  try {
    const found = holderOf(path);
    return isAlive(path, found) ? (found ?? { id: "", pid: 0, host: "?" }) : null;
  } catch (error) {
    if (code(error) === "ENOENT") return null;
    throw error;
  }
}

/** Who has a lock, and what to do about it. */
export function lockedSentence(directory: string, name: string, { pid, host }: Holder): string {
  const where = host === hostname() ? "on this machine" : `on ${host}`;
  return `${directory} is in use by process ${pid} ${where}, which runs a sweep there; wait for it or end it, or share the tasks with --task I/N in all processes (if there is no such process any more, delete ${join(directory, name)})`;
}

/** Removes a lock unless another process has taken it over meanwhile. */
function remove(path: string, id: string | undefined): void {
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    renameSync(path, aside);
    if (holderOf(aside)?.id === id) rmSync(aside, { force: true });
    else renameSync(aside, path);
  } catch (error) {
    if (code(error) !== "ENOENT") throw error;
  }
}

/**
 * Takes the lock of this name in a directory; disposing it gives it back.
 *
 * @throws LockedError with a sentence that says who has it; the file system's error where it cannot be written.
 */
export function lock(directory: string, name: string): Disposable {
  const path = join(directory, name);
  const mine: Holder = { id: randomUUID(), pid: process.pid, host: hostname() };
  // Once more after a lock that nobody holds was removed.
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(path, JSON.stringify(mine), { flag: "wx" });
      break;
    } catch (error) {
      if (code(error) !== "EEXIST") {
        if (code(error) === "ENOSPC") rmSync(path, { force: true });
        throw error;
      }
    }
    const living = holder(directory, name);
    if (living || attempt > 3) throw new LockedError(lockedSentence(directory, name, living ?? mine));
    remove(path, holderOf(path)?.id);
  }
  const beat = setInterval(() => {
    try {
      const now = new Date();
      utimesSync(path, now, now);
    } catch {
      // The directory is gone or full; whoever writes results will say so.
    }
  }, BEAT * 1000);
  beat.unref();
  const release = () => {
    clearInterval(beat);
    process.off("exit", release);
    try {
      remove(path, mine.id);
    } catch {
      // Void as soon as this process has ended.
    }
  };
  process.on("exit", release);
  return { [Symbol.dispose]: release };
}
