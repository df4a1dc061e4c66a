// J of particles of a limit with several indices, step by step, against neighbouring trajectories over the whole time.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics, type DynamicsOptions } from "../../src/core/dynamics.ts";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import type { MultiField } from "../../src/limit/multi/field.ts";
import { MultiTangents } from "../../src/limit/multi/tangent.ts";
import { Passengers, type Path } from "../../src/limit/path.ts";
import { solveLimit } from "../../src/limit/solve.ts";
import { emptyState } from "../../src/limit/task.ts";
import { hermite } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import type { MultiIndexProblem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";
import { unitRows } from "../support/arithmetic.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

async function pathOf(problem: MultiIndexProblem, options: DynamicsOptions): Promise<Path> {
  const state = emptyState();
  await solveLimit(engine, problem, checkDynamics(options), 1e-3, new Run({}), state);
  if (!state.solution) throw new Error("no limit");
  return state.solution.path;
}

/** Where points x of the sphere, given as rows, end. */
async function ends(path: Path, points: readonly (readonly number[])[]): Promise<number[][]> {
  const passengers = new Passengers(engine, path, points.length);
  try {
    passengers.start(...points[0].map((_, c) => Float64Array.from(points, (x) => x[c])));
    await passengers.advanceTo(path.stepsAt.length - 1);
    const { n, state } = passengers.particles;
    return points.map((x, i) => x.map((_, c) => state.view[c * n + i]));
  } finally {
    passengers.free();
  }
}

function unit(x: readonly number[]): number[] {
  const size = Math.sqrt(x.reduce((sum, a) => sum + a * a, 0));
  return x.map((a) => a / size);
}

function mixed(d: number, teachers: number[][]): MultiIndexProblem {
  const weights = teachers.map((_, r) => 0.6 - 0.5 * r);
  return multiIndex({
    d,
    activation: hermite([0, 0.5, -0.4, 0.6]),
    link: hermite([0, 0.3, 0.7, -0.2]),
    teachers,
    weights,
  });
}

const THREE = [
  [1, 0, 0],
  [0.6, 0.8, 0],
  [0, -0.5, 1],
];

const CASES: [string, MultiIndexProblem, DynamicsOptions][] = [
  ["flow, He4_orth", problems.He4_orth({ d: 6 }), { time: 2, dynamics: "flow", record: [0, 1, 2] }],
  ["PGD, He4_orth", problems.He4_orth({ d: 6 }), { time: 2, step: 0.1, record: [0, 1, 2] }],
  ["PGD, Euclidean, three", mixed(5, THREE), { time: 1, step: 0.1, gradient: "euclidean", record: [0, 0.5, 1] }],
  ["flow, three", mixed(5, THREE), { time: 1, dynamics: "flow", record: [0, 0.5, 1] }],
  ["PGD, all of three", mixed(3, THREE), { time: 1, step: 0.1, record: [0, 0.5, 1] }],
];

describe("J with several indices", () => {
  test.each(CASES)("%s: the difference of neighbours", async (_, problem, options) => {
    const path = await pathOf(problem, options);
    const size = problem.kind === "multi-index" && problem.name === "He4_orth" ? 3 : 4;
    const m = 5;
    const flat = problem.d === size - 1;
    const rows = unitRows(m, size, 3);
    const start = Array.from({ length: m }, (_, i) => {
      const x = [...rows.subarray(i * size, (i + 1) * size)];
      x[size - 1] = flat ? 0 : Math.abs(x[size - 1]);
      return unit(x);
    });
    const tangents = new MultiTangents(engine, path, m);
    tangents.start(...start[0].map((_, c) => Float64Array.from(start, (x) => x[c])));
    // Taken in two pieces, the second of which is checked with the first.
    const pieces = [];
    for (const k of [1, 2]) {
      await tangents.advanceToStep(path.stepsAt[k], new Run({}));
      pieces.push(tangents.takeFactors());
    }
    const times = (plane: Float64Array, i: number, x: readonly number[]) =>
      x.map((_, row) => x.reduce((sum, a, c) => sum + plane[(i * size + row) * size + c] * a, 0));
    const h = 1e-5;
    const at = await ends(path, start);
    for (let c = 0; c < (flat ? size - 1 : size); c++) {
      const moved = (sign: number) => start.map((x) => unit(x.map((a, b) => a + (b === c ? sign * h : 0))));
      const [before, after] = [await ends(path, moved(-1)), await ends(path, moved(1))];
      for (let i = 0; i < m; i++) {
        const tangent = start[i].map((a, b) => (b === c ? 1 : 0) - start[i][c] * a);
        const image = times(pieces[1].plane, i, times(pieces[0].plane, i, tangent));
        image.forEach((x, row) => {
          expect(Math.abs((after[i][row] - before[i][row]) / (2 * h) - x), `${i}, ${c}, ${row}`).toBeLessThan(1e-7);
        });
        // Tangent where it ends.
        expect(Math.abs(image.reduce((sum, x, row) => sum + x * at[i][row], 0))).toBeLessThan(1e-13);
      }
    }
    for (let i = 0; i < m; i++) {
      // Along the radius there is nowhere to go, but for the rounding of one product.
      for (const x of times(pieces[0].plane, i, start[i])) expect(Math.abs(x)).toBeLessThan(1e-14);
      // Where the teachers span everything there is nothing to move along s either.
      if (flat)
        for (let c = 0; c < size; c++)
          for (const at of [c * size + size - 1, (size - 1) * size + c])
            expect(Math.abs(pieces[0].plane[i * size * size + at])).toBe(0);
      const across = pieces[0].across[i] * pieces[1].across[i];
      if (flat) expect(across).toBe(0);
      else expect(at[i][size - 1] / start[i][size - 1] / across).toBeCloseTo(1, 12);
    }
    tangents.free();
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("at s = 0 it is the same in all directions across the span", async () => {
    const path = await pathOf(problems.He4_orth({ d: 6 }), { time: 1, step: 0.1, record: [0, 1] });
    const tangents = new MultiTangents(engine, path, 2);
    // The second is so near that its s shows the rate at which the first would leave.
    tangents.start(Float64Array.of(0.6, 0.6), Float64Array.of(0.8, 0.8), Float64Array.of(0, 1e-9));
    await tangents.advanceToStep(path.stepsAt[1], new Run({}));
    const { plane, across } = tangents.takeFactors();
    expect(across[0]).toBe(plane[8]);
    expect(across[0] / across[1]).toBeCloseTo(1, 9);
    tangents.free();
  });

  test.each([
    ["riemannian", {}],
    ["euclidean", { gradient: "euclidean" }],
  ] as const)("a PGD step shrinks what is added to the gradient by 1 / |w + eta g|: %s", async (_, more) => {
    const eta = 0.1;
    const path = await pathOf(mixed(5, THREE), { time: 0.2, step: eta, record: [0, 0.2], ...more });
    const field = path.field as MultiField;
    const m = 5;
    const rows = unitRows(m, 4, 3);
    const columns = [0, 1, 2, 3].map((c) => Float64Array.from({ length: m }, (_, i) => Math.abs(rows[4 * i + c])));
    const tangents = new MultiTangents(engine, path, m);
    tangents.start(...columns);
    expect(tangents.columns()).toEqual(columns);
    await tangents.advanceToStep(1, new Run({}));
    const particles = field.particles(engine, m, false);
    particles.set(...columns);
    const drive = new Float64Array(field.driveLength);
    field.drive(path.moments[0], drive);
    const series = new Float64Array(field.radialLength);
    if ("gradient" in more) field.radial(path.moments[0], series);
    const radial = particles.series(series).slice();
    const { view } = particles.velocities(drive, 0, particles.n);
    for (let i = 0; i < m; i++) {
      const across = Math.hypot(...[0, 1, 2, 3].map((c) => view[c * particles.n + i]));
      expect(tangents.shrink[i] * Math.hypot(1 + eta * radial[i], eta * across)).toBeCloseTo(1, 13);
    }
    particles.free();
    tangents.free();
  });
});
