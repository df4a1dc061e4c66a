// What a figure has heard of a run so far, and its means over the seeds that have come.

import type { NetworkRecord } from "../gap/record.ts";
import type { MeanFieldLimit } from "../limit/result.ts";
import type { Problem } from "../problem/types.ts";
import { type Alignment, alignmentOf } from "./alignment.ts";
import { meanAndError } from "./core.ts";

/** Statistics that are drawn. */
export const SHOWN = ["loss", "meanSquaredDelta", "mTimesMeanSquaredDelta", "functionGap"] as const;
export type ShownStatistic = (typeof SHOWN)[number];

type Numbers = Pick<NetworkRecord, ShownStatistic>;

/** Particles whose alignment is drawn at most: the first of a network. */
const MOST_LINES = 160;

/** A mean over seeds at a time. */
export interface Point {
  time: number;
  mean: number;
  stderr: number;
}

export class LiveData {
  readonly problem: Problem;
  alignment: Alignment;
  readonly widths: readonly number[];
  /** Risk of the infinite width, as far as it is known. */
  readonly limit: { time: number; loss: number }[] = [];
  /** Whether a wide network stands for the limit. */
  referenced = true;
  /** Alignments of the first particles of the widest network's first replica, one array a record. */
  readonly alignments: { time: number; values: Float64Array }[] = [];
  /** heard[w][replica][k] */
  private readonly heard: (Numbers & { time: number })[][][];

  constructor(problem: Problem, widths: readonly number[]) {
    this.problem = problem;
    this.alignment = alignmentOf(problem, null);
    this.widths = widths;
    this.heard = widths.map(() => []);
  }

  addLimit({ time, loss }: MeanFieldLimit): void {
    this.referenced = false;
    this.limit.splice(0, Number.POSITIVE_INFINITY, ...Array.from(time, (t, k) => ({ time: t, loss: loss[k] })));
  }

  add(record: NetworkRecord): void {
    const { m, replica, k, time, meanFieldLoss } = record;
    const ofWidth = this.heard[this.widths.indexOf(m)];
    const numbers = Object.fromEntries(SHOWN.map((name) => [name, record[name]])) as Numbers;
    // Record k of a network that is computed again takes the place of the first.
    ofWidth[replica] ??= [];
    ofWidth[replica][k] = { ...numbers, time };
    if (this.referenced && replica === 0) this.limit[k] = { time, loss: meanFieldLoss };
    if (m !== Math.max(...this.widths) || replica !== 0) return;
    const { d } = this.problem;
    this.alignments[k] = { time, values: this.alignment.of(record.particles().subarray(0, MOST_LINES * d), d) };
  }

  /** Means of a width over the seeds that have reached each record. */
  series(w: number, name: ShownStatistic): Point[] {
    const runs = this.heard[w].filter((run) => run !== undefined);
    const records = Math.max(0, ...runs.map((run) => run.length));
    return Array.from({ length: records }, (_, k) => {
      const reached = runs.filter((run) => run.length > k);
      return { time: reached[0][k].time, ...meanAndError(reached.map((run) => run[k][name])) };
    });
  }

  /** How many networks of a width have told anything. */
  seeds(w: number): number {
    return this.heard[w].filter((run) => run !== undefined).length;
  }
}
