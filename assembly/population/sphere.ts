// Moves on the sphere: projected step, tangent vectors, linear combination, distance of a network to its mean-field paths.

/**
 * out_i = normalise(W_i + eta V_i), i < m (arrays of stride dp; out may be W).
 * eta = 0 with V = W normalises the rows.
 * Returns 0, or 1 + the first row whose norm was zero or not finite; rows from there on are not written.
 */
export function retract(W: usize, V: usize, eta: f64, out: usize, m: usize, dp: usize): usize {
  for (let i: usize = 0; i < m; ++i) {
    const offset = (i * dp) << 3;
    let square: f64 = 0;
    for (let c = offset; c < offset + (dp << 3); c += 8) {
      const x = load<f64>(W + c) + eta * load<f64>(V + c);
      square += x * x;
    }
    if (!(square > 0 && square < Infinity)) return i + 1;
    const norm = sqrt<f64>(square);
    for (let c = offset; c < offset + (dp << 3); c += 8) {
      store<f64>(out + c, (load<f64>(W + c) + eta * load<f64>(V + c)) / norm);
    }
  }
  return 0;
}

/** V_i <- V_i - <W_i, V_i> W_i, i < m, W and V of stride dp: the part of V that is tangent to the sphere at W. */
export function makeTangent(W: usize, V: usize, m: usize, dp: usize): void {
  const row = dp << 3;
  const end = W + m * row;
  for (; W < end; W += row) {
    let along: f64 = 0;
    for (let c: usize = 0; c < row; c += 8) along += load<f64>(W + c) * load<f64>(V + c);
    for (let c: usize = 0; c < row; c += 8) store<f64>(V + c, load<f64>(V + c) - along * load<f64>(W + c));
    V += row;
  }
}

/** out = x + factor y, n elements, n a multiple of 2; out may be x or y. */
export function addScaled(out: usize, x: usize, factor: f64, y: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) {
    const f = f64x2.splat(factor);
    for (let i: usize = 0; i < n << 3; i += 16) {
      v128.store(out + i, f64x2.add(v128.load(x + i), f64x2.mul(f, v128.load(y + i))));
    }
  } else {
    for (let i: usize = 0; i < n << 3; i += 8) store<f64>(out + i, load<f64>(x + i) + factor * load<f64>(y + i));
  }
}

/**
 * Approximation gap of each particle (SPEC.md, section 4): out_i = |W_i - xi_i| with
 * xi_i = alpha_i w* + stretch_i (W0_i - <W0_i, w*> w*), w* the first coordinate vector, stretch = sqrt(1-alpha^2) over
 * its value at the start.
 */
export function gapNorms(
  W: usize,
  W0: usize,
  alpha: usize,
  stretch: usize,
  m: usize,
  d: usize,
  dp: usize,
  out: usize,
): void {
  for (let i: usize = 0; i < m; ++i) {
    const offset = (i * dp) << 3;
    const factor = load<f64>(stretch + (i << 3));
    const along = load<f64>(W + offset) - load<f64>(alpha + (i << 3));
    let square = along * along;
    for (let c: usize = 8; c < d << 3; c += 8) {
      const x = load<f64>(W + offset + c) - factor * load<f64>(W0 + offset + c);
      square += x * x;
    }
    store<f64>(out + (i << 3), sqrt<f64>(square));
  }
}
