// The limit constants of the gap at the times of a report (SPEC.md, section 7).

import type { RunOptions, Status } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { DivergedStep } from "../network/trajectory.ts";
import type { SingleIndexProblem } from "../problem/types.ts";
import { gapLimitConstants } from "../theory/constants/gap-limit-constants.ts";

/** Limits of m E|f - f_MF|^2 and m E|Delta|^2 as the width m grows, along gradient flow. */
export interface TheoryConstants {
  /** Flow times, those of the report. */
  time: Float64Array;
  mTimesFunctionGap: Float64Array;
  mTimesMeanSquaredDelta: Float64Array;
  /** Relative; null where the run ended before it was known. */
  errorEstimate: number | null;
}

/** Relative error of the constants: far less than the effects of order 1/m that part them from networks which can be trained. */
export const CONSTANTS_TOLERANCE = 1e-3;

/** How it ended, and the constants; null where not all times were reached. */
export interface LimitConstantsRun {
  status: Status;
  divergence: DivergedStep | null;
  constants: TheoryConstants | null;
}

/** The constants at the given times; the problem has an information exponent. */
export async function limitConstantsAt(
  engine: Engine,
  problem: SingleIndexProblem,
  times: Float64Array,
  options: RunOptions,
): Promise<LimitConstantsRun> {
  const record = Array.from(times);
  const settings = { time: record[record.length - 1], record, tolerance: CONSTANTS_TOLERANCE };
  const found = await gapLimitConstants(engine, problem, { ...settings, ...options });
  const { status, divergence, time, mTimesFunctionGap, mTimesMeanSquaredDelta, errorEstimate } = found;
  const all = time.length === record.length;
  return {
    status,
    divergence,
    constants: all ? { time, mTimesFunctionGap, mTimesMeanSquaredDelta, errorEstimate } : null,
  };
}
