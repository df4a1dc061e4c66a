// What is known of a run: filled by the replies of its workers, read by the views. Statistics are means over the networks so far,
// and those of the report once there is one.

import { readReport, type StoredGapReport, type StoredTheory } from "propchaos";
import type { LimitPicture, RecordPicture, Reply } from "./protocol.ts";
import { recordCount, type Settings } from "./settings.ts";

/** A series over the records; null where nothing is known. */
export type Series = (number | null)[];

/** The networks of one width. */
export interface WidthData {
  m: number;
  /** The first network at each record; what is not there has not been reached. */
  frames: RecordPicture[];
  /** Means over the networks that have reached a record. */
  loss: Series;
  gap: Series;
}

/** What is shown of a run. */
export interface Shown {
  /** Number of the record. */
  k: number;
  /** Width of the network. */
  m: number;
}

class Mean {
  readonly values: Series;
  private readonly counts: number[];

  constructor(length: number) {
    this.values = new Array(length).fill(null);
    this.counts = new Array(length).fill(0);
  }

  add(k: number, value: number): void {
    const count = ++this.counts[k];
    const before = this.values[k] ?? 0;
    this.values[k] = before + (value - before) / count;
  }
}

export class RunData {
  readonly settings: Settings;
  readonly records: number;
  readonly time: number[];
  limit: LimitPicture | null = null;
  readonly limitLoss: Series;
  readonly widths: WidthData[];
  /** Limit of m E|Delta|^2, and its times. */
  constants: { time: number[]; values: number[] } | null = null;
  report: StoredGapReport | null = null;
  theory: StoredTheory | null = null;
  /** Why there is no theory. */
  theoryFailure: string | null = null;
  /** Particles of the first network of each width at the end, m x d, by width. */
  readonly particles = new Map<number, Float64Array>();
  /** The record that was told last: where the run is. */
  latest: RecordPicture | null = null;
  private readonly means: { loss: Mean; gap: Mean }[];

  constructor(settings: Settings) {
    this.settings = settings;
    this.records = recordCount(settings);
    const { records } = this;
    this.time = Array.from({ length: records }, (_, k) => (settings.time * k) / Math.max(1, records - 1));
    this.limitLoss = new Array(records).fill(null);
    this.means = settings.widths.map(() => ({ loss: new Mean(records), gap: new Mean(records) }));
    this.widths = settings.widths.map((m, w) => ({
      m,
      frames: [],
      loss: this.means[w].loss.values,
      gap: this.means[w].gap.values,
    }));
  }

  /** The networks of width m. */
  of(m: number): WidthData {
    return this.widths.find((width) => width.m === m) ?? this.widths[0];
  }

  /** Takes in a reply. */
  hear(reply: Reply): void {
    if (reply.type === "limit") {
      this.limit = reply.limit;
      reply.loss.loss.forEach((loss, k) => {
        this.limitLoss[k] = loss;
        this.time[k] = reply.loss.time[k];
      });
    } else if (reply.type === "record") this.hearRecord(reply.record, reply.particles);
    else if (reply.type === "report") this.hearReport(readReport(reply.json) as StoredGapReport);
    else if (reply.type === "constants") this.constants = { time: [...reply.time], values: [...reply.values] };
    else if (reply.type === "theory") this.hearTheory(readReport(reply.json) as StoredTheory);
  }

  private hearRecord(record: RecordPicture, particles: Float64Array | null): void {
    const w = this.settings.widths.indexOf(record.m);
    const { k } = record;
    this.time[k] = record.time;
    this.limitLoss[k] = record.meanFieldLoss;
    this.means[w].loss.add(k, record.loss);
    this.means[w].gap.add(k, record.mTimesMeanSquaredDelta);
    if (record.replica === 0) this.widths[w].frames[k] = record;
    if (particles) this.particles.set(record.m, particles);
    this.latest = record;
  }

  private hearReport(report: StoredGapReport): void {
    this.report = report;
    report.time.forEach((time, k) => {
      this.time[k] = time;
      this.limitLoss[k] = report.meanField.loss[k];
    });
    for (const { m, loss, mTimesMeanSquaredDelta } of report.widths) {
      const width = this.of(m);
      width.loss = Array.from(loss.mean);
      width.gap = Array.from(mTimesMeanSquaredDelta.mean);
    }
  }

  private hearTheory(theory: StoredTheory): void {
    this.theory = theory;
    const { constants } = theory;
    if (constants)
      this.constants = { time: Array.from(constants.time), values: Array.from(constants.mTimesMeanSquaredDelta) };
  }
}
