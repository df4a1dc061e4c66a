// The exponential against AssemblyScript's Math.exp, which stays below one unit in the last place.

import { expMap, expOf } from "../math/exp";
import {
  array,
  firstDifference,
  firstSingleDifference,
  get,
  intact,
  random,
  set,
  singles,
  singlesIntact,
} from "./helpers";

const N: usize = 20000;

/** x in [lowest, highest], a few hard points first. */
function point(i: usize, lowest: f64, highest: f64): f64 {
  if (i == 0) return lowest;
  if (i == 1) return highest;
  if (i == 2) return 0;
  if (i == 3) return -0.34657359027997264;
  if (i == 4) return -1e-300;
  const u = 0.5 * (random() + 1);
  // Half of the points near zero.
  return i % 2 == 0 ? lowest + u * (highest - lowest) : -u;
}

describe("exp", () => {
  it("float64: is within three units in the last place on [-708, 709]", () => {
    const x = array(N);
    const y = array(N);
    for (let i: usize = 0; i < N; ++i) set(x, i, point(i, i % 4 == 0 ? -708 : -60, i % 8 == 1 ? 709 : 0));
    expMap<f64>(x, y, N << 3);
    let worst: f64 = 0;
    for (let i: usize = 0; i < N; ++i) {
      const expected = Math.exp(get(x, i));
      const unit = reinterpret<f64>(reinterpret<u64>(expected) + 1) - expected;
      worst = max(worst, abs<f64>(get(y, i) - expected) / unit);
    }
    expect<f64>(worst).toBeLessThan(3);
    expect<bool>(intact(y, N)).toBe(true);
  });

  it("float32: is within two units in the last place on [-87, 88]", () => {
    const x = singles(N);
    const y = singles(N);
    for (let i: usize = 0; i < N; ++i) store<f32>(x + (i << 2), <f32>point(i, -87, i % 8 == 1 ? 88 : 0));
    expMap<f32>(x, y, N << 2);
    let worst: f64 = 0;
    for (let i: usize = 0; i < N; ++i) {
      const expected = Math.exp(<f64>load<f32>(x + (i << 2)));
      const rounded = <f32>expected;
      const unit = <f64>(reinterpret<f32>(reinterpret<u32>(rounded) + 1) - rounded);
      worst = max(worst, abs<f64>(<f64>load<f32>(y + (i << 2)) - expected) / unit);
    }
    expect<f64>(worst).toBeLessThan(2);
    expect<bool>(singlesIntact(y, N)).toBe(true);
  });

  it("gives the same bits one by one and in place", () => {
    const x = array(N);
    const y = array(N);
    const one = array(N);
    const x32 = singles(N);
    const y32 = singles(N);
    for (let i: usize = 0; i < N; ++i) {
      const value = 90 * random();
      set(x, i, 8 * value);
      set(one, i, expOf<f64>(get(x, i)));
      store<f32>(x32 + (i << 2), <f32>value - 3);
      store<f32>(y32 + (i << 2), expOf<f32>(<f32>value - 3));
    }
    expMap<f64>(x, y, N << 3);
    expMap<f32>(x32, x32, N << 2);
    expect<i32>(firstDifference(y, one, N)).toBe(-1);
    expect<i32>(firstSingleDifference(x32, y32, N)).toBe(-1);
    expMap<f64>(x, x, N << 3);
    expect<i32>(firstDifference(x, y, N)).toBe(-1);
  });

  it("is 1 at zero, 0 far below, NaN at NaN", () => {
    expect<f64>(expOf<f64>(0)).toBe(1);
    expect<f64>(expOf<f64>(-0.0)).toBe(1);
    expect<f64>(expOf<f64>(-708.5)).toBe(0);
    expect<f64>(expOf<f64>(-1e300)).toBe(0);
    expect<f64>(expOf<f64>(-Infinity)).toBe(0);
    expect<f64>(expOf<f64>(NaN)).toBeNaN();
    expect<f32>(expOf<f32>(0)).toBe(1);
    expect<f32>(expOf<f32>(-87.5)).toBe(0);
    expect<f32>(expOf<f32>(-Infinity)).toBe(0);
    expect<f32>(expOf<f32>(<f32>NaN)).toBeNaN();
    const x = array(6);
    const y = array(6);
    set(x, 0, NaN);
    set(x, 1, -Infinity);
    set(x, 2, -708.5);
    set(x, 3, 0);
    for (let i: usize = 0; i < 4; ++i) store<f32>(x + 32 + (i << 2), i == 0 ? <f32>NaN : i == 1 ? -Infinity : -88);
    expMap<f64>(x, y, 32);
    expMap<f32>(x + 32, y + 32, 16);
    expect<f64>(get(y, 0)).toBeNaN();
    expect<f64>(get(y, 1)).toBe(0);
    expect<f64>(get(y, 2)).toBe(0);
    expect<f64>(get(y, 3)).toBe(1);
    expect<f32>(load<f32>(y, 32)).toBeNaN();
    expect<f32>(load<f32>(y, 36)).toBe(0);
    expect<f32>(load<f32>(y, 40)).toBe(0);
  });
});
