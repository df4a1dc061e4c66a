// Replicas of scrambled nodes: doubled until their error bar is small enough, and what is kept of a run that ends before.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics, type Plan } from "../../src/core/dynamics.ts";
import { Aborted, Run, type Work } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { MultiField } from "../../src/limit/multi/field.ts";
import { Replicas } from "../../src/limit/multi/replicas.ts";
import type { LimitState } from "../../src/limit/refine.ts";
import { solveLimit } from "../../src/limit/solve.ts";
import { emptyState } from "../../src/limit/task.ts";
import { hermite } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { teachersOf } from "../../src/problem/teachers.ts";
import type { MultiIndexProblem } from "../../src/problem/types.ts";
import { CountedWork } from "../support/counted-work.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const fieldOf = (problem: MultiIndexProblem) => new MultiField(problem, teachersOf(engine, problem));

describe("replicas", () => {
  const problem = multiIndex({
    d: 4,
    activation: hermite({ 2: 1 }),
    teachers: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  });
  const plan: Plan = checkDynamics({ time: 0.5, step: 0.25, record: [0, 0.5] });

  async function solved(tolerance: number, on = engine, state: LimitState = emptyState(), work: Work = new Run({})) {
    const field = new MultiField(problem, teachersOf(on, problem));
    const status = await new Replicas(on, field, plan).solve(tolerance, work, state);
    expect(on.arena.bytesInUse).toBe(0);
    return { status, state };
  }

  test("of 128 nodes each are doubled until the error bar is small enough", async () => {
    const [coarse, fine] = [await solved(1), await solved(1e-4)];
    expect(coarse.status).toBe("completed");
    expect(coarse.state.solution?.nodes).toBe(8 * 128);
    expect(fine.state.errorEstimate).toBeLessThanOrEqual(1e-4);
    const nodes = fine.state.solution?.nodes ?? 0;
    expect(nodes).toBeGreaterThan(1024);
    expect(Math.log2(nodes) % 1).toBe(0);
    // Twice as many nodes halve it, or better.
    expect(coarse.state.errorEstimate).toBeGreaterThan(1e-4);
    expect(coarse.state.errorEstimate).toBeLessThan(0.1);
    expect(coarse.state.particleErrorEstimate).toBeGreaterThan(1e-5);
    expect(fine.state.particleErrorEstimate).toBeLessThan(0.7 * (coarse.state.particleErrorEstimate ?? 0));
    // Within its error of the finer one.
    coarse.state.solution?.loss.forEach((loss, k) => {
      const distance = Math.abs(loss - (fine.state.solution?.loss[k] ?? 0));
      expect(distance).toBeLessThanOrEqual((coarse.state.errorEstimate ?? 0) + 1e-4);
    });
  });

  test("end where the tolerance is just met", async () => {
    const { errorEstimate } = (await solved(1)).state;
    expect((await solved(errorEstimate as number)).state.solution?.nodes).toBe(8 * 128);
  });

  test("are affordable up to 2^20 nodes each and 2.5e10 products, those of the union and of each alone", () => {
    const replicas = new Replicas(engine, fieldOf(problem), plan);
    const { count } = replicas.field.monomials;
    expect(replicas.affordable(2 ** 20, 1)).toBe(true);
    expect(replicas.affordable(2 ** 20 + 8, 1)).toBe(false);
    const most = 2.5e10 / (16 * 1024 * count);
    expect(replicas.affordable(1024, Math.floor(most))).toBe(true);
    expect(replicas.affordable(1024, Math.ceil(most))).toBe(false);
  });

  test("are a limit of its own for each seed, as the one that takes the problem", async () => {
    const state = emptyState();
    await solveLimit(engine, problem, plan, 1, new Run({}), state);
    expect(state.solution?.loss).toEqual((await solved(1)).state.solution?.loss);
    const other = emptyState();
    await new Replicas(engine, fieldOf(problem), plan, 9).solve(1, new Run({}), other);
    expect(other.solution?.loss).not.toEqual(state.solution?.loss);
    const { name, indices } = new Replicas(engine, fieldOf(problem), plan);
    expect([name, indices]).toEqual(["multi-index-qmc", 3]);
  });

  test("count what they have moved, the union as much as all of them, of what another doubling would make of it", async () => {
    for (const tolerance of [1, 1e-4]) {
      let last: number[] = [];
      const run = new Run({ onProgress: ({ done, total }) => (last = [done, total]) });
      const { state } = await solved(tolerance, engine, emptyState(), run);
      await run.pause();
      const doublings = (state.solution?.nodes ?? 0) / 1024;
      expect(last[0]).toBeCloseTo(16 * (2 * doublings - 1), 9);
      expect(last[1]).toBe(32 * doublings);
    }
  });

  test("end with the error reached where memory for more is missing", async () => {
    const small = await createEngine({ memoryLimitBytes: 1024 * 1024 });
    const bytes = new Replicas(small, new MultiField(problem, teachersOf(small, problem)), plan).bytes(256);
    let rest = 120_000;
    const fits = () => {
      try {
        small.arena.require("a test", 8 * rest + bytes);
        return true;
      } catch {
        return false;
      }
    };
    while (fits()) rest += 100;
    while (!fits()) rest -= 10;
    // Just too little for twice as many nodes.
    const region = small.arena.reserve("a test", { x: rest + 20 });
    const before = small.arena.bytesInUse;
    const state = emptyState();
    const status = await new Replicas(small, new MultiField(problem, teachersOf(small, problem)), plan).solve(
      1e-9,
      new Run({}),
      state,
    );
    expect(status).toBe("completed");
    expect(state.solution?.nodes).toBe(1024);
    expect(state.errorEstimate).toBeGreaterThan(1e-9);
    expect(small.arena.bytesInUse).toBe(before);
    region.free();
    small.dispose();
  });

  test("that are stopped leave what there is of the first union", async () => {
    const early = emptyState();
    await expect(solved(1e-9, engine, early, new CountedWork(true, 1))).rejects.toThrow(Aborted);
    expect(early.solution?.path.drive.count).toBe(1);
    expect(early.errorEstimate).toBeNull();
  });

  test("diverge where the union or one of them does", async () => {
    for (const spoilt of [1, 5]) {
      const field = fieldOf(problem);
      let count = 0;
      // Steps 0 and 1 are those of the union, two for each replica after it.
      const drive = field.drive.bind(field);
      field.drive = (M, out) => {
        drive(M, out);
        if (count++ === spoilt) out.fill(Number.NaN);
      };
      const state = emptyState();
      expect(await new Replicas(engine, field, plan).solve(1, new Run({}), state)).toBe("diverged");
      expect(state.solution?.loss).toHaveLength(spoilt === 1 ? 1 : 2);
      expect(state.errorEstimate).toBeNull();
      expect(engine.arena.bytesInUse).toBe(0);
      if (spoilt === 5) expect(count).toBe(6);
    }
  });
});
