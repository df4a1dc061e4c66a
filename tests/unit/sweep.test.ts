// The library side of sweeps: the merge of tasks equals approximationGap to the bit, however they were split.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { computeSweep } from "../../src/experiment/sweep/compute.ts";
import { mergeSweep } from "../../src/experiment/sweep/merge.ts";
import type { SweepPlan } from "../../src/experiment/sweep/plan.ts";
import { runSweep } from "../../src/experiment/sweep/run-sweep.ts";
import { MemoryStore } from "../../src/experiment/sweep/store.ts";
import { approximationGap, type GapOptions } from "../../src/gap/approximation-gap.ts";
import type { Problem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

/** The JSON of a report without who computed it. */
async function direct(problem: Problem, options: GapOptions): Promise<string> {
  const { workers: _, ...report } = await approximationGap(engine, problem, { ...options, workers: 0 });
  return JSON.stringify(report);
}

const SHORT = { widths: [8, 16], seeds: 2, seed: 3, record: 3 };
const CASES: [string, SweepPlan, Problem, GapOptions][] = [
  [
    "the limit, on the population",
    { problems: ["He4"], d: 8, time: 0.4, ...SHORT },
    problems.He4({ d: 8 }),
    { time: 0.4, ...SHORT },
  ],
  [
    "the limit, on samples in float32",
    { problems: ["He3"], d: 6, time: 0.4, samples: 100, precision: "float32", ...SHORT },
    problems.He3({ d: 6 }),
    { time: 0.4, data: { samples: 100 }, precision: "float32", ...SHORT },
  ],
  [
    "a reference network, on samples in float32",
    {
      problems: ["XOR_4"],
      d: 6,
      time: 1,
      step: 0.5,
      samples: 64,
      precision: "float32",
      gradient: "euclidean",
      ...SHORT,
    },
    problems.XOR_4({ d: 6 }),
    { time: 1, step: 0.5, data: { samples: 64 }, precision: "float32", gradient: "euclidean", ...SHORT },
  ],
  [
    "gradient flow",
    { problems: [{ name: "He4", dynamics: "flow" }], d: 8, time: 0.3, ...SHORT },
    problems.He4({ d: 8 }),
    { time: 0.3, dynamics: "flow", ...SHORT },
  ],
];

describe("a sweep of one combination", () => {
  it.each(CASES)("against %s gives what approximationGap gives", async (_, plan, problem, options) => {
    const sweep = await runSweep(engine, plan, { workers: 0 });
    expect(sweep.status).toBe("completed");
    expect(sweep.results).toHaveLength(1);
    expect(JSON.stringify(sweep.results[0].report)).toBe(await direct(problem, options));
  });
});

describe("a sweep in parts", () => {
  it("merges to the same bits as one in a piece, on workers or not", async () => {
    const plan: SweepPlan = {
      problems: ["He4", { name: "XOR_4", samples: 64, gradient: "euclidean" }],
      d: [6, 8],
      time: 0.2,
      ...SHORT,
    };
    const whole = JSON.stringify(await runSweep(engine, plan, { workers: 0 }));
    const store = new MemoryStore();
    for (const part of [3, 1, 2]) {
      expect((await mergeSweep(engine, plan, store)).status).toBe("incomplete");
      const { status } = await computeSweep(engine, plan, { store, part: { part, parts: 3 }, workers: 0 });
      expect(status).toBe("completed");
    }
    expect(JSON.stringify(await mergeSweep(engine, plan, store))).toBe(whole);
    expect(JSON.stringify(await runSweep(engine, plan, { workers: 2 }))).toBe(whole);
    expect(await computeSweep(engine, plan, { store })).toMatchObject({ computed: 0, found: 2 * 4 + 2 * 2 });
  });
});
