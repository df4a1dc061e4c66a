// One replica beside a reference network: its progress adds up, and a shadow that diverges leaves no numbers.

import { expect, test } from "vitest";
import { Run } from "../../src/core/run.ts";
import { createEngine } from "../../src/engine/index.ts";
import { ReferenceReplica } from "../../src/gap/reference-run.ts";
import { SeparateReplica } from "../../src/gap/separate-run.ts";
import { Shadow } from "../../src/gap/shadow.ts";
import type { DataPlan } from "../../src/network/data.ts";
import { Dataset } from "../../src/network/dataset.ts";
import { Network } from "../../src/network/network.ts";
import { checkTraining } from "../../src/network/training.ts";
import { problems } from "../../src/problem/zoo.ts";
import { CountedWork } from "../support/counted-work.ts";

const problem = problems.He4({ d: 5 });
const options = { time: 0.4, step: 0.1, record: 3 };

test("the steps of a replica are all of its progress, however much is measured between them", async () => {
  const engine = await createEngine();
  const data = { samples: 64, test: 32 };
  const onData = checkTraining({ ...options, data }, problem);
  const common = { problem, widths: [3, 5], reference: 9, seed: 1 };
  const beside = new CountedWork(false);
  const reference = new ReferenceReplica(
    engine,
    { ...common, training: onData, rows: null, signs: null, distribution: false, told: false },
    0,
    beside,
  );
  await reference.run();
  reference.free();
  const apart = new CountedWork(false);
  const population = checkTraining(options, problem);
  const flow = checkTraining({ ...options, dynamics: "flow" }, problem);
  const separate = new SeparateReplica(
    engine,
    { ...common, samples: [64], population, flow, onSamples: [onData] },
    0,
    apart,
  );
  await separate.run();
  separate.free();
  for (const { done, total } of [beside, apart]) {
    expect(total).toBeGreaterThan(0);
    expect(done / total).toBeCloseTo(1, 12);
  }
  expect(engine.arena.bytesInUse).toBe(0);
});

test("a shadow that diverges, though its twin does not, has no floor", async () => {
  const engine = await createEngine();
  const data = { samples: 16, test: 0 };
  const training = (step: number) =>
    checkTraining({ time: 2 * step, step, record: 3, data, precision: "float32", pathNorm: 1 }, problem);
  const key = { seed: 1, replica: 0 };
  const plan = training(0.1).data as DataPlan;
  const dataset = new Dataset(engine, problem, plan, "float32", key);
  const run = new Run({});
  await dataset.load(run);
  const floors = [0.1, 1e200].map(async (step) => {
    const input = { problem, training: training(step), width: 4, signs: null, key };
    const twin = new Network(engine, input, dataset);
    await twin.start(null, run);
    const shadow = new Shadow(engine, input, twin, dataset, run);
    await shadow.start(null, run);
    for (let k = 0; k < 3; k++) await shadow.compareAt(k);
    const { floor } = shadow;
    shadow.free();
    twin.free();
    return floor;
  });
  const [kept, lost] = await Promise.all(floors);
  expect(kept?.meanSquaredDelta.length).toBe(3);
  expect(lost).toBeNull();
  dataset.free();
});
