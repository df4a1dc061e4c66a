// One network whose sums are shared: the bits of one thread, with any number of workers and whatever happens to them.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Aborted, Run } from "../../src/core/run.ts";
import { MemoryRefusal } from "../../src/engine/arena.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import type { DataPlan } from "../../src/network/data.ts";
import { Dataset } from "../../src/network/dataset.ts";
import { Network } from "../../src/network/network.ts";
import { networkHandlers, networkKeepers, shareAmong } from "../../src/network/share-task.ts";
import type { Share } from "../../src/network/shares.ts";
import { checkTraining, type TrainingOptions } from "../../src/network/training.ts";
import { Trajectory } from "../../src/network/trajectory.ts";
import type { Keepers } from "../../src/pool/handlers.ts";
import { Pool } from "../../src/pool/pool.ts";
import type { WorkerLike } from "../../src/pool/ways.ts";
import type { Problem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";
import { type Fake, servedBy } from "./pool-fixtures.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const key = { seed: 3, replica: 0 };

/** A worker with an engine of its own. */
const worker = (keepers: Keepers<Engine> = networkKeepers) => servedBy(() => createEngine(), networkHandlers, keepers);

interface Case {
  problem: Problem;
  width: number;
  options: Partial<TrainingOptions>;
}

/** All numbers of a run of four steps with so many workers. */
async function train(
  { problem, width, options }: Case,
  count: number,
  make: (i: number) => WorkerLike,
  run = new Run({}),
) {
  const training = checkTraining({ time: 0.4, step: 0.1, record: 3, ...options }, problem);
  const input = { problem, training, width, signs: null, key };
  const { data, precision, plan } = training;
  const dataset = data && new Dataset(engine, problem, data as DataPlan, precision, key);
  const network = new Network(engine, input, dataset);
  let made = 0;
  const pool = await Pool.start(
    {
      host: engine,
      setup: null,
      handlers: networkHandlers,
      count,
      ended: new AbortController().signal,
      ways: [{ kind: "factory", start: () => ({ worker: make(made++) }) }],
      patience: { silence: 200 },
    },
    run,
  );
  try {
    if (count > 0) shareAmong(pool, run, "network", [{ input, network }], dataset);
    await dataset?.load(run);
    await network.start(null, run);
    const trajectory = new Trajectory(network, plan, run);
    const numbers: unknown[] = [];
    for (let k = 0; k < plan.times.length; k++) {
      expect(await trajectory.advanceTo(k)).toBe(null);
      numbers.push(
        await network.risk(run),
        await network.trainError(trajectory.steps, run),
        await network.test(run),
        await network.trainOutputs(run),
        network.particles.copy(),
      );
    }
    await network.meanVelocity(run);
    numbers.push(network.particles.copy(network.particles.V));
    return { numbers, alive: pool.alive };
  } finally {
    await pool.close();
    network.free();
    dataset?.free();
  }
}

const samples = { samples: 3001, test: 130 };
const CASES: [string, Case][] = [
  ["pairs", { problem: problems.He4({ d: 5 }), width: 33, options: { interaction: "pairs" } }],
  ["pairs, Euclidean", { problem: problems.Ge4({ d: 3 }), width: 70, options: { gradient: "euclidean" } }],
  [
    "pairs, flow",
    { problem: problems.He4_orth({ d: 6 }), width: 101, options: { dynamics: "flow", interaction: "pairs" } },
  ],
  [
    "correlation with noise",
    {
      problem: problems.He3({ d: 4 }),
      width: 40,
      options: { objective: "correlation", langevin: 0.1, interaction: "pairs" },
    },
  ],
  ["moments", { problem: problems.He4({ d: 3 }), width: 2100, options: { interaction: "moments" } }],
  [
    "moments, flow",
    { problem: problems.Man_2({ d: 5 }), width: 1101, options: { interaction: "moments", dynamics: "flow" } },
  ],
  ["samples", { problem: problems.He4({ d: 5 }), width: 33, options: { data: samples } }],
  [
    "samples in float32",
    { problem: problems.XOR_2({ d: 5 }), width: 33, options: { data: samples, precision: "float32" } },
  ],
  [
    "batches of fresh samples in shuffled order",
    {
      problem: problems.He4({ d: 3 }),
      width: 9,
      options: { data: { samples: 3001, batch: 1700, order: "shuffled", resample: true } },
    },
  ],
  ["samples, flow", { problem: problems.Hop_1_3({ d: 6 }), width: 13, options: { data: samples, dynamics: "flow" } }],
  ["a path norm", { problem: problems.XOR_2({ d: 3 }), width: 10, options: { data: samples, pathNorm: 1 } }],
];

const named = (name: string): Case => CASES.find(([other]) => other === name)?.[1] as Case;

describe("a shared network has the bits of one thread", () => {
  test.each(CASES)("%s", async (_, task) => {
    const { numbers } = await train(task, 0, () => worker());
    for (const count of [1, 2, 3]) {
      const workers: Fake[] = [];
      const make = () => {
        workers.push(worker());
        return workers[workers.length - 1];
      };
      const shared = await train(task, count, make);
      expect(shared.numbers).toEqual(numbers);
      // They take part, and are sent what they keep once.
      const busy = workers.filter((fake) => fake.sent("task").length > 0);
      expect(busy.length).toBeGreaterThanOrEqual(Math.min(count, 2));
      for (const fake of busy) expect(fake.sent("context")).toHaveLength(1);
    }
  });
});

describe("a worker that is lost", () => {
  /** A worker to which something happens when its `n`th share comes. */
  const doomed = (n: number, mishap: (fake: Fake) => void) => {
    const fake = worker();
    const post = fake.postMessage.bind(fake);
    let shares = 0;
    fake.postMessage = (message) => {
      const task = (message as { type: string }).type === "task" && ++shares >= n;
      if (task) mishap(fake);
      else post(message);
    };
    return fake;
  };

  test.each<[string, (fake: Fake) => void]>([
    ["dies", (fake) => setTimeout(() => fake.die("out of memory"))],
    ["falls silent", () => {}],
  ])("because it %s in the middle does not change a bit", async (_, mishap) => {
    for (const name of ["pairs", "samples"]) {
      const task = named(name);
      const { numbers } = await train(task, 0, () => worker());
      const one = await train(task, 2, (i) => (i === 0 ? doomed(3, mishap) : worker()));
      expect(one).toEqual({ numbers, alive: 1 });
      const both = await train(task, 2, (i) => doomed(2 + i, mishap));
      expect(both).toEqual({ numbers, alive: 0 });
    }
  });

  test("because it is refused memory is done without", async () => {
    const task = named("samples");
    const { numbers } = await train(task, 0, () => worker());
    const refused = () => worker({ networks: () => Promise.reject(new MemoryRefusal("no memory")) });
    expect(await train(task, 3, (i) => (i === 1 ? worker() : refused()))).toEqual({ numbers, alive: 1 });
    expect(await train(task, 2, refused)).toEqual({ numbers, alive: 0 });
  });

  test("because its engine may hold less than the network ends the run with the reason", async () => {
    const task = { problem: problems.He4({ d: 48 }), width: 4, options: { data: samples } };
    const small = () => servedBy(() => createEngine({ memoryLimitBytes: 2 ** 20 }), networkHandlers, networkKeepers);
    await expect(train(task, 1, small)).rejects.toThrow(/^memoryLimitBytes must be at least \d+ for 3001 samples/);
  });
});

test("an abort in a share ends the run", async () => {
  const controller = new AbortController();
  const run = new Run({ signal: controller.signal });
  const slow: Keepers<Engine> = {
    async networks(_, __, work) {
      controller.abort();
      for (;;) await work.pause();
    },
  };
  await expect(train(named("pairs"), 2, () => worker(slow), run)).rejects.toThrow(Aborted);
});

test("a share says which particles, so that no thread can be behind", async () => {
  const fake = worker();
  await train(named("pairs"), 1, () => fake);
  const shares = fake.sent("task").map((order) => (order as { payload: unknown }).payload as Share);
  expect(shares.length).toBeGreaterThan(4);
  for (const share of shares) expect(share.particles).toHaveLength(36 * 8);
});

test("the gradient of the steps is asked for, and for the mean velocity the tangent one", async () => {
  const problem = problems.He4({ d: 3 });
  for (const interaction of ["pairs", "moments"] as const) {
    const training = checkTraining({ time: 0.4, step: 0.1, gradient: "euclidean", interaction }, problem);
    const network = new Network(engine, { problem, training, width: 9, signs: null, key });
    const asked: unknown[] = [];
    network.shareWith({
      ask: async (question) => {
        if ("gradient" in question) asked.push([question.sum, question.gradient]);
        // The moments of 9 particles are one leaf, which this thread makes itself where nobody gives it.
        return [];
      },
    });
    const run = new Run({});
    await network.start(null, run);
    await network.velocity(0, run);
    await network.meanVelocity(run);
    network.free();
    const sum = interaction === "pairs" ? "velocity" : "moment-velocity";
    expect(asked).toEqual([
      [sum, "euclidean"],
      [sum, "riemannian"],
    ]);
  }
});
