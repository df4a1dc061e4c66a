// The mean-field particles of a network by themselves: tangent vectors against whole matrices and differences of positions,
// memory, and pauses.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics, type DynamicsOptions } from "../../src/core/dynamics.ts";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { Field } from "../../src/limit/field.ts";
import type { SolvableProblem } from "../../src/limit/model.ts";
import type { Path } from "../../src/limit/path.ts";
import { solveLimit } from "../../src/limit/solve.ts";
import { emptyState } from "../../src/limit/task.ts";
import { Particles, particlesBytes } from "../../src/network/particles.ts";
import { hermite } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { equationBytes, GapEquation } from "../../src/theory/gap-equation/equation.ts";
import { equationGrid } from "../../src/theory/gap-equation/grid.ts";
import type { MeanFieldParticles } from "../../src/theory/gap-equation/model.ts";
import { driveAt, meanFieldBytes, meanFieldParticles, positionShape } from "../../src/theory/gap-equation/particles.ts";
import { HessianPassengers, hessianPassengersBytes } from "../../src/theory/self-concordance/passengers.ts";
import { distance, unitRows } from "../support/arithmetic.ts";
import { CountedWork, pausesOf } from "../support/counted-work.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const activation = hermite([0.2, 0.5, 0.6]);
const single = singleIndex({ d: 5, activation, link: hermite([0, 0.6, 0.7]) });
const several = multiIndex({
  d: 5,
  activation,
  teachers: [
    [1, 0],
    [0.6, 0.8],
  ],
  weights: [0.5, 0.5],
});
const RUN = new Run({});
const m = 6;

async function pathOf(problem: SolvableProblem, options: DynamicsOptions): Promise<Path> {
  const state = emptyState();
  await solveLimit(engine, problem, checkDynamics(options), 1e-3, RUN, state);
  if (!state.solution) throw new Error("no limit");
  return state.solution.path;
}

const flow: DynamicsOptions = { dynamics: "flow", time: 0.4, record: [0, 0.2, 0.4] };
const pgd: DynamicsOptions = { time: 0.4, step: 0.2, record: [0, 0.2, 0.4] };

/** Particles at these rows, on the path; `use` may take them along. */
async function withParticles<T>(
  problem: SolvableProblem,
  path: Path,
  rows: Float64Array,
  use: (particles: MeanFieldParticles, positions: Particles) => T | Promise<T>,
): Promise<T> {
  const positions = new Particles(engine, positionShape(problem, rows.length / problem.d));
  const particles = meanFieldParticles(engine, path, problem, positions);
  positions.set(rows);
  particles.start();
  try {
    return await use(particles, positions);
  } finally {
    particles.free();
    positions.free();
  }
}

/** Where rows have come after so many steps. */
function moved(problem: SolvableProblem, path: Path, rows: Float64Array, steps: number): Promise<Float64Array> {
  return withParticles(problem, path, rows, async (particles, positions) => {
    await particles.moveTo(steps, RUN);
    particles.place();
    return positions.copy();
  });
}

/** The part of each row of a field across the same row of W. */
function tangent(W: Float64Array, field: Float64Array, d: number): Float64Array {
  return field.map((x, at) => {
    const i = Math.floor(at / d) * d;
    let along = 0;
    for (let c = i; c < i + d; c++) along += W[c] * field[c];
    return x - along * W[at];
  });
}

function normalised(rows: Float64Array, d: number): Float64Array {
  return rows.map((x, at) => x / Math.hypot(...rows.subarray(Math.floor(at / d) * d, Math.floor(at / d) * d + d)));
}

describe.each<[string, SolvableProblem, DynamicsOptions]>([
  ["a single index, flow", single, flow],
  ["a single index, PGD", single, pgd],
  ["several indices, flow", several, flow],
  ["several indices, PGD", several, { ...pgd, gradient: "euclidean" }],
])("%s", (_, problem, options) => {
  const { d } = problem;
  const W = unitRows(m, d, 3);
  const V = tangent(W, unitRows(m, d, 4), d);

  test("a tangent vector is carried to the difference of neighbours", async () => {
    const path = await pathOf(problem, options);
    const steps = path.stepsAt[1];
    const h = 1e-5;
    const [above, below] = await Promise.all(
      [h, -h].map((x) =>
        moved(
          problem,
          path,
          normalised(
            W.map((w, at) => w + x * V[at]),
            d,
          ),
          steps,
        ),
      ),
    );
    const expected = above.map((x, at) => (x - below[at]) / (2 * h));
    await withParticles(problem, path, W, async (particles, positions) => {
      expect(
        distance(
          particles.columns()[0],
          Float64Array.from({ length: m }, (_, i) => W[i * d]),
        ),
      ).toBeLessThan(1e-12);
      positions.set(V, positions.V);
      const move = await particles.moveTo(steps, RUN);
      move.carry(positions.V);
      expect(distance(positions.copy(positions.V), expected)).toBeLessThan(1e-8);
      // Its parts: lengths are kept.
      particles.place();
      const { plane, across } = particles.parts(positions.V);
      for (let i = 0; i < m; i++) {
        const inPlane = Math.hypot(...plane.subarray(i * particles.size, (i + 1) * particles.size));
        const row = positions.copy(positions.V).subarray(i * d, (i + 1) * d);
        expect(Math.hypot(inPlane, across[i])).toBeCloseTo(Math.hypot(...row), 12);
        expect(across[i]).toBeGreaterThan(1e-3);
        expect(inPlane).toBeGreaterThan(1e-3);
      }
    });
  });

  test("velocities are those of the limit", async () => {
    const path = await pathOf(problem, options);
    const flowing = path.plan.dynamics === "flow";
    await withParticles(problem, path, W, async (particles, positions) => {
      const field = positions.V;
      field.view.fill(0);
      const drive = driveAt(path, 0);
      await particles.subtractVelocity(field, drive, RUN);
      const v = positions.copy(field).map((x) => -x);
      // What moves them: at first order in a short step.
      if (flowing) {
        const short = await pathOf(problem, { ...options, time: 1e-4, record: [0, 1e-4] });
        const end = await moved(problem, short, W, short.stepsAt[1]);
        expect(
          distance(
            v,
            end.map((x, at) => (x - W[at]) / 1e-4),
          ),
        ).toBeLessThan(1e-3);
      }
      // The attraction of the law and the velocity add up to that of the target, which does not know of the law.
      const whole = async (record: number) => {
        field.view.fill(0);
        await particles.addAttraction(field, driveAt(path, record), RUN);
        await particles.subtractVelocity(
          field,
          driveAt(path, record).map((x) => -x),
          RUN,
        );
        return positions.copy(field);
      };
      expect(distance(await whole(0), await whole(2))).toBeLessThan(1e-12);
      expect(distance(tangent(W, v, d), v)).toBeLessThan(1e-12);
    });
  });

  test("memory is what was said, and given back where a part of it is refused", async () => {
    const path = await pathOf(problem, options);
    const flowing = path.plan.dynamics === "flow";
    const shape = positionShape(problem, m);
    const positions = new Particles(engine, shape);
    expect(engine.arena.bytesInUse).toBe(particlesBytes(shape));
    // Positions and a field, of eight rows of eight.
    expect(particlesBytes(shape)).toBe(2 * 8 * 8 * 8);
    const before = engine.arena.bytesInUse;
    const particles = meanFieldParticles(engine, path, problem, positions);
    expect(engine.arena.bytesInUse - before).toBe(meanFieldBytes(engine, problem, m, flowing));
    particles.free();
    positions.free();
    const grid = equationGrid(path.plan);
    const make = () => new GapEquation(engine, problem, grid, path, m);
    const equation = make();
    expect(engine.arena.bytesInUse).toBe(equationBytes(engine, problem, m, flowing));
    equation.free();
    equation.free();
    expect(engine.arena.bytesInUse).toBe(0);
    const { reserve } = engine.arena;
    let refusals = 0;
    for (let n = 1; n <= 12; n++) {
      let calls = 0;
      engine.arena.reserve = (purpose, lengths) => {
        if (++calls === n) throw new RangeError("refused");
        return reserve.call(engine.arena, purpose, lengths);
      };
      try {
        make().free();
      } catch {
        refusals++;
      } finally {
        engine.arena.reserve = reserve;
      }
      expect(engine.arena.bytesInUse).toBe(0);
    }
    expect(refusals).toBeGreaterThanOrEqual(7);
  });
});

test("the equation of a network counts its steps, starts anew, and stands at its records", async () => {
  const plan = checkDynamics({ time: 0.4, step: 0.1, record: [0, 0.1, 0.4] });
  const path = await pathOf(single, { time: 0.4, step: 0.1, record: [0, 0.1, 0.4] });
  const equation = new GapEquation(engine, single, equationGrid(plan), path, m);
  const W = unitRows(m, 5, 1);
  const along = async (work: CountedWork) => {
    equation.start(W);
    for (let k = 0; k < 3; k++) {
      const { plane, across, size } = await equation.advanceTo(k, work);
      expect([plane.length, across.length, size]).toEqual([m, m, 1]);
      if (k === 0) expect([...plane, ...across]).toEqual(new Array(2 * m).fill(1));
    }
    return [...equation.delta.view, ...equation.positions.view];
  };
  const work = new CountedWork(false);
  const first = await along(work);
  expect(work.done).toBe(4);
  expect(await along(new CountedWork(false))).toEqual(first);
  expect(first.some((x) => x !== 0)).toBe(true);
  // Every step asks on its way.
  const due = new CountedWork(true);
  await along(due);
  expect(due.pauses).toBeGreaterThanOrEqual(4);
  // eps at a record twice is the same.
  const [once, again] = [await equation.fluctuation(2, work), await equation.fluctuation(2, work)];
  expect(again).toEqual(once);
  equation.free();
});

test("velocities with several indices are asked for in stretches that hear an abort", async () => {
  const path = await pathOf(several, pgd);
  await withParticles(several, path, unitRows(m, 5, 2), async (particles, positions) => {
    expect(await pausesOf((work) => particles.subtractVelocity(positions.V, driveAt(path, 0), work))).toBe(1);
    expect(await pausesOf((work) => particles.addAttraction(positions.V, driveAt(path, 0), work))).toBe(1);
  });
  expect(engine.arena.bytesInUse).toBe(0);
});

test("passengers with Hessians reserve what was said, and know the first of them", async () => {
  const path = await pathOf(single, pgd);
  const field = new Field(single);
  const two = new HessianPassengers(engine, path, 5, 2);
  expect(engine.arena.bytesInUse).toBe(hessianPassengersBytes(field, 2, false));
  const one = new HessianPassengers(engine, path, 5, 1);
  const start = Float64Array.of(0.3, -0.8);
  const gamma = start.map((x) => Math.sqrt(1 - x * x));
  two.start(start, gamma);
  one.start(start.slice(0, 1), gamma.slice(0, 1));
  two.advanceNow(2);
  await one.advanceTo(2, RUN);
  expect(two.eigenvalues(2)).toEqual(one.eigenvalues(2));
  expect(two.snapshot(2).norm[0]).toBe(one.snapshot(2).norm[0]);
  one.free();
  two.free();
  const { reserve } = engine.arena;
  for (const n of [1, 2, 3]) {
    let calls = 0;
    engine.arena.reserve = (purpose, lengths) => {
      if (++calls === n) throw new RangeError("refused");
      return reserve.call(engine.arena, purpose, lengths);
    };
    expect(() => new HessianPassengers(engine, path, 5, 2)).toThrow("refused");
    engine.arena.reserve = reserve;
    expect(engine.arena.bytesInUse).toBe(0);
  }
});
