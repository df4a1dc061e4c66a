// Points and fields of the limit with several indices against arithmetic: coordinates, the span, which monomials are needed, the
// field of one point, and factors of tangents.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { acrossDirections, spanCoordinates } from "../../src/limit/multi/coordinates.ts";
import { MultiField } from "../../src/limit/multi/field.ts";
import { monomialsAt } from "../../src/limit/multi/monomials.ts";
import { isEven, MAX_MONOMIALS, neededWeights, problemSize, rankOf } from "../../src/limit/multi/size.ts";
import { spanOf } from "../../src/limit/multi/span.ts";
import {
  factorsBetween,
  hasAcross,
  identityFactors,
  largestNorm,
  multiplyFactors,
} from "../../src/limit/tangent-factors.ts";
import { hermite } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { teachersOf } from "../../src/problem/teachers.ts";
import { problems } from "../../src/problem/zoo.ts";
import { unitRows } from "../support/arithmetic.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

function problemOf(coefficients: number[], teachers: number[][], weights = teachers.map(() => 1), d = 6) {
  return multiIndex({ d, activation: hermite(coefficients), teachers, weights });
}

function expectClose(found: readonly number[], expected: readonly number[], tolerance = 1e-12) {
  expect(found.length).toBe(expected.length);
  found.forEach((x, i) => {
    expect(Math.abs(x - expected[i]), `${i}: ${x}`).toBeLessThanOrEqual(tolerance);
  });
}

function fieldOf(...args: Parameters<typeof problemOf>): MultiField {
  const problem = problemOf(...args);
  return new MultiField(problem, teachersOf(engine, problem));
}

describe("rows in the coordinates of the span", () => {
  const d = 5;
  const stride = 7;
  const m = 6;
  const span = spanOf({
    rows: Float64Array.of(0.6, 0.8, 0, 0, 0.6, 0.8),
    count: 2,
    dimension: 3,
    weights: [1, 1],
  });

  function rows() {
    const unit = unitRows(m, d, 5);
    // One in the span, one next to it.
    unit.set([0.6, 0.8, 0, 0, 0], d);
    const near = 1e-9;
    unit.set([0, 0.6, 0.8, near, 0], 2 * d);
    const W = new Float64Array(m * stride).fill(7);
    for (let i = 0; i < m; i++) W.set(unit.subarray(i * d, (i + 1) * d), i * stride);
    return W;
  }

  test("w = B^T u + s z, z a unit vector across the span", () => {
    const W = rows();
    const columns = spanCoordinates(span, { m, d, stride }, W);
    expect(columns).toHaveLength(3);
    const z = acrossDirections(span, { m, d, stride }, W, columns[2]);
    expect(z.length).toBe(m * d);
    const basis = (a: number, c: number) => (c < 3 ? span.basis[3 * a + c] : 0);
    for (let i = 0; i < m; i++) {
      const s = columns[2][i];
      for (let c = 0; c < d; c++) {
        const back = columns[0][i] * basis(0, c) + columns[1][i] * basis(1, c) + s * z[i * d + c];
        expect(back).toBeCloseTo(W[i * stride + c], 14);
      }
      expect(Math.hypot(columns[0][i], columns[1][i], s)).toBeCloseTo(1, 14);
      if (i === 1) continue;
      expect(Math.hypot(...z.subarray(i * d, (i + 1) * d))).toBeCloseTo(1, 14);
      // Also of a row that is nearly in the span.
      for (const a of [0, 1]) {
        const along = Array.from({ length: d }, (_, c) => basis(a, c) * z[i * d + c]).reduce((sum, x) => sum + x, 0);
        expect(Math.abs(along)).toBeLessThan(1e-14);
      }
    }
    expect(columns[2][2]).toBeCloseTo(1e-9, 15);
    // One in the span has nothing across it.
    const none = acrossDirections(span, { m, d, stride }, W, new Float64Array(m));
    expect(none).toEqual(new Float64Array(m * d));
  });

  test("where the teachers span everything nothing is left, not even rounding", () => {
    const all = spanOf({ rows: Float64Array.of(0.6, 0.8, 0.28, 0.96), count: 2, dimension: 2, weights: [1, 1] });
    const W = unitRows(4, 2, 9);
    expect(spanCoordinates(all, { m: 4, d: 2, stride: 2 }, W)[2]).toEqual(new Float64Array(4));
  });
});

describe("the basis of the span", () => {
  test("starts with the first of the longest, is orthonormal also where teachers are nearly one", () => {
    const rows = [
      [0.3, 0.4, 0],
      [0.6, 0.8, 0],
      [0.6, 0.8, 1e-7],
      [0.6, -0.8, 3e-8],
    ];
    const {
      rank,
      basis,
      rows: inside,
      count,
    } = spanOf({
      rows: Float64Array.from(rows.flat()),
      count: 4,
      dimension: 3,
      weights: [1, 1, 1, 1],
    });
    expect([rank, count]).toEqual([3, 4]);
    expectClose([...basis.subarray(0, 3)], [0.6, 0.8, 0]);
    for (let a = 0; a < 3; a++)
      for (let b = 0; b <= a; b++) {
        const product = [0, 1, 2].reduce((sum, c) => sum + basis[3 * a + c] * basis[3 * b + c], 0);
        expect(Math.abs(product - (a === b ? 1 : 0))).toBeLessThan(1e-15);
      }
    rows.forEach((row, r) => {
      for (let c = 0; c < 3; c++) {
        const back = [0, 1, 2].reduce((sum, a) => sum + inside[3 * r + a] * basis[3 * a + c], 0);
        expect(Math.abs(back - row[c])).toBeLessThan(1e-15);
      }
    });
  });

  test("of no teachers, or of none with a weight, is the first axis", () => {
    const none = spanOf({ rows: new Float64Array(0), count: 0, dimension: 0, weights: [] });
    expect(none).toEqual({
      rank: 1,
      basis: Float64Array.of(1),
      dimension: 1,
      rows: new Float64Array(0),
      count: 0,
      weights: [],
    });
    const weightless = spanOf({ rows: Float64Array.of(0, 1, 0), count: 1, dimension: 3, weights: [0] });
    expect(weightless.basis).toEqual(Float64Array.of(1, 0, 0));
  });
});

describe("which monomials are needed", () => {
  const form = (activation: number[], link = activation) => ({ d: 5, activation, link });

  test("those of the degrees that kernel, target or their radial parts have", () => {
    expect(neededWeights(form([0, 0, 0, 0, 1]))).toEqual([false, false, false, false, true]);
    // e_2 has c_4, so the radial part of a link with b_2 has degree 2.
    expect(neededWeights(form([0, 0, 0, 0, 1], [0, 0, 1, 0, 1]))).toEqual([false, false, true, false, true]);
    expect(neededWeights(form([1]))).toEqual([true]);
    expect(neededWeights(form([0]))).toEqual([false]);
    expect(neededWeights(form([0, 1, 0, 0]))).toEqual([false, true]);
    expect([[true], [true, false, true], [false, true], [true, true, true]].map(isEven)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test("as many as the rank asks for; random teachers are in general position", () => {
    const h4 = [0, 0, 0, 0, 1];
    expect(
      rankOf(
        problemOf(h4, [
          [1, 0],
          [0, 1],
          [0.6, 0.8],
        ]),
      ),
    ).toBe(2);
    const random = (count: number, dimension: number, weights?: number[]) =>
      multiIndex({
        d: 20,
        activation: hermite(h4),
        teachers: { random: count, dimension },
        ...(weights && { weights }),
      });
    expect(rankOf(random(3, 9))).toBe(3);
    expect(rankOf(random(9, 4))).toBe(4);
    expect(rankOf(random(3, 9, [1, 0, 1]))).toBe(2);
    expect(rankOf(random(2, 9, [0, 0]))).toBe(1);
    // 1, 2, 3 + 1, 4, 5 + 3 + 1: t comes with even weights alone.
    expect(
      problemSize(
        problemOf(h4, [
          [1, 0],
          [0, 1],
        ]),
      ),
    ).toBe(20);
    expect(problemSize(multiIndex({ d: 4, activation: hermite(h4), teachers: [[1]], signed: true }))).toBeNull();
    expect(problemSize(random(20, 20))).toBeLessThan(MAX_MONOMIALS);
    expect(problemSize(multiIndex({ d: 40, activation: hermite(h4), teachers: { random: 40, dimension: 40 } }))).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

describe("the field of one point", () => {
  const c = [0.2, -0.3, 0.4, 0.5, 0.6];
  const weights = [0.7, -0.4];
  const q = (s: number) => c.reduce((sum, value, k) => sum + value * value * s ** k, 0);

  /** Moments of a law on one u, the direction across the span uniform. */
  function pointOf(d: number, u: readonly number[]) {
    const field = fieldOf(
      c,
      [
        [1, 0],
        [0.6, 0.8],
      ],
      weights,
      d,
    );
    const t = 1 - u.reduce((sum, x) => sum + x * x, 0);
    // u are inner products with an orthonormal basis: its first axis is the first teacher.
    return { field, M: monomialsAt(field.monomials, [...u, t]), t };
  }

  // E q(a + t tau) with E tau^2 = 1/n, E tau^4 = 3 / (n (n + 2)).
  test.each([
    [2, [0.6, 0.8]],
    [3, [0.3, -0.5]],
    [4, [0.3, -0.5]],
    [9, [-0.1, 0.2]],
  ])("in d = %i has the energy, the loss and the overlap of arithmetic", (d, u) => {
    const { field, M, t } = pointOf(d, u);
    const n = d - 2;
    const a = u[0] * u[0] + u[1] * u[1];
    const square = n === 0 ? 0 : 1 / n;
    const fourth = n === 0 ? 0 : 3 / (n * (n + 2));
    const [, , c2, c3, c4] = c.map((value) => value * value);
    const energy = q(a) + (c2 + 3 * c3 * a + 6 * c4 * a * a) * t * t * square + c4 * t ** 4 * fourth;
    expect(field.energy(M)).toBeCloseTo(energy, 13);
    const cosines = [u[0], 0.6 * u[0] + 0.8 * u[1]];
    const target = weights.reduce((sum, w, j) => sum + w * q(cosines[j]), 0);
    const norm = (weights[0] ** 2 + weights[1] ** 2) * q(1) + 2 * weights[0] * weights[1] * q(0.6);
    expect(field.loss(M)).toBeCloseTo(norm - 2 * target + energy, 13);
    const at = field.overlap(M).reduce((sum, x, j) => sum + x * M[j], 0);
    expect(at).toBeCloseTo(energy, 13);
    // P = Phi - Q at the point, and Q from P.
    const drive = new Float64Array(field.driveLength);
    field.drive(M, drive);
    expect(drive.reduce((sum, x, j) => sum + x * M[j], 0)).toBeCloseTo(target - energy, 13);
    expect(field.attraction(drive).reduce((sum, x, j) => sum + x * M[j], 0)).toBeCloseTo(energy, 13);
  });

  test("moves particles along the gradient of P on the sphere", () => {
    const { field, M } = pointOf(5, [0.3, -0.5]);
    const drive = new Float64Array(field.driveLength);
    field.drive(M, drive);
    const P = (x: readonly number[]) =>
      monomialsAt(field.monomials, [x[0], x[1], x[2] * x[2]]).reduce((sum, value, j) => sum + value * drive[j], 0);
    const points = unitRows(11, 3, 4);
    const particles = field.particles(engine, 11, false);
    particles.set(...[0, 1, 2].map((a) => Float64Array.from({ length: 11 }, (_, i) => points[3 * i + a])));
    const { view } = particles.velocities(drive, 0, particles.n);
    const values = particles.series(drive);
    for (let i = 0; i < 11; i++) {
      const x = [...points.subarray(3 * i, 3 * i + 3)];
      const h = 1e-5;
      const gradient = x.map((_, a) => {
        const moved = (sign: number) => P(x.map((value, b) => value + (a === b ? sign * h : 0)));
        return (moved(1) - moved(-1)) / (2 * h);
      });
      const along = gradient.reduce((sum, g, a) => sum + g * x[a], 0);
      for (const a of [0, 1, 2]) expect(view[a * particles.n + i]).toBeCloseTo(gradient[a] - along * x[a], 8);
      expect(values[i]).toBeCloseTo(P(x), 13);
    }
    // A kernel call takes some four million products; the slower build fewer.
    expect(particles.slice).toBe(8 * Math.round((engine.backend === "simd" ? 4e6 : 1e6) / field.driveLength / 8));
    particles.free();
  });

  test("refuses what has no series that ends", () => {
    const signed = multiIndex({ d: 4, activation: hermite(c), teachers: [[1]], signed: true });
    expect(() => new MultiField(signed, teachersOf(engine, signed))).toThrow(
      new TypeError(`${signed.name} has no Hermite series that end, or signs of -1`),
    );
    const field = fieldOf(
      c,
      [
        [1, 0],
        [0.6, 0.8],
      ],
      weights,
      9,
    );
    expect([field.rank, field.orthogonal]).toEqual([2, 7]);
    expect(field.crossing).toEqual({
      what: "the span of the teachers",
      condition: "1 + eta (R + 2 P_t - kappa) <= 0",
    });
  });
});

describe("factors of tangents", () => {
  test("multiply from the left, particle by particle", () => {
    const first = { size: 2, plane: Float64Array.of(1, 2, 3, 4, 0, 1, 1, 0), across: Float64Array.of(2, 3) };
    const next = { size: 2, plane: Float64Array.of(0, 1, 2, 0, 1, 1, 0, 1), across: Float64Array.of(5, 7) };
    const total = { ...first, plane: first.plane.slice(), across: first.across.slice() };
    multiplyFactors(total, next);
    expect([...total.plane]).toEqual([3, 4, 2, 4, 1, 1, 1, 0]);
    expect([...total.across]).toEqual([10, 21]);
    // Between records: those after the first up to the last.
    const list = [next, first, next];
    expect(factorsBetween(list, 2, 0)).toEqual(total);
    expect(factorsBetween(list, 1, 0)).toEqual(first);
    expect(factorsBetween(list, 2, 2)).toEqual(identityFactors(2, 2));
  });

  test("begin as the identity", () => {
    expect(identityFactors(2, 2)).toEqual({
      size: 2,
      plane: Float64Array.of(1, 0, 0, 1, 1, 0, 0, 1),
      across: Float64Array.of(1, 1),
    });
  });

  test("have the largest norm of all particles, across the plane where anything lies there", () => {
    // A shear has the norm of the golden ratio, a stretch its largest factor.
    const plane = Float64Array.of(0.5, 0, 0, 0.1, 1, 1, 0, 1);
    const factors = { size: 2, plane, across: Float64Array.of(0.2, -3) };
    expect(largestNorm(factors, 2)).toBeCloseTo((1 + Math.sqrt(5)) / 2, 14);
    expect(largestNorm(factors, 3)).toBe(3);
    const one = { size: 1, plane: Float64Array.of(0.5, -2), across: Float64Array.of(1, -2.5) };
    expect([largestNorm(one, 2), largestNorm(one, 3)]).toEqual([2, 2.5]);
    expect(largestNorm(identityFactors(0, 2), 5)).toBe(0);
    // On a circle, and where span and z are all there is, nothing is across.
    expect(
      [
        [1, 2],
        [1, 3],
        [2, 2],
        [2, 3],
        [3, 3],
        [3, 4],
      ].map(([size, d]) => hasAcross(size, d)),
    ).toEqual([false, true, false, true, false, true]);
  });
});

test("slices of many moments are short, and one round of eight at least", async () => {
  const problem = problems.He4_random_16_16({ d: 16 });
  const scalar = await createEngine({ backend: "scalar" });
  for (const [on, products] of [
    [engine, engine.backend === "simd" ? 4e6 : 1e6],
    [scalar, 1e6],
  ] as const) {
    const particles = new MultiField(problem, teachersOf(on, problem)).particles(on, 8, true);
    expect(particles.slice).toBe(8 * Math.round(products / 4983 / 8));
    particles.free();
  }
  scalar.dispose();
});
