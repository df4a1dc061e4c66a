// What can be asked of a limit afterwards: the velocity field against differences of alphaAt, the law of alpha against the moments.

import {
  createEngine,
  type Engine,
  type LimitOptions,
  meanFieldLimit,
  problems,
  type SingleIndexProblem,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

function limitOf(problem: SingleIndexProblem, options: Partial<LimitOptions>) {
  return meanFieldLimit(engine, problem, { time: 1, dynamics: "flow", ...options });
}

const PROBLEMS: [string, SingleIndexProblem][] = [
  ["He4, d = 32", problems.He4({ d: 32 })],
  ["He3, d = 5", problems.He3({ d: 5 })],
  ["He4_misspecified, d = 3", problems.He4_misspecified({ d: 3 })],
  ["Ge4, d = 16", problems.Ge4({ d: 16 })],
];

describe.each(PROBLEMS)("%s", (_, problem) => {
  test("velocityAt is the derivative of alphaAt along the flow", async () => {
    const h = 1e-3;
    const limit = await limitOf(problem, { record: [0, 0.5 - h, 0.5, 0.5 + h, 1], tolerance: 1e-12 });
    for (const alpha0 of [-0.9, -0.2, 0.05, 0.3, 0.8]) {
      const difference = (limit.alphaAt(alpha0, 3) - limit.alphaAt(alpha0, 1)) / (2 * h);
      const velocity = limit.velocityAt(limit.alphaAt(alpha0, 2), 2);
      // The central difference errs by h^2 / 6 times a third derivative.
      expect(Math.abs(velocity - difference)).toBeLessThan(2e-4 * Math.max(1, Math.abs(velocity)));
    }
    for (const pole of [-1, 1]) expect(Math.abs(limit.velocityAt(pole, 2))).toBe(0);
  });

  test.each(["flow", "pgd"] as const)(
    "by %s the law has the weight 1 and the moments of the solver",
    async (dynamics) => {
      const limit = await limitOf(problem, { dynamics, time: 16, step: 0.04, record: 9 });
      for (const k of [0, 3, 8, 5]) {
        const { alpha, weight } = limit.law(k);
        const mean = (f: (x: number) => number) => weight.reduce((sum, w, i) => sum + w * f(alpha[i]), 0);
        expect(mean(() => 1)).toBeCloseTo(1, 12);
        expect(Math.abs(mean((x) => x) - limit.meanAlpha[k])).toBeLessThan(1e-6);
        expect(Math.abs(mean((x) => x * x) - limit.meanAlpha2[k])).toBeLessThan(1e-6);
        // Ascending, but for rounding where many lie on a pole.
        for (let i = 1; i < alpha.length; i++) expect(alpha[i] - alpha[i - 1]).toBeGreaterThan(-1e-14);
        // A node is a particle: it is where alphaAt says that it is.
        const i = Math.floor(alpha.length / 3);
        expect(alpha[i]).toBeCloseTo(limit.alphaAt(limit.law(0).alpha[i], k), 12);
      }
    },
  );
});

test("records in any order, and writing into them, do not change a law", async () => {
  const limit = await limitOf(problems.He4({ d: 8 }), { record: 5 });
  const forwards = [0, 1, 2, 3, 4].map((k) => limit.law(k));
  expect([4, 3, 2, 1, 0].map((k) => limit.law(k)).reverse()).toEqual(forwards);
  limit.law(2).alpha.fill(0);
  limit.law(2).weight.fill(0);
  expect(limit.law(2)).toEqual(forwards[2]);
});

test("bad questions are refused", async () => {
  const limit = await limitOf(problems.He4({ d: 8 }), { record: 3 });
  for (const bad of [1.5, -2, Number.NaN])
    expect(() => limit.velocityAt(bad, 0)).toThrow(/^alpha must be a finite number of at least -1 and at most 1; got/);
  expect(() => limit.velocityAt("0" as never, 0)).toThrow(TypeError);
  for (const k of [-1, 3, 0.5]) {
    expect(() => limit.velocityAt(0, k)).toThrow(/^k must be an integer from 0 to 2; got/);
    expect(() => limit.law(k)).toThrow(/^k must be an integer from 0 to 2; got/);
  }
  const two = await meanFieldLimit(engine, problems.He4_orth({ d: 8 }), { time: 0.1, record: 2 });
  expect(() => two.law(0)).toThrow(/^law needs a single-index problem/);
  expect(() => two.velocityAt(0, 0)).toThrow(/^velocityAt needs a single-index problem/);
});

test("a disposed engine moves no law", async () => {
  const other = await createEngine();
  const limit = await meanFieldLimit(other, problems.He4({ d: 8 }), { time: 1, record: 3 });
  other.dispose();
  expect(limit.velocityAt(0.5, 1)).toBeGreaterThan(0);
  expect(() => limit.law(1)).toThrow(TypeError);
});
