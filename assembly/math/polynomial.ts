// Polynomials in one variable, evaluated over arrays by Horner's rule.
//
//   p(s) = s^low * sum_{i < n} c_i (s^step)^i,   low in {0, 1}, step in {1, 2}
//
// A polynomial of one parity has step 2, which halves the work. In memory (all f64, address a multiple of 16):
//
//   [ n | low | step | unused | c_0 | c_1 | ... | c_(n-1) ],   n >= 1
//
// Eight values advance together, because one Horner chain waits for its own result.

const HEADER: usize = 32;

function last(polynomial: usize): usize {
  return polynomial + HEADER + ((<usize>load<f64>(polynomial) - 1) << 3);
}

/** p(s) for one value; the same operations as the array form, hence the same bits. */
export function polynomialAt(polynomial: usize, s: f64): f64 {
  const x = load<f64>(polynomial, 16) == 2.0 ? s * s : s;
  const first = polynomial + HEADER;
  let c = last(polynomial);
  let value = load<f64>(c);
  while (c > first) {
    c -= 8;
    value = value * x + load<f64>(c);
  }
  return load<f64>(polynomial, 8) == 1.0 ? value * s : value;
}

/** out[i] = p(values[i]), i < n; n a multiple of 8; out may be values. */
export function polynomialMap(polynomial: usize, values: usize, out: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) {
    const odd = load<f64>(polynomial, 8) == 1.0;
    const square = load<f64>(polynomial, 16) == 2.0;
    const first = polynomial + HEADER;
    const top = last(polynomial);
    for (let i: usize = 0; i < n << 3; i += 64) {
      const s0 = v128.load(values + i);
      const s1 = v128.load(values + i, 16);
      const s2 = v128.load(values + i, 32);
      const s3 = v128.load(values + i, 48);
      const x0 = square ? f64x2.mul(s0, s0) : s0;
      const x1 = square ? f64x2.mul(s1, s1) : s1;
      const x2 = square ? f64x2.mul(s2, s2) : s2;
      const x3 = square ? f64x2.mul(s3, s3) : s3;
      let c = top;
      let p0 = v128.load64_splat(c);
      let p1 = p0;
      let p2 = p0;
      let p3 = p0;
      while (c > first) {
        c -= 8;
        const k = v128.load64_splat(c);
        p0 = f64x2.add(f64x2.mul(p0, x0), k);
        p1 = f64x2.add(f64x2.mul(p1, x1), k);
        p2 = f64x2.add(f64x2.mul(p2, x2), k);
        p3 = f64x2.add(f64x2.mul(p3, x3), k);
      }
      if (odd) {
        p0 = f64x2.mul(p0, s0);
        p1 = f64x2.mul(p1, s1);
        p2 = f64x2.mul(p2, s2);
        p3 = f64x2.mul(p3, s3);
      }
      v128.store(out + i, p0);
      v128.store(out + i, p1, 16);
      v128.store(out + i, p2, 32);
      v128.store(out + i, p3, 48);
    }
  } else {
    for (let i: usize = 0; i < n; ++i)
      store<f64>(out + (i << 3), polynomialAt(polynomial, load<f64>(values + (i << 3))));
  }
}
