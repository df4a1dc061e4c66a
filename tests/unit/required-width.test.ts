// requiredWidth: the widths it tries against the laws that it goes by, its guess against the constants of the limit, its interval,
// and every way to end without a width.

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { MemoryRefusal } from "../../src/engine/arena.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import type { WidthTrial } from "../../src/experiment/scaling/document.ts";
import { type RequiredWidthOptions, requiredWidth } from "../../src/experiment/scaling/required-width.ts";
import { widthScaling } from "../../src/experiment/scaling/width-scaling.ts";
import { Law } from "../../src/limit/law.ts";
import { limitHandlers } from "../../src/limit/task.ts";
import type { Handlers } from "../../src/pool/handlers.ts";
import { hermite } from "../../src/problem/activation.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { problems } from "../../src/problem/zoo.ts";
import { gapLimitConstants } from "../../src/theory/constants/gap-limit-constants.ts";
import { served } from "./pool-fixtures.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 6 });
/** Without an information exponent, so that there are no constants and the search starts at 64; its risk never is half of its start. */
const BLIND = singleIndex({ d: 4, activation: hermite({ 4: 1 }), link: hermite({ 3: 1 }) });
const SHORT = { time: 0.3, seeds: 2, workers: 0 };

describe("the widths that are tried", () => {
  test("go up as 1 / m with a tenth more, four times at most, and then to where the line meets the gap", async () => {
    const gap = 0.002;
    const { trials, width } = await requiredWidth(engine, BLIND, { ...SHORT, gap, resolution: 0.1 });
    const [first, second, third, found, above] = trials;
    expect(trials).toHaveLength(5);
    expect(first.gap).toBeGreaterThan(4 * gap);
    expect([first.m, second.m]).toEqual([64, 256]);
    expect(above.m).toBe(Math.ceil(1.1 * 256 * (second.gap / gap)));
    const onLine = (low: WidthTrial, high: WidthTrial) =>
      Math.round(low.m * (high.m / low.m) ** (Math.log(low.gap / gap) / Math.log(low.gap / high.gap)));
    expect(third.m).toBe(onLine(second, above));
    expect(found.m).toBe(onLine(third, above));
    expect(width).toBe(found.m);
  });

  test("go down as 1 / m^2 where the gap is E|Delta|, to a quarter at least", async () => {
    const gap = 0.05;
    const options = { ...SHORT, gap, statistic: "meanDelta" as const };
    const { trials, width } = await requiredWidth(engine, BLIND, options);
    const [low, below, found, second, first] = trials;
    expect(trials).toHaveLength(5);
    expect([first.m, second.m]).toEqual([64, 16]);
    expect(low.m).toBe(Math.floor((16 * (second.gap / gap) ** 2) / 1.1));
    const share = Math.log(low.gap / gap) / Math.log(low.gap / second.gap);
    expect(found.m).toBe(Math.round(low.m * (second.m / low.m) ** share));
    // Neighbours at last.
    expect([below.m, width]).toEqual([found.m - 1, found.m]);
  });

  test("start at the limit constant over the gap, and stay away from the ends of a bracket", async () => {
    const gap = 0.01;
    const found = await requiredWidth(engine, He4, { ...SHORT, gap, resolution: 0.1 });
    const constants = await gapLimitConstants(engine, He4, { time: 0.3, record: [0.3] });
    expect(found.guess).toBe(Math.ceil(constants.mTimesFunctionGap[0] / gap));
    const [low, high, above] = found.trials;
    expect(found.trials).toHaveLength(3);
    expect(low.m).toBe(found.guess);
    expect(above.m).toBe(Math.ceil(1.1 * low.m * (low.gap / gap)));
    // The line meets the gap nearer to the lower end than 0.15 of the logarithm.
    expect(Math.log(low.gap / gap) / Math.log(low.gap / above.gap)).toBeLessThan(0.12);
    expect(high.m).toBe(Math.round(low.m * (above.m / low.m) ** 0.15));
    expect(found.width).toBe(high.m);
    const ofDelta = await requiredWidth(engine, He4, { ...SHORT, gap: 0.02, statistic: "meanDelta", largestWidth: 9 });
    expect(ofDelta.guess).toBe(Math.ceil(constants.mTimesMeanSquaredDelta[0] / 0.02 ** 2));
    expect(ofDelta.trials.map(({ m }) => m)).toEqual([9]);
  });
});

test.each([
  ["functionGap", 0.01, 1],
  ["meanDelta", 0.05, 2],
] as const)("the interval of %s is that of the mean gap, carried over by its law", async (statistic, gap, power) => {
  const { width, low, high, trials } = await requiredWidth(engine, BLIND, { ...SHORT, seeds: 6, statistic, gap });
  const m = width ?? 0;
  const at = trials.find((trial) => trial.m === width);
  expect(low).toBeCloseTo(m * Math.max(0, (at?.low ?? 0) / (at?.gap ?? 1)) ** power, 8);
  expect(high).toBeCloseTo(m * ((at?.high ?? 0) / (at?.gap ?? 1)) ** power, 8);
  expect(high).toBeGreaterThan(m);
  const alone = await requiredWidth(engine, BLIND, { ...SHORT, seeds: 1, statistic, gap });
  expect([alone.width !== null, alone.low, alone.high]).toEqual([true, null, null]);
});

test("the slope of two widths has the errors of both, and with one seed none", async () => {
  const blind = (d: number) => singleIndex({ d, activation: hermite({ 4: 1 }), link: hermite({ 3: 1 }) });
  const options = { ...SHORT, gap: 0.02, dimensions: [3, 6], resolution: 0.1 };
  const [{ points, fit, name, problem }] = (await widthScaling(engine, blind, { ...options, seeds: 6 })).series;
  expect([name, problem]).toEqual(["custom (k* = none)", blind(3)]);
  expect(fit?.slope).toBeCloseTo(Math.log(points[1].y / points[0].y) / Math.log(2), 12);
  // Half the length of each interval in log m, as squares.
  const squares = points.map(({ low, high }) => (Math.log((high ?? 0) / (low ?? 0)) / 2) ** 2);
  const error = Math.sqrt(squares[0] + squares[1]) / Math.log(2);
  expect((fit?.high ?? 0) - (fit?.slope ?? 0)).toBeCloseTo(error, 8);
  expect((fit?.slope ?? 0) - (fit?.low ?? 0)).toBeCloseTo(error, 8);
  const [alone] = (await widthScaling(engine, blind, { ...options, seeds: 1 })).series;
  expect(alone.fit).toMatchObject({ low: null, high: null, holds: null, expected: null });
  expect(alone.points.map(({ low, time }) => [low, time])).toEqual([
    [null, 0.3],
    [null, 0.3],
  ]);
});

describe("a search that ends without a width", () => {
  const refused = () => Promise.reject(new MemoryRefusal("there is none"));
  const handlers: Handlers<string> = {
    limit: (_, payload, context, work, tell) => limitHandlers.limit(engine, payload, context, work, tell),
    network: refused,
  };
  const failing: RequiredWidthOptions = { ...SHORT, gap: 0.1, workers: () => served(handlers) };

  test("because a network could not be computed says so", async () => {
    const found = await requiredWidth(engine, He4, failing);
    expect(found).toMatchObject({ status: "failed", width: null, trials: [], reason: null, divergence: null });
    expect(found.failure).toMatch(/^the network of width \d+, replica \d could not be computed: .*there is none/);
    const report = await widthScaling(engine, "He4", { ...failing, dimensions: [4, 6] });
    expect(report.status).toBe("failed");
    expect(report.failure).toMatch(/^the network of width \d+, replica \d could not be computed/);
    expect(report.series[0]).toMatchObject({
      points: [],
      fit: null,
      missing: [
        { x: 4, reason: "not computed" },
        { x: 6, reason: "not computed" },
      ],
    });
  });

  test("because the risk never is half of its start says so, as a point of a series too", async () => {
    const reason = "the risk of the limit does not fall to half of its start before flow time 400";
    const found = await requiredWidth(engine, BLIND, { gap: 0.1, workers: 0 });
    expect(found).toMatchObject({ status: "completed", width: null, time: null, guess: null, trials: [], reason });
    const { series } = await widthScaling(engine, () => BLIND, { gap: 0.1, workers: 0, dimensions: [4] });
    expect(series[0]).toMatchObject({ points: [], missing: [{ x: 4, reason }] });
  });

  test("because the gap drowns in the error of the limit says so", async () => {
    // Squares of such coefficients are below what float64 can hold, and nothing moves.
    const still = singleIndex({ d: 4, activation: hermite({ 4: 1e-170 }) });
    const found = await requiredWidth(engine, still, { ...SHORT, gap: 0.1 });
    expect(found).toMatchObject({ status: "completed", width: null, trials: [] });
    expect(found.reason).toMatch(/^the gap at width \d+ is not above the error of the limit$/);
  });

  test("because the limit diverged says where", async () => {
    const spy = vi.spyOn(Law.prototype, "advanceTo").mockResolvedValue({ step: 7, time: 0.125 });
    try {
      const found = await requiredWidth(engine, He4, { gap: 0.1, workers: 0 });
      expect(found).toMatchObject({
        status: "diverged",
        divergence: { where: "limit", m: null, replica: null, step: 7, time: 0.125 },
        time: null,
        reason: null,
      });
    } finally {
      spy.mockRestore();
    }
  });
});
