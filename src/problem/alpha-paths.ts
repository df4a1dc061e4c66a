// Paths of alpha = <w, w*> of single particles: what limits and networks say of them.

import { checkInteger, checkNumber, wrongKind, wrongValue } from "../core/check.ts";
import type { Problem } from "./types.ts";

/** How alpha = <w, w*> of single particles moves. */
export interface AlphaPaths {
  /** alpha at time 0, one a particle. */
  start: number[];
  /** alpha of each particle at the recorded times. */
  alpha: Float64Array[];
}

/** More paths than a figure can show, or a document should hold. */
const MOST = 1000;

/** @throws RangeError where there is no alpha. */
function checkAlpha({ kind, name }: Problem): void {
  if (kind !== "single-index")
    throw new RangeError(`alphaPaths needs a single-index problem: ${name} has several directions, hence no alpha`);
}

/** How many particles; null where none are asked for. @throws TypeError or RangeError naming `alphaPaths`. */
export function checkAlphaCount(value: unknown, problem: Problem, most = MOST): number | null {
  if (value === undefined) return null;
  checkAlpha(problem);
  return checkInteger("alphaPaths", value, 1, Math.min(most, MOST));
}

/** The same, or the alphas at which they start. @throws TypeError or RangeError naming `alphaPaths`. */
export function checkAlphaStarts(value: unknown, problem: Problem): number | number[] | null {
  if (!Array.isArray(value)) {
    if (value !== undefined && typeof value !== "number")
      wrongKind("alphaPaths", "a count, or a list of alphas", value);
    return checkAlphaCount(value, problem);
  }
  checkAlpha(problem);
  if (value.length === 0 || value.length > MOST)
    wrongValue("alphaPaths", `a count, or a list of 1 to ${MOST} alphas`, value);
  return Array.from(value, (alpha, i) => checkNumber(`alphaPaths[${i}]`, alpha, { min: -1, max: 1 }));
}
