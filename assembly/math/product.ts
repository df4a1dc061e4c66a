// Products of arrays, element by element.

/** out_i *= factors_i, float64, i < n, n a multiple of 2. */
export function multiply(out: usize, factors: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) {
    for (let i: usize = 0; i < n << 3; i += 16) {
      v128.store(out + i, f64x2.mul(v128.load(out + i), v128.load(factors + i)));
    }
  } else {
    for (let i: usize = 0; i < n << 3; i += 8) store<f64>(out + i, load<f64>(out + i) * load<f64>(factors + i));
  }
}
