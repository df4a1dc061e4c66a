// The options of approximationGap and separateGaps without a run: whole sentences of refusal, defaults, and what stands for the
// infinite width.

import { describe, expect, test } from "vitest";
import { checkGap, type GapOptions } from "../../src/gap/approximation-gap.ts";
import { gapSettings } from "../../src/gap/assemble.ts";
import { checkNetworks } from "../../src/gap/networks.ts";
import { checkSeparate, type SeparateOptions } from "../../src/gap/separate-check.ts";
import type { Problem } from "../../src/problem/types.ts";
import { problems } from "../../src/problem/zoo.ts";

const He4 = problems.He4({ d: 4 });
const XOR = problems.XOR_2({ d: 4 });
const initial = Float64Array.from({ length: 32 }, (_, i) => i + 1);
const inputs = new Float64Array(40).fill(0.5);
// biome-ignore lint/suspicious/noExplicitAny: these tests break the types on purpose
type Anything = any;
const gap = (options: Anything, problem: Problem = He4) =>
  checkGap(problem, { time: 1, step: 0.1, ...options } as GapOptions);
const separate = (options: Anything, problem: Problem = He4) =>
  checkSeparate(problem, { widths: [4, 8], samples: [64, 32], time: 1, step: 0.1, ...options } as SeparateOptions);

/** Name and sentence of the error that a call throws. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  throw new Error("nothing was refused");
}

const hole = [4, 8];
delete hole[0];

describe("approximationGap refuses", () => {
  test.each<[Anything, string]>([
    [{}, "TypeError: widths must be a list of positive integers; got undefined"],
    [{ widths: [] }, "RangeError: widths must be a list of at least one width; got an empty array"],
    [{ widths: hole }, "TypeError: widths[0] must be an integer of at least 1; got undefined"],
    [{ widths: [4, 0] }, "RangeError: widths[1] must be an integer of at least 1; got 0"],
    [{ widths: [4, 8, 4] }, "RangeError: widths[2] must be different from the widths before it; got 4"],
    [{ widths: [4], seeds: 0 }, "RangeError: seeds must be an integer from 1 to 1000000; got 0"],
    [{ widths: [4], seeds: 1000001 }, "RangeError: seeds must be an integer from 1 to 1000000; got 1000001"],
    [{ widths: [4], seed: -1 }, "RangeError: seed must be an integer from 0 to 4294967295; got -1"],
    [{ widths: [4], reference: 1 }, "RangeError: reference must be an integer of at least 2; got 1"],
    [{ widths: [4, 9], reference: 9 }, "RangeError: reference must be above the largest width, 9; got 9"],
    [{ widths: [4], distribution: 1 }, "TypeError: distribution must be true or false; got 1"],
    [{ widths: [4], distribution: null }, "TypeError: distribution must be true or false; got null"],
    [
      { widths: [4], signs: new Int8Array(4) },
      "RangeError: signs must be left out unless initial is given; signed problems have their own; got Int8Array(4)",
    ],
    [
      { widths: [4], distrbution: true },
      /^TypeError: approximationGap has no option "distrbution"; allowed are time, /,
    ],
    [{ initial, seeds: 1 }, "RangeError: seeds must be left out beside initial, which is given; got 1"],
    [{ initial, seed: 1 }, "RangeError: seed must be left out beside initial, which is given; got 1"],
    [
      { initial, seeds: 1, data: { samples: 9 } },
      "RangeError: seeds must be left out beside initial, which is given; got 1",
    ],
    [{ initial: [1], time: 1 }, /^TypeError: initial must be/],
    [{ initial, signs: new Int8Array(7) }, /^RangeError: signs must be/],
    [
      { initial, widths: [4] },
      "RangeError: widths must be left out beside initial, which is one given network unless reference is its rows; got an array of 1",
    ],
    [{ initial, reference: 8 }, "TypeError: widths must be a list of positive integers; got undefined"],
    [{ initial, widths: [4], reference: 9 }, "RangeError: reference must be 8, the number of rows of initial; got 9"],
    [{ initial, distribution: "yes" }, 'TypeError: distribution must be true or false; got "yes"'],
  ] as [Anything, string][])("%#: %o", (options, sentence) => {
    expect(refusal(() => gap(options))).toEqual(
      typeof sentence === "string" ? sentence : expect.stringMatching(sentence),
    );
  });
});

test("what is not refused has its defaults, and lists of its own", () => {
  const widths = [4, 9];
  const { networks } = gap({ widths });
  expect(networks).toEqual({
    ...{ widths: [4, 9], replicas: 8, seed: 1, rows: null, signs: null, reference: null, distribution: false },
  });
  expect(networks.widths).not.toBe(widths);
  // As it stands in the settings of a report.
  expect(gap({ widths, reference: null }).networks).toEqual(networks);
  expect(gap({ widths, seeds: 1_000_000, seed: 0, reference: 10, distribution: true }).networks).toEqual({
    ...{ widths: [4, 9], replicas: 1_000_000, seed: 0, rows: null, signs: null, reference: 10, distribution: true },
  });
  expect(gap({ initial }).networks).toMatchObject({ widths: [8], replicas: 1, seed: 1, signs: null, reference: null });
  expect(gap({ initial }).networks.distribution).toBe(false);
  const signs = new Int8Array(8).fill(1);
  const given = gap({ initial, signs, widths: [4], reference: 8, distribution: true });
  expect(given.networks).toMatchObject({ widths: [4], reference: 8, distribution: true });
  expect(given.networks.signs).toEqual(signs);
  const row = (given.networks.rows as Float64Array).subarray(0, 4);
  expect(row.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 14);
  // Where numbers are drawn beside given particles, their seed counts.
  expect(checkNetworks({ initial, seed: 5 }, 4, true).seed).toBe(5);
});

describe("what stands for the infinite width", () => {
  const labels = new Float64Array(10).fill(1);
  const mixed = new Int8Array(8).fill(1);
  mixed[3] = -1;
  test.each<[string, Problem, Anything]>([
    ["the problem XOR_2", XOR, {}],
    ["signs of -1", He4, { signs: mixed }],
    ["labels of your own", He4, { data: { inputs, labels } }],
    ['the objective "correlation"', He4, { objective: "correlation" }],
    ["Langevin noise", He4, { langevin: 0.5 }],
    ["a path norm", He4, { data: { inputs }, pathNorm: 0.1 }],
  ])("is no limit with %s", (reason, problem, options) => {
    const data = problem === XOR ? { data: { samples: 8 } } : {};
    expect(refusal(() => gap({ initial, ...data, ...options }, problem))).toBe(
      `RangeError: reference must be the number of rows of initial, beside widths below it, as there is no solver of the limit with ${reason}; got null`,
    );
    const { signs, ...rest } = options;
    if (!signs)
      expect(gap({ widths: [8, 4], ...data, ...rest }, problem).meanField).toEqual({
        solver: "reference-network",
        width: 32,
      });
  });

  test("is the limit where nothing is in its way, and a network that is asked for where it is", () => {
    for (const options of [
      { widths: [4] },
      { initial },
      { initial, signs: new Int8Array(8).fill(1) },
      { widths: [4], data: { inputs } },
      { widths: [4], data: { samples: 8 }, langevin: 0, pathNorm: 0, objective: "squared" },
    ])
      expect(gap(options).meanField).toEqual({ solver: "single-index", problem: He4 });
    expect(gap({ widths: [4], reference: 6 }).meanField).toEqual({ solver: "reference-network", width: 6 });
  });
});

test("the settings of a report are those of the run, with null for what it does not have", () => {
  const rest = { time: 1, step: 0.1, dynamics: "pgd", tolerance: 1e-8 };
  const drawn = gapSettings(gap({ widths: [4], seed: 3 }));
  expect(drawn).toMatchObject({ ...rest, widths: [4], seeds: 8, seed: 3, reference: null });
  expect(drawn).not.toHaveProperty("distribution");
  expect(gapSettings(gap({ widths: [4], distribution: true, tolerance: 1e-6 }))).toMatchObject({
    ...{ distribution: true, tolerance: 1e-6 },
  });
  expect(gapSettings(gap({ initial }))).toMatchObject({ widths: [8], seeds: null, seed: null });
  expect(gapSettings(gap({ initial, seed: 4, data: { samples: 8 } }))).toMatchObject({ seeds: null, seed: 4 });
  expect(gapSettings(gap({ widths: [4, 5] }, problems.Zero({ d: 4 })))).toMatchObject({ reference: 20 });
});

describe("separateGaps refuses", () => {
  const batch = "must be an integer from 1 to 32, the smallest of samples, or left out for all";
  test.each<[Anything, string]>([
    [{ samples: 64 }, "TypeError: samples must be a list of positive integers; got 64"],
    [{ samples: [] }, "RangeError: samples must be a list of at least one number of samples; got an empty array"],
    [{ samples: hole }, "TypeError: samples[0] must be an integer from 1 to 2147483647; got undefined"],
    [{ samples: [8, 0] }, "RangeError: samples[1] must be an integer from 1 to 2147483647; got 0"],
    [{ samples: [8, 9, 8] }, "RangeError: samples[2] must be different from the numbers before it; got 8"],
    [{ batch: "8" }, `TypeError: batch ${batch}; got "8"`],
    [{ batch: null }, `TypeError: batch ${batch}; got null`],
    [{ batch: 1.5 }, `RangeError: batch ${batch}; got 1.5`],
    [{ batch: 0 }, `RangeError: batch ${batch}; got 0`],
    [{ batch: 33 }, `RangeError: batch ${batch}; got 33`],
    [{ reference: 8 }, "RangeError: reference must be above the largest width, 8; got 8"],
    [{ seeds: 1000001 }, "RangeError: seeds must be an integer from 1 to 1000000; got 1000001"],
    [{ seed: 1.5 }, "RangeError: seed must be an integer from 0 to 4294967295; got 1.5"],
    [
      { batches: 1 },
      'TypeError: separateGaps has no option "batches"; allowed are widths, samples, batch, reference, time, step, gradient, record, precision, seeds, seed, workers, onProgress, signal',
    ],
  ])("%#: %o", (options, sentence) => {
    expect(refusal(() => separate(options))).toBe(sentence);
  });

  test("a problem without a closed form", () => {
    expect(refusal(() => separate({}, XOR))).toBe(
      'RangeError: problem must be one with a closed form on the population: Gaussian inputs and an activation whose series is short enough; got "XOR_2"',
    );
  });
});

test("what separateGaps does not refuse has its defaults", () => {
  const { settings, context, workers } = separate({ record: 3 });
  expect(settings).toEqual({
    ...{ widths: [4, 8], samples: [64, 32], batch: null, reference: 32, time: 1, step: 0.1, gradient: "riemannian" },
    ...{ precision: "float64", seeds: 8, seed: 1, record: 3 },
  });
  expect(workers).toEqual({ count: null, factory: null });
  const { population, flow, onSamples, ...rest } = context;
  expect(rest).toEqual({ problem: He4, widths: [4, 8], samples: [64, 32], reference: 32, seed: 1 });
  expect([population.data, population.plan.dynamics, flow.data, flow.plan.dynamics]).toEqual([
    null,
    "pgd",
    null,
    "flow",
  ]);
  expect(flow.plan.times).toEqual(population.plan.times);
  expect(flow.plan.step).toBe(0.1);
  expect(onSamples.map(({ data }) => [data?.samples, data?.batch, data?.test])).toEqual([
    [64, 64, 0],
    [32, 32, 0],
  ]);
  expect(onSamples.map(({ plan }) => plan)).toEqual([population.plan, population.plan]);
  const chosen = separate({ batch: 32, reference: 9, seeds: 1, seed: 0, precision: "float32", gradient: "euclidean" });
  expect(chosen.settings).toMatchObject({ batch: 32, reference: 9, seeds: 1, seed: 0, precision: "float32" });
  expect(chosen.context.population.plan.gradient).toBe("euclidean");
  expect(chosen.context.onSamples.map(({ data }) => data?.batch)).toEqual([32, 32]);
  expect(separate({ batch: 1 }).settings.batch).toBe(1);
});

test("the flow of separateGaps ends where steps do, behind the time by rounding", () => {
  // Three steps of 0.1 end at 0.30000000000000004.
  const { context } = separate({ time: 0.3, record: [0.1, 0.3] });
  expect(context.flow.plan.times).toEqual(Float64Array.of(0.1, 3 * 0.1));
  expect(context.flow.plan.time).toBe(3 * 0.1);
  // And before it where the last record is before it.
  expect(separate({ time: 0.3, record: [0.1] }).context.flow.plan.time).toBe(0.3);
});
