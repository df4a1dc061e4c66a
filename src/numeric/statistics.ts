// Means, standard errors, quantiles, and the log-log slope with its bootstrap interval.

/** Beyond these, squares and sums of them may leave the range of numbers. */
const LARGE = 1e150;
const SMALL = 1e-140;

/** Mean and standard error of the mean; the error of a single value is 0. */
export function meanAndError(values: ArrayLike<number>): { mean: number; stderr: number } {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i];
  const mean = sum / n;
  if (n < 2) return { mean, stderr: 0 };
  let far = 0;
  for (let i = 0; i < n; i++) far = Math.max(far, Math.abs(values[i] - mean));
  // Squares of such differences would be infinite or nothing.
  const unit = far > LARGE || far < SMALL ? far || 1 : 1;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] - mean) / unit) * ((values[i] - mean) / unit);
  return { mean, stderr: unit * Math.sqrt(squares / (n * (n - 1))) };
}

/** Quantile of ascending values, linear between order statistics (R's type 7). */
export function quantile(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}

/** Slope of the least-squares line through (x, y). */
export function leastSquaresSlope(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const meanX = meanAndError(x).mean;
  const meanY = meanAndError(y).mean;
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < x.length; i++) {
    covariance += (x[i] - meanX) * (y[i] - meanY);
    variance += (x[i] - meanX) * (x[i] - meanX);
  }
  return covariance / variance;
}

/**
 * Slope of log(mean over seeds) against log(m) and its 95% percentile interval by bootstrap over seeds. Networks of
 * different width share their seeds, so a resample takes the same seeds at every width.
 *
 * @param values - values[w][s] > 0 for width w and seed s.
 * @param draws - uniforms of [0, 1), a whole number of resamples times the number of seeds.
 */
export function logLogSlope(
  widths: readonly number[],
  values: readonly (readonly number[])[],
  draws: Float64Array,
  log: (x: number) => number,
): { slope: number; low: number | null; high: number | null } {
  const seeds = values[0].length;
  const logWidths = widths.map(log);
  const slopeOf = (pick: (s: number) => number) =>
    leastSquaresSlope(
      logWidths,
      values.map((row) => {
        let sum = 0;
        for (let s = 0; s < seeds; s++) sum += row[pick(s)];
        return log(sum / seeds);
      }),
    );
  const slope = slopeOf((s) => s);
  if (seeds < 2) return { slope, low: null, high: null };
  const resamples = Float64Array.from({ length: Math.floor(draws.length / seeds) }, (_, r) =>
    slopeOf((s) => Math.floor(draws[r * seeds + s] * seeds)),
  ).sort();
  return { slope, low: quantile(resamples, 0.025), high: quantile(resamples, 0.975) };
}

/**
 * Quantiles p (ascending) of values with weights above or equal to 0: a value stands in the middle of its weight, linear
 * between (R's type 5 where all weights are equal), and the first and last beyond; equal ones stand in the order in which they
 * come. 0 where the weights sum to nothing.
 */
export function weightedQuantiles(values: Float64Array, weights: Float64Array, p: readonly number[]): number[] {
  const order = Uint32Array.from(values, (_, i) => i).sort((i, j) => values[i] - values[j] || i - j);
  let total = 0;
  for (const i of order) total += weights[i];
  if (!(total > 0)) return p.map(() => 0);
  let at = 0;
  let place = weights[order[0]] / 2;
  let before = place;
  return p.map((share) => {
    const wanted = share * total;
    while (place < wanted && at < order.length - 1) {
      before = place;
      place += (weights[order[at]] + weights[order[at + 1]]) / 2;
      at++;
    }
    const upper = values[order[at]];
    if (at === 0 || place <= wanted) return upper;
    const lower = values[order[at - 1]];
    return lower + ((wanted - before) / (place - before)) * (upper - lower);
  });
}
