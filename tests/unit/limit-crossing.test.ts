// When the risk has fallen to a share of its start: against the closed form for h_2 at d = 3, and what is said where it has not.
// convergence-time.test.ts has it against a plain integrator too.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type Crossing, type CrossingInput, findCrossing, flowPlan, levelsOf } from "../../src/limit/crossing.ts";
import type { SolvableProblem } from "../../src/limit/model.ts";
import { PanelLevels } from "../../src/limit/multi/panels.ts";
import { SingleIndexLevels } from "../../src/limit/single.ts";
import { crossingWork, limitHandlers, limitWork } from "../../src/limit/task.ts";
import { hermite } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { problems } from "../../src/problem/zoo.ts";
import { quadraticAtThree } from "../support/plain-crossing.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const h = (k: number, d: number) => singleIndex({ d, activation: hermite({ [k]: 1 }) });

function find(problem: SolvableProblem, more: Partial<CrossingInput> = {}, run = new Run({})): Promise<Crossing> {
  const input = { problem, share: 0.5, horizon: 1e4, expected: 1, tolerance: 1e-9, ...more };
  return findCrossing(engine, input, run);
}

describe("a crossing", () => {
  test.each([0.9, 0.01])("of h_2 at d = 3 and the integral up to it are the closed form's: share %d", async (share) => {
    const found = await find(h(2, 3), { share });
    const start = quadraticAtThree.risk(0);
    const s = quadraticAtThree.solve((at) => share * start - quadraticAtThree.risk(at));
    const T = quadraticAtThree.time(s);
    const { time, rootLossIntegral, startLoss, loss, divergence } = found;
    expect(Math.abs((time?.value ?? 0) / T - 1)).toBeLessThan(2e-9);
    expect(time?.error).toBeGreaterThan(0);
    expect(time?.error).toBeLessThanOrEqual(1e-9 * T);
    expect(Math.abs(rootLossIntegral.value - quadraticAtThree.rootLossIntegral(s))).toBeLessThan(1e-7);
    expect(rootLossIntegral.error).toBeGreaterThan(0);
    expect(rootLossIntegral.error).toBeLessThan(1e-7);
    expect(startLoss).toBeCloseTo(start, 10);
    expect(Math.abs(loss - share * startLoss)).toBeLessThan(1e-11);
    expect(divergence).toBeNull();
    expect(found.steps).toBeGreaterThan(3);
    expect(found.nodes).toBeGreaterThan(100);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("of a pair of teachers is that of the single index", async () => {
    const teachers = [
      [0.6, 0.8],
      [-0.6, -0.8],
    ];
    const pair = await find(multiIndex({ d: 6, activation: hermite({ 4: 1 }), teachers }), { tolerance: 1e-4 });
    const single = await find(h(4, 6), { tolerance: 1e-6 });
    const T = single.time?.value ?? 0;
    expect(T).toBeGreaterThan(0.1);
    expect(Math.abs((pair.time?.value ?? 0) / T - 1)).toBeLessThan(2e-4);
    expect(Math.abs(pair.rootLossIntegral.value / single.rootLossIntegral.value - 1)).toBeLessThan(1e-3);
    expect(pair.time?.error).toBeLessThanOrEqual(1e-4 * T);
  });

  test("that the horizon comes before has no time; the integral goes up to the horizon", async () => {
    const found = await find(h(2, 3), { share: 0.01, horizon: 0.25 });
    expect(found.time).toBeNull();
    const s = quadraticAtThree.solve((at) => quadraticAtThree.time(at) - 0.25);
    expect(Math.abs(found.rootLossIntegral.value - quadraticAtThree.rootLossIntegral(s))).toBeLessThan(1e-7);
    expect(Math.abs(found.loss - quadraticAtThree.risk(s))).toBeLessThan(1e-7);
    expect(found.rootLossIntegral.error).toBeLessThan(1e-7);
  });

  test("has an error that holds, and is refined until it is small enough", async () => {
    const exact = (await find(h(4, 16), { tolerance: 1e-11 })).time?.value ?? 0;
    for (const tolerance of [1e-2, 1e-6]) {
      const { time } = await find(h(4, 16), { tolerance });
      expect(time?.error).toBeLessThanOrEqual(tolerance * exact);
      expect(Math.abs((time?.value ?? 0) - exact)).toBeLessThanOrEqual(time?.error ?? 0);
    }
    // Below rounding no refinement helps: it ends all the same.
    const { time } = await find(h(2, 3), { tolerance: 1e-13 });
    expect(time?.error).toBeGreaterThanOrEqual(4e-15 * (time?.value ?? 1));
  });

  test("that cannot be is given up with the first refinement, however short or long the horizon", async () => {
    // Degrees that do not meet: nothing moves, and L_0 = 1 + 3 / (d (d + 2)).
    const still = singleIndex({ d: 3, activation: hermite({ 4: 1 }), link: hermite({ 3: 1 }) });
    for (const horizon of [1e-3, 20]) {
      const found = await find(still, { horizon, tolerance: 1e-13 });
      expect(found.time).toBeNull();
      expect(found.loss).toBeCloseTo(1.2, 12);
      expect(found.rootLossIntegral.value / (horizon * Math.sqrt(1.2))).toBeCloseTo(1, 12);
      expect(found.rootLossIntegral.error).toBeGreaterThanOrEqual(4e-15 * found.rootLossIntegral.value);
      const levels = new SingleIndexLevels(engine, still, flowPlan(horizon), 1e-13);
      const nodes = levels.nodes(1, levels.accuracy(1));
      nodes.free();
      expect(found.nodes).toBe(nodes.mostNodes);
    }
  });

  test("of a problem whose limit has no mesh is refused", async () => {
    const eight = problems.He4_random_8_8({ d: 9 });
    await expect(find(eight)).rejects.toThrow(
      new RangeError(`problem must be one whose limit is solved on a mesh; got ${eight.name}`),
    );
  });

  test("says how far it is by the time that is expected, and pauses no more than it must", async () => {
    let [total, done] = [0, 0];
    const run = new Run({ onProgress: (progress) => ([total, done] = [progress.total, progress.done]) });
    const { time } = await find(h(4, 32), { tolerance: 1e-6, expected: 4 }, run);
    expect(time?.value).toBeGreaterThan(2);
    await run.pause();
    expect(total).toBe(3);
    expect(done).toBeGreaterThan(1);
    expect(done).toBeLessThanOrEqual(3);
  });
});

describe("levels of refinement", () => {
  test("are those of the solver that takes the problem", () => {
    const plan = flowPlan(2);
    expect(levelsOf(engine, h(4, 8), plan, 1e-6)).toBeInstanceOf(SingleIndexLevels);
    expect(levelsOf(engine, problems.He4_orth({ d: 8 }), plan, 1e-6)).toBeInstanceOf(PanelLevels);
    expect(levelsOf(engine, problems.He4_random_8_8({ d: 9 }), plan, 1e-6)).toBeNull();
  });

  test("are refused before anything is reserved where memory is short", async () => {
    const small = await createEngine({ memoryLimitBytes: 1024 * 1024 });
    const rest = small.arena.reserve("a test", { x: 80_000 });
    for (const problem of [h(4, 8), problems.He4_orth({ d: 8 })])
      expect(() => levelsOf(small, problem, flowPlan(2), 1e-6)).toThrow(
        /^memoryLimitBytes must be at least \d+ for the infinite-width limit: it needs/,
      );
    rest.free();
    expect(small.arena.bytesInUse).toBe(0);
    small.dispose();
  });
});

describe("as a task", () => {
  test("a plan of the flow has one record, at its end", () => {
    expect(flowPlan(2.5)).toEqual({
      time: 2.5,
      step: 2.5,
      dynamics: "flow",
      gradient: "riemannian",
      record: [2.5],
      times: Float64Array.of(2.5),
      steps: new Int32Array(0),
    });
    expect(flowPlan(2, Float64Array.of(0, 1, 2)).record).toEqual([0, 1, 2]);
  });

  test("it is found by its handler and counted as the limit up to where it is expected", async () => {
    const input = { problem: h(2, 3), share: 0.5, horizon: 100, expected: 7, tolerance: 1e-6 };
    const { value, transfer } = await limitHandlers.crossing(engine, input, undefined, new Run({}), async () => {});
    expect(value).toEqual(await findCrossing(engine, input, new Run({})));
    expect(transfer ?? []).toEqual([]);
    expect(crossingWork(input)).toBe(limitWork({ problem: input.problem, plan: flowPlan(7), tolerance: 1e-6 }));
  });
});
