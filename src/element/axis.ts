// Scales and their ticks.

import { chooseTicks } from "../plot/logaxis.ts";

/** An axis from low to high, linear or logarithmic. */
export interface Axis {
  low: number;
  high: number;
  log: boolean;
}

/** Share of the axis that lies below a value. */
export function place({ low, high, log }: Axis, value: number): number {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** About `count` ticks at round numbers. */
export function ticks({ low, high, log }: Axis, count: number): number[] {
  if (log) {
    const chosen = chooseTicks(low, high).map(({ mantissa, exponent }) => Number(`${mantissa}e${exponent}`));
    const stride = Math.ceil(chosen.length / (count + 2));
    return chosen.filter((_, i) => i % stride === 0);
  }
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // As decimal text and back: 3 steps of 0.1 are 0.3.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** An axis that shows all values with a little room: linear from 0, or logarithmic where they span much. */
export function axisOf(values: readonly number[], { log = false } = {}): Axis {
  const shown = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  if (shown.length === 0) return log ? { low: 1e-3, high: 1, log } : { low: 0, high: 1, log };
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  if (log) return { low: low / 1.4, high: high * 1.4, log };
  return high > 0 ? { low: Math.min(0, low), high: 1.08 * high, log } : { low: Math.min(0, low), high: 1, log };
}
