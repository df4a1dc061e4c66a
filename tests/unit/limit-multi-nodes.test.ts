// What the multi-index limit is made of: quasi-random points, the normal quantile, the span of the teachers, monomials, and
// nodes of the uniform law.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { Pull } from "../../src/limit/multi/azimuth.ts";
import type { Cloud } from "../../src/limit/multi/cloud.ts";
import { MultiField } from "../../src/limit/multi/field.ts";
import { countMonomials, monomials, monomialsAt } from "../../src/limit/multi/monomials.ts";
import { polarCloud } from "../../src/limit/multi/polar.ts";
import { spanOf } from "../../src/limit/multi/span.ts";
import { SpherePoints } from "../../src/limit/multi/sphere-points.ts";
import { normalQuantile } from "../../src/numeric/normal-quantile.ts";
import { scrambledSobol, sobolPoints } from "../../src/numeric/sobol.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

describe("Sobol' points", () => {
  test("are those of the published direction numbers", () => {
    // scipy.stats.qmc.Sobol(scramble=False), put back from its Gray-code order.
    expect(sobolPoints(0, 4)).toEqual(Float64Array.of(0, 0.5, 0.25, 0.75));
    expect(sobolPoints(1, 8)).toEqual(Float64Array.of(0, 0.5, 0.75, 0.25, 0.625, 0.125, 0.375, 0.875));
    expect(sobolPoints(2, 8)).toEqual(Float64Array.of(0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125));
    expect(sobolPoints(36, 8)).toEqual(Float64Array.of(0, 0.5, 0.75, 0.25, 0.375, 0.875, 0.625, 0.125));
  });

  test("have scipy's direction numbers in all 37 dimensions of the table", () => {
    const rows = readFileSync(new URL("../golden/sobol.txt", import.meta.url), "utf8")
      .trim()
      .split("\n")
      .filter((line) => !line.startsWith("#"))
      .map((line) => line.split(" ").map(Number));
    expect(rows).toHaveLength(37);
    for (const [dimension, row] of rows.entries()) {
      const points = sobolPoints(dimension, 257);
      expect(row.map((_, k) => 512 * points[2 ** k])).toEqual(row);
      // All others are sums without carry.
      expect(512 * points[0b10110]).toBe(row[1] ^ row[2] ^ row[4]);
    }
  });

  test("of padded dimensions are other ones than those they are copies of, in another order", () => {
    const rank = (x: Float64Array) => Array.from(x, (v) => Math.floor(64 * v));
    const [own, padded] = [0, 37].map((dimension) => rank(scrambledSobol(dimension, 64, 3)));
    expect(padded).not.toEqual(own);
    // Scrambling alone would keep which points share a half.
    const halves = (ranks: number[]) => ranks.map((r) => (r >> 5) ^ (ranks[0] >> 5)).join("");
    expect(halves(padded)).not.toBe(halves(own));
  });

  test("fall one into each interval of every power of two, scrambled and padded as well", () => {
    for (const dimension of [0, 1, 17, 36, 37, 100]) {
      const x = scrambledSobol(dimension, 1024, 77);
      for (const n of [16, 1024]) expect(new Set(Array.from(x.subarray(0, n), (v) => Math.floor(v * n))).size).toBe(n);
      expect(Math.min(...x)).toBeGreaterThan(0);
      expect(Math.max(...x)).toBeLessThan(1);
    }
  });

  test("fall one into each square in the first two dimensions, and depend on the seed", () => {
    const [x, y] = [scrambledSobol(0, 256, 5), scrambledSobol(1, 256, 5)];
    expect(new Set(Array.from(x, (v, i) => 16 * Math.floor(16 * v) + Math.floor(16 * y[i]))).size).toBe(256);
    expect(scrambledSobol(0, 256, 6)).not.toEqual(x);
  });
});

test("the normal quantile agrees with tables to the last digits", () => {
  const { log } = engine.kernels;
  for (const [p, z] of [
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.3, -0.5244005127080407],
    [1e-10, -6.361340902404056],
    [1e-40, -13.310921],
  ])
    expect(Math.abs(normalQuantile(p, log) - z)).toBeLessThan(p === 1e-40 ? 1e-6 : 1e-14);
});

describe("the span of teachers", () => {
  const span = (rows: number[][], weights = rows.map(() => 1)) =>
    spanOf({ rows: Float64Array.from(rows.flat()), count: rows.length, dimension: rows[0].length, weights });

  test("has their rank, and an orthonormal basis in which they keep their products", () => {
    const rows = [
      [1, 0, 0, 0],
      [-1, 0, 0, 0],
      [0.6, 0.8, 0, 0],
      [0, 1, 0, 0],
    ];
    const found = span(rows);
    expect(found.rank).toBe(2);
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) {
        const given = rows[i].reduce((sum, x, c) => sum + x * rows[j][c], 0);
        const kept = [0, 1].reduce((sum, a) => sum + found.rows[2 * i + a] * found.rows[2 * j + a], 0);
        expect(Math.abs(given - kept)).toBeLessThan(1e-15);
      }
  });

  test("passes over teachers of weight 0, and is a line where none is left", () => {
    expect(
      span(
        [
          [1, 0, 0],
          [0, 1, 0],
        ],
        [1, 0],
      ),
    ).toMatchObject({ rank: 1, count: 1, weights: [1] });
    expect(span([[0, 1, 0]], [0])).toMatchObject({ rank: 1, count: 0 });
  });

  test("takes what differs by rounding for one", () => {
    expect(
      span([
        [1, 0],
        [1, 1e-13],
      ]).rank,
    ).toBe(1);
    expect(
      span([
        [1, 0],
        [1, 1e-8],
      ]).rank,
    ).toBe(2);
  });
});

describe("monomials", () => {
  test.each([
    [1, 4],
    [2, 4],
    [3, 6],
    [5, 3],
  ])("of %i indices up to weight %i: each once, with its factorials", (r, K) => {
    const needed = Array.from({ length: K + 1 }, (_, k) => k % 2 === K % 2);
    const table = monomials(r, needed);
    expect(table.count).toBe(countMonomials(r, needed, 1e6));
    // Primes tell the exponents apart.
    const x = [2, 3, 5, 7, 11, 13].slice(0, r + 1);
    const values = monomialsAt(table, x);
    expect(new Set(values).size).toBe(table.count);
    for (let j = 0; j < table.count; j++) {
      let rest = values[j];
      let inverse = 1;
      let weight = 0;
      x.forEach((prime, c) => {
        let n = 0;
        for (; rest % prime === 0; rest /= prime) n++;
        const factorial = c < r ? n : 2 * n;
        for (let i = 2; i <= factorial; i++) inverse /= i;
        weight += factorial;
        if (c === r) expect(table.powerOfT[j]).toBe(n);
      });
      expect(rest).toBe(1);
      expect(table.weight[j]).toBe(weight);
      expect(Math.abs(table.inverseFactorials[j] / inverse - 1)).toBeLessThan(1e-14);
    }
    // Those below the last weight are made first, by runs of their own; no other is a parent.
    expect(table.inner).toBe(table.weight.filter((weight) => weight < K).length);
    expect(table.runs[4 * table.innerRuns]).toBe(table.inner);
    expect(table.levels).toEqual(Array.from({ length: K + 2 }, (_, k) => table.weight.filter((w) => w < k).length));
    for (let run = 0; run < table.runs.length; run += 4)
      expect(table.runs[run + 1] + table.runs[run + 2]).toBeLessThanOrEqual(table.inner);
    // Everything of a needed weight is there: sum of k! / (gamma! (2b)!) u^gamma s^(2b) over it, s^2 = t, is even part of (sum u + s)^k.
    const point = [0.3, -0.2, 0.5, 0.1, 0.4].slice(0, r);
    const s = 0.7;
    const m = monomialsAt(table, [...point, s * s]);
    let factorial = 1;
    for (let i = 2; i <= K; i++) factorial *= i;
    let sum = 0;
    for (let j = 0; j < table.count; j++)
      if (table.weight[j] === K) sum += factorial * table.inverseFactorials[j] * m[j];
    const u = point.reduce((total, value) => total + value, 0);
    expect(Math.abs(sum - ((u + s) ** K + (u - s) ** K) / 2)).toBeLessThan(1e-13);
  });

  test("of weight 0 are the one, its own parent", () => {
    expect(monomials(2, [true])).toMatchObject({ count: 1, inner: 1, innerRuns: 0, levels: [0, 1] });
    expect(countMonomials(2, [true], 1)).toBe(1);
  });

  test("are counted up to a limit", () => {
    const needed = [false, false, false, false, true];
    expect(countMonomials(16, needed, 20_000)).toBe(4983);
    expect(countMonomials(40, needed, 20_000)).toBe(Number.POSITIVE_INFINITY);
    expect([19, 20].map((most) => countMonomials(2, needed, most))).toEqual([Number.POSITIVE_INFINITY, 20]);
  });
});

/** E u_a^2, E u_a^4 and E u_a^2 u_b^2 of the uniform law in d dimensions are 1/d, 3/(d(d+2)), 1/(d(d+2)). */
function expectUniform({ columns, weights }: Cloud, r: number, d: number, precision: number) {
  const mean = (f: (i: number) => number) => weights.reduce((sum, weight, i) => sum + weight * f(i), 0);
  expect(Math.abs(mean(() => 1) - 1)).toBeLessThan(1e-12);
  for (let a = 0; a < r; a++) {
    const u = columns[a];
    expect(Math.abs(mean((i) => u[i] * u[i]) * d - 1)).toBeLessThan(precision);
    expect(Math.abs((mean((i) => u[i] ** 4) * d * (d + 2)) / 3 - 1)).toBeLessThan(3 * precision);
    if (a > 0)
      expect(Math.abs(mean((i) => u[i] ** 2 * columns[0][i] ** 2) * d * (d + 2) - 1)).toBeLessThan(3 * precision);
  }
  const norms = Array.from(weights, (_, i) => columns.reduce((sum, column) => sum + column[i] * column[i], 0));
  expect(norms.reduce((worst, square) => Math.max(worst, Math.abs(square - 1)), 0)).toBeLessThan(1e-14);
}

describe("nodes have the moments of the uniform law", () => {
  test.each([2, 3, 4, 16, 1000])("polar panels, d = %i", (d) => {
    for (const problem of [problems.He4_nonorth({ d }), problems.Man_2({ d })]) {
      const { rows, count, dimension, weights } = teachers(problem);
      const field = new MultiField(problem, { rows, count, dimension, weights });
      const fineness = { radial: 12, azimuth: 12, spacing: 1, halvings: 4 };
      const cloud = polarCloud(engine.kernels, field, new Pull(engine.kernels, field), 4, fineness);
      expectUniform(cloud, 2, d, 1e-9);
    }
  });

  test.each([
    [2, 0],
    [2, 14],
    [3, 1],
    [3, 29],
    [8, 0],
    [8, 1000],
    [60, 4],
  ])("quasi-random points, r = %i, n = %i", (r, n) => {
    expectUniform(new SpherePoints(engine.kernels, r, n).draw(4096, 3), r, r + n, r > 20 ? 0.1 : 0.03);
  });

  function teachers(problem: ReturnType<typeof problems.Man_2>) {
    const rows = problem.teachers as readonly (readonly number[])[];
    return { rows: Float64Array.from(rows.flat()), count: rows.length, dimension: 2, weights: problem.weights };
  }
});
