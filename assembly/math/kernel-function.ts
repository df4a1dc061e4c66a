// The functions of the inner product s = <w, w'> that make up the population kernels (SPEC.md, sections 2 and 3), told
// apart by the fourth word of their block:
//
//   0  polynomial    [ n | low | step | 0 | c_0 | ... ], see polynomial.ts
//   1  arc-cosine    q(s)  = (sqrt(1 - s^2) + (pi - acos s) s) / (2 pi),  q of ReLU; the other words are not read
//   2  its derivative q'(s) = (pi - acos s) / (2 pi)
//   3  and q''(s) = 1 / (2 pi sqrt(1 - s^2)), 0 where 1 - s^2 <= 2^-46
//
// For kinds 1 and 2 s is clamped to [-1, 1] first: rounding may carry the inner product of two unit vectors outside. q'' is
// infinite where two vectors fall together. It stands beside an inner product that vanishes there, so no number belongs in
// its place; below 2^-46 (an angle of 1e-7) the rounding of s is a tenth of 1 - s^2 and more.
// acos is AssemblyScript's own.

import { polynomialAt, polynomialMap } from "./polynomial";

function arcCosine(s: f64): f64 {
  const x = max<f64>(-1.0, min<f64>(1.0, s));
  return (sqrt<f64>(1.0 - x * x) + (Math.PI - Math.acos(x)) * x) / (2.0 * Math.PI);
}

function arcCosineDerivative(s: f64): f64 {
  return (Math.PI - Math.acos(max<f64>(-1.0, min<f64>(1.0, s)))) / (2.0 * Math.PI);
}

/** 1 - s^2 up to which two vectors count as parallel. */
const PARALLEL: f64 = 1.4210854715202004e-14;

function arcCosineCurvature(s: f64): f64 {
  const square = (1.0 - s) * (1.0 + s);
  return square <= PARALLEL ? 0.0 : 1.0 / (2.0 * Math.PI * sqrt<f64>(square));
}

/** The function at s. */
export function kernelAt(block: usize, s: f64): f64 {
  const kind = load<f64>(block, 24);
  if (kind == 1.0) return arcCosine(s);
  if (kind == 2.0) return arcCosineDerivative(s);
  if (kind == 3.0) return arcCosineCurvature(s);
  return polynomialAt(block, s);
}

/** out[i] = the function at values[i], i < n; n a multiple of 8; out may be values. */
export function kernelMap(block: usize, values: usize, out: usize, n: usize): void {
  const kind = load<f64>(block, 24);
  if (kind == 1.0) {
    for (let i: usize = 0; i < n << 3; i += 8) store<f64>(out + i, arcCosine(load<f64>(values + i)));
  } else if (kind == 2.0) {
    for (let i: usize = 0; i < n << 3; i += 8) store<f64>(out + i, arcCosineDerivative(load<f64>(values + i)));
  } else if (kind == 3.0) {
    for (let i: usize = 0; i < n << 3; i += 8) store<f64>(out + i, arcCosineCurvature(load<f64>(values + i)));
  } else {
    polynomialMap(block, values, out, n);
  }
}
