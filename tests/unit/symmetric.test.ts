// Largest eigenvalues of small symmetric matrices: of products whose eigenvalues are known.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { largestEigenvalue, largestOfThree } from "../../src/numeric/symmetric.ts";
import { generator } from "../support/arithmetic.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

/** U diag(values) U^T with U a product of reflections. */
function symmetric(values: readonly number[], seed: number): Float64Array {
  const n = values.length;
  const random = generator(seed);
  const A = new Float64Array(n * n);
  for (let c = 0; c < n; c++) A[c * (n + 1)] = values[c];
  for (let round = 0; round < 3; round++) {
    const v = Array.from({ length: n }, () => random() - 0.5);
    const square = v.reduce((sum, x) => sum + x * x, 0);
    // A <- (I - 2 v v^T / |v|^2) A (I - 2 v v^T / |v|^2)
    for (const [row, column] of [
      [n, 1],
      [1, n],
    ]) {
      for (let a = 0; a < n; a++) {
        let along = 0;
        for (let b = 0; b < n; b++) along += v[b] * A[a * row + b * column];
        for (let b = 0; b < n; b++) A[a * row + b * column] -= (2 * along * v[b]) / square;
      }
    }
  }
  return A;
}

const THREES: [string, number[]][] = [
  ["apart", [0.3, 5, 1.25]],
  ["singular", [0, 0, 2]],
  ["far apart", [1e-12, 1, 1e8]],
  ["negative", [-3, -0.5, -7]],
  ["all equal", [4, 4, 4]],
  ["two small ones equal", [0.5, 0.5, 3]],
  ["two large ones equal", [2, 3, 3]],
  ["nearly", [2, 3, 3 + 1e-9]],
  ["small", [1e-100, 2e-100, 3e-100]],
];

describe("the largest eigenvalue", () => {
  test.each<[string, number[]]>([["one", [-2]], ["two", [1, 3]], ["two equal", [2, 2]], ...THREES])(
    "%s",
    (_, values) => {
      const largest = Math.max(...values);
      const found = largestEigenvalue(symmetric(values, 5), values.length);
      expect(Math.abs(found - largest)).toBeLessThan(1e-14 * Math.max(...values.map(Math.abs)));
    },
  );

  test.each([5, 9, 18])("of any size: %i", (n) => {
    const values = Array.from({ length: n }, (_, c) => (c * c) / n - 1);
    expect(largestEigenvalue(symmetric(values, n), n)).toBeCloseTo(values[n - 1], 11);
  });

  test.each(THREES)("of three by three in closed form: %s", (_, values) => {
    const [a, b, c, , d, e, , , f] = symmetric(values, 8);
    const found = largestOfThree(engine.kernels, a, b, c, d, e, f);
    const close = [...values].sort((x, y) => y - x);
    const accuracy = close[0] - close[1] < 1e-3 * Math.abs(close[0]) ? 3e-8 : 1e-14;
    expect(Math.abs(found - close[0])).toBeLessThan(accuracy * Math.max(...values.map(Math.abs)));
  });

  test("of 0", () => {
    expect(largestEigenvalue(new Float64Array(9), 3)).toBe(0);
    expect(largestEigenvalue(new Float64Array(), 0)).toBe(0);
    expect(largestOfThree(engine.kernels, 0, 0, 0, 0, 0, 0)).toBe(0);
  });
});
