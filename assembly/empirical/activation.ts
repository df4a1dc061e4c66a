// An activation sigma and its derivative over arrays of T (f64 or f32), several vectors at a time. In memory, at a
// multiple of 16 bytes: a header of four float64, then a table of T (4 bytes a number for f32, 8 for f64).
//
//   [ kind | n | low | step ] table
//
//   kind 0  polynomial        table  c_0 .. c_(n-1), e_0 .. e_(n-1)
//             sigma(z)  = z^low  sum_i c_i (z^step)^i,  low in {0, 1}, step in {1, 2}, n >= 1
//             sigma'(z) = z^low' sum_i e_i (z^step)^i,  low' = 1 - low where step = 2, else 0
//           low = 1: e_i = (2i + 1) c_i.  low = 0: e_i = step (i + 1) c_(i+1), e_(n-1) = 0 and not read if n > 1.
//           low = 1 asks for step = 2.
//   kind 1  Hermite series    table  [A_k, B_k, c_k, d_k], k < n
//             h_(-1) = 0, h_0 = 1, h_(k+1) = A_k z h_k - B_k h_(k-1),  A_k = 1/sqrt(k+1), B_k = sqrt(k)/sqrt(k+1)
//             sigma = sum_k c_k h_k,  sigma' = sum_k d_k h_k,  d_k = sqrt(k+1) c_(k+1), d_(n-1) = 0
//   kind 2  ReLU              no table;  sigma' = 1 where z > 0, else 0
//   kind 3  Gaussian bump     table  [a, p0, p2, c]
//             sigma = (p0 + p2 z^2) e^(-a z^2) + c,  sigma' = z ((2 p2 - 2 a p0) - 2 a p2 z^2) e^(-a z^2),  a >= 0
//   kind 4  step              no table;  sigma = 1 where z > 0, else 0;  sigma' = 0, as it is away from the jump
//   kind 5  odd bump          table  [a, p0, p2]
//             sigma = z (p0 + p2 z^2) e^(-a z^2),  sigma' = (p0 + (3 p2 - 2 a p0) z^2 - 2 a p2 z^4) e^(-a z^2),  a >= 0
//
// The derivatives of kinds 0 and 1 are of the same kinds, that of ReLU is a step, that of a bump an odd bump: so the block
// of sigma' gives sigma' and sigma''.
//
// NaN in z gives NaN in sigma, but for kind 4.

import { hornerMap, hornerMaps } from "../math/polynomial";
import { bump, oddBump } from "./bump";
import { series } from "./series";

const HEADER: usize = 32;

/**
 * values = sigma(z) and, unless slopes = 0, slopes = sigma'(z), over arrays of `bytes` bytes, a multiple of 64; slopes
 * may be z, values not.
 */
export function activate<T>(block: usize, z: usize, values: usize, slopes: usize, bytes: usize): void {
  const kind = <i32>load<f64>(block);
  const n = <usize>load<f64>(block, 8);
  const table = block + HEADER;
  if (kind == 0) {
    const odd = load<f64>(block, 16) == 1.0;
    const square = load<f64>(block, 24) == 2.0;
    const derivative = table + n * sizeof<T>();
    if (slopes != 0 && n > 1) {
      hornerMaps<T>(table, derivative, n, odd, square, z, values, slopes, bytes);
    } else {
      hornerMap<T>(table, n, odd, square, z, values, bytes);
      if (slopes != 0) hornerMap<T>(derivative, 1, square && !odd, square, z, slopes, bytes);
    }
  } else if (kind == 1) {
    series<T>(table, n, z, values, slopes, bytes);
  } else if (kind == 2) {
    rectify<T>(z, values, slopes, bytes);
  } else if (kind == 3) {
    bump<T>(table, z, values, slopes, bytes);
  } else if (kind == 4) {
    step<T>(z, values, slopes, bytes);
  } else {
    oddBump<T>(table, z, values, slopes, bytes);
  }
}

function rectify<T>(z: usize, values: usize, slopes: usize, bytes: usize): void {
  if (ASC_FEATURE_SIMD) {
    const zero = v128.splat<T>(<T>0);
    const one = v128.splat<T>(<T>1);
    // pmax keeps NaN, as x < 0 ? 0 : x does.
    if (slopes == 0) {
      for (let i: usize = 0; i < bytes; i += 16) v128.store(values + i, v128.pmax<T>(v128.load(z + i), zero));
      return;
    }
    for (let i: usize = 0; i < bytes; i += 32) {
      const x0 = v128.load(z + i);
      const x1 = v128.load(z + i, 16);
      v128.store(values + i, v128.pmax<T>(x0, zero));
      v128.store(values + i, v128.pmax<T>(x1, zero), 16);
      v128.store(slopes + i, v128.and(v128.gt<T>(x0, zero), one));
      v128.store(slopes + i, v128.and(v128.gt<T>(x1, zero), one), 16);
    }
  } else {
    for (let i: usize = 0; i < bytes; i += sizeof<T>()) {
      const x = load<T>(z + i);
      store<T>(values + i, x < <T>0 ? <T>0 : x);
      if (slopes != 0) store<T>(slopes + i, x > <T>0 ? <T>1 : <T>0);
    }
  }
}

function step<T>(z: usize, values: usize, slopes: usize, bytes: usize): void {
  if (ASC_FEATURE_SIMD) {
    const zero = v128.splat<T>(<T>0);
    const one = v128.splat<T>(<T>1);
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(values + i, v128.and(v128.gt<T>(v128.load(z + i), zero), one));
    }
  } else {
    for (let i: usize = 0; i < bytes; i += sizeof<T>()) store<T>(values + i, load<T>(z + i) > <T>0 ? <T>1 : <T>0);
  }
  if (slopes != 0) memory.fill(slopes, 0, bytes);
}

/** z and sigma of one chunk of a map. */
const CHUNK: usize = 512;
const ARGUMENTS: usize = memory.data(512, 16);
const RESULTS: usize = memory.data(512, 16);

/** out[i] = sigma(values[i]), i < n, float64; block in float64; out may be values, n is any number. */
export function activationMap(block: usize, values: usize, out: usize, n: usize): void {
  for (let i: usize = 0; i < n << 3; i += CHUNK) {
    const bytes = min(CHUNK, (n << 3) - i);
    memory.fill(ARGUMENTS, 0, CHUNK);
    memory.copy(ARGUMENTS, values + i, bytes);
    activate<f64>(block, ARGUMENTS, RESULTS, 0, CHUNK);
    memory.copy(out + i, RESULTS, bytes);
  }
}
