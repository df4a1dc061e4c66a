// Gaussian bumps and their derivatives from one exponential; the tables are those of kinds 3 and 5 in activation.ts.

import { expMap } from "../math/exp";

/**
 * values = (p0 + p2 z^2) e^(-a z^2) + c; slopes = z ((2 p2 - 2 a p0) - 2 a p2 z^2) e^(-a z^2) unless slopes = 0;
 * `bytes` a multiple of 32.
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
    const constants = v128.splat<T>(constant);
    const squares = v128.splat<T>(square);
    const offsets = v128.splat<T>(offset);
    const slopeConstants = v128.splat<T>(slopeConstant);
    const slopeSquares = v128.splat<T>(slopeSquare);
    if (slopes == 0) {
      for (let i: usize = 0; i < bytes; i += 16) {
        const x = v128.load(z + i);
        const value = v128.add<T>(constants, v128.mul<T>(squares, v128.mul<T>(x, x)));
        v128.store(values + i, v128.add<T>(v128.mul<T>(value, v128.load(values + i)), offsets));
      }
      return;
    }
    // Two vectors a turn: the loop itself takes a third of a turn of one.
    for (let i: usize = 0; i < bytes; i += 32) {
      const x0 = v128.load(z + i);
      const x1 = v128.load(z + i, 16);
      const e0 = v128.load(values + i);
      const e1 = v128.load(values + i, 16);
      const square0 = v128.mul<T>(x0, x0);
      const square1 = v128.mul<T>(x1, x1);
      const value0 = v128.mul<T>(v128.add<T>(constants, v128.mul<T>(squares, square0)), e0);
      const value1 = v128.mul<T>(v128.add<T>(constants, v128.mul<T>(squares, square1)), e1);
      v128.store(values + i, v128.add<T>(value0, offsets));
      v128.store(values + i, v128.add<T>(value1, offsets), 16);
      const factor0 = v128.sub<T>(slopeConstants, v128.mul<T>(slopeSquares, square0));
      const factor1 = v128.sub<T>(slopeConstants, v128.mul<T>(slopeSquares, square1));
      v128.store(slopes + i, v128.mul<T>(v128.mul<T>(x0, factor0), e0));
      v128.store(slopes + i, v128.mul<T>(v128.mul<T>(x1, factor1), e1), 16);
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

/**
 * values = z (p0 + p2 z^2) e^(-a z^2); slopes = (p0 + (3 p2 - 2 a p0) z^2 - 2 a p2 z^4) e^(-a z^2) unless slopes = 0;
 * `bytes` a multiple of 32.
 */
export function oddBump<T>(table: usize, z: usize, values: usize, slopes: usize, bytes: usize): void {
  const rate = load<T>(table);
  const first = load<T>(table, sizeof<T>());
  const third = load<T>(table, 2 * sizeof<T>());
  const square = <T>3 * third - <T>2 * rate * first;
  const fourth = <T>2 * rate * third;
  exponents<T>(-rate, z, values, bytes);
  expMap<T>(values, values, bytes);
  if (ASC_FEATURE_SIMD) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(z + i);
      const x2 = v128.mul<T>(x, x);
      const e = v128.load(values + i);
      const factor = v128.add<T>(v128.splat<T>(first), v128.mul<T>(v128.splat<T>(third), x2));
      v128.store(values + i, v128.mul<T>(v128.mul<T>(x, factor), e));
      if (slopes != 0) {
        const inner = v128.sub<T>(v128.splat<T>(square), v128.mul<T>(v128.splat<T>(fourth), x2));
        const slope = v128.add<T>(v128.splat<T>(first), v128.mul<T>(inner, x2));
        v128.store(slopes + i, v128.mul<T>(slope, e));
      }
    }
  } else {
    for (let i: usize = 0; i < bytes; i += sizeof<T>()) {
      const x = load<T>(z + i);
      const x2 = x * x;
      const e = load<T>(values + i);
      store<T>(values + i, x * (first + third * x2) * e);
      if (slopes != 0) store<T>(slopes + i, (first + (square - fourth * x2) * x2) * e);
    }
  }
}

/** out = factor z^2 */
function exponents<T>(factor: T, z: usize, out: usize, bytes: usize): void {
  if (ASC_FEATURE_SIMD) {
    const factors = v128.splat<T>(factor);
    for (let i: usize = 0; i < bytes; i += 32) {
      const x0 = v128.load(z + i);
      const x1 = v128.load(z + i, 16);
      v128.store(out + i, v128.mul<T>(factors, v128.mul<T>(x0, x0)));
      v128.store(out + i, v128.mul<T>(factors, v128.mul<T>(x1, x1)), 16);
    }
  } else {
    for (let i: usize = 0; i < bytes; i += sizeof<T>()) {
      const x = load<T>(z + i);
      store<T>(out + i, factor * (x * x));
    }
  }
}
