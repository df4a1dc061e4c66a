// Bad data and bad options of training: a TypeError for the wrong kind, a RangeError for the wrong value, and a sentence
// that names the argument, says what came and what is allowed; and memory that is refused before anything is taken.

import {
  approximationGap,
  createEngine,
  type Engine,
  gaussianBump,
  hermite,
  problems,
  singleIndex,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

/** What comes from JavaScript need not have the types. */
// biome-ignore lint/suspicious/noExplicitAny: these tests break the types on purpose
type Anything = any;

const He4 = problems.He4({ d: 2 });
const XOR = problems.XOR_2({ d: 2 });

async function refuses(call: Promise<unknown>, kind: typeof TypeError | typeof RangeError, words: string[]) {
  const error = await call.then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown as Error,
  );
  for (const word of words) expect(error.message).toContain(word);
  expect(error.constructor.name, error.message).toBe(kind.name);
}

type Row = [title: string, options: Anything, kind: typeof TypeError | typeof RangeError, ...words: string[]];

const X = Float64Array.of(1, 2, 3, 4, 5, 6);
const y = Float64Array.of(1, 2, 3);
const given = (data: Anything) => ({ data: { inputs: X, ...data } });
const drawn = (data: Anything) => ({ data: { samples: 10, ...data } });

const DATA: Row[] = [
  ["a word", { data: "samples" }, RangeError, "data must be", '"population"', 'got "samples"'],
  ["a number", { data: 100 }, TypeError, "data must be", "got 100"],
  ["an array", { data: X }, TypeError, "data must be", "Float64Array(6)"],
  ["nothing", { data: null, precision: "float32" }, RangeError, "precision", "population"],
  [
    "an empty object",
    { data: {} },
    TypeError,
    "data.inputs",
    "Float64Array, Float32Array or Int8Array",
    "got undefined",
  ],
  ["inputs as a list", given({ inputs: [1, 2] }), TypeError, "data.inputs", "Float64Array", "an array of 2"],
  ["inputs of unsigned bytes", given({ inputs: new Uint8Array(6) }), TypeError, "data.inputs", "Uint8Array(6)"],
  ["no multiple of d", given({ inputs: X.slice(1) }), RangeError, "data.inputs", "multiple of 2", "Float64Array(5)"],
  ["no inputs", given({ inputs: X.slice(6) }), RangeError, "data.inputs", "n >= 1", "Float64Array(0)"],
  [
    "NaN in inputs",
    given({ inputs: Float64Array.of(1, Number.NaN) }),
    RangeError,
    "data.inputs[1]",
    "finite",
    "got NaN",
  ],
  [
    "Infinity in inputs",
    given({ inputs: Float32Array.of(1 / 0, 1) }),
    RangeError,
    "data.inputs[0]",
    "finite",
    "got Infinity",
  ],
  ["labels too few", given({ labels: y.slice(1) }), RangeError, "data.labels", "length 3", "Float64Array(2)"],
  ["labels too many", given({ labels: X }), RangeError, "data.labels", "length 3", "Float64Array(6)"],
  ["labels as a list", given({ labels: [1, 2, 3] }), TypeError, "data.labels", "an array of 3"],
  ["NaN in labels", given({ labels: Float64Array.of(1, 2, Number.NaN) }), RangeError, "data.labels[2]", "finite"],
  [
    "labels without testLabels",
    given({ labels: y, testInputs: X }),
    RangeError,
    "data.testLabels",
    "given where labels are",
  ],
  ["testLabels without labels", given({ testInputs: X, testLabels: y }), RangeError, "data.testLabels", "left out"],
  ["testLabels without testInputs", given({ labels: y, testLabels: y }), RangeError, "data.testLabels", "testInputs"],
  [
    "testLabels too many",
    given({ labels: y, testInputs: X.slice(2), testLabels: y }),
    RangeError,
    "data.testLabels",
    "length 2",
  ],
  ["testInputs of wrong length", given({ testInputs: X.slice(1) }), RangeError, "data.testInputs", "multiple of 2"],
  [
    "NaN in testInputs",
    given({ testInputs: Float64Array.of(0, Number.NaN) }),
    RangeError,
    "data.testInputs[1]",
    "finite",
  ],
  ["samples and inputs", given({ samples: 3 }), TypeError, 'data has no option "samples"', "inputs"],
  ["resample of given data", given({ resample: true }), TypeError, 'data has no option "resample"'],
  ["an unknown key", drawn({ batches: 2 }), TypeError, 'data has no option "batches"', "batch"],
  ["samples 0", { data: { samples: 0 } }, RangeError, "data.samples", "from 1", "got 0"],
  ["samples fractional", { data: { samples: 2.5 } }, RangeError, "data.samples", "integer", "got 2.5"],
  ["samples as text", { data: { samples: "10" } }, TypeError, "data.samples", 'got "10"'],
  ["samples beyond 32 bits", { data: { samples: 2 ** 40 } }, RangeError, "data.samples", "2147483647"],
  ["batch 0", drawn({ batch: 0 }), RangeError, "data.batch", "from 1 to 10", "got 0"],
  ["batch above n", drawn({ batch: 11 }), RangeError, "data.batch", "from 1 to 10", "got 11"],
  ["batch above n, given", given({ batch: 4 }), RangeError, "data.batch", "from 1 to 3", "got 4"],
  ["batch fractional", drawn({ batch: 1.5 }), RangeError, "data.batch", "got 1.5"],
  [
    "batch below n with flow",
    { ...drawn({ batch: 5 }), dynamics: "flow" },
    RangeError,
    "data.batch",
    "10",
    '"flow"',
    "got 5",
  ],
  [
    "batch below n with flow, given",
    { ...given({ batch: 2 }), dynamics: "flow" },
    RangeError,
    "data.batch",
    "3",
    '"flow"',
  ],
  ["test negative", drawn({ test: -1 }), RangeError, "data.test", "from 0", "got -1"],
  ["test fractional", drawn({ test: 0.5 }), RangeError, "data.test", "got 0.5"],
  ["order", drawn({ order: "random" }), RangeError, "data.order", '"sequential" or "shuffled"', 'got "random"'],
  ["order of a wrong kind", given({ order: true }), TypeError, "data.order", "got true"],
  ["resample", drawn({ resample: "yes" }), TypeError, "data.resample", "true or false", 'got "yes"'],
  ["resample with flow", { ...drawn({ resample: true }), dynamics: "flow" }, RangeError, "data.resample", '"flow"'],
  [
    "resample past 2^32 rows",
    { data: { samples: 2e9, batch: 2e9, resample: true } },
    RangeError,
    "data.resample",
    "2^32",
  ],
];

const OPTIONS: Row[] = [
  [
    "precision",
    { ...drawn({}), precision: "float16" },
    RangeError,
    "precision",
    '"float64" or "float32"',
    'got "float16"',
  ],
  ["precision of a wrong kind", { ...drawn({}), precision: 32 }, TypeError, "precision", "got 32"],
  ["float32 on the population", { precision: "float32" }, RangeError, "precision", "float64", "population"],
  ["objective", { objective: "hinge" }, RangeError, "objective", '"squared" or "correlation"', 'got "hinge"'],
  ["objective of a wrong kind", { objective: 1 }, TypeError, "objective", "got 1"],
  ["langevin negative", { langevin: -0.1 }, RangeError, "langevin", "at least 0", "got -0.1"],
  ["langevin NaN", { langevin: Number.NaN }, RangeError, "langevin", "finite", "got NaN"],
  ["langevin as text", { langevin: "1" }, TypeError, "langevin", 'got "1"'],
  ["langevin with flow", { langevin: 1, dynamics: "flow" }, RangeError, "langevin", '0 with dynamics "flow"', "got 1"],
  ["pathNorm negative", { ...drawn({}), pathNorm: -1 }, RangeError, "pathNorm", "at least 0", "got -1"],
  ["pathNorm on the population", { pathNorm: 1 }, RangeError, "pathNorm", "population", "got 1"],
  ["pathNorm with flow", { ...drawn({}), pathNorm: 1, dynamics: "flow" }, RangeError, "pathNorm", '"flow"', "got 1"],
  ["pathNorm, riemannian", { ...drawn({}), pathNorm: 1, gradient: "riemannian" }, RangeError, "pathNorm", "euclidean"],
];

describe("trainNetwork and approximationGap refuse", () => {
  test.each([...DATA, ...OPTIONS])("%s", async (_, options, kind, ...words) => {
    const common = { time: 1, step: 0.1, ...options };
    await refuses(trainNetwork(engine, He4, { width: 4, ...common }), kind, words);
    await refuses(approximationGap(engine, He4, { widths: [4], seeds: 1, ...common }), kind, words);
    expect(engine.arena.bytesInUse).toBe(0);
  });

  test.each<[string, Anything, string[]]>([
    ["inputs other than +1 and -1", given({}), ["data.inputs[1]", "+1 or -1", "XOR_2", "got 2"]],
    ["zeros", given({ inputs: new Int8Array(2) }), ["data.inputs[0]", "+1 or -1", "got 0"]],
    [
      "test inputs",
      { data: { inputs: Int8Array.of(1, 1), testInputs: Int8Array.of(1, 3) } },
      ["data.testInputs[1]", "got 3"],
    ],
    ["the population", { data: "population" }, ["data must be", "{ samples }", "Boolean inputs", 'got "population"']],
    ["no data", {}, ["data must be", "{ samples }", "Boolean inputs"]],
  ])("with Boolean inputs: %s", async (_, options, words) => {
    await refuses(trainNetwork(engine, XOR, { width: 4, time: 1, step: 0.1, ...options }), RangeError, words);
  });

  test("the population of a bump whose series does not end", async () => {
    const narrow = singleIndex({ d: 2, activation: gaussianBump({ rate: 20, square: 1 }), link: hermite({ 2: 1 }) });
    await refuses(trainNetwork(engine, narrow, { width: 4, time: 1 }), RangeError, ["data", "{ samples }", "Hermite"]);
    expect((await trainNetwork(engine, narrow, { width: 4, time: 1, data: { samples: 20 } })).status).toBe("completed");
  });
});

describe("a problem of too few coordinates", () => {
  test.each(["He4_orth", "Man_2", "XOR_5", "Hop_4", "stair_3", "He4_random_16_16"] as const)("%s", (name) => {
    expect(() => problems[name]({ d: 1 })).toThrow(RangeError);
    const needs = { He4_orth: 2, Man_2: 2, XOR_5: 5, Hop_4: 8, stair_3: 3, He4_random_16_16: 16 }[name];
    if (needs > 2) expect(() => problems[name]({ d: needs - 1 })).toThrow(`d must be at least ${needs}`);
    expect(problems[name]({ d: needs }).d).toBe(needs);
  });
});

describe("memory", () => {
  test("is refused before anything is taken, with the need and the limit", async () => {
    using small = await createEngine({ memoryLimitBytes: 8 * 1024 * 1024 });
    const big = problems.He4({ d: 64 });
    // 64 * 10^5 numbers of 8 or 4 bytes and 10^5 labels, and half as much for the test set.
    const float64 = { width: 8, time: 1, data: { samples: 100_000 } };
    const need = async (options: Anything) => {
      const error = await trainNetwork(small, big, options).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RangeError);
      const [, digits] = /memoryLimitBytes must be at least (\d+)/.exec((error as Error).message) ?? [];
      expect(digits, (error as Error).message).toBeDefined();
      return Number(digits);
    };
    const bytes = 1.5 * 100_000 * (64 * 8 + 8);
    expect((await need(float64)) / bytes).toBeCloseTo(1, 1);
    expect(await need(float64)).toBeGreaterThan(bytes);
    expect((await need({ ...float64, precision: "float32" })) / (1.5 * 100_000 * (64 * 4 + 8))).toBeCloseTo(1, 1);
    expect(await need({ ...float64, data: { samples: 100_000, order: "shuffled" } })).toBe(
      (await need(float64)) + 400_000,
    );
    expect(small.arena.bytesInUse).toBe(0);
    // Signs take a byte, so that this fits.
    const signs = { width: 8, time: 0, data: { samples: 70_000, test: 0 } };
    expect((await trainNetwork(small, problems.XOR_2({ d: 64 }), signs)).status).toBe("completed");
    expect(small.arena.bytesInUse).toBe(0);
  });

  test("what is named is enough", async () => {
    const options = { width: 50, time: 0.1, step: 0.1, data: { samples: 30_001, order: "shuffled" } } as const;
    const problem = problems.He4_orth({ d: 16 });
    using little = await createEngine({ memoryLimitBytes: 2 * 1024 * 1024 });
    const error = await trainNetwork(little, problem, options).catch((thrown: unknown) => thrown as Error);
    const [, digits] = /memoryLimitBytes must be at least (\d+)/.exec((error as Error).message) ?? [];
    using enough = await createEngine({ memoryLimitBytes: Number(digits) });
    expect((await trainNetwork(enough, problem, options)).status).toBe("completed");
    using short = await createEngine({ memoryLimitBytes: Number(digits) - 65536 });
    await expect(trainNetwork(short, problem, options)).rejects.toThrow("memoryLimitBytes");
  });
});
