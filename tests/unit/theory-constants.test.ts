// What the limit constants are made of: harmonics, Romberg's table, Cholesky's factorisation, the grid of times.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { choleskyFactor, choleskySolve } from "../../src/numeric/cholesky.ts";
import { problems } from "../../src/problem/zoo.ts";
import { baseGrid, halved } from "../../src/theory/constants/grid.ts";
import { harmonicBases, multiplicities } from "../../src/theory/constants/harmonics.ts";
import { rombergRow } from "../../src/theory/constants/refine.ts";
import { generator } from "../support/arithmetic.ts";
import { gegenbauer } from "../support/gegenbauer.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

describe("harmonics", () => {
  test.each([3, 4, 5, 32, 10_000])("d = %i: the addition theorem gives back q", (d) => {
    const powers = [0.3, 0, 0.5, 0.25, 0.2, 0, 0.1];
    const bases = harmonicBases(powers, d, 0);
    const random = generator(d);
    for (let round = 0; round < 20; round++) {
      const [a, b, u] = [0, 0, 0].map(() => 2 * random() - 1);
      const [sinA, sinB] = [a, b].map((x) => Math.sqrt(1 - x * x));
      const s = a * b + sinA * sinB * u;
      let sum = 0;
      for (const { j, coefficients } of bases) {
        let product = 0;
        coefficients.forEach((c, m) => {
          const f = (x: number, sin: number) => c * sin ** j * gegenbauer(m, d + 2 * j, x);
          product += f(a, sinA) * f(b, sinB);
        });
        sum += product * gegenbauer(j, d - 1, u);
      }
      // Degree 0 is a constant, which no fluctuation sees.
      const mean = powers.reduce((total, q, k) => total + q * evenMoment(k, d), 0);
      const q = powers.reduceRight((value, c) => value * s + c, 0);
      expect(sum).toBeCloseTo(q - mean, 11);
    }
  });

  test("on the circle there are cosine and sine", () => {
    const bases = harmonicBases([0, 1, 0.5], 2, 0);
    expect(bases.map(({ j, multiplicity, eigenvalue }) => [j, multiplicity, eigenvalue])).toEqual([
      [0, 1, 0],
      [1, 1, 0],
    ]);
  });

  test.each([2, 3, 4, 8, 33])("d = %i: as many harmonics as the binomials say", (d) => {
    const choose = (n: number, k: number) => {
      let value = 1;
      for (let i = 0; i < k; i++) value *= (n - i) / (i + 1);
      return n < 0 ? 0 : value;
    };
    multiplicities(d, 6).forEach((N, j) => {
      if (d === 2 && j > 1) expect(N).toBe(0);
      else expect(N).toBeCloseTo(choose(d + j - 2, j) - (j < 2 ? 0 : choose(d + j - 4, j - 2)), 6);
    });
  });

  test("degrees that hardly count are left out, whichever they are", () => {
    const all = harmonicBases([0, 0, 1, 1e-9, 1], 32, 0);
    const leading = harmonicBases([0, 0, 1, 1e-9, 1], 32, 1e-6);
    const count = (bases: typeof all) =>
      bases.flatMap(({ coefficients }) => [...coefficients]).filter((c) => c > 0).length;
    expect(count(all)).toBe(2 + 4 + 3 + 5);
    expect(count(leading)).toBe(3 + 5);
    expect(harmonicBases([1], 5, 0)).toEqual([]);
  });
});

/** E s^k of the inner product s of two uniform points of the sphere. */
function evenMoment(k: number, d: number): number {
  let moment = k % 2 === 0 ? 1 : 0;
  for (let j = 0; j < k / 2; j++) moment *= (2 * j + 1) / (d + 2 * j);
  return moment;
}

test("Romberg's table cancels h^2, then h^4, and no more", () => {
  const value = (h: number) => 1 + 3 * h ** 2 - 2 * h ** 4 + h ** 6;
  let rows = rombergRow([], [value(1)]);
  rows = rombergRow(rows, [value(1 / 2)]);
  expect(rows).toHaveLength(2);
  rows = rombergRow(rows, [value(1 / 4)]);
  // Neville: what is left of h^6 is the product of the three h^2.
  expect(rows[2][0]).toBeCloseTo(1 + 1 / 64, 12);
  rows = rombergRow(rows, [value(1 / 8)]);
  expect(rows).toHaveLength(3);
  expect(rows[2][0]).toBeCloseTo(1 + 1 / 4096, 12);
});

test.each([1, 2, 7])("Cholesky solves %i random equations", (n) => {
  const random = generator(n);
  const M = Float64Array.from({ length: n * n }, () => random() - 0.5);
  const A = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      A[i * n + j] = i === j ? 0.1 : 0;
      for (let k = 0; k < n; k++) A[i * n + j] += M[i * n + k] * M[j * n + k];
    }
  const X = Float64Array.from({ length: n * 3 }, () => random());
  const B = new Float64Array(n * 3);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < 3; c++) for (let k = 0; k < n; k++) B[i * 3 + c] += A[i * n + k] * X[k * 3 + c];
  choleskySolve(choleskyFactor(A, n), n, B, 3);
  B.forEach((value, i) => {
    expect(value).toBeCloseTo(X[i], 10);
  });
});

test("the grid has every record and halves between them", async () => {
  const records = [0.5, 1.25, 4];
  const grid = await baseGrid(engine, problems.He4({ d: 8 }), records, new Run({}));
  expect(grid.times[0]).toBe(0);
  expect(grid.recordAt.map((index) => grid.times[index])).toEqual(records);
  grid.times.slice(1).forEach((t, i) => {
    expect(t).toBeGreaterThan(grid.times[i]);
  });
  const finer = halved(grid);
  expect(finer.times.length).toBe(2 * grid.times.length - 1);
  expect(finer.recordAt.map((index) => finer.times[index])).toEqual(records);
  expect(finer.times[1]).toBe(grid.times[1] / 2);
  const atOnce = await baseGrid(engine, problems.He4({ d: 8 }), [0], new Run({}));
  expect(atOnce).toEqual({ times: [0], recordAt: [0] });
});
