// Predictions on a clock of our own: what is measured, when a measurement has seen enough, and how a time is put together.

import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Work } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { approximationGap, checkGap } from "../../src/gap/approximation-gap.ts";
import { gapSeconds, predictGap, predictLimit } from "../../src/gap/predict.ts";
import { extrapolate, fewSamples, limitSeconds, networkRate } from "../../src/gap/rate.ts";
import { networkWork } from "../../src/network/cost.ts";
import type { DataPlan } from "../../src/network/data.ts";
import { Dataset } from "../../src/network/dataset.ts";
import { Network } from "../../src/network/network.ts";
import { checkTraining } from "../../src/network/training.ts";
import { Trajectory } from "../../src/network/trajectory.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

/** Milliseconds; a look at the clock takes `look` of them. */
let now = 0;
let look = 0;
beforeEach(() => {
  [now, look] = [5000, 0];
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += look;
    return now;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  expect(engine.arena.bytesInUse).toBe(0);
});

describe("a computation that is measured", () => {
  /** Units of work that take so many milliseconds each, with a look at the clock after each. */
  async function measured(durations: readonly number[], total = durations.length) {
    let done = 0;
    const seconds = await extrapolate(async (work: Work) => {
      work.expect(total);
      for (const duration of durations) {
        now += duration;
        done++;
        work.advance(total === 0 ? 0 : 1, 0);
        await work.pause();
      }
    });
    return { seconds, done };
  }

  test("that ends has taken what it took", async () => {
    expect(await measured([])).toEqual({ seconds: 0, done: 0 });
    expect(await measured([1500])).toEqual({ seconds: 1.5, done: 1 });
    const silent = await extrapolate(async () => {
      now += 250;
    });
    expect(silent).toBe(0.25);
  });

  test("is left at a tenth of it, at the second look at the earliest", async () => {
    // 2 of 20 units took 1 + 3 milliseconds: the whole takes ten times as much.
    expect(await measured([1, 3, ...new Array(18).fill(50)])).toEqual({ seconds: 0.04, done: 2 });
    expect(await measured([1, 3, ...new Array(19).fill(50)])).toEqual({ seconds: expect.closeTo(0.378, 12), done: 3 });
    expect(await measured([1, 3, ...new Array(4).fill(1)])).toEqual({ seconds: expect.closeTo(0.012, 12), done: 2 });
  });

  test("is left after a fifth of a second, however little was seen", async () => {
    expect(await measured([90, 110, ...new Array(998).fill(1)])).toEqual({ seconds: 100, done: 2 });
    expect(await measured([90, 109, 1, ...new Array(997).fill(1)])).toEqual({
      seconds: expect.closeTo(200 / 3, 10),
      done: 3,
    });
    expect(await measured([900, ...new Array(999).fill(100)])).toEqual({ seconds: 500, done: 2 });
  });

  test("is not left where nothing of it is done yet", async () => {
    const units = [300, 300, 300];
    let done = 0;
    const seconds = await extrapolate(async (work) => {
      work.expect(1);
      for (const duration of units) {
        now += duration;
        done++;
        await work.pause();
      }
    });
    expect([seconds, done]).toEqual([0.9, 3]);
  });

  test("ends with what it throws", async () => {
    await expect(extrapolate(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  });
});

describe("the samples that are measured", () => {
  const He4 = problems.He4({ d: 3 });
  const planOf = (data: object) => checkTraining({ time: 1, step: 0.1, data } as never, He4).data as DataPlan;

  test("are one batch of the run, at most 2048, and no test set", () => {
    const plan = planOf({ samples: 9000, batch: 100, order: "shuffled", test: 50 });
    expect(fewSamples(plan, 3)).toEqual({ ...plan, samples: 100, batch: 100, test: 0 });
    expect(fewSamples(planOf({ samples: 9000 }), 3)).toMatchObject({ samples: 2048, batch: 2048, test: 0 });
  });

  test("of a user are the first of his own", () => {
    const inputs = Float64Array.from({ length: 30 }, (_, i) => i);
    const labels = Float64Array.from({ length: 10 }, (_, i) => -i);
    const testInputs = inputs.slice(0, 6);
    const few = fewSamples(planOf({ inputs, labels, testInputs, testLabels: labels.slice(0, 2), batch: 4 }), 3);
    expect(few).toMatchObject({ kind: "given", samples: 4, batch: 4, test: 0, testInputs: null, testLabels: null });
    expect(few).toMatchObject({ inputs: inputs.slice(0, 12), labels: labels.slice(0, 4) });
    expect(fewSamples(planOf({ inputs, batch: 4 }), 3)).toMatchObject({ labels: null, inputs: inputs.slice(0, 12) });
  });
});

/** Every way to a record takes 100 ms and the samples of a network 50 ms; says which networks were measured. */
function timed() {
  const networks: { width: number; interaction: string; samples: number | null }[] = [];
  vi.spyOn(Network.prototype, "start").mockImplementation(async function (this: Network) {
    const { width, training } = (this as unknown as { input: { width: number; training: never } }).input;
    const { interaction, data } = training as { interaction: string; data: DataPlan | null };
    networks.push({ width, interaction, samples: data?.samples ?? null });
  });
  vi.spyOn(Trajectory.prototype, "advanceTo").mockImplementation(async (k) => {
    expect([0, 1, 2, 3]).toContain(k);
    now += 100;
    return null;
  });
  vi.spyOn(Dataset.prototype, "load").mockImplementation(async () => {
    now += 50;
  });
  return networks;
}

describe("the rate of a network", () => {
  const He4 = problems.He4({ d: 5 });
  const options = { time: 0.6, step: 0.1, record: 4 };

  test("is its time over the multiplications of its steps, and that of its samples over their number", async () => {
    timed();
    const training = checkTraining({ ...options, data: { samples: 20, batch: 10, test: 0 } }, He4);
    // Every step takes each of 10 samples to each of 8 neurons, forth and back.
    const steps = networkWork(He4, training, 8, false);
    expect(steps).toBeLessThan(networkWork(He4, training, 8));
    expect(await networkRate(engine, He4, training, 8)).toEqual({
      work: expect.closeTo(0.4 / steps, 15),
      sample: expect.closeTo(0.05 / 20, 15),
    });
    expect((await networkRate(engine, He4, checkTraining(options, He4), 8)).sample).toBe(0);
  });

  test("of a network that takes no steps is nothing", async () => {
    expect(await networkRate(engine, He4, checkTraining({ time: 0 }, He4), 8)).toEqual({ work: 0, sample: 0 });
  });

  test("of a network that does not fit is refused, and its samples are given back", async () => {
    using small = await createEngine({ memoryLimitBytes: 2 * 2 ** 20 });
    const training = checkTraining({ ...options, data: { samples: 100, test: 0 } }, He4);
    await expect(networkRate(small, He4, training, 1e5)).rejects.toThrow(/^memoryLimitBytes must be at least/);
    expect(small.arena.bytesInUse).toBe(0);
  });
});

describe("predictGap", () => {
  const He4 = problems.He4({ d: 5 });
  const options = { widths: [16, 64], time: 0.6, step: 0.1, record: 4, workers: 0 };
  const training = checkTraining({ time: 0.6, step: 0.1, record: 4 }, He4);
  const work = (m: number) => networkWork(He4, training, m);
  /** Seconds a multiplication: 0.4 s for the steps of the widest. */
  const rate = 0.4 / networkWork(He4, training, 64, false);

  test("adds the limit, the steps and records of all networks of all replicas", async () => {
    look = 10;
    const limit = (await predictLimit(engine, He4, { time: 0.6, step: 0.1, record: 4 })).seconds as number;
    expect(limit).toBeGreaterThan(0.2);
    timed();
    const parts = await gapSeconds(engine, checkGap(He4, options));
    expect(parts).toEqual({ limit, samples: 0, work: expect.any(Number) });
    // But for the looks at the clock.
    expect((parts?.work ?? 0) / rate).toBeGreaterThan(1);
    expect((parts?.work ?? 0) / rate).toBeLessThan(1.2);
    for (const seeds of [1, 3]) {
      const { seconds } = await predictGap(engine, He4, { ...options, seeds });
      expect(seconds).toBeCloseTo(limit + seeds * (parts?.work ?? 0) * (work(16) + work(64)), 10);
    }
  });

  test("divides networks among workers, the widest among none", async () => {
    timed();
    const seconds = async (workers: number, seeds: number) =>
      (await predictGap(engine, He4, { ...options, seeds, workers })).seconds;
    expect(await seconds(3, 30)).toBeCloseTo(10 * rate * (work(16) + work(64)), 10);
    expect(await seconds(1, 3)).toBeCloseTo(3 * rate * (work(16) + work(64)), 10);
    expect(await seconds(2, 1)).toBeCloseTo(rate * work(64), 10);
  });

  test("counts the samples of every network, and measures few of them", async () => {
    const networks = timed();
    const data = { samples: 6000, batch: 1000, test: 500 };
    const onData = checkTraining({ time: 0.6, step: 0.1, record: 4, data }, He4);
    const few = { ...onData, data: { ...(onData.data as DataPlan), samples: 1000, test: 0 } as DataPlan };
    const { seconds } = await predictGap(engine, He4, { ...options, seeds: 3, data });
    const perWork = 0.4 / networkWork(He4, few, 64, false);
    // 50 ms for 1000 samples, so 325 ms for the 6500 of a network; there are six.
    const whole = 3 * perWork * (networkWork(He4, onData, 16) + networkWork(He4, onData, 64));
    expect(seconds).toBeCloseTo(whole + 6 * 0.325, 10);
    expect(networks).toEqual([{ width: 64, interaction: expect.any(String), samples: 1000 }]);
  });

  test("beside a reference network counts no limit, and samples once a replica", async () => {
    const networks = timed();
    const XOR = problems.XOR_2({ d: 5 });
    const data = { samples: 1000, batch: 100, test: 0 };
    const onData = checkTraining({ time: 0.6, step: 0.1, record: 4, data }, XOR);
    const few = { ...onData, data: { ...(onData.data as DataPlan), samples: 100 } as DataPlan };
    const { seconds } = await predictGap(engine, XOR, { ...options, seeds: 2, reference: 100, data });
    const perWork = 0.4 / networkWork(XOR, few, 100, false);
    const whole = [16, 64, 100].reduce((sum, m) => sum + networkWork(XOR, onData, m), 0);
    expect(seconds).toBeCloseTo(2 * perWork * whole + 2 * 0.5, 10);
    expect(networks).toEqual([{ width: 100, interaction: expect.any(String), samples: 100 }]);
  });

  test("measures at most 512 particles, which go the way of the widest network", async () => {
    const networks = timed();
    const problem = problems.He4({ d: 12 });
    for (const interaction of ["auto", "pairs", "moments"] as const)
      await predictGap(engine, problem, { ...options, widths: [10_000], interaction });
    expect(networks.map(({ width }) => width)).toEqual([512, 512, 512]);
    expect(networks.map(({ interaction }) => interaction)).toEqual(["moments", "pairs", "moments"]);
    await predictGap(engine, problem, { ...options, widths: [40, 20] });
    expect(networks[3]).toMatchObject({ width: 40, interaction: "pairs" });
  });

  test("names the memory of the limit where that is larger, and what just fits", async () => {
    timed();
    const { memoryBytes } = await predictLimit(engine, He4, { time: 0.6, step: 0.1, record: 4 });
    expect((await predictGap(engine, He4, { ...options, widths: [1] })).memoryBytes).toBe(memoryBytes);
    const wide = { ...options, widths: [9000], seeds: 1 };
    const large = (await predictGap(engine, He4, wide)).memoryBytes;
    expect(large).toBeGreaterThan(2 ** 20);
    using enough = await createEngine({ memoryLimitBytes: large });
    using little = await createEngine({ memoryLimitBytes: large - 1 });
    const fits = async (own: Engine) => (await predictGap(own, He4, wide)).fits;
    expect([await fits(enough), await fits(little)]).toEqual([true, false]);
    await expect(approximationGap(little, He4, wide)).rejects.toThrow(`memoryLimitBytes must be at least ${large} `);
  });

  test("has no seconds where the limit, or what is measured, does not fit", async () => {
    timed();
    using small = await createEngine({ memoryLimitBytes: 2 ** 20 + 2 ** 16 });
    const wide = { ...options, widths: [500], interaction: "pairs" } as const;
    const network = { ...wide, data: { samples: 4000, batch: 2000, test: 0 } };
    for (const given of [network, { ...network, reference: 600 }]) {
      expect(await gapSeconds(small, checkGap(problems.He4({ d: 40 }), given))).toBeNull();
      const { fits, seconds, memoryBytes } = await predictGap(small, problems.He4({ d: 40 }), given);
      expect([fits, seconds]).toEqual([false, null]);
      expect(memoryBytes).toBe((await predictGap(engine, problems.He4({ d: 40 }), given)).memoryBytes);
    }
  });
});

test("predictLimit names the seconds of the limit alone, or none where it does not fit", async () => {
  look = 0.125;
  const He4 = problems.He4({ d: 5 });
  const plan = checkTraining({ time: 1, step: 0.1, record: 3 }, He4).plan;
  const alone = await limitSeconds(engine, He4 as never, plan, 1e-8);
  expect((await predictLimit(engine, He4, { time: 1, step: 0.1, record: 3 })).seconds).toBe(alone);
  // More steps, more looks at the clock.
  expect((await predictLimit(engine, He4, { time: 10, step: 0.1, record: 3 })).seconds).toBeGreaterThan(2 * alone);
});
