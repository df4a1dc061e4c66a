import { activate, activationMap } from "../empirical/activation";
import { activations } from "./activations";
import { array, copyOf, firstDifference, get, intact, randomArray, set, singles, singlesIntact } from "./helpers";

const N: usize = 64;

function points(): usize {
  const z = randomArray(N);
  for (let i: usize = 0; i < N; ++i) set(z, i, 3 * get(z, i));
  set(z, 0, 0);
  set(z, 1, -0.0);
  return z;
}

/** |x - y| relative to the larger of 1 and |y|. */
function error(x: f64, y: f64): f64 {
  return abs<f64>(x - y) / max<f64>(1, abs<f64>(y));
}

describe("activate", () => {
  it("gives sigma and its derivative in float64, the derivative in place of z too", () => {
    const z = points();
    for (let k = 0; k < activations.length; ++k) {
      const name = `activation ${k}`;
      const values = array(N);
      const slopes = array(N);
      activate<f64>(activations[k].block<f64>(), z, values, slopes, N << 3);
      for (let i: usize = 0; i < N; ++i) {
        expect<f64>(error(get(values, i), activations[k].value(get(z, i)))).toBeLessThan(4e-15, name);
        expect<f64>(error(get(slopes, i), activations[k].slope(get(z, i)))).toBeLessThan(1e-14, name);
      }
      expect<bool>(intact(values, N) && intact(slopes, N)).toBe(true, name);
      const inPlace = copyOf(z, N);
      activate<f64>(activations[k].block<f64>(), inPlace, values, inPlace, N << 3);
      expect<i32>(firstDifference(inPlace, slopes, N)).toBe(-1, name);
      const alone = array(N);
      activate<f64>(activations[k].block<f64>(), z, alone, 0, N << 3);
      expect<i32>(firstDifference(alone, values, N)).toBe(-1, `${name}: without derivative`);
    }
  });

  it("gives them in float32", () => {
    const z = singles(N);
    const from = points();
    for (let i: usize = 0; i < N; ++i) store<f32>(z + (i << 2), <f32>get(from, i));
    for (let k = 0; k < activations.length; ++k) {
      const name = `activation ${k}`;
      const values = singles(N);
      const slopes = singles(N);
      activate<f32>(activations[k].block<f32>(), z, values, slopes, N << 2);
      for (let i: usize = 0; i < N; ++i) {
        const x = <f64>load<f32>(z + (i << 2));
        expect<f64>(error(load<f32>(values + (i << 2)), activations[k].value(x))).toBeLessThan(3e-6, name);
        expect<f64>(error(load<f32>(slopes + (i << 2)), activations[k].slope(x))).toBeLessThan(6e-6, name);
      }
      expect<bool>(singlesIntact(values, N) && singlesIntact(slopes, N)).toBe(true, name);
    }
  });

  it("lets NaN through, has relu'(0) = 0, a step of 0 at 0 and bumps that vanish far out", () => {
    for (let k = 0; k < activations.length; ++k) {
      const z = points();
      set(z, 5, NaN);
      const values = array(N);
      activate<f64>(activations[k].block<f64>(), z, values, 0, N << 3);
      const blind = activations[k].kind == 4 || (activations[k].kind == 0 && activations[k].table.length == 1);
      if (!blind) expect<f64>(get(values, 5)).toBeNaN(`${k}`);
    }
    const z = points();
    set(z, 2, -1e-300);
    set(z, 3, 1e-300);
    set(z, 4, 1e6);
    const values = array(N);
    activate<f64>(activations[2].block<f64>(), z, values, z, N << 3);
    expect<f64>(get(z, 0)).toBe(0);
    expect<f64>(get(z, 1)).toBe(0);
    expect<f64>(get(z, 2)).toBe(0);
    expect<f64>(get(z, 3)).toBe(1);
    const steps = points();
    set(steps, 3, 1e-300);
    activate<f64>(activations[8].block<f64>(), steps, values, 0, N << 3);
    expect<f64>(get(values, 0)).toBe(0);
    expect<f64>(get(values, 1)).toBe(0);
    expect<f64>(get(values, 3)).toBe(1);
    set(z, 4, 1e6);
    activate<f64>(activations[3].block<f64>(), z, values, z, N << 3);
    expect<f64>(get(values, 4)).toBe(0.125);
    expect<f64>(get(z, 4)).toBe(0);
  });
});

describe("the derivative of an activation", () => {
  it("is an activation whose own derivative is sigma''", () => {
    const h = 1e-5;
    for (let k = 0; k < 8; ++k) {
      const sigma = activations[k];
      const slope = sigma.derivative();
      for (let z: f64 = -2.95; z < 3; z += 0.3) {
        expect<f64>(error(slope.value(z), sigma.slope(z))).toBeLessThan(1e-14, `activation ${k}`);
        const difference = (sigma.slope(z + h) - sigma.slope(z - h)) / (2 * h);
        expect<f64>(error(slope.slope(z), difference)).toBeLessThan(1e-8, `activation ${k}`);
      }
    }
  });
});

describe("activationMap", () => {
  it("maps any number of values, in place too", () => {
    const sizes: usize[] = [0, 1, 3, 4, 63, 64, 65, 132];
    for (let s = 0; s < sizes.length; ++s) {
      const n = sizes[s];
      const z = randomArray(n);
      for (let k = 0; k < activations.length; ++k) {
        const block = activations[k].block<f64>();
        const name = `activation ${k}, n ${n}`;
        const out = array(n);
        activationMap(block, z, out, n);
        for (let i: usize = 0; i < n; ++i) {
          expect<f64>(error(get(out, i), activations[k].value(get(z, i)))).toBeLessThan(4e-15, name);
        }
        expect<bool>(intact(out, n)).toBe(true, name);
        const inPlace = copyOf(z, n);
        activationMap(block, inPlace, inPlace, n);
        expect<i32>(firstDifference(inPlace, out, n)).toBe(-1, name);
      }
    }
  });
});
