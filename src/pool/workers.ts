// The option `workers`: how many threads a run may use, and who starts them.

import { checkInteger, wrongKind, wrongValue } from "../core/check.ts";
import type { WorkerKind, WorkerLike } from "./ways.ts";

/** Option of computations that can run on workers. */
export interface WorkerOptions {
  /**
   * `"auto"` (default): as many workers as the machine has processors and the run has tasks, none for a short run. A
   * number: so many, 0 for the calling thread. A function that makes a worker of `propchaos/worker`, for bundlers and
   * hosts where the package cannot start one by itself; it is called once a processor, at most once a task. Results are
   * the same to the bit. Each worker has a memory of its own, up to the engine's `memoryLimitBytes`.
   */
  workers?: "auto" | number | (() => WorkerLike) | undefined;
}

/** Which workers a run used. */
export interface WorkersUsed {
  /**
   * How they were started: by the user's `factory`, as threads of `node`, from a `blob` or the `url` of a file; or none,
   * and the `calling thread` did the work.
   */
  kind: WorkerKind;
  /** How many; 0 for the calling thread. */
  count: number;
}

/** Checked `workers`: a count, or null where it is to be chosen, and the user's function. */
export interface WorkerChoice {
  count: number | null;
  factory: (() => WorkerLike) | null;
}

const MOST = 256;

/** Multiplications below which workers would not pay: a third of a second. */
const SHORT = 2e9;

/** @throws TypeError or RangeError naming `workers`. */
export function checkWorkers(value: unknown): WorkerChoice {
  const allowed = `"auto", an integer from 0 to ${MOST} or a function that makes a worker`;
  if (value === undefined || value === "auto") return { count: null, factory: null };
  if (typeof value === "function") return { count: null, factory: value as () => WorkerLike };
  if (typeof value === "string") wrongValue("workers", allowed, value);
  if (typeof value !== "number") wrongKind("workers", allowed, value);
  return { count: checkInteger("workers", value, 0, MOST), factory: null };
}

function processors(): number {
  const system = globalThis.process?.getBuiltinModule?.("node:os");
  return system?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** How many workers a run of so many tasks and multiplications gets. */
export function countWorkers({ count, factory }: WorkerChoice, tasks: number, multiplications: number): number {
  if (count !== null) return Math.min(count, tasks);
  if (!factory && multiplications < SHORT) return 0;
  return Math.min(Math.max(1, processors()), MOST, tasks);
}
