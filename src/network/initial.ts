// Particles that the user gives.

import { checkFloat64Array, wrongValue } from "../core/check.ts";

/**
 * Unit rows from an m x d array: m = length / d.
 * @throws RangeError where the length is no multiple of d, or a row is zero.
 */
export function unitRows(name: string, value: unknown, d: number): { rows: Float64Array; m: number } {
  const array = checkFloat64Array(name, value);
  const m = array.length / d;
  if (!Number.isInteger(m) || m < 1)
    wrongValue(name, `an array of m x d numbers, m >= 1, with d = ${d}: a length that is a multiple of ${d}`, value);
  const rows = array.slice();
  for (let i = 0; i < m; i++) normalise(name, rows.subarray(i * d, (i + 1) * d), i);
  return { rows, m };
}

/** Scales by the largest entry first, so that neither tiny nor huge rows are lost. */
function normalise(name: string, row: Float64Array, i: number): void {
  const top = row.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  if (top === 0) wrongValue(`row ${i} of ${name}`, "different from zero", 0);
  let square = 0;
  for (let c = 0; c < row.length; c++) square += (row[c] / top) * (row[c] / top);
  const norm = Math.sqrt(square);
  for (let c = 0; c < row.length; c++) row[c] = row[c] / top / norm;
}

/** Second-layer signs: m values of +1 or -1. */
export function checkSigns(value: unknown, m: number): Int8Array {
  if (!(value instanceof Int8Array)) throw new TypeError("signs must be an Int8Array of +1 and -1");
  if (value.length !== m) wrongValue("signs", `an Int8Array of length ${m}, one sign a particle`, value);
  value.forEach((sign, i) => {
    if (sign !== 1 && sign !== -1) wrongValue(`signs[${i}]`, "+1 or -1", sign);
  });
  return value;
}
