// Weighted least-squares line through points (u, v), and how far the points bend away from it.
//
//   v = a + b (u - ubar),  b = sum w (u - ubar) v / sum w (u - ubar)^2,  ubar = sum w u / sum w
//   bend: the least-squares parabola adds c q, q = (u - ubar)^2 made orthogonal to 1 and u; the local slope then changes by
//   2 c (umax - umin) from one end of the window to the other.
//
// Slope and bend are linear in v, so that their coefficients are found once for all resamples.

/** A line through points. */
export interface Line {
  slope: number;
  /** v of the line at u = 0. */
  intercept: number;
  /** Change of the local slope over the window, by the best parabola; null with fewer than three points. */
  drift: number | null;
  /** v of each point above the line. */
  residuals: number[];
}

/** Fits lines to any values at the same abscissas u, not all equal, with the same weights above 0. */
export class LineFit {
  private readonly u: readonly number[];
  private readonly middle: number;
  private readonly share: number[];
  private readonly slopeOf: number[];
  private readonly driftOf: number[] | null;

  constructor(u: readonly number[], weights: readonly number[]) {
    this.u = u;
    const total = weights.reduce((sum, w) => sum + w, 0);
    const share = weights.map((w) => w / total);
    const mean = (values: readonly number[]) => values.reduce((sum, value, i) => sum + share[i] * value, 0);
    this.middle = mean(u);
    const x = u.map((value) => value - this.middle);
    const variance = mean(x.map((value) => value * value));
    this.share = share;
    this.slopeOf = x.map((value, i) => (share[i] * value) / variance);
    const skew = mean(x.map((value) => value * value * value)) / variance;
    const q = x.map((value) => value * value - variance - skew * value);
    const square = mean(q.map((value) => value * value));
    const range = Math.max(...u) - Math.min(...u);
    this.driftOf = new Set(u).size < 3 ? null : q.map((value, i) => (2 * range * share[i] * value) / square);
  }

  /** Standard errors of slope and drift where the v have independent ones. */
  errors(ofV: readonly number[]): { slope: number; drift: number } {
    const norm = (factors: readonly number[]) =>
      Math.sqrt(factors.reduce((sum, factor, i) => sum + factor * factor * ofV[i] * ofV[i], 0));
    return { slope: norm(this.slopeOf), drift: norm(this.driftOf ?? []) };
  }

  at(v: readonly number[]): Line {
    const dot = (factors: readonly number[]) => v.reduce((sum, value, i) => sum + factors[i] * value, 0);
    const slope = dot(this.slopeOf);
    const height = dot(this.share);
    return {
      slope,
      intercept: height - slope * this.middle,
      drift: this.driftOf && dot(this.driftOf),
      residuals: v.map((value, i) => value - height - slope * (this.u[i] - this.middle)),
    };
  }
}
