// When a run is recorded. `record` is a count N >= 2 (N equal times with 0 and the end) or a list of ascending times.

import { checkInteger, checkNumber, wrongKind, wrongValue } from "./check.ts";

/** A count of equally spaced times, or the times themselves, ascending in [0, time]. */
export type RecordTimes = number | readonly number[] | Float64Array;

/** Records of a run with fixed steps: record k is taken after `steps[k]` steps, at `time[k]`. */
export interface StepSchedule {
  time: Float64Array;
  steps: Int32Array;
}

/** How many times are recorded where the user does not say; fewer in runs of fewer steps. */
const DEFAULT_COUNT = 33;

/** @throws TypeError or RangeError naming `time`. */
export function checkTime(value: unknown): number {
  return checkNumber("time", value, { min: 0 });
}

/** A step above zero and, unless the run has no length, at most as long as it. */
export function checkStep(value: unknown, time: number): number {
  const step = checkNumber("step", value, { min: 0, above: true });
  if (time > 0 && step > time) wrongValue("step", `at most the time of the run, ${time}`, step);
  return step;
}

function equalTimes(count: number, time: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => (k === count - 1 ? time : (time * k) / (count - 1)));
}

function listed(record: readonly number[] | Float64Array, time: number): Float64Array {
  if (record.length === 0) wrongValue("record", "a count or at least one time", record);
  const times = Float64Array.from(record, (value, k) => checkNumber(`record[${k}]`, value, { min: 0, max: time }));
  for (let k = 1; k < times.length; k++) {
    if (times[k] <= times[k - 1]) wrongValue(`record[${k}]`, `above record[${k - 1}] = ${times[k - 1]}`, times[k]);
  }
  return times;
}

/** Times of a run that can stop anywhere (gradient flow): exactly those asked for. */
export function recordTimes(record: RecordTimes | undefined, time: number): Float64Array {
  if (record === undefined) return time === 0 ? new Float64Array(1) : equalTimes(DEFAULT_COUNT, time);
  if (typeof record === "number") {
    const count = checkInteger("record", record, 2, 1_000_000);
    if (time === 0) wrongValue("record", "[0] or left out in a run of time 0", record);
    return equalTimes(count, time);
  }
  if (!Array.isArray(record) && !(record instanceof Float64Array))
    wrongKind("record", "a count of at least 2 or a list of ascending times", record);
  return listed(record, time);
}

/** Number of steps of length `step` in `time`. @throws RangeError where `time` is not a whole number of them. */
export function countSteps(time: number, step: number): number {
  const steps = Math.round(time / step);
  if (Math.abs(steps * step - time) > 1e-9 * time) wrongValue("time", `a whole number of steps of ${step}`, time);
  if (steps > 2_000_000_000) wrongValue("time", `at most 2e9 steps of ${step}`, time);
  return steps;
}

/** Times of a run with fixed steps: each is moved to the nearest step and reported there. */
export function recordSteps(record: RecordTimes | undefined, time: number, step: number): StepSchedule {
  const count = countSteps(time, step);
  const wanted =
    record === undefined && time > 0 ? equalTimes(Math.min(DEFAULT_COUNT, count + 1), time) : recordTimes(record, time);
  const steps = Int32Array.from(wanted, (t) => Math.min(count, Math.round(t / step)));
  for (let k = 1; k < steps.length; k++) {
    if (steps[k] === steps[k - 1])
      throw new RangeError(
        `record must not have two times on one step of ${step}; got ${wanted[k - 1]} and ${wanted[k]}, both nearest to ${steps[k] * step}`,
      );
  }
  return { time: Float64Array.from(steps, (s) => s * step), steps };
}
