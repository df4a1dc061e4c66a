// The missing tasks of a sweep, or of a part of it: found in a store, computed, and written into it as they are finished.

import { checkOptions } from "../../core/check.ts";
import { type Progress, Run, type RunOptions, type Status } from "../../core/run.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import type { PackedState } from "../../limit/task.ts";
import { checkWorkers, type WorkerOptions, type WorkersUsed } from "../../pool/workers.ts";
import type { Combination } from "./combinations.ts";
import { limitName, readLimit, worthKeeping, writeLimit } from "./limit-file.ts";
import type { SweepPlan } from "./plan-types.ts";
import { readResult, type TaskResult, writeResult } from "./result.ts";
import { requireMemory, Schedule } from "./schedule.ts";
import { checkStore, type SweepStore } from "./store.ts";
import { type SweepPart, type SweepTask, sweepOf, tasksOfPart } from "./tasks.ts";

/** What `onProgress` of a sweep is told: `done` and `total` count operations of this call. */
export interface SweepProgress extends Progress {
  /** Tasks that are finished and how many there are, those of earlier calls among them. */
  tasks: { done: number; total: number };
}

/** Options of a sweep. */
export interface SweepOptions extends Omit<RunOptions, "onProgress">, WorkerOptions {
  /** Where results are kept, and looked for first; default in memory, so that nothing outlasts the call. */
  store?: SweepStore | undefined;
  /** Only the tasks of one of several processes; default all. */
  part?: SweepPart | undefined;
  /** Called a few times a second and once at the end. An exception thrown in it ends the sweep. */
  onProgress?: ((progress: SweepProgress) => void) | undefined;
}

/** A task that could not be computed on this machine, though it was tried twice. */
export interface FailedTask {
  hash: string;
  name: string;
  reason: string;
}

/** What a call of `computeSweep` did. */
export interface SweepOutcome {
  /** `failed` where a task could not be computed; the others are. */
  status: Exclude<Status, "diverged">;
  workers: WorkersUsed | null;
  /** Tasks: in all, found in the store, computed now. */
  tasks: number;
  found: number;
  computed: number;
  failed: FailedTask[];
}

/** @internal The results of tasks that a store has; what is there but wrong is told to the store. */
export async function readTask(store: SweepStore, task: SweepTask): Promise<TaskResult | null> {
  const text = await store.read(task.hash);
  if (text === null) return null;
  const read = readResult(task, text);
  if ("result" in read) return read.result;
  await store.broken?.(task, read.wrong);
  return null;
}

/**
 * The tasks of a plan that a store does not have, or has only in pieces.
 *
 * @param part - only those of one of several processes; default all.
 * @throws TypeError or RangeError for what is wrong with the plan.
 */
export async function missingTasks(plan: SweepPlan, store: SweepStore, part?: SweepPart): Promise<SweepTask[]> {
  const missing: SweepTask[] = [];
  for (const task of tasksOfPart(sweepOf(plan).tasks, part))
    if ((await readTask(store, task)) === null) missing.push(task);
  return missing;
}

/** The limits of these tasks that were kept. */
async function knownLimits(
  store: SweepStore,
  combinations: readonly Combination[],
  tasks: readonly SweepTask[],
): Promise<Map<number, PackedState>> {
  const known = new Map<number, PackedState>();
  for (const index of new Set(tasks.map(({ combination }) => combination))) {
    const name = limitName(combinations[index]);
    const text = name && (await store.read(name));
    const limit = name && text ? readLimit(name, text) : null;
    if (limit) known.set(index, limit);
  }
  return known;
}

/**
 * Computes the tasks of a plan that a store lacks and writes each into it as soon as it is finished. Several processes may
 * do so at once with different parts.
 *
 * @throws TypeError or RangeError for what is wrong with plan and options, or where memory does not suffice; what the store
 * throws, after tasks that are being written have been.
 * @example
 * ```ts
 * await computeSweep(engine, plan, { store, part: { part: 1, parts: 3 } });
 * const report = await mergeSweep(engine, plan, store);
 * ```
 */
export async function computeSweep(
  engine: Engine,
  plan: SweepPlan,
  options: SweepOptions & { store: SweepStore },
): Promise<SweepOutcome> {
  checkEngine(engine);
  checkOptions("a sweep", options, ["store", "part", "workers", "onProgress", "signal"]);
  const { signal, onProgress } = options;
  const store = checkStore(options.store);
  const { combinations, tasks: all } = sweepOf(plan);
  const workers = checkWorkers(options.workers);
  const tasks = tasksOfPart(all, options.part);
  const missing: SweepTask[] = [];
  for (const task of tasks) if ((await readTask(store, task)) === null) missing.push(task);
  for (const index of new Set(missing.map(({ combination }) => combination)))
    requireMemory(engine, combinations[index]);

  // A store that cannot write ends the sweep: results would be computed for nothing.
  const stop = new AbortController();
  const abort = () => stop.abort();
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  let refusal: { error: unknown } | undefined;
  let computed = 0;
  const failed: FailedTask[] = [];
  const writing = new Set<Promise<void>>();
  const keep = async (task: SweepTask, result: TaskResult) => {
    try {
      await store.write(task.hash, writeResult(task, result));
      computed++;
    } catch (error) {
      refusal ??= { error };
      abort();
    }
  };
  const keepLimit = async (combination: Combination, limit: PackedState) => {
    const name = limitName(combination);
    if (!name || !worthKeeping(combination, limit)) return;
    // Nothing is lost without it: results say what is wrong with a store.
    await Promise.resolve(store.write(name, writeLimit(name, limit))).catch(() => undefined);
  };
  const found = tasks.length - missing.length;
  const run = new Run({
    signal: stop.signal,
    onProgress:
      onProgress && ((progress) => onProgress({ ...progress, tasks: { done: found + computed, total: tasks.length } })),
  });
  let used: WorkersUsed | null = null;
  try {
    const status = await run.guard(async () => {
      if (missing.length === 0) return "completed";
      const known = await knownLimits(store, combinations, missing);
      const note = (write: Promise<void>) => {
        const noted = write.finally(() => writing.delete(noted));
        writing.add(noted);
      };
      const schedule = new Schedule(combinations, missing, known, run, {
        finished(task, result) {
          note(keep(task, result));
        },
        failed(task, reason) {
          failed.push({ hash: task.hash, name: task.name, reason });
        },
        solved(combination, limit) {
          note(keepLimit(combination, limit));
        },
      });
      used = await schedule.compute(engine, workers, run);
      await Promise.all(writing);
      return failed.length > 0 ? "failed" : "completed";
    });
    await Promise.all(writing);
    if (refusal) throw refusal.error;
    return {
      status: status as SweepOutcome["status"],
      workers: used,
      tasks: tasks.length,
      found,
      computed,
      failed,
    };
  } finally {
    await Promise.all(writing);
    signal?.removeEventListener("abort", abort);
  }
}
