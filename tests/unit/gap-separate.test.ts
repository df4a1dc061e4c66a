// The three gaps: statistics of replicas by hand, and which network of a replica is said to have diverged.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Run } from "../../src/core/run.ts";
import { version } from "../../src/core/version.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { separateGaps } from "../../src/gap/separate.ts";
import { checkSeparate } from "../../src/gap/separate-check.ts";
import { gapsOf } from "../../src/gap/separate-report.ts";
import { SeparateReplica, type SeparateRun } from "../../src/gap/separate-run.ts";
import { checkTraining } from "../../src/network/training.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 5 });
const { context } = checkSeparate(He4, { widths: [4, 8], samples: [8, 32], reference: 16, time: 0.1, step: 0.1 });

/** Two records: 7 and 9 of everything, and what is given; the function gap is twice |Delta|^2. */
const series = (last: number) => [
  { meanSquaredDelta: 7, functionGap: 9 },
  { meanSquaredDelta: last, functionGap: 2 * last },
];

/** Gaps that fall as 1/m - 1/M, as 1/n, and as given: times a factor that replicas differ in. */
const replica = (factor: number): SeparateRun => ({
  width: [8, 32].map((n) => [4, 8].map((m) => series((factor * n * (1 / m - 1 / 16)) / 8))),
  sample: [8, 32].map((n) => [4, 8].map((m) => series((factor * m) / n))),
  discretisation: [4, 8].map((m) => series(factor * m)),
  divergence: null,
});

describe("statistics of the three gaps", () => {
  const ofTwo = () => gapsOf(engine, context, [replica(1), replica(3)]);

  test("are means and errors over replicas, of every n and, for each, every m", () => {
    const { width, sample, discretisation } = ofTwo();
    expect(width.map(({ n, m }) => [n, m])).toEqual([
      [8, 4],
      [8, 8],
      [32, 4],
      [32, 8],
    ]);
    expect(sample.map(({ n, m }) => [n, m])).toEqual([
      [8, 4],
      [8, 8],
      [32, 4],
      [32, 8],
    ]);
    expect(discretisation.map(({ m }) => m)).toEqual([4, 8]);
    // Of x and 3 x: mean 2 x, error x.
    const two = (x: number) => ({
      meanSquaredDelta: { mean: Float64Array.of(7, 2 * x), stderr: Float64Array.of(0, x) },
      functionGap: { mean: Float64Array.of(9, 4 * x), stderr: Float64Array.of(0, 2 * x) },
    });
    expect(width[0]).toMatchObject(two(3 / 16));
    expect(width[1]).toMatchObject(two(1 / 16));
    expect(width[2]).toMatchObject(two(12 / 16));
    expect(sample[3]).toMatchObject(two(8 / 32));
    expect(sample[0]).toMatchObject(two(4 / 8));
    expect(discretisation[1]).toMatchObject(two(8));
    // Corrected by 16 / (16 - 8).
    expect(width[1].corrected.functionGap).toEqual({
      ...{ mean: Float64Array.of(18, 0.5), stderr: Float64Array.of(0, 0.25) },
    });
    expect(width[3].corrected.meanSquaredDelta.mean).toEqual(Float64Array.of(14, 1));
    expect(width[0].corrected.meanSquaredDelta.mean[1]).toBeCloseTo(0.5, 14);
  });

  test("have slopes at the last record: -1 in m of what is corrected, -1 in n", () => {
    const { scaling } = ofTwo();
    expect(scaling.width.map(({ n }) => n)).toEqual([8, 32]);
    expect(scaling.sample.map(({ m }) => m)).toEqual([4, 8]);
    for (const { meanSquaredDelta, functionGap } of [...scaling.width, ...scaling.sample])
      for (const slope of [meanSquaredDelta, functionGap])
        for (const value of [slope?.slope, slope?.low, slope?.high]) expect(value).toBeCloseTo(-1, 12);
  });

  test("have none where there is nothing, one value, or a gap of 0", () => {
    const none = gapsOf(engine, context, []);
    expect([none.width, none.sample, none.discretisation]).toEqual([[], [], []]);
    const empty = { meanSquaredDelta: null, functionGap: null };
    expect(none.scaling).toEqual({
      width: [8, 32].map((n) => ({ n, ...empty })),
      sample: [4, 8].map((m) => ({ m, ...empty })),
    });
    const still = gapsOf(engine, context, [replica(0), replica(1)]).scaling;
    expect(still.width[0]).toEqual({ n: 8, ...empty });
    const one = gapsOf(engine, { ...context, samples: [8] }, [replica(1)]).scaling;
    expect(one.sample).toEqual([4, 8].map((m) => ({ m, ...empty })));
    expect(one.width[0].functionGap).toEqual({ slope: expect.closeTo(-1, 12), low: null, high: null });
  });
});

describe("a replica that diverges names its network", () => {
  const run = new Run({});
  const small = { time: 0.2, step: 0.1, record: 3 } as const;
  const options = { ...small, widths: [3, 4], samples: [6, 9], reference: 8 };
  const huge = { inputs: new Float64Array(45).fill(1e30) };

  test("of samples, by their number and width", async () => {
    const checked = checkSeparate(He4, options).context;
    const onSamples = [checked.onSamples[0], checkTraining({ ...small, data: huge }, He4)];
    const one = new SeparateReplica(engine, { ...checked, onSamples }, 0, run);
    const { divergence, width, sample, discretisation } = await one.run();
    one.free();
    expect(divergence).toEqual({ m: 3, n: 9, dynamics: "pgd", step: 1, time: 0.1 });
    // What every network reached is measured.
    expect([width, sample].flatMap((of) => of.flat().map((records) => records.length))).toEqual(new Array(8).fill(1));
    expect(discretisation.map((records) => records.length)).toEqual([1, 1]);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("of the flow, by its dynamics", async () => {
    const checked = checkSeparate(He4, options).context;
    const flow = checkTraining({ ...small, dynamics: "flow", data: huge }, He4);
    const one = new SeparateReplica(engine, { ...checked, flow }, 0, run);
    expect((await one.run()).divergence).toMatchObject({ m: 3, dynamics: "flow", step: 1 });
    one.free();
  });
});

test("the document has what there is, and says who computed it", async () => {
  const options = { widths: [3], samples: [6], reference: 8, time: 0.2, step: 0.1, record: 3, seeds: 2, workers: 0 };
  const report = await separateGaps(engine, He4, options);
  expect(Object.keys(report.toJSON() as object)).toEqual([
    ...["schema", "version", "backend", "workers", "status", "divergence", "problem", "settings", "seeds", "time"],
    ...["width", "sample", "discretisation", "scaling"],
  ]);
  expect(report).toMatchObject({
    ...{ schema: "propchaos/gaps@1", version, backend: engine.backend, status: "completed", seeds: 2 },
    ...{ workers: { kind: "calling thread", count: 0 }, problem: He4, divergence: null },
  });
  expect(report.time).toEqual(Float64Array.of(0, 0.1, 0.2));
  const none = await separateGaps(engine, He4, { ...options, signal: AbortSignal.abort() });
  expect(none).toMatchObject({ status: "aborted", seeds: 0, time: new Float64Array() });
  for (const name of ["workers", "failure"]) expect(none).not.toHaveProperty(name);
  const huge = await separateGaps(engine, He4, { ...options, time: 1e300, step: 1e300, record: 2 });
  expect(huge.divergence).toEqual({
    ...{ where: "network", replica: 0, m: 3, n: null, dynamics: "pgd", step: 1, time: 1e300 },
  });
});
