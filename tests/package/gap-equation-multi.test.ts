// The gap equation with several indices: stability by tangent integration, prediction beside measured gaps, and bounds.

import fc from "fast-check";
import {
  createEngine,
  type Engine,
  type GapEquationOptions,
  gapBounds,
  gapReport,
  hermite,
  linearisedGap,
  type MultiIndexProblem,
  multiIndex,
  type Problem,
  problems,
  relu,
  stability,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { distance, logLogSlope, notFinite } from "./helpers.ts";
import { mixed, THREE, TWO } from "./several.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

describe("one index as two opposite teachers", () => {
  const d = 5;
  const activation = hermite({ 4: 1 });
  const teachers = [[1], [-1]];
  const twofold = multiIndex({ d, activation, link: activation, teachers, weights: [0.5, 0.5] });

  test.each<[string, Partial<GapEquationOptions>]>([
    ["flow", { dynamics: "flow", step: 0.05 }],
    ["PGD", { step: 0.05 }],
    ["PGD, Euclidean", { step: 0.05, gradient: "euclidean" }],
  ])("%s: tangent integration gives the closed forms", async (_, how) => {
    const options = { width: 22, time: 1, record: 5, tolerance: 1e-9, ...how };
    const single = await stability(engine, problems.He4({ d }), options);
    const multi = await stability(engine, twofold, options);
    expect(multi.basis).toEqual(Float64Array.of(1, 0, 0, 0, 0));
    const { parallel, perpendicular } = single.factors(4, 1);
    const { plane, across } = multi.factors(4, 1);
    for (let i = 0; i < 22; i++) {
      // J_par is the only singular value on the tangents of a circle.
      const square = plane.subarray(4 * i, 4 * i + 4).reduce((sum, x) => sum + x * x, 0);
      expect(Math.abs(Math.sqrt(square) / parallel[i] - 1)).toBeLessThan(1e-7);
      expect(Math.abs(across[i] / perpendicular[i] - 1)).toBeLessThan(1e-7);
    }
    single.largest.forEach((x, k) => {
      expect(Math.abs(multi.largest[k] / x - 1)).toBeLessThan(1e-7);
      single.average[k].forEach((y, s) => {
        expect(Math.abs(multi.average[k][s] / y - 1)).toBeLessThan(1e-7);
      });
    });
    const predicted = await linearisedGap(engine, problems.He4({ d }), options);
    expect(
      distance(predicted.predictedDelta(), (await linearisedGap(engine, twofold, options)).predictedDelta()),
    ).toBeLessThan(1e-8);
    const bounds = await gapBounds(engine, problems.He4({ d }), options);
    const others = await gapBounds(engine, twofold, options);
    expect(others.lipschitz).toBe(bounds.lipschitz);
    for (const name of ["volterra", "gronwall"] as const)
      bounds[name].bound.forEach((x, k) => {
        expect(Math.abs(others[name].bound[k] - x)).toBeLessThanOrEqual(1e-7 * x);
      });
  });
});

describe("linearisedGap", () => {
  test.each([
    ["He4_orth", { dynamics: "flow", step: 0.1 }],
    ["He4_orth", { dynamics: "pgd" }],
    ["Man_2", { dynamics: "flow", step: 0.1 }],
    ["Man_2", { dynamics: "pgd" }],
    ["Man_2", { dynamics: "pgd", gradient: "euclidean" }],
  ] as const)("%s, %o: 2% of the vectors and 1% of the mean norms at m = 256", async (name, how) => {
    const options = { ...how, width: 256, time: 2, record: 5, tolerance: 1e-5 };
    const gap = await linearisedGap(engine, problems[name]({ d: 16 }), options);
    expect(gap.status).toBe("completed");
    expect(gap.relativeError[4]).toBeGreaterThan(0.005);
    expect(gap.relativeError[4]).toBeLessThan(0.035);
    for (let k = 1; k < 5; k++)
      expect(Math.abs(gap.predicted.meanDelta[k] / gap.measured.meanDelta[k] - 1)).toBeLessThan(0.012);
    expect(gap.errorEstimate).toBeLessThan(1e-5);
  });

  test("what it misses falls as m^(-1/2)", async () => {
    const widths = [32, 128, 512];
    const errors = [];
    for (const width of widths) {
      let sum = 0;
      for (const seed of [1, 2, 3, 4, 5, 6]) {
        const options = { width, seed, time: 1, record: [1], step: 0.05, tolerance: 1e-6 };
        sum += (await linearisedGap(engine, problems.Man_2({ d: 6 }), options)).relativeError[0];
      }
      errors.push(sum);
    }
    expect(Math.abs(logLogSlope(widths, errors) + 0.5)).toBeLessThan(0.15);
  });

  test.each<[string, MultiIndexProblem, object]>([
    ["both parities", mixed(4, TWO), {}],
    ["flow", mixed(4, TWO), { dynamics: "flow" }],
    ["teachers that span everything", mixed(3, THREE), {}],
    ["one teacher that is not an axis", mixed(4, [[0.6, 0.8]]), {}],
    ["teachers of weight 0", mixed(4, TWO, [0, 0]), {}],
  ])("%s: at short times hardly anything is missed", async (_, problem, how) => {
    // Three indices: the error of the limit is that of quasi-Monte-Carlo.
    const options = { width: 240, time: 0.02, step: 0.005, record: [0.01, 0.02], tolerance: 1e-5, ...how };
    const gap = await linearisedGap(engine, problem, options);
    expect(gap.relativeError[1]).toBeLessThan(5e-3);
    expect(gap.predicted.meanDelta[1]).toBeGreaterThan(0);
  });
});

describe("gapBounds", () => {
  test("Volterra's lies above the linearised gap, Gronwall's far above, with the weights of all teachers", async () => {
    const problem = problems.He4_orth({ d: 16 });
    const options = { width: 128, time: 2, record: 17, dynamics: "flow", step: 0.1, tolerance: 1e-5 } as const;
    const bounds = await gapBounds(engine, problem, options);
    expect(bounds.volterra.holds && bounds.gronwall.holds).toBe(true);
    expect(bounds.volterra.looseness[16]).toBeLessThan(4);
    expect(bounds.gronwall.bound[16]).toBeGreaterThan(1e6 * bounds.volterra.bound[16]);
    // 4 teachers of weight 1/4: phi'(1) + phi''(1) = q'(1) + q''(1) = 4 + 12.
    expect(bounds.lipschitz).toBe(48);
    const others = multiIndex({
      d: 16,
      activation: problem.activation,
      link: problem.link,
      teachers: TWO,
      weights: [2, -3],
    });
    expect((await gapBounds(engine, others, { ...options, time: 0, record: [0] })).lipschitz).toBe(5 * 16 + 32);
  });

  const cases = fc.record({
    d: fc.integer({ min: 2, max: 6 }),
    indices: fc.integer({ min: 1, max: 3 }),
    count: fc.integer({ min: 1, max: 4 }),
    width: fc.integer({ min: 1, max: 10 }),
    activation: fc.array(fc.double({ min: -0.8, max: 0.8, noNaN: true }), { minLength: 1, maxLength: 5 }),
    link: fc.array(fc.double({ min: -0.8, max: 0.8, noNaN: true }), { minLength: 1, maxLength: 5 }),
    seed: fc.integer({ min: 0, max: 1000 }),
    flow: fc.boolean(),
  });

  test("both lie above the linearised gap at every time, whatever the teachers", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ d, indices, count, width, activation, link, seed, flow }) => {
        const problem = multiIndex({
          d,
          activation: hermite(activation),
          link: hermite(link),
          teachers: { random: count, dimension: Math.min(d, indices), seed },
          weights: Array.from({ length: count }, (_, r) => (r % 2 === 0 ? 1 : -1) / count),
        });
        const dynamics = flow ? "flow" : "pgd";
        const options = { width, seed, time: 0.8, record: 17, step: 0.05, tolerance: 1e-3, dynamics } as const;
        const bounds = await gapBounds(engine, problem, options);
        expect(notFinite(JSON.parse(JSON.stringify(bounds)))).toEqual([]);
        // Volterra's is one up to quadrature: of the order of the square of an interval, and that of a step of PGD.
        bounds.linearised.forEach((x, k) => {
          expect(bounds.volterra.bound[k] * 1.02 + 1e-15).toBeGreaterThanOrEqual(x);
          expect(bounds.gronwall.bound[k] * 1.02 + 1e-15).toBeGreaterThanOrEqual(x);
        });
      }),
      { numRuns: 25, seed: 11 },
    );
  });
});

describe("all of it", () => {
  const problem = problems.He4_orth({ d: 5 });
  const options = { width: 13, time: 0.6, step: 0.1, record: 4, tolerance: 1e-4 };

  test("both builds give the same bits", async () => {
    using scalar = await createEngine({ backend: "scalar" });
    const all = async (which: Engine) => {
      const { average, factors } = await stability(which, problem, options);
      const results = [await gapBounds(which, problem, options), await linearisedGap(which, problem, options)];
      return JSON.stringify([results, average.map((row) => [...row]), [...factors(3, 0).plane]]).replace(
        /"backend":"\w+"/g,
        "",
      );
    };
    expect(await all(scalar)).toBe(await all(engine));
  });

  test("gapReport puts it beside a measurement; limit constants are of a single index", async () => {
    const { width, ...others } = options;
    const report = await gapReport(engine, problem, { ...others, widths: [8, width], seeds: 2 });
    expect(report.theory?.constants).toBeNull();
    expect(report.theory?.networks.map(({ m }) => m)).toEqual([8, 13]);
    expect(report.theory?.networks[1].bounds?.volterra.holds).toBe(true);
  });

  test("particles in the span stay there, and nothing is stretched across", async () => {
    const initial = Float64Array.of(1, 0, 0, 0, 0, 0.6, 0.8, 0, 0, 0, 0, 0, 1, 0, 0);
    const gap = await linearisedGap(engine, problem, { ...options, width: undefined, initial });
    expect(gap.status).toBe("completed");
    expect([...gap.predictedDelta()].every(Number.isFinite)).toBe(true);
    const { factors } = await stability(engine, problem, { ...options, width: undefined, initial });
    const { plane, across } = factors(3, 0);
    for (const i of [0, 1]) {
      expect(across[i]).toBe(plane[9 * i + 8]);
      expect(across[i]).toBeGreaterThan(0);
      expect(plane[9 * i + 2]).toBeCloseTo(0, 9);
    }
  });

  test("an abort ends it, and memory is refused beforehand", async () => {
    for (const compute of [linearisedGap, gapBounds, stability]) {
      const { status, time } = await compute(engine, problem as Problem, { ...options, signal: AbortSignal.abort() });
      expect([status, time.length]).toEqual(["aborted", 0]);
    }
    const controller = new AbortController();
    let calls = 0;
    const gap = await linearisedGap(engine, problem, {
      ...options,
      width: 512,
      time: 20,
      signal: controller.signal,
      onProgress({ done, total }) {
        expect(done).toBeLessThanOrEqual(total);
        if (++calls === 8) controller.abort();
      },
    });
    expect(gap.status).toBe("aborted");
    expect(engine.arena.bytesInUse).toBe(0);
    using tiny = await createEngine({ memoryLimitBytes: 1024 * 1024 });
    for (const compute of [linearisedGap, gapBounds, stability])
      await expect(compute(tiny, problem as Problem, { ...options, width: 20_000 })).rejects.toThrow(
        "memoryLimitBytes must be at least",
      );
    expect(tiny.arena.bytesInUse).toBe(0);
  });

  test.each<[string, Problem]>([
    ["ReLU", multiIndex({ d: 4, activation: relu(), teachers: TWO })],
    [
      "too many monomials",
      multiIndex({ d: 60, activation: hermite({ 8: 1 }), teachers: { random: 60, dimension: 60 } }),
    ],
  ])("%s is refused by all three", async (_, refused) => {
    for (const compute of [linearisedGap, gapBounds, stability])
      await expect(compute(engine, refused, options)).rejects.toThrow(
        "problem must be a single- or multi-index problem with second-layer signs of +1",
      );
  });
});
