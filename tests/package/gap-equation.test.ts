// The gap equation: its prediction beside measured gaps, the stability behind it, and the bounds above it.

import fc from "fast-check";
import {
  createEngine,
  type Engine,
  type GapEquationOptions,
  gapBounds,
  linearisedGap,
  meanFieldLimit,
  type Problem,
  problems,
  relu,
  type SingleIndexProblem,
  singleIndex,
  stability,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainAverage } from "../support/plain-stability.ts";
import { hermiteProblem, logLogSlope, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 32 });

describe("linearisedGap", () => {
  test.each([
    { dynamics: "flow", step: 0.05 },
    { dynamics: "pgd", step: 0.02 },
  ] as const)("$dynamics: 2% of the vectors and 1% of the mean norms at m = 256", async (how) => {
    const gap = await linearisedGap(engine, He4, { ...how, width: 256, time: 2, record: 5, seed: 1 });
    expect(gap.status).toBe("completed");
    expect(gap.relativeError[4]).toBeGreaterThan(0.01);
    expect(gap.relativeError[4]).toBeLessThan(0.033);
    for (let k = 1; k < 5; k++)
      expect(Math.abs(gap.predicted.meanDelta[k] / gap.measured.meanDelta[k] - 1)).toBeLessThan(0.012);
  });

  test("what it misses falls as m^(-1/2)", async () => {
    const widths = [32, 128, 512];
    const errors = await Promise.all(
      widths.map(async (width) => {
        let sum = 0;
        for (const seed of [1, 2, 3, 4, 5, 6]) {
          const options = { width, seed, time: 1, record: [1], step: 0.05 } as const;
          const { relativeError } = await linearisedGap(engine, problems.He4({ d: 8 }), options);
          sum += relativeError[0];
        }
        return sum;
      }),
    );
    expect(Math.abs(logLogSlope(widths, errors) + 0.5)).toBeLessThan(0.15);
  });

  test.each<[string, SingleIndexProblem, object]>([
    ["both parities, another link", hermiteProblem(4, [0.2, 0.5, -0.4, 0.3], [0.1, 0.7, 0.2, -0.3]), {}],
    ["on the circle", hermiteProblem(2, [0, 0.4, 0.5]), {}],
    ["k* = 1", hermiteProblem(5, [0, 1]), {}],
    ["degree 94", problems.Ge4({ d: 6 }), {}],
    ["flow", hermiteProblem(4, [0.2, 0.5, -0.4, 0.3], [0.1, 0.7, 0.2, -0.3]), { dynamics: "flow" }],
  ])("%s: at short times hardly anything is missed", async (_, problem, how) => {
    const options = { width: 240, time: 0.02, step: 0.005, record: [0.01, 0.02], ...how };
    const gap = await linearisedGap(engine, problem, options);
    expect(gap.relativeError[1]).toBeLessThan(4e-3);
    expect(gap.predicted.meanDelta[1]).toBeGreaterThan(0);
  });

  test("Delta is that of the network and of the limit, and vectors are kept as asked", async () => {
    const times = { time: 0.4, step: 0.1, record: [0, 0.2, 0.4] };
    const options = { ...times, width: 7, seed: 5 };
    const problem = problems.He3({ d: 4 });
    const gap = await linearisedGap(engine, problem, { ...options, keep: "all" });
    const network = await trainNetwork(engine, problem, { ...options, keep: "all" });
    const limit = await meanFieldLimit(engine, problem, times);
    for (const k of [0, 1, 2]) {
      const delta = gap.measuredDelta(k);
      const start = network.particles(0);
      const now = network.particles(k);
      for (let i = 0; i < 7; i++) {
        const alpha = limit.alphaAt(start[4 * i], k);
        expect(delta[4 * i]).toBeCloseTo(now[4 * i] - alpha, 12);
      }
      expect(gap.predictedDelta(k).length).toBe(28);
    }
    expect([...gap.predictedDelta(0)]).toEqual(new Array(28).fill(0));
    expect(gap.shape).toEqual([7, 4]);
    expect(gap.settings).toMatchObject({ width: 7, seed: 5, step: 0.1, dynamics: "pgd", gradient: "riemannian" });
    const last = await linearisedGap(engine, problem, options);
    expect([...last.predictedDelta()]).toEqual([...gap.predictedDelta(2)]);
    expect(() => last.predictedDelta(0)).toThrow("k must be a record that was kept (2)");
    expect(JSON.parse(JSON.stringify(last)).relativeError).toHaveLength(3);
  });

  test("the Euclidean gradient is predicted up to the order of the step", async () => {
    const options = { width: 128, time: 1, record: [1], gradient: "euclidean" } as const;
    const problem = problems.He4({ d: 8 });
    const coarse = await linearisedGap(engine, problem, { ...options, step: 0.1 });
    const fine = await linearisedGap(engine, problem, { ...options, step: 0.0125 });
    expect(fine.relativeError[0]).toBeLessThan(coarse.relativeError[0]);
    expect(fine.relativeError[0]).toBeLessThan(0.1);
  });
});

describe("stability", () => {
  test("between records it is a product, and the neighbour of a particle says what it is", async () => {
    const problem = problems.He4({ d: 5 });
    const options = { time: 1.5, record: [0, 0.5, 1, 1.5], dynamics: "flow" } as const;
    const initial = unitRows(9, 5, 8);
    const { factors, largest, average } = await stability(engine, problem, { ...options, initial });
    const { alphaAt } = await meanFieldLimit(engine, problem, options);
    const whole = factors(3, 0);
    const [early, late] = [factors(2, 0), factors(3, 2)];
    for (let i = 0; i < 9; i++) {
      expect(early.parallel[i] * late.parallel[i]).toBeCloseTo(whole.parallel[i], 12);
      const theta = Math.acos(initial[5 * i]);
      const h = 1e-4;
      const ends = [-h, h].map((x) => Math.acos(alphaAt(Math.cos(theta + x), 3)));
      expect((ends[1] - ends[0]) / (2 * h) / whole.parallel[i]).toBeCloseTo(1, 4);
      const alpha = alphaAt(initial[5 * i], 3);
      expect(Math.sqrt((1 - alpha * alpha) / (1 - initial[5 * i] ** 2)) / whole.perpendicular[i]).toBeCloseTo(1, 7);
    }
    const all = [0, 1, 2, 3]
      .flatMap((s) => [factors(3, s).parallel, factors(3, s).perpendicular])
      .flatMap((x) => [...x]);
    expect(largest[3]).toBeGreaterThanOrEqual(Math.max(...all));
    expect(largest[0]).toBe(1);
    expect(average.map((row) => row.length)).toEqual([1, 2, 3, 4]);
    expect(() => factors(1, 2)).toThrow("s must be an integer from 0 to 1");
  });

  test.each([2, 3, 4, 7])("J_avg is that of whole matrices, d = %i, odd m", async (d) => {
    const m = 11;
    const initial = unitRows(m, d, d);
    const c = [0.1, 0.6, -0.5, 0.4];
    const times = { time: 1, record: [0, 1], dynamics: "flow" } as const;
    const { average, factors } = await stability(engine, hermiteProblem(d, c, [0, 0.5, 0.8, 0.3]), {
      initial,
      ...times,
    });
    const W = Array.from({ length: m }, (_, i) => [...initial.subarray(i * d, (i + 1) * d)]);
    const q = c.map((x) => x * x);
    for (const [k, row] of [
      [0, average[0][0]],
      [1, average[1][0]],
    ]) {
      const { parallel, perpendicular } = factors(k, 0);
      expect(row / plainAverage({ d, W, parallel, perpendicular, q })).toBeCloseTo(1, 6);
    }
  });

  test("both builds give the same bits", async () => {
    using scalar = await createEngine({ backend: "scalar" });
    const options = { width: 70, time: 0.6, step: 0.1, record: 4 };
    const all = async (which: Engine) => {
      const bounds = await gapBounds(which, problems.He3({ d: 5 }), options);
      const gap = await linearisedGap(which, problems.He3({ d: 5 }), options);
      const { average } = await stability(which, problems.He3({ d: 5 }), options);
      return [bounds, gap, average.map((row) => [...row])].map((x) => JSON.stringify(x).replace(/"backend":"\w+"/, ""));
    };
    expect(await all(scalar)).toEqual(await all(engine));
  });
});

describe("gapBounds", () => {
  test("the bounds of SPEC.md: Volterra above the linearised gap, Gronwall far above both", async () => {
    const bounds = await gapBounds(engine, He4, { width: 128, time: 2, dynamics: "flow", step: 0.05 });
    expect(bounds.lipschitz).toBe(48);
    expect(bounds.volterra.holds && bounds.gronwall.holds).toBe(true);
    expect(bounds.volterra.looseness[32]).toBeLessThan(4);
    for (let k = 1; k < 33; k++) {
      expect(bounds.gronwall.bound[k]).toBeGreaterThan(bounds.volterra.bound[k]);
      expect(bounds.volterra.bound[k]).toBeGreaterThanOrEqual(bounds.forcing[k]);
      expect(bounds.volterra.looseness[k]).toBeCloseTo(bounds.volterra.bound[k] / bounds.linearised[k], 12);
    }
    expect(bounds.quadratureError).toBeLessThan(0.02);
    expect(bounds.largestStability[32]).toBeGreaterThan(5);
    expect(JSON.stringify(bounds)).not.toContain("null,null");
  });

  test("bounds that outgrow float64 stay at its largest number", async () => {
    const problem = hermiteProblem(16, { 4: 1.5 });
    const bounds = await gapBounds(engine, problem, { width: 12, time: 8, record: 81, step: 0.1 });
    expect(bounds.gronwall.bound[80]).toBe(Number.MAX_VALUE);
    expect(bounds.gronwall.holds).toBe(true);
  });

  const cases = fc.record({
    d: fc.integer({ min: 2, max: 6 }),
    width: fc.integer({ min: 1, max: 14 }),
    activation: fc.array(fc.double({ min: -0.8, max: 0.8, noNaN: true }), { minLength: 1, maxLength: 5 }),
    link: fc.array(fc.double({ min: -0.8, max: 0.8, noNaN: true }), { minLength: 1, maxLength: 5 }),
    seed: fc.integer({ min: 0, max: 1000 }),
    flow: fc.boolean(),
  });

  test("both lie above the linearised gap at every time, whatever the problem", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ d, width, activation, link, seed, flow }) => {
        const options = { width, seed, time: 0.8, record: 17, step: 0.05, tolerance: 1e-6 };
        const dynamics = flow ? "flow" : "pgd";
        const bounds = await gapBounds(engine, hermiteProblem(d, activation, link), { ...options, dynamics });
        // Volterra's is one up to quadrature: of the order of the square of an interval, and that of a step of PGD.
        bounds.linearised.forEach((x, k) => {
          expect(bounds.volterra.bound[k] * 1.02 + 1e-15).toBeGreaterThanOrEqual(x);
          expect(bounds.gronwall.bound[k] * 1.02 + 1e-15).toBeGreaterThanOrEqual(x);
        });
      }),
      { numRuns: 30, seed: 7 },
    );
  });
});

describe("edges", () => {
  const small = { width: 5, time: 0.2, step: 0.1 };

  test("no time at all, and a particle on the axis of w*", async () => {
    const problem = problems.He4({ d: 3 });
    const still = await linearisedGap(engine, problem, { width: 3, time: 0 });
    expect([...still.relativeError]).toEqual([0]);
    const initial = Float64Array.of(1, 0, 0, -1, 0, 0, 0, 0.6, 0.8);
    const gap = await linearisedGap(engine, problem, { initial, time: 0.2, step: 0.1 });
    expect(gap.status).toBe("completed");
    expect(gap.predicted.meanDelta.every(Number.isFinite)).toBe(true);
    expect((await gapBounds(engine, problem, { initial, time: 0.2, step: 0.1 })).volterra.holds).toBe(true);
  });

  test("a run that diverges says so", async () => {
    const gap = await linearisedGap(engine, problems.He4({ d: 4 }), { width: 4, time: 1e300, step: 1e300 });
    expect(gap).toMatchObject({ status: "diverged", divergence: { step: 1 } });
  });

  test("an abort keeps the records that were reached", async () => {
    const controller = new AbortController();
    let calls = 0;
    const gap = await linearisedGap(engine, He4, {
      width: 512,
      time: 40,
      record: 201,
      signal: controller.signal,
      onProgress({ done, total }) {
        expect(done).toBeLessThanOrEqual(total);
        if (++calls === 25) controller.abort();
      },
    });
    expect(gap.status).toBe("aborted");
    expect(gap.measured.meanDelta.length).toBe(gap.time.length);
    expect(gap.predicted.meanDelta.length).toBe(gap.time.length);
    for (const compute of [gapBounds, stability])
      expect((await compute(engine, He4, { ...small, signal: AbortSignal.abort() })).time.length).toBe(0);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("memory is refused beforehand", async () => {
    using tiny = await createEngine({ memoryLimitBytes: 1024 * 1024 });
    for (const compute of [linearisedGap, gapBounds, stability])
      await expect(compute(tiny, He4, { width: 20_000, time: 1 })).rejects.toThrow("memoryLimitBytes must be at least");
    expect(tiny.arena.bytesInUse).toBe(0);
  });

  test.each<[string, unknown, object, string]>([
    ["Boolean", problems.XOR_2({ d: 4 }), small, "problem must be a single- or multi-index problem"],
    ["Zero", problems.Zero({ d: 4 }), small, "approximationGap with reference: M measures the gap"],
    ["ReLU", singleIndex({ d: 4, activation: relu() }), small, "localHessianProduct and interactionHessianProduct"],
    ["no width", He4, { time: 1 }, "width must be an integer"],
    ["rows of the wrong length", He4, { initial: new Float64Array(33), time: 1 }, "multiple of 32"],
    ["two widths", He4, { ...small, initial: unitRows(2, 32, 1) }, "width must be left out or 2"],
    ["a misspelt option", He4, { ...small, records: 3 }, 'has no option "records"'],
    ["a record behind the horizon", He4, { ...small, record: [0.5] }, "record[0] must be"],
    ["a bad seed", He4, { ...small, seed: -1 }, "seed must be"],
  ])("%s is refused by all three", async (_, problem, options, sentence) => {
    for (const compute of [linearisedGap, gapBounds, stability])
      await expect(compute(engine, problem as Problem, options as GapEquationOptions)).rejects.toThrow(sentence);
  });

  test("bounds want a record at 0, and dense enough ones", async () => {
    await expect(gapBounds(engine, He4, { ...small, record: [0.2] })).rejects.toThrow(
      "record must be a list that begins",
    );
    const sparse = { width: 3, time: 20, record: 2, step: 0.1 };
    await expect(gapBounds(engine, problems.He4({ d: 3 }), sparse)).rejects.toThrow("record must be so dense");
  });
});
