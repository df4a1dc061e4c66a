// src/gap: statistics of one network, by hand, at the values where a comparison or a quantile could slip.

import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import { summarise } from "../../src/gap/coupling.ts";
import { STATISTICS } from "../../src/gap/document.ts";
import { slopes, widthReport } from "../../src/gap/report.ts";

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
  const report = widthReport(1, [run], { particle: 2e-9, loss: 1e-8 });
  expect(report.resolved).toEqual({ delta: [false, false, true], functionGap: [false, true, true] });
  expect([...report.meanDelta.mean]).toEqual([1e-9, 2e-9, 3e-9]);
  expect([report.m, report.seeds]).toEqual([1, 1]);
});

test("a width's report is the mean over seeds with its standard error, each record for itself", () => {
  const runs = [1, 3].map((x) => [summarise(x, x, Float64Array.of(x / 10)), summarise(2 * x, 0, Float64Array.of(0))]);
  const { loss, meanDelta } = widthReport(1, runs, { particle: 0, loss: 0 });
  expect([...loss.mean, ...loss.stderr]).toEqual([2, 4, 1, 2]);
  expect(meanDelta.mean[0]).toBeCloseTo(0.2, 15);
  expect(meanDelta.stderr[1]).toBe(0);
});

test("seeds that are not finished leave holes: a width counts what it has, slopes what every width has", async () => {
  const engine = await createEngine();
  const run = (x: number) => [summarise(x, x, Float64Array.of(x))];
  const errors = { particle: 0, loss: 0 };
  const whole = [
    [run(2), run(3)],
    [run(1), run(1.25)],
  ];
  const holes = [
    [run(2), undefined, run(3), run(50)],
    [run(1), run(70), run(1.25), undefined],
  ];
  const report = (runs: typeof holes) => [8, 16].map((m, w) => widthReport(m, runs[w], errors));
  expect(report(holes).map(({ seeds, loss }) => [seeds, loss.mean[0]])).toEqual([
    [3, 55 / 3],
    [3, 72.25 / 3],
  ]);
  expect(slopes(engine, 1, report(holes), holes)).toEqual(slopes(engine, 1, report(whole), whole));
  const apart = [
    [run(2), undefined],
    [undefined, run(1)],
  ];
  expect(slopes(engine, 1, report(apart), apart)).toBe(null);
  engine.dispose();
});
