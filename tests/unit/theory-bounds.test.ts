// The bounds on the gap from hand-made factors and lengths: sums by hand, closed forms, convergence; the grid of the
// equation and the statistics of Delta.

import { describe, expect, test } from "vitest";
import { checkDynamics } from "../../src/core/dynamics.ts";
import type { Kernels } from "../../src/engine/kernels.ts";
import type { SolvableProblem } from "../../src/limit/model.ts";
import type { TangentFactors } from "../../src/limit/tangent-factors.ts";
import { hermite, relu } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { boundsAt, carriedLengths, lipschitzConstant, SparseRecords } from "../../src/theory/gap-equation/bounds-of.ts";
import { equationGrid } from "../../src/theory/gap-equation/grid.ts";
import { EquationHistory } from "../../src/theory/gap-equation/history.ts";
import { logLogSlope } from "../support/arithmetic.ts";
import { CountedWork, pausesOf } from "../support/counted-work.ts";

const kernels = { exp: Math.exp } as Kernels;
/** q = s: L = 1 + 2. */
const linear = singleIndex({ d: 3, activation: hermite([0, 1]) });

describe("the Lipschitz constant", () => {
  test("is the sum of k^2 over absolute coefficients, by the weights of the teachers", () => {
    const [activation, link] = [hermite([0.1, 0.5, -0.4]), hermite([0.3, -0.7, 0.2, 5])];
    // k + k (k - 1) = k^2; phi_k = b_k c_k, q_k = c_k^2.
    const phi = 0.35 + 4 * 0.08;
    const q = 0.25 + 4 * 0.16;
    expect(lipschitzConstant(singleIndex({ d: 4, activation, link }))).toBeCloseTo(phi + 2 * q, 14);
    const several = (weights: number[]) => {
      const teachers = weights.map((_, r) => [1, r]);
      return lipschitzConstant(multiIndex({ d: 4, activation, link, teachers, weights }));
    };
    expect(several([2, -3, 0.5])).toBeCloseTo(5.5 * phi + 2 * q, 13);
    expect(several([0])).toBeCloseTo(2 * q, 14);
  });

  test("does not exist where a series does not end", () => {
    const problem = singleIndex({ d: 4, activation: relu() }) as SolvableProblem;
    expect(() => lipschitzConstant(problem)).toThrow("Hermite series that end");
  });
});

describe("lengths of what is carried along", () => {
  /** Two particles, of which only the first moves. */
  const single: TangentFactors[] = [
    { size: 1, plane: Float64Array.of(9, 9), across: Float64Array.of(9, 9) },
    { size: 1, plane: Float64Array.of(2, 1), across: Float64Array.of(-3, 1) },
    { size: 1, plane: Float64Array.of(0.5, 1), across: Float64Array.of(4, 1) },
  ];

  test("are means of the norms of both parts", async () => {
    const fluctuation = [
      { plane: Float64Array.of(3, 0), across: Float64Array.of(4, 1) },
      { plane: Float64Array.of(-12, 5), across: Float64Array.of(5, 0) },
      { plane: Float64Array.of(0, 0), across: Float64Array.of(0, 7) },
    ];
    const lengths = await carriedLengths(fluctuation, single, new CountedWork(false));
    // The factors at the first record lead to it from nowhere, and are not used.
    expect(lengths.map((row) => Array.from(row))).toEqual([
      [(5 + 1) / 2],
      [(Math.hypot(6, 12) + 1) / 2, (13 + 5) / 2],
      [(Math.hypot(3, 48) + 1) / 2, (Math.hypot(6, 20) + 5) / 2, 7 / 2],
    ]);
  });

  test("with several indices by the matrices of the planes, the later to the left", async () => {
    const factors: TangentFactors[] = [
      { size: 2, plane: new Float64Array(8), across: new Float64Array(2) },
      { size: 2, plane: Float64Array.of(1, 2, 3, 4, 1, 0, 0, 1), across: Float64Array.of(2, 1) },
      { size: 2, plane: Float64Array.of(0, 1, 1, 1, 5, 0, 0, 1), across: Float64Array.of(3, -2) },
    ];
    const fluctuation = [0, 1, 2].map(() => ({ plane: Float64Array.of(1, -1, 3, 4), across: Float64Array.of(2, 0) }));
    const lengths = await carriedLengths(fluctuation, factors, new CountedWork(false));
    const mean = (...norms: [number[], number[]]) => (Math.hypot(...norms[0]) + Math.hypot(...norms[1])) / 2;
    expect(lengths[1][0]).toBeCloseTo(mean([-1, -1, 4], [3, 4]), 14);
    // (0 1; 1 1) (-1, -1) = (-1, -2).
    expect(lengths[2][0]).toBeCloseTo(mean([-1, -2, 12], [15, 4]), 14);
    expect(lengths[2][1]).toBeCloseTo(mean([-1, 0, 6], [15, 4]), 14);
    expect(lengths[2][2]).toBeCloseTo(mean([1, -1, 2], [3, 4]), 14);
  });

  test("hear an abort at every record", async () => {
    const fluctuation = single.map(() => ({ plane: new Float64Array(2), across: new Float64Array(2) }));
    expect(await pausesOf((work) => carriedLengths(fluctuation, single, work))).toBe(3);
  });
});

/** A triangular table with rows of s <= k. */
function table(n: number, value: (k: number, s: number) => number): Float64Array[] {
  return Array.from({ length: n }, (_, k) => Float64Array.from({ length: k + 1 }, (_, s) => value(k, s)));
}

const range = (n: number) => Array.from({ length: n }, (_, k) => k);

describe("bounds", () => {
  test("of three records by hand", () => {
    const lengths = table(3, (k, s) => 1 + k + 10 * s);
    const average = table(3, (k, s) => (k === s ? 0.25 : 0.5 + s));
    const { forcing, volterra, gronwall } = boundsAt(kernels, linear, [0, 1, 3], lengths, average, range(3));
    // Trapezoids: 1/2, 1/2 up to 1; 1/2, 3/2, 1 up to 3.
    const a = [0, (2 + 12) / 2, 3 / 2 + (3 * 13) / 2 + 23];
    expect(Array.from(forcing)).toEqual(a);
    const u1 = (a[1] + 0) / (1 - 0.25 / 2);
    const u2 = (a[2] + 1.5 * 1.5 * u1) / (1 - 0.25);
    expect(Array.from(volterra)).toEqual([0, u1, u2]);
    const e = (t: number) => Math.exp(3 * t);
    expect(gronwall[0]).toBe(0);
    expect(gronwall[1]).toBeCloseTo((e(1) * 1 + 12) / 2, 12);
    expect(gronwall[2] / (e(3) / 2 + (3 / 2) * e(2) * 12 + 23)).toBeCloseTo(1, 14);
  });

  test("come to 2 e^t - 2 - t and (e^(L t) - 1) / L with the square of the interval", () => {
    const wanted = [2 * Math.exp(2) - 4, (Math.exp(6) - 1) / 3];
    const counts = [8, 16, 32];
    const errors = counts.map((n) => {
      // Not quite even.
      const times = range(n + 1).map((k) => 2 * ((k / n) * 0.8 + ((k * k) / n / n) * 0.2));
      const one = table(n + 1, () => 1);
      // E |J eps| = 1 + t - s: a = t + t^2 / 2, u' = 1 + t + u.
      const { forcing, volterra, gronwall } = boundsAt(
        kernels,
        linear,
        times,
        table(n + 1, (k, s) => 1 + times[k] - times[s]),
        one,
        range(n + 1),
      );
      expect(forcing[n]).toBeCloseTo(4, 12);
      return [Math.abs(volterra[n] - wanted[0]), Math.abs(gronwall[n] - wanted[1])];
    });
    for (const which of [0, 1]) {
      const slope = logLogSlope(
        counts,
        errors.map((error) => error[which]),
      );
      expect(Math.abs(slope + 2)).toBeLessThan(0.15);
    }
  });

  test("at chosen records are those of them alone", () => {
    const times = [0, 0.1, 0.4, 0.5, 0.9];
    const lengths = table(5, (k, s) => 1 + k * s);
    const average = table(5, (k, s) => 0.1 * (1 + k + s));
    const chosen = [0, 2, 4];
    const pick = (rows: Float64Array[]) => table(3, (k, s) => rows[chosen[k]][chosen[s]]);
    const some = boundsAt(kernels, linear, times, lengths, average, chosen);
    expect(some).toEqual(boundsAt(kernels, linear, [0, 0.4, 0.9], pick(lengths), pick(average), range(3)));
    expect(some.volterra).toHaveLength(3);
  });

  test("want half an interval times J_avg(t, t) below 1", () => {
    const refused = (average: number) => () =>
      boundsAt(
        kernels,
        linear,
        [0, 1],
        table(2, () => 1),
        table(2, () => average),
        range(2),
      );
    expect(refused(1.99)).not.toThrow();
    for (const average of [2, 3, Number.NaN]) expect(refused(average)).toThrow(SparseRecords);
    expect(refused(2)).toThrow(
      "record must be so dense that half an interval times J_avg(t, t) stays below 1; got 0.5 times 2 at time 1: record more times",
    );
  });

  test("stay at the largest number", () => {
    const huge = boundsAt(
      kernels,
      linear,
      [0, 1, 300],
      table(3, () => 1e300),
      table(3, () => 1e-3),
      range(3),
    );
    expect(huge.gronwall[2]).toBe(Number.MAX_VALUE);
    expect(huge.gronwall[1]).toBeLessThan(1e302);
    const steep = boundsAt(
      kernels,
      linear,
      [0, 1, 2],
      table(3, () => 1e200),
      table(3, (k, s) => (k === s ? 0 : 1e200)),
      range(3),
    );
    expect(steep.volterra[2]).toBe(Number.MAX_VALUE);
  });
});

describe("the grid of the equation", () => {
  test("PGD takes every step", () => {
    const plan = checkDynamics({ time: 1, step: 0.25, record: [0.25, 1] });
    expect(equationGrid(plan)).toEqual({ plan, h: [0.25, 0.25, 0.25, 0.25], stepsAt: [1, 4] });
    expect(equationGrid(checkDynamics({ time: 1, step: 0.25, record: [0] })).h).toEqual([]);
  });

  test("flow takes as many equal steps to a record as the network does, and stands on it", () => {
    const plan = checkDynamics({ time: 1, step: 0.1, dynamics: "flow", record: [0.25, 0.3, 1] });
    const grid = equationGrid(plan);
    expect(grid.stepsAt).toEqual([3, 4, 11]);
    expect(grid.h).toEqual([0.25 / 3, 0.25 / 3, 0.25 / 3, 0.3 - 0.25, ...new Array(7).fill((1 - 0.3) / 7)]);
    const { times } = grid.plan;
    expect(times).toHaveLength(12);
    expect([times[0], times[3], times[4], times[11]]).toEqual([0, 0.25, 0.3, 1]);
    for (let n = 0; n < 11; n++) expect(times[n + 1] - times[n]).toBeCloseTo(grid.h[n], 14);
    expect(grid.plan).toEqual({ ...plan, times });
    const still = equationGrid(checkDynamics({ time: 1, step: 0.1, dynamics: "flow", record: [0, 0.1] }));
    expect([still.stepsAt, still.h, Array.from(still.plan.times)]).toEqual([[0, 1], [0.1], [0, 0.1]]);
  });
});

describe("the history", () => {
  const factors = { size: 1, plane: new Float64Array(2), across: new Float64Array(2) };
  const rest = { factors, fluctuation: factors, columns: [] };

  test("has mean, mean square and maximum of |Delta|, and the relative distance of both", () => {
    const history = new EquationHistory(2, "last");
    expect([history.records, history.limit, history.divergence]).toEqual([
      0,
      { errorEstimate: null, particleErrorEstimate: null },
      null,
    ]);
    const nothing = new Float64Array(4);
    // Rounding of what is measured at the start is no error, and later it is.
    history.add({ measured: nothing.map(() => 1e-16), predicted: nothing, ...rest }, 0);
    history.add({ measured: Float64Array.of(3, 4, 0, 1), predicted: Float64Array.of(3, 4, 2, 0), ...rest }, 1);
    history.add({ measured: nothing, predicted: nothing, ...rest }, 2);
    history.add({ measured: Float64Array.of(0, 0, 0, 1), predicted: nothing, ...rest }, 3);
    expect(history.relativeError).toEqual([0, Math.sqrt(5 / 26), 0, 1]);
    expect(history.measured.meanDelta.slice(1)).toEqual([3, 0, 0.5]);
    expect(history.measured.meanSquaredDelta.slice(1)).toEqual([13, 0, 0.5]);
    expect(history.measured.maxDelta.slice(1)).toEqual([5, 0, 1]);
    expect(history.predicted).toEqual({
      meanDelta: [0, 3.5, 0, 0],
      meanSquaredDelta: [0, 14.5, 0, 0],
      maxDelta: [0, 5, 0, 0],
    });
    expect(history.records).toBe(4);
    expect([...history.vectors.keys()]).toEqual([3]);
  });

  test("measures an error at a first record that is not the start, and none where nothing is measured", () => {
    const history = new EquationHistory(2, "all");
    history.add({ measured: Float64Array.of(2, 0), predicted: Float64Array.of(1, 0), ...rest }, 0);
    history.add({ measured: null, predicted: Float64Array.of(1, 0), ...rest }, 1);
    expect(history.relativeError).toEqual([0.5]);
    expect(history.measured.meanDelta).toEqual([2]);
    expect(history.predicted.meanDelta).toEqual([1, 1]);
    expect([...history.vectors.keys()]).toEqual([0, 1]);
  });
});
