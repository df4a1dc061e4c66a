// What a run tells its user on its way: the limit before the networks, and each network at each record.

import { checkFunction } from "../core/check.ts";
import type { MeanFieldLimit } from "../limit/result.ts";
import type { Measurement } from "./measure.ts";

/** One network at one record, as `onRecord` is told of it; its statistics are those of the report, before their means over seeds. */
export interface NetworkRecord extends Measurement {
  /** Its width; m. */
  m: number;
  /** Which of the networks of this width; 0 is the first. */
  replica: number;
  /** Number of the record, and its flow time. */
  k: number;
  time: number;
  /** Loss of the infinite-width limit at this time, or of the reference network that stands for it. */
  meanFieldLoss: number;
  /** |Delta| of the m particles. */
  delta: Float64Array;
  /** The particles now, m x d row-major: a copy. */
  particles(): Float64Array;
}

/** Options of runs that tell what they compute while they compute it. */
export interface RecordOptions {
  /**
   * Called for each network at each record. Where it returns a promise, that network waits for it: so a page draws, pauses or
   * steps a run; a signal ends the wait. What it throws, or rejects with, ends the run. The numbers of a run do not depend on
   * it. On several workers the records of several networks come in no order but their own; with `workers: 0` or `1` one
   * network follows the other. A network that had to be computed a second time, since its worker died, tells its records
   * again.
   */
  onRecord?: ((record: NetworkRecord) => void | Promise<void>) | undefined;
  /**
   * Called once with the infinite-width limit, before the first network is trained; the run waits for a promise as it does for
   * that of `onRecord`. Not called beside a reference network.
   */
  onLimit?: ((limit: MeanFieldLimit) => void | Promise<void>) | undefined;
}

/** The names of these options, for `checkOptions`. */
export const RECORD_OPTIONS = ["onRecord", "onLimit"] as const;

/** Checked options. */
export interface Listeners {
  onRecord: RecordOptions["onRecord"];
  onLimit: RecordOptions["onLimit"];
}

/** @throws TypeError naming the option. */
export function checkListeners({ onRecord, onLimit }: RecordOptions): Listeners {
  return { onRecord: checkFunction("onRecord", onRecord), onLimit: checkFunction("onLimit", onLimit) };
}
