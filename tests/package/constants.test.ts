// The limit constants against a second implementation, closed forms, symmetries and networks; records and edges.

import {
  approximationGap,
  createEngine,
  type Engine,
  gapLimitConstants,
  hermite,
  type LimitConstantsOptions,
  type Problem,
  problems,
  relu,
  singleIndex,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainConstants } from "../support/plain-constants.ts";
import { distance, hermiteProblem } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

function constantsOf(problem: Problem, options: LimitConstantsOptions) {
  return gapLimitConstants(engine, problem, { tolerance: 1e-4, ...options });
}

async function refusal(problem: unknown, options: unknown): Promise<Error> {
  return gapLimitConstants(engine, problem as Problem, options as LimitConstantsOptions).then(
    () => new Error("not refused"),
    (error: Error) => error,
  );
}

/** E s^k for the inner product s of two independent uniform points of the sphere of R^d. */
function uniformMoment(k: number, d: number): number {
  if (k % 2 === 1) return 0;
  let moment = 1;
  for (let j = 0; j < k / 2; j++) moment *= (2 * j + 1) / (d + 2 * j);
  return moment;
}

describe("a second implementation, with dense matrices over all pairs of times", () => {
  test.each<[string, number[], number[], number, number, number]>([
    ["k* = 4, d = 3", [0, 0, 0, 0, 1], [0, 0, 0, 0, 1], 3, 0.5, 12],
    ["mixed parity and another link, d = 5", [0.3, 0.5, -0.6, 0.4], [0.1, 0.7, 0.2, -0.5], 5, 1, 12],
    ["k* = 2, d = 7", [0, 0, 1], [0, 0, 1], 7, 1, 20],
    ["linear, d = 3", [0, 1], [0, 1], 3, 1, 12],
    ["k* = 3, both sides of the equator, d = 5", [0, 0, 0, 1], [0, 0, 0, 1], 5, 0.7, 12],
    ["a link that pushes away, d = 5", [0, 0, 0.8], [0, 0, -0.5], 5, 0.7, 12],
  ])("%s", async (_, activation, link, d, time, steps) => {
    const plain = plainConstants({ activation, link, d, time, steps });
    const { mTimesFunctionGap, mTimesMeanSquaredDelta } = await constantsOf(hermiteProblem(d, activation, link), {
      time,
      record: [time],
    });
    expect(mTimesFunctionGap[0] / plain.functionGap).toBeCloseTo(1, 3);
    expect(mTimesMeanSquaredDelta[0] / plain.squaredDelta).toBeCloseTo(1, 3);
  });
});

describe("closed forms", () => {
  test.each([2, 3, 32, 10_000])("at time 0 the function gap is q(1) - |f|^2, d = %i", async (d) => {
    const c = [0.2, 0.3, 0, -0.5, 0.9];
    const { mTimesFunctionGap, mTimesMeanSquaredDelta } = await constantsOf(hermiteProblem(d, c), { time: 0 });
    // Two independent particles: E q(<w, w'>) is |f|^2.
    const expected = c.reduce((sum, x, k) => sum + x * x * (1 - uniformMoment(k, d)), 0);
    expect(Math.abs(mTimesFunctionGap[0] / expected - 1)).toBeLessThan(1e-6);
    expect(mTimesMeanSquaredDelta[0]).toBe(0);
  });

  test.each([3, 16, 10_000])(
    "at short times E|Delta|^2 is t^2 times the variance of the velocity of a random network, d = %i",
    async (d) => {
      const time = 1e-3;
      const { mTimesMeanSquaredDelta } = await constantsOf(hermiteProblem(d, { 3: 0.6, 4: 0.8 }), {
        time,
        record: [time],
        tolerance: 1e-5,
      });
      // E |P_w q'(s) w'|^2 = E q'(s)^2 (1 - s^2), and its mean is 0; q = a s^3 + b s^4.
      const [a, b] = [0.36, 0.64];
      const terms = [
        [9 * a * a, 4],
        [24 * a * b, 5],
        [16 * b * b, 6],
      ];
      const variance = terms.reduce(
        (sum, [factor, k]) => sum + factor * (uniformMoment(k, d) - uniformMoment(k + 2, d)),
        0,
      );
      expect(Math.abs(mTimesMeanSquaredDelta[0] / (time * time * variance) - 1)).toBeLessThan(3e-3);
    },
  );
});

describe("symmetries", () => {
  const times = { time: 1, record: [0.5, 1] };

  test("a larger scale is a faster clock", async () => {
    const c = [0, 0.4, 0.5, 0.6];
    const scaled = c.map((x) => 2 * x);
    const slow = await constantsOf(hermiteProblem(5, c), times);
    const fast = await constantsOf(hermiteProblem(5, scaled), { time: 0.25, record: [0.125, 0.25] });
    for (const k of [0, 1]) {
      expect(fast.mTimesFunctionGap[k] / slow.mTimesFunctionGap[k] / 4).toBeCloseTo(1, 3);
      expect(fast.mTimesMeanSquaredDelta[k] / slow.mTimesMeanSquaredDelta[k]).toBeCloseTo(1, 3);
    }
  });

  test("a clock that is a million times slower needs no more nodes; a time that none could hold is refused", async () => {
    const c = 2 ** -10;
    const options = { time: 0.2, record: [0.1, 0.2] };
    const whole = await constantsOf(hermiteProblem(4, { 4: 1 }), options);
    const record = options.record.map((t) => t / c / c);
    const slow = await constantsOf(hermiteProblem(4, { 4: c }), { time: record[1], record });
    expect(slow.nodes).toBeLessThan(2 * whole.nodes);
    for (const k of [0, 1]) {
      expect(slow.mTimesFunctionGap[k] / whole.mTimesFunctionGap[k] / c / c).toBeCloseTo(1, 3);
      expect(slow.mTimesMeanSquaredDelta[k] / whole.mTimesMeanSquaredDelta[k]).toBeCloseTo(1, 3);
    }
    const error = await refusal(problems.He4({ d: 4 }), { time: 1e11 });
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(/^time must be at most 200000 for the limit constants of He4, .*; got 100000000000$/);
  });

  test("a mirrored target gives the same constants", async () => {
    const activation = [0, 0.5, 0.3, -0.4];
    const link = [0, 0.6, 0.2, 0.3];
    const mirrored = link.map((x, k) => (k % 2 === 0 ? x : -x));
    const one = await constantsOf(hermiteProblem(4, activation, link), times);
    const other = await constantsOf(hermiteProblem(4, activation, mirrored), times);
    expect(distance(one.mTimesFunctionGap, other.mTimesFunctionGap)).toBeLessThan(1e-6);
    expect(distance(one.mTimesMeanSquaredDelta, other.mTimesMeanSquaredDelta)).toBeLessThan(1e-6);
  });
});

test("networks come to the constants: 400 of width 96, He4, d = 6, within four standard errors and 1/m", async () => {
  const problem = problems.He4({ d: 6 });
  const record = [0.3, 0.6];
  const settings = { time: 0.6, record };
  const constants = await constantsOf(problem, { ...settings, tolerance: 1e-3 });
  const { widths } = await approximationGap(engine, problem, {
    ...settings,
    dynamics: "flow",
    step: 0.05,
    widths: [96],
    seeds: 400,
  });
  for (const k of [0, 1]) {
    const pairs = [
      [widths[0].mTimesFunctionGap, constants.mTimesFunctionGap],
      [widths[0].mTimesMeanSquaredDelta, constants.mTimesMeanSquaredDelta],
    ] as const;
    for (const [{ mean, stderr }, limit] of pairs)
      expect(Math.abs(mean[k] - limit[k])).toBeLessThan(4 * stderr[k] + (3 * limit[k]) / 96);
  }
});

describe("records and edges", () => {
  const He4 = problems.He4({ d: 8 });

  test("both builds give the same bits", async () => {
    using scalar = await createEngine({ backend: "scalar" });
    const options = { time: 0.7, record: 4, tolerance: 1e-2 };
    const one = await gapLimitConstants(engine, problems.NP_mis({ d: 4 }), options);
    const other = await gapLimitConstants(scalar, problems.NP_mis({ d: 4 }), options);
    expect({ ...(other.toJSON() as object), backend: "" }).toEqual({ ...(one.toJSON() as object), backend: "" });
  });

  test("no time is recorded but those asked for, and all settings are told", async () => {
    const constants = await constantsOf(He4, { time: 1, record: [0.25, 0.75], tolerance: 0.01 });
    expect([...constants.time]).toEqual([0.25, 0.75]);
    expect(constants.settings).toEqual({ time: 1, dynamics: "flow", tolerance: 0.01, record: [0.25, 0.75] });
    expect(constants).toMatchObject({ schema: "propchaos/constants@1", status: "completed", divergence: null });
    const longer = await constantsOf(He4, { time: 0.75, record: [0.25, 0.75], tolerance: 0.01 });
    expect([...longer.mTimesFunctionGap]).toEqual([...constants.mTimesFunctionGap]);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("a particle of the limit in ten thousand dimensions hardly moves, and it costs no more", async () => {
    const constants = await constantsOf(problems.He4({ d: 10_000 }), { time: 8, record: [8] });
    expect(constants.mTimesFunctionGap[0]).toBeCloseTo(1, 6);
    expect(constants.nodes).toBeLessThan(2000);
  });

  test("an abort keeps what is finished", async () => {
    const before = await gapLimitConstants(engine, He4, { time: 1, signal: AbortSignal.abort() });
    expect(before).toMatchObject({ status: "aborted", errorEstimate: null });
    expect(before.time.length).toBe(0);
    const controller = new AbortController();
    let calls = 0;
    const during = await gapLimitConstants(engine, problems.He4({ d: 32 }), {
      time: 8,
      tolerance: 1e-8,
      signal: controller.signal,
      onProgress({ done, total }) {
        expect(done).toBeLessThanOrEqual(total);
        if (++calls === 12) controller.abort();
      },
    });
    expect(during.status).toBe("aborted");
    expect(during.mTimesFunctionGap.length).toBe(during.time.length);
    expect(during.mTimesMeanSquaredDelta.length).toBe(during.time.length);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test("memory is refused before the run; where a finer level does not fit, the coarser one is the result", async () => {
    using small = await createEngine({ memoryLimitBytes: 1024 * 1024 });
    await expect(gapLimitConstants(small, problems.Ge4({ d: 32 }), { time: 8 })).rejects.toThrow(
      /memoryLimitBytes must/,
    );
    expect(small.arena.bytesInUse).toBe(0);
    using middle = await createEngine({ memoryLimitBytes: 6 * 1024 * 1024 });
    const constants = await gapLimitConstants(middle, problems.He4({ d: 32 }), { time: 4, record: 3, tolerance: 1e-8 });
    expect(constants.status).toBe("completed");
    expect(constants.errorEstimate === null || constants.errorEstimate > 1e-8).toBe(true);
    expect(constants.mTimesFunctionGap[0]).toBeCloseTo(0.9972426, 6);
  });

  test.each<[string, unknown, unknown, string]>([
    ["Boolean", problems.XOR_2({ d: 4 }), { time: 1 }, "problem must be a single-index problem"],
    ["several teachers", problems.He4_orth({ d: 4 }), { time: 1 }, "approximationGap measures"],
    ["ReLU", singleIndex({ d: 4, activation: relu() }), { time: 1 }, "Hermite series that end"],
    ["signs", { ...problems.He4({ d: 4 }), signed: true }, { time: 1 }, "signs of +1"],
    [
      "a constant link",
      singleIndex({ d: 4, activation: hermite({ 4: 1 }), link: hermite({ 0: 1 }) }),
      { time: 1 },
      "information exponent",
    ],
    ["a misspelt option", problems.He4({ d: 4 }), { time: 1, records: 3 }, 'has no option "records"'],
    ["PGD", problems.He4({ d: 4 }), { time: 1, dynamics: "pgd" }, "dynamics must be"],
    ["no time", problems.He4({ d: 4 }), {}, "time must be"],
    ["a record behind the end", problems.He4({ d: 4 }), { time: 1, record: [2] }, "record[0] must be"],
    ["a tolerance of 0", problems.He4({ d: 4 }), { time: 1, tolerance: 0 }, "tolerance must be"],
  ])("%s is refused", async (_, problem, options, sentence) => {
    expect((await refusal(problem, options)).message).toContain(sentence);
  });
});
