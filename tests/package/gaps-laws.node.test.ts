// separateGaps: how the three gaps fall with width, number of samples and step.

import { createEngine, type Engine, type GapEstimates, problems, separateGaps } from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 8 });

describe("the laws", () => {
  test("gaps of He4 fall as 1/m and as 1/n", async () => {
    const report = await separateGaps(engine, He4, {
      widths: [16, 32, 64],
      samples: [2048, 8192, 32768],
      reference: 128,
      time: 0.2,
      step: 0.05,
      record: [0.2],
      seeds: 16,
    });
    expect([report.status, report.seeds]).toEqual(["completed", 16]);
    for (const { functionGap } of [...report.scaling.width, ...report.scaling.sample]) {
      const { slope, low, high } = functionGap ?? { slope: 0, low: null, high: null };
      expect(Math.abs(slope + 1)).toBeLessThan(0.15);
      expect(low).toBeLessThan(-1);
      expect(high).toBeGreaterThan(-1);
    }
    for (const { meanSquaredDelta } of [...report.scaling.width, ...report.scaling.sample])
      expect(Math.abs((meanSquaredDelta?.slope ?? 0) + 1)).toBeLessThan(0.25);
  });

  test("the discretisation gap falls as the square of the step", async () => {
    const gaps: GapEstimates[] = [];
    for (const step of [0.02, 0.01, 0.005]) {
      const options = { widths: [16], samples: [8], time: 0.4, step, seeds: 2, record: [0.4], workers: 0 };
      gaps.push((await separateGaps(engine, He4, options)).discretisation[0]);
    }
    for (const name of ["meanSquaredDelta", "functionGap"] as const) {
      const [coarse, middle, fine] = gaps.map((gap) => gap[name].mean[0]);
      expect(coarse / middle).toBeGreaterThan(3.5);
      expect(Math.abs(middle / fine - 4)).toBeLessThan(0.2);
    }
  });
});
