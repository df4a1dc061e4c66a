// Where the nodes of a law with several indices are put, against closed forms: the pull on directions and where it parts them, radii,
// and the distribution of |u|.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { Pull } from "../../src/limit/multi/azimuth.ts";
import { MultiField } from "../../src/limit/multi/field.ts";
import { polarCloud } from "../../src/limit/multi/polar.ts";
import { RadialLaw, SpherePoints } from "../../src/limit/multi/sphere-points.ts";
import { hermite } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { teachersOf } from "../../src/problem/teachers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const ORTHOGONAL = [
  [1, 0],
  [0, 1],
];

function fieldOf(coefficients: number[], teachers = ORTHOGONAL, weights = teachers.map(() => 1), d = 6): MultiField {
  const problem = multiIndex({ d, activation: hermite(coefficients), teachers, weights });
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
    // What is rounding grows with the weights.
    expect(pullOf(fieldOf([0, 0, 0, 0, 1], ring(5), new Array(5).fill(1e4))).invariant).toBe(true);
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
    const betas = Array.from(cloud.columns[0], (u, i) => Math.atan2(u, cloud.columns[1][i])).filter((beta) => beta > 0);
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
    // c h_4: rate 4 * 2 * c^2. The last has edges beyond 45 degrees too.
    for (const [c, horizon, spacing, times] of [
      [0.5, 4, 1, [10, 5, 4, 3, 2, 1]],
      [0.5, 3, 0.75, [7.5, 3.75, 3, 2.25, 1.5, 0.75]],
      [0.3, 2, 0.5, [5, 2.5, 2, 1.5, 1, 0.5]],
    ] as const) {
      const alpha = (time: number) => (1 + 8 * c * c * time) ** -0.5;
      const inside = times.map(alpha);
      const centre = [4, 3, 2, 1].map((j) => inside[0] / 2 ** j);
      const edges = [0, ...centre, ...inside].map((x) => Math.asin(x));
      const at = edges.findIndex((edge) => edge > middle);
      const all = at < 0 ? [...edges, middle] : [...edges.slice(0, at), middle, ...edges.slice(at)];
      expectClose(radialEdges(line([0, 0, 0, 0, c]), horizon, spacing), polar(all, 5), 1e-9);
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
    // Twice as strong a pull: 4 + ceil(2 * 2 * 3 * log2(e)). For k* = 1 nothing rests at the middle.
    expectClose(radialEdges(line([0, 0, 1], 6, 2), 3), polar([...halved(22), middle], 5), 1e-9);
    expectClose(radialEdges(line([0, 1]), 3), polar([...halved(4), middle], 5), 1e-9);
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
