// What the mesh that follows the front is made of: base panels in escape time, which panels are split and merged, and the
// nodes on them. Meshes of whole runs are in limit-mesh.test.ts.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { Adaptation, type Patch } from "../../src/limit/adapt.ts";
import { Field } from "../../src/limit/field.ts";
import { escapeRate, escapes, type Grading, half, isEven, Mesh, type Panel } from "../../src/limit/mesh.ts";
import { LawNodes } from "../../src/limit/nodes.ts";
import { PanelRule, POINTS } from "../../src/limit/panel-rule.ts";
import { hermite } from "../../src/problem/activation.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import type { SingleIndexProblem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";

let engine: Engine;
let rule: PanelRule;
beforeAll(async () => {
  engine = await createEngine();
  rule = new PanelRule(engine.kernels.cos);
});
afterAll(() => engine.dispose());

const custom = (d: number, activation: number[], link = activation) =>
  singleIndex({ d, activation: hermite(activation), link: hermite(link) });

function meshOf(problem: SingleIndexProblem, horizon: number, level = 0, grading?: Grading): Mesh {
  return new Mesh(engine.kernels, rule, problem, horizon, level, grading);
}

/** Edges in alpha on the side of w*, from the equator on; the mesh is one interval on each side. */
function edgesOf({ panels }: Mesh, side: 1 | -1 = 1): number[] {
  const intervals = panels
    .filter((panel) => panel.side === side)
    .map(({ from, low, high }) => (from === "equator" ? [low, high] : [Math.PI / 2 - high, Math.PI / 2 - low]))
    .sort(([a], [b]) => a - b);
  intervals.slice(1).forEach(([low], i) => {
    expect(Math.abs(low - intervals[i][1])).toBeLessThan(1e-15);
  });
  return [...intervals.map(([low]) => low), intervals[intervals.length - 1][1]].map(Math.sin);
}

function expectClose(found: readonly number[], expected: readonly number[], relative = 1e-12) {
  expect(found.length).toBe(expected.length);
  found.forEach((x, i) => {
    expect(Math.abs(x - expected[i]), `${i}: ${x}`).toBeLessThanOrEqual(relative * Math.abs(expected[i]));
  });
}

/** 2^-1 .. 2^-n of x, ascending. */
const halvings = (x: number, n: number) => Array.from({ length: n }, (_, j) => x / 2 ** (n - j));

describe("base panels", () => {
  // He4: alpha^-2 falls at the rate 4 * 2 * 1 = 8, so a particle at alpha escapes after (alpha^-2 - 1) / 8.
  const alphaOf = (time: number) => (1 + 8 * time) ** -0.5;
  const middle = Math.sin(Math.PI / 4);
  const d = 32;
  // At the pole so many halvings of the first polar edge, down to a mass of 2^-40, of which those of density below e^-80 are left out.
  const pole = (edges: number[]) => {
    const first = Math.asin(edges[0]);
    const angles = [Math.PI / 2 - first, ...halvings(Math.PI / 2 - first, Math.ceil(40 / (d - 1)))];
    return angles.filter((angle) => 30 * Math.log(Math.sin(angle)) > -80).map((angle) => Math.cos(angle));
  };

  test("double in escape time from half a unit to twice the horizon, then halve towards the equator", () => {
    const times = [16, 8, 4, 2, 1, 0.5];
    const inside = times.map(alphaOf);
    const polar = pole([middle]);
    for (const horizon of [4.1, 8]) {
      const found = edgesOf(meshOf(problems.He4({ d }), horizon));
      const expected = [0, ...halvings(inside[0], 14), ...inside, middle];
      expectClose(found.slice(0, expected.length), expected);
      expect(found.length).toBe(expected.length + polar.length);
    }
    // One more where twice the horizon lies beyond.
    expect(edgesOf(meshOf(problems.He4({ d }), 8.1))[15]).toBeCloseTo(alphaOf(32), 14);
  });

  test("or are even in it up to the horizon, from there to twice the horizon as wide as the way that lies behind", () => {
    const times = [2, 4, 6, 8, 10, 12, 14, 18, 26];
    const found = edgesOf(meshOf(problems.He4({ d }), 10, 0, "even"));
    expectClose(found.slice(15, 24), times.map(alphaOf).reverse());
  });

  test("beyond 45 degrees are measured from the pole, with the edges of escape time there too", () => {
    // h_4 / 10: rate 0.08, alpha^-2 = 1 + 0.08 t.
    const problem = custom(3, [0, 0, 0, 0, 0.1]);
    const mesh = meshOf(problem, 20);
    const times = [64, 32, 16, 8, 4, 2, 1, 0.5];
    const inside = times.map((t) => (1 + 0.08 * t) ** -0.5);
    const edges = [...inside.filter((alpha) => alpha < middle), middle, ...inside.filter((alpha) => alpha > middle)];
    // At d = 3 a share of 2^-40 is 20 halvings of the angle.
    const last = Math.acos(inside[inside.length - 1]);
    const polar = mesh.panels.filter(({ from }) => from === "pole");
    expectClose(edgesOf(mesh).slice(0, 24), [0, ...halvings(inside[0], 14), ...edges]);
    const angles = [...polar.map(({ low }) => low), polar[polar.length - 1].high];
    expectClose(angles.slice(0, 22), [0, ...halvings(last, 20), last], 1e-10);
    for (const { high } of mesh.panels) expect(high).toBeLessThanOrEqual(Math.PI / 4);
  });

  test.each([
    ["k* = 2", custom(3, [0, 0, 1])],
    ["no k*", custom(3, [0, 0, 0, 0, 1], [0, 0, 0, 1])],
  ])("halve towards equator and pole alike where no escape time is: %s", (_, problem) => {
    const mesh = meshOf(problem, 10);
    expectClose(edgesOf(mesh).slice(0, 42), [0, ...halvings(1, 40), middle]);
    const polar = mesh.panels.filter(({ from, side }) => from === "pole" && side === 1);
    expectClose(
      polar.map(({ high }) => high),
      [...halvings(Math.PI / 4, 20), Math.PI / 4],
    );
  });

  test("are left out where their density is below e^-80", () => {
    const huge = 100_000;
    for (const make of [problems.He4, problems.He3]) {
      const all = edgesOf(meshOf(make({ d: 2 }), 1000));
      const kept = edgesOf(meshOf(make({ d: huge }), 1000));
      const density = (alpha: number) => ((huge - 2) / 2) * Math.log1p(-alpha * alpha);
      expectClose(kept, all.slice(0, kept.length));
      expect(density(kept[kept.length - 2])).toBeGreaterThan(-80);
      expect(density(kept[kept.length - 1])).toBeLessThan(-80);
    }
  });

  test("are on one side of an even law and mirrored on the other of any other; each level halves them", () => {
    const even = meshOf(problems.He4({ d: 8 }), 4);
    expect(new Set(even.panels.map(({ side }) => side))).toEqual(new Set([1]));
    const both = meshOf(problems.He3({ d: 8 }), 4);
    const n = both.panels.length / 2;
    expect(both.panels.slice(n).map(({ low, high, side }) => [low, high, side])).toEqual(
      both.panels.slice(0, n).map(({ low, high }) => [low, high, -1]),
    );
    const fine = meshOf(problems.He3({ d: 8 }), 4, 2);
    expect(fine.panels.length).toBe(8 * n);
    fine.panels.forEach((panel, base) => {
      expect(panel).toMatchObject({ base, depth: 0, part: 0 });
    });
    expect(edgesOf(fine, -1).filter((_, i) => i % 4 === 0)).toEqual(edgesOf(both, -1));
  });

  test("remember the weights of a panel and of its parts", () => {
    const mesh = meshOf(problems.He3({ d: 5 }), 4);
    const parts = (panel: Panel, depth: number): Panel[] =>
      depth === 0 ? [panel] : [panel, ...([0, 1] as const).flatMap((which) => parts(half(panel, which), depth - 1))];
    const all = mesh.panels.flatMap((panel) => parts(panel, 2));
    const first = all.map((panel) => mesh.weights(panel));
    all.forEach((panel, i) => {
      expect(mesh.weights(panel)).toBe(first[i]);
      expect(mesh.share(panel)).toBeCloseTo(
        first[i].reduce((sum, x) => sum + x, 0),
        15,
      );
    });
    // Each is that of its own panel: two halves weigh what the whole does.
    all.forEach((panel, i) => {
      if (panel.depth > 1) return;
      const halves = mesh.share(half(panel, 0)) + mesh.share(half(panel, 1));
      expect(Math.abs(halves - mesh.share(panel))).toBeLessThan(1e-14);
      expect(first[i].length).toBe(POINTS);
    });
  });
});

describe("what follows from the coefficients", () => {
  test("a law is even without odd degrees, those of the link apart that the activation does not reach", () => {
    expect(isEven(problems.He4({ d: 4 }))).toBe(true);
    expect(isEven(custom(4, [1, 0, 1]))).toBe(true);
    expect(isEven(custom(4, [0, 0, 1], [0, 1, 1]))).toBe(false);
    expect(isEven(custom(4, [0, 1, 1], [0, 0, 1]))).toBe(false);
    expect(isEven(custom(4, [0, 0, 1], [0, 0, 1, 5]))).toBe(true);
    expect(isEven(custom(4, [0, 0, 1, 0, 1], [0, 0, 1]))).toBe(true);
  });

  test("alpha^-(k* - 2) falls at the rate k* (k* - 2) |b c|, for k* >= 3", () => {
    expect(escapeRate(problems.He4({ d: 4 }))).toBe(8);
    expect(escapeRate(custom(4, [0, 0, 0, 2], [0, 0, 0, -3]))).toBe(3 * 6);
    expect(escapeRate(custom(4, [0, 0, 1, 1]))).toBeNull();
    expect(escapeRate(custom(4, [0, 0, 0, 1], [0, 1]))).toBeNull();
  });

  test("particles leave the equator on both sides for even k*, on one for odd, on none against the link", () => {
    const sides = (problem: SingleIndexProblem) => [escapes(problem, 1), escapes(problem, -1)];
    expect(sides(problems.He4({ d: 4 }))).toEqual([true, true]);
    expect(sides(problems.He3({ d: 4 }))).toEqual([true, false]);
    expect(sides(custom(4, [0, 0, 0, 1], [0, 0, 0, -1]))).toEqual([false, true]);
    expect(sides(custom(4, [0, 0, 1], [0, 0, -1]))).toEqual([false, false]);
    expect(sides(custom(4, [0, 0, 0, 1], [0, 1]))).toEqual([false, false]);
  });
});

describe("which panels are split and merged", () => {
  const problem = custom(2, [0, 0, 1]);

  /** A patch of particles at the angles f(x) + rest of its nodes, x from -1 to 1. */
  function patch(panel: Panel, f: (x: number) => number): Patch {
    const angles = rule.nodes.map(f);
    return { panel, alpha: angles.map(Math.cos), gamma: angles.map(Math.sin) };
  }

  /** With all rates 1: every particle counts alike. */
  function adaptation(epsilon = 1e-8) {
    const mesh = meshOf(problem, 1);
    const [panel, other] = [...mesh.panels].sort((a, b) => mesh.share(b) - mesh.share(a));
    return { mesh, adaptation: new Adaptation(engine, mesh, problem, epsilon), panel, other };
  }

  test("errors count in full from a thousandth of all particles on, then in proportion, and not at all in a panel halved 40 times", () => {
    const { mesh, adaptation: by, panel } = adaptation();
    expect(mesh.share(panel)).toBeGreaterThan(1e-3);
    expect(by.importance(panel)).toBe(1);
    let part = panel;
    while (mesh.share(part) > 1e-4) part = half(part, 0);
    expect(by.importance(part)).toBeCloseTo(1000 * mesh.share(part), 12);
    expect(by.importance({ ...part, depth: 39, part: 1 })).toBeGreaterThan(0);
    expect(by.importance({ ...part, depth: 40 })).toBe(0);
    by.free();
  });

  test("what is smooth stays, what is steep is split until it is smooth, on the circle and where it was", () => {
    const { adaptation: by, panel } = adaptation();
    const smooth = patch(panel, (x) => 1 + x);
    expect(by.adapt([smooth], 1, true, true)).toBeNull();
    expect(by.adapt([], 1, true, true)).toBeNull();
    const wave = (x: number) => 1 + 3 * x;
    const parts = by.adapt([smooth, patch(panel, wave), smooth], 1, true, false) as Patch[];
    expect(parts[0]).toBe(smooth);
    expect(parts[parts.length - 1]).toBe(smooth);
    expect(parts.length).toBeGreaterThan(2);
    for (const { panel: piece, alpha, gamma } of parts.slice(1, -1)) {
      const width = (piece.high - piece.low) / (panel.high - panel.low);
      const low = -1 + (2 * (piece.low - panel.low)) / (panel.high - panel.low);
      rule.nodes.forEach((x, i) => {
        const angle = wave(low + width * (1 + x));
        expect(Math.abs(alpha[i] - Math.cos(angle))).toBeLessThan(1e-6);
        expect(Math.abs(gamma[i] - Math.sin(angle))).toBeLessThan(1e-6);
        expect(Math.abs(alpha[i] * alpha[i] + gamma[i] * gamma[i] - 1)).toBeLessThan(1e-15);
      });
    }
    expect(by.adapt([patch(panel, wave)], 1, false, false)).toBeNull();
    by.free();
  });

  test("one steep panel is enough to look at all, if it matters", () => {
    const { adaptation: by, panel } = adaptation();
    const region = engine.arena.reserve("a test", { alpha: 2 * POINTS, importance: 2 });
    const { alpha, importance } = region.slots;
    alpha.view.set(patch(panel, (x) => 1 + x).alpha);
    alpha.view.set(patch(panel, (x) => 1 + 3 * x).alpha, POINTS);
    importance.view.fill(1);
    expect(by.mustSplit(alpha, importance, 1, 1)).toBe(false);
    expect(by.mustSplit(alpha, importance, 2, 1)).toBe(true);
    importance.view[1] = 0;
    expect(by.mustSplit(alpha, importance, 2, 1)).toBe(false);
    region.free();
    by.free();
  });

  test("halves are merged where the whole is resolved 64 times better than it must be", () => {
    const { adaptation: by, panel } = adaptation();
    const [lower, upper] = [half(panel, 0), half(panel, 1)];
    const halves = (rate: number): [Patch, Patch] => [
      patch(lower, (x) => 1 + (rate * (x - 1)) / 2),
      patch(upper, (x) => 1 + (rate * (x + 1)) / 2),
    ];
    const merged = by.adapt(halves(0.5), 16, false, true) as Patch[];
    expect(merged).toHaveLength(1);
    expect(merged[0].panel).toEqual(panel);
    rule.nodes.forEach((x, i) => {
      expect(Math.abs(merged[0].alpha[i] - Math.cos(1 + 0.5 * x))).toBeLessThan(1e-13);
      expect(Math.abs(merged[0].gamma[i] - Math.sin(1 + 0.5 * x))).toBeLessThan(1e-13);
    });
    expect(by.adapt(halves(0.5), 16, true, false)).toBeNull();
    // Steep wholes, and panels that are no halves of one, stay apart.
    expect(by.adapt(halves(8), 16, false, true)).toBeNull();
    expect(by.adapt([halves(0.5)[1], halves(0.5)[0]], 16, false, true)).toBeNull();
    // Between what must be split and what may be merged neither happens.
    const size = (rate: number) => {
      const [whole] = [patch(panel, (x) => 1 + rate * x)];
      return by.adapt([whole], 1, true, false) === null;
    };
    let rate = 0.5;
    while (size(rate)) rate *= 1.02;
    rate /= 1.02;
    expect(by.adapt(halves(rate), 16, false, true)).toBeNull();
    expect(by.adapt(halves(rate / 1.2), 16, false, true)).toBeNull();
    expect(by.adapt(halves(rate / 1.6), 16, false, true)).toHaveLength(1);
    by.free();
  });

  test("a split and a merge at once leave their number as it was, and are a change all the same", () => {
    const { adaptation: by, panel, other } = adaptation(1e-5);
    const steep = patch(other, (x) => 1 + 4 * x);
    const [lower, upper] = [half(panel, 0), half(panel, 1)].map((part) => patch(part, () => 1));
    const adapted = by.adapt([steep, lower, upper], 16, true, true) as Patch[];
    expect(adapted.map(({ panel: { base, depth } }) => [base, depth])).toEqual([
      [steep.panel.base, 1],
      [steep.panel.base, 1],
      [panel.base, 0],
    ]);
    by.free();
  });

  test("rounding, which grows with the root of the number of steps, is not refined", () => {
    const { adaptation: by, panel } = adaptation(1e-18);
    // Noise of some 1e-13, which no panel resolves.
    const noisy: Patch = {
      panel,
      alpha: rule.nodes.map((_, i) => 0.5 + (i % 2 === 0 ? 1e-13 : -1e-13)),
      gamma: rule.nodes.map(() => Math.sqrt(0.75)),
    };
    expect(by.adapt([noisy], 1, true, false)).not.toBeNull();
    expect(by.adapt([noisy], 4e6, true, false)).toBeNull();
    by.free();
  });
});

describe("nodes of a law", () => {
  const problem = problems.He4({ d: 32 });
  const NODES = { flow: true, panelError: 1e-8 };

  function nodesOf(of = problem, options = NODES) {
    const mesh = meshOf(of, 4);
    const nodes = new LawNodes(engine, new Field(of), mesh, of, options);
    return { mesh, nodes };
  }

  /** Puts the particles of each panel at the angles f(x). */
  function put({ particles }: LawNodes, f: (x: number) => number) {
    const { n, state } = particles;
    for (let i = 0; i < n; i++) {
      const angle = f(rule.nodes[i % POINTS]);
      state.view[i] = Math.cos(angle);
      state.view[n + i] = Math.sin(angle);
    }
  }

  test("multiply where the law is steep, beyond the room there was at first, and go back where it is smooth", () => {
    const { mesh, nodes } = nodesOf();
    const first = POINTS * mesh.panels.length;
    expect([nodes.particles.n, nodes.mostNodes]).toEqual([first, first]);
    const room = nodes.particles.capacity;
    expect(room).toBe(4 * first);
    const reserved = engine.arena.bytesInUse;
    expect(nodes.adapt(1)).toBe(false);
    put(nodes, (x) => 24 * x);
    expect(nodes.adapt(1)).toBe(true);
    const most = nodes.particles.n;
    expect(most).toBeGreaterThan(room);
    expect([nodes.mostNodes, nodes.particles.capacity]).toEqual([most, 2 * most]);
    expect(engine.arena.bytesInUse).toBeGreaterThan(reserved);
    const { state } = nodes.particles;
    expect(nodes.moments(state)[0]).toBeCloseTo(1, 13);
    // Resolved now, and halves are put together again on every sixteenth step only.
    put(nodes, () => 1);
    expect(nodes.adapt(17)).toBe(false);
    let steps = 16;
    for (; nodes.adapt(steps); steps += 16) expect(nodes.particles.n).toBeLessThan(most);
    expect(nodes.particles.n).toBe(first);
    expect(nodes.mostNodes).toBe(most);
    expect(steps).toBeLessThan(200);
    const { mean, square } = nodes.alphaMoments();
    expect(mean).toBe(0);
    expect(square).toBeCloseTo(Math.cos(1) ** 2, 13);
    nodes.free();
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("keep the law while they split", () => {
    const { nodes } = nodesOf(problems.He3({ d: 5 }));
    put(nodes, (x) => 1 + 3 * x);
    const before = nodes.alphaMoments();
    expect(nodes.adapt(1)).toBe(true);
    const after = nodes.alphaMoments();
    expect(Math.abs(after.mean - before.mean)).toBeLessThan(1e-6);
    expect(Math.abs(after.square - before.square)).toBeLessThan(1e-6);
    expect(after.mean).toBeGreaterThan(0.01);
    nodes.free();
  });
});

describe("a panel's rule", () => {
  test("passes a polynomial of degree 15 to the halves and back", () => {
    const own = new PanelRule(engine.kernels.cos);
    const values = (low: number, high: number) =>
      own.nodes.map((x) => {
        const t = low + ((high - low) * (1 + x)) / 2;
        return 0.3 + t - t ** 6 + 0.5 * t ** 15;
      });
    const [lower, upper, back] = [0, 1, 2].map(() => new Float64Array(POINTS));
    own.split(values(-1, 1), 0, lower);
    own.split(values(-1, 1), 1, upper);
    own.merge(lower, upper, back);
    for (const [found, expected] of [
      [lower, values(-1, 0)],
      [upper, values(0, 1)],
      [back, values(-1, 1)],
    ])
      expectClose([...found], [...expected], 1e-11);
  });

  test("has the nodes and weights of Gauss and Legendre", () => {
    // Abramowitz and Stegun, table 25.4, n = 16.
    expect(rule.nodes[8]).toBeCloseTo(0.0950125098376374, 15);
    expect(rule.nodes[15]).toBeCloseTo(0.9894009349916499, 15);
    expect(rule.weights[8]).toBeCloseTo(0.1894506104550685, 15);
    expect(rule.weights[15]).toBeCloseTo(0.0271524594117541, 15);
  });

  test("watches the last four Legendre coefficients, the highest degree first", () => {
    const own = new PanelRule(engine.kernels.cos);
    const legendre = (k: number, x: number): number =>
      k === 0 ? 1 : k === 1 ? x : ((2 * k - 1) * x * legendre(k - 1, x) - (k - 1) * legendre(k - 2, x)) / k;
    for (const [place, degree] of [15, 14, 13, 12].entries()) {
      const coefficients = [0, 1, 2, 3].map((j) =>
        own.nodes.reduce((sum, x, i) => sum + own.watched[4 * i + j] * legendre(degree, x), 0),
      );
      coefficients.forEach((c, j) => {
        expect(c).toBeCloseTo(j === place ? 1 : 0, 12);
      });
    }
  });
});
