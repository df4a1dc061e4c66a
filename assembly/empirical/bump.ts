// A Gaussian bump and its derivative from one exponential; the table is that of kind 3 in activation.ts.

import { expMap } from "../math/exp";

/**
 * values = (p0 + p2 z^2) e^(-a z^2) + c; slopes = z ((2 p2 - 2 a p0) - 2 a p2 z^2) e^(-a z^2) unless slopes = 0;
 * `bytes` a multiple of 16.
 */
export function bump<T>(table: usize, z: usize, values: usize, slopes: usize, bytes: usize): void {
  const rate = load<T>(table);
  const constant = load<T>(table, sizeof<T>());
  const square = load<T>(table, 2 * sizeof<T>());
  const offset = load<T>(table, 3 * sizeof<T>());
  const slopeConstant = <T>2 * square - <T>2 * rate * constant;
  const slopeSquare = <T>2 * rate * square;
  exponents<T>(-rate, z, values, bytes);
  expMap<T>(values, values, bytes);
  if (ASC_FEATURE_SIMD) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(z + i);
      const x2 = v128.mul<T>(x, x);
      const e = v128.load(values + i);
      const value = v128.mul<T>(v128.add<T>(v128.splat<T>(constant), v128.mul<T>(v128.splat<T>(square), x2)), e);
      v128.store(values + i, v128.add<T>(value, v128.splat<T>(offset)));
      if (slopes != 0) {
        const factor = v128.sub<T>(v128.splat<T>(slopeConstant), v128.mul<T>(v128.splat<T>(slopeSquare), x2));
        v128.store(slopes + i, v128.mul<T>(v128.mul<T>(x, factor), e));
      }
    }
  } else {
    for (let i: usize = 0; i < bytes; i += sizeof<T>()) {
      const x = load<T>(z + i);
      const x2 = x * x;
      const e = load<T>(values + i);
      store<T>(values + i, (constant + square * x2) * e + offset);
      if (slopes != 0) store<T>(slopes + i, x * (slopeConstant - slopeSquare * x2) * e);
    }
  }
}

/** out = factor z^2 */
function exponents<T>(factor: T, z: usize, out: usize, bytes: usize): void {
  if (ASC_FEATURE_SIMD) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(z + i);
      v128.store(out + i, v128.mul<T>(v128.splat<T>(factor), v128.mul<T>(x, x)));
    }
  } else {
    for (let i: usize = 0; i < bytes; i += sizeof<T>()) {
      const x = load<T>(z + i);
      store<T>(out + i, factor * (x * x));
    }
  }
}
