// Self-concordance piece by piece: statistics of hand-made particles, the sentence, eigenvalues on paths, and runs that end early.

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { velocity } from "../../src/network/evaluate.ts";
import { hermite } from "../../src/problem/activation.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { problems } from "../../src/problem/zoo.ts";
import { selfConcordance } from "../../src/theory/self-concordance/self-concordance.ts";
import { AT_REST, ConcordanceSeries } from "../../src/theory/self-concordance/statistics.ts";
import { concordanceVerdict } from "../../src/theory/self-concordance/verdict.ts";
import { unitRows } from "../support/arithmetic.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());
afterEach(() => vi.restoreAllMocks());

/** Unless it is told otherwise, every particle moves and has grown. */
function seriesOf(alpha0: number[] | null, snapshots: Record<string, number[]>[]): ConcordanceSeries {
  const n = alpha0?.length ?? Object.values(snapshots[0])[0].length;
  const series = new ConcordanceSeries(
    engine.kernels.log,
    new Float64Array(n).fill(1),
    alpha0 && Float64Array.from(alpha0),
  );
  for (const given of snapshots) {
    const of = (name: string, value: number) => Float64Array.from(given[name] ?? new Array(n).fill(value));
    const aligned = {
      alpha: of("alpha", 0.5),
      rate: of("rate", 1),
      integral: of("integral", 1),
      positiveIntegral: of("positiveIntegral", 1),
    };
    series.push({
      norm: of("norm", 2),
      largest: of("largest", 1),
      speed: of("speed", 1),
      aligned: alpha0 ? aligned : null,
    });
  }
  return series;
}

describe("statistics", () => {
  test("median, 90%, 99% and maximum stand in their places", () => {
    const norm = Array.from({ length: 200 }, (_, i) => ((i * 77) % 200) + 1);
    const { hessianNorm } = seriesOf(null, [{ norm }]).common();
    // quantile(1:200, c(.5, .9, .99), type = 5)
    expect([hessianNorm.median[0], hessianNorm.quantile90[0], hessianNorm.quantile99[0]]).toEqual([
      100.5, 180.5, 198.5,
    ]);
    expect(hessianNorm.maximum[0]).toBe(200);
  });

  test("a maximum may be below 0, and is 0 where nobody is left", () => {
    const series = seriesOf([0.5, 0.5], [{ alpha: [0.25, 0.125], speed: [0, 0] }, { alpha: [-1, -1] }]);
    const { growth, constant } = series.aligned();
    expect(growth.logGrowth.maximum[0]).toBeCloseTo(-Math.log(2), 14);
    expect([growth.logGrowth.maximum[1], growth.integral.median[1]]).toEqual([0, 0]);
    expect([constant.maximum[0], series.common().ratio.median[0]]).toEqual([0, 0]);
    expect([...growth.signChanged]).toEqual([0, 1]);
  });

  test("a particle moves from 1e-12 on", () => {
    const series = seriesOf([0.5, 0.5, 0.5], [{ speed: [AT_REST, AT_REST / 2, 1], rate: [-1, -1, 1] }]);
    expect(series.common().atRest[0]).toBeCloseTo(1 / 3, 14);
    expect(series.aligned().towardsEquator[0]).toBeCloseTo(1 / 3, 14);
    expect(series.common().ratio.maximum[0]).toBe(2 / AT_REST);
  });

  test("on the equator a particle is neither pushed towards it nor across it, and is left out of paths", () => {
    const series = seriesOf([0.5, 0, -0.5], [{ alpha: [0, 0.5, -0.25], rate: [1, 1, 0] }]);
    const { towardsEquator, growth } = series.aligned();
    expect(towardsEquator[0]).toBe(0);
    expect(growth.signChanged[0]).toBe(0);
    expect(growth.logGrowth.median[0]).toBeCloseTo(-Math.log(2), 14);
    expect(growth.logGrowth.maximum[0]).toBe(growth.logGrowth.median[0]);
  });

  test("quotients are of those that have grown, or begin to", () => {
    const { growth } = seriesOf(
      [0.5, 0.5, 0.5, 0.5],
      [
        // Grown; begins; at rest from the start; back where it was.
        {
          alpha: [0.25, 0.5, 0.5, 0.5],
          integral: [3, 0, 0, 7],
          rate: [9, -4, AT_REST / 2, 9],
          norm: [1, 8, 1, 1],
        },
        { alpha: [0.5, 0.5, 0.5, 0.5], integral: [1, 1, 1, 0], rate: [1, 1, 1, AT_REST], norm: [1, 1, 1, 4] },
      ],
    ).aligned();
    // 8 * 0.5 / 4 and 3 / log 2.
    expect([growth.quotient.median[0] * 2, growth.quotient.maximum[0]]).toEqual([1 + 3 / Math.log(2), 3 / Math.log(2)]);
    expect([growth.quotient.median[1], growth.quotient.maximum[1]]).toEqual([2 / AT_REST, 2 / AT_REST]);
  });

  test("amplification is per 1 + log 1/|alpha_0|, of the positive part", () => {
    const { amplification, positiveConstant, constant } = seriesOf(
      [-Math.exp(-2)],
      [{ alpha: [-0.5], positiveIntegral: [6], integral: [9], largest: [-1], norm: [4], speed: [2] }],
    ).aligned();
    expect(amplification.median[0]).toBeCloseTo(2, 14);
    expect([positiveConstant.median[0], constant.median[0]]).toEqual([0, 1]);
  });
});

describe("the verdict", () => {
  const spread = (values: number[]) => {
    const other = new Float64Array(values.length).fill(9e9);
    return { median: other, quantile90: other, quantile99: Float64Array.from(values), maximum: other };
  };
  const verdict = (exponents: number[], constants: number[], bound: number) => {
    const zero = new Float64Array(exponents.length);
    const growth = { integral: spread([]), logGrowth: spread([]), quotient: spread([]), signChanged: zero };
    const series = {
      amplification: spread(exponents),
      positiveConstant: spread(constants),
      towardsEquator: zero,
      growth,
    };
    return concordanceVerdict(
      Float64Array.from(exponents, (_, k) => k / 3),
      series,
      bound,
    );
  };

  test("is no above the bound, and names the first of the worst records", () => {
    expect(verdict([1, 123456, 3, 123456], [1.23456, 1, 0.5, 1.2], 2)).toEqual({
      holds: false,
      exponent: 123456,
      bound: 2,
      worstTime: 1 / 3,
      constant: 1.23456,
      constantTime: 0,
      sentence:
        "Self-concordance fails up to flow time 1: for 1% of the particles deviations may grow by (e/|alpha_0|)^1.23e+5 and more, beyond the allowed power 2; lambda_max(D) |alpha| <= 1.23 |v| for 99% of those that move, at every record; 0% are pushed towards the equator at the end.",
    });
  });

  test("is yes at the bound", () => {
    expect(verdict([2], [1e5], 2)).toMatchObject({ holds: true, exponent: 2, worstTime: 0 });
    expect(verdict([2], [1e5], 2)?.sentence).toContain("<= 1.00e+5 |v|");
    expect(verdict([2], [99999], 2)?.sentence).toContain("<= 100000 |v|");
  });
});

const problem = singleIndex({ d: 4, activation: hermite([0, 0.6, 0.8]) });
const times = { time: 0.2, step: 0.1, record: [0, 0.1, 0.2], tolerance: 1e-4 };

describe("the limit", () => {
  test("eigenvalues are followed once for a start, for all records, and belong to who asks", async () => {
    const found = await selfConcordance(engine, problem, times);
    const reserve = vi.spyOn(engine.arena, "reserve");
    const [first, last] = [found.eigenvaluesAt(0.3, 0), found.eigenvaluesAt(0.3, 2)];
    const calls = reserve.mock.calls.length;
    expect(calls).toBeGreaterThan(0);
    expect(first.alpha).toBe(0.3);
    expect(last.alpha).toBeGreaterThan(0.3);
    last.alpha = 7;
    expect(found.eigenvaluesAt(0.3, 2).alpha).toBeLessThan(1);
    expect(reserve).toHaveBeenCalledTimes(calls);
    // psi = 0.36 + 2 * 0.64 alpha at the start.
    const other = found.eigenvaluesAt(-0.5, 0);
    expect(reserve).toHaveBeenCalledTimes(2 * calls);
    const psi = 0.36 - 0.64;
    expect(other.perpendicular).toBeCloseTo(0.5 * psi, 12);
    expect(other.parallel).toBeCloseTo(0.75 * 1.28 + 0.5 * psi, 12);
    expect(engine.arena.bytesInUse).toBe(0);
    expect(found.settings).toMatchObject({ step: 0.1, dynamics: "pgd", tolerance: 1e-4, bound: 1.5 });
    const flow = await selfConcordance(engine, problem, { ...times, dynamics: "flow", bound: 0.25 });
    expect(flow.settings).toMatchObject({ step: null, dynamics: "flow", bound: 0.25 });
  });

  test("aborted before its first record it has no verdict and no eigenvalues", async () => {
    const found = await selfConcordance(engine, problem, { ...times, signal: AbortSignal.abort() });
    expect(found).toMatchObject({ status: "aborted", divergence: null, verdict: null, errorEstimate: null });
    expect([found.time.length, found.hessianNorm.median.length, found.growth.signChanged.length]).toEqual([0, 0, 0]);
    expect(() => found.eigenvaluesAt(0.5, 0)).toThrow("k must be a record that was reached (none); got 0");
  });

  test("that diverges keeps the records before", async () => {
    const found = await selfConcordance(engine, problem, {
      time: 2e300,
      step: 1e300,
      record: [0, 1e300],
      tolerance: 1,
    });
    expect(found).toMatchObject({ status: "diverged", divergence: { step: 1, time: 1e300 } });
    expect([...found.time]).toEqual([0]);
    expect(found.eigenvaluesAt(0.5, 0).alpha).toBe(0.5);
    expect(() => found.eigenvaluesAt(0.5, 1)).toThrow("k must be an integer from 0 to 0");
  });

  test.each([
    ["signs", { signs: Int8Array.of(1) }],
    ["data", { data: { samples: 8 } }],
    ["seed", { seed: 1 }],
  ])("takes no %s", async (name, more) => {
    await expect(selfConcordance(engine, problem, { ...times, ...more } as never)).rejects.toThrow(
      `${name} must be left out without width or initial: the limit has no network`,
    );
  });

  test("says which problems it takes", async () => {
    await expect(selfConcordance(engine, problems.XOR_2({ d: 4 }), times)).rejects.toThrow(
      "problem must be a single-index problem with second-layer signs of +1 and Hermite series that end, for activation and link; got XOR_2. selfConcordance with width: m looks at a network instead",
    );
    const blind = singleIndex({ d: 4, activation: hermite({ 3: 1 }), link: hermite({ 4: 1 }) });
    await expect(selfConcordance(engine, blind, times)).rejects.toThrow(
      /activation and link of .+ share no Hermite degree of at least 1, so that nothing draws particles to w\*\. selfConcordance with width/,
    );
  });
});

describe("a network", () => {
  const run = { time: 0.2, step: 0.1, record: [0, 0.1, 0.2] };

  test("tells a seed where something was drawn, and signs where there are any", async () => {
    const initial = unitRows(3, 4, 1);
    const settings = async (more: object) =>
      (await selfConcordance(engine, problem, { ...run, seed: 5, ...more })).settings;
    expect(await settings({ width: 3 })).toMatchObject({ width: 3, seed: 5, signed: false, bound: 1.5 });
    expect(await settings({ initial })).toMatchObject({ seed: null, signed: false });
    expect(await settings({ initial, width: 3 })).toMatchObject({ width: 3, seed: null });
    expect(await settings({ initial, data: { samples: 8 } })).toMatchObject({ seed: 5 });
    expect(await settings({ width: 3, signs: Int8Array.of(1, -1, 1) })).toMatchObject({ signed: true });
    const data = { samples: 8 };
    const { settings: signed } = await selfConcordance(engine, problems.XOR_2({ d: 4 }), { ...run, width: 4, data });
    expect(signed).toMatchObject({ signed: true, bound: null });
  });

  test("has the speeds of its particles, also where rows fill their memory", async () => {
    const initial = unitRows(5, 4, 2);
    const found = await selfConcordance(engine, problem, { initial, time: 0 });
    const v = await velocity(engine, problem, initial);
    const speeds = [0, 1, 2, 3, 4].map((i) => Math.hypot(...v.subarray(4 * i, 4 * i + 4)));
    expect(found.speed.maximum[0]).toBeCloseTo(Math.max(...speeds), 13);
    expect(found.speed.median[0]).toBeCloseTo(speeds.sort((a, b) => a - b)[2], 13);
    expect(found).toMatchObject({ schema: "propchaos/self-concordance@1", subject: "network", particles: 5 });
    const limit = await selfConcordance(engine, problem, { time: 0, tolerance: 1 });
    expect(limit).toMatchObject({ schema: "propchaos/self-concordance@1", subject: "limit" });
  });

  test("signs change its Hessians", async () => {
    const options = { ...run, width: 4 };
    const plain = await selfConcordance(engine, problem, options);
    const signed = await selfConcordance(engine, problem, { ...options, signs: Int8Array.of(1, -1, 1, -1) });
    expect(signed.hessianNorm.median[0]).not.toBeCloseTo(plain.hessianNorm.median[0], 3);
  });

  test("aborted before its first record it has no verdict", async () => {
    const found = await selfConcordance(engine, problem, { ...run, width: 3, signal: AbortSignal.abort() });
    expect(found).toMatchObject({ status: "aborted", divergence: null, verdict: null });
    expect(found.constant?.median).toHaveLength(0);
    expect(found.time).toHaveLength(0);
  });

  test("whose step or speed is not finite diverges there", async () => {
    const steps = await selfConcordance(engine, problem, { width: 3, time: 2e300, step: 1e300, record: [0, 2e300] });
    expect(steps).toMatchObject({ status: "diverged", divergence: { step: 1 } });
    expect([...steps.time]).toEqual([0]);
    // D is of the order of 1e200, and so is the speed, whose square is not finite.
    const steep = singleIndex({ d: 4, activation: hermite([0, 0, 1e100]) });
    const found = await selfConcordance(engine, steep, { width: 3, time: 0.2, step: 0.1, record: [0, 0.2] });
    expect(found).toMatchObject({ status: "diverged", divergence: { step: 1, time: 0 } });
    expect(found.time).toHaveLength(0);
    expect(engine.arena.bytesInUse).toBe(0);
  });
});
