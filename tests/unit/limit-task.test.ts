// The limit as a task, and what its result answers: what goes to a worker and comes back, how much work it counts for, what is
// said where there is nothing yet, and which problems are refused in which words.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics, type DynamicsOptions } from "../../src/core/dynamics.ts";
import { Aborted, Part, Run, type Work } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { AlphaFollower } from "../../src/limit/alpha.ts";
import { AlphaLaws } from "../../src/limit/alpha-law.ts";
import { followAlphas } from "../../src/limit/alpha-paths.ts";
import { limitResult } from "../../src/limit/document.ts";
import { Field } from "../../src/limit/field.ts";
import { fieldOf } from "../../src/limit/field-of.ts";
import { checkSolvable, indicesOf, limitSolver, solvableForm } from "../../src/limit/form.ts";
import { Mesh } from "../../src/limit/mesh.ts";
import type { SolvableProblem } from "../../src/limit/model.ts";
import { MultiField } from "../../src/limit/multi/field.ts";
import { PanelRule, POINTS } from "../../src/limit/panel-rule.ts";
import { packPath, pathBuffers, Rows, unpackPath } from "../../src/limit/path.ts";
import type { Solution } from "../../src/limit/refine.ts";
import { solveLimit } from "../../src/limit/solve.ts";
import {
  computeLimit,
  emptyState,
  type LimitInput,
  limitHandlers,
  limitWork,
  type PackedState,
} from "../../src/limit/task.ts";
import { checkTolerance } from "../../src/limit/tolerance.ts";
import { hermite, relu } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { teachersOf } from "../../src/problem/teachers.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 6 });
const EUCLIDEAN: DynamicsOptions = { time: 0.4, step: 0.1, gradient: "euclidean", record: [0, 0.2, 0.4] };

function inputOf(problem: SolvableProblem, options: DynamicsOptions = EUCLIDEAN): LimitInput {
  return { problem, plan: checkDynamics(options), tolerance: 1e-4 };
}

async function solutionOf(problem: SolvableProblem, options?: DynamicsOptions): Promise<Solution> {
  const { plan, tolerance } = inputOf(problem, options);
  const state = emptyState();
  await solveLimit(engine, problem, plan, tolerance, new Run({}), state);
  return state.solution as Solution;
}

async function ask(kind: string, payload: unknown, work: Work = new Run({})) {
  const { value, transfer } = await limitHandlers[kind](engine, payload, undefined, work, async () => {});
  return { value: value as PackedState, transfer: transfer ?? [] };
}

describe("rows of a path", () => {
  test("grow as they are pushed, and their copy has no more", () => {
    const rows = new Rows(3);
    expect(rows.copy()).toEqual(new Float64Array(0));
    for (let i = 0; i < 200; i++) rows.push(Float64Array.of(i, 2 * i, -i));
    expect(rows.count).toBe(200);
    for (const i of [0, 63, 64, 127, 128, 199]) expect(rows.row(i)).toEqual(Float64Array.of(i, 2 * i, -i));
    const copy = rows.copy();
    expect(copy).toEqual(Float64Array.from({ length: 600 }, (_, k) => [1, 2, -1][k % 3] * Math.floor(k / 3)));
    copy.fill(7);
    expect(rows.row(199)[0]).toBe(199);
  });

  test("can begin with given ones and go on from there", () => {
    const rows = new Rows(2, Float64Array.of(1, 2, 3, 4));
    expect(rows.count).toBe(2);
    rows.push(Float64Array.of(5, 6));
    expect(rows.copy()).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6));
    expect(new Rows(2).count).toBe(0);
  });
});

describe("a path as plain data", () => {
  test.each([
    ["PGD, Euclidean", EUCLIDEAN],
    ["flow", { time: 0.4, dynamics: "flow", record: [0.2, 0.4] } satisfies DynamicsOptions],
  ])("has what it was made of, and buffers for all that is long: %s", async (_, options) => {
    for (const problem of [He4, problems.He4_orth({ d: 6 })]) {
      const { path } = await solutionOf(problem, options);
      const packed = packPath(path);
      expect(packed.drive.length).toBe(path.drive.count * path.field.driveLength);
      const buffers = pathBuffers(packed);
      expect(new Set(buffers).size).toBe("gradient" in options ? 3 : 2);
      const posted = structuredClone(packed, { transfer: buffers });
      expect([packed.drive.length, packed.h.length, packed.radial?.length ?? 0]).toEqual([0, 0, 0]);
      const back = unpackPath(posted, problem, path.plan);
      expect(back.drive.copy()).toEqual(path.drive.copy());
      expect(back.radial?.copy()).toEqual(path.radial?.copy());
      expect(back.radial === null).toBe(path.radial === null);
      expect([back.h, back.stepsAt, back.moments]).toEqual([path.h, path.stepsAt, path.moments]);
      expect(back.field.teachers).toEqual(path.field.teachers);
      expect(back.field.radialLength).toBe(path.field.radialLength);
    }
  });

  test("needs the teachers of a problem that has several", () => {
    const problem = problems.He4_orth({ d: 6 });
    expect(() => fieldOf(problem, null)).toThrow(new TypeError("He4_orth needs its teachers"));
    expect(fieldOf(problem, teachersOf(engine, problem))).toBeInstanceOf(MultiField);
    expect(fieldOf(He4, null)).toBeInstanceOf(Field);
  });
});

describe("the task", () => {
  /** A pool that computes at once, as if on another thread, and remembers what it was asked. */
  function poolOf(answer?: (payload: unknown) => Promise<{ value: unknown }>) {
    const asked: { kind: string; name: string; payload: object }[] = [];
    const results: boolean[] = [];
    const compute: Parameters<typeof computeLimit>[0]["compute"] = async ({ tasks, finished }) => {
      for (const [index, { kind, name, payload }] of tasks.entries()) {
        asked.push({ kind, name, payload: payload as object });
        if (!answer) continue;
        results.push(finished(index, structuredClone((await answer(payload)).value)));
      }
    };
    return { compute, asked, results };
  }

  test("is posted without what else the caller's object holds, and its answer becomes the state", async () => {
    const input = inputOf(He4);
    const pool = poolOf((payload) => ask("limit", structuredClone(payload)));
    const state = emptyState();
    const run = new Run({});
    const given = Object.assign({ note: () => {} }, input);
    const status = await computeLimit(pool, run, new Part(run, 1), given, state);
    expect(status).toBe("completed");
    expect(pool.asked).toEqual([{ kind: "limit", name: "the infinite-width limit", payload: input }]);
    expect(pool.results).toEqual([false]);
    const here = emptyState();
    await solveLimit(engine, He4, input.plan, input.tolerance, run, here);
    expect(state.solution?.loss).toEqual(here.solution?.loss);
    expect(state.solution?.path.drive.copy()).toEqual(here.solution?.path.drive.copy());
    expect([state.errorEstimate, state.particleErrorEstimate]).toEqual([
      here.errorEstimate,
      here.particleErrorEstimate,
    ]);
    expect(state.errorEstimate).toBeGreaterThan(0);
  });

  test("is aborted where no answer came, or one without a solution", async () => {
    const run = new Run({});
    const state = emptyState();
    expect(await computeLimit(poolOf(), run, new Part(run, 1), inputOf(He4), state)).toBe("aborted");
    expect(state).toEqual({ solution: null, errorEstimate: null, particleErrorEstimate: null });
    const none = poolOf(async () => ({ value: { ...emptyState(), status: "aborted" } }));
    expect(await computeLimit(none, run, new Part(run, 1), inputOf(He4), state)).toBe("aborted");
    expect(state.solution).toBeNull();
  });

  test("hands over the buffers of its path, and what there is of it when it is aborted", async () => {
    const { value, transfer } = await ask("limit", inputOf(He4));
    expect(value.status).toBe("completed");
    expect(transfer).toEqual([
      value.solution?.path.drive.buffer,
      value.solution?.path.h.buffer,
      value.solution?.path.radial?.buffer,
    ]);
    let pauses = 0;
    const stopping: Work = {
      due: true,
      expect() {},
      advance() {},
      async pause() {
        if (++pauses === 2) throw new Aborted();
      },
      part: () => stopping,
    };
    const stopped = await ask("limit", inputOf(He4), stopping);
    expect(stopped.value.status).toBe("aborted");
    expect(stopped.value.solution?.loss).toHaveLength(1);
    expect(stopped.value.errorEstimate).toBeNull();
  });

  test("passes on what goes wrong", async () => {
    await expect(ask("limit", inputOf(He4, { time: 10, step: 5, record: [10] }))).rejects.toThrow(
      /^step must be so small/,
    );
  });

  test("counts for its steps, nodes and degree, in multiplications of a network", () => {
    // 20 * 2000 nodes, 50 steps, 2 * 5 + 10 a node and step.
    expect(limitWork(inputOf(He4, { time: 1, step: 0.02, record: [0.5, 1] }))).toBe(20 * 2000 * 50 * 20);
    expect(limitWork(inputOf(He4, { time: 2, dynamics: "flow" }))).toBe(20 * 2000 * 180 * 20);
    const linear = singleIndex({ d: 3, activation: hermite({ 1: 1 }) });
    expect(limitWork(inputOf(linear, { time: 1, step: 0.5, record: [1] }))).toBe(20 * 2000 * 2 * 14);
    // Monomials in u_1, u_2 and t = s^2 of weights 0 to 4, t of weight 2 and in even weights alone.
    const several = problems.He4_orth({ d: 6 });
    const count = 1 + 2 + (3 + 1) + 4 + (5 + 3 + 1);
    expect(limitWork(inputOf(several, { time: 1, step: 0.5, record: [1] }))).toBe(1e6 * 2 * count);
  });
});

describe("the document of a limit", () => {
  const given = { status: "aborted" as const, workers: undefined };

  test("of which there is nothing yet is empty, and says so when it is asked", () => {
    const { workers, ...document } = limitResult(engine, inputOf(He4), emptyState(), given);
    expect(workers).toBeUndefined();
    expect(document).toMatchObject({
      schema: "propchaos/limit@1",
      backend: engine.backend,
      problem: He4,
      status: "aborted",
      divergence: null,
      errorEstimate: null,
      particleErrorEstimate: null,
      nodes: 0,
      steps: 0,
      solver: "single-index",
      indices: 1,
      settings: { step: 0.1, dynamics: "pgd", gradient: "euclidean", tolerance: 1e-4, record: [0, 0.2, 0.4] },
    });
    for (const series of [document.time, document.loss, document.meanAlpha, document.meanAlpha2])
      expect(series).toEqual(new Float64Array(0));
    for (const name of ["workers", "alphaPaths"]) expect(name in document).toBe(false);
    const none = new RangeError("k must be a record that was reached (none); got 0");
    expect(() => document.alphaAt(0.5, 0)).toThrow(none);
    expect(() => document.velocityAt(0.5, 0)).toThrow(none);
    expect(() => document.law(0)).toThrow(none);
  });

  test("holds the records that were reached, where it stopped and who computed it", async () => {
    const solution = await solutionOf(He4);
    const cut = {
      ...solution,
      loss: solution.loss.slice(0, 2),
      path: { ...solution.path, stepsAt: solution.path.stepsAt.slice(0, 2) },
      divergence: { step: 3, time: 0.3 },
    };
    const state = { solution: cut, errorEstimate: 1e-5, particleErrorEstimate: 1e-4 };
    const workers = { kind: "none", count: 0 } as never;
    const paths = { start: [0.5], alpha: [Float64Array.of(0.5, 0.6)] };
    const document = limitResult(engine, inputOf(He4), state, { status: "diverged", workers, paths });
    expect(document).toMatchObject({
      workers: { kind: "none", count: 0 },
      status: "diverged",
      divergence: { step: 3, time: 0.3 },
      errorEstimate: 1e-5,
      particleErrorEstimate: 1e-4,
      steps: 2,
      alphaPaths: paths,
    });
    expect(Array.from(document.time)).toEqual([0, 0.2]);
    expect(document.loss.length).toBe(2);
    expect(document.nodes).toBe(solution.nodes);
    expect(() => document.law(2)).toThrow(/^k must be an integer from 0 to 1; got 2/);
    // Under the uniform law Q is the same everywhere, and psi = phi' = 4 alpha^3.
    expect(document.velocityAt(0.5, 0)).toBeCloseTo(0.75 * 4 * 0.125, 13);
    expect(() => document.velocityAt(1.5, 0)).toThrow(/^alpha must be .* of at least -1 and at most 1; got 1.5/);
    expect(() => document.velocityAt(-1.5, 0)).toThrow(RangeError);
    expect(() => document.alphaAt(-1.5, 0)).toThrow(/^alpha0 must be .* of at least -1 and at most 1; got -1.5/);
    const json = JSON.parse(JSON.stringify(document));
    expect(json.alphaPaths).toEqual({ start: [0.5], alpha: [[0.5, 0.6]] });
  });

  test("of several teachers has no alpha, also before there is anything", async () => {
    const problem = problems.He4_orth({ d: 6 });
    const empty = limitResult(engine, inputOf(problem), emptyState(), given);
    const solution = await solutionOf(problem);
    const full = limitResult(engine, inputOf(problem), { ...emptyState(), solution }, given);
    for (const document of [empty, full]) {
      expect([document.meanAlpha, document.meanAlpha2]).toEqual([null, null]);
      expect(document).toMatchObject({ solver: "multi-index-panels", indices: 2 });
      const asked = {
        law: () => document.law(0),
        alphaAt: () => document.alphaAt(0, 0),
        velocityAt: () => document.velocityAt(0, 0),
      };
      for (const [name, call] of Object.entries(asked))
        expect(call).toThrow(
          new RangeError(`${name} needs a single-index problem: He4_orth has several teachers, hence no alpha`),
        );
    }
  });
});

describe("particles that are asked for afterwards", () => {
  /** An engine that counts the moves of particles. */
  function counting() {
    const count = { steps: 0 };
    const { transportStep } = engine.kernels;
    const kernels = Object.assign(Object.create(engine.kernels), {
      transportStep: (...args: Parameters<typeof transportStep>) => {
        count.steps++;
        return transportStep(...args);
      },
    });
    return { count, engine: Object.create(engine, { kernels: { value: kernels } }) as Engine };
  }

  test("are moved once for all records, and again for another start", async () => {
    const { path } = await solutionOf(He4);
    const { count, engine: counted } = counting();
    const follower = new AlphaFollower(counted, path);
    expect(follower.at(0.3, 0)).toBe(0.3);
    const end = follower.at(0.3, 2);
    expect(end).toBeGreaterThan(0.3);
    expect(follower.at(0.3, 2)).toBe(end);
    expect(count.steps).toBe(4);
    follower.at(0.4, 1);
    expect(count.steps).toBe(8);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("of a law go on from the record before, and start afresh for an earlier one", async () => {
    const { path } = await solutionOf(He4);
    const { count, engine: counted } = counting();
    const laws = new AlphaLaws(counted, He4, path);
    const seen: number[] = [];
    for (const k of [0, 1, 1, 2, 1]) {
      laws.at(k);
      seen.push(count.steps);
    }
    expect(seen).toEqual([0, 2, 2, 4, 6]);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("of a law are symmetric where it is even", async () => {
    const { path } = await solutionOf(He4);
    const { alpha, weight } = new AlphaLaws(engine, He4, path).at(2);
    const n = alpha.length;
    expect(n % 2).toBe(0);
    for (let i = 0; i < n / 2; i++) {
      expect(alpha[n - 1 - i]).toBe(-alpha[i]);
      expect(weight[n - 1 - i]).toBe(weight[i]);
      expect(alpha[i]).toBeLessThanOrEqual(alpha[i + 1]);
    }
    expect(weight.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 12);
    // Base panels up to the end of the run, each in four.
    const mesh = new Mesh(engine.kernels, new PanelRule(engine.kernels.cos), He4, 0.4, 2);
    expect(n).toBe(2 * POINTS * mesh.panels.length);
  });

  test("of a law lie on both sides where it is not even", async () => {
    const problem = problems.He3({ d: 5 });
    const { path } = await solutionOf(problem);
    const { alpha, weight } = new AlphaLaws(engine, problem, path).at(2);
    expect(weight.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 12);
    expect(weight.reduce((sum, w, i) => sum + w * alpha[i], 0)).toBeCloseTo(path.moments[2][1], 8);
    for (let i = 1; i < alpha.length; i++) expect(alpha[i]).toBeGreaterThanOrEqual(alpha[i - 1]);
  });

  test("in a number are at the quantiles of the law at time 0", async () => {
    const { path } = await solutionOf(problems.He3({ d: 3 }));
    const at = async (count: number) => (await followAlphas(engine, path, 3, count, 1, new Run({}))).start;
    expect(await at(1)).toEqual([0]);
    // The quartile of a normal: z / sqrt(z^2 + d - 1).
    const z = 0.6744897501960817;
    const found = await at(2);
    expect(found[1]).toBeCloseTo(z / Math.sqrt(z * z + 2), 14);
    expect(found[0]).toBeCloseTo(-found[1], 14);
    expect(engine.arena.bytesInUse).toBe(0);
  });
});

describe("which problems are taken", () => {
  const words =
    "problem must be a single- or multi-index problem with second-layer signs of +1 and Hermite series that end, for activation and link: ";
  const instead = ". approximationGap with reference: M takes a wide network instead";

  test.each([
    singleIndex({ d: 4, activation: relu() }),
    singleIndex({ d: 4, activation: hermite({ 2: 1 }), link: relu() }),
    singleIndex({ d: 4, activation: hermite({ 2: 1 }), signed: true }),
    multiIndex({ d: 4, activation: hermite({ 2: 1 }), teachers: [[1]], signed: true }),
    problems.XOR_2({ d: 4 }),
  ])("others are refused: %#", (problem) => {
    expect(limitSolver(problem)).toBeNull();
    expect(() => checkSolvable(problem)).toThrow(
      new RangeError(`${words}the limit solver takes no other; got ${problem.name}${instead}`),
    );
  });

  test("too many moments are refused with what makes them", () => {
    const many = multiIndex({ d: 50, activation: hermite({ 4: 1 }), teachers: { random: 40, dimension: 50 } });
    expect(limitSolver(many)).toBeNull();
    expect(() => checkSolvable(many)).toThrow(
      new RangeError(
        `${words}it has 40 indices and an activation of a degree that make more than 20000 moments; got custom${instead}`,
      ),
    );
  });

  test("those with a solver come back as they are", () => {
    for (const problem of [He4, problems.He4_orth({ d: 6 }), problems.He4_random_8_8({ d: 9 })])
      expect(checkSolvable(problem)).toBe(problem);
    expect([He4, problems.He4_orth({ d: 6 }), problems.He4_random_8_8({ d: 9 })].map(indicesOf)).toEqual([1, 2, 8]);
    expect(solvableForm(He4).d).toBe(6);
    expect(() => solvableForm(singleIndex({ d: 4, activation: relu() }))).toThrow(words.slice(0, 30));
  });

  test("a tolerance is 1e-8, or a number from 1e-13 to 1", () => {
    expect([undefined, 1e-13, 1].map(checkTolerance)).toEqual([1e-8, 1e-13, 1]);
    for (const bad of [0, 9e-14, 1.1, Number.NaN]) expect(() => checkTolerance(bad)).toThrow(/^tolerance must be/);
    expect(() => checkTolerance("1e-8")).toThrow(TypeError);
  });

  test("a step across the axis is refused with the condition", async () => {
    const { plan, tolerance } = inputOf(He4, { time: 10, step: 5, record: [10] });
    await expect(solveLimit(engine, He4, plan, tolerance, new Run({}), emptyState())).rejects.toThrow(
      /^step must be so small that no particle of the limit steps across the axis of w\*; got 5, which does so at step 1 \(1 \+ eta r - eta alpha psi <= 0\): take a smaller step$/,
    );
    const several = problems.He4_orth({ d: 6 });
    await expect(solveLimit(engine, several, plan, tolerance, new Run({}), emptyState())).rejects.toThrow(
      /steps across the span of the teachers; got 5, which does so at step 1 \(1 \+ eta \(R \+ 2 P_t - kappa\) <= 0\): take/,
    );
  });
});
