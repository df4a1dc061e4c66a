// What self-concordance is made of: weighted quantiles, points of the law, integrals along paths.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkDynamics } from "../../src/core/dynamics.ts";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { solveLimit } from "../../src/limit/solve.ts";
import { emptyState } from "../../src/limit/task.ts";
import { weightedQuantiles } from "../../src/numeric/statistics.ts";
import { problems } from "../../src/problem/zoo.ts";
import { HessianPassengers } from "../../src/theory/self-concordance/passengers.ts";
import { lawPoints } from "../../src/theory/self-concordance/points.ts";
import { ConcordanceSeries } from "../../src/theory/self-concordance/statistics.ts";
import { concordanceVerdict, defaultBound } from "../../src/theory/self-concordance/verdict.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

async function pathOf(name: "He4" | "NP_mis", record: number[], more: object = { dynamics: "flow" }) {
  const problem = problems[name]({ d: 32 });
  const plan = checkDynamics({ time: record[record.length - 1], record, ...more });
  const state = emptyState();
  await solveLimit(engine, problem, plan, 1e-8, new Run({}), state);
  if (!state.solution) throw new Error("no limit");
  return { problem, path: state.solution.path };
}

describe("weighted quantiles", () => {
  it("are those of R's type 5 where weights are equal", () => {
    const values = Float64Array.of(5, 1, 4, 2, 3);
    const weights = new Float64Array(5).fill(1);
    // quantile(1:5, c(0, .25, .5, .9, .99, 1), type = 5)
    expect(weightedQuantiles(values, weights, [0, 0.25, 0.5, 0.9, 0.99, 1])).toEqual([1, 1.75, 3, 5, 5, 5]);
  });

  it("put a value in the middle of its weight", () => {
    // 1 stands at 0.3 of the mass, 2 at 0.8.
    const quantiles = weightedQuantiles(Float64Array.of(2, 1), Float64Array.of(4, 6), [0.1, 0.3, 0.55, 0.8, 0.9]);
    [1, 1, 1.5, 2, 2].forEach((wanted, i) => {
      expect(quantiles[i]).toBeCloseTo(wanted, 14);
    });
    expect(weightedQuantiles(Float64Array.of(7), Float64Array.of(3), [0.5, 0.99])).toEqual([7, 7]);
    expect(weightedQuantiles(new Float64Array(), new Float64Array(), [0.5])).toEqual([0]);
    expect(weightedQuantiles(Float64Array.of(7), Float64Array.of(0), [0.5])).toEqual([0]);
  });

  it("have equal values in the order in which they come", () => {
    // Of 6: 1 stands at 0.5 and 2.5, or at 1.5 and 3.5; 3 at 5.
    const of = (...weights: number[]) => weightedQuantiles(Float64Array.of(1, 1, 3), Float64Array.from(weights), [0.5]);
    expect(of(1, 3, 2)[0]).toBeCloseTo(1.4, 14);
    expect(of(3, 1, 2)[0]).toBe(1);
  });

  it("do not depend on the order of different values, ascend, and lie among them", () => {
    const one = fc.record({
      value: fc.double({ noNaN: true, min: -9, max: 9 }),
      weight: fc.integer({ min: 1, max: 9 }),
    });
    const distinct = {
      minLength: 1,
      maxLength: 20,
      selector: (item: { value: number }) => item.value,
      comparator: "SameValueZero",
    } as const;
    fc.assert(
      fc.property(fc.uniqueArray(one, distinct), (list) => {
        const of = (items: typeof list) =>
          weightedQuantiles(
            Float64Array.from(items, ({ value }) => value),
            Float64Array.from(items, ({ weight }) => weight),
            [0.01, 0.5, 0.9, 0.99],
          );
        const found = of(list);
        of([...list].reverse()).forEach((value, i) => {
          expect(value).toBeCloseTo(found[i], 12);
        });
        const values = list.map(({ value }) => value);
        const within = (x: number) => x >= Math.min(...values) - 1e-12 && x <= Math.max(...values) + 1e-12;
        expect(found.every(within)).toBe(true);
        for (let i = 1; i < found.length; i++) expect(found[i]).toBeGreaterThanOrEqual(found[i - 1] - 1e-12);
      }),
      { seed: 1 },
    );
  });
});

describe("the points of the law", () => {
  it("carry all of its mass in small parts, and the moments of the law", () => {
    const { alpha, gamma, weight } = lawPoints(engine, problems.He3({ d: 5 }), 8);
    const mean = (quantity: (i: number) => number) => weight.reduce((sum, w, i) => sum + w * quantity(i), 0);
    expect(mean(() => 1)).toBeCloseTo(1, 12);
    expect(mean((i) => alpha[i])).toBeCloseTo(0, 12);
    expect(mean((i) => alpha[i] * alpha[i])).toBeCloseTo(1 / 5, 12);
    expect(Math.max(...weight)).toBeLessThan(1 / 2048);
    for (let i = 0; i < alpha.length; i++) expect(alpha[i] * alpha[i] + gamma[i] * gamma[i]).toBeCloseTo(1, 14);
  });

  it.each([
    ["He4", [0, 0.5, 2, 4, 8]],
    ["NP_mis", [0, 1, 8]],
  ] as const)("are so many that the medians of %s have settled to 1e-3", async (name, record) => {
    const { problem, path } = await pathOf(name, [...record]);
    const medians = async (count?: number) => {
      const points = lawPoints(engine, problem, 8, count);
      const passengers = new HessianPassengers(engine, path, 32, points.alpha.length);
      const series = new ConcordanceSeries(engine.kernels.log, points.weight, points.alpha);
      try {
        passengers.start(points.alpha, points.gamma);
        for (let k = 0; k < record.length; k++) {
          await passengers.advanceTo(k, new Run({}));
          series.push(passengers.snapshot(k));
        }
      } finally {
        passengers.free();
      }
      const { constant, amplification } = series.aligned();
      return { constant: constant.median, amplification: amplification.quantile99 };
    };
    const [usual, fine] = [await medians(), await medians(16384)];
    for (const what of ["constant", "amplification"] as const)
      fine[what].forEach((value, k) => {
        expect(Math.abs(usual[what][k] - value)).toBeLessThan(1e-3 * Math.max(1, value));
      });
  });
});

describe("the integrals along a path", () => {
  const STARTS = [0.02, 0.15, 0.3, 0.5, 0.9];

  async function along(record: number[], more: object) {
    const { path } = await pathOf("NP_mis", record, more);
    const passengers = new HessianPassengers(engine, path, 32, STARTS.length);
    passengers.start(
      Float64Array.from(STARTS),
      Float64Array.from(STARTS, (alpha) => Math.sqrt(1 - alpha * alpha)),
    );
    const snapshots = [];
    for (let k = 0; k < record.length; k++) {
      await passengers.advanceTo(k, new Run({}));
      snapshots.push(passengers.snapshot(k));
    }
    passengers.free();
    return snapshots;
  }

  it("are those of the norms at dense records along the flow", async () => {
    const snapshots = await along(
      Array.from({ length: 401 }, (_, k) => k / 100),
      { dynamics: "flow" },
    );
    for (let i = 0; i < STARTS.length; i++) {
      let [norm, positive] = [0, 0];
      for (let k = 1; k < snapshots.length; k++) {
        norm += (snapshots[k - 1].norm[i] + snapshots[k].norm[i]) / 200;
        positive += (Math.max(0, snapshots[k - 1].largest[i]) + Math.max(0, snapshots[k].largest[i])) / 200;
      }
      const { aligned } = snapshots[400];
      expect(aligned?.integral[i]).toBeCloseTo(norm, 4);
      expect(aligned?.positiveIntegral[i]).toBeCloseTo(positive, 4);
    }
  });

  it("are sums over the steps of projected gradient descent", async () => {
    const snapshots = await along(
      Array.from({ length: 41 }, (_, k) => k / 10),
      { step: 0.1 },
    );
    for (let i = 0; i < STARTS.length; i++) {
      const sum = snapshots.slice(0, 40).reduce((total, { norm }) => total + 0.1 * norm[i], 0);
      expect(snapshots[40].aligned?.integral[i]).toBeCloseTo(sum, 13);
    }
  });
});

describe("series and verdict", () => {
  it("take apart who rests, who changes sign and who has not moved", () => {
    const series = new ConcordanceSeries(engine.kernels.log, Float64Array.of(1, 1, 2), Float64Array.of(0.5, 0.5, 0));
    const push = (alpha: number[], integral: number[]) =>
      series.push({
        norm: Float64Array.of(2, 3, 4),
        largest: Float64Array.of(2, -3, 4),
        speed: Float64Array.of(1, 0.5, 1e-13),
        aligned: {
          alpha: Float64Array.from(alpha),
          rate: Float64Array.of(0.25, -0.5, 0),
          integral: Float64Array.from(integral),
          positiveIntegral: Float64Array.from(integral),
        },
      });
    push([0.5, 0.5, 0], [0, 0, 0]);
    push([1, -0.5, 0], [3, 5, 7]);
    expect(Array.from(series.common().atRest)).toEqual([0.5, 0.5]);
    expect(series.common().ratio.maximum[0]).toBe(6);
    const { constant, positiveConstant, towardsEquator, growth, amplification } = series.aligned();
    expect(constant.maximum[0]).toBe(3);
    expect(positiveConstant.maximum[0]).toBe(1);
    expect(Array.from(towardsEquator)).toEqual([0.25, 0]);
    expect(Array.from(growth.signChanged)).toEqual([0, 0.25]);
    // |D| |alpha| / |d alpha/dt| at the start, int |D| / log 2 after it.
    expect(growth.quotient.maximum[0]).toBe(4);
    expect(growth.quotient.median[1]).toBeCloseTo(3 / Math.log(2), 14);
    expect(amplification.maximum[1]).toBeCloseTo(3 / (1 + Math.log(2)), 14);
  });

  it("have a bound in units of k* - 1, and one sentence", () => {
    expect([1, 2, 3, 4, null].map(defaultBound)).toEqual([1.5, 1.5, 3, 4.5, 1.5]);
    const spread = (values: number[]) => {
      const all = Float64Array.from(values);
      return { median: all, quantile90: all, quantile99: all, maximum: all };
    };
    const series = {
      amplification: spread([0, 2, 2]),
      positiveConstant: spread([3, 2e6, 1]),
      towardsEquator: Float64Array.of(0, 0, 0.125),
      growth: {
        integral: spread([0, 0, 0]),
        logGrowth: spread([0, 0, 0]),
        quotient: spread([0, 0, 0]),
        signChanged: Float64Array.of(0, 0, 0.0625),
      },
    };
    const time = Float64Array.of(0, 1, 2);
    expect(concordanceVerdict(time, series, 2)).toEqual({
      holds: true,
      exponent: 2,
      bound: 2,
      worstTime: 1,
      constant: 2e6,
      constantTime: 1,
      sentence:
        "Self-concordance holds up to flow time 2: for 99% of the particles deviations grow at most by (e/|alpha_0|)^2, within the allowed power 2; lambda_max(D) |alpha| <= 2.00e+6 |v| for 99% of those that move, at every record; 12.5% are pushed towards the equator at the end, and 6.25%, left out above, have crossed it.",
    });
    expect(concordanceVerdict(time, series, 1.9)?.holds).toBe(false);
    expect(concordanceVerdict(new Float64Array(), series, 2)).toBeNull();
  });
});
