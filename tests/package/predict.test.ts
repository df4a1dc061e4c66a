// Predictions: the arguments of the run, its memory to the byte, and a time of the right order.

import {
  approximationGap,
  createEngine,
  type Engine,
  meanFieldLimit,
  predictGap,
  predictLimit,
  problems,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUSY } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 16 });
const SETTINGS = { widths: [64, 3000], time: 0.4, step: 0.1, seeds: 1, workers: 0 };

describe("predictGap", () => {
  test("names the memory that the run needs: a little less is refused", async () => {
    const { memoryBytes, fits } = await predictGap(engine, He4, SETTINGS);
    expect(fits).toBe(true);
    // Below a mebibyte no engine starts.
    expect(memoryBytes).toBeGreaterThan(1.1 * 1024 * 1024);
    using enough = await createEngine({ memoryLimitBytes: Math.ceil(1.01 * memoryBytes) });
    expect((await predictGap(enough, He4, SETTINGS)).fits).toBe(true);
    expect((await approximationGap(enough, He4, SETTINGS)).status).toBe("completed");
    using little = await createEngine({ memoryLimitBytes: Math.floor(0.95 * memoryBytes) });
    expect((await predictGap(little, He4, SETTINGS)).fits).toBe(false);
    await expect(approximationGap(little, He4, SETTINGS)).rejects.toThrow("memoryLimitBytes must be at least");
  });

  test("names a time of the right order, and the number of workers", { retry: BUSY }, async () => {
    const settings = { widths: [256, 512], time: 4, seeds: 4, workers: 0 };
    const { seconds, workers } = await predictGap(engine, He4, settings);
    expect(workers).toBe(0);
    const start = performance.now();
    await approximationGap(engine, He4, settings);
    const took = (performance.now() - start) / 1000;
    expect(seconds).toBeGreaterThan(took / 10);
    expect(seconds).toBeLessThan(took * 10);
    const four = await predictGap(engine, He4, { ...settings, workers: 4 });
    expect(four.workers).toBe(4);
    expect(four.seconds).toBeLessThan(took * 10);
  });

  test("takes every kind of run and gives the memory of the engine back", async () => {
    for (const options of [
      { widths: [8], time: 0, seeds: 1 },
      { widths: [8, 16], time: 1, dynamics: "flow" as const, record: [0.5] },
      { initial: new Float64Array(48).fill(1), time: 1, step: 0.1, record: 3 },
    ]) {
      const before = engine.arena.bytesInUse;
      const { seconds } = await predictGap(engine, He4, options);
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(engine.arena.bytesInUse).toBe(before);
    }
  });

  test("refuses what the run would refuse", async () => {
    await expect(predictGap(engine, He4, { widths: [0], time: 1 })).rejects.toThrow("widths[0]");
    await expect(predictGap(engine, He4, { ...SETTINGS, workers: -1 })).rejects.toThrow("workers must be");
    await expect(predictLimit(engine, He4, { time: -1 })).rejects.toThrow("time must be");
  });
});

describe("predictLimit", () => {
  test("names memory and a time of the right order", { retry: BUSY }, async () => {
    const settings = { time: 40, dynamics: "flow" as const };
    const { memoryBytes, fits, seconds } = await predictLimit(engine, He4, settings);
    expect(fits).toBe(true);
    expect(memoryBytes).toBeGreaterThan(1e4);
    const start = performance.now();
    await meanFieldLimit(engine, He4, settings);
    const took = (performance.now() - start) / 1000;
    expect(seconds).toBeGreaterThan(took / 20);
    expect(seconds).toBeLessThan(took * 20);
  });
});
