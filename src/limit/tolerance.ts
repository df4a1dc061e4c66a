// The option `tolerance`, shared by all that solve a limit.

import { checkNumber } from "../core/check.ts";

/** @throws TypeError or RangeError naming `tolerance`. */
export function checkTolerance(value: unknown): number {
  return checkNumber("tolerance", value ?? 1e-8, { min: 1e-13, max: 1 });
}
