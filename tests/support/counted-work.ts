// A run's Work that counts. A computation asks whether its slice is used up (`due`) and pauses only then, so that an abort is
// heard: one that pauses unasked fails here, and the pauses of one that is always due are as many as its stretches of work.

import { Aborted, Part, type Work } from "../../src/core/run.ts";

export class CountedWork implements Work {
  total = 0;
  done = 0;
  pauses = 0;
  /** Whether `due` says yes, which is asked before every pause. */
  readonly due: boolean;
  private readonly last: number;

  /** `last`: the pause that aborts. */
  constructor(due: boolean, last = Number.POSITIVE_INFINITY) {
    this.due = due;
    this.last = last;
  }

  expect(total: number): void {
    this.total = total;
  }

  advance(work: number): void {
    this.done += work;
  }

  async pause(): Promise<void> {
    if (!this.due) throw new Error("a pause that nobody asked for");
    if (++this.pauses >= this.last) throw new Aborted();
  }

  part(units: number): Work {
    return new Part(this, units);
  }
}

/** Pauses of a computation that is always due; it must take none where it is never due. */
export async function pausesOf(compute: (work: Work) => unknown): Promise<number> {
  await compute(new CountedWork(false));
  const work = new CountedWork(true);
  await compute(work);
  return work.pauses;
}
