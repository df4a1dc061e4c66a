// Velocity and risk of random networks: calculus, symmetries and a second implementation.

import fc from "fast-check";
import {
  createEngine,
  type Engine,
  hermite,
  risk,
  type SingleIndexProblem,
  singleIndex,
  trainNetwork,
  velocity,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { coefficientsOf, distance, generator } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const PARAMETERS = { numRuns: 40, seed: 20_250_413 };

const coefficients = fc.array(fc.double({ min: -1.5, max: 1.5, noNaN: true }), { minLength: 1, maxLength: 9 });

interface Case {
  problem: SingleIndexProblem;
  /** m unit rows. */
  W: Float64Array;
  m: number;
  d: number;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    m: fc.integer({ min: 1, max: 6 }),
    d: fc.integer({ min: 2, max: 6 }),
    activation: coefficients,
    link: fc.option(coefficients),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  })
  .map(({ m, d, activation, link, seed }) => {
    const random = generator(seed);
    const W = Float64Array.from({ length: m * d }, () => random() * 2 - 1);
    for (let i = 0; i < m; i++) {
      const row = W.subarray(i * d, (i + 1) * d);
      const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
      row.forEach((x, c) => {
        row[c] = x / norm;
      });
    }
    const problem = singleIndex({ d, activation: hermite(activation), link: hermite(link ?? activation) });
    return { problem, W, m, d };
  });

function holds(check: (given: Case) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(cases, check), PARAMETERS);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c] * b[c];
  return sum;
}

function polynomial(powers: readonly number[], s: number): number {
  return powers.reduceRight((sum, c) => sum * s + c, 0);
}

/** SPEC.md, section 3, written out: |f*|^2 - 2 mean_i phi(<w_i, w*>) + mean_ij q(<w_i, w_j>). */
function riskDirectly({ problem, W, m, d }: Case): number {
  const c = coefficientsOf(problem.activation);
  const b = coefficientsOf(problem.link);
  const q = c.map((value) => value * value);
  const phi = c.map((value, k) => value * (b[k] ?? 0));
  const row = (i: number) => W.subarray(i * d, (i + 1) * d);
  let sum = b.reduce((total, value) => total + value * value, 0);
  for (let i = 0; i < m; i++) {
    sum -= (2 * polynomial(phi, row(i)[0])) / m;
    for (let j = 0; j < m; j++) sum += polynomial(q, dot(row(i), row(j))) / (m * m);
  }
  return sum;
}

/** How large the terms of the risk are: rounding is relative to that. */
function scale({ problem }: Case): number {
  const norm = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);
  return 1 + norm(coefficientsOf(problem.activation)) + norm(coefficientsOf(problem.link));
}

describe("the risk", () => {
  test("is the double sum of SPEC.md and never negative", () =>
    holds(async (given) => {
      const value = await risk(engine, given.problem, given.W);
      expect(Math.abs(value - riskDirectly(given))).toBeLessThan(1e-13 * scale(given));
      expect(value).toBeGreaterThan(-1e-13 * scale(given));
    }));

  test("of the teacher itself is 0 in the well-specified case, however often it stands there", () =>
    holds(async ({ problem, m, d, ...rest }) => {
      const well = singleIndex({ d, activation: problem.activation });
      const W = new Float64Array(m * d);
      for (let i = 0; i < m; i++) W[i * d] = 1;
      const value = await risk(engine, well, W);
      expect(Math.abs(value)).toBeLessThan(1e-13 * scale({ problem: well, m, d, ...rest }));
      expect(distance(await velocity(engine, well, W), new Float64Array(m * d))).toBeLessThan(
        1e-13 * scale({ problem, m, d, ...rest }),
      );
    }));

  test("falls along a short step of the flow, and of PGD", () =>
    holds(async (given) => {
      const { problem, W } = given;
      const speed = Math.max(...(await velocity(engine, problem, W)).map(Math.abs));
      // Nothing to fall where nothing moves.
      fc.pre(speed > 1e-3);
      const time = 1e-4 / scale(given);
      for (const dynamics of ["flow", "pgd"] as const) {
        const run = await trainNetwork(engine, problem, { initial: W, time, step: time, dynamics, record: [0, time] });
        const [before, after] = run.loss ?? [];
        expect(after).toBeLessThan(before);
      }
    }));
});

describe("the velocity", () => {
  test("is -m/2 times the tangent gradient of the risk, by central differences", () =>
    holds(async (given) => {
      const { problem, W, m, d } = given;
      const v = await velocity(engine, problem, W);
      const h = 1e-5;
      const expected = new Float64Array(m * d);
      for (let i = 0; i < m; i++) {
        const w = W.subarray(i * d, (i + 1) * d);
        for (let c = 0; c < d; c++) {
          // risk normalises its rows: the difference along e_c is that along the tangent part of e_c.
          const at = (shift: number) => {
            const moved = W.slice();
            moved[i * d + c] += shift;
            return risk(engine, problem, moved);
          };
          expected[i * d + c] = (-m / 2) * (((await at(h)) - (await at(-h))) / (2 * h));
        }
        expect(Math.abs(dot(v.subarray(i * d, (i + 1) * d), w))).toBeLessThan(1e-13 * 8 * scale(given));
      }
      expect(distance(v, expected)).toBeLessThan(1e-6 * Math.max(1, ...v.map(Math.abs), m * scale(given)));
    }));

  test("turns with a rotation of the orthogonal complement of w*", () =>
    holds(async (given) => {
      const { problem, W, m, d } = given;
      fc.pre(d >= 3);
      // A reflection of the complement, I - 2 u u^T with u orthogonal to w*, then the one of coordinate 1.
      const u = Float64Array.from({ length: d }, (_, c) => (c === 0 ? 0 : Math.sin(1 + 3 * c)));
      const square = dot(u, u);
      const turn = (rows: Float64Array) => {
        const out = rows.slice();
        for (let i = 0; i < m; i++) {
          const row = out.subarray(i * d, (i + 1) * d);
          const along = (2 * dot(row, u)) / square;
          row.forEach((x, c) => {
            row[c] = (x - along * u[c]) * (c === 1 ? -1 : 1);
          });
        }
        return out;
      };
      const turned = await velocity(engine, problem, turn(W));
      expect(distance(turned, turn(await velocity(engine, problem, W)))).toBeLessThan(1e-12 * 64 * scale(given));
      const risks = [await risk(engine, problem, W), await risk(engine, problem, turn(W))];
      expect(Math.abs(risks[0] - risks[1])).toBeLessThan(1e-12 * scale(given));
    }));

  test("permutes with the particles", () =>
    holds(async (given) => {
      const { problem, W, m, d } = given;
      const order = Array.from({ length: m }, (_, i) => (i * 5 + 2) % m).filter((i, at, all) => all.indexOf(i) === at);
      fc.pre(order.length === m && m > 1);
      const permute = (rows: Float64Array) => {
        const out = new Float64Array(m * d);
        for (const [i, from] of order.entries()) out.set(rows.subarray(from * d, (from + 1) * d), i * d);
        return out;
      };
      const permuted = await velocity(engine, problem, permute(W));
      expect(distance(permuted, permute(await velocity(engine, problem, W)))).toBeLessThan(1e-12 * 64 * scale(given));
    }));

  test("does not see the norm of a row, however extreme", () =>
    holds(async (given) => {
      const { problem, W } = given;
      const v = await velocity(engine, problem, W);
      for (const factor of [1e-300, 3, 1e300]) {
        const scaled = await velocity(
          engine,
          problem,
          W.map((x) => x * factor),
        );
        expect(distance(scaled, v)).toBeLessThan(1e-12 * 64 * scale(given));
      }
    }));

  test("of copies of a network is that of the network: the mean does not see repetition", () =>
    holds(async (given) => {
      const { problem, W } = given;
      const twice = Float64Array.of(...W, ...W);
      const v = await velocity(engine, problem, W);
      expect(distance(await velocity(engine, problem, twice), Float64Array.of(...v, ...v))).toBeLessThan(
        1e-12 * 64 * scale(given),
      );
      const difference = (await risk(engine, problem, twice)) - (await risk(engine, problem, W));
      expect(Math.abs(difference)).toBeLessThan(1e-12 * scale(given));
    }));
});
