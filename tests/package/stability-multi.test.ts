// Stability with several indices, by tangent integration: against what is known of it, and J_avg against whole matrices.

import { createEngine, type Engine, type MultiIndexProblem, meanFieldLimit, problems, stability } from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainPlaneAverage } from "../support/plain-planes.ts";
import { distance, unitRows } from "./helpers.ts";
import { mixed, rowsOf, THREE, TWO } from "./several.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

describe("stability", () => {
  test.each(["flow", "pgd"] as const)("%s: a rotation of the plane of Man_2 stays one", async (dynamics) => {
    const d = 6;
    const initial = unitRows(9, d, 4);
    const options = { initial, time: 2, step: 0.1, record: [0, 1, 2], dynamics, tolerance: 1e-6 } as const;
    const { basis, factors, largest } = await stability(engine, problems.Man_2({ d }), options);
    const { plane, across } = factors(2, 0);
    for (let i = 0; i < 9; i++) {
      // The radius moves, the angle does not.
      const [first, second] = rowsOf(basis ?? [], d).map((b) =>
        b.reduce((sum, x, c) => sum + x * initial[i * d + c], 0),
      );
      const s = Math.sqrt(1 - first * first - second * second);
      const stretch = Math.sqrt((1 - (across[i] * s) ** 2) / (1 - s * s));
      const turned = [-second, first, 0];
      for (let row = 0; row < 3; row++) {
        const image = turned.reduce((sum, x, c) => sum + plane[9 * i + 3 * row + c] * x, 0);
        expect(image).toBeCloseTo(stretch * turned[row], 8);
      }
      expect(largest[2]).toBeGreaterThanOrEqual(stretch * (1 - 1e-8));
    }
    const [early, late] = [factors(1, 0), factors(2, 1)];
    const product = rowsOf(late.plane.subarray(0, 9), 3).map((row) =>
      [0, 1, 2].map((c) => row.reduce((sum, x, k) => sum + x * early.plane[3 * k + c], 0)),
    );
    expect(distance(product.flat(), plane.subarray(0, 9))).toBeLessThan(1e-12);
    expect(() => factors(1, 2)).toThrow("s must be an integer from 0 to 1");
  });

  test.each<[string, number, MultiIndexProblem, object]>([
    ["no direction across", 2, mixed(2, TWO), {}],
    ["one", 3, mixed(3, TWO), {}],
    ["two", 4, mixed(4, TWO), {}],
    ["three", 5, mixed(5, TWO), {}],
    ["more", 7, problems.He4_orth({ d: 7 }), { dynamics: "flow" }],
    ["three indices", 3, mixed(3, THREE), {}],
    ["three and one across", 4, mixed(4, THREE), {}],
    ["three and two across", 5, mixed(5, THREE), { gradient: "euclidean" }],
    ["three and more", 7, mixed(7, THREE), { dynamics: "flow" }],
  ])("J_avg is that of whole matrices: %s", async (_, d, problem, how) => {
    const m = 7;
    // The first in the span, where it stays.
    const initial = unitRows(m, d, d);
    initial.fill(0, 2, d);
    const options = { initial, time: 0.6, step: 0.1, record: [0, 0.6], tolerance: 1e-3, ...how };
    const { average, factors, basis } = await stability(engine, problem, options);
    const W = rowsOf(initial, d).map((w) => {
      const size = Math.sqrt(w.reduce((sum, x) => sum + x * x, 0));
      return w.map((x) => x / size);
    });
    const { activation } = problem;
    if (activation.kind !== "hermite") throw new Error("no series");
    const q = activation.coefficients.map((c) => c * c);
    for (const k of [0, 1]) {
      const plain = plainPlaneAverage({ d, W, basis: rowsOf(basis ?? [], d), ...factors(k, 0), q });
      expect(average[k][0] / plain, `record ${k}`).toBeCloseTo(1, 6);
    }
  });

  test("the basis is orthonormal, and random teachers lie in its span", async () => {
    const problem = problems.He4_random_8_8({ d: 10 });
    const { basis, errorEstimate, largest } = await stability(engine, problem, {
      width: 6,
      time: 0.2,
      step: 0.1,
      record: 3,
      tolerance: 1e-2,
    });
    const rows = rowsOf(basis ?? [], 10);
    expect(rows).toHaveLength(8);
    rows.forEach((a, i) => {
      rows.forEach((b, j) => {
        expect(a.reduce((sum, x, c) => sum + x * b[c], 0)).toBeCloseTo(i === j ? 1 : 0, 12);
      });
    });
    const limit = await meanFieldLimit(engine, problem, { time: 0.2, step: 0.1, record: 3, tolerance: 1e-2 });
    expect(errorEstimate).toBe(limit.errorEstimate);
    expect(largest[2]).toBeGreaterThan(1);
  });
});
