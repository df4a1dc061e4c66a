// Polynomials in one variable, evaluated over arrays by Horner's rule.
//
//   p(s) = s^low * sum_{i < n} c_i (s^step)^i,   low in {0, 1}, step in {1, 2}
//
// A polynomial of one parity has step 2, which halves the work. In memory (all f64, address a multiple of 16):
//
//   [ n | low | step | 0 | c_0 | c_1 | ... | c_(n-1) ],   n >= 1
//
// The fourth word tells a polynomial from the other functions of kernel-function.ts. Four vectors advance together,
// because one Horner chain waits for its own result.

const HEADER: usize = 32;

/** p(s) for one value: n coefficients of T; odd: low = 1; square: step = 2. */
export function hornerAt<T>(coefficients: usize, n: usize, odd: bool, square: bool, s: T): T {
  const x = square ? s * s : s;
  let c = coefficients + (n - 1) * sizeof<T>();
  let value = load<T>(c);
  while (c > coefficients) {
    c -= sizeof<T>();
    value = value * x + load<T>(c);
  }
  return odd ? value * s : value;
}

/** out = p(values), arrays of `bytes` bytes, a multiple of 64; out may be values. The same bits as one by one. */
export function hornerMap<T>(
  coefficients: usize,
  n: usize,
  odd: bool,
  square: bool,
  values: usize,
  out: usize,
  bytes: usize,
): void {
  if (ASC_FEATURE_SIMD) {
    const top = coefficients + (n - 1) * sizeof<T>();
    for (let i: usize = 0; i < bytes; i += 64) {
      const s0 = v128.load(values + i);
      const s1 = v128.load(values + i, 16);
      const s2 = v128.load(values + i, 32);
      const s3 = v128.load(values + i, 48);
      const x0 = square ? v128.mul<T>(s0, s0) : s0;
      const x1 = square ? v128.mul<T>(s1, s1) : s1;
      const x2 = square ? v128.mul<T>(s2, s2) : s2;
      const x3 = square ? v128.mul<T>(s3, s3) : s3;
      let c = top;
      let p0 = v128.load_splat<T>(c);
      let p1 = p0;
      let p2 = p0;
      let p3 = p0;
      while (c > coefficients) {
        c -= sizeof<T>();
        const k = v128.load_splat<T>(c);
        p0 = v128.add<T>(v128.mul<T>(p0, x0), k);
        p1 = v128.add<T>(v128.mul<T>(p1, x1), k);
        p2 = v128.add<T>(v128.mul<T>(p2, x2), k);
        p3 = v128.add<T>(v128.mul<T>(p3, x3), k);
      }
      if (odd) {
        p0 = v128.mul<T>(p0, s0);
        p1 = v128.mul<T>(p1, s1);
        p2 = v128.mul<T>(p2, s2);
        p3 = v128.mul<T>(p3, s3);
      }
      v128.store(out + i, p0);
      v128.store(out + i, p1, 16);
      v128.store(out + i, p2, 32);
      v128.store(out + i, p3, 48);
    }
  } else {
    for (let i: usize = 0; i < bytes; i += sizeof<T>()) {
      store<T>(out + i, hornerAt<T>(coefficients, n, odd, square, load<T>(values + i)));
    }
  }
}

/**
 * out = p(values) and slopes = p'(values) in one pass, with the bits of hornerMap: p' has n coefficients at `derivative` where
 * p is odd, and is even then; n - 1 otherwise, and is odd where p is even. n >= 2. slopes may be values, out not.
 */
export function hornerMaps<T>(
  coefficients: usize,
  derivative: usize,
  n: usize,
  odd: bool,
  square: bool,
  values: usize,
  out: usize,
  slopes: usize,
  bytes: usize,
): void {
  const last = (n - 1) * sizeof<T>();
  const distance = derivative - coefficients;
  if (ASC_FEATURE_SIMD) {
    if (n == 3 && !odd) {
      quadraticMaps<T>(coefficients, derivative, square, values, out, slopes, bytes);
      return;
    }
    // Where p is odd both chains start at the top, else that of p' a step later.
    const top = coefficients + (odd ? last : last - sizeof<T>());
    const highest = v128.load_splat<T>(coefficients + last);
    const second = v128.load_splat<T>(coefficients + last - sizeof<T>());
    const steepest = v128.load_splat<T>(top + distance);
    for (let i: usize = 0; i < bytes; i += 64) {
      let x0 = v128.load(values + i);
      let x1 = v128.load(values + i, 16);
      let x2 = v128.load(values + i, 32);
      let x3 = v128.load(values + i, 48);
      if (square) {
        x0 = v128.mul<T>(x0, x0);
        x1 = v128.mul<T>(x1, x1);
        x2 = v128.mul<T>(x2, x2);
        x3 = v128.mul<T>(x3, x3);
      }
      let p0 = highest;
      let p1 = highest;
      let p2 = highest;
      let p3 = highest;
      if (!odd) {
        p0 = v128.add<T>(v128.mul<T>(p0, x0), second);
        p1 = v128.add<T>(v128.mul<T>(p1, x1), second);
        p2 = v128.add<T>(v128.mul<T>(p2, x2), second);
        p3 = v128.add<T>(v128.mul<T>(p3, x3), second);
      }
      let e0 = steepest;
      let e1 = steepest;
      let e2 = steepest;
      let e3 = steepest;
      for (let c = top; c > coefficients; ) {
        c -= sizeof<T>();
        let k = v128.load_splat<T>(c);
        p0 = v128.add<T>(v128.mul<T>(p0, x0), k);
        p1 = v128.add<T>(v128.mul<T>(p1, x1), k);
        p2 = v128.add<T>(v128.mul<T>(p2, x2), k);
        p3 = v128.add<T>(v128.mul<T>(p3, x3), k);
        k = v128.load_splat<T>(c + distance);
        e0 = v128.add<T>(v128.mul<T>(e0, x0), k);
        e1 = v128.add<T>(v128.mul<T>(e1, x1), k);
        e2 = v128.add<T>(v128.mul<T>(e2, x2), k);
        e3 = v128.add<T>(v128.mul<T>(e3, x3), k);
      }
      if (odd) {
        p0 = v128.mul<T>(p0, v128.load(values + i));
        p1 = v128.mul<T>(p1, v128.load(values + i, 16));
        p2 = v128.mul<T>(p2, v128.load(values + i, 32));
        p3 = v128.mul<T>(p3, v128.load(values + i, 48));
      } else if (square) {
        e0 = v128.mul<T>(e0, v128.load(values + i));
        e1 = v128.mul<T>(e1, v128.load(values + i, 16));
        e2 = v128.mul<T>(e2, v128.load(values + i, 32));
        e3 = v128.mul<T>(e3, v128.load(values + i, 48));
      }
      v128.store(out + i, p0);
      v128.store(out + i, p1, 16);
      v128.store(out + i, p2, 32);
      v128.store(out + i, p3, 48);
      v128.store(slopes + i, e0);
      v128.store(slopes + i, e1, 16);
      v128.store(slopes + i, e2, 32);
      v128.store(slopes + i, e3, 48);
    }
  } else {
    for (let i: usize = 0; i < bytes; i += sizeof<T>()) {
      const s = load<T>(values + i);
      store<T>(out + i, hornerAt<T>(coefficients, n, odd, square, s));
      store<T>(slopes + i, hornerAt<T>(derivative, odd ? n : n - 1, square && !odd, square, s));
    }
  }
}

/** hornerMaps for n = 3 and p not odd, as of He4: all coefficients in registers. */
function quadraticMaps<T>(
  coefficients: usize,
  derivative: usize,
  square: bool,
  values: usize,
  out: usize,
  slopes: usize,
  bytes: usize,
): void {
  const c0 = v128.load_splat<T>(coefficients);
  const c1 = v128.load_splat<T>(coefficients, sizeof<T>());
  const c2 = v128.load_splat<T>(coefficients, 2 * sizeof<T>());
  const e0 = v128.load_splat<T>(derivative);
  const e1 = v128.load_splat<T>(derivative, sizeof<T>());
  if (square) {
    for (let i: usize = 0; i < bytes; i += 32) {
      const s0 = v128.load(values + i);
      const s1 = v128.load(values + i, 16);
      const x0 = v128.mul<T>(s0, s0);
      const x1 = v128.mul<T>(s1, s1);
      v128.store(out + i, v128.add<T>(v128.mul<T>(v128.add<T>(v128.mul<T>(c2, x0), c1), x0), c0));
      v128.store(out + i, v128.add<T>(v128.mul<T>(v128.add<T>(v128.mul<T>(c2, x1), c1), x1), c0), 16);
      v128.store(slopes + i, v128.mul<T>(v128.add<T>(v128.mul<T>(e1, x0), e0), s0));
      v128.store(slopes + i, v128.mul<T>(v128.add<T>(v128.mul<T>(e1, x1), e0), s1), 16);
    }
  } else {
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(values + i);
      v128.store(out + i, v128.add<T>(v128.mul<T>(v128.add<T>(v128.mul<T>(c2, x), c1), x), c0));
      v128.store(slopes + i, v128.add<T>(v128.mul<T>(e1, x), e0));
    }
  }
}

/** p(s) for one value; the same operations as the array form, hence the same bits. */
export function polynomialAt(polynomial: usize, s: f64): f64 {
  const odd = load<f64>(polynomial, 8) == 1.0;
  const square = load<f64>(polynomial, 16) == 2.0;
  return hornerAt<f64>(polynomial + HEADER, <usize>load<f64>(polynomial), odd, square, s);
}

/** out[i] = p(values[i]), i < n; n a multiple of 8; out may be values. */
export function polynomialMap(polynomial: usize, values: usize, out: usize, n: usize): void {
  const odd = load<f64>(polynomial, 8) == 1.0;
  const square = load<f64>(polynomial, 16) == 2.0;
  hornerMap<f64>(polynomial + HEADER, <usize>load<f64>(polynomial), odd, square, values, out, n << 3);
}
