// Control of long runs: progress, abort, and giving the calling thread back now and then.

import { checkFunction, wrongKind } from "./check.ts";

/** What `onProgress` is told. */
export interface Progress {
  /** Units of work done; a unit is a step, or in a run of many networks a fixed number of operations. */
  done: number;
  /** Units of work in all; `done / total` is the finished share. */
  total: number;
  /** Flow time reached by the network or limit that is being computed. */
  time: number;
}

/** Options of every long computation. */
export interface RunOptions {
  /** Called a few times a second and once at the end. An exception thrown in it ends the run. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops the run; what was finished is kept and the status is `"aborted"`. */
  signal?: AbortSignal | undefined;
}

/**
 * How a run ended: `completed`; `aborted` by its signal; `diverged` where a number was no longer finite, or a particle
 * had norm zero; `failed` where a part of it could not be computed on this machine, though it was tried twice.
 */
export type Status = "completed" | "aborted" | "diverged" | "failed";

/** Milliseconds of computing between two looks at the signal: a thirtieth of a second keeps a page alive. */
const SLICE = 30;

/** Ends a run from inside; caught by the function that owns the run. */
export class Aborted extends Error {}

/** Waits for one turn of the event loop, so that timers, input and abort signals get theirs. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    // Browsers: a message is not throttled the way nested timers are.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

async function untilAborted(signal: AbortSignal | undefined, other: void | Promise<void>): Promise<void> {
  if (!signal) return other;
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new Aborted());
  });
  signal.addEventListener("abort", abort);
  try {
    if (signal.aborted) abort();
    await Promise.race([other, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** What a computation is given to count its work, to yield and to be stopped. */
export interface Work {
  /** Says how much work there will be, in units the computation chooses. It may grow. */
  expect(total: number): void;
  /** Adds work that is done and the flow time it reached. */
  advance(work: number, time: number): void;
  /** Whether the time slice is used up: then `await pause()`. Cheap enough to ask after every kernel call. */
  readonly due: boolean;
  /** Reports, gives the thread back for a turn, and throws `Aborted` when the signal says so. */
  pause(): Promise<void>;
  /** Work inside this work: a computation whose whole counts `units` here. */
  part(units: number): Work;
}

/** One long run with the options its user gave. */
export class Run implements Work {
  private readonly onProgress: ((progress: Progress) => void) | undefined;
  /** What stops the run, if anything does. */
  readonly signal: AbortSignal | undefined;
  private sliceStart = performance.now();
  private readonly progress: Progress = { done: 0, total: 0, time: 0 };

  constructor(options: RunOptions) {
    this.onProgress = checkFunction("onProgress", options.onProgress);
    const { signal } = options;
    if (signal !== undefined && !(typeof signal === "object" && signal !== null && "aborted" in signal))
      wrongKind("signal", "an AbortSignal", signal);
    this.signal = signal;
  }

  expect(total: number): void {
    this.progress.total = total;
  }

  advance(work: number, time: number): void {
    // Shares of many parts add up to the total but for rounding.
    this.progress.done = Math.min(this.progress.total, this.progress.done + work);
    this.progress.time = time;
  }

  get due(): boolean {
    return performance.now() - this.sliceStart >= SLICE;
  }

  async pause(): Promise<void> {
    this.report();
    await nextTurn();
    this.sliceStart = performance.now();
    if (this.signal?.aborted) throw new Aborted();
  }

  part(units: number): Part {
    return new Part(this, units);
  }

  /** Waits for somebody else. @throws Aborted as soon as the signal says so, or what `other` rejects with. */
  async wait(other: void | Promise<void>): Promise<void> {
    await untilAborted(this.signal, other);
    this.sliceStart = performance.now();
  }

  /** Reports work that was done on another thread, at most once a slice. */
  heard(): void {
    if (!this.due) return;
    this.sliceStart = performance.now();
    this.report();
  }

  private report(): void {
    if (this.progress.total > 0) this.onProgress?.({ ...this.progress });
  }

  /** Runs `body` from a first look at the signal to a last report; an abort becomes its status. */
  async guard(body: () => Promise<Status>): Promise<Status> {
    try {
      await this.pause();
      const status = await body();
      if (status === "completed") this.progress.done = this.progress.total;
      this.report();
      return status;
    } catch (error) {
      if (error instanceof Aborted) return "aborted";
      throw error;
    }
  }
}

/** Work inside a run, done on this thread (`advance`) or on another (`reach`). */
export class Part implements Work {
  private total = 0;
  private done = 0;
  private counted = 0;
  private time = 0;
  private readonly whole: Work;
  private readonly units: number;

  constructor(whole: Work, units: number) {
    this.whole = whole;
    this.units = units;
  }

  expect(total: number): void {
    this.total = total;
  }

  advance(work: number, time: number): void {
    this.done += work;
    this.reach(this.total > 0 ? this.done / this.total : 0, time);
  }

  /** Notes the share of this work that is done, from 0 to 1. */
  reach(share: number, time: number): void {
    // What counts nothing has no say in how far the run is.
    if (this.units === 0) return;
    // A total that grows, or a second try, must not take back what was counted.
    const counted = Math.max(this.counted, Math.min(1, share) * this.units);
    this.whole.advance(counted - this.counted, time);
    this.counted = counted;
    this.time = time;
  }

  /** Counts all of this work as done. */
  finish(): void {
    this.reach(1, this.time);
  }

  get due(): boolean {
    return this.whole.due;
  }

  pause(): Promise<void> {
    return this.whole.pause();
  }

  part(units: number): Work {
    return new Part(this, units);
  }
}
