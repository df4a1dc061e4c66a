// convergenceTime and lossDecay against closed forms and a plain integrator, and the exponents of theory.

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { MemoryRefusal } from "../../src/engine/arena.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { convergenceTime } from "../../src/experiment/scaling/convergence-time.ts";
import { expectedTime, expectedTimeLaw } from "../../src/experiment/scaling/expected.ts";
import { lossDecay } from "../../src/experiment/scaling/loss-decay.ts";
import type { Crossing } from "../../src/limit/crossing.ts";
import { Law } from "../../src/limit/law.ts";
import { meanFieldLimit } from "../../src/limit/mean-field-limit.ts";
import { hermite } from "../../src/problem/activation.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { problems } from "../../src/problem/zoo.ts";
import { cubicCrossing, quadraticAtThree } from "../support/plain-crossing.ts";
import { served } from "./pool-fixtures.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const h = (k: number) => hermite({ [k]: 1 });

describe("convergenceTime", () => {
  test.each([0.5, 0.9, 0.01])(
    "of h_2 at d = 3 is that of the closed form, and so is the integral: share %d",
    async (share) => {
      const report = await convergenceTime(engine, h(2), { dimensions: [3], share, tolerance: 1e-9 });
      const [point] = report.series[0].points;
      const start = quadraticAtThree.risk(0);
      const s = quadraticAtThree.solve((at) => share * start - quadraticAtThree.risk(at));
      const T = quadraticAtThree.time(s);
      expect(Math.abs(point.y - T)).toBeLessThan(2e-9 * T);
      const { low, high, rootLossIntegral = 0 } = point;
      expect((high ?? 0) - (low ?? 0)).toBeLessThan(2e-9 * T);
      expect(Math.abs(rootLossIntegral - quadraticAtThree.rootLossIntegral(s))).toBeLessThan(1e-7);
      expect(report.series[0].fit).toBeNull();
    },
  );

  test.each([5, 8])("of h_3 at d = %i is that of plain RK4 on 4000 nodes", async (d) => {
    const report = await convergenceTime(engine, "He3", { dimensions: [d], share: 0.5, tolerance: 1e-8 });
    const [{ y, low, high }] = report.series[0].points;
    expect(Math.abs(y - cubicCrossing(d, 0.5))).toBeLessThan(1e-6 * y);
    expect(low).toBeLessThan(y);
    expect(high).toBeGreaterThan(y);
  });

  test("has an error that holds: a coarse time against a fine one", async () => {
    const at = async (tolerance: number) =>
      (await convergenceTime(engine, h(4), { dimensions: [64], tolerance })).series[0].points[0];
    const [coarse, fine] = [await at(1e-2), await at(1e-10)];
    expect(Math.abs(coarse.y - fine.y)).toBeLessThanOrEqual((coarse.high ?? 0) - coarse.y);
  });

  test("grows as theory says: log d, d^(1/2), d", async () => {
    const { series, status } = await convergenceTime(engine, [h(2), h(3), h(4)], {
      dimensions: [100, 316, 1000],
      workers: 0,
    });
    expect(status).toBe("completed");
    const [two, three, four] = series.map(({ fit }) => fit);
    expect(two).toMatchObject({ law: "logarithm", expected: 0.25, holds: true });
    expect(Math.abs((two?.slope ?? 0) - 0.25)).toBeLessThan(0.002);
    expect(three).toMatchObject({ law: "power", expected: 0.5, holds: true });
    expect(Math.abs((three?.slope ?? 0) - 0.5)).toBeLessThan(0.02);
    expect(four).toMatchObject({ law: "power", expected: 1, holds: true });
    expect(Math.abs((four?.slope ?? 0) - 1)).toBeLessThan(0.03);
    expect(series.map(({ name }) => name)).toEqual(["h_2", "h_3", "h_4"]);
  }, 30_000);

  test("is shorter by the square of a factor of activation and target", async () => {
    const [one, twice] = (
      await convergenceTime(engine, [h(3), hermite({ 3: 2 })], { dimensions: [20], tolerance: 1e-9 })
    ).series;
    expect(twice.points[0].y).toBeCloseTo(one.points[0].y / 4, 7);
    expect(twice.name).toBe("custom (k* = 3)");
  });

  test("finds no quarter of the risk where half of the particles stay on the equator", async () => {
    const { series } = await convergenceTime(engine, h(3), { dimensions: [30], share: 0.2, horizon: 60 });
    expect(series[0].points).toEqual([]);
    expect(series[0].missing[0].reason).toMatch(/^the risk was still 0\.2\d+ of its start at flow time 60$/);
    expect(series[0].fit).toBeNull();
    // The same share of a start that is four times as large, four times as fast.
    const twice = await convergenceTime(engine, hermite({ 3: 2 }), { dimensions: [30], share: 0.2, horizon: 15 });
    expect(twice.series[0].missing[0].reason).toBe(series[0].missing[0].reason.replace("60", "15"));
  });

  test("leaves out dimensions whose time lies beyond the horizon", async () => {
    const { series } = await convergenceTime(engine, h(6), { dimensions: [8, 1000], horizon: 100 });
    expect(series[0].points.map(({ x }) => x)).toEqual([8]);
    expect(series[0].missing).toEqual([{ x: 1000, reason: "the expected time lies beyond the horizon of 100" }]);
  });

  test("takes problems of two directions", async () => {
    const { series } = await convergenceTime(engine, "He4_orth", { dimensions: [8], tolerance: 0.1, workers: 0 });
    const { time, loss } = await meanFieldLimit(engine, problems.He4_orth({ d: 8 }), {
      time: 2,
      dynamics: "flow",
      record: 201,
      tolerance: 1e-4,
      workers: 0,
    });
    const after = time[loss.findIndex((value) => value < loss[0] / 2)];
    const [{ y }] = series[0].points;
    expect(y).toBeGreaterThan(after - 0.0101);
    expect(y).toBeLessThan(after + 0.0001);
  }, 30_000);

  test("keeps what was found when it is aborted", async () => {
    const controller = new AbortController();
    const report = await convergenceTime(engine, h(4), {
      dimensions: [4, 8, 20000],
      workers: 0,
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        if (done > 0.02 * total) controller.abort();
      },
    });
    expect(report.status).toBe("aborted");
    expect(report.series[0].points.map(({ x }) => x)).toEqual([4, 8]);
    expect(report.series[0].missing).toEqual([{ x: 20000, reason: "not computed" }]);
  });

  test("says which dimension could not be computed, and why", async () => {
    const refused = () => Promise.reject(new MemoryRefusal("there is none"));
    const workers = () => served({ crossing: refused });
    const report = await convergenceTime(engine, h(4), { dimensions: [4, 8], workers });
    expect(report).toMatchObject({ status: "failed", divergence: null, series: [{ points: [], fit: null }] });
    expect(report.failure).toMatch(
      /^the convergence time of h_4 at d = [48] could not be computed: .*was refused memory: there is none/,
    );
    expect(report.series[0].missing).toEqual([4, 8].map((x) => ({ x, reason: "not computed" })));
    const { failure, ...whole } = await convergenceTime(engine, h(4), { dimensions: [8], workers: 0 });
    expect([failure, whole.status]).toEqual([undefined, "completed"]);
  });

  test("keeps what was found beside a limit that diverged", async () => {
    const crossing = async (_: string, payload: unknown): Promise<{ value: Crossing }> => {
      const { d } = (payload as { problem: { d: number } }).problem;
      const [time, integral] = [
        { value: d / 2, error: 0.25 },
        { value: 3, error: 0.5 },
      ];
      const divergence = d === 8 ? { step: 5, time: 0.5 } : null;
      return { value: { time, rootLossIntegral: integral, startLoss: 1, loss: 0.5, nodes: 9, steps: 9, divergence } };
    };
    const report = await convergenceTime(engine, h(4), { dimensions: [4, 8], workers: () => served({ crossing }) });
    expect(report.status).toBe("diverged");
    expect(report.divergence).toEqual({ where: "limit", m: null, replica: null, step: 5, time: 0.5 });
    expect(report.series[0].missing).toContainEqual({ x: 8, reason: "not computed" });
    // Both are computed at once, and which is finished first is open.
    for (const point of report.series[0].points)
      expect(point).toEqual({ x: 4, y: 2, low: 1.75, high: 2.25, rootLossIntegral: 3, rootLossIntegralError: 0.5 });
  });

  test.each([
    [h(4), {}, TypeError, "dimensions must be a list"],
    [h(4), { dimensions: [] }, RangeError, "at least one dimension"],
    [h(4), { dimensions: [4, 4] }, RangeError, "dimensions[1] must be above dimensions[0] = 4"],
    [h(4), { dimensions: [1] }, RangeError, "dimensions[0]"],
    [h(4), { dimensions: [4], share: 1 }, RangeError, "share must be below 1"],
    [h(4), { dimensions: [4], share: 0 }, RangeError, "share must be"],
    [h(4), { dimensions: [4], tolerance: 0 }, RangeError, "tolerance must be"],
    [h(4), { dimensions: [4], tolerance: 0.2 }, RangeError, "tolerance must be"],
    [h(4), { dimensions: [4], horizon: 0 }, RangeError, "horizon must be a finite number above 0"],
    [h(4), { dimensions: [4], workers: "two" }, RangeError, "workers must be"],
    [h(4), { dimensions: [4], time: 3 }, TypeError, 'no option "time"'],
    ["He5", { dimensions: [4] }, RangeError, "families must be a function of d, the name of a problem"],
    [3, { dimensions: [4] }, TypeError, "families must be a function of d"],
    [[], { dimensions: [4] }, RangeError, "at least one family"],
    ["XOR_2", { dimensions: [4] }, RangeError, "problem must be a single- or multi-index problem"],
    [() => problems.He4({ d: 5 }), { dimensions: [4] }, RangeError, "whose problem for d = 4 has that dimension"],
  ])("refuses %j with %j", async (family, options, kind, sentence) => {
    const call = convergenceTime(engine, family as never, options as never);
    await expect(call).rejects.toThrow(kind);
    await expect(call).rejects.toThrow(sentence);
  });
});

describe("what theory expects of times", () => {
  const single = (d: number, k: number, activation: number, link: number) =>
    singleIndex({ d, activation: hermite({ [k]: activation }), link: hermite({ [k]: link }) });

  test.each([
    ["k* = 1", singleIndex({ d: 8, activation: h(1) }), "power", 0],
    ["k* = 2, of the rate b c = 1", singleIndex({ d: 8, activation: h(2) }), "logarithm", 1 / 4],
    ["k* = 2, of the rate |b c| = 6", single(8, 2, 2, -3), "logarithm", 1 / 24],
    ["k* = 3", problems.He3({ d: 8 }), "power", 1 / 2],
    ["k* = 4, whatever the rate", single(8, 4, 2, 3), "power", 1],
    ["several teachers", problems.He4_orth({ d: 8 }), "power", 1],
    ["k* = 2 of several teachers, whose rates are not one", problems.XOR_2({ d: 8 }), "logarithm", null],
    ["no k*", singleIndex({ d: 8, activation: h(4), link: h(3) }), "power", null],
  ] as const)("%s: a law and its slope", (_, problem, law, expected) => {
    expect(expectedTimeLaw(problem)).toEqual({ law, expected });
  });

  test("are right in their order of magnitude, and shorter by the square of a factor", async () => {
    const ratio = async (k: number, factor: number) => {
      const family = (d: number) => single(d, k, factor, factor);
      const options = { dimensions: [40], tolerance: 1e-8, workers: 0 };
      const [{ y }] = (await convergenceTime(engine, family, options)).series[0].points;
      return y / expectedTime(engine.kernels, family(40));
    };
    for (const k of [2, 3, 4]) {
      const one = await ratio(k, 1);
      expect(one).toBeGreaterThan(0.4);
      expect(one).toBeLessThan(0.8);
      expect(await ratio(k, 3)).toBeCloseTo(one, 8);
    }
    expect(await ratio(1, 1)).toBeGreaterThan(0.05);
    expect(await ratio(1, 1)).toBeLessThan(1);
  });
});

describe("lossDecay", () => {
  test("of h_2 at d = 3 is that of the closed form: risk, integral, and the exponent -2", async () => {
    const problem = singleIndex({ d: 3, activation: h(2) });
    const { series, status } = await lossDecay(engine, problem, { time: 1000, from: 1 });
    expect(status).toBe("completed");
    const [{ points, fit }] = series;
    expect(points.length).toBe(17);
    for (const { x, y, low, high, rootLossIntegral = 0 } of points) {
      const s = quadraticAtThree.solve((at) => quadraticAtThree.time(at) - x, 1e-6, 5);
      expect(Math.abs(y / quadraticAtThree.risk(s) - 1)).toBeLessThan(1e-3);
      expect(Math.abs(rootLossIntegral - quadraticAtThree.rootLossIntegral(s))).toBeLessThan(1e-3);
      expect(low).toBeLessThanOrEqual(y);
      expect(high).toBeGreaterThanOrEqual(y);
    }
    expect(fit?.expected).toBe(-2);
    expect(Math.abs((fit?.localSlopes.at(-1) ?? 0) + 2)).toBeLessThan(0.1);
  });

  test("has the exponent -2/(k* - 1) of k* = 4 where d is large", async () => {
    const { series } = await lossDecay(engine, problems.He4({ d: 300 }), { time: 600, from: 100 });
    expect(series[0].fit?.expected).toBeCloseTo(-2 / 3, 14);
    expect(Math.abs((series[0].fit?.slope ?? 0) + 2 / 3)).toBeLessThan(0.1);
  }, 30_000);

  test("expects nothing of odd or misspecified targets", async () => {
    for (const problem of [problems.He3({ d: 8 }), problems.He4_small({ d: 8 })]) {
      const { series } = await lossDecay(engine, problem, { time: 2 });
      expect(series[0].fit?.expected).toBeNull();
    }
  });

  test("leaves out a risk of zero, which has no logarithm", async () => {
    // Its square is below what float64 can hold.
    const { series, status } = await lossDecay(engine, singleIndex({ d: 4, activation: hermite({ 1: 1e-170 }) }), {
      time: 4,
      from: 2,
    });
    expect(status).toBe("completed");
    expect(series[0]).toMatchObject({ points: [], fit: null });
    expect(series[0].missing).toHaveLength(17);
    expect(series[0].missing[0]).toEqual({ x: 2, reason: "a risk of zero" });
    expect(series[0].missing[16]).toEqual({ x: 4, reason: "a risk of zero" });
  });

  test("says where it diverged, and keeps what lies before", async () => {
    const { advanceTo } = Law.prototype;
    const spy = vi.spyOn(Law.prototype, "advanceTo").mockImplementation(async function (this: Law, k: number) {
      return k < 5 ? advanceTo.call(this, k) : { step: 7, time: 0.125 };
    });
    try {
      const report = await lossDecay(engine, problems.He4({ d: 8 }), { time: 2 });
      expect(report.status).toBe("diverged");
      expect(report.divergence).toEqual({ where: "limit", m: null, replica: null, step: 7, time: 0.125 });
      spy.mockRestore();
      const whole = await lossDecay(engine, problems.He4({ d: 8 }), { time: 2 });
      expect(whole.divergence).toBeNull();
      expect(report.series[0].points).toHaveLength(5);
      expect(report.series[0].points.map(({ x }) => x)).toEqual(whole.series[0].points.slice(0, 5).map(({ x }) => x));
    } finally {
      spy.mockRestore();
    }
  });

  test("has no points when it is aborted", async () => {
    const report = await lossDecay(engine, problems.He4({ d: 8 }), { time: 10, signal: AbortSignal.abort() });
    expect(report).toMatchObject({ status: "aborted", series: [{ points: [], fit: null }] });
  });

  test.each([
    [{}, TypeError, "time must be"],
    [{ time: 0 }, RangeError, "time must be"],
    [{ time: 2, from: 2 }, RangeError, "from must be below time, 2"],
    [{ time: 2, from: 0 }, RangeError, "from must be a finite number above 0; got 0"],
    [{ time: 2, from: "1" }, TypeError, "from must be"],
    [{ time: 2, tolerance: 0 }, RangeError, "tolerance must be"],
    [{ time: 2, tolerance: 0.2 }, RangeError, "tolerance must be"],
    [{ time: 2, step: 1 }, TypeError, 'no option "step"'],
  ])("refuses %j", async (options, kind, sentence) => {
    const call = lossDecay(engine, problems.He4({ d: 4 }), options as never);
    await expect(call).rejects.toThrow(kind);
    await expect(call).rejects.toThrow(sentence);
  });
});
