// Limits that a sweep keeps: to the bit, under names of what determines them, and only where solving them again takes long. Parts of
// the progress of a whole.

import { describe, expect, test } from "vitest";
import type { Progress } from "../../src/core/run.ts";
import { partOptions } from "../../src/experiment/parts.ts";
import { type Combination, combinationsOf } from "../../src/experiment/sweep/combinations.ts";
import { limitName, readLimit, worthKeeping, writeLimit } from "../../src/experiment/sweep/limit-file.ts";
import { checkPlan } from "../../src/experiment/sweep/plan.ts";
import type { SweepPlan } from "../../src/experiment/sweep/plan-types.ts";
import type { PackedState } from "../../src/limit/task.ts";

const PLAN: SweepPlan = { problems: ["He4"], d: 4, widths: [8], seeds: 1, time: 1 };

function combination(change: Partial<SweepPlan> = {}): Combination {
  return combinationsOf(checkPlan({ ...PLAN, ...change }))[0];
}

/** A state of which only what is asked for here exists. */
function state(nodes: number, steps: number, status = "completed"): PackedState {
  return { status, solution: { nodes, path: { stepsAt: [0, steps / 2, steps] } } } as unknown as PackedState;
}

describe("a limit in a file", () => {
  const NAME = "limit-0f";
  const numbers = Float64Array.of(0.1, -0, 5e-324, -1.7976931348623157e308, 1 / 3);
  const kept = {
    status: "completed",
    solution: { nodes: 3, path: { h: numbers, none: new Float64Array() } },
    error: null,
  };
  const text = writeLimit(NAME, kept as unknown as PackedState);

  test("comes back to the bit, signs of zeros too", () => {
    expect(readLimit(NAME, text)).toEqual(kept);
    expect(text.endsWith("}\n")).toBe(true);
    expect(JSON.parse(text)).toMatchObject({ schema: "propchaos/limit-path@1", limit: NAME });
    // IEEE 754, the most significant byte first.
    expect(JSON.parse(text).state.solution.path.h.float64.slice(0, 32)).toBe("3fb999999999999a8000000000000000");
  });

  test("that is another, of another kind, or damaged is none", () => {
    const file = JSON.parse(text);
    const read = (change: object) => readLimit(NAME, JSON.stringify({ ...file, ...change }));
    expect(read({})).toEqual(kept);
    expect(readLimit("limit-10", text)).toBeNull();
    expect(read({ schema: "propchaos/limit-path@2" })).toBeNull();
    expect(read({ limit: "limit-10" })).toBeNull();
    expect(read({ state: { ...file.state, error: 1 } })).toBeNull();
    expect(read({ checksum: file.checksum.replace(/./, "x") })).toBeNull();
    for (const wrong of ["", "null", "7", text.slice(0, -9)]) expect(readLimit(NAME, wrong)).toBeNull();
  });
});

describe("the name of a limit", () => {
  const name = (change: Partial<SweepPlan> = {}) => limitName(combination(change));

  test("is of what determines it, and not of the networks beside it", () => {
    expect(name()).toMatch(/^limit-[0-9a-f]{64}$/);
    for (const change of [
      { widths: [8, 16] },
      { seeds: 2 },
      { seed: 7 },
      { samples: 64 },
      { precision: "float64" as const },
    ])
      expect(name(change)).toBe(name());
    const others: Partial<SweepPlan>[] = [
      { problems: ["He3"] },
      { d: 5 },
      { time: 2 },
      { step: 0.1 },
      { dynamics: "flow" },
      { gradient: "euclidean" },
      { record: 3 },
      { tolerance: 1e-6 },
    ];
    expect(new Set([name(), ...others.map(name)]).size).toBe(1 + others.length);
  });

  test("is none beside a reference network", () => {
    expect(name({ problems: ["XOR_2"], samples: 64 })).toBeNull();
    expect(name({ reference: 64 })).toBeNull();
  });
});

test("a limit is worth keeping from five million evaluations on, of which a step of the flow has four", () => {
  const [steps, flow] = [combination(), combination({ dynamics: "flow" })];
  expect(worthKeeping(steps, state(5000, 1000))).toBe(true);
  expect(worthKeeping(steps, state(5000, 998))).toBe(false);
  expect(worthKeeping(flow, state(1250, 1000))).toBe(true);
  expect(worthKeeping(flow, state(1250, 998))).toBe(false);
  expect(worthKeeping(steps, state(5000, 1000, "diverged"))).toBe(false);
  expect(worthKeeping(steps, { ...state(5000, 1000), solution: null })).toBe(false);
});

test("the progress of a part is its share of the whole", () => {
  const heard: Progress[] = [];
  const { signal } = new AbortController();
  const options = partOptions({ onProgress: (progress) => heard.push(progress), signal }, 2, 4);
  expect(options.signal).toBe(signal);
  for (const done of [0, 5, 20]) options.onProgress?.({ done, total: 20, time: done / 2 });
  expect(heard).toEqual([
    { done: 2000, total: 4000, time: 0 },
    { done: 2250, total: 4000, time: 2.5 },
    { done: 3000, total: 4000, time: 10 },
  ]);
  expect(partOptions({}, 0, 1).onProgress).toBeUndefined();
});
