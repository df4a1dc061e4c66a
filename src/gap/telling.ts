// How a record comes from the thread that trains a network to the user's function.

import type { Tell } from "../pool/handlers.ts";
import type { Measurement } from "./measure.ts";
import type { Listeners } from "./record.ts";

/** A network at a record as its thread posts it. */
export interface ToldRecord {
  m: number;
  k: number;
  meanFieldLoss: number;
  measurement: Measurement;
  delta: Float64Array;
  particles: Float64Array;
}

/** Tells one record and waits until it was heard; null where nobody listens. */
export type TellRecord = ((record: ToldRecord) => Promise<void>) | null;

/** `wanted`: whether anybody listens. */
export function recordTeller(wanted: boolean, tell: Tell): TellRecord {
  return wanted ? (record) => tell(record, [record.delta.buffer, record.particles.buffer] as ArrayBuffer[]) : null;
}

/** What becomes of a told record: the call of the user's function. */
export function hearRecords(
  { onRecord }: Listeners,
  replica: number,
  times: ArrayLike<number>,
): ((told: unknown) => void | Promise<void>) | undefined {
  if (!onRecord) return undefined;
  return (told) => {
    const { measurement, particles, m, k, ...rest } = told as ToldRecord;
    return onRecord({ m, replica, k, time: times[k], ...rest, ...measurement, particles: () => particles.slice() });
  };
}
