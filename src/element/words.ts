// Numbers in words, for axes, legends, tables and screen readers.

import { powerOfTen } from "../plot/logaxis.ts";

/** Three significant digits; powers of ten far from one. */
export function short(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return value === 0 ? "0" : "–";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) return String(Number(value.toPrecision(3))).replace("-", "−");
  const [mantissa, exponent] = value.toExponential(1).split("e");
  return powerOfTen(Number(mantissa), Number(exponent)).replace(/^-/, "−");
}

/** "a, b and c". */
export function list(parts: readonly (string | number)[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}
