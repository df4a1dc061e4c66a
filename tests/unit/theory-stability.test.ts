// J_max and J_avg from hand-made factors, at all pairs of records, against whole matrices; bounds and stability of runs that end early.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import type { TangentFactors } from "../../src/limit/tangent-factors.ts";
import { hermite } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { averageBytes, averageConstants, largestFactors } from "../../src/theory/gap-equation/average-stability.ts";
import { gapBounds } from "../../src/theory/gap-equation/gap-bounds.ts";
import { linearisedGap } from "../../src/theory/gap-equation/linearised-gap.ts";
import type { ParticleHistory } from "../../src/theory/gap-equation/model.ts";
import { stability } from "../../src/theory/gap-equation/stability.ts";
import { generator, unitRows } from "../support/arithmetic.ts";
import { CountedWork, pausesOf } from "../support/counted-work.ts";
import { plainPlaneAverage } from "../support/plain-planes.ts";
import { plainAverage } from "../support/plain-stability.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const c = [0.1, 0.6, -0.5, 0.4];
const q = c.map((x) => x * x);
const single = (d: number, coefficients = c) => singleIndex({ d, activation: hermite(coefficients) });

/** Factors between records, anything between -2 and 2; those at the first record lead nowhere. */
function factorsOf(m: number, size: number, records: number, seed: number): TangentFactors[] {
  const random = generator(seed);
  const some = (n: number) => Float64Array.from({ length: n }, () => 4 * random() - 2);
  return Array.from({ length: records }, () => ({ size, plane: some(m * size * size), across: some(m) }));
}

/** Particles that have gone to other angles at later records, each in its plane. */
function singleHistory(m: number, d: number, records: number): ParticleHistory {
  const start = unitRows(m, d, d);
  const random = generator(m);
  const columns = Array.from({ length: records }, (_, s) => {
    const angle = Float64Array.from({ length: m }, (_, i) =>
      s === 0 ? Math.acos(start[i * d]) : 0.1 + 2.9 * random(),
    );
    return [angle.map(Math.cos), angle.map(Math.sin)];
  });
  return { start, columns, factors: factorsOf(m, 1, records, 5) };
}

function productOf(factors: readonly TangentFactors[], s: number, k: number, i: number): [number, number] {
  let [plane, across] = [1, 1];
  for (let n = s + 1; n <= k; n++) {
    plane *= factors[n].plane[i];
    across *= factors[n].across[i];
  }
  return [plane, across];
}

describe("a single index", () => {
  // A width that fills the panels of the kernel, and one that does not.
  test.each([
    [2, 8],
    [3, 7],
    [5, 4],
  ])("J_avg between any two records is that of whole matrices, d = %i, m = %i", async (d, m) => {
    const history = singleHistory(m, d, 3);
    const work = new CountedWork(false);
    const average = await averageConstants(engine, single(d), history, work);
    expect(work.done).toBe(work.total);
    expect(average.map((row) => row.length)).toEqual([1, 2, 3]);
    for (let s = 0; s < 3; s++) {
      const [alpha, gamma] = history.columns[s];
      const W = Array.from({ length: m }, (_, i) => {
        const across = history.start.subarray(i * d + 1, (i + 1) * d);
        const size = Math.hypot(...across);
        return [alpha[i], ...across.map((x) => (gamma[i] * x) / size)];
      });
      for (let k = s; k < 3; k++) {
        const both = W.map((_, i) => productOf(history.factors, s, k, i));
        const [parallel, perpendicular] = [0, 1].map((which) => both.map((pair) => pair[which]));
        expect(average[k][s] / plainAverage({ d, W, parallel, perpendicular, q }), `${k}, ${s}`).toBeCloseTo(1, 4);
      }
    }
  });

  test("J_avg of one particle on the axis of w* is |q'(1)|, and 0 of a constant activation", async () => {
    const still = { size: 1, plane: Float64Array.of(1), across: Float64Array.of(1) };
    const history = {
      start: Float64Array.of(-1, 0, 0),
      columns: [[Float64Array.of(-1), Float64Array.of(0)]],
      factors: [still],
    };
    const [[average]] = await averageConstants(engine, single(3), history, new CountedWork(false));
    expect(average).toBeCloseTo(q[1] + 2 * q[2] + 3 * q[3], 12);
    const [[none]] = await averageConstants(engine, single(3, [1]), history, new CountedWork(false));
    expect(none).toBe(0);
  });

  test("memory is three numbers a particle and record beside two a coordinate, and the kernel's", () => {
    const [m, d, records] = [64, 32, 33];
    const numbers = 2 * m * d + 3 * m * records + 2 * m;
    // Coefficients of two series of degree 3, and what rounding each array to 64 bytes adds.
    const rest =
      averageBytes(engine, single(d), m, records) -
      4 * records * (records + 1) -
      8 * numbers -
      engine.kernels.stabilityScratchSize();
    expect(rest).toBeGreaterThanOrEqual(8 * 2 * 4);
    expect(rest).toBeLessThanOrEqual(8 * 2 * 16 + 64);
  });

  test("hears an abort in every some ten million operations", async () => {
    const m = 1024;
    const history = singleHistory(m, 3, 2);
    // m (2 d + 40 + 12 records) operations for each of 1024 particles: 7.3e7 and 5.9e7, in slices of at most 2e7 and 5e6.
    const expected = engine.backend === "simd" ? 4 + 4 : 16 + 13;
    expect(await pausesOf((work) => averageConstants(engine, single(3), history, work))).toBe(expected);
  });
});

describe("several indices", () => {
  // d - r directions across the span: none, one, two, three, and more.
  test.each([
    [2, 2],
    [2, 3],
    [2, 4],
    [2, 5],
    [1, 4],
    [3, 3],
    [3, 5],
    [3, 7],
  ])("J_avg between any two records is that of whole matrices, r = %i, d = %i", async (r, d) => {
    const [m, records] = [5, 3];
    const axis = (a: number, length: number) => Array.from({ length }, (_, b) => (a === b ? 1 : 0));
    const teachers = Array.from({ length: r }, (_, a) => axis(a, r));
    const problem = multiIndex({ d, activation: hermite(c), teachers });
    const starts = unitRows(m, d, 10 * r + d);
    const flat = d === r;
    const factors = factorsOf(m, r + 1, records, d);
    if (flat)
      for (const { plane } of factors)
        for (let i = 0; i < m; i++)
          for (let b = 0; b <= r; b++)
            plane[(i * (r + 1) + r) * (r + 1) + b] = plane[(i * (r + 1) + b) * (r + 1) + r] = 0;
    // Later records: other points with the same directions across the span.
    const columns = Array.from({ length: records }, (_, s) => {
      const rows = s === 0 ? starts : unitRows(m, d, 100 * s + d);
      return Array.from({ length: r + 1 }, (_, b) =>
        Float64Array.from({ length: m }, (_, i) =>
          b < r ? rows[i * d + b] : flat ? 0 : Math.hypot(...rows.subarray(i * d + r, (i + 1) * d)),
        ),
      );
    });
    const work = new CountedWork(false);
    const average = await averageConstants(engine, problem, { start: starts, columns, factors }, work);
    expect(work.done).toBe(work.total);
    const basis = teachers.map((_, a) => axis(a, d));
    for (let s = 0; s < records; s++) {
      const W = Array.from({ length: m }, (_, i) => {
        const z = starts.subarray(i * d + r, (i + 1) * d);
        const size = Math.hypot(...z);
        return [...columns[s].slice(0, r).map((u) => u[i]), ...z.map((x) => (columns[s][r][i] * x) / size)];
      });
      const total = { plane: identity(m, r + 1), across: new Float64Array(m).fill(1) };
      for (let k = s; k < records; k++) {
        if (k > s) follow(total, factors[k], r + 1);
        const plain = plainPlaneAverage({ d, basis, W, ...total, q });
        expect(average[k][s] / plain, `${k}, ${s}`).toBeCloseTo(1, 6);
      }
    }
  });

  test("memory is r^2 + 1 numbers a particle and record; an abort is heard at every pair", async () => {
    const problem = multiIndex({
      d: 4,
      activation: hermite(c),
      teachers: [
        [1, 0],
        [0, 1],
      ],
    });
    expect(averageBytes(engine, problem, 16, 8)).toBe(8 * 16 * 8 * 5 + 8 * 36);
    const start = unitRows(3, 4, 1);
    const columns = [0, 1].map(() =>
      [0, 1, 2].map((b) =>
        Float64Array.from({ length: 3 }, (_, i) =>
          b < 2 ? start[4 * i + b] : Math.hypot(start[4 * i + 2], start[4 * i + 3]),
        ),
      ),
    );
    const history = { start, columns, factors: factorsOf(3, 3, 2, 1) };
    // 2 + 1 later records, and two records of 3 x 3 pairs.
    expect(await pausesOf((work) => averageConstants(engine, problem, history, work))).toBe(3 + 2 * 9);
  });
});

function identity(m: number, size: number): Float64Array {
  return Float64Array.from({ length: m * size * size }, (_, at) => ((at % (size * size)) % (size + 1) === 0 ? 1 : 0));
}

/** total <- next total, particle by particle. */
function follow(total: { plane: Float64Array; across: Float64Array }, next: TangentFactors, size: number): void {
  const before = total.plane.slice();
  total.plane = total.plane.map((_, at) => {
    const i = Math.floor(at / (size * size));
    const [row, column] = [Math.floor((at % (size * size)) / size), at % size];
    let sum = 0;
    for (let b = 0; b < size; b++)
      sum += next.plane[(i * size + row) * size + b] * before[(i * size + b) * size + column];
    return sum;
  });
  total.across = total.across.map((x, i) => x * next.across[i]);
}

describe("J_max", () => {
  const step = (plane: number[], across: number[]): TangentFactors => ({
    size: 1,
    plane: Float64Array.from(plane),
    across: Float64Array.from(across),
  });
  const factors = [
    step([9, 9], [9, 9]),
    step([0.5, -0.1], [0.25, 0.5]),
    step([-3, 2], [2, 8]),
    step([0.1, 0.1], [0.1, 0.1]),
  ];

  test("is the largest factor since any record, of any particle, and at least 1", async () => {
    // From record 1 to 2: 3 along and 8 across; from 0: 1.5 and 4.
    expect([...(await largestFactors(factors, 3, new CountedWork(false)))]).toEqual([1, 1, 8, 1]);
    // On the circle nothing is across.
    expect([...(await largestFactors(factors, 2, new CountedWork(false)))]).toEqual([1, 1, 3, 1]);
  });

  test("hears an abort at every pair of records", async () => {
    expect(await pausesOf((work) => largestFactors(factors, 3, work))).toBe(6);
  });
});

describe("a run", () => {
  const problem = single(4);
  const options = { width: 6, time: 0.4, step: 0.1, record: [0, 0.1, 0.2, 0.3, 0.4], tolerance: 1e-4 };

  test("bounds are made of what stability and the linearised gap are", async () => {
    const bounds = await gapBounds(engine, problem, options);
    const { largest, average, errorEstimate, time } = await stability(engine, problem, options);
    const gap = await linearisedGap(engine, problem, options);
    expect(bounds).toMatchObject({ status: "completed", divergence: null, errorEstimate, time });
    expect(bounds.largestStability).toEqual(largest);
    expect(bounds.averageInteraction).toEqual(Float64Array.from(average, (row, k) => row[k]));
    expect(bounds.linearised).toEqual(gap.predicted.meanDelta);
    expect([gap.errorEstimate, gap.relativeError.length]).toEqual([errorEstimate, 5]);
    // The last record, where none is named.
    expect(gap.measuredDelta()).toEqual(gap.measuredDelta(4));
    expect(gap.predictedDelta()).toEqual(gap.predictedDelta(4));
    expect(bounds.volterra.looseness[0]).toBe(1);
    expect(bounds.volterra.looseness[4]).toBe(bounds.volterra.bound[4] / bounds.linearised[4]);
    expect(bounds.gronwall.looseness[4]).toBe(bounds.gronwall.bound[4] / bounds.linearised[4]);
  });

  test("the quadrature error is what every second record changes, where there is a middle", async () => {
    const all = await gapBounds(engine, problem, options);
    const half = await gapBounds(engine, problem, { ...options, record: [0, 0.2, 0.4] });
    const change = Math.abs(half.volterra.bound[2] / all.volterra.bound[4] - 1);
    expect(change).toBeGreaterThan(1e-4);
    expect((all.quadratureError as number) / change).toBeCloseTo(1, 10);
    const ends = await gapBounds(engine, problem, { ...options, record: [0, 0.4] });
    expect(
      (half.quadratureError as number) / Math.abs(ends.volterra.bound[1] / half.volterra.bound[2] - 1),
    ).toBeCloseTo(1, 10);
    expect(ends.quadratureError).toBeNull();
    expect((await gapBounds(engine, problem, { ...options, record: [0, 0.1, 0.2, 0.3] })).quadratureError).toBeNull();
    expect((await gapBounds(engine, problem, { ...options, record: [0] })).quadratureError).toBeNull();
  });

  test("aborted before its first record, bounds are empty and hold", async () => {
    const none = new Float64Array();
    const bound = { bound: none, looseness: none, holds: true };
    const bounds = await gapBounds(engine, problem, { ...options, signal: AbortSignal.abort() });
    expect(bounds).toMatchObject({
      status: "aborted",
      linearised: none,
      forcing: none,
      volterra: bound,
      gronwall: bound,
    });
    expect(bounds).toMatchObject({
      largestStability: none,
      averageInteraction: none,
      quadratureError: null,
      errorEstimate: null,
    });
    expect(bounds.lipschitz).toBeCloseTo(3 * (q[1] + 4 * q[2] + 9 * q[3]), 12);
    const { factors, largest, average } = await stability(engine, problem, { ...options, signal: AbortSignal.abort() });
    expect([largest.length, average.length]).toEqual([0, 0]);
    expect(() => factors(0, 0)).toThrow("k must be");
  });

  test.each([
    ["a single index", problem],
    [
      "several",
      multiIndex({
        d: 4,
        activation: hermite(c),
        teachers: [
          [1, 0],
          [0, 1],
        ],
      }),
    ],
  ])("with %s that diverges says where, and has no records of it", async (_, diverging) => {
    const huge = { width: 4, time: 1e300, step: 1e300, tolerance: 1 };
    for (const compute of [stability, gapBounds, linearisedGap]) {
      const { status, divergence, time } = await compute(engine, diverging, huge as never);
      expect([status, divergence]).toEqual(["diverged", { step: 1, time: 1e300 }]);
      expect(time.length).toBe(0);
    }
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("initial may come with its width, and has no seed", async () => {
    const initial = unitRows(6, 4, 3);
    const { settings } = await stability(engine, problem, { ...options, initial });
    expect(settings).toMatchObject({ width: 6, seed: null, tolerance: 1e-4 });
    const drawn = await stability(engine, problem, { ...options, seed: 7 });
    expect(drawn.settings.seed).toBe(7);
    // The particles are those of the network with this seed.
    const { factors } = drawn;
    expect(factors(4, 0).parallel).not.toEqual((await stability(engine, problem, options)).factors(4, 0).parallel);
    for (const compute of [stability, gapBounds, linearisedGap])
      await expect(compute(engine, problem, { ...options, initial, width: 5 } as never)).rejects.toThrow(
        "width must be left out or 6, the number of rows of initial; got 5",
      );
  });
});
