// The infinite-width limit with several indices: against the single-index limit, symmetries, and itself by another method.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics, type DynamicsOptions } from "../../src/core/dynamics.ts";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { limitSolver } from "../../src/limit/form.ts";
import type { SolvableProblem } from "../../src/limit/model.ts";
import { MultiField } from "../../src/limit/multi/field.ts";
import { Replicas } from "../../src/limit/multi/replicas.ts";
import { packPath, unpackPath } from "../../src/limit/path.ts";
import { meanFieldPaths } from "../../src/limit/paths.ts";
import type { LimitState, Solution } from "../../src/limit/refine.ts";
import { solveLimit } from "../../src/limit/solve.ts";
import { hermite } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { teachersOf } from "../../src/problem/teachers.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const FLOW = { dynamics: "flow" } as const;
const DYNAMICS = [FLOW, { dynamics: "pgd" }, { dynamics: "pgd", gradient: "euclidean" }] as const;
const h4 = hermite({ 4: 1 });

async function solve(problem: SolvableProblem, options: DynamicsOptions, tolerance: number) {
  const state: LimitState = { solution: null, errorEstimate: null, particleErrorEstimate: null };
  const status = await solveLimit(engine, problem, checkDynamics(options), tolerance, new Run({}), state);
  expect(status).toBe("completed");
  return { ...(state.solution as Solution), error: state.errorEstimate as number };
}

/** By quasi-Monte-Carlo, whatever the number of indices. */
async function sample(
  problem: ReturnType<typeof multiIndex>,
  options: DynamicsOptions,
  tolerance: number,
  seed: number,
) {
  const state: LimitState = { solution: null, errorEstimate: null, particleErrorEstimate: null };
  const field = new MultiField(problem, teachersOf(engine, problem));
  await new Replicas(engine, field, checkDynamics(options), seed).solve(tolerance, new Run({}), state);
  return { ...(state.solution as Solution), error: state.errorEstimate as number };
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((x, k) => Math.abs(x - b[k])));
}

describe("checked values at times 0, 1, 2 (d = 16, flow)", () => {
  // By an independent program: numpy, moments as tensors, 512 uniform angles, 192 radii, classical Runge-Kutta steps.
  test.each([
    ["He4_orth", [0.4895833333, 0.4259903622, 0.3122111978]],
    ["He4_nonorth", [0.6145833333, 0.5020355606, 0.3462524395]],
  ] as const)("%s", async (name, expected) => {
    const limit = await solve(problems[name]({ d: 16 }), { ...FLOW, time: 2, record: [0, 1, 2] }, 1e-7);
    expect(limit.error).toBeLessThanOrEqual(1e-7);
    expect(distance(limit.loss, expected)).toBeLessThan(2e-8);
  });
});

describe("teachers on one line are a single index", () => {
  test.each(DYNAMICS)("the pair {+u, -u}, in any direction ($dynamics $gradient)", async (dynamics) => {
    const options = { ...dynamics, time: 2, record: [0, 1, 2] };
    for (const d of [2, 3, 16]) {
      const activation = hermite({ 4: 1, 6: 0.5 });
      const link = hermite({ 2: 0.4, 4: 0.6, 6: 0.3 });
      const teachers = [
        [0.6, 0.8],
        [-0.6, -0.8],
      ];
      const pair = await solve(multiIndex({ d, activation, link, teachers }), options, 1e-9);
      const single = await solve(singleIndex({ d, activation, link }), options, 1e-9);
      expect(distance(pair.loss, single.loss)).toBeLessThan(1e-9);
    }
  });

  test("one teacher and odd degrees", async () => {
    const activation = hermite({ 1: 0.3, 3: 1 });
    for (const d of [3, 16]) {
      const options = { ...FLOW, time: 2, record: [0, 1, 2] };
      const several = await solve(multiIndex({ d, activation, teachers: [[0, 1]] }), options, 1e-9);
      const single = await solve(singleIndex({ d, activation }), options, 1e-9);
      expect(distance(several.loss, single.loss)).toBeLessThan(2e-9);
    }
  });
});

describe("symmetries", () => {
  const options = { dynamics: "pgd", time: 2, step: 0.05, record: [0, 1, 2] } as const;

  test("rotated teachers have the same loss", async () => {
    const rows = [
      [0.96, 0.28],
      [-0.6, 0.8],
      [0.28, -0.96],
    ];
    const [c, s] = [0.8, 0.6];
    const turned = rows.map(([x, y]) => [c * x - s * y, 0, (s * x + c * y) * 0.28, (s * x + c * y) * 0.96]);
    const plain = await solve(multiIndex({ d: 8, activation: h4, teachers: rows }), options, 1e-7);
    const other = await solve(multiIndex({ d: 8, activation: h4, teachers: turned }), options, 1e-7);
    expect(distance(plain.loss, other.loss)).toBeLessThan(1e-12);
  });

  test("Man_2 is the mean over any five or more teachers of a circle", async () => {
    const ring = (n: number) =>
      Array.from({ length: n }, (_, i) => [
        Math.cos(0.3 + (2 * Math.PI * i) / n),
        Math.sin(0.3 + (2 * Math.PI * i) / n),
      ]);
    const man = await solve(problems.Man_2({ d: 8 }), { ...FLOW, time: 3, record: 4 }, 1e-9);
    for (const n of [5, 7, 11]) {
      const problem = multiIndex({ d: 8, activation: h4, teachers: ring(n) });
      expect(distance((await solve(problem, { ...FLOW, time: 3, record: 4 }, 1e-9)).loss, man.loss)).toBeLessThan(
        1e-13,
      );
    }
  });

  test("the order of teachers and a split of a weight change nothing but the last digits", async () => {
    const rows = [
      [1, 0],
      [0.6, 0.8],
    ];
    const one = multiIndex({ d: 6, activation: h4, teachers: rows, weights: [0.5, 0.7] });
    const teachers = [rows[1], rows[0], rows[1]];
    const two = multiIndex({ d: 6, activation: h4, teachers, weights: [0.3, 0.5, 0.4] });
    const [a, b] = [await solve(one, options, 1e-6), await solve(two, options, 1e-6)];
    expect(distance(a.loss, b.loss)).toBeLessThan(1e-6);
  });

  test("without an information exponent nothing moves, and teachers of no weight are a target 0", async () => {
    for (const weights of [
      [1, -1],
      [0, 0],
    ]) {
      const problem = multiIndex({
        d: 5,
        activation: h4,
        teachers: [
          [1, 0],
          [-1, 0],
        ],
        weights,
      });
      const limit = await solve(problem, { ...FLOW, time: 2, record: [0, 2] }, 1e-9);
      // E <w, w'>^4 = 3 / (d (d + 2))
      expect(distance(limit.loss, [3 / 35, 3 / 35])).toBeLessThan(1e-12);
    }
  });
});

describe("two methods for two indices", () => {
  const link = hermite([0.2, 0.3, -0.4, 0.2, 0.6, 0.1, 0.3]);
  const teachers = [
    [1, 0],
    [0.6, 0.8],
  ];
  const CASES = [
    { name: "He4_nonorth, d = 2 (n = 0)", problem: problems.He4_nonorth({ d: 2 }) },
    { name: "He4_orth, d = 3 (n = 1)", problem: problems.He4_orth({ d: 3 }) },
    { name: "He4_orth, d = 16", problem: problems.He4_orth({ d: 16 }) },
    {
      name: "degree 6, mixed",
      problem: multiIndex({
        d: 8,
        activation: hermite([0.1, 0.2, 0.3, 0.4, 0.5, 0.1, 0.2]),
        link,
        teachers,
        weights: [0.7, -0.2],
      }),
    },
  ];
  test.each(CASES)(
    "panels lie within the error bars of quasi-Monte-Carlo for most seeds: $name",
    async ({ problem }) => {
      const options = { ...FLOW, time: 2, record: [0.5, 1, 2] };
      const panels = await solve(problem, options, 1e-5);
      let covered = 0;
      for (let seed = 100; seed < 180; seed += 10) {
        const sampled = await sample(problem, options, 1e-3, seed);
        expect(sampled.error).toBeLessThan(1e-3);
        if (distance(sampled.loss, panels.loss) <= sampled.error) covered++;
      }
      // The bar is that of the worst record, so it covers all of them more often than 95%.
      expect(covered).toBeGreaterThanOrEqual(7);
    },
    20_000,
  );
});

describe("paths of given particles", () => {
  /** m random rows of dimension d. */
  function rows(m: number, d: number, stride: number) {
    const region = engine.arena.reserve("rows", { W: 8 * Math.ceil(m / 8) * stride });
    const W = region.slots.W.view;
    for (let i = 0; i < m; i++) {
      let square = 0;
      for (let c = 0; c < d; c++) {
        W[i * stride + c] = Math.sin(1 + 7 * i * i + 3 * c * (i + 2));
        square += W[i * stride + c] ** 2;
      }
      for (let c = 0; c < d; c++) W[i * stride + c] /= Math.sqrt(square);
    }
    return region;
  }

  test.each(DYNAMICS)(
    "those of a pair {+e_1, -e_1} are those of the single index ($dynamics $gradient)",
    async (dynamics) => {
      const shape = { m: 13, d: 6, stride: 8 };
      const options = { ...dynamics, time: 1, record: [0, 0.5, 1] };
      const region = rows(shape.m, shape.d, shape.stride);
      const { W } = region.slots;
      const plan = checkDynamics(options);
      const found: number[][] = [];
      const pair = multiIndex({
        d: 6,
        activation: h4,
        teachers: [
          [1, 0],
          [-1, 0],
        ],
      });
      for (const problem of [pair, singleIndex({ d: 6, activation: h4 })]) {
        const { path } = await solve(problem, options, 1e-9);
        // As if it had come from another thread.
        const posted = structuredClone(packPath(path));
        const paths = meanFieldPaths(engine, unpackPath(posted, problem, plan), shape);
        paths.start(W);
        const values: number[] = [];
        for (let k = 0; k < 3; k++) {
          await paths.advanceTo(k, new Run({}));
          values.push(...paths.distances(W), paths.overlap(k, W), paths.energy(k));
        }
        paths.free();
        expect(Math.max(...values.slice(0, shape.m))).toBeLessThan(1e-15);
        found.push(values);
      }
      region.free();
      expect(distance(found[0], found[1])).toBeLessThan(1e-8);
    },
  );

  test("the mean of Q over many uniform rows is |f_MF|^2 at time 0", async () => {
    const problem = problems.He4_random_8_8({ d: 8 });
    const { path } = await solve(problem, { ...FLOW, time: 0, record: [0] }, 1e-2);
    // q(<w, w'>) averaged over w' is the same for all w: E <w, w'>^4.
    const region = rows(20, 8, 8);
    const paths = meanFieldPaths(engine, path, { m: 20, d: 8, stride: 8 });
    paths.start(region.slots.W);
    await paths.advanceTo(0, new Run({}));
    expect(Math.abs(paths.overlap(0, region.slots.W) - 3 / 80)).toBeLessThan(1e-3);
    expect(Math.abs(paths.energy(0) - 3 / 80)).toBeLessThan(1e-3);
    paths.free();
    region.free();
  });
});

describe("which solver takes a problem", () => {
  test.each([
    ["single-index", problems.He4({ d: 4 })],
    ["multi-index-panels", problems.He4_orth({ d: 4 })],
    ["multi-index-panels", problems.He4_random_2_16({ d: 4 })],
    ["multi-index-qmc", problems.He4_random_16_16({ d: 16 })],
    ["multi-index-panels", multiIndex({ d: 9, activation: h4, teachers: { random: 2, dimension: 9 } })],
    [null, multiIndex({ d: 50, activation: h4, teachers: { random: 50, dimension: 50 } })],
    [null, multiIndex({ d: 9, activation: h4, teachers: [[1]], signed: true })],
    [null, problems.XOR_2({ d: 4 })],
    [null, problems.Zero({ d: 4 })],
  ])("%s: %#", (solver, problem) => {
    expect(limitSolver(problem)).toBe(solver);
  });
});

test("a step across the span of the teachers is refused", async () => {
  const problem = multiIndex({
    d: 4,
    activation: hermite({ 4: 3 }),
    teachers: [
      [1, 0],
      [0, 1],
    ],
  });
  await expect(solve(problem, { time: 4, step: 1 }, 1e-4)).rejects.toThrow(
    /^step must be so small that no particle of the limit steps across the span of the teachers; got 1, which/,
  );
});

test("both builds give the same bits", async () => {
  const scalar = await createEngine({ backend: "scalar" });
  const problem = problems.He4_random_8_8({ d: 9 });
  const plan = checkDynamics({ time: 0.2, step: 0.05, record: [0, 0.2] });
  const losses: number[][] = [];
  for (const each of [engine, scalar]) {
    const state: LimitState = { solution: null, errorEstimate: null, particleErrorEstimate: null };
    await solveLimit(each, problem, plan, 1e-2, new Run({}), state);
    losses.push([...(state.solution as Solution).loss, state.errorEstimate as number]);
  }
  scalar.dispose();
  expect(losses[0]).toEqual(losses[1]);
});
