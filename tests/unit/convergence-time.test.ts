// convergenceTime and lossDecay against closed forms and a plain integrator, and the exponents of theory.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { convergenceTime } from "../../src/experiment/scaling/convergence-time.ts";
import { lossDecay } from "../../src/experiment/scaling/loss-decay.ts";
import { meanFieldLimit } from "../../src/limit/mean-field-limit.ts";
import { hermite } from "../../src/problem/activation.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { problems } from "../../src/problem/zoo.ts";
import { cubicCrossing, quadraticAtThree } from "../support/plain-crossing.ts";

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

  test.each([
    [h(4), {}, TypeError, "dimensions must be a list"],
    [h(4), { dimensions: [] }, RangeError, "at least one dimension"],
    [h(4), { dimensions: [4, 4] }, RangeError, "dimensions[1] must be above dimensions[0] = 4"],
    [h(4), { dimensions: [1] }, RangeError, "dimensions[0]"],
    [h(4), { dimensions: [4], share: 1 }, RangeError, "share must be below 1"],
    [h(4), { dimensions: [4], share: 0 }, RangeError, "share must be"],
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

  test("has no points when it is aborted", async () => {
    const report = await lossDecay(engine, problems.He4({ d: 8 }), { time: 10, signal: AbortSignal.abort() });
    expect(report).toMatchObject({ status: "aborted", series: [{ points: [], fit: null }] });
  });

  test.each([
    [{}, TypeError, "time must be"],
    [{ time: 0 }, RangeError, "time must be"],
    [{ time: 2, from: 2 }, RangeError, "from must be below time, 2"],
    [{ time: 2, step: 1 }, TypeError, 'no option "step"'],
  ])("refuses %j", async (options, kind, sentence) => {
    const call = lossDecay(engine, problems.He4({ d: 4 }), options as never);
    await expect(call).rejects.toThrow(kind);
    await expect(call).rejects.toThrow(sentence);
  });
});
