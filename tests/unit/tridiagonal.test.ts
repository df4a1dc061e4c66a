// Eigenvalues of tridiagonal matrices against closed forms and against quadrature rules found in another way.

import { describe, expect, test, vi } from "vitest";
import { gaussHermite } from "../../src/numeric/hermite.ts";
import { tridiagonalEigenvalues } from "../../src/numeric/tridiagonal.ts";
import { distance, generator } from "../support/arithmetic.ts";

function sorted(diagonal: ArrayLike<number>, offDiagonal: ArrayLike<number>) {
  const { values, last } = tridiagonalEigenvalues(diagonal, offDiagonal);
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  return { values: order.map((k) => values[k]), last: order.map((k) => Math.abs(last[k])) };
}

describe("eigenvalues and last components", () => {
  test.each([1, 2, 3, 10, 64, 127])("of the second difference of %i points", (n) => {
    const { values, last } = sorted(new Float64Array(n).fill(2), new Float64Array(n - 1).fill(-1));
    const angle = (k: number) => ((k + 1) * Math.PI) / (n + 1);
    expect(
      distance(
        values,
        Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(angle(k))),
      ),
    ).toBeLessThan(1e-13);
    const expected = Array.from({ length: n }, (_, k) => Math.sqrt(2 / (n + 1)) * Math.abs(Math.sin(n * angle(k))));
    expect(distance(last, expected)).toBeLessThan(1e-12);
  });

  test.each([1, 2, 7, 40])(
    "of the Jacobi matrix of Hermite polynomials: nodes and weights of the %i-point rule",
    (n) => {
      // Upside down, so that the first component, whose square is the weight, is the last.
      const offDiagonal = Float64Array.from({ length: n - 1 }, (_, k) => Math.sqrt(n - 1 - k));
      const { values, last } = sorted(new Float64Array(n), offDiagonal);
      const { nodes, weights } = gaussHermite(n);
      expect(distance(values, nodes)).toBeLessThan(1e-13);
      expect(
        distance(
          last.map((x) => x * x),
          weights,
        ),
      ).toBeLessThan(1e-14);
    },
  );

  test("keep trace, sum of squares and norm of the last row, and do not write on what they are given", () => {
    const random = generator(7);
    for (let n = 1; n < 40; n++) {
      const diagonal = Float64Array.from({ length: n }, () => 2 * random() - 1);
      const offDiagonal = Float64Array.from({ length: n }, () => (random() < 0.2 ? 0 : random()));
      const before = [...diagonal, ...offDiagonal];
      const { values, last } = tridiagonalEigenvalues(diagonal, offDiagonal);
      const sum = (list: Float64Array) => list.reduce((total, x) => total + x, 0);
      const squares = (list: Float64Array) => list.reduce((total, x) => total + x * x, 0);
      expect(Math.abs(sum(values) - sum(diagonal))).toBeLessThan(1e-13);
      const norm = squares(diagonal) + 2 * squares(offDiagonal.subarray(0, n - 1));
      expect(Math.abs(squares(values) - norm)).toBeLessThan(1e-12);
      expect(Math.abs(squares(last) - 1)).toBeLessThan(1e-13);
      // <e_n, T e_n>
      const corner = values.reduce((total, x, k) => total + x * last[k] * last[k], 0);
      expect(Math.abs(corner - diagonal[n - 1])).toBeLessThan(1e-13);
      expect([...diagonal, ...offDiagonal]).toEqual(before);
    }
  });

  test("take two or three sweeps each, as shifts by the nearer eigenvalue of two rows have it", () => {
    // A sweep takes one square root for its shift and one a row.
    const roots = vi.spyOn(Math, "sqrt");
    try {
      for (const [a, b] of [
        [2, -1],
        [0, 1],
      ]) {
        const n = 64;
        const matrix = [new Float64Array(n).fill(a), new Float64Array(n - 1).fill(b)] as const;
        roots.mockClear();
        tridiagonalEigenvalues(...matrix);
        // Rows of all sweeps where each eigenvalue takes one.
        const one = ((n - 1) * (n + 2)) / 2;
        expect(roots.mock.calls.length).toBeGreaterThan(one);
        expect(roots.mock.calls.length).toBeLessThan(2.5 * one);
      }
    } finally {
      roots.mockRestore();
    }
  });

  test("of a diagonal matrix, of nothing but zeros, and at the ends of the range of numbers", () => {
    expect(sorted([3, -1, 2], [0, 0])).toEqual({ values: [-1, 2, 3], last: [0, 1, 0] });
    expect(sorted([0, 0], [0])).toEqual({ values: [0, 0], last: [0, 1] });
    for (const scale of [1e-300, 1e300]) {
      const { values } = sorted([scale, -scale], [scale]);
      expect(
        distance(
          values.map((x) => x / scale),
          [-Math.SQRT2, Math.SQRT2],
        ),
      ).toBeLessThan(1e-15);
    }
  });
});
