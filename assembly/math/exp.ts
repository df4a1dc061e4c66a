// The exponential of float64 and float32 numbers, one by one and by vectors, with the same bits: range reduction, a
// polynomial, and a power of two put together from its bits. No fused multiply-add.
//
//   x = n ln 2 + r, |r| <= ln(2)/2,   exp(x) = 2^n (1 + (r + r^2 Q(r)))
//
// ln 2 has a high part, of which n multiples are exact, and a low part. Q is the minimax polynomial of the relative error
// (Remez: 3.6e-18 for f64, 3.1e-9 for f32), summed by Estrin's scheme. Below LOWEST the result is 0; x must not exceed
// 709 (f64) or 88 (f32). NaN gives NaN.
//
// The constants stand in memory, in two tables of one order: V8 puts together a vector constant from its bits wherever it
// is used, which takes longer than to load it.

const LOG2_E: usize = 0;
/** 1.5 * 2^52 (f32: 2^23) + the bias of exponents: adding it rounds to a whole number n, and leaves n + bias in the low bits. */
const SHIFT: usize = 1;
const LN2_HIGH: usize = 2;
const LN2_LOW: usize = 3;
const LOWEST: usize = 4;
const ONE: usize = 5;
const Q0: usize = 6;
const Q1: usize = 7;
const Q2: usize = 8;
const Q3: usize = 9;
const Q4: usize = 10;
const Q5: usize = 11;
const Q6: usize = 12;
const Q7: usize = 13;
const Q8: usize = 14;
const Q9: usize = 15;

const DOUBLES: usize = memory.data<f64>([
  Math.LOG2E,
  6755399441056767,
  6.9314718036912381649e-1,
  1.90821492927058770002e-10,
  -708,
  1,
  0.5000000000000011,
  0.16666666666666413,
  0.041666666666530155,
  0.008333333333494465,
  0.0013888888943630188,
  0.00019841269506571267,
  2.4801493098816138e-5,
  2.75575863808365e-6,
  2.763024841408471e-7,
  2.500005928835836e-8,
]);

const SINGLES: usize = memory.data<f32>([
  <f32>Math.LOG2E,
  12583039,
  0.693359375,
  -2.1219444e-4,
  -87,
  1,
  0.49999994,
  0.16666521,
  0.04166839,
  0.008368717,
  0.0013814599,
]);

function double(constant: usize): f64 {
  return load<f64>(DOUBLES + (constant << 3));
}

function single(constant: usize): f32 {
  return load<f32>(SINGLES + (constant << 2));
}

/** exp(x). */
export function expOf<T>(x: T): T {
  if (sizeof<T>() == 8) return <T>expDouble(<f64>x);
  return <T>expSingle(<f32>x);
}

function expDouble(x: f64): f64 {
  const k = x * double(LOG2_E) + double(SHIFT);
  const n = k - double(SHIFT);
  const r = x - n * double(LN2_HIGH) - n * double(LN2_LOW);
  const r2 = r * r;
  const r4 = r2 * r2;
  const low = double(Q0) + double(Q1) * r + (double(Q2) + double(Q3) * r) * r2;
  const middle = double(Q4) + double(Q5) * r + (double(Q6) + double(Q7) * r) * r2;
  const high = double(Q8) + double(Q9) * r;
  const q = low + (middle + high * r4) * r4;
  const power = reinterpret<f64>(reinterpret<i64>(k) << 52);
  return x < double(LOWEST) ? 0.0 : (double(ONE) + (r + r2 * q)) * power;
}

function expSingle(x: f32): f32 {
  const k = x * single(LOG2_E) + single(SHIFT);
  const n = k - single(SHIFT);
  const r = x - n * single(LN2_HIGH) - n * single(LN2_LOW);
  const r2 = r * r;
  const low = single(Q0) + single(Q1) * r;
  const high = single(Q2) + single(Q3) * r + single(Q4) * r2;
  const power = reinterpret<f32>(reinterpret<i32>(k) << 23);
  return x < single(LOWEST) ? 0.0 : (single(ONE) + (r + r2 * (low + high * r2))) * power;
}

/** Bytes of numbers between the two passes of expMap. */
const STRETCH: usize = 2048;
/** r of them. */
const REMAINDERS: usize = memory.data(2048, 16);

/** out = exp(values), arrays of `bytes` bytes, a multiple of 16; out may be values. The same bits as one by one. */
export function expMap<T>(values: usize, out: usize, bytes: usize): void {
  if (ASC_FEATURE_SIMD) {
    // Two passes, because the constants of one fit into registers if they are loaded before its loop.
    for (let i: usize = 0; i < bytes; i += STRETCH) {
      const length = min(STRETCH, bytes - i);
      if (sizeof<T>() == 8) {
        reduceDoubles(values + i, out + i, length);
        sumDoubles(out + i, length);
      } else {
        reduceSingles(values + i, out + i, length);
        sumSingles(out + i, length);
      }
    }
  } else {
    for (let i: usize = 0; i < bytes; i += sizeof<T>()) store<T>(out + i, expOf<T>(load<T>(values + i)));
  }
}

function doubles(constant: usize): v128 {
  return v128.load64_splat(DOUBLES + (constant << 3));
}

function singles(constant: usize): v128 {
  return v128.load32_splat(SINGLES + (constant << 2));
}

/** a + b x */
function linear<T>(a: v128, b: v128, x: v128): v128 {
  return v128.add<T>(a, v128.mul<T>(b, x));
}

/** Remainders <- r, out <- 2^n; where x < LOWEST 0 and 0, so that the product with the polynomial is 0. */
function reduceDoubles(values: usize, out: usize, bytes: usize): void {
  const log2E = doubles(LOG2_E);
  const shift = doubles(SHIFT);
  const high = doubles(LN2_HIGH);
  const low = doubles(LN2_LOW);
  const lowest = doubles(LOWEST);
  for (let i: usize = 0; i < bytes; i += 16) {
    const x = v128.load(values + i);
    const k = linear<f64>(shift, log2E, x);
    const n = f64x2.sub(k, shift);
    const r = f64x2.sub(f64x2.sub(x, f64x2.mul(n, high)), f64x2.mul(n, low));
    const below = f64x2.lt(x, lowest);
    v128.store(REMAINDERS + i, v128.andnot(r, below));
    v128.store(out + i, v128.andnot(i64x2.shl(k, 52), below));
  }
}

function reduceSingles(values: usize, out: usize, bytes: usize): void {
  const log2E = singles(LOG2_E);
  const shift = singles(SHIFT);
  const high = singles(LN2_HIGH);
  const low = singles(LN2_LOW);
  const lowest = singles(LOWEST);
  for (let i: usize = 0; i < bytes; i += 16) {
    const x = v128.load(values + i);
    const k = linear<f32>(shift, log2E, x);
    const n = f32x4.sub(k, shift);
    const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, high)), f32x4.mul(n, low));
    const below = f32x4.lt(x, lowest);
    v128.store(REMAINDERS + i, v128.andnot(r, below));
    v128.store(out + i, v128.andnot(i32x4.shl(k, 23), below));
  }
}

/** out *= 1 + (r + r^2 Q(r)) */
function sumDoubles(out: usize, bytes: usize): void {
  const one = doubles(ONE);
  const q0 = doubles(Q0);
  const q1 = doubles(Q1);
  const q2 = doubles(Q2);
  const q3 = doubles(Q3);
  const q4 = doubles(Q4);
  const q5 = doubles(Q5);
  const q6 = doubles(Q6);
  const q7 = doubles(Q7);
  const q8 = doubles(Q8);
  const q9 = doubles(Q9);
  for (let i: usize = 0; i < bytes; i += 16) {
    const r = v128.load(REMAINDERS + i);
    const r2 = f64x2.mul(r, r);
    const r4 = f64x2.mul(r2, r2);
    const low = linear<f64>(linear<f64>(q0, q1, r), linear<f64>(q2, q3, r), r2);
    const middle = linear<f64>(linear<f64>(q4, q5, r), linear<f64>(q6, q7, r), r2);
    const q = linear<f64>(low, linear<f64>(middle, linear<f64>(q8, q9, r), r4), r4);
    const value = f64x2.add(one, linear<f64>(r, r2, q));
    v128.store(out + i, f64x2.mul(value, v128.load(out + i)));
  }
}

function sumSingles(out: usize, bytes: usize): void {
  const one = singles(ONE);
  const q0 = singles(Q0);
  const q1 = singles(Q1);
  const q2 = singles(Q2);
  const q3 = singles(Q3);
  const q4 = singles(Q4);
  for (let i: usize = 0; i < bytes; i += 16) {
    const r = v128.load(REMAINDERS + i);
    const r2 = f32x4.mul(r, r);
    const high = linear<f32>(linear<f32>(q2, q3, r), q4, r2);
    const value = f32x4.add(one, linear<f32>(r, r2, linear<f32>(linear<f32>(q0, q1, r), high, r2)));
    v128.store(out + i, f32x4.mul(value, v128.load(out + i)));
  }
}
