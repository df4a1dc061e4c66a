import { combine, largestCombination, normalisePairs, transportRate, transportStep } from "../limit/transport";
import { array, arrayOf, constant, copyOf, firstDifference, get, intact, largestDifference } from "./helpers";
import { random, randomArray, set } from "./helpers";

/** n pairs on the circle, gamma >= 0. */
function pairs(n: usize): usize {
  const state = array(2 * n);
  for (let i: usize = 0; i < n; ++i) {
    const alpha = random();
    set(state, i, alpha);
    set(state, n + i, sqrt<f64>(1 - alpha * alpha));
  }
  return state;
}

const counts: usize[] = [8, 16, 40];

describe("transportRate", () => {
  it("is gamma^2 psi and -alpha gamma psi to the bit, and tangent", () => {
    for (let k = 0; k < counts.length; ++k) {
      const n = counts[k];
      const state = pairs(n);
      const psi = randomArray(n);
      const expected = array(2 * n);
      let radial: f64 = 0;
      for (let i: usize = 0; i < n; ++i) {
        const turn = get(state, n + i) * get(psi, i);
        set(expected, i, get(state, n + i) * turn);
        set(expected, n + i, -(get(state, i) * turn));
        radial = max(radial, abs<f64>(get(state, i) * get(expected, i) + get(state, n + i) * get(expected, n + i)));
      }
      const rate = array(2 * n);
      transportRate(state, psi, n, rate);
      expect<i32>(firstDifference(rate, expected, 2 * n)).toBe(-1, `n ${n}`);
      expect<bool>(intact(rate, 2 * n)).toBe(true);
      expect<f64>(radial).toBeLessThan(1e-16);
    }
  });

  it("leaves the pole at rest", () => {
    const rate = array(16);
    transportRate(arrayOf([1, -1, 1, -1, 1, -1, 1, -1, 0, 0, 0, 0, 0, 0, 0, 0]), constant(8, 3), 8, rate);
    for (let i: usize = 0; i < 16; ++i) expect<f64>(abs<f64>(get(rate, i))).toBe(0);
  });
});

describe("combine", () => {
  it("is base plus the scaled terms, in ascending order, to the bit", () => {
    for (let n: usize = 2; n <= 34; n += 8) {
      for (let count: usize = 0; count <= 7; ++count) {
        const base = randomArray(n);
        const terms = randomArray(count * n);
        const factors = randomArray(count);
        const with_ = array(n);
        const without = array(n);
        for (let i: usize = 0; i < n; ++i) {
          let sum = get(base, i);
          let alone: f64 = 0;
          for (let j: usize = 0; j < count; ++j) {
            sum += get(factors, j) * get(terms, j * n + i);
            alone += get(factors, j) * get(terms, j * n + i);
          }
          set(with_, i, sum);
          set(without, i, alone);
        }
        const out = array(n);
        combine(out, base, terms, factors, count, n);
        expect<i32>(firstDifference(out, with_, n)).toBe(-1, `n ${n}, count ${count}`);
        combine(out, 0, terms, factors, count, n);
        expect<i32>(firstDifference(out, without, n)).toBe(-1, `n ${n}, count ${count}, no base`);
        expect<bool>(intact(out, n)).toBe(true);
        combine(base, base, terms, factors, count, n);
        expect<i32>(firstDifference(base, with_, n)).toBe(-1, `n ${n}, count ${count}, onto its base`);
      }
    }
  });
});

/** The largest of eight numbers of which the last five are 0. */
function largest(x: f64, y: f64, z: f64): f64 {
  return largestCombination(arrayOf([x, y, z, 0, 0, 0, 0, 0]), arrayOf([1]), 1, 8);
}

describe("largestCombination", () => {
  it("is the largest magnitude of combine without a base, to the bit", () => {
    for (let n: usize = 8; n <= 104; n += 32) {
      for (let count: usize = 1; count <= 7; ++count) {
        const terms = randomArray(count * n);
        const factors = randomArray(count);
        const sums = array(n);
        combine(sums, 0, terms, factors, count, n);
        let expected: f64 = 0;
        for (let i: usize = 0; i < n; ++i) expected = max(expected, abs<f64>(get(sums, i)));
        expect<f64>(largestCombination(terms, factors, count, n)).toBe(expected, `n ${n}, count ${count}`);
        expect<bool>(intact(terms, count * n)).toBe(true);
      }
    }
    expect<f64>(largest(0.5, -2, 1)).toBe(2);
    expect<f64>(largest(-0.0, -0.0, -0.0)).toBe(0);
    expect<f64>(largestCombination(0, 0, 0, 0)).toBe(0);
  });

  it("is infinite where a number is not finite, wherever it stands", () => {
    expect<f64>(largest(NaN, 1, 2)).toBe(Infinity);
    expect<f64>(largest(1, NaN, 2)).toBe(Infinity);
    expect<f64>(largest(1, 2, NaN)).toBe(Infinity);
    expect<f64>(largest(1, -Infinity, 2)).toBe(Infinity);
    for (let i: usize = 0; i < 24; ++i) {
      const values = randomArray(24);
      set(values, i, NaN);
      expect<f64>(largestCombination(values, arrayOf([0.5]), 1, 24)).toBe(Infinity, `at ${i}`);
    }
  });
});

describe("normalisePairs", () => {
  it("puts every pair on the circle", () => {
    const state = arrayOf([3, 0, -5, 1, 1, 1, 1, 1, 4, 2, 12, 0, 0, 0, 0, 0]);
    expect<bool>(normalisePairs(state, 8)).toBe(true);
    const expected = arrayOf([0.6, 0, -5.0 / 13.0, 1, 1, 1, 1, 1, 0.8, 1, 12.0 / 13.0, 0, 0, 0, 0, 0]);
    expect<i32>(firstDifference(state, expected, 16)).toBe(-1);
    expect<bool>(intact(state, 16)).toBe(true);
  });

  it("says where it cannot", () => {
    expect<bool>(normalisePairs(arrayOf([1, 0, 0, 0]), 2)).toBe(false, "zero");
    expect<bool>(normalisePairs(arrayOf([1, Infinity, 0, 0]), 2)).toBe(false, "infinite");
    expect<bool>(normalisePairs(arrayOf([NaN, 1, 0, 0]), 2)).toBe(false, "not a number");
    for (let i: usize = 0; i < 24; ++i) {
      const state = pairs(24);
      set(state, 24 + i, NaN);
      expect<bool>(normalisePairs(state, 24)).toBe(false, `at ${i}`);
    }
  });

  it("divides by the norm to the bit", () => {
    for (let k = 0; k < counts.length; ++k) {
      const n = counts[k];
      const state = randomArray(2 * n);
      const expected = array(2 * n);
      for (let i: usize = 0; i < n; ++i) {
        const norm = sqrt<f64>(get(state, i) * get(state, i) + get(state, n + i) * get(state, n + i));
        set(expected, i, get(state, i) / norm);
        set(expected, n + i, get(state, n + i) / norm);
      }
      expect<bool>(normalisePairs(state, n)).toBe(true);
      expect<i32>(firstDifference(state, expected, 2 * n)).toBe(-1, `n ${n}`);
    }
  });
});

/** w + eta (psi (w* - alpha w) + r w) in the plane of w* and z, normalised: a step that knows nothing of the kernel. */
function naiveStep(state: usize, psi: usize, radial: usize, eta: f64, n: usize): usize {
  const out = array(2 * n);
  for (let i: usize = 0; i < n; ++i) {
    const alpha = get(state, i);
    const gamma = get(state, n + i);
    const r = radial == 0 ? 0.0 : get(radial, i);
    const x = alpha + eta * (get(psi, i) * (1 - alpha * alpha) + r * alpha);
    const y = gamma + eta * (get(psi, i) * (0 - alpha * gamma) + r * gamma);
    const norm = sqrt<f64>(x * x + y * y);
    set(out, i, x / norm);
    set(out, n + i, y / norm);
  }
  return out;
}

function checkStep(euclidean: bool): void {
  for (let k = 0; k < counts.length; ++k) {
    const n = counts[k];
    const state = pairs(n);
    const psi = randomArray(n);
    const radial = euclidean ? randomArray(n) : 0;
    const expected = naiveStep(state, psi, radial, 0.3, n);
    let least: f64 = Infinity;
    for (let i: usize = 0; i < n; ++i) {
      const x = 1 + 0.3 * (radial == 0 ? 0 : get(radial, i));
      least = min(least, x - 0.3 * get(state, i) * get(psi, i));
    }
    expect<f64>(abs<f64>(transportStep(state, psi, radial, 0.3, n) - least)).toBeLessThan(1e-15, `n ${n}`);
    expect<f64>(largestDifference(state, expected, 2 * n)).toBeLessThan(1e-15, `n ${n}`);
    expect<bool>(intact(state, 2 * n)).toBe(true);
  }
}

describe("transportStep", () => {
  it("is the projected step in the plane, with the tangent gradient", () => {
    checkStep(false);
  });

  it("is the projected step in the plane, with the Euclidean gradient", () => {
    checkStep(true);
  });

  it("tells when the direction orthogonal to w* would turn round", () => {
    const state = constant(16, 0);
    for (let i: usize = 0; i < 8; ++i) {
      set(state, i, 0.6);
      set(state, 8 + i, 0.8);
    }
    const psi = constant(8, 0);
    set(psi, 5, 10);
    expect<f64>(transportStep(state, psi, 0, 0.5, 8)).toBe(-2);
  });

  it("does not move with step 0", () => {
    const state = arrayOf([1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1]);
    const before = copyOf(state, 16);
    expect<f64>(transportStep(state, randomArray(8), 0, 0, 8)).toBe(1);
    expect<i32>(firstDifference(state, before, 16)).toBe(-1);
  });

  it("is NaN where a number is not finite or a norm is zero", () => {
    const psi = constant(8, 1);
    const state = pairs(8);
    set(state, 3, NaN);
    expect<f64>(transportStep(state, psi, 0, 0.1, 8)).toBeNaN();
    expect<f64>(transportStep(pairs(8), psi, 0, 1e300, 8)).toBeNaN();
    expect<f64>(transportStep(constant(16, 0), psi, 0, 0.1, 8)).toBeNaN();
    set(psi, 7, Infinity);
    expect<f64>(transportStep(pairs(8), psi, 0, 0.1, 8)).toBeNaN();
  });
});
