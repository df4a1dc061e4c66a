// Elementary functions against 60-digit values, polynomials against powers that are summed one by one.

import { hornerMap, hornerMaps, polynomialAt, polynomialMap } from "../math/polynomial";
import { asin, cos, exp, log, pow, sin } from "../math/scalar";
import { array, arrayOf, copyOf, firstDifference, get, intact, polynomial, random, randomArray, set } from "./helpers";

/** Two units in the last place. */
function close(value: f64, expected: f64): bool {
  return abs<f64>(value - expected) <= 4.5e-16 * abs<f64>(expected);
}

describe("elementary functions", () => {
  it("exp and log", () => {
    expect<bool>(close(exp(-708.0), 3.307553003638408e-308)).toBe(true);
    expect<bool>(close(exp(-1.0), 0.36787944117144233)).toBe(true);
    expect<bool>(close(exp(0.3), 1.3498588075760032)).toBe(true);
    expect<bool>(close(exp(700.0), 1.0142320547350045e304)).toBe(true);
    expect<f64>(exp(0)).toBe(1);
    expect<bool>(close(log(5e-324), -744.4400719213812)).toBe(true);
    expect<bool>(close(log(0.7), -0.35667494393873245)).toBe(true);
    expect<bool>(close(log(1e300), 690.7755278982137)).toBe(true);
    expect<f64>(log(1)).toBe(0);
  });

  it("sin, cos and asin", () => {
    expect<bool>(close(sin(1.1), 0.8912073600614354)).toBe(true);
    expect<bool>(close(sin(-2.5), -0.5984721441039565)).toBe(true);
    expect<bool>(close(sin(1e6), -0.34999350217129294)).toBe(true);
    expect<bool>(close(cos(0.4), 0.9210609940028851)).toBe(true);
    expect<bool>(close(cos(1e6), 0.9367521275331447)).toBe(true);
    expect<bool>(close(asin(-1.0), -1.5707963267948966)).toBe(true);
    expect<bool>(close(asin(-0.3), -0.3046926540153975)).toBe(true);
    expect<bool>(close(asin(0.999999), 1.5693821131146521)).toBe(true);
  });

  it("pow", () => {
    expect<bool>(close(pow(1.7, 0.3), 1.172558924272542)).toBe(true);
    expect<bool>(close(pow(2.0, -3.5), 0.08838834764831845)).toBe(true);
    expect<bool>(close(pow(1e-5, 12.25), 5.623413251903496e-62)).toBe(true);
    expect<f64>(pow(9.0, 0.5)).toBe(3);
  });
});

function naive(low: i32, step: i32, coefficients: f64[], s: f64): f64 {
  let sum: f64 = 0;
  let power: f64 = low == 1 ? s : 1;
  for (let i = 0; i < coefficients.length; ++i) {
    sum += coefficients[i] * power;
    power *= step == 2 ? s * s : s;
  }
  return sum;
}

function checkPolynomial(low: i32, step: i32, degree: i32): void {
  const coefficients = new Array<f64>(0);
  for (let k = low; k <= degree; k += step) coefficients.push(random());
  const p = polynomial(low, step, coefficients);
  const name = `low ${low}, step ${step}, degree ${degree}`;
  const n: usize = 40;
  const values = randomArray(n);
  set(values, 0, 1.0);
  set(values, 1, -1.0);
  set(values, 2, 0.0);
  set(values, 3, -0.0);
  const out = array(n);
  polynomialMap(p, values, out, n);
  const one = array(n);
  let worst: f64 = 0;
  for (let i: usize = 0; i < n; ++i) {
    const value = polynomialAt(p, get(values, i));
    set(one, i, value);
    worst = max(worst, abs<f64>(value - naive(low, step, coefficients, get(values, i))));
  }
  // |s| <= 1 and |c_k| <= 1: every partial sum is at most 128.
  expect<f64>(worst).toBeLessThan(2e-14, name);
  expect<i32>(firstDifference(out, one, n)).toBe(-1, `${name}: array and single value`);
  expect<bool>(intact(out, n)).toBe(true, name);
  const inPlace = copyOf(values, n);
  polynomialMap(p, inPlace, inPlace, n);
  expect<i32>(firstDifference(inPlace, out, n)).toBe(-1, `${name}: in place`);
}

describe("polynomials", () => {
  it("of both parities and of none agree with their power sums, as arrays and one by one", () => {
    const degrees: i32[] = [0, 1, 2, 3, 8, 127, 128];
    for (let k = 0; k < degrees.length; ++k) {
      checkPolynomial(0, 1, degrees[k]);
      checkPolynomial(0, 2, degrees[k]);
      if (degrees[k] > 0) checkPolynomial(1, 2, degrees[k]);
    }
  });

  it("are exact on small whole numbers", () => {
    const cubic = polynomial(0, 1, [1, -2, 0, 3]);
    expect<f64>(polynomialAt(cubic, 2)).toBe(21);
    const odd = polynomial(1, 2, [5, 0, -1]);
    expect<f64>(polynomialAt(odd, -2)).toBe(22);
    const even = polynomial(0, 2, [5, 0, -1]);
    expect<f64>(polynomialAt(even, -2)).toBe(-11);
    expect<f64>(polynomialAt(polynomial(0, 1, [7]), 1e300)).toBe(7);
  });

  it("pass NaN and infinities through", () => {
    const p = polynomial(1, 2, [1, 1]);
    const values = arrayOf([NaN, Infinity, -Infinity, 0, 0, 0, 0, 0]);
    polynomialMap(p, values, values, 8);
    expect<f64>(get(values, 0)).toBeNaN();
    expect<f64>(get(values, 1)).toBe(Infinity);
    expect<f64>(get(values, 2)).toBe(-Infinity);
  });

  it("map nothing where there is nothing", () => {
    const out = array(8);
    polynomialMap(polynomial(0, 1, [1]), out, out, 0);
    expect<f64>(get(out, 0)).toBeNaN();
  });

  it("and their derivatives in one pass have the bits of two, in place too", () => {
    const N: usize = 24;
    const values = randomArray(N);
    set(values, 0, -0.0);
    for (let n: usize = 2; n <= 6; ++n) {
      for (let form = 0; form < 3; ++form) {
        // Of no parity, even, odd.
        const odd = form == 2;
        const square = form > 0;
        const terms = odd ? n : n - 1;
        const coefficients = randomArray(n);
        const derivative = randomArray(terms);
        const expected = array(N);
        const expectedSlopes = array(N);
        hornerMap<f64>(coefficients, n, odd, square, values, expected, N << 3);
        hornerMap<f64>(derivative, terms, square && !odd, square, values, expectedSlopes, N << 3);
        const out = array(N);
        const slopes = copyOf(values, N);
        hornerMaps<f64>(coefficients, derivative, n, odd, square, slopes, out, slopes, N << 3);
        const name = `${n} coefficients, form ${form}`;
        expect<i32>(firstDifference(out, expected, N)).toBe(-1, name);
        expect<i32>(firstDifference(slopes, expectedSlopes, N)).toBe(-1, name);
        expect<bool>(intact(out, N) && intact(slopes, N)).toBe(true, name);
      }
    }
  });
});
