// The option `workers`: how many threads a run may use, and who starts them.

import { checkInteger, wrongKind, wrongValue } from "../core/check.ts";
import type { WorkerKind, WorkerLike } from "./ways.ts";

/** Option of computations that can run on workers. */
export interface WorkerOptions {
  /**
   * `"auto"` (default): as many workers as the machine has processors and the run has tasks or, where one wide network is
   * shared, shares; none for a short run. A number: so many, 0 for the calling thread. A function that makes a worker of
   * `propchaos/worker`, for bundlers and hosts where the package cannot start one by itself; it is called once a
   * processor, at most once a task or share. Results are the same to the bit. Each worker has a memory of its own, up to
   * the engine's `memoryLimitBytes`.
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

/** How much a run does that exchanges what it has with its workers at every step. */
export interface SharedAmount {
  /** Most workers that can take part. */
  shares: number;
  /** Multiplications of a step. */
  step: number;
  /** Numbers that go to a worker and come from all of them in a step. */
  numbers: number;
  /** Multiplications in all. */
  multiplications: number;
}

/** Multiplications of a step, some ten milliseconds, below which waking each other takes what a second worker brings. */
const SHORT_STEP = 1e8;

/** Multiplications a number exchanged below which the exchange does. */
const THIN_STEP = 500;

/** Whether it pays to share a step. */
export function worthSharing({ shares, step, numbers }: SharedAmount): boolean {
  return shares > 1 && step >= SHORT_STEP && step >= THIN_STEP * numbers;
}

/** How many workers share one computation; none where there would be one that works while all others wait. */
export function countSharers({ count, factory }: WorkerChoice, amount: SharedAmount): number {
  if (count !== null) return Math.min(count, amount.shares);
  const most = Math.min(processors(), MOST, amount.shares);
  if (factory) return Math.max(1, most);
  return most > 1 && amount.multiplications >= SHORT && worthSharing(amount) ? most : 0;
}

/** How a run uses its workers. */
export interface Deployment {
  count: number;
  /** Whether all share one task after another, instead of each having tasks of its own. */
  together: boolean;
}

/** Workers for tasks that can also be shared, of which the largest is given: together where so more of them have work. */
export function deploy(
  choice: WorkerChoice,
  { tasks, multiplications }: { tasks: number; multiplications: number },
  largest: SharedAmount,
): Deployment {
  const apart = countWorkers(choice, tasks, multiplications);
  const sharers = worthSharing(largest) ? countSharers(choice, { ...largest, multiplications }) : 0;
  return sharers > apart ? { count: sharers, together: true } : { count: apart, together: false };
}

/** How many workers a run of so many tasks and multiplications gets. */
export function countWorkers({ count, factory }: WorkerChoice, tasks: number, multiplications: number): number {
  if (count !== null) return Math.min(count, tasks);
  if (!factory && multiplications < SHORT) return 0;
  return Math.min(Math.max(1, processors()), MOST, tasks);
}
