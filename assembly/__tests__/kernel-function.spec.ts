// The arc-cosine kernel function of ReLU and its derivatives against 40-digit values and against each other.

import { kernelAt, kernelMap } from "../math/kernel-function";
import { polynomialAt } from "../math/polynomial";
import { arcCosine, array, arrayOf, firstDifference, get, intact, polynomial, random, set } from "./helpers";

const q = arcCosine(1);
const slope = arcCosine(2);
const curvature = arcCosine(3);

describe("arc-cosine kernel functions", () => {
  it("have their exact values", () => {
    const points: f64[] = [-1, -0.5, 0, 0.3, 0.999, 1];
    const values: f64[] = [0, 0.05449889052211468, 0.15915494309189535, 0.2413721419177438, 0.4995047453209151, 0.5];
    const curvatures: f64[] = [0, 0.18377629847393068, 0.15915494309189535, 0.16683971353257371, 3.559702754042926, 0];
    const slopes: f64[] = [0, 0.16666666666666666, 0.25, 0.29849334201033917, 0.49288178129688015, 0.5];
    for (let i = 0; i < points.length; ++i) {
      expect<f64>(abs<f64>(kernelAt(q, points[i]) - values[i])).toBeLessThan(1e-15);
      expect<f64>(abs<f64>(kernelAt(slope, points[i]) - slopes[i])).toBeLessThan(1e-15);
      expect<f64>(abs<f64>(kernelAt(curvature, points[i]) - curvatures[i])).toBeLessThan(1e-13);
    }
  });

  it("clamp to [-1, 1] and pass NaN on", () => {
    expect<f64>(kernelAt(q, 1 + 1e-15)).toBe(kernelAt(q, 1));
    expect<f64>(kernelAt(slope, 1 + 1e-15)).toBe(kernelAt(slope, 1));
    expect<f64>(kernelAt(q, -1 - 1e-15)).toBe(kernelAt(q, -1));
    expect<f64>(kernelAt(slope, -1 - 1e-15)).toBe(kernelAt(slope, -1));
    expect<f64>(kernelAt(q, NaN)).toBeNaN();
    expect<f64>(kernelAt(slope, NaN)).toBeNaN();
  });

  it("have no curvature where two vectors are parallel but for rounding, and a finite one elsewhere", () => {
    const near: f64[] = [1, 1 - 1.2e-16, 1 + 2.3e-16, 1 - 7e-15];
    for (let i = 0; i < near.length; ++i) {
      expect<f64>(kernelAt(curvature, near[i])).toBe(0);
      expect<f64>(kernelAt(curvature, -near[i])).toBe(0);
    }
    // 1 / (2 pi sqrt(2e-14)) but for the rounding of 1 - s
    expect<f64>(abs<f64>(kernelAt(curvature, 1 - 1e-14) / 1125395.4 - 1)).toBeLessThan(1e-2);
    expect<f64>(kernelAt(curvature, NaN)).toBeNaN();
  });

  it("are a function and its derivatives", () => {
    const h = 1e-5;
    for (let s: f64 = -0.9; s < 0.95; s += 0.1) {
      const difference = (kernelAt(q, s + h) - kernelAt(q, s - h)) / (2 * h);
      expect<f64>(abs<f64>(kernelAt(slope, s) - difference)).toBeLessThan(1e-9);
      const second = (kernelAt(slope, s + h) - kernelAt(slope, s - h)) / (2 * h);
      expect<f64>(abs<f64>(kernelAt(curvature, s) - second)).toBeLessThan(1e-8);
    }
  });

  it("map arrays to the same bits, in place too; polynomials as ever", () => {
    const n: usize = 40;
    const blocks = [q, slope, polynomial(0, 1, [0.5, -1, 2]), curvature];
    for (let k = 0; k < blocks.length; ++k) {
      const values = array(n);
      const one = array(n);
      const out = array(n);
      for (let i: usize = 0; i < n; ++i) {
        set(values, i, random());
        set(one, i, k == 2 ? polynomialAt(blocks[k], get(values, i)) : kernelAt(blocks[k], get(values, i)));
      }
      kernelMap(blocks[k], values, out, n);
      expect<i32>(firstDifference(out, one, n)).toBe(-1);
      expect<bool>(intact(out, n)).toBe(true);
      kernelMap(blocks[k], values, values, n);
      expect<i32>(firstDifference(values, one, n)).toBe(-1);
      expect<f64>(kernelAt(blocks[2], 3)).toBe(15.5);
    }
    const none = arrayOf([7]);
    kernelMap(q, none, none, 0);
    expect<f64>(get(none, 0)).toBe(7);
  });
});
