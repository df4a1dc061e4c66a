// Memory of the limit: what is predicted is what is reserved, to the byte; a refusal and `free` leave nothing behind and
// name what the memory was for.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics, type DynamicsOptions } from "../../src/core/dynamics.ts";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { ADAPTATION_BYTES, Adaptation } from "../../src/limit/adapt.ts";
import { findCrossing, flowPlan } from "../../src/limit/crossing.ts";
import { Field } from "../../src/limit/field.ts";
import { LocalHessian, localHessianBytes } from "../../src/limit/local-hessian.ts";
import { Mesh } from "../../src/limit/mesh.ts";
import { affordable } from "../../src/limit/multi/budget.ts";
import { type Cloud, CloudNodes, cloudBytes } from "../../src/limit/multi/cloud.ts";
import { MultiField } from "../../src/limit/multi/field.ts";
import { PanelLevels } from "../../src/limit/multi/panels.ts";
import { multiParticleBytes } from "../../src/limit/multi/particles.ts";
import { MultiPaths, multiPathsBytes } from "../../src/limit/multi/paths.ts";
import { Replicas } from "../../src/limit/multi/replicas.ts";
import { MultiTangents, multiTangentBytes } from "../../src/limit/multi/tangent.ts";
import { LawNodes, lawBytes } from "../../src/limit/nodes.ts";
import { PanelRule } from "../../src/limit/panel-rule.ts";
import { particleBytes } from "../../src/limit/particles.ts";
import { type Path, Rows } from "../../src/limit/path.ts";
import { meanFieldPaths, pathsBytes } from "../../src/limit/paths.ts";
import { SingleIndexLevels } from "../../src/limit/single.ts";
import { SingleIndexPaths, singlePathsBytes } from "../../src/limit/single-paths.ts";
import { limitBytes, solveLimit } from "../../src/limit/solve.ts";
import { TangentPassengers } from "../../src/limit/tangent.ts";
import { emptyState } from "../../src/limit/task.ts";
import { hermite } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { teachersOf } from "../../src/problem/teachers.ts";
import type { MultiIndexProblem, SingleIndexProblem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";

const MIB = 1024 * 1024;

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ memoryLimitBytes: 8 * MIB });
});
afterAll(() => engine.dispose());

const single = problems.He3({ d: 9 });
const several = problems.He4_nonorth({ d: 9 });
const planOf = (dynamics: "pgd" | "flow") => checkDynamics({ time: 1, step: 0.1, dynamics, record: [0, 1] });

/** A path of no steps. */
function pathOf(problem: SingleIndexProblem | MultiIndexProblem, dynamics: "pgd" | "flow"): Path {
  const field =
    problem.kind === "single-index" ? new Field(problem) : new MultiField(problem, teachersOf(engine, problem));
  const drive = new Rows(field.driveLength);
  return { field, plan: planOf(dynamics), drive, radial: null, h: [], stepsAt: [0], moments: [] };
}

const meshOf = (problem: SingleIndexProblem) =>
  new Mesh(engine.kernels, new PanelRule(engine.kernels.cos), problem, 1, 0);

/** n points of the sphere, of equal weight. */
function cloudOf(n: number, rank: number): Cloud {
  const columns = Array.from({ length: rank + 1 }, (_, c) => new Float64Array(n).fill(c === 0 ? 1 : 0));
  return { columns, weights: new Float64Array(n).fill(1 / n) };
}

interface Reserved {
  free(): void;
}

type Case = [name: string, predicted: (flow: boolean) => number, made: (dynamics: "pgd" | "flow") => Reserved];

function cases(): Case[] {
  const shape = { m: 13, d: 9, stride: 10 };
  const field = new Field(single);
  const multi = new MultiField(several, teachersOf(engine, several));
  const mesh = meshOf(single);
  return [
    [
      "single-index particles",
      (flow) => particleBytes(field, 13, flow),
      (by) => field.particles(engine, 13, by === "flow"),
    ],
    [
      "multi-index particles",
      (flow) => multiParticleBytes(multi, 13, flow),
      (by) => multi.particles(engine, 13, by === "flow"),
    ],
    ["adaptation", () => ADAPTATION_BYTES, () => new Adaptation(engine, mesh, single, 1e-8)],
    [
      "single-index law",
      (flow) => lawBytes(field, mesh, flow),
      (by) => new LawNodes(engine, field, mesh, single, { flow: by === "flow", panelError: 1e-8 }),
    ],
    [
      "multi-index law",
      (flow) => cloudBytes(multi, 21, flow),
      (by) => new CloudNodes(engine, multi, cloudOf(21, 2), by === "flow"),
    ],
    [
      "single-index paths",
      (flow) => singlePathsBytes(field, shape, flow),
      (by) => new SingleIndexPaths(engine, pathOf(single, by), shape),
    ],
    [
      "multi-index paths",
      (flow) => multiPathsBytes(multi, shape, flow),
      (by) => new MultiPaths(engine, pathOf(several, by), multi, shape),
    ],
    [
      "paths of a single-index problem",
      (flow) => pathsBytes(engine, single, shape, flow),
      (by) => meanFieldPaths(engine, pathOf(single, by), shape),
    ],
    [
      "paths of a multi-index problem",
      (flow) => pathsBytes(engine, several, shape, flow),
      (by) => meanFieldPaths(engine, pathOf(several, by), shape),
    ],
    ["local Hessian", () => localHessianBytes(field, 16), () => new LocalHessian(engine, field, 9, 16)],
    [
      "single-index tangents",
      (flow) => particleBytes(field, 13, flow) + localHessianBytes(field, 16),
      (by) => new TangentPassengers(engine, pathOf(single, by), 9, 13),
    ],
    [
      "multi-index tangents",
      (flow) => multiTangentBytes(multi, 13, flow),
      (by) => new MultiTangents(engine, pathOf(several, by), 13),
    ],
  ];
}

/** Leaves so many bytes free, or a little more; gives them back. */
function leaveFree(bytes: number): () => void {
  const regions: Reserved[] = [];
  let take = 8 * MIB;
  while (take >= 64) {
    try {
      engine.arena.require("a test", take + bytes);
      regions.push(engine.arena.reserve("a test", { x: take / 8 }));
    } catch {
      take /= 2;
    }
  }
  return () => {
    for (const region of regions) region.free();
  };
}

describe.each(["pgd", "flow"] as const)("by %s", (by) => {
  test("what is predicted is reserved, and given back", () => {
    for (const [name, predicted, made] of cases()) {
      const thing = made(by);
      expect(engine.arena.bytesInUse, name).toBe(predicted(by === "flow"));
      thing.free();
      expect(engine.arena.bytesInUse, name).toBe(0);
    }
  });

  test("the flow takes a trial state and seven rates more, PGD with several indices a velocity", () => {
    const state = 8 * 16;
    const field = new Field(single);
    expect(particleBytes(field, 13, true) - particleBytes(field, 13, false)).toBe(8 * 2 * state);
    const multi = new MultiField(several, teachersOf(engine, several));
    expect(multiParticleBytes(multi, 13, true) - multiParticleBytes(multi, 13, false)).toBe((8 - 1) * 3 * state);
  });

  test("a refusal leaves nothing behind and says what the memory was for", () => {
    for (const [name, predicted, made] of cases()) {
      // All but the last hundred bytes: what is reserved first succeeds.
      const giveBack = leaveFree(predicted(by === "flow") - 128);
      const before = engine.arena.bytesInUse;
      expect(() => made(by), name).toThrow(
        /^memoryLimitBytes must be at least \d+ for (the mesh of|the law of|\d+ particles of|the coupling of a network with its|the local Hessian of 16 particles of)( the infinite-width| the)? limit: it needs/,
      );
      expect(engine.arena.bytesInUse, name).toBe(before);
      giveBack();
    }
  });
});

describe("a limit", () => {
  const options: DynamicsOptions = { time: 1, step: 0.1, record: [0, 1] };

  test.each(["pgd", "flow"] as const)("says what its first refinement takes at least: %s", (by) => {
    const plan = planOf(by);
    const levels = new SingleIndexLevels(engine, single, plan, 1e-6);
    const nodes = levels.nodes(1, levels.accuracy(1));
    expect(engine.arena.bytesInUse).toBe(levels.bytes);
    expect(limitBytes(engine, single, plan)).toBe(levels.bytes);
    nodes.free();

    const panels = new PanelLevels(engine, new MultiField(several, teachersOf(engine, several)), plan, 1e-6);
    for (const level of [0, 1, 3]) {
      const cloud = panels.nodes(level);
      // They are placed once, and have no alpha.
      expect([cloud.adapt(16), cloud.alphaMoments()]).toEqual([false, null]);
      expect(engine.arena.bytesInUse).toBe(panels.bytes(level));
      cloud.free();
    }
    expect(panels.bytes(3)).toBeGreaterThan(panels.bytes(1));
    expect(limitBytes(engine, several, plan)).toBe(panels.bytes(1));

    const eight = problems.He4_random_8_8({ d: 9 });
    const field = new MultiField(eight, teachersOf(engine, eight));
    // Eight replicas of 128 nodes.
    expect(limitBytes(engine, eight, plan)).toBe(cloudBytes(field, 1024, by === "flow"));
    expect(new Replicas(engine, field, plan).bytes(256)).toBe(cloudBytes(field, 2048, by === "flow"));
  });

  test.each([
    ["single-index", single],
    ["multi-index-panels", several],
    ["multi-index-qmc", problems.He4_random_8_8({ d: 9 })],
  ])("is refused before anything is reserved where memory is short: %s", async (_, problem) => {
    const plan = checkDynamics(options);
    const giveBack = leaveFree(limitBytes(engine, problem, plan) - 64);
    const before = engine.arena.bytesInUse;
    const state = emptyState();
    await expect(solveLimit(engine, problem, plan, 1e-6, new Run({}), state)).rejects.toThrow(
      /^memoryLimitBytes must be at least \d+ for the infinite-width limit: it needs/,
    );
    expect(engine.arena.bytesInUse).toBe(before);
    expect(state.solution).toBeNull();
    giveBack();
  });

  test("to a crossing ends with the error reached where memory for another refinement is missing", async () => {
    const plan = flowPlan(10);
    const giveBack = leaveFree(
      new PanelLevels(engine, new MultiField(several, teachersOf(engine, several)), plan, 1e-10).bytes(1),
    );
    const before = engine.arena.bytesInUse;
    const input = { problem: several, share: 0.98, horizon: 10, expected: 1, tolerance: 1e-10 };
    const { time } = await findCrossing(engine, input, new Run({}));
    expect(time?.error).toBeGreaterThan(1e-10 * (time?.value ?? 0));
    expect(engine.arena.bytesInUse).toBe(before);
    giveBack();
  });

  test("leaves no memory behind", async () => {
    for (const problem of [
      single,
      several,
      multiIndex({
        d: 4,
        activation: hermite({ 2: 1 }),
        teachers: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      }),
    ]) {
      const plan = checkDynamics({ ...options, dynamics: "flow" });
      await solveLimit(engine, problem, plan, 1e-2, new Run({}), emptyState());
      expect(engine.arena.bytesInUse).toBe(0);
    }
  });
});

describe("a finer level", () => {
  test("is affordable up to 2.5e10 products, and only with memory for it", () => {
    expect(affordable(engine, 2.5e10, 64)).toBe(true);
    expect(affordable(engine, 2.5e10 + 8, 64)).toBe(false);
    expect(affordable(engine, 1, 9 * MIB)).toBe(false);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("of panels is charged for its nodes, moments and evaluations, and ends with the list", () => {
    const field = new MultiField(several, teachersOf(engine, several));
    const panels = new PanelLevels(engine, field, planOf("pgd"), 1e-6);
    const nodes = panels.nodes(2);
    nodes.free();
    const work = 2.5e10 / (nodes.mostNodes * field.monomials.count);
    expect(panels.affordable(2, Math.floor(work))).toBe(true);
    expect(panels.affordable(2, Math.ceil(work))).toBe(false);
    expect(panels.affordable(panels.last + 1, 1)).toBe(false);
  });
});
