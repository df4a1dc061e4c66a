// Orders of convergence, and error estimates that hold.

import {
  createEngine,
  type Engine,
  type LimitOptions,
  meanFieldLimit,
  problems,
  type SingleIndexProblem,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { distance, hermiteProblem, logLogSlope, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const D = 8;
const WELL = { name: "He4", problem: problems.He4({ d: D }) };
const MIXED = { name: "mixed parity", problem: hermiteProblem(D, [0.2, 0.5, -0.4, 0.7, 0.3], [0, 0.6, 0.5, 0.2]) };
const GRADIENTS = ["riemannian", "euclidean"] as const;
const CASES = [WELL, MIXED].flatMap((entry) => GRADIENTS.map((gradient) => ({ ...entry, gradient })));
const INITIAL = unitRows(16, D, 1);

async function finalParticles(problem: SingleIndexProblem, options: Partial<Parameters<typeof trainNetwork>[2]>) {
  const run = await trainNetwork(engine, problem, { initial: INITIAL, time: 1, record: [1], ...options });
  return run.particles(0);
}

describe("finite width", () => {
  test.each([WELL, MIXED])("the flow integrator has order 4: $name", async ({ problem }) => {
    const exact = await finalParticles(problem, { dynamics: "flow", step: 1 / 512 });
    const steps = [1 / 8, 1 / 16, 1 / 32];
    const errors = [];
    for (const step of steps) errors.push(distance(await finalParticles(problem, { dynamics: "flow", step }), exact));
    expect(Math.abs(logLogSlope(steps, errors) - 4)).toBeLessThan(0.2);
  });

  test.each(CASES)("PGD approaches the flow with order 1: $name, $gradient", async ({ problem, gradient }) => {
    const flow = await finalParticles(problem, { dynamics: "flow", step: 1 / 64 });
    const steps = [1 / 32, 1 / 64, 1 / 128];
    const errors = [];
    for (const step of steps) errors.push(distance(await finalParticles(problem, { step, gradient }), flow));
    expect(Math.abs(logLogSlope(steps, errors) - 1)).toBeLessThan(0.1);
  });

  test("a flow step cut short by records keeps the accuracy of the step", async () => {
    const problem = WELL.problem;
    const exact = await finalParticles(problem, { dynamics: "flow", step: 1 / 512 });
    const options = { initial: INITIAL, time: 1, step: 1 / 16, dynamics: "flow" } as const;
    const run = await trainNetwork(engine, problem, { ...options, record: [0.013, 0.4, 0.40001, 0.77, 1] });
    expect(distance(run.particles(4), exact)).toBeLessThan(5e-6);
  });
});

describe("infinite width", () => {
  test.each(CASES)("PGD approaches the flow with order 1: $name, $gradient", async ({ problem, gradient }) => {
    const settings = { time: 2, record: [2], tolerance: 1e-10 };
    const flow = await meanFieldLimit(engine, problem, { ...settings, dynamics: "flow" });
    const steps = [1 / 32, 1 / 64, 1 / 128];
    const losses = [];
    const alphas = [];
    for (const step of steps) {
      const limit = await meanFieldLimit(engine, problem, { ...settings, step, gradient });
      losses.push(Math.abs(limit.loss[0] - flow.loss[0]));
      alphas.push(Math.abs(limit.alphaAt(0.4, 0) - flow.alphaAt(0.4, 0)));
    }
    expect(Math.abs(logLogSlope(steps, losses) - 1)).toBeLessThan(0.1);
    expect(Math.abs(logLogSlope(steps, alphas) - 1)).toBeLessThan(0.1);
  });
});

const POWERS = [
  [1, 2],
  [1, 32],
  [2, 2],
  [2, 3],
  [2, 32],
  [3, 2],
  [3, 3],
  [3, 4],
  [3, 100],
  [4, 2],
  [4, 32],
  [4, 100],
  [5, 3],
  [5, 32],
  [6, 2],
  [6, 4],
  [6, 32],
].map(([k, d]) => ({ name: `He${k}, d = ${d}`, problem: hermiteProblem(d, { [k]: 1 }), time: 3 }));

const ESTIMATED = [
  ...POWERS,
  ...[2, 32].map((d) => ({ name: `He4_misspecified, d = ${d}`, problem: problems.He4_misspecified({ d }), time: 3 })),
  { name: "Ge4, d = 32", problem: problems.Ge4({ d: 32 }), time: 4 },
  { name: "NP_mis, d = 4", problem: problems.NP_mis({ d: 4 }), time: 4 },
  {
    name: "signs and parities mixed, d = 5",
    problem: hermiteProblem(5, [0.3, 0.5, -0.4, 0.7], [-1, -0.6, 0.5, 0.2, 0, 1]),
    time: 3,
  },
  { name: "pushed away, d = 6", problem: hermiteProblem(6, { 3: 1 }, { 3: -1 }), time: 3 },
];

describe("the error estimate of the limit", () => {
  test.each(ESTIMATED)("bounds the true error, and the tolerance bounds it: $name", async ({ problem, time }) => {
    const settings: LimitOptions = { time, dynamics: "flow", record: [0, time / 8, time / 3, time] };
    const exact = await meanFieldLimit(engine, problem, { ...settings, tolerance: 1e-12 });
    for (const tolerance of [1e-4, 1e-8]) {
      const limit = await meanFieldLimit(engine, problem, { ...settings, tolerance });
      const estimate = limit.errorEstimate ?? Number.NaN;
      expect(estimate).toBeLessThanOrEqual(tolerance);
      // The exact run errs too, by rounding.
      expect(distance(limit.loss, exact.loss)).toBeLessThan(estimate + 1e-12);
    }
  });

  test("holds for PGD, whose steps are part of the answer, through the mesh", async () => {
    const settings: LimitOptions = { time: 4, step: 0.05 };
    const exact = await meanFieldLimit(engine, WELL.problem, { ...settings, tolerance: 1e-12 });
    const limit = await meanFieldLimit(engine, WELL.problem, { ...settings, tolerance: 1e-4 });
    expect(distance(limit.loss, exact.loss)).toBeLessThan((limit.errorEstimate ?? Number.NaN) + 1e-12);
  });
});
