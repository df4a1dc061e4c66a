// Parts of the limit with several indices against closed forms: the pull on directions and where it parts them, radii, the
// distribution of |u|, coordinates, fields of points, and factors of tangents.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { Pull } from "../../src/limit/multi/azimuth.ts";
import { acrossDirections, spanCoordinates } from "../../src/limit/multi/coordinates.ts";
import { MultiField } from "../../src/limit/multi/field.ts";
import { monomialsAt } from "../../src/limit/multi/monomials.ts";
import { polarCloud } from "../../src/limit/multi/polar.ts";
import { isEven, MAX_MONOMIALS, neededWeights, problemSize, rankOf } from "../../src/limit/multi/size.ts";
import { spanOf } from "../../src/limit/multi/span.ts";
import { RadialLaw, SpherePoints } from "../../src/limit/multi/sphere-points.ts";
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

const ORTHOGONAL = [
  [1, 0],
  [0, 1],
];

function problemOf(coefficients: number[], teachers: number[][] = ORTHOGONAL, weights = teachers.map(() => 1), d = 6) {
  return multiIndex({ d, activation: hermite(coefficients), teachers, weights });
}

function fieldOf(...args: Parameters<typeof problemOf>): MultiField {
  const problem = problemOf(...args);
  return new MultiField(problem, teachersOf(engine, problem));
}

const pullOf = (field: MultiField) => new Pull(engine.kernels, field);

function expectClose(found: readonly number[], expected: readonly number[], tolerance = 1e-12) {
  expect(found.length).toBe(expected.length);
  found.forEach((x, i) => {
    expect(Math.abs(x - expected[i]), `${i}: ${x}`).toBeLessThanOrEqual(tolerance);
  });
}

/** Gauss and Legendre's outermost node of 5 points. */
const OUTER = 0.906179845938664;

/** Edges of panels of 5 Gauss-Legendre points each, which must join. */
function edgesOf(nodes: readonly number[]): number[] {
  const edges: number[] = [];
  for (let i = 0; i < nodes.length; i += 5) {
    const middle = (nodes[i] + nodes[i + 4]) / 2;
    const half = (nodes[i + 4] - nodes[i]) / 2 / OUTER;
    if (i > 0) expect(middle - half).toBeCloseTo(edges[edges.length - 1], 10);
    else edges.push(middle - half);
    edges.push(middle + half);
  }
  return edges;
}

describe("the pull on a direction", () => {
  const rotated = (angle: number) => [
    [Math.cos(angle), Math.sin(angle)],
    [-Math.sin(angle), Math.cos(angle)],
  ];

  test("has the lowest degree that does not cancel, constants apart", () => {
    expect(pullOf(fieldOf([0, 0, 0, 0, 1])).exponent).toBe(4);
    expect(pullOf(fieldOf([3, 0, 0, 0.1, 1])).exponent).toBe(3);
    expect(
      pullOf(
        fieldOf(
          [0, 1, 0, 0, 1],
          [
            [0.6, 0.8],
            [-0.6, -0.8],
          ],
        ),
      ).exponent,
    ).toBe(4);
    expect(
      pullOf(
        fieldOf(
          [0, 1, 0, 0, 1],
          [
            [0.6, 0.8],
            [-0.6, -0.8],
            [0, 1],
          ],
        ),
      ).exponent,
    ).toBe(1);
    // Teachers that are 120 degrees apart: only odd degrees from 3 on are left.
    const third = [0, 1, 2].map((i) => [Math.cos((2 * Math.PI * i) / 3 + 0.1), Math.sin((2 * Math.PI * i) / 3 + 0.1)]);
    expect(pullOf(fieldOf([0, 1, 0, 1], third)).exponent).toBe(3);
    const none = pullOf(
      fieldOf(
        [0, 0, 1],
        [
          [1, 0],
          [-1, 0],
        ],
        [1, -1],
      ),
    );
    expect([none.exponent, none.largest]).toEqual([null, 0]);
  });

  test("is at most its largest value, of either sign", () => {
    // cos^4 + 2 sin^4; on a grid that is near its maximum.
    const { largest } = pullOf(fieldOf([0, 0, 0, 0, 1], ORTHOGONAL, [1, 2]));
    expect(largest).toBeLessThanOrEqual(2);
    expect(largest).toBeGreaterThan(1.99);
    const negative = pullOf(fieldOf([0, 0, 0, 0, 2], ORTHOGONAL, [-3, 0.5])).largest;
    expect(negative).toBeLessThanOrEqual(12);
    expect(negative).toBeGreaterThan(11.9);
    expect(pullOf(fieldOf([0, 0, 0, 2], [[1]], [-1.5])).largest).toBe(6);
  });

  test("is invariant where teachers lie evenly on a circle", () => {
    const ring = (n: number) =>
      Array.from({ length: n }, (_, i) => [
        Math.cos(0.2 + (2 * Math.PI * i) / n),
        Math.sin(0.2 + (2 * Math.PI * i) / n),
      ]);
    expect(pullOf(fieldOf([0, 0, 0, 0, 1], ring(5))).invariant).toBe(true);
    expect(pullOf(fieldOf([0, 0, 0, 0, 1], ring(4))).invariant).toBe(false);
    expect(pullOf(fieldOf([0, 0, 1], rotated(0.4))).invariant).toBe(true);
    expect(pullOf(fieldOf([0, 0, 1], [[1]])).invariant).toBe(false);
    expect(pullOf(fieldOf([0, 0, 1, 0, 0.01], rotated(0.4))).invariant).toBe(false);
  });

  test("has on a line one direction, or two where odd degrees tell them apart", () => {
    expect(pullOf(fieldOf([0, 0, 0, 0, 1], [[0.6, 0.8]])).directions(5, 2)).toEqual({ angles: [0], weights: [1] });
    expect(pullOf(fieldOf([0, 0, 0, 1, 1], [[0.6, 0.8]])).directions(5, 2)).toEqual({
      angles: [0, Math.PI],
      weights: [0.5, 0.5],
    });
  });

  test("that is the same everywhere needs as many equal angles as its degree asks for", () => {
    const equal = (n: number, period: number) => Array.from({ length: n }, (_, i) => (period * i) / n);
    const even = pullOf(fieldOf([0, 0, 1], rotated(0.4))).directions(5, 2);
    expectClose(even.angles, equal(2, Math.PI));
    expect(even.weights).toEqual([1 / 2, 1 / 2]);
    const third = [0, 1, 2].map((i) => [Math.cos((2 * Math.PI * i) / 3), Math.sin((2 * Math.PI * i) / 3)]);
    const odd = pullOf(fieldOf([0, 1, 1], third)).directions(5, 2);
    expectClose(odd.angles, equal(3, 2 * Math.PI));
    expectClose(odd.weights, [1 / 3, 1 / 3, 1 / 3]);
    const none = pullOf(
      fieldOf(
        [0, 0, 0, 0, 1],
        [
          [1, 0],
          [1, 0],
          [0, 1],
          [0, 1],
        ],
        [1, -1, 1, -1],
      ),
    );
    expect(none.directions(5, 2).angles).toHaveLength(3);
  });

  /** Panels from each cut halved towards it from both sides. */
  function gradedEdges(cuts: readonly number[], period: number, halvings: number): number[] {
    return [
      ...cuts.flatMap((low, i) => {
        const half = ((cuts[i + 1] ?? cuts[0] + period) - low) / 2;
        const steps = Array.from({ length: halvings + 1 }, (_, j) => half / 2 ** (halvings - j));
        const high = low + 2 * half;
        return [
          low,
          ...steps.map((step) => low + step),
          ...steps
            .slice(0, -1)
            .reverse()
            .map((step) => high - step),
        ];
      }),
      cuts[0] + period,
    ];
  }

  test.each([
    ["cos^4 + sin^4", [0, 0, 0, 0, 1], [1, 1], [Math.PI / 4, (3 * Math.PI) / 4], Math.PI],
    ["-cos^4 - sin^4, a cut on the axis", [0, 0, 0, 0, 1], [-1, -1], [Math.PI / 2, Math.PI], Math.PI],
    ["cos^2 + sin^2, the same everywhere, unlike what is above it", [0, 0, 1, 0, 1], [1, 1], [0], Math.PI],
    ["cos^3 + sin^3", [0, 0, 0, 1], [1, 1], [Math.PI / 4, Math.PI, (3 * Math.PI) / 2], 2 * Math.PI],
    ["-cos^3 - sin^3", [0, 0, 0, 1], [-1, -1], [Math.PI / 2, (5 * Math.PI) / 4, 2 * Math.PI], 2 * Math.PI],
  ])("is cut where it is least, with panels halved towards the cuts: %s", (_, coefficients, weights, cuts, period) => {
    const pull = pullOf(fieldOf(coefficients, ORTHOGONAL, weights));
    for (const halvings of [0, 3]) {
      const directions = pull.directions(5, halvings);
      expectClose(edgesOf(directions.angles), gradedEdges(cuts, period, halvings), 1e-9);
      expect(directions.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 13);
      const mean = (f: (angle: number) => number) =>
        directions.weights.reduce((sum, w, i) => sum + w * f(directions.angles[i]), 0);
      expect(mean((angle) => Math.cos(angle) ** 2)).toBeCloseTo(0.5, 6);
      expect(mean((angle) => Math.cos(2 * angle))).toBeCloseTo(0, 6);
    }
  });
});

describe("radii", () => {
  const FINENESS = { radial: 5, azimuth: 5, spacing: 1, halvings: 0 };

  /** Edges in beta, ascending, of a cloud on one direction. */
  function radialEdges(field: MultiField, horizon: number, spacing = 1): number[] {
    const cloud = polarCloud(engine.kernels, field, pullOf(field), horizon, { ...FINENESS, spacing });
    const betas = Array.from(cloud.columns[0], (u, i) => Math.atan2(u, cloud.columns[1][i]));
    expect(cloud.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 13);
    return edgesOf(betas.sort((a, b) => a - b));
  }

  const line = (coefficients: number[], d = 6, weight = 1) => fieldOf(coefficients, [[1]], [weight], d);
  const middle = Math.PI / 4;
  /** Down to a mass of 2^-24, or 12 times, from the first edge. */
  const polar = (edges: readonly number[], n: number) => {
    const last = Math.PI / 2 - edges[edges.length - 1];
    const count = Math.min(12, Math.ceil(24 / n));
    return [...edges, ...Array.from({ length: count }, (_, j) => Math.PI / 2 - last / 2 ** (j + 1)), Math.PI / 2];
  };

  test("are even in escape time up to the horizon, beyond it twice as wide, then halved towards the middle", () => {
    // h_4 / 2: rate 4 * 2 * 1/4.
    const alpha = (time: number) => (1 + 2 * time) ** -0.5;
    for (const [horizon, spacing, times] of [
      [4, 1, [10, 5, 4, 3, 2, 1]],
      [3, 0.75, [7.5, 3.75, 3, 2.25, 1.5, 0.75]],
    ] as const) {
      const inside = times.map(alpha);
      const centre = [4, 3, 2, 1].map((j) => inside[0] / 2 ** j);
      const edges = [0, ...centre, ...inside].map((x) => Math.asin(x));
      const at = edges.findIndex((edge) => edge > middle);
      const all = at < 0 ? [...edges, middle] : [...edges.slice(0, at), middle, ...edges.slice(at)];
      expectClose(radialEdges(line([0, 0, 0, 0, 0.5]), horizon, spacing), polar(all, 5), 1e-9);
    }
  });

  test("are at most 300 up to the horizon", () => {
    const edges = radialEdges(line([0, 0, 0, 0, 0.5]), 6000);
    // As wide as a 300th of it.
    const times = edges.slice(5, -1).map((beta) => (Math.sin(beta) ** -2 - 1) / 2);
    expect(times[1] - times[2]).toBeCloseTo(20, 5);
    const wide = edges.filter((beta) => (Math.sin(beta) ** -2 - 1) / 2 > 1e-9 && beta > edges[5]);
    expect(wide.length).toBeLessThan(330);
  });

  test("are halved for k* = 2 as far as the horizon lets them grow, and four times where nothing pulls", () => {
    const halved = (count: number) => [0, ...Array.from({ length: count }, (_, j) => Math.asin(0.5 ** (count - j)))];
    // h_2: exp(2 t), 4 + ceil(2 * 3 * log2(e)) = 13 halvings.
    expectClose(radialEdges(line([0, 0, 1]), 3), polar([...halved(13), middle], 5), 1e-9);
    expectClose(radialEdges(line([0, 0, 1]), 300), polar([...halved(40), middle], 5), 1e-9);
    expectClose(radialEdges(line([0, 0, 1], 6, 0), 3), polar([...halved(4), middle], 5), 1e-9);
    // Fewer halvings at the other end in high dimension.
    expectClose(radialEdges(line([0, 0, 1], 2), 3), polar([...halved(13), middle], 1), 1e-9);
  });

  test("that carry less than 1e-18 are left out", () => {
    const field = line([0, 0, 0, 0, 1], 2000);
    const { weights } = polarCloud(engine.kernels, field, pullOf(field), 1000, FINENESS);
    expect(Math.min(...weights)).toBeGreaterThan(1e-18);
    expect(Math.min(...weights)).toBeLessThan(1e-12);
    // Three standard deviations of |u| are 3 / sqrt(2000).
    expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 13);
  });

  test("are one where the teachers span everything", () => {
    const field = fieldOf([0, 0, 1], ORTHOGONAL, [1, 2], 2);
    const { columns, weights } = polarCloud(engine.kernels, field, pullOf(field), 1, FINENESS);
    expect(columns[2]).toEqual(new Float64Array(weights.length));
    columns[0].forEach((u, i) => {
      expect(Math.hypot(u, columns[1][i])).toBeCloseTo(1, 15);
    });
  });
});

describe("the distribution of the angle of |u|", () => {
  // Densities sin^(r-1) cos^(n-1), integrated by hand.
  test.each([
    [1, 1, (p: number) => (p * Math.PI) / 2],
    [1, 2, (p: number) => Math.asin(p)],
    [2, 1, (p: number) => Math.acos(1 - p)],
    [2, 2, (p: number) => Math.asin(Math.sqrt(p))],
    [2, 4, (p: number) => Math.acos((1 - p) ** 0.25)],
    [4, 2, (p: number) => Math.asin(p ** 0.25)],
    [2, 1000, (p: number) => Math.acos((1 - p) ** 0.001)],
    [1000, 2, (p: number) => Math.asin(p ** 0.001)],
  ])("r = %i, n = %i", (r, n, quantile) => {
    const law = new RadialLaw(engine.kernels, r, n);
    for (const p of [1e-6, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1 - 1e-6])
      expect(Math.abs(law.quantile(p) - quantile(p)), `p = ${p}`).toBeLessThan(2e-11);
    expect(law.quantile(0)).toBeLessThan(law.quantile(1e-9));
    expect(law.quantile(1)).toBeGreaterThan(law.quantile(1 - 1e-9));
    expect(law.quantile(0)).toBeGreaterThanOrEqual(0);
    expect(law.quantile(1)).toBeLessThanOrEqual(Math.PI / 2 + 1e-15);
  });

  test("on a line has both sides alike, and other points for other seeds", () => {
    const points = new SpherePoints(engine.kernels, 1, 3);
    const { columns, weights } = points.draw(256, 4);
    expect(columns[0].filter((u) => u > 0)).toHaveLength(128);
    expect(new Set(weights)).toEqual(new Set([1 / 256]));
    // alpha is uniform at d = 3, and d = 4 has E alpha^2 = 1/4.
    expect(columns[0].reduce((sum, u) => sum + u * u, 0) / 256).toBeCloseTo(0.25, 2);
    columns[0].forEach((u, i) => {
      expect(Math.hypot(u, columns[1][i])).toBeCloseTo(1, 14);
    });
    expect(points.draw(256, 5).columns[0]).not.toEqual(columns[0]);
    expect(new SpherePoints(engine.kernels, 1, 0).draw(8, 1).columns[1]).toEqual(new Float64Array(8));
  });
});

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
    expect(problemSize(problemOf(h4))).toBe(20);
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
    const plane = Float64Array.of(1, 1, 0, 1, 0.5, 0, 0, 0.1);
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
