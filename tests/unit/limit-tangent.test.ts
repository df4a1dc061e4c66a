// Stability factors of the single-index limit against neighbouring trajectories, and eigenvalues against differences of
// the velocity.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics, type DynamicsOptions } from "../../src/core/dynamics.ts";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import type { Field } from "../../src/limit/field.ts";
import { Passengers, type Path } from "../../src/limit/path.ts";
import { solveLimit } from "../../src/limit/solve.ts";
import { TangentPassengers } from "../../src/limit/tangent.ts";
import { emptyState } from "../../src/limit/task.ts";
import { zonalSum } from "../../src/numeric/zonal.ts";
import { hermite } from "../../src/problem/activation.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import type { SingleIndexProblem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

async function pathOf(problem: SingleIndexProblem, options: DynamicsOptions): Promise<Path> {
  const state = emptyState();
  await solveLimit(engine, problem, checkDynamics(options), 1e-9, new Run({}), state);
  if (!state.solution) throw new Error("no limit");
  return state.solution.path;
}

/** theta at the end of those that start at the given angles, along the middle of three steps apart. */
async function angles(path: Path, start: readonly number[]): Promise<{ alpha: number; gamma: number }[]> {
  const passengers = new Passengers(engine, path, start.length);
  try {
    passengers.start(Float64Array.from(start, Math.cos), Float64Array.from(start, Math.sin));
    await passengers.advanceTo(path.stepsAt.length - 1);
    const { n, state } = passengers.particles;
    return start.map((_, i) => ({ alpha: state.view[i], gamma: state.view[n + i] }));
  } finally {
    passengers.free();
  }
}

const START = [0.1, 0.7, 1.2, 1.45, 1.7, 2.3, 3];
const MIXED = singleIndex({ d: 5, activation: hermite([0, 0.5, -0.4, 0.6]), link: hermite([0, 0.3, 0.7, -0.2]) });

const CASES: [string, SingleIndexProblem, DynamicsOptions][] = [
  ["flow, He4", problems.He4({ d: 8 }), { time: 3, dynamics: "flow", record: [0, 1, 3] }],
  ["flow, mixed", MIXED, { time: 2, dynamics: "flow", record: [0, 1, 2] }],
  ["flow, degree 94", problems.Ge4({ d: 8 }), { time: 2, dynamics: "flow", record: [0, 1, 2] }],
  ["PGD, He4", problems.He4({ d: 8 }), { time: 3, step: 0.1, record: [0, 1, 3] }],
  ["PGD, Euclidean, mixed", MIXED, { time: 2, step: 0.1, gradient: "euclidean", record: [0, 1, 2] }],
  ["PGD, linear", singleIndex({ d: 3, activation: hermite({ 1: 1 }) }), { time: 1, step: 0.1, record: [0, 0.5, 1] }],
  ["PGD, constant", singleIndex({ d: 3, activation: hermite({ 0: 1 }) }), { time: 1, step: 0.1, record: [0, 0.5, 1] }],
];

describe("stability factors", () => {
  test.each(CASES)(
    "%s: J_par is a difference of neighbours, J_perp the ratio of gammas",
    async (_, problem, options) => {
      const path = await pathOf(problem, options);
      const tangent = new TangentPassengers(engine, path, problem.d, START.length);
      tangent.start(Float64Array.from(START, Math.cos), Float64Array.from(START, Math.sin));
      // Taken in two pieces, whose product is the whole.
      const parallel = START.map(() => 1);
      const perpendicular = START.map(() => 1);
      for (const k of [1, 2]) {
        await tangent.advanceTo(k, new Run({}));
        const factors = tangent.takeFactors();
        START.forEach((_, i) => {
          parallel[i] *= factors.parallel[i];
          perpendicular[i] *= factors.perpendicular[i];
        });
      }
      const h = 1e-5;
      const ends = await angles(
        path,
        START.flatMap((theta) => [theta - h, theta, theta + h]),
      );
      START.forEach((theta, i) => {
        const [before, at, after] = ends.slice(3 * i, 3 * i + 3);
        // sin(theta' - theta) of two ends: no loss of digits near a pole.
        const turned = before.alpha * after.gamma - before.gamma * after.alpha;
        expect(Math.abs(Math.asin(turned) / (2 * h) / parallel[i] - 1), `J_par at ${theta}`).toBeLessThan(1e-6);
        expect(Math.abs(at.gamma / Math.sin(theta) / perpendicular[i] - 1), `J_perp at ${theta}`).toBeLessThan(1e-6);
      });
      tangent.free();
      expect(engine.arena.bytesInUse).toBe(0);
    },
  );

  test.each([
    ["riemannian", {}],
    ["euclidean", { gradient: "euclidean" }],
  ] as const)("a PGD step shrinks what is added to the gradient by 1 / |w + eta g|: %s", async (_, more) => {
    const eta = 0.1;
    const path = await pathOf(MIXED, { time: 0.2, step: eta, record: [0, 0.2], ...more });
    const tangent = new TangentPassengers(engine, path, MIXED.d, START.length);
    tangent.start(Float64Array.from(START, Math.cos), Float64Array.from(START, Math.sin));
    await tangent.advanceToStep(1, new Run({}));
    const field = path.field as Field;
    const series = new Float64Array(field.radialLength);
    if ("gradient" in more) field.radial(path.moments[0], series);
    START.forEach((theta, i) => {
      const alpha = Math.cos(theta);
      const across = field.velocity(alpha, path.moments[0]) / Math.sin(theta);
      const along = zonalSum(series, field.table, alpha);
      expect(tangent.shrink[i] * Math.hypot(1 + eta * along, eta * across)).toBeCloseTo(1, 13);
    });
    tangent.free();
  });
});
