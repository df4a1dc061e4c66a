// Refinement: how far two levels are apart, when they are near enough, and what is kept of a run that ends before.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics } from "../../src/core/dynamics.ts";
import { Aborted, Run, type Work } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { Mesh } from "../../src/limit/mesh.ts";
import type { LimitNodes } from "../../src/limit/model.ts";
import { MultiField } from "../../src/limit/multi/field.ts";
import { PanelLevels } from "../../src/limit/multi/panels.ts";
import { probesOf } from "../../src/limit/multi/probes.ts";
import { errorBar } from "../../src/limit/multi/replicas.ts";
import { PanelRule } from "../../src/limit/panel-rule.ts";
import { follow, type Levels, probeDistance, refine, type Solution } from "../../src/limit/refine.ts";
import { SingleIndexLevels } from "../../src/limit/single.ts";
import { emptyState } from "../../src/limit/task.ts";
import { teachersOf } from "../../src/problem/teachers.ts";
import type { MultiIndexProblem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";
import { CountedWork } from "../support/counted-work.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const fieldOf = (problem: MultiIndexProblem) => new MultiField(problem, teachersOf(engine, problem));

describe("the distance of two levels", () => {
  test("of particles is the largest over the records of their mean distance", () => {
    // Two probes of two coordinates, as columns: distances 5 and 0, then 0 and 1.
    const a = [Float64Array.of(0, 1, 0, 2), Float64Array.of(1, 1, 1, 1), Float64Array.of(9, 9, 9, 9)];
    const b = [Float64Array.of(3, 1, 4, 2), Float64Array.of(1, 2, 1, 1)];
    expect(probeDistance(a, b, 2)).toBe(2.5);
    expect(probeDistance(b, a, 2)).toBe(2.5);
    expect(probeDistance(a.slice(1, 2), b.slice(1), 2)).toBe(0.5);
    // Rounding, which no refinement shows.
    expect(probeDistance(a, a, 2)).toBe(4e-15);
    expect(probeDistance([], [], 2)).toBe(4e-15);
  });

  const losses = (...loss: number[]) => ({ loss }) as unknown as Solution;

  test("of replicas is Student's interval and a seventh of their bias, the largest over the records", () => {
    const alone = [1, 2, 3, 4, 5, 6, 7, 8].map((x) => losses(1, x));
    // s^2 = 42 / 7
    const bar = (2.365 * Math.sqrt(6)) / Math.sqrt(8) + Math.abs(4.5 - 5) / 7;
    expect(errorBar(losses(1, 5), alone)).toBeCloseTo(bar, 14);
    expect(errorBar(losses(1, 4), alone)).toBeCloseTo(bar, 14);
    expect(errorBar(losses(3), alone)).toBeCloseTo(2 / 7, 14);
    const same = [1, 2, 3, 4, 5, 6, 7, 8].map(() => losses(2));
    expect(errorBar(losses(2), same)).toBe(8e-15);
  });
});

describe("the accuracy of a level", () => {
  const plan = checkDynamics({ time: 1, dynamics: "flow" });

  test("with one index: steps 16 times and panels 64 times finer each, a quarter as long, down to rounding", () => {
    const levels = new SingleIndexLevels(engine, problems.He4({ d: 8 }), plan, 1e-6);
    expect(levels.accuracy(0)).toMatchObject({ panel: 1e-6, stretch: 1 });
    expect(levels.accuracy(0).local).toBeCloseTo(1e-5, 18);
    const { local, panel, stretch } = levels.accuracy(2);
    expect(local).toBeCloseTo(1e-5 / 256, 20);
    expect(panel).toBeCloseTo(1e-6 / 4096, 22);
    expect(stretch).toBe(1 / 16);
    expect(levels.accuracy(9)).toEqual({ local: 1e-15, panel: 1e-13, stretch: 1 / 262144 });
    expect(new SingleIndexLevels(engine, problems.He4({ d: 8 }), plan, 1).accuracy(0).local).toBe(1e-4);
    expect(levels).toMatchObject({ name: "single-index", indices: 1, last: 8 });
    expect(levels.affordable()).toBe(true);
  });

  test("with two: steps four times finer and half as long in the first three, then nodes alone", () => {
    const levels = new PanelLevels(engine, fieldOf(problems.He4_orth({ d: 8 })), plan, 1e-6);
    expect(levels.accuracy(0)).toMatchObject({ panel: 0, stretch: 1 });
    expect(levels.accuracy(0).local).toBeCloseTo(1e-5, 18);
    expect(levels.accuracy(1).local).toBeCloseTo(1e-5 / 4, 20);
    expect(levels.accuracy(3).local).toBeCloseTo(1e-5 / 64, 20);
    expect(levels.accuracy(3).stretch).toBe(1 / 8);
    expect(levels.accuracy(7)).toEqual(levels.accuracy(3));
    const fine = new PanelLevels(engine, fieldOf(problems.He4_orth({ d: 8 })), plan, 1e-13);
    expect(fine.accuracy(3).local).toBe(1e-13);
    expect(new PanelLevels(engine, fieldOf(problems.He4_orth({ d: 8 })), plan, 1).accuracy(0).local).toBe(1e-4);
    expect(levels).toMatchObject({ name: "multi-index-panels", indices: 2, last: 8 });
  });

  test("of panels means more nodes on each level", () => {
    const levels = new PanelLevels(engine, fieldOf(problems.He4_orth({ d: 8 })), plan, 1e-6);
    const counts = [0, 1, 2, 3].map((level) => {
      const nodes = levels.nodes(level);
      nodes.free();
      return nodes.mostNodes;
    });
    counts.slice(1).forEach((count, i) => {
      expect(count).toBeGreaterThan(1.2 * counts[i]);
    });
  });
});

describe("probes", () => {
  test("of one index are 256 nodes of the law at its quantiles", () => {
    for (const problem of [problems.He3({ d: 3 }), problems.He4({ d: 20 })]) {
      const plan = checkDynamics({ time: 5, dynamics: "flow" });
      const [alphas, gammas] = new SingleIndexLevels(engine, problem, plan, 1e-6).probes;
      const mesh = new Mesh(engine.kernels, new PanelRule(engine.kernels.cos), problem, 5, 0);
      const nodes = mesh.panels.flatMap((panel) => {
        const weights = mesh.weights(panel);
        return Array.from(mesh.start(panel).alpha, (alpha, j) => ({ alpha, weight: weights[j] }));
      });
      const massBelow = (alpha: number) => nodes.reduce((sum, node) => sum + (node.alpha < alpha ? node.weight : 0), 0);
      const massAt = (alpha: number) => nodes.reduce((sum, node) => sum + (node.alpha === alpha ? node.weight : 0), 0);
      expect(alphas.length).toBe(256);
      for (const [p, alpha] of alphas.entries()) {
        const below = massBelow(alpha);
        expect(below).toBeLessThan((p + 0.5) / 256 + 1e-14);
        expect(below + massAt(alpha)).toBeGreaterThan((p + 0.5) / 256 - 1e-14);
        expect(Math.abs(alpha * alpha + gammas[p] * gammas[p] - 1)).toBeLessThan(1e-15);
      }
    }
  });

  test("of several are 256 points of the sphere, none of them a node of a replica", () => {
    const field = fieldOf(problems.He4_random_8_8({ d: 12 }));
    const columns = probesOf(engine, field);
    expect(columns.map((column) => column.length)).toEqual(new Array(9).fill(256));
    const mean = columns[0].reduce((sum, u) => sum + u * u, 0) / 256;
    expect(Math.abs(mean * 12 - 1)).toBeLessThan(0.1);
  });
});

describe("levels of one index", () => {
  const problem = problems.He3({ d: 4 });
  const plan = checkDynamics({ time: 0.5, step: 0.1, record: [0, 0.2, 0.5] });

  /** What levels were asked for, the last of which is `last`; `spoil` may change their nodes. */
  function watched(last: number, affordable: (level: number) => boolean, spoil?: (level: number) => number | null) {
    const real = new SingleIndexLevels(engine, problem, plan, 1e-4);
    const asked: string[] = [];
    const levels: Levels = Object.assign(Object.create(real), {
      last,
      affordable(level: number, evaluations: number) {
        asked.push(`affordable ${level} ${evaluations}`);
        return affordable(level);
      },
      nodes(level: number, accuracy: Parameters<Levels["nodes"]>[1]): LimitNodes {
        asked.push(`nodes ${level}`);
        const nodes = real.nodes(level, accuracy);
        const spoilt = spoil?.(level) ?? null;
        if (spoilt === null) return nodes;
        // From that moment on no moment is a number.
        let count = 0;
        return Object.assign(Object.create(nodes), {
          moments: (...args: Parameters<LimitNodes["moments"]>) => {
            const M = nodes.moments(...args);
            return count++ < spoilt ? M : M.map(() => Number.NaN);
          },
        });
      },
    });
    return { levels, asked };
  }

  async function refined(levels: Levels, tolerance: number, work: Work = new Run({})) {
    const state = emptyState();
    const status = await refine(engine, levels, plan, tolerance, work, state);
    expect(engine.arena.bytesInUse).toBe(0);
    return { status, state };
  }

  /** With moments that differ from level to level, so that no two agree to rounding. */
  function unsettled(levels: Levels): Levels {
    const nodes = (level: number, accuracy: Parameters<Levels["nodes"]>[1]): LimitNodes => {
      const real = levels.nodes(level, accuracy);
      const moments = (...args: Parameters<LimitNodes["moments"]>) =>
        real.moments(...args).map((x) => x * (1 + 1e-12 * level));
      return Object.assign(Object.create(real), { moments });
    };
    return Object.assign(Object.create(levels), { nodes });
  }

  test("that agree to rounding are enough for any tolerance", async () => {
    const { levels, asked } = watched(8, () => true);
    const { status, state } = await refined(levels, 0);
    expect(status).toBe("completed");
    expect(asked).toEqual(["nodes 0", "nodes 1", "affordable 2 5"]);
    expect(state.errorEstimate).toBeLessThan(1e-13);
  });

  test("are gone through until two agree", async () => {
    const { levels, asked } = watched(8, () => true);
    const { status, state } = await refined(levels, 1);
    expect(status).toBe("completed");
    // Five PGD steps, each an evaluation.
    expect(asked).toEqual(["nodes 0", "nodes 1", "affordable 2 5"]);
    expect(state.errorEstimate).toBeGreaterThan(0);
    expect(state.errorEstimate).toBeLessThan(1e-4);
    expect(state.particleErrorEstimate).toBeGreaterThan(0);
    for (const series of ["loss", "meanAlpha", "meanAlpha2"] as const) expect(state.solution?.[series]).toHaveLength(3);
    // A tolerance that is just met is met.
    const again = watched(8, () => true);
    await refined(again.levels, state.errorEstimate as number);
    expect(again.asked).toEqual(asked);
  });

  test("end with the last, or where the next is not affordable, and say how far they got", async () => {
    for (const [last, affordable, expected] of [
      [3, () => true, ["nodes 0", "nodes 1", "affordable 2 5", "nodes 2", "affordable 3 5", "nodes 3"]],
      [8, (level) => level < 3, ["nodes 0", "nodes 1", "affordable 2 5", "nodes 2", "affordable 3 5"]],
      [1, () => true, ["nodes 0", "nodes 1"]],
    ] as [number, (level: number) => boolean, string[]][]) {
      const { levels, asked } = watched(last, affordable);
      const { status, state } = await refined(unsettled(levels), 0);
      expect(asked).toEqual(expected);
      expect(status).toBe("completed");
      expect(state.errorEstimate).toBeGreaterThan(0);
    }
  });

  test("differ by what their estimate says", async () => {
    const solutions: Solution[] = [];
    const { levels } = watched(1, () => true);
    const real = levels.nodes.bind(levels);
    for (const level of [0, 1]) {
      const alone = watched(1, () => true).levels;
      const one = Object.assign(Object.create(alone), { nodes: () => real(level, levels.accuracy(level)) });
      const state = emptyState();
      await refine(engine, one, plan, 1, new Run({}), state);
      solutions.push(state.solution as Solution);
    }
    const { state } = await refined(levels, 0);
    const [coarse, fine] = solutions;
    const worst = Math.max(...fine.loss.map((loss, k) => Math.abs(loss - coarse.loss[k])), 4e-15 * fine.loss[0]);
    expect(state.errorEstimate).toBe(worst);
    const followed = await Promise.all(solutions.map(({ path }) => follow(engine, path, levels.probes, new Run({}))));
    expect(state.particleErrorEstimate).toBe(probeDistance(followed[0], followed[1], 256));
    expect(state.solution?.loss).toEqual(fine.loss);
  });

  test("that diverge at once leave the records before it, without an estimate", async () => {
    const { levels, asked } = watched(
      8,
      () => true,
      (level) => (level === 0 ? 4 : null),
    );
    const { status, state } = await refined(levels, 1e-4);
    expect(status).toBe("diverged");
    expect(asked).toEqual(["nodes 0"]);
    // Moments 0 to 3 are those of record 0, of two steps and of the record after them.
    expect(state.solution?.loss).toHaveLength(2);
    expect(state.solution?.divergence?.step).toBe(3);
    expect(state.solution?.divergence?.time).toBeCloseTo(0.3, 14);
    expect([state.errorEstimate, state.particleErrorEstimate]).toEqual([null, null]);
  });

  test("that diverge later do so whatever their agreement before", async () => {
    const { levels, asked } = watched(
      1,
      () => true,
      (level) => (level === 1 ? 4 : null),
    );
    const { status, state } = await refined(levels, 1);
    expect(status).toBe("diverged");
    expect(asked.filter((name) => name.startsWith("nodes"))).toEqual(["nodes 0", "nodes 1"]);
    expect(state.solution?.loss).toHaveLength(2);
    expect(state.errorEstimate).toBeLessThan(1);
  });

  test("that are stopped leave what there is of the first, then the last that was finished", async () => {
    const early = emptyState();
    const levels = unsettled(watched(8, () => true).levels);
    await expect(refine(engine, levels, plan, 0, new CountedWork(true, 3), early)).rejects.toThrow(Aborted);
    // After three of the five steps.
    expect(early.solution?.loss).toHaveLength(2);
    expect(early.solution?.path.drive.count).toBe(3);
    expect(early.solution?.nodes).toBeGreaterThan(100);
    expect(early.errorEstimate).toBeNull();
    expect(engine.arena.bytesInUse).toBe(0);
    const later = emptyState();
    // Ten pauses a level: five steps and five of the probes.
    await expect(refine(engine, levels, plan, 0, new CountedWork(true, 25), later)).rejects.toThrow(Aborted);
    expect(later.solution?.loss).toHaveLength(3);
    expect(later.errorEstimate).not.toBeNull();
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("count three parts: the first level one, each other two", async () => {
    const totals: [number, number][] = [];
    const run = new Run({ onProgress: ({ done, total }) => totals.push([done, total]) });
    const { levels } = watched(8, () => true);
    await refined(levels, 1, run);
    await run.pause();
    expect(totals[totals.length - 1]).toEqual([3, 3]);
  });
});
