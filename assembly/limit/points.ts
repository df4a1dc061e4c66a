// Points of the sphere of `columns` dimensions, kept as columns side by side (state: x_1[n], ..., x_columns[n]), the last
// of which is s = |w - B^T u|, the length of a particle's part outside the span of the teachers.

/** Every point divided by its norm. Returns false where a norm is zero or not finite. */
export function normalisePoints(state: usize, n: usize, columns: usize): bool {
  const stride = n << 3;
  let fine = true;
  for (let i = state; i < state + stride; i += 8) {
    const end = i + columns * stride;
    let square: f64 = 0;
    for (let x = i; x < end; x += stride) square += load<f64>(x) * load<f64>(x);
    if (!(square > 0 && square < Infinity)) fine = false;
    const norm = sqrt<f64>(square);
    for (let x = i; x < end; x += stride) store<f64>(x, load<f64>(x) / norm);
  }
  return fine;
}

/**
 * One projected gradient step of size eta for points first <= i < last, with their velocities in `rate` and the radial
 * part R of the Euclidean gradient in radial (n), 0 for none:  x <- normalise(x + eta (rate + R x)).
 * Returns the smallest factor by which the step without its normalisation multiplies an s > 0, 1 at least for those
 * that rest at s = 0: the direction outside the span is kept while it is positive. NaN where a number is not finite.
 */
export function pointStep(
  state: usize,
  rate: usize,
  radial: usize,
  eta: f64,
  n: usize,
  first: usize,
  last: usize,
  columns: usize,
): f64 {
  const stride = n << 3;
  const shift = rate - state;
  let least: f64 = Infinity;
  for (let i = first << 3; i < last << 3; i += 8) {
    const r = radial == 0 ? 0.0 : load<f64>(radial + i);
    const end = state + i + columns * stride;
    const s = load<f64>(end - stride);
    let square: f64 = 0;
    for (let x = state + i; x < end; x += stride) {
      const old = load<f64>(x);
      const moved = old + eta * (load<f64>(x + shift) + r * old);
      square += moved * moved;
      store<f64>(x, moved);
    }
    if (!(square > 0 && square < Infinity)) return NaN;
    least = min<f64>(least, s > 0 ? load<f64>(end - stride) / s : 1.0);
    const norm = sqrt<f64>(square);
    for (let x = state + i; x < end; x += stride) store<f64>(x, load<f64>(x) / norm);
  }
  return least;
}
