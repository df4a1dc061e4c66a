// Logarithmic axes whose ticks stay readable on any range: whole powers of ten on a wide one, 1-2-5 or finer steps on a
// narrow one, each with an explicit label.

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function superscript(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return exponent < 0 ? `⁻${digits}` : digits;
}

/** A number in words. */
export function powerOfTen(mantissa: number, exponent: number): string {
  const power = `10${superscript(exponent)}`;
  return mantissa === 1 ? power : `${mantissa}·${power}`;
}

/** A tick in words: plain decimals near one, powers of ten elsewhere. */
function label(mantissa: number, exponent: number, plain: boolean): string {
  return plain ? String(Number(`${mantissa}e${exponent}`)) : powerOfTen(mantissa, exponent);
}

function ticksWith(mantissas: readonly number[], low: number, high: number): { mantissa: number; exponent: number }[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const ticks = [];
  for (let exponent = first; exponent <= last; exponent++) {
    for (const mantissa of mantissas) {
      const value = Number(`${mantissa}e${exponent}`);
      if (value >= low && value <= high) ticks.push({ mantissa, exponent });
    }
  }
  return ticks;
}

/** Ticks of a logarithmic axis from low to high, as mantissas and exponents of ten. */
export function chooseTicks(low: number, high: number): { mantissa: number; exponent: number }[] {
  const powers = ticksWith([1], low, high);
  if (powers.length >= 3) {
    const stride = Math.ceil(powers.length / 7);
    return powers.filter(({ exponent }) => exponent % stride === 0);
  }
  const steps = [
    [1, 2, 5],
    [1, 1.5, 2, 3, 5, 7],
  ].map((mantissas) => ticksWith(mantissas, low, high));
  return steps.find((ticks) => ticks.length >= 3) ?? ticksWith([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9], low, high);
}

/** Scale and axis of a log-scaled channel that shows all of `values`, which are positive; null where there are none. */
export function logScale(
  values: readonly number[],
): { scale: { type: "log"; domain: [number, number]; nice: false }; axis: Record<string, unknown> } | null {
  const shown = values.filter((value) => value > 0 && Number.isFinite(value));
  if (shown.length === 0) return null;
  // Never smaller than the smallest normal number, so that the padding does not reach zero.
  const low = Math.max(shown.reduce((a, b) => Math.min(a, b)) / 1.15, 2.3e-308);
  const high = Math.min(shown.reduce((a, b) => Math.max(a, b)) * 1.15, 1.7e308);
  const ticks = chooseTicks(low, high);
  const plain = ticks.every(({ exponent }) => exponent >= -3 && exponent <= 3);
  // Keyed by what the renderer's format ".1e" makes of the tick, as in "5.0e-2" and "1.5e+1".
  const labels = ticks.map(({ mantissa, exponent }) => [
    `${mantissa.toFixed(1)}e${exponent < 0 ? "" : "+"}${exponent}`,
    label(mantissa, exponent, plain),
  ]);
  return {
    scale: { type: "log", domain: [low, high], nice: false },
    axis: {
      values: ticks.map(({ mantissa, exponent }) => Number(`${mantissa}e${exponent}`)),
      labelExpr: `${JSON.stringify(Object.fromEntries(labels))}[format(datum.value, '.1e')]`,
    },
  };
}
