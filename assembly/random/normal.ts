// From words to uniforms, normals and points of the sphere.
//
//   uniform  u = floor(64-bit word / 2^11) 2^-53 in [0, 1), the 64-bit word being  word0 + 2^32 word1  (first uniform of
//            the block) or  word2 + 2^32 word3  (second uniform);
//   normal   sqrt(-2 log(u1 + 2^-53)) cos(2 pi u2)  (Box and Muller; u1 + 2^-53 lies in (0, 1], so the log is finite);
//   sphere   row i = (n_0, ..., n_(d-1)) / norm, n_c the normal at counter (stream, i, c, 0), squares summed over
//            ascending c.
//
// The normal behind coordinate c of row i depends neither on the number of rows nor on d: runs of different width and
// dimension are nested (SPEC.md, section 1). log and cos are AssemblyScript's own, compiled into the module, so every
// engine gives the same bits.

import { philox, word0, word1, word2, word3 } from "./philox";

const TWO_PI: f64 = 6.283185307179586;
const ULP: f64 = 1.1102230246251565e-16; // 2^-53

function uniform53(low: u32, high: u32): f64 {
  return <f64>((((<u64>high) << 32) | <u64>low) >> 11) * ULP;
}

/** First uniform of a counter. */
export function uniform(seed: u32, replica: u32, stream: u32, row: u32, c: u32): f64 {
  philox(seed, replica, stream, row, c, 0);
  return uniform53(word0, word1);
}

/** Normal of a counter. */
function normal(seed: u32, replica: u32, stream: u32, row: u32, c: u32, step: u32): f64 {
  philox(seed, replica, stream, row, c, step);
  const radius = sqrt<f64>(-2.0 * Math.log(uniform53(word0, word1) + ULP));
  return radius * Math.cos(TWO_PI * uniform53(word2, word3));
}

/** out[i] = first uniform of counter (stream, row, i, 0), i < n. */
export function fillUniform(out: usize, n: u32, seed: u32, replica: u32, stream: u32, row: u32): void {
  for (let i: u32 = 0; i < n; ++i) store<f64>(out + ((<usize>i) << 3), uniform(seed, replica, stream, row, i));
}

function fill<T>(
  out: usize,
  rows: u32,
  d: u32,
  stride: u32,
  seed: u32,
  replica: u32,
  stream: u32,
  firstRow: u32,
): void {
  for (let i: u32 = 0; i < rows; ++i) {
    const row = out + <usize>i * <usize>stride * sizeof<T>();
    for (let c: u32 = 0; c < d; ++c) {
      store<T>(row + <usize>c * sizeof<T>(), <T>normal(seed, replica, stream, firstRow + i, c, 0));
    }
  }
}

/** out[i * stride + c] = normal of counter (stream, firstRow + i, c, 0), i < rows, c < d. */
export function fillNormal(
  out: usize,
  rows: u32,
  d: u32,
  stride: u32,
  seed: u32,
  replica: u32,
  stream: u32,
  firstRow: u32,
): void {
  fill<f64>(out, rows, d, stride, seed, replica, stream, firstRow);
}

/** The same normals, rounded to float32; out is an array of float32. */
export function fillNormalSingle(
  out: usize,
  rows: u32,
  d: u32,
  stride: u32,
  seed: u32,
  replica: u32,
  stream: u32,
  firstRow: u32,
): void {
  fill<f32>(out, rows, d, stride, seed, replica, stream, firstRow);
}

/** V_ic += factor * normal of counter (stream, i, c, step), i < m, c < d; V float64 with stride dp. */
export function addNormal(
  V: usize,
  m: u32,
  d: u32,
  dp: u32,
  factor: f64,
  seed: u32,
  replica: u32,
  stream: u32,
  step: u32,
): void {
  for (let i: u32 = 0; i < m; ++i) {
    const row = V + ((<usize>i * <usize>dp) << 3);
    for (let c: u32 = 0; c < d; ++c) {
      const slot = row + ((<usize>c) << 3);
      store<f64>(slot, load<f64>(slot) + factor * normal(seed, replica, stream, i, c, step));
    }
  }
}
