// What the tour says of the numbers, compared with runs of exactly its settings.

import { approximationGap, createEngine, type Engine, type GapReport, meanFieldLimit, theoryReport } from "propchaos";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gapOptions, problemOf, theoryOptions } from "../../web/experiment.ts";
import type { Settings } from "../../web/settings.ts";
import { TOUR } from "../../web/tour.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const [limit, gap, equator, exponent, concordance, failure] = TOUR.map(({ settings }) => settings);

/** alpha of all particles of the first network at each record, by width. */
async function gapOf(settings: Settings): Promise<{ report: GapReport; alpha: Map<number, Float64Array[]> }> {
  const { d } = settings;
  const alpha = new Map(settings.widths.map((m): [number, Float64Array[]] => [m, []]));
  const report = await approximationGap(engine, problemOf(settings), {
    ...gapOptions(settings),
    onRecord({ m, replica, k, particles }) {
      const rows = particles();
      const ofWidth = alpha.get(m);
      if (replica === 0 && ofWidth) ofWidth[k] = Float64Array.from({ length: m }, (_, i) => rows[i * d]);
    },
  });
  expect(report.status).toBe("completed");
  return { report, alpha };
}

/** First time at which the risk of the limit is below a share of its start. */
async function timeTo(share: number, settings: Settings): Promise<number> {
  const { time, step, dynamics } = settings;
  const { loss, time: times } = await meanFieldLimit(engine, problemOf(settings), {
    time,
    step,
    dynamics,
    record: 241,
  });
  return times[loss.findIndex((value) => value < share * loss[0])];
}

test("1: the widest network stays closest to the limit, and clusters form at both poles", async () => {
  const { report, alpha } = await gapOf(limit);
  const farthest = report.widths.map(({ loss }) =>
    Math.max(...loss.mean.map((value, k) => Math.abs(value - report.meanField.loss[k]))),
  );
  expect(farthest[2]).toBeLessThan(farthest[0] / 2);
  const end = alpha.get(1024)?.at(-1) ?? new Float64Array();
  for (const sign of [1, -1]) expect(end.filter((a) => sign * a > 0.95).length / 1024).toBeGreaterThan(0.1);
});

test("2: all widths follow the limit constant, and -1 lies in the interval of the power", async () => {
  const { report } = await gapOf(gap);
  const slope = report.scaling?.meanSquaredDelta;
  expect(slope?.low).toBeLessThan(-1);
  expect(slope?.high).toBeGreaterThan(-1);
  const { constants } = await theoryReport(engine, problemOf(gap), { time: 2, record: 5 });
  const middle = constants?.mTimesMeanSquaredDelta[2] ?? Number.NaN;
  for (const { mTimesMeanSquaredDelta } of report.widths) {
    const { mean, stderr } = mTimesMeanSquaredDelta;
    expect(Math.abs(mean[32] - middle)).toBeLessThan(3 * stderr[32]);
  }
});

test("3: neurons leave the equator in the order of their first alpha", async () => {
  const { alpha } = await gapOf(equator);
  const records = alpha.get(256) ?? [];
  expect(records.length).toBe(65);
  const starts = records[0].map(Math.abs);
  const typical = starts.slice().sort()[128] * Math.sqrt(32);
  expect(typical).toBeGreaterThan(0.5);
  expect(typical).toBeLessThan(1);
  const leaving = Array.from(starts, (start, i) => ({ start, k: records.findIndex((a) => Math.abs(a[i]) > 0.5) }))
    .filter(({ k }) => k > 0)
    .sort((a, b) => b.start - a.start);
  expect(leaving.length).toBeGreaterThan(100);
  // Who started a tenth farther away is never later.
  for (const first of leaving)
    for (const other of leaving) if (first.start > 1.1 * other.start) expect(first.k).toBeLessThanOrEqual(other.k);
  expect(leaving.at(-1)?.k).toBeGreaterThan(10 * leaving[0].k);
});

test("4: with k = 6 the first tenth of the risk takes about four times as long as with k = 3", async () => {
  const [six, three] = [await timeTo(0.9, exponent), await timeTo(0.9, { ...exponent, exponent: 3 })];
  expect(six).toBeGreaterThan(3.5);
  expect(six).toBeLessThan(4.5);
  expect(three).toBeGreaterThan(0.75);
  expect(three).toBeLessThan(1.25);
  const [high, low] = [
    await timeTo(0.9, { ...exponent, d: 64 }),
    await timeTo(0.9, { ...exponent, d: 64, exponent: 3 }),
  ];
  expect(high / low).toBeGreaterThan(1.5 * (six / three));
});

test("5: C stays near 3, the prediction on the measured gap, and Gronwall's bound leaves at once", async () => {
  const { selfConcordance, gapEquation } = await theoryReport(
    engine,
    problemOf(concordance),
    theoryOptions(concordance),
  );
  const constant = selfConcordance.limit?.positiveConstant;
  for (const value of constant?.median ?? [Number.NaN]) expect(Math.abs(value - 3)).toBeLessThan(0.15);
  expect(Math.max(...(constant?.quantile90 ?? [Number.NaN]))).toBeLessThan(5);
  expect(gapEquation?.m).toBe(128);
  expect(gapEquation?.relativeError.at(-1)).toBeLessThan(0.1);
  const largest = Math.max(...(gapEquation?.measured.meanDelta ?? []));
  expect(gapEquation?.bounds?.gronwall.bound[4]).toBeGreaterThan(10 * largest);
});

test("6: flipped neurons keep E|Delta|^2 from falling as 1/m, while the risks agree", async () => {
  const { report } = await gapOf(failure);
  expect(report.meanField.solver).toBe("reference-network");
  const ends = report.widths.map(({ mTimesMeanSquaredDelta }) => mTimesMeanSquaredDelta.mean.at(-1) ?? Number.NaN);
  for (let w = 1; w < ends.length; w++) expect(ends[w]).toBeGreaterThan(1.1 * ends[w - 1]);
  expect(report.scaling?.meanSquaredDelta?.low).toBeGreaterThan(-0.9);
  const flipped = report.widths.map(({ flippedShare }) => flippedShare.mean.at(-1) ?? Number.NaN);
  expect(Math.abs(flipped[3] - 0.1)).toBeLessThan(0.03);
  for (let w = 1; w < flipped.length; w++) expect(flipped[w]).toBeLessThan(flipped[w - 1]);
  for (const { loss } of report.widths) {
    expect(Math.abs((loss.mean.at(-1) ?? 0) / (report.meanField.loss.at(-1) ?? 0) - 1)).toBeLessThan(0.02);
  }
});
