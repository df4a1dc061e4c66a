// Activations for the specs: the formula, and the block the kernels take (empirical/activation.ts).

import { array, set } from "./helpers";

export class Activation {
  constructor(
    public kind: i32,
    public low: i32,
    public step: i32,
    /** Power coefficients of z^low (z^step)^i, Hermite coefficients, [a, p0, p2, c], or [a, p0, p2] of an odd bump. */
    public table: f64[],
  ) {}

  value(z: f64): f64 {
    const t = this.table;
    if (this.kind == 2) return max<f64>(z, 0);
    if (this.kind == 3) return (t[1] + t[2] * z * z) * Math.exp(-t[0] * z * z) + t[3];
    if (this.kind == 4) return z > 0 ? 1 : 0;
    if (this.kind == 5) return z * (t[1] + t[2] * z * z) * Math.exp(-t[0] * z * z);
    let sum: f64 = 0;
    for (let i = 0; i < t.length; ++i)
      sum += t[i] * (this.kind == 0 ? power(z, this.low + this.step * i) : hermite(i, z));
    return sum;
  }

  slope(z: f64): f64 {
    const t = this.table;
    if (this.kind == 2) return z > 0 ? 1 : 0;
    if (this.kind == 3) {
      const e = Math.exp(-t[0] * z * z);
      return 2 * t[2] * z * e - 2 * t[0] * z * (t[1] + t[2] * z * z) * e;
    }
    if (this.kind == 4) return 0;
    if (this.kind == 5) {
      const e = Math.exp(-t[0] * z * z);
      return (t[1] + 3 * t[2] * z * z) * e - 2 * t[0] * z * z * (t[1] + t[2] * z * z) * e;
    }
    let sum: f64 = 0;
    for (let i = 0; i < t.length; ++i) {
      const k = this.kind == 0 ? this.low + this.step * i : i;
      if (k == 0) continue;
      sum += t[i] * (this.kind == 0 ? <f64>k * power(z, k - 1) : sqrt<f64>(<f64>k) * hermite(k - 1, z));
    }
    return sum;
  }

  /** sigma' as an activation. */
  derivative(): Activation {
    const t = this.table;
    if (this.kind == 2) return new Activation(4, 0, 1, []);
    if (this.kind == 3) return new Activation(5, 0, 1, [t[0], 2 * t[2] - 2 * t[0] * t[1], -2 * t[0] * t[2]]);
    const terms: f64[] = [];
    for (let i = 0; i < t.length; ++i) {
      const k = this.kind == 0 ? this.low + this.step * i : i;
      if (k > 0) terms.push((this.kind == 0 ? <f64>k : sqrt<f64>(<f64>k)) * t[i]);
    }
    if (terms.length == 0) terms.push(0);
    return new Activation(this.kind, this.step == 2 ? 1 - this.low : 0, this.step, terms);
  }

  /** The block with its table in T. */
  block<T>(): usize {
    const n = this.table.length;
    const address = array(<usize>(4 + 4 * n));
    set(address, 0, <f64>this.kind);
    set(address, 1, this.kind == 2 || this.kind == 4 ? 0 : <f64>n);
    set(address, 2, <f64>this.low);
    set(address, 3, <f64>this.step);
    const entries = this.entries();
    for (let i = 0; i < entries.length; ++i) store<T>(address + 32 + <usize>i * sizeof<T>(), <T>entries[i]);
    return address;
  }

  private entries(): f64[] {
    const t = this.table;
    const n = t.length;
    if (this.kind >= 2) return t;
    const entries: f64[] = [];
    if (this.kind == 1) {
      for (let k = 0; k < n; ++k) {
        const root = sqrt<f64>(<f64>(k + 1));
        entries.push(1 / root);
        entries.push(sqrt<f64>(<f64>k) / root);
        entries.push(t[k]);
        entries.push(k + 1 < n ? root * t[k + 1] : 0);
      }
      return entries;
    }
    for (let i = 0; i < n; ++i) entries.push(t[i]);
    for (let i = 0; i < n; ++i) {
      if (this.low == 1) entries.push(<f64>(2 * i + 1) * t[i]);
      else entries.push(i + 1 < n ? <f64>(this.step * (i + 1)) * t[i + 1] : 0);
    }
    return entries;
  }
}

function power(z: f64, k: i32): f64 {
  let value: f64 = 1;
  for (let i = 0; i < k; ++i) value *= z;
  return value;
}

/** He_k(z) / sqrt(k!) */
function hermite(k: i32, z: f64): f64 {
  let last: f64 = 0;
  let h: f64 = 1;
  let factorial: f64 = 1;
  for (let j = 0; j < k; ++j) {
    const next = z * h - <f64>j * last;
    last = h;
    h = next;
    factorial *= <f64>(j + 1);
  }
  return h / sqrt<f64>(factorial);
}

/** All kinds; polynomials even, odd, of no parity, and of one term. sigma(0) != 0 for most. */
export const activations: Activation[] = [
  new Activation(0, 0, 2, [0.75, -1.5, 0.25]),
  new Activation(1, 0, 1, [0.25, -0.5, 0.125, 0, 0.5, 0.25, -0.125, 0.0625, 0, 0.03125]),
  new Activation(2, 0, 1, []),
  new Activation(3, 0, 1, [0.5, -1, 2, 0.125]),
  new Activation(0, 1, 2, [1.25, -0.5]),
  new Activation(0, 0, 1, [0.5, 1, -0.25, 0.125]),
  new Activation(0, 0, 1, [1.5]),
  new Activation(3, 0, 1, [1, 0, 5, -0.75]),
  new Activation(4, 0, 1, []),
  new Activation(5, 0, 1, [0.5, -1, 2]),
];
