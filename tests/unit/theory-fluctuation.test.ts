// One harmonic of the fluctuations on nodes that are moved by hand: what the noise modes hold, and closed forms of the
// Volterra equation where particles stay where they are; levels of refinement, and their memory.

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { MemoryRefusal, type Region, regionBytes } from "../../src/engine/arena.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { hermite } from "../../src/problem/activation.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { Fluctuation } from "../../src/theory/constants/fluctuation.ts";
import { gapLimitConstants } from "../../src/theory/constants/gap-limit-constants.ts";
import { type HarmonicBasis, harmonicBases } from "../../src/theory/constants/harmonics.ts";
import { levelBytes } from "../../src/theory/constants/level.ts";
import { blockLengths, functionLengths, rowsOf } from "../../src/theory/constants/modes.ts";
import { sharesOf } from "../../src/theory/constants/refine.ts";
import { logLogSlope } from "../support/arithmetic.ts";
import { gegenbauer } from "../support/gegenbauer.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());
afterEach(() => vi.restoreAllMocks());

/** Nodes of the uniform law in an even dimension d, by the midpoint rule in the angle, which is exact; and room for their factors. */
class Nodes {
  readonly alpha: Float64Array;
  readonly weight: Float64Array;
  readonly n: number;
  private readonly region: Region<"state" | "roots" | "parallel" | "perpendicular">;

  constructor(d: number) {
    this.n = 64;
    const angles = Float64Array.from({ length: this.n }, (_, p) => ((p + 0.5) * Math.PI) / this.n);
    this.alpha = angles.map(Math.cos);
    const density = angles.map((angle) => Math.sin(angle) ** (d - 2));
    const sum = density.reduce((total, x) => total + x, 0);
    this.weight = density.map((x) => x / sum);
    const lengths = { state: 2 * this.n, roots: this.n, parallel: this.n, perpendicular: this.n };
    this.region = engine.arena.reserve("nodes of a test", lengths);
    this.region.slots.roots.view.set(this.weight.map(Math.sqrt));
  }

  /** Moves them, over an interval with the same factor for all. */
  advance(harmonics: Fluctuation[], to: (alpha: number) => number, h: number, factor = 1): void {
    const { state, roots, parallel, perpendicular } = this.region.slots;
    const now = this.alpha.map(to);
    state.view.set(now);
    state.view.set(
      now.map((x) => Math.sqrt((1 - x) * (1 + x))),
      this.n,
    );
    parallel.view.fill(factor);
    perpendicular.view.fill(factor);
    for (const harmonic of harmonics) harmonic.advance(state, roots, h, { parallel, perpendicular });
  }

  /** The variances of the functions of a harmonic where the nodes are. */
  variances({ j, coefficients }: HarmonicBasis, d: number, to: (alpha: number) => number): number[] {
    return Array.from(coefficients).map((c, m) => {
      const mean = (power: number) =>
        this.alpha.reduce((sum, from, p) => {
          const x = to(from);
          return sum + this.weight[p] * (c * (1 - x * x) ** (j / 2) * gegenbauer(m, d + 2 * j, x)) ** power;
        }, 0);
      return mean(2) - (j === 0 ? mean(1) ** 2 : 0);
    });
  }

  free(): void {
    this.region.free();
  }
}

const total = (values: number[]) => values.reduce((sum, x) => sum + x, 0);

describe("noise modes", () => {
  test("hold the variance of all functions, wherever the nodes go", () => {
    const d = 4;
    const nodes = new Nodes(d);
    // Six functions in the harmonic 0, in two groups of four rows; with seven places more modes than a block has.
    const bases = harmonicBases([0, 0.3, 0.2, 0.4, 0.3, 0.2, 0.5], d, 0);
    const harmonics = bases.map((basis) => new Fluctuation(engine, basis, d, nodes.n, 1e-13));
    for (let place = 0; place < 7; place++) {
      const to = (x: number) => Math.cos((1 + 0.7 * place) * Math.acos(x) + 0.3 * place);
      nodes.advance(harmonics, to, 0);
      for (const [b, basis] of bases.entries()) {
        const expected = total(nodes.variances(basis, d, to));
        const { functionGap, squaredDelta } = harmonics[b].measure();
        expect(Math.abs(functionGap / expected - 1), `place ${place}, j = ${basis.j}`).toBeLessThan(1e-10);
        expect(squaredDelta).toBe(0);
      }
    }
    expect(harmonics[0].modeCount).toBeGreaterThan(32);
    expect(harmonics[0].modeCount).toBeLessThanOrEqual(42);
    for (const harmonic of harmonics) harmonic.free();
    nodes.free();
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("leave out no more than the share that may be neglected", () => {
    const d = 6;
    const nodes = new Nodes(d);
    const [basis] = harmonicBases([0, 1, 1, 1, 0.002, 1, 1, 1], d, 0);
    const variances = nodes.variances(basis, d, (x) => x);
    const modes = (neglect: number) => {
      const fluctuation = new Fluctuation(engine, basis, d, nodes.n, neglect);
      nodes.advance([fluctuation], (x) => x, 0);
      const { functionGap } = fluctuation.measure();
      const { modeCount } = fluctuation;
      fluctuation.free();
      expect(functionGap).toBeLessThanOrEqual(total(variances) * (1 + 1e-12));
      expect(functionGap).toBeGreaterThanOrEqual((1 - neglect) * total(variances) * (1 - 1e-12));
      return modeCount;
    };
    expect(modes(1e-10)).toBe(7);
    // A share of each row of a group of eight.
    const ascending = variances.filter((x) => x > 0).sort((a, b) => a - b);
    for (const left of [1, 3]) {
      const neglect = (8 * Math.sqrt(ascending[left - 1] * ascending[left])) / total(variances);
      expect(modes(neglect)).toBe(7 - left);
    }
    nodes.free();
  });

  test("are no more where the functions have died out", () => {
    const d = 4;
    const nodes = new Nodes(d);
    const [basis] = harmonicBases([0, 0.5, 0.5], d, 0);
    const fluctuation = new Fluctuation(engine, basis, d, nodes.n, 1e-10);
    nodes.advance([fluctuation], (x) => x, 0);
    // Next to nothing is left of the differences between particles, and what is has another shape.
    nodes.advance([fluctuation], (x) => 0.5 + 1e-9 * x * x * x, 0);
    expect(fluctuation.modeCount).toBe(2);
    nodes.advance([fluctuation], (x) => 0.5 + 1e-3 * x * x * x, 0);
    expect(fluctuation.modeCount).toBeGreaterThan(2);
    fluctuation.free();
    nodes.free();
  });
});

describe("the Volterra equation where particles stay", () => {
  // q = s: the network is the mean particle a, and E P_w = S = (d - 1) / d. With a growth rate lambda of displacements
  //   Y' = lambda Y + a, a = a0 - S Y:  Y = a0 (e^((lambda - S) t) - 1) / (lambda - S),  |a0|^2 = 1
  test.each([
    [4, 0],
    [4, 0.7],
    [8, -1.3],
  ])("is solved to second order of the interval, d = %i, lambda = %f", (d, lambda) => {
    const nodes = new Nodes(d);
    const S = (d - 1) / d;
    const time = 1.5;
    const Y = Math.expm1((lambda - S) * time) / (lambda - S);
    const counts = [4, 8, 16];
    const errors = counts.map((count) => {
      const bases = harmonicBases([0, 1], d, 0);
      const harmonics = bases.map((basis) => new Fluctuation(engine, basis, d, nodes.n, 1e-12));
      nodes.advance(harmonics, (x) => x, 0);
      const h = time / count;
      for (let k = 0; k < count; k++) nodes.advance(harmonics, (x) => x, h, Math.exp(lambda * h));
      const shares = harmonics.map((harmonic) => harmonic.measure());
      for (const harmonic of harmonics) harmonic.free();
      // One coordinate along w*, d - 1 across it.
      expect(shares[1].functionGap / shares[0].functionGap).toBeCloseTo(d - 1, 10);
      const gap = total(shares.map(({ functionGap }) => functionGap));
      const squaredDelta = total(shares.map((share) => share.squaredDelta));
      return [Math.abs(gap - (1 - S * Y) ** 2), Math.abs(squaredDelta - S * Y * Y)];
    });
    nodes.free();
    for (const which of [0, 1]) {
      const all = errors.map((error) => error[which]);
      expect(Math.abs(logLogSlope(counts, all) + 2)).toBeLessThan(0.25);
      expect(all[2]).toBeLessThan(0.01);
    }
  });
});

describe("memory", () => {
  test("of a harmonic is that of its functions and of its modes", () => {
    const zero = { j: 0, multiplicity: 1, eigenvalue: 0, coefficients: Float64Array.of(0, 1, 0, 2, 3, 4, 5) };
    expect(rowsOf(zero)).toBe(8);
    const sizes = { g: 80, slopeRows: 80, slopeNodes: 80, residual: 80, gram: 64, product: 256, scaled: 256 };
    const fixed = { table: 14, select: 4, coefficients: 7 };
    expect(functionLengths(zero, 10)).toEqual({ ...fixed, ...sizes, ratioRows: 0, ratioNodes: 0, angularGram: 0 });
    const first = { ...zero, j: 1, eigenvalue: 4 };
    expect(functionLengths(first, 10)).toEqual({ ...fixed, ...sizes, ratioRows: 80, ratioNodes: 80, angularGram: 64 });
    const modes = { basis: 320, panels: 320, parallel: 320, noise: 256, amplitude: 256 };
    expect(blockLengths(zero, 10)).toEqual({ ...modes, angular: 0 });
    expect(blockLengths(first, 10)).toEqual({ ...modes, angular: 320 });
  });

  test("of a level is asked for before it is taken", async () => {
    const { arena } = engine;
    const [require, reserve] = [arena.require, arena.reserve];
    const required: number[] = [];
    const taken: number[] = [];
    vi.spyOn(arena, "require").mockImplementation((purpose, bytes) => {
      if (purpose === "the limit constants") required.push(bytes);
      require.call(arena, purpose, bytes);
    });
    vi.spyOn(arena, "reserve").mockImplementation((purpose, lengths) => {
      if (/limit constants|fluctuations/.test(purpose)) taken.push(regionBytes(lengths));
      return reserve.call(arena, purpose, lengths);
    });
    const problem = singleIndex({ d: 5, activation: hermite([0, 0.6, 0.8]) });
    const { nodes } = await gapLimitConstants(engine, problem, { time: 0, tolerance: 1 });
    // Nodes; functions and one block of modes in each of the harmonics 0, 1 and 2: all that two levels take at once.
    expect(taken.length % 7).toBe(0);
    const levels = taken.length / 7;
    expect(required).toHaveLength(levels);
    for (let level = 0; level < levels; level++)
      expect(total(taken.slice(7 * level, 7 * (level + 1)))).toBe(required[level]);
    const bases = harmonicBases([0, 0.36, 0.64], 5, 0);
    const input = { problem, bases, grid: { times: [0], recordAt: [0] }, limitTolerance: 1, neglect: 1e-2 };
    // Three levels of meshes, and no finer one.
    const bytes = [2, 3].map((level) => levelBytes(engine, { ...input, level }));
    expect(required[1]).toBeGreaterThan(1.5 * required[0]);
    expect(bytes[0]).toBeGreaterThan(1.5 * required[1]);
    expect(bytes[1]).toBe(bytes[0]);
    expect(nodes).toBeGreaterThan(0);
  }, 60_000);
});

describe("levels", () => {
  test("leave out shares of the tolerance, and solve the limit to at least 1e-8", () => {
    const close = (tolerance: number, degrees: number, limitTolerance: number, neglect: number) => {
      const shares = sharesOf(tolerance);
      expect(shares.degrees / degrees).toBeCloseTo(1, 12);
      expect(shares.limitTolerance / limitTolerance).toBeCloseTo(1, 12);
      expect(shares.neglect / neglect).toBeCloseTo(1, 12);
    };
    close(1, 1e-3, 1e-8, 1e-2);
    close(1e-5, 1e-8, 1e-9, 1e-7);
    close(1e-9, 1e-12, 1e-12, 1e-11);
    close(1e-11, 1e-14, 1e-12, 1e-12);
  });

  // Even: the cheapest.
  const problem = singleIndex({ d: 4, activation: hermite([0, 0, 1]) });
  const options = { time: 0.05, record: [0, 0.05] };

  test("go on until the constants have settled, each with twice the steps; other failures than of memory are errors", async () => {
    const { arena } = engine;
    const { reserve } = arena;
    let calls = 0;
    const watch = (fails: number, error: Error = new TypeError("something else")) =>
      vi.spyOn(arena, "reserve").mockImplementation((purpose, lengths) => {
        if (++calls === fails) throw error;
        return reserve.call(arena, purpose, lengths);
      });
    watch(-1);
    const coarse = await gapLimitConstants(engine, problem, { ...options, tolerance: 1 });
    vi.restoreAllMocks();
    const last = calls;
    calls = 0;
    watch(last, new MemoryRefusal("no more"));
    const first = await gapLimitConstants(engine, problem, { ...options, tolerance: 1 });
    vi.restoreAllMocks();
    expect(first).toMatchObject({ status: "completed", errorEstimate: null, steps: coarse.steps / 2 });
    // A third of the larger of both changes, and what is left out.
    const changes = (["mTimesFunctionGap", "mTimesMeanSquaredDelta"] as const).flatMap((name) =>
      Array.from(coarse[name], (x, k) => (x === 0 ? 0 : Math.abs(x - first[name][k]) / x)),
    );
    const { degrees, neglect } = sharesOf(1);
    expect(coarse.errorEstimate).toBeCloseTo(Math.max(...changes) / 3 + degrees + neglect, 14);
    calls = 0;
    watch(last);
    await expect(gapLimitConstants(engine, problem, { ...options, tolerance: 1 })).rejects.toThrow("something else");
    vi.restoreAllMocks();
    expect(arena.bytesInUse).toBe(0);

    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => {
      now += 1000;
      return now;
    });
    const shares: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => shares.push(done / total);
    const fine = await gapLimitConstants(engine, problem, { ...options, tolerance: 1e-9, onProgress });
    // Two levels, and one more than the three that most problems take.
    expect(fine.steps).toBe(4 * coarse.steps);
    expect(fine.errorEstimate).toBeLessThanOrEqual(1e-9);
    for (const name of ["mTimesFunctionGap", "mTimesMeanSquaredDelta"] as const) {
      const change = Math.abs(coarse[name][1] / fine[name][1] - 1);
      expect(change).toBeGreaterThan(1e-9);
      // What no level sees, such as the variance outside the modes, is in the estimate too.
      expect(change).toBeLessThan(coarse.errorEstimate as number);
    }
    expect(fine.mTimesMeanSquaredDelta[0]).toBe(0);
    // A total that grows takes nothing back but its share.
    expect(shares.indexOf(1)).toBeGreaterThan(0.9 * shares.length - 5);
  }, 60_000);

  test("settings are told as they were given, or filled in", async () => {
    const stopped = { time: 1, signal: AbortSignal.abort() };
    const settings = async (more: object) =>
      (await gapLimitConstants(engine, problem, { ...stopped, ...more })).settings;
    expect(await settings({})).toEqual({ time: 1, dynamics: "flow", tolerance: 1e-4, record: 33 });
    expect(await settings({ time: 0 })).toMatchObject({ record: 1 });
    expect(await settings({ record: Float64Array.of(0.5), dynamics: "flow" })).toMatchObject({ record: [0.5] });
    expect(await settings({ record: 2 })).toMatchObject({ record: 2 });
    await expect(settings({ dynamics: "pgd" })).rejects.toThrow(
      'dynamics must be "flow": approximationGap measures the gap of projected gradient descent; got "pgd"',
    );
    await expect(settings({ dynamics: "sgd" })).rejects.toThrow('dynamics must be "pgd" or "flow"; got "sgd"');
    const blind = singleIndex({ d: 4, activation: hermite({ 4: 1 }), link: hermite({ 3: 1 }) });
    await expect(gapLimitConstants(engine, blind, { time: 1 })).rejects.toThrow(
      /with none, whose network sees nothing of its target: approximationGap measures m E\|f - f_MF\|\^2 and m E\|Delta\|\^2 on networks instead/,
    );
  });
});
