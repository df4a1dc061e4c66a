// Memory and comparisons for the specs. Arrays are float64, aligned to 16 bytes, from the runtime's own heap.

const GUARD: f64 = 1234.5;

/** An array of n numbers, NaN until written, so that a kernel that reads what it should not is found out. */
export function array(n: usize): usize {
  const address = heap.alloc((n + 2) << 3);
  for (let i: usize = 0; i < n; ++i) set(address, i, NaN);
  set(address, n, GUARD);
  set(address, n + 1, GUARD);
  return address;
}

/** Whether nothing was written behind an array. */
export function intact(address: usize, n: usize): bool {
  return get(address, n) == GUARD && get(address, n + 1) == GUARD;
}

export function arrayOf(values: f64[]): usize {
  const address = array(values.length);
  for (let i = 0; i < values.length; ++i) set(address, i, values[i]);
  return address;
}

export function constant(n: usize, value: f64): usize {
  const address = array(n);
  for (let i: usize = 0; i < n; ++i) set(address, i, value);
  return address;
}

export function copyOf(source: usize, n: usize): usize {
  const address = array(n);
  for (let i: usize = 0; i < n; ++i) set(address, i, get(source, i));
  return address;
}

export function get(address: usize, i: usize): f64 {
  return load<f64>(address + (i << 3));
}

export function set(address: usize, i: usize, value: f64): void {
  store<f64>(address + (i << 3), value);
}

let state: u64 = 1;

/** The next number of a simple congruential sequence, in [-1, 1). Only the specs use it. */
export function random(): f64 {
  state = state * 6364136223846793005 + 1442695040888963407;
  return <f64>(state >> 11) * (1.0 / 4503599627370496.0) - 1.0;
}

export function randomArray(n: usize): usize {
  const address = array(n);
  for (let i: usize = 0; i < n; ++i) set(address, i, random());
  return address;
}

/** Rows of random numbers: rows x stride, zero from row m and from column d on. */
export function randomRows(m: usize, d: usize, rows: usize, stride: usize): usize {
  const address = constant(rows * stride, 0);
  for (let i: usize = 0; i < m; ++i) {
    for (let c: usize = 0; c < d; ++c) set(address, i * stride + c, random());
  }
  return address;
}

/** The same with rows of norm 1. */
export function unitRows(m: usize, d: usize, rows: usize, stride: usize): usize {
  const address = randomRows(m, d, rows, stride);
  for (let i: usize = 0; i < m; ++i) {
    const norm = sqrt<f64>(inner(address + ((i * stride) << 3), address + ((i * stride) << 3), d));
    for (let c: usize = 0; c < d; ++c) set(address, i * stride + c, get(address, i * stride + c) / norm);
  }
  return address;
}

/** Signs without a period (Thue and Morse): whichever is taken for another, somewhere it is the wrong one. */
export function signOf(i: usize): f64 {
  return popcnt<usize>(i) % 2 == 0 ? 1 : -1;
}

export function inner(x: usize, y: usize, n: usize): f64 {
  let sum: f64 = 0;
  for (let c: usize = 0; c < n; ++c) sum += get(x, c) * get(y, c);
  return sum;
}

export function roundUp(n: usize, multiple: usize): usize {
  return ((n + multiple - 1) / multiple) * multiple;
}

/** First index where two arrays differ in a bit; -1 where they are the same. */
export function firstDifference(x: usize, y: usize, n: usize): i32 {
  for (let i: usize = 0; i < n; ++i) {
    if (load<u64>(x + (i << 3)) != load<u64>(y + (i << 3))) return <i32>i;
  }
  return -1;
}

/** Largest |x_i - y_i|; infinity where one is NaN. */
export function largestDifference(x: usize, y: usize, n: usize): f64 {
  let top: f64 = 0;
  for (let i: usize = 0; i < n; ++i) {
    const difference = abs<f64>(get(x, i) - get(y, i));
    if (!(difference <= top)) top = difference == difference ? difference : Infinity;
  }
  return top;
}

/** A polynomial as the kernels take it: p(s) = s^low sum_i c_i (s^step)^i. */
export function polynomial(low: i32, step: i32, coefficients: f64[]): usize {
  const n = coefficients.length;
  const address = array(<usize>(4 + n));
  set(address, 0, <f64>n);
  set(address, 1, <f64>low);
  set(address, 2, <f64>step);
  set(address, 3, 0);
  for (let i = 0; i < n; ++i) set(address, <usize>(4 + i), coefficients[i]);
  return address;
}

/** The kernel function q of ReLU (kind 1), its derivative (kind 2) or q'' (kind 3) as the kernels take it. */
export function arcCosine(kind: i32): usize {
  return arrayOf([1, 0, 1, <f64>kind, NaN]);
}

/** An array of n float32 numbers, NaN until written, with a guard; its address has room for pairs. */
export function singles(n: usize): usize {
  const address = heap.alloc((n + 2) << 2);
  for (let i: usize = 0; i < n; ++i) store<f32>(address + (i << 2), NaN);
  store<f32>(address + (n << 2), <f32>GUARD);
  store<f32>(address + (n << 2), <f32>GUARD, 4);
  return address;
}

export function singlesIntact(address: usize, n: usize): bool {
  const end = address + (n << 2);
  return load<f32>(end) == <f32>GUARD && load<f32>(end, 4) == <f32>GUARD;
}

/** First index where two arrays of float32 differ in a bit; -1 where they are the same. */
export function firstSingleDifference(x: usize, y: usize, n: usize): i32 {
  for (let i: usize = 0; i < n; ++i) {
    if (load<u32>(x + (i << 2)) != load<u32>(y + (i << 2))) return <i32>i;
  }
  return -1;
}

/** Largest |x_i|. */
export function largestOf(x: usize, n: usize): f64 {
  let top: f64 = 0;
  for (let i: usize = 0; i < n; ++i) top = max(top, abs<f64>(get(x, i)));
  return top;
}
