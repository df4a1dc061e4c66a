// Sums over pairs of particles against symmetric moments, and against a closed form, through the public functions.

import fc from "fast-check";
import {
  approximationGap,
  createEngine,
  type Engine,
  hermite,
  type MultiIndexProblem,
  multiIndex,
  problems,
  risk,
  type SingleIndexProblem,
  separateGaps,
  singleIndex,
  trainNetwork,
  velocity,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generator } from "./helpers.ts";

let engines: Engine[];
let engine: Engine;
beforeAll(async () => {
  engines = [await createEngine(), await createEngine({ backend: "scalar" })];
  [engine] = engines;
});
afterAll(() => {
  for (const each of engines) each.dispose();
});

const PAIRS = { interaction: "pairs" } as const;
const MOMENTS = { interaction: "moments" } as const;

const coefficients = fc.array(fc.double({ min: -1.5, max: 1.5, noNaN: true }), { minLength: 1, maxLength: 8 });

interface Case {
  problem: SingleIndexProblem | MultiIndexProblem;
  m: number;
  W: Float64Array;
  signs: Int8Array;
  gradient: "riemannian" | "euclidean";
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    m: fc.integer({ min: 1, max: 150 }),
    d: fc.integer({ min: 2, max: 6 }),
    activation: coefficients,
    link: coefficients,
    teachers: fc.integer({ min: 0, max: 3 }),
    signed: fc.boolean(),
    gradient: fc.constantFrom<Case["gradient"]>("riemannian", "euclidean"),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  })
  .map(({ m, d, activation, link, teachers, signed, gradient, seed }) => {
    const random = generator(seed);
    const W = Float64Array.from({ length: m * d }, () => random() * 2 - 1);
    const signs = Int8Array.from({ length: m }, () => (signed && random() < 0.5 ? -1 : 1));
    const functions = { d, activation: hermite(activation), link: hermite(link) };
    const problem =
      teachers === 0
        ? singleIndex(functions)
        : multiIndex({ ...functions, teachers: { random: teachers, dimension: 2, seed: 3 } });
    return { problem, m, W, signs, gradient };
  });

/** Largest size that a term of a sum can have: |q| or |q'| at 1, and the same of the target. */
function size({ problem }: Case): number {
  const list = (activation: SingleIndexProblem["activation"]) =>
    activation.kind === "hermite" ? activation.coefficients : [];
  return [problem.activation, problem.link]
    .flatMap((one) => list(one).map((c, k) => (k + 1) * (k + 1) * c * c))
    .reduce((sum, term) => sum + term, 1);
}

describe("moments", () => {
  test("agree with pairs: one step from random particles, and the risk before and after", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { problem, W, signs, gradient } = one;
        const options = { initial: W, signs, gradient, time: 1, step: 1, record: 2, keep: "all" } as const;
        const [x, y] = [
          await trainNetwork(engine, problem, { ...options, ...PAIRS }),
          await trainNetwork(engine, problem, { ...options, ...MOMENTS }),
        ];
        expect([x.settings.interaction, y.settings.interaction]).toEqual(["pairs", "moments"]);
        expect([x.status, y.status]).toEqual(["completed", "completed"]);
        const tolerance = 1e-12 * size(one);
        x.loss?.forEach((loss, k) => {
          expect(Math.abs(loss - (y.loss?.[k] ?? Number.NaN))).toBeLessThan(tolerance);
        });
        const particles = y.particles(1);
        x.particles(1).forEach((value, i) => {
          expect(Math.abs(value - particles[i])).toBeLessThan(tolerance);
        });
      }),
      { numRuns: 60, seed: 20_250_413 },
    );
  });

  test("have the same bits in both builds", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ problem, W, signs, gradient }) => {
        const options = { initial: W, signs, gradient, time: 0.2, step: 0.1, ...MOMENTS };
        const [x, y] = await Promise.all(engines.map((each) => trainNetwork(each, problem, options)));
        expect([x.loss, x.particles()]).toEqual([y.loss, y.particles()]);
      }),
      { numRuns: 15, seed: 5 },
    );
  });

  test("give velocity and risk of a given network", async () => {
    const random = generator(9);
    const problem = singleIndex({ d: 5, activation: hermite({ 1: 0.5, 3: -1, 4: 0.25 }) });
    const W = Float64Array.from({ length: 5 * 77 }, () => random() - 0.5);
    const [v, w] = [await velocity(engine, problem, W, PAIRS), await velocity(engine, problem, W, MOMENTS)];
    for (let i = 0; i < v.length; i++) expect(Math.abs(v[i] - w[i])).toBeLessThan(1e-14);
    const [a, b] = [await risk(engine, problem, W, PAIRS), await risk(engine, problem, W, MOMENTS)];
    expect(Math.abs(a - b)).toBeLessThan(1e-14);
    expect([w, b]).toEqual([await velocity(engine, problem, W), await risk(engine, problem, W)]);
  });

  test("of the correlation leave a network alone, but not its risk", async () => {
    // Its radial part has a constant.
    const problem = singleIndex({ d: 4, activation: hermite([1, 0.5, -1, 0, 0.25]) });
    for (const gradient of ["riemannian", "euclidean"] as const) {
      const options = { width: 50, objective: "correlation", gradient, time: 0.5, step: 0.1 } as const;
      const [x, y] = [
        await trainNetwork(engine, problem, { ...options, ...PAIRS }),
        await trainNetwork(engine, problem, { ...options, ...MOMENTS }),
      ];
      expect(x.particles()).toEqual(y.particles());
      x.loss?.forEach((loss, k) => {
        expect(Math.abs(loss - (y.loss?.[k] ?? Number.NaN))).toBeLessThan(1e-12);
      });
    }
  });

  test("along the flow keep the gap that pairs have", async () => {
    const options = { widths: [30, 90], time: 2, seeds: 2, dynamics: "flow", record: 3, workers: 0 } as const;
    const [x, y] = [
      await approximationGap(engine, problems.He3({ d: 4 }), { ...options, ...PAIRS }),
      await approximationGap(engine, problems.He3({ d: 4 }), { ...options, ...MOMENTS }),
    ];
    expect(x.widths.map(({ interaction }) => interaction)).toEqual(["pairs", "pairs"]);
    expect(y.widths.map(({ interaction }) => interaction)).toEqual(["moments", "moments"]);
    for (const statistic of ["loss", "functionGap", "meanSquaredDelta"] as const) {
      for (const w of [0, 1]) {
        x.widths[w][statistic].mean.forEach((value, k) => {
          expect(Math.abs(value - y.widths[w][statistic].mean[k])).toBeLessThan(1e-11);
        });
      }
    }
  });
});

describe("networks of which one goes by pairs and the other by moments", () => {
  test("have the function gap of two that go by pairs", async () => {
    const options = { widths: [8, 40], reference: 100, time: 0.4, seeds: 2, record: 3, workers: 0 } as const;
    const mixed = await approximationGap(engine, problems.He4({ d: 4 }), options);
    expect(mixed.widths.map(({ interaction }) => interaction)).toEqual(["pairs", "moments"]);
    const pairs = await approximationGap(engine, problems.He4({ d: 4 }), { ...options, ...PAIRS });
    expect([mixed.settings.interaction, pairs.settings.interaction]).toEqual(["auto", "pairs"]);
    for (const w of [0, 1]) {
      mixed.widths[w].functionGap.mean.forEach((gap, k) => {
        const other = pairs.widths[w].functionGap.mean[k];
        expect(other).toBeGreaterThan(1e-3);
        expect(Math.abs(gap - other)).toBeLessThan(1e-12);
      });
    }
  });

  test("have none where they are the same function", async () => {
    // PGD and flow take different ways, but at time 0 they have not gone any.
    const report = await separateGaps(engine, problems.He4({ d: 3 }), {
      widths: [8, 64],
      samples: [32],
      time: 0.02,
      record: [0],
      seeds: 1,
      workers: 0,
    });
    for (const { functionGap } of [...report.discretisation, ...report.sample]) expect(functionGap.mean[0]).toBe(0);
  });
});

describe("the option", () => {
  const He4 = problems.He4({ d: 4 });

  test.each([
    [{ interaction: "tensors" }, RangeError, 'interaction must be "auto" or "pairs" or "moments"; got "tensors"'],
    [{ interaction: 1 }, TypeError, "interaction must be"],
    [{ interaction: null }, undefined, ""],
  ])("%j", async (wrong, kind, sentence) => {
    const run = trainNetwork(engine, He4, { width: 4, time: 0.02, ...wrong } as never);
    if (!kind) return expect((await run).settings.interaction).toBe("pairs");
    const error = await run.then(
      () => null,
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(sentence);
  });

  test("moments are refused for ReLU, and where they are millions", async () => {
    const options = { width: 4, time: 0.02, ...MOMENTS };
    await expect(trainNetwork(engine, problems.Zero({ d: 4 }), options)).rejects.toThrow(RangeError);
    await expect(trainNetwork(engine, problems.Ge4({ d: 32 }), options)).rejects.toThrow(
      'interaction must be "auto" or "pairs" for Ge4 in dimension 32',
    );
  });

  test("stands in the result: null where no sum over the population has a closed form", async () => {
    const boolean = await trainNetwork(engine, problems.XOR_2({ d: 4 }), {
      width: 4,
      time: 0.1,
      step: 0.1,
      data: { samples: 16 },
    });
    expect(boolean.settings.interaction).toBeNull();
    const wide = await trainNetwork(engine, He4, { width: 4000, time: 0.02 });
    expect(wide.settings.interaction).toBe("moments");
  });
});

describe("a network of a million particles", () => {
  const problem = problems.He4({ d: 4 });

  test("fits into the default memory, has the risk of the law of its particles, and can be stopped", async () => {
    const width = 1_000_000;
    const run = await trainNetwork(engine, problem, { width, time: 0.02, record: [0] });
    // Uniform particles: E q(<w, w'>) = E s^4 = 3 / (d (d + 2)), E phi(<w, u>) the same; fluctuations are of order 1/sqrt(m).
    expect(Math.abs((run.loss?.[0] ?? Number.NaN) - (1 - 3 / 24))).toBeLessThan(1e-3);
    // Both builds draw and move them in slices of their own.
    const [x, y] = await Promise.all(
      engines.map((each) => trainNetwork(each, problem, { width: 40_000, time: 0.02, step: 0.02, record: [0.02] })),
    );
    expect([x.loss, x.particles()]).toEqual([y.loss, y.particles()]);
    const start = await trainNetwork(engine, problem, { width: 5, time: 0 });
    expect(run.particles().subarray(0, 20)).toEqual(start.particles());
    const controller = new AbortController();
    const stopped = await trainNetwork(engine, problem, {
      width,
      time: 10,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done >= 1) controller.abort();
      },
    });
    expect(stopped.status).toBe("aborted");
    expect(stopped.time.length).toBeLessThan(5);
  });

  test("is refused over pairs or moments where memory is short, with the need of either", async () => {
    const small = await createEngine({ memoryLimitBytes: 100e6 });
    const need = async (interaction: "pairs" | "moments") => {
      const error = await trainNetwork(small, problem, { width: 2_000_000, time: 0.02, interaction }).catch((e) => e);
      expect(error).toBeInstanceOf(RangeError);
      return Number(/needs (\d+) bytes/.exec(error.message)?.[1]);
    };
    // Panels of W, which moments do not need.
    expect((await need("pairs")) - (await need("moments"))).toBeGreaterThan(63e6);
    small.dispose();
  });
});
