// How far a sweep on Slurm is: its tasks from the result files, its indices from those and from the queue. Result files alone say
// what is done; how Slurm calls the end of a job does not (a job that caught a signal may count as completed).

import { formatIndices } from "./array-list.ts";
import { indexOf } from "./packing.ts";
import type { Queued } from "./programs.ts";

/** Indices of an array, ascending, each in one of the lists. */
export interface IndexStates {
  /** All their tasks are done. */
  done: number[];
  /** In the queue, and started. */
  running: number[];
  /** In the queue, not started. */
  waiting: number[];
  /** Neither done nor in the queue: what has to be submitted. */
  missing: number[];
  /** Why indices wait, in the words of Slurm, each reason once. */
  reasons: string[];
}

/** States of jobs that have not started; all others that squeue shows have. */
const BEFORE_START = ["PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"];

/** What each index is at, from whether each task is done and from the queue. */
export function indexStates(done: readonly boolean[], indices: number, queue: readonly Queued[]): IndexStates {
  const open = new Set<number>();
  done.forEach((finished, task) => {
    if (!finished) open.add(indexOf(task, indices));
  });
  const states: IndexStates = { done: [], running: [], waiting: [], missing: [], reasons: [] };
  const reasons = new Set<string>();
  for (let index = 1; index <= indices; index++) {
    const jobs = queue.filter((job) => job.index === index);
    if (!open.has(index)) states.done.push(index);
    else if (jobs.some(({ state }) => !BEFORE_START.includes(state))) states.running.push(index);
    else if (jobs.length > 0) {
      states.waiting.push(index);
      for (const { reason } of jobs) if (reason !== "None" && reason !== "") reasons.add(reason);
    } else states.missing.push(index);
  }
  states.reasons = [...reasons].sort();
  return states;
}

/** "10 done, 4 running, 8 waiting (Priority), 2 missing (3,7)". */
export function stateLine({ done, running, waiting, missing, reasons }: IndexStates): string {
  const why = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
  const which = missing.length === 0 ? "" : ` (${formatIndices(missing)})`;
  return `${done.length} done, ${running.length} running, ${waiting.length} waiting${why}, ${missing.length} missing${which}`;
}
