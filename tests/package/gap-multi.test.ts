// The gap of problems with several indices: their limit is solved by itself, and networks approach it at the rate 1/m.

import { approximationGap, createEngine, type Engine, meanFieldLimit, problems, readReport } from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const PANELS = ["He4_orth", "He4_nonorth", "He4_random_2_8", "He4_random_2_16", "Man_2", "Man_big_2"] as const;
const QMC = ["He4_random_8_8", "He4_random_16_16"] as const;

describe("every named problem with several indices", () => {
  test.each([
    ...PANELS.map((name) => [name, "multi-index-panels"] as const),
    ...QMC.map((name) => [name, "multi-index-qmc"] as const),
  ])("%s: networks approach the limit as 1/m", async (name, solver) => {
    const report = await approximationGap(engine, problems[name]({ d: name === "He4_random_16_16" ? 16 : 8 }), {
      widths: [32, 512],
      time: 0.3,
      step: 0.05,
      seeds: 6,
      record: [0.3],
      tolerance: 1e-3,
      workers: 0,
    });
    expect(report.status).toBe("completed");
    expect(report.meanField.solver).toBe(solver);
    expect(report.settings.reference).toBeNull();
    expect(report.measuredOn).toEqual({ loss: "population", functionGap: "population" });
    expect(report.meanField.errorEstimate).toBeLessThan(1e-3);
    // Six seeds of two widths: the slopes are no sharper than that.
    expect(Math.abs((report.scaling?.functionGap?.slope ?? Number.NaN) + 1)).toBeLessThan(0.2);
    expect(Math.abs((report.scaling?.meanSquaredDelta?.slope ?? Number.NaN) + 1)).toBeLessThan(0.3);
    expect(JSON.stringify(readReport(JSON.stringify(report)))).toBe(JSON.stringify(report));
  });
});

test("both gradients, flow, and samples are coupled with the limit too", async () => {
  const problem = problems.He4_orth({ d: 6 });
  const common = { widths: [24], seeds: 2, time: 0.4, record: 2, tolerance: 1e-5, workers: 0 };
  for (const options of [
    { ...common, step: 0.1, gradient: "euclidean" },
    { ...common, step: 0.1, dynamics: "flow" },
    { ...common, step: 0.1, data: { samples: 256 } },
    { ...common, step: 0.1, data: { samples: 256 }, precision: "float32" },
  ] as const) {
    const report = await approximationGap(engine, problem, options);
    expect(report.meanField.solver).toBe("multi-index-panels");
    const [width] = report.widths;
    expect(width.meanDelta.mean[0]).toBe(0);
    expect(width.meanDelta.mean[1]).toBeGreaterThan(0);
    expect(width.functionGap.mean[1]).toBeGreaterThan(0);
  }
});

test("an absurd time ends, and a limit of quasi-random nodes can be read back", async () => {
  const absurd = await approximationGap(engine, problems.He4_orth({ d: 4 }), {
    widths: [4],
    time: 1e300,
    step: 1e300,
    seeds: 1,
    workers: 0,
  });
  expect([absurd.status, absurd.divergence?.where]).toEqual(["diverged", "limit"]);
  const limit = await meanFieldLimit(engine, problems.He4_random_8_8({ d: 9 }), {
    time: 0.2,
    step: 0.1,
    record: 2,
    tolerance: 1e-2,
    workers: 0,
  });
  expect([limit.solver, limit.indices, limit.meanAlpha]).toEqual(["multi-index-qmc", 8, null]);
  expect(() => limit.alphaAt(0.5, 0)).toThrow(RangeError);
  expect(JSON.stringify(readReport(JSON.stringify(limit)))).toBe(JSON.stringify(limit));
});
