// selfConcordance against numbers of an independent program, closed forms, the Hessian of a given network, and its verdict.

import {
  createEngine,
  type Engine,
  hermite,
  localHessianNorms,
  meanFieldLimit,
  multiIndex,
  problems,
  relu,
  type SelfConcordance,
  selfConcordance,
  singleIndex,
  theoryReport,
  trainNetwork,
  velocity,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hermiteProblem } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const FLOW = { dynamics: "flow", tolerance: 1e-6 } as const;

function near(value: number, wanted: number, relative: number, what = ""): void {
  expect(Math.abs(value / wanted - 1), `${what} ${value} against ${wanted}`).toBeLessThan(relative);
}

describe("the limit", () => {
  it.each([
    ["He4", [0, 0.5, 2, 4, 8], [2.96, 3.01, 3.08, 3.23, 3.13]],
    // By a program of its own in numpy: 20000 points of equal mass, Runge-Kutta.
    ["NP_mis", [0, 1, 4, 8], [2.99888, 3.20541, 2.33769, 0.96203]],
  ] as const)("has the median constants of %s", async (name, record, wanted) => {
    const found = await selfConcordance(engine, problems[name]({ d: 32 }), { ...FLOW, time: 8, record });
    wanted.forEach((value, k) => {
      near(found.constant.median[k], value, 0.01, `t = ${record[k]}`);
    });
    expect(found.errorEstimate).toBeLessThan(1e-6);
  });

  it.each([4, 6, 8])("begins with the supremum k - 1 of He_%i, and integrals that are 0", async (k) => {
    const found = await selfConcordance(engine, hermiteProblem(32, { [k]: 1 }), { ...FLOW, time: 0 });
    near(found.positiveConstant.maximum[0], k - 1, 1e-3);
    expect(found.growth.integral.maximum[0]).toBe(0);
    expect(found.growth.logGrowth.maximum[0]).toBe(0);
    expect(found.amplification.maximum[0]).toBe(0);
    // int |D| / log growth begins as |D| |alpha| / |d alpha/dt|, which is C / sqrt(1 - alpha^2).
    expect(found.growth.quotient.median[0]).toBeGreaterThan(found.constant.median[0]);
    near(found.growth.quotient.median[0], found.constant.median[0], 0.02);
    expect(found.towardsEquator[0]).toBe(0);
  });

  it("begins with the supremum 3.33 of Ge4", async () => {
    const found = await selfConcordance(engine, problems.Ge4({ d: 32 }), { ...FLOW, time: 0 });
    near(found.positiveConstant.maximum[0], 3.33, 2e-3);
  });

  it("counts who is pushed towards the equator", async () => {
    const share = async (activation: Record<number, number>, link: Record<number, number>) => {
      const found = await selfConcordance(engine, hermiteProblem(8, activation, link), { ...FLOW, time: 0 });
      return found.towardsEquator[0] / (1 - found.atRest[0]);
    };
    expect(await share({ 3: 1 }, { 3: 1 })).toBeCloseTo(0.5, 12);
    expect(await share({ 4: 1 }, { 4: -1 })).toBeCloseTo(1, 12);
  });

  it("has eigenvalues that are the growth of what the paths do", async () => {
    const problem = problems.He4_misspecified({ d: 8 });
    const h = 1e-3;
    const options = { ...FLOW, tolerance: 1e-12, time: 1 + h, record: [1 - h, 1, 1 + h] };
    const found = await selfConcordance(engine, problem, options);
    const limit = await meanFieldLimit(engine, problem, options);
    for (const alpha0 of [-0.6, 0.05, 0.3, 0.45, 0.8]) {
      const { alpha, parallel, perpendicular } = found.eigenvaluesAt(alpha0, 1);
      expect(alpha).toBeCloseTo(limit.alphaAt(alpha0, 1), 14);
      const log = (k: number) => {
        const angle = (from: number) => Math.acos(limit.alphaAt(from, k));
        // J_perp = gamma_t / gamma_0, and J_par by central differences in the starting angle.
        const theta = Math.acos(alpha0);
        const spread = angle(Math.cos(theta + 1e-4)) - angle(Math.cos(theta - 1e-4));
        return { across: Math.log(Math.sin(angle(alpha0))), along: Math.log(spread) };
      };
      const [before, after] = [log(0), log(2)];
      expect(perpendicular).toBeCloseTo((after.across - before.across) / (2 * h), 5);
      expect(parallel).toBeCloseTo((after.along - before.along) / (2 * h), 4);
    }
    expect(() => found.eigenvaluesAt(1.5, 0)).toThrow(
      "alpha0 must be a finite number of at least -1 and at most 1; got 1.5",
    );
    expect(() => found.eigenvaluesAt(0.5, 3)).toThrow("k must be an integer from 0 to 2; got 3");
  });

  it("knows of no direction across in dimension 2", async () => {
    const found = await selfConcordance(engine, hermiteProblem(2, { 3: 1 }), { ...FLOW, time: 1, record: [0, 1] });
    const { parallel, perpendicular } = found.eigenvaluesAt(0.6, 0);
    expect(perpendicular).toBeNull();
    // psi = 3 alpha^2: (1 - 0.36) 3.6 - 0.6 1.08.
    expect(parallel).toBeCloseTo(1.656, 12);
    // sup_theta |6 a - 9 a^3|, at a = 1; with a direction across the positive part would reach 3 at a = -1.
    near(found.hessianNorm.maximum[0], 3, 1e-3);
    expect(found.status).toBe("completed");
  });

  it("takes the tangent Hessian under the Euclidean gradient too", async () => {
    const problem = problems.He4({ d: 8 });
    const options = { time: 0.4, step: 0.1, record: [0, 0.4] };
    const tangent = await selfConcordance(engine, problem, options);
    const euclidean = await selfConcordance(engine, problem, { ...options, gradient: "euclidean" });
    expect(euclidean.constant.median[0]).toBe(tangent.constant.median[0]);
    expect(euclidean.constant.median[1]).not.toBe(tangent.constant.median[1]);
    expect(euclidean.settings).toMatchObject({ gradient: "euclidean", step: 0.1, bound: 4.5 });
  });
});

/** Median and quantiles of equal weights: R's type 5. */
function quantile(values: ArrayLike<number>, p: number): number {
  const sorted = Array.from(values).sort((a, b) => a - b);
  const place = Math.min(sorted.length - 1, Math.max(0, p * sorted.length - 0.5));
  const low = Math.floor(place);
  return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

describe("a network", () => {
  it.each([
    ["on the population", problems.He4({ d: 5 }), {}],
    ["on samples", problems.He4({ d: 5 }), { data: { samples: 40, batch: 16 } }],
    ["with several teachers", problems.He4_orth({ d: 5 }), {}],
    ["on Boolean samples", problems.XOR_2({ d: 6 }), { data: { samples: 64 } }],
  ])("has the Hessians and velocities of its particles %s", async (_, problem, more) => {
    const options = { width: 13, time: 0.4, step: 0.1, record: [0, 0.1, 0.4], seed: 5, ...more };
    const found = await selfConcordance(engine, problem, options);
    const run = await trainNetwork(engine, problem, { ...options, keep: "all" });
    expect(found.time).toEqual(run.time);
    for (let k = 0; k < 3; k++) {
      const W = run.particles(k);
      const { norm, largest } = await localHessianNorms(engine, problem, W, { ...more, seed: 5 });
      expect(found.hessianNorm.median[k]).toBeCloseTo(quantile(norm, 0.5), 6);
      expect(found.hessianNorm.quantile90[k]).toBeCloseTo(quantile(norm, 0.9), 6);
      expect(found.hessianNorm.maximum[k]).toBeCloseTo(Math.max(...norm), 6);
      expect(found.positivePart.median[k]).toBeCloseTo(
        quantile(
          largest.map((x) => Math.max(0, x)),
          0.5,
        ),
        6,
      );
      if ("data" in more) continue;
      const v = await velocity(engine, problem, W);
      const { d } = problem;
      const rows = Array.from({ length: 13 }, (_, i) => v.subarray(i * d, (i + 1) * d));
      const speed = rows.map((row) => Math.hypot(...row));
      expect(found.speed.median[k]).toBeCloseTo(quantile(speed, 0.5), 12);
      expect(
        found.ratio.quantile99[k] /
          quantile(
            norm.map((x, i) => x / speed[i]),
            0.99,
          ),
      ).toBeCloseTo(1, 5);
      if (problem.kind !== "single-index") continue;
      const constant = norm.map((x, i) => (x * Math.abs(W[i * d])) / speed[i]);
      expect(found.constant?.median[k]).toBeCloseTo(quantile(constant, 0.5), 5);
      const towards = rows.filter((row, i) => row[0] * W[i * d] < 0).length / 13;
      expect(found.towardsEquator?.[k]).toBeCloseTo(towards, 12);
    }
  });

  it("integrates over its records by the trapezoidal rule", async () => {
    const problem = hermiteProblem(3, { 2: 1 });
    const initial = Float64Array.of(0.6, 0.8, 0);
    const found = await selfConcordance(engine, problem, { initial, time: 0.3, step: 0.1, record: [0, 0.1, 0.3] });
    const D = found.hessianNorm.median;
    const wanted = [0, 0.05 * (D[0] + D[1]), 0.05 * (D[0] + D[1]) + 0.1 * (D[1] + D[2])];
    wanted.forEach((value, k) => {
      expect(found.growth?.integral.median[k]).toBeCloseTo(value, 14);
    });
    expect(found.settings).toMatchObject({ width: 1, seed: null, data: "population", bound: 1.5 });
  });

  it("looks like the limit where it is wide", async () => {
    const problem = problems.He4({ d: 3 });
    const network = await selfConcordance(engine, problem, { width: 2048, time: 0 });
    const limit = await selfConcordance(engine, problem, { ...FLOW, time: 0 });
    for (const name of ["hessianNorm", "positivePart", "speed"] as const)
      near(network[name].median[0], limit[name].median[0], 0.06, name);
  });

  it("has no alpha with several teachers, Boolean targets and none", async () => {
    const bare = [
      await selfConcordance(engine, problems.He4_orth({ d: 4 }), { width: 3, time: 0 }),
      await selfConcordance(engine, problems.XOR_2({ d: 4 }), { width: 3, time: 0, data: { samples: 8 } }),
      await selfConcordance(engine, problems.Zero({ d: 4 }), { width: 3, time: 0 }),
    ];
    for (const found of bare) {
      const { constant, positiveConstant, towardsEquator, growth, amplification, verdict } = found;
      expect([constant, positiveConstant, towardsEquator, growth, amplification, verdict]).toEqual(Array(6).fill(null));
      expect(found.hessianNorm.median).toHaveLength(1);
      expect(found.ratio.median[0]).toBeGreaterThan(0);
      expect(found.settings.bound).toBeNull();
    }
  });

  it("leaves particles at rest out of ratios, and counts them", async () => {
    // On w* itself v = 0, and D = -psi(1) = -(4 - 4) = 0 but for the second particle.
    const initial = Float64Array.of(1, 0, 0, 0, 1, 0);
    const found = await selfConcordance(engine, problems.He4({ d: 3 }), { initial, time: 0 });
    expect(found.atRest[0]).toBe(1);
    expect([found.ratio.maximum[0], found.constant?.maximum[0]]).toEqual([0, 0]);
    expect(found.hessianNorm.maximum[0]).toBeGreaterThan(0);
  });
});

describe("the verdict", () => {
  it.each(["He3", "He4", "He4_small", "Ge4"] as const)("is yes for %s", async (name) => {
    const problem = problems[name]({ d: 32 });
    const { verdict } = await selfConcordance(engine, problem, { ...FLOW, time: 16, record: 9 });
    expect(verdict?.holds).toBe(true);
    expect(verdict?.exponent).toBeLessThan((2 / 3) * (verdict?.bound ?? 0));
    expect(verdict?.bound).toBe(name === "He3" ? 3 : 4.5);
    expect(verdict?.sentence).toMatch(/^Self-concordance holds up to flow time 16: /);
  });

  it("is no where the pole comes to repel particles that have settled there, and yes before", async () => {
    const problem = problems.He4_misspecified({ d: 32 });
    const found = await selfConcordance(engine, problem, { ...FLOW, time: 128, record: [0, 16, 64, 128] });
    expect(found.verdict).toMatchObject({ holds: false, worstTime: 128, bound: 4.5 });
    // It grows with time, not with the logarithm of the path's growth.
    const [, early, middle, late] = found.amplification.quantile99;
    expect(early).toBeLessThan(1.6);
    expect(middle).toBeGreaterThan(3.5);
    expect(late).toBeGreaterThan(7.5);
    const { alpha, parallel } = found.eigenvaluesAt(0.6, 3);
    expect(alpha).toBeGreaterThan(0.8);
    expect(found.eigenvaluesAt(1, 3)).toMatchObject({ alpha: 1 });
    expect(found.eigenvaluesAt(1, 3).parallel).toBeGreaterThan(0.05);
    expect(parallel).toBeLessThan(found.eigenvaluesAt(1, 3).parallel);
    expect(found.verdict?.sentence).toContain("Self-concordance fails up to flow time 128");
  });

  it("moves with the bound", async () => {
    const options = { ...FLOW, time: 2, record: 3 };
    const strict = await selfConcordance(engine, problems.He4({ d: 8 }), { ...options, bound: 0.5 });
    const mild = await selfConcordance(engine, problems.He4({ d: 8 }), { ...options, bound: 2 });
    expect([strict.verdict?.holds, mild.verdict?.holds]).toEqual([false, true]);
    expect(strict.verdict?.exponent).toBe(mild.verdict?.exponent);
  });
});

describe("bad arguments", () => {
  const instead = "selfConcordance with width: m looks at a network instead";
  it.each([
    [problems.He4_orth({ d: 4 }), {}, RangeError, `problem must be a single-index problem`],
    [problems.He4_orth({ d: 4 }), {}, RangeError, `got He4_orth. ${instead}`],
    [problems.XOR_2({ d: 4 }), {}, RangeError, `got XOR_2. ${instead}`],
    [singleIndex({ d: 4, activation: relu() }), {}, RangeError, instead],
    [hermiteProblem(4, { 3: 1 }, { 4: 1 }), {}, RangeError, "problem must have an information exponent"],
    [problems.He4({ d: 4 }), { with: 8 }, TypeError, 'selfConcordance has no option "with"'],
    [problems.He4({ d: 4 }), { seed: 3 }, TypeError, "seed must be left out without width or initial"],
    [problems.He4({ d: 4 }), { width: 4, tolerance: 1e-3 }, TypeError, "tolerance must be left out beside width"],
    [problems.He4({ d: 4 }), { width: 0 }, RangeError, "width must be an integer of at least 1; got 0"],
    [problems.He4({ d: 4 }), { initial: new Float64Array(6) }, RangeError, "a length that is a multiple of 4"],
    [
      problems.He4({ d: 4 }),
      { initial: new Float64Array(4).fill(1), width: 2 },
      RangeError,
      "width must be left out or 1",
    ],
    [problems.He4({ d: 4 }), { bound: 0 }, RangeError, "bound must be"],
    [problems.He4_orth({ d: 4 }), { width: 4, bound: 2 }, RangeError, "bound must be left out for He4_orth"],
    [problems.He4({ d: 4 }), { record: [2] }, RangeError, "record[0] must be"],
    [problems.He4({ d: 4 }), { time: -1 }, RangeError, "time must be"],
    [problems.He4({ d: 4 }), { width: 4, signs: Int8Array.of(1) }, RangeError, "signs must be"],
    [problems.XOR_2({ d: 4 }), { width: 4 }, RangeError, "data must be"],
  ])("%#", async (problem, options, kind, sentence) => {
    const failure = await selfConcordance(engine, problem, { time: 1, ...options } as never).catch((error) => error);
    expect(failure).toBeInstanceOf(kind);
    expect(failure.message).toContain(sentence);
  });

  it("are refused by theoryReport too, with the same sentences", async () => {
    await expect(theoryReport(engine, problems.He4_orth({ d: 4 }), { time: 1 })).rejects.toThrow(instead);
    await expect(theoryReport(engine, problems.He4({ d: 4 }), { time: 1, widht: 4 } as never)).rejects.toThrow(
      'theoryReport has no option "widht"',
    );
    await expect(theoryReport(engine, problems.He4({ d: 4 }), { time: 1, onProgress: 3 } as never)).rejects.toThrow(
      "onProgress must be a function; got 3",
    );
  });

  it("memory is refused before anything is taken", async () => {
    using small = await createEngine({ memoryLimitBytes: 4 << 20 });
    await expect(selfConcordance(small, problems.He4({ d: 32 }), { time: 1, width: 4096 })).rejects.toThrow(
      "for a network of width 4096 in dimension 32 and its Hessians: it needs",
    );
    const found = await selfConcordance(small, problems.He4({ d: 3 }), { time: 0, width: 4 });
    expect(found.status).toBe("completed");
  });
});

describe("runs", () => {
  it("that are aborted keep the records they reached", async () => {
    const stopAfter = async (options: object): Promise<SelfConcordance> => {
      const controller = new AbortController();
      const onProgress = ({ done, total }: { done: number; total: number }) => {
        if (done / total > 0.7) controller.abort();
      };
      const { signal } = controller;
      return selfConcordance(engine, problems.He4({ d: 32 }), { time: 8, ...options, signal, onProgress } as never);
    };
    for (const found of [await stopAfter({ ...FLOW, record: 200 }), await stopAfter({ width: 96, record: 40 })]) {
      expect(found.status).toBe("aborted");
      expect(found.time.length).toBeLessThan(found.subject === "limit" ? 200 : 40);
      expect(found.hessianNorm.median).toHaveLength(found.time.length);
      expect(found.growth?.quotient.maximum).toHaveLength(found.time.length);
    }
    const none = await selfConcordance(engine, problems.He4({ d: 4 }), { time: 1, signal: AbortSignal.abort() });
    expect([none.status, none.time.length, none.verdict]).toEqual(["aborted", 0, null]);
    expect(() => none.eigenvaluesAt(0.5, 0)).toThrow("k must be a record that was reached (none)");
  });

  it("that diverge say where", async () => {
    const wild = { time: 1e300, step: 1e300 };
    const network = await selfConcordance(engine, problems.He4({ d: 4 }), { ...wild, width: 4 });
    expect(network).toMatchObject({ status: "diverged", divergence: { step: 1 } });
    expect(network.time).toHaveLength(1);
    const both = await theoryReport(engine, problems.He4({ d: 4 }), { ...wild, width: 4 });
    expect(both).toMatchObject({ status: "diverged", divergence: { where: "limit", m: null } });
  });

  it("have the same bits with either backend, and report progress up to the end", async () => {
    using scalar = await createEngine({ backend: "scalar" });
    const problem = multiIndex({ d: 3, activation: hermite({ 2: 1 }), teachers: [[1, 0]] });
    const text = async (which: Engine) => {
      const { backend, ...limit } = await selfConcordance(which, problems.Ge4({ d: 5 }), { time: 0.4, record: 3 });
      const network = await selfConcordance(which, problem, { width: 6, time: 0.4, record: 3 });
      return JSON.stringify([limit, { ...network, backend }]).replaceAll(/"(simd|scalar)"/g, "");
    };
    expect(await text(scalar)).toBe(await text(engine));
    const seen: number[] = [];
    await theoryReport(engine, problems.He4({ d: 4 }), {
      time: 1,
      width: 8,
      onProgress: ({ done, total }) => seen.push(done / total),
    });
    expect(seen.at(-1)).toBe(1);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });
});
