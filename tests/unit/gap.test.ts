// src/gap: statistics of one network, by hand, at the values where a comparison or a quantile could slip.

import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import { STATISTICS } from "../../src/gap/document.ts";
import { referenceReport } from "../../src/gap/mean-field.ts";
import { summarise } from "../../src/gap/measure.ts";
import { fluctuation, slopes, widthReport } from "../../src/gap/report.ts";
import { emptyProgress } from "../../src/gap/run.ts";

test("a network's statistics by hand; a particle is flipped above 1/2 and not at it", () => {
  const delta = Float64Array.of(0.5, 0, 0.5000001, 0.25);
  const got = summarise(0.75, 0.125, delta);
  expect(Object.keys(got).sort()).toEqual([...STATISTICS].sort());
  expect(got).toMatchObject({
    loss: 0.75,
    functionGap: 0.125,
    flippedShare: 0.25,
    maxDelta: 0.5000001,
    medianDelta: 0.375,
  });
  expect(got.mTimesFunctionGap).toBe(0.5);
  expect(got.mTimesSquaredMeanDelta).toBeCloseTo(4 * 0.312500025 ** 2, 14);
  expect(got.mTimesMeanSquaredDelta).toBeCloseTo(0.25 + 0.5000001 ** 2 + 0.0625, 14);
  expect(got.quantile90Delta).toBeCloseTo(0.5 + 0.7 * 1e-7, 14);
  // What was handed in keeps its order: particle i is particle i.
  expect([...delta]).toEqual([0.5, 0, 0.5000001, 0.25]);
});

test("a width's report is resolved strictly above the error of the limit, record by record", () => {
  const run = [1e-9, 2e-9, 3e-9].map((x) => summarise(1, 10 * x, Float64Array.of(x)));
  const report = widthReport(1, [run], { delta: [2e-9, 2e-9, 2e-9], functionGap: [1e-8, 1e-8, 1e-8] }, null);
  expect(report.resolved).toEqual({ delta: [false, false, true], functionGap: [false, true, true] });
  expect([...report.meanDelta.mean]).toEqual([1e-9, 2e-9, 3e-9]);
  expect([report.m, report.seeds]).toEqual([1, 1]);
});

test("a width's report is the mean over seeds with its standard error, each record for itself", () => {
  const runs = [1, 3].map((x) => [summarise(x, x, Float64Array.of(x / 10)), summarise(2 * x, 0, Float64Array.of(0))]);
  const { loss, meanDelta } = widthReport(1, runs, { delta: [0, 0], functionGap: [0, 0] }, null);
  expect([...loss.mean, ...loss.stderr]).toEqual([2, 4, 1, 2]);
  expect(meanDelta.mean[0]).toBeCloseTo(0.2, 15);
  expect(meanDelta.stderr[1]).toBe(0);
});

test("seeds that are not finished leave holes: a width counts what it has, slopes what every width has", async () => {
  const engine = await createEngine();
  const run = (x: number) => [summarise(x, x, Float64Array.of(x))];
  const errors = { delta: [0], functionGap: [0] };
  const whole = [
    [run(2), run(3)],
    [run(1), run(1.25)],
  ];
  const holes = [
    [run(2), undefined, run(3), run(50)],
    [run(1), run(70), run(1.25), undefined],
  ];
  const report = (runs: typeof holes) => [8, 16].map((m, w) => widthReport(m, runs[w], errors, null));
  expect(report(holes).map(({ seeds, loss }) => [seeds, loss.mean[0]])).toEqual([
    [3, 55 / 3],
    [3, 72.25 / 3],
  ]);
  expect(slopes(engine, 1, report(holes), holes, null)).toEqual(slopes(engine, 1, report(whole), whole, null));
  const apart = [
    [run(2), undefined],
    [undefined, run(1)],
  ];
  expect(slopes(engine, 1, report(apart), apart, null)).toBe(null);
  engine.dispose();
});

test("beside a reference network gaps are corrected by M / (M - m), and what no seed has is left out", () => {
  const runs = [1, 3].map((x) => [{ ...summarise(x, x, Float64Array.of(x, x)), trainError: x }]);
  const report = widthReport(2, runs, { delta: [0], functionGap: [0] }, 8);
  expect(report.corrected?.functionGap).toEqual({ mean: Float64Array.of((2 * 8) / 6), stderr: Float64Array.of(8 / 6) });
  expect(report.corrected?.mTimesMeanSquaredDelta.mean[0]).toBeCloseTo((8 / 6) * 2 * 5, 14);
  expect(report.functionGap.mean[0]).toBe(2);
  expect(report.trainError?.mean[0]).toBe(2);
  expect(report).not.toHaveProperty("testError");
  expect(widthReport(2, runs, { delta: [0], functionGap: [0] }, null)).not.toHaveProperty("corrected");
});

// Gaps of networks against a reference network whose fluctuations fall as 1/m: c (1/m - 1/M) exactly.
const M = 64;
const WIDTHS = [8, 16, 32];
function nested(c: number) {
  return WIDTHS.map((m) => {
    const gap = c * (1 / m - 1 / M);
    return [[summarise(1, gap, new Float64Array(m).fill(Math.sqrt(gap)))]];
  });
}

test("corrected slopes are those of the limit where gaps fall as 1/m, and raw ones are steeper", async () => {
  const engine = await createEngine();
  const runs = nested(0.5);
  const widths = WIDTHS.map((m, w) => widthReport(m, runs[w], { delta: [0], functionGap: [0] }, M));
  const scaling = slopes(engine, 1, widths, runs, M);
  expect(scaling?.corrected?.functionGap?.slope).toBeCloseTo(-1, 12);
  expect(scaling?.corrected?.meanSquaredDelta?.slope).toBeCloseTo(-1, 12);
  expect(scaling?.functionGap?.slope).toBeLessThan(-1.1);
  expect(slopes(engine, 1, widths, runs, null)).not.toHaveProperty("corrected");
  engine.dispose();
});

test("a reference network's own fluctuation is c / M where gaps fall as 1/m, and bounds the error of its risk", () => {
  const runs = nested(0.5);
  for (const statistic of ["functionGap", "meanSquaredDelta"] as const)
    expect(fluctuation(M, WIDTHS, runs, statistic)[0]).toBeCloseTo(0.5 / M, 14);
  const replica = { measurements: [], deltas: [], loss: [0.25], trainError: [2], testError: [], floor: null };
  const networks = { widths: WIDTHS, replicas: 2, seed: 1, rows: null, signs: null, reference: M, distribution: false };
  const references = [
    { ...replica, divergence: null, aborted: false },
    { ...replica, loss: [0.75], trainError: [4], divergence: null, aborted: false },
  ];
  const progress = { ...emptyProgress(networks), references };
  const { document, errors } = referenceReport(progress, M, { widths: WIDTHS, runs });
  expect(document).toMatchObject({ solver: "reference-network", width: M });
  expect([...document.loss, ...(document.trainError ?? [])]).toEqual([0.5, 3]);
  expect(document).not.toHaveProperty("testError");
  const r = Math.sqrt(0.5 / M);
  expect(document.errorEstimate).toBeCloseTo(2 * r * Math.sqrt(0.5) + r * r, 14);
  expect(document.particleErrorEstimate).toBeCloseTo(r, 14);
  expect([errors.delta[0], errors.functionGap[0]]).toEqual(
    [document.particleErrorEstimate, r * r].map((x) => expect.closeTo(x ?? 0, 14)),
  );
});
