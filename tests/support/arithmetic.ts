// Plain arithmetic that tests share, written independently of the sources. No Node modules: it runs in browsers too.

/** Rows of any matrix side by side. */
export function flat(rows: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(rows.flat());
}

/** Largest absolute difference of two lists of equal length. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    // A NaN must not pass for a small distance.
    if (!(difference <= worst)) worst = difference;
  }
  return worst;
}

/** Small deterministic generator (mulberry32), uniform in [0, 1): test data only. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** m unit rows in dimension d, roughly uniform. */
export function unitRows(m: number, d: number, seed: number): Float64Array {
  const random = generator(seed);
  const rows = new Float64Array(m * d);
  for (let i = 0; i < m; i++) {
    let square = 0;
    for (let c = 0; c < d; c++) {
      // Sum of uniforms: close enough to normal for a direction.
      let x = 0;
      for (let j = 0; j < 12; j++) x += random() - 0.5;
      rows[i * d + c] = x;
      square += x * x;
    }
    for (let c = 0; c < d; c++) rows[i * d + c] /= Math.sqrt(square);
  }
  return rows;
}

/** Slope of the least-squares line through (log x, log y). */
export function logLogSlope(x: readonly number[], y: readonly number[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const logX = x.map(Math.log);
  const logY = y.map(Math.log);
  const [meanX, meanY] = [mean(logX), mean(logY)];
  const covariance = logX.reduce((sum, value, i) => sum + (value - meanX) * (logY[i] - meanY), 0);
  return covariance / logX.reduce((sum, value) => sum + (value - meanX) * (value - meanX), 0);
}

/** Where in a JSON document there is a value that JSON cannot hold or that should not be a number: NaN, infinities. */
export function notFinite(value: unknown, path = "$"): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => notFinite(entry, `${path}.${key}`));
}
