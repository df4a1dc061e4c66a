// Mean-field partners of given particles against the formula xi = B^T u + (s / s_0) (w - B^T u_0), and what the limit says of a
// network: distances, overlap and energy.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkDynamics } from "../../src/core/dynamics.ts";
import { Run } from "../../src/core/run.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import type { Field } from "../../src/limit/field.ts";
import type { SolvableProblem } from "../../src/limit/model.ts";
import { spanCoordinates } from "../../src/limit/multi/coordinates.ts";
import type { MultiField } from "../../src/limit/multi/field.ts";
import { monomialsAt } from "../../src/limit/multi/monomials.ts";
import { Passengers, type Path } from "../../src/limit/path.ts";
import { meanFieldPaths } from "../../src/limit/paths.ts";
import { solveLimit } from "../../src/limit/solve.ts";
import { emptyState } from "../../src/limit/task.ts";
import { zonalSum } from "../../src/numeric/zonal.ts";
import { problems } from "../../src/problem/zoo.ts";
import { unitRows } from "../support/arithmetic.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const SHAPE = { m: 5, d: 4, stride: 6 };

async function pathOf(problem: SolvableProblem): Promise<Path> {
  const state = emptyState();
  const plan = checkDynamics({ time: 0.4, step: 0.1, record: [0, 0.4] });
  await solveLimit(engine, problem, plan, 1e-2, new Run({}), state);
  if (!state.solution) throw new Error("no limit");
  return state.solution.path;
}

/** Where points of the sphere, given as columns, are at record 1. */
async function moved(path: Path, columns: Float64Array[]): Promise<number[][]> {
  const passengers = new Passengers(engine, path, SHAPE.m);
  passengers.start(...columns);
  await passengers.advanceTo(1);
  const { n, state } = passengers.particles;
  const ends = columns.map((_, c) => Array.from(state.view.subarray(c * n, c * n + SHAPE.m)));
  passengers.free();
  return ends;
}

/** Rows that do not fill their stride, one of them in the span of the teachers. */
function rowsOf(seed: number, inSpan: readonly number[]) {
  const { m, d, stride } = SHAPE;
  const unit = unitRows(m, d, seed);
  unit.set(inSpan, 2 * d);
  const region = engine.arena.reserve("rows", { W: 8 * stride });
  for (let i = 0; i < m; i++) region.slots.W.view.set(unit.subarray(i * d, (i + 1) * d), i * stride);
  return { unit, region, W: region.slots.W };
}

describe("partners of given particles", () => {
  test.each([
    ["a single index", problems.He3({ d: 4 }), [-1, 0, 0, 0]],
    ["two indices", problems.He4_nonorth({ d: 4 }), [0.6, 0.8, 0, 0]],
  ] as [string, SolvableProblem, number[]][])("of %s", async (_, problem, inSpan) => {
    const { m, d } = SHAPE;
    const path = await pathOf(problem);
    const paths = meanFieldPaths(engine, path, SHAPE);
    const { unit, region, W } = rowsOf(3, inSpan);
    paths.start(W);
    await paths.advanceTo(0, new Run({}));
    expect(paths.distances(W).length).toBe(m);
    expect(Math.max(...paths.distances(W))).toBeLessThan(1e-15);
    await paths.advanceTo(1, new Run({}));

    // The basis: the axis of w*, or that of the span.
    const rank = problem.kind === "single-index" ? 1 : 2;
    const span =
      problem.kind === "single-index" ? { basis: Float64Array.of(1), dimension: 1 } : (path.field as MultiField).span;
    const basis = (a: number, c: number) => (c < span.dimension ? span.basis[a * span.dimension + c] : 0);
    const coordinates = (rows: Float64Array) => {
      const u = Array.from({ length: rank }, (_, a) =>
        Float64Array.from({ length: m }, (_, i) =>
          Array.from({ length: d }, (_, c) => basis(a, c) * rows[i * d + c]).reduce((sum, x) => sum + x, 0),
        ),
      );
      const s = Float64Array.from({ length: m }, (_, i) => {
        const square = 1 - u.reduce((sum, column) => sum + column[i] * column[i], 0);
        return Math.sqrt(square < 1e-14 ? 0 : square);
      });
      return [...u, s];
    };
    const start = coordinates(unit);
    const end = await moved(path, start);
    const other = rowsOf(8, inSpan);
    const found = paths.distances(other.W);
    for (let i = 0; i < m; i++) {
      const stretch = start[rank][i] === 0 ? 0 : end[rank][i] / start[rank][i];
      let square = 0;
      for (let c = 0; c < d; c++) {
        let xi = stretch * unit[i * d + c];
        for (let a = 0; a < rank; a++) xi += basis(a, c) * (end[a][i] - stretch * start[a][i]);
        square += (other.unit[i * d + c] - xi) ** 2;
      }
      expect(found[i]).toBeCloseTo(Math.sqrt(square), 7);
      // They have moved.
      if (i !== 2) expect(paths.distances(W)[i]).toBeGreaterThan(1e-3);
    }
    // What is handed out stays what it was.
    const kept = found.slice();
    paths.distances(W);
    expect(found).toEqual(kept);

    // <f_W, f_MF> is the mean of Q over the rows.
    const M = path.moments[1];
    const series = path.field.overlap(M);
    const columns = coordinates(other.unit);
    let sum = 0;
    for (let i = 0; i < m; i++) {
      const t = columns[rank][i] * columns[rank][i];
      sum +=
        rank === 1
          ? zonalSum(series, (path.field as Field).table, columns[0][i])
          : monomialsAt((path.field as MultiField).monomials, [columns[0][i], columns[1][i], t]).reduce(
              (total, value, j) => total + value * series[j],
              0,
            );
    }
    expect(paths.overlap(1, other.W)).toBeCloseTo(sum / m, 13);
    expect(paths.energy(1)).toBe(path.field.energy(M));
    expect(paths.energy(0)).not.toBe(paths.energy(1));
    // The overlap leaves the partners where they are.
    expect(paths.distances(other.W)).toEqual(kept);
    for (const held of [paths, region, other.region]) held.free();
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("the coordinates of a row in the span have s = 0 but for rounding", () => {
    const span = { basis: Float64Array.of(0.6, 0.8), rank: 1, dimension: 2 } as Parameters<typeof spanCoordinates>[0];
    const [u, s] = spanCoordinates(span, { m: 1, d: 3, stride: 3 }, Float64Array.of(0.6, 0.8, 0));
    expect(u[0]).toBeCloseTo(1, 15);
    expect(Math.abs(s[0])).toBeLessThan(1e-15);
  });
});
