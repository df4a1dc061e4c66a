// The gap document from what a run has, by hand: what is in it and what is left out, in each kind of run and however it ended.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { version } from "../../src/core/version.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { checkGap, type GapOptions } from "../../src/gap/approximation-gap.ts";
import { gapDocument } from "../../src/gap/assemble.ts";
import { authorsMeanDelta, rowDistances } from "../../src/gap/distance.ts";
import { limitReport, referenceReport } from "../../src/gap/mean-field.ts";
import { type Measurement, measureErrors, summarise } from "../../src/gap/measure.ts";
import { checkListeners } from "../../src/gap/record.ts";
import type { ReferenceRun } from "../../src/gap/reference-run.ts";
import { bootstrapDraws, correction, fluctuation, slopes, widthReport } from "../../src/gap/report.ts";
import { emptyProgress } from "../../src/gap/run.ts";
import { hearRecords, recordTeller } from "../../src/gap/telling.ts";
import type { Network } from "../../src/network/network.ts";
import type { Particles } from "../../src/network/particles.ts";
import type { Problem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 4 });
const XOR = problems.XOR_2({ d: 4 });

/** A network of m particles at so many records, all |Delta| and the function gap as given. */
const run = (m: number, gaps: readonly number[], more: Partial<Measurement> = {}): Measurement[] =>
  gaps.map((gap) => ({ ...summarise(1, gap, new Float64Array(m).fill(gap)), ...more }));

const replica = (loss: number[], more: Partial<ReferenceRun> = {}): ReferenceRun => ({
  ...{ measurements: [], deltas: [], loss, trainError: [], testError: [], floor: null, divergence: null },
  aborted: false,
  ...more,
});

describe("gapDocument", () => {
  const options: GapOptions = { widths: [8, 4], time: 0.4, step: 0.1, record: 3, seeds: 2 };
  const beside = checkGap(He4, { ...options, reference: 32 });
  const floor = {
    m: 4,
    meanSquaredDelta: Float64Array.of(0, 1e-15, 2e-15),
    flippedShare: Float64Array.of(0, 0, 0.5),
  };

  test("of a run that had no time for anything", () => {
    const document = gapDocument(engine, beside, emptyProgress(beside.networks), "aborted");
    expect(JSON.parse(JSON.stringify(document))).toEqual({
      ...{ schema: "propchaos/gap@1", version, backend: engine.backend, status: "aborted", divergence: null },
      ...{ problem: JSON.parse(JSON.stringify(He4)), settings: expect.objectContaining({ reference: 32 }), time: [] },
      meanField: {
        ...{ solver: "reference-network", width: 32, loss: [], errorEstimate: null, particleErrorEstimate: null },
        fluctuation: { meanSquaredDelta: [], functionGap: [] },
      },
      ...{ measuredOn: { loss: "population", functionGap: "population" }, widths: [], scaling: null },
    });
    const limit = checkGap(He4, options);
    expect(gapDocument(engine, limit, emptyProgress(limit.networks), "aborted").meanField).toEqual({
      ...{ solver: "single-index", loss: new Float64Array(), errorEstimate: null, particleErrorEstimate: null },
    });
  });

  test("of a run beside a reference network, with holes", () => {
    const progress = {
      ...emptyProgress(beside.networks),
      workers: { kind: "node" as const, count: 2 },
      references: [undefined, replica([1, 0.5])],
      runs: [
        [undefined, run(8, [0.125, 0.25])],
        [undefined, undefined],
      ],
      floor,
      failure: "no memory",
    };
    const document = gapDocument(engine, beside, progress, "failed");
    expect(document).toMatchObject({ workers: { kind: "node", count: 2 }, status: "failed", failure: "no memory" });
    expect(document.time).toEqual(Float64Array.of(0, 0.2));
    expect(document.widths.map(({ m, seeds, interaction }) => [m, seeds, interaction])).toEqual([[8, 1, "pairs"]]);
    expect(document.widths[0].corrected?.functionGap.mean).toEqual(
      Float64Array.of(0.125, 0.25).map((x) => (x * 32) / 24),
    );
    expect(document.meanField.loss).toEqual(Float64Array.of(1, 0.5));
    // The shadow may have been a record ahead.
    expect(document.precisionFloor).toEqual({
      ...{ m: 4, meanSquaredDelta: Float64Array.of(0, 1e-15), flippedShare: Float64Array.of(0, 0) },
    });
    expect(document.scaling).toBeNull();
    expect((document.toJSON() as { time: number[] }).time).toEqual([0, 0.2]);
  });

  test("of a run against the limit", () => {
    const limit = checkGap(He4, options);
    const progress = {
      ...emptyProgress(limit.networks),
      limit: {
        solution: { loss: [1, 0.5, 0.25] as never, divergence: null },
        errorEstimate: 0.2,
        particleErrorEstimate: 0.1,
      },
      runs: [
        [run(8, [0.05, 0.15, 0.3]), run(8, [0.05, 0.15, 0.3])],
        [run(4, [0.05, 0.15, 0.6]), run(4, [0.05, 0.15, 0.6])],
      ],
    };
    const document = gapDocument(engine, limit, progress, "completed");
    expect(document.widths.map(({ m }) => m)).toEqual([8, 4]);
    // Above an error of 0.1 of the particles and of 0.2 of the function.
    expect(document.widths[0].resolved).toEqual({ delta: [false, true, true], functionGap: [false, false, true] });
    expect(document.scaling?.meanDelta?.slope).toBeCloseTo(-1, 12);
    expect(document.scaling).not.toHaveProperty("corrected");
    expect(document.widths[0]).not.toHaveProperty("corrected");
    for (const name of ["workers", "failure", "precisionFloor"]) expect(document).not.toHaveProperty(name);
  });

  test.each<[Problem, Partial<GapOptions>, string]>([
    [He4, {}, "population"],
    [He4, { data: { samples: 8 } }, "population"],
    [He4, { data: { samples: 8 }, reference: 32 }, "population"],
    [He4, { data: { samples: 8, test: 2 }, pathNorm: 0.1 }, "test"],
    [XOR, { data: { samples: 8, test: 2 } }, "test"],
    [XOR, { data: { samples: 8, test: 0 } }, "train"],
  ])("says what its means are over: %#", (problem, more, on) => {
    const checked = checkGap(problem, { ...options, ...more });
    const { measuredOn } = gapDocument(engine, checked, emptyProgress(checked.networks), "aborted");
    expect(measuredOn).toEqual({ loss: on, functionGap: on });
  });
});

describe("the mean field's part", () => {
  test("of a limit: its loss and errors, which hold at every record", () => {
    const limit = {
      solution: { loss: [1, 2] as never, divergence: null },
      errorEstimate: 0.5,
      particleErrorEstimate: 0.25,
    };
    const progress = { ...emptyProgress(checkGap(He4, { widths: [4], time: 1 }).networks), limit };
    expect(limitReport(progress, "multi-index-panels", 2)).toEqual({
      document: {
        ...{
          solver: "multi-index-panels",
          loss: Float64Array.of(1, 2),
          errorEstimate: 0.5,
          particleErrorEstimate: 0.25,
        },
      },
      errors: { delta: Float64Array.of(0.25, 0.25), functionGap: Float64Array.of(0.5, 0.5) },
    });
    const unknown = { ...progress, limit: { solution: null, errorEstimate: null, particleErrorEstimate: null } };
    expect(limitReport(unknown, "single-index", 1)).toEqual({
      document: { solver: "single-index", loss: new Float64Array(), errorEstimate: null, particleErrorEstimate: null },
      errors: { delta: Float64Array.of(0), functionGap: Float64Array.of(0) },
    });
  });

  test("of a reference network: means over replicas, and the largest of its errors", () => {
    const series = { trainError: [3, 5], testError: [1, 7] };
    const references = [
      undefined,
      replica([0.25, 0], series),
      replica([0.75, -1e-20], { trainError: [5, 7], testError: [3, 1] }),
    ];
    const progress = { ...emptyProgress(checkGap(He4, { widths: [4], time: 1 }).networks), references };
    // Function gaps of 1 and 1/4 at width 4 beside 8: r^2 = gap * 4 / (8 - 4) = the gap itself. |Delta|^2 likewise.
    const runs = [[run(4, [1, 0.25])]];
    const { document, errors } = referenceReport(progress, 8, { widths: [4], runs });
    expect(document).toMatchObject({ solver: "reference-network", width: 8 });
    expect(document.loss).toEqual(Float64Array.of(0.5, -5e-21));
    expect(document.trainError).toEqual(Float64Array.of(4, 6));
    expect(document.testError).toEqual(Float64Array.of(2, 4));
    expect(document.fluctuation).toEqual({
      functionGap: Float64Array.of(1, 0.25),
      meanSquaredDelta: Float64Array.of(1, 0.0625),
    });
    // 2 r sqrt(L) + r^2 at the first record; at the second L counts as 0.
    expect(document.errorEstimate).toBeCloseTo(2 * Math.sqrt(0.5) + 1, 14);
    expect(document.particleErrorEstimate).toBe(1);
    expect(errors).toEqual({ delta: Float64Array.of(1, 0.25), functionGap: Float64Array.of(1, 0.25) });
    const later = referenceReport(progress, 8, { widths: [4], runs: [[run(4, [0, 1])]] }).document;
    expect(later.errorEstimate).toBe(1);
    expect(later.particleErrorEstimate).toBe(1);
  });
});

describe("statistics of a width", () => {
  test("have the errors and the way of their sums where there are any", () => {
    const none = { delta: [0], functionGap: [0] };
    const with2 = [run(2, [0.5], { trainError: 1, testError: 2, authorsMeanDelta: 3 })];
    const report = widthReport(2, with2, none, null, "moments");
    expect(report.interaction).toBe("moments");
    expect([report.trainError, report.testError, report.authorsMeanDelta].map((of) => of?.mean[0])).toEqual([1, 2, 3]);
    const plain = widthReport(2, [run(2, [0.5]), undefined], none, null);
    for (const name of ["interaction", "trainError", "testError", "authorsMeanDelta", "distribution", "corrected"])
      expect(plain).not.toHaveProperty(name);
    // An error that some records lack is none.
    const mixed = [[...run(2, [0.5], { trainError: 1 }), ...run(2, [0.5])]];
    expect(widthReport(2, mixed, { delta: [0, 0], functionGap: [0, 0] }, null)).not.toHaveProperty("trainError");
  });

  test("have the distribution of the last record over all replicas", () => {
    const of = (below: number) => ({
      final: { below, first: 0, counts: [1] },
      maximum: { below: 0, first: 1, counts: [below] },
    });
    const [first, last] = [run(2, [0], { distribution: of(5) }), run(2, [1], { distribution: of(1) })];
    const records = [...first, ...first, ...last];
    const none = { delta: [0, 0, 0], functionGap: [0, 0, 0] };
    expect(widthReport(2, [records, records], none, null).distribution).toEqual({
      final: { below: 2, first: 0, counts: [2] },
      maximum: { below: 0, first: 1, counts: [2] },
    });
  });

  test("have slopes where both gaps are resolved at the last record, each for itself", () => {
    const runs = [[run(4, [9, 1])], [run(8, [9, 0.5])]];
    const slopesOf = (delta: number[], functionGap: number[]) =>
      slopes(
        engine,
        1,
        [4, 8].map((m, w) => widthReport(m, runs[w], { delta, functionGap }, null)),
        runs,
        null,
      );
    expect(slopesOf([0, 0], [0, 0])).toMatchObject({
      meanDelta: { slope: expect.closeTo(-1, 12) },
      meanSquaredDelta: { slope: expect.closeTo(-2, 12) },
      functionGap: { slope: expect.closeTo(-1, 12) },
    });
    // The narrow network alone is above it.
    expect(slopesOf([0, 0.7], [0, 0])).toMatchObject({ meanDelta: null, meanSquaredDelta: null });
    expect(slopesOf([0, 0.7], [0, 0])?.functionGap).not.toBeNull();
    expect(slopesOf([0, 0], [0, 0.7])).toMatchObject({ functionGap: null });
    expect(slopesOf([9, 0], [9, 0])?.meanDelta).not.toBeNull();
    expect(
      slopes(engine, 1, [widthReport(4, runs[0], { delta: [0, 0], functionGap: [0, 0] }, null)], runs, null),
    ).toBeNull();
  });

  test("are resampled 2000 times where there are several seeds", () => {
    expect(bootstrapDraws(engine, 1, 1).length).toBe(0);
    const draws = bootstrapDraws(engine, 1, 2);
    expect(draws.length).toBe(4000);
    expect(bootstrapDraws(engine, 2, 2)).not.toEqual(draws);
    expect(correction(1, 4)).toBeCloseTo(4 / 3, 15);
  });

  test("carry the fluctuation over finished networks", () => {
    expect(fluctuation(8, [4], [[undefined]], "functionGap")).toEqual(new Float64Array());
    // Factors m / (M - m) are 1 and 1/3.
    const runs = [
      [run(4, [1]), undefined],
      [run(2, [6]), run(2, [9])],
    ];
    expect(fluctuation(8, [4, 2], runs, "functionGap")).toEqual(Float64Array.of((1 + 2 + 3) / 3));
    expect(fluctuation(8, [4, 2], runs, "meanSquaredDelta")[0]).toBeCloseTo((1 + 12 + 27) / 3, 13);
  });
});

describe("distances between networks", () => {
  /** Rows with a hole of memory between them. */
  const particles = (rows: number[][], stride: number): Particles => {
    const view = new Float64Array(rows.length * stride).fill(77);
    rows.forEach((row, i) => {
      view.set(row, i * stride);
    });
    return { W: { view }, width: rows.length, dimension: rows[0].length, stride } as unknown as Particles;
  };

  test("are those of the rows that both have", () => {
    const one = particles(
      [
        [1, 2],
        [0, 0],
        [9, 9],
      ],
      3,
    );
    const other = particles(
      [
        [4, 6],
        [0, 2],
      ],
      2,
    );
    expect(rowDistances(one, other)).toEqual(Float64Array.of(5, 2));
    expect(rowDistances(other, one)).toEqual(Float64Array.of(5, 2));
  });

  test("the authors' estimate: the relevant coordinates, and four for all others", () => {
    const zero = (d: number, m = 2) => particles(new Array(m).fill(new Array(d).fill(0)), d);
    // sqrt(9 + 16 + (1 + 4 + 4 + 1)/4 * (10 - 2)/4) = sqrt(30), and 0; the last coordinates are not looked at.
    const ten = particles([[3, 4, 1, 2, 2, 1, 5, 5, 5, 5], new Array(10).fill(0)], 12);
    expect(authorsMeanDelta(ten, zero(10), 2)).toBeCloseTo(Math.sqrt(30) / 2, 14);
    expect(authorsMeanDelta(ten, zero(10, 1), 2)).toBeCloseTo(Math.sqrt(30), 14);
    // Two others, of which both are looked at: their mean times 2 / 2.
    expect(authorsMeanDelta(particles([[3, 1, 3]], 4), zero(3), 1)).toBeCloseTo(Math.sqrt(9 + 5), 14);
    expect(authorsMeanDelta(particles([[3, 4]], 4), zero(2), 2)).toBe(5);
    expect(authorsMeanDelta(particles([[3, 4]], 4), zero(2), 0)).toBeCloseTo(Math.sqrt(12.5), 14);
  });
});

describe("the errors of a network", () => {
  const outputs = Float64Array.of(1, 2);
  const of = (risk: object | null, trainError: number | null, test: object | null) =>
    measureErrors(
      {
        risk: async () => risk,
        trainError: async (steps: number) => trainError && trainError + steps,
        test: async () => test,
      } as unknown as Network,
      { steps: 100 } as never,
      {} as never,
    );

  test("are its risk, or else its error on the test set, or else on the training set", async () => {
    const risk = { loss: 1, energy: 2 };
    expect(await of(risk, null, null)).toEqual({ loss: 1, energy: 2, extra: {}, outputs: null });
    expect(await of(risk, 3, { error: 4, outputs })).toEqual({
      ...{ loss: 1, energy: 2, extra: { trainError: 103, testError: 4 }, outputs },
    });
    expect(await of(null, 3, { error: 4, outputs })).toMatchObject({ loss: 4, energy: null });
    expect(await of(null, 3, null)).toEqual({ loss: 103, energy: null, extra: { trainError: 103 }, outputs: null });
    expect((await of(null, null, null)).loss).toBeNaN();
    // An error of 0 is one.
    expect(await of({ loss: 0, energy: 0 }, 0, { error: 0, outputs })).toMatchObject({
      ...{ loss: 0, energy: 0, extra: { trainError: 0, testError: 0 } },
    });
  });
});

describe("a record on its way", () => {
  const told = { m: 2, k: 1, meanFieldLoss: 0.5, measurement: run(2, [0.25])[0], delta: Float64Array.of(1, 2) };
  const particles = Float64Array.of(3, 4);

  test("is told where somebody listens, and its numbers are handed over", async () => {
    const sent: unknown[] = [];
    const tell = async (...message: unknown[]) => void sent.push(message);
    expect(recordTeller(false, tell)).toBeNull();
    await recordTeller(true, tell)?.({ ...told, particles });
    expect(sent).toEqual([[{ ...told, particles }, [told.delta.buffer, particles.buffer]]]);
  });

  test("is heard with its time, its replica and particles of its own", () => {
    expect(hearRecords(checkListeners({}), 0, [0, 1])).toBeUndefined();
    const heard: Record<string, unknown>[] = [];
    const answer = Promise.resolve();
    const onRecord = (record: object) => {
      heard.push(record as Record<string, unknown>);
      return answer;
    };
    const hear = hearRecords(checkListeners({ onRecord }), 3, [0, 0.75]);
    expect(hear?.({ ...told, particles })).toBe(answer);
    const { particles: copy, ...rest } = heard[0] as { particles(): Float64Array };
    const { measurement, ...others } = told;
    expect(rest).toEqual({ ...others, ...measurement, replica: 3, time: 0.75 });
    expect(copy()).toEqual(particles);
    expect(copy()).not.toBe(particles);
  });

  test("is told to functions only", () => {
    expect(() => checkListeners({ onRecord: 1 as never })).toThrow("onRecord must be a function; got 1");
    expect(() => checkListeners({ onLimit: "x" as never })).toThrow('onLimit must be a function; got "x"');
    const listeners = { onRecord: () => {}, onLimit: () => {} };
    expect(checkListeners(listeners)).toEqual(listeners);
  });
});
