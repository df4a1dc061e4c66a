// Bad input: a TypeError for the wrong kind, a RangeError for the wrong value, and a sentence that names the argument,
// says what came and what is allowed.

import {
  activation,
  approximationGap,
  createEngine,
  describeProblem,
  type Engine,
  hermite,
  meanFieldLimit,
  problems,
  risk,
  singleIndex,
  trainNetwork,
  velocity,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hermiteProblem, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 4 });
const hole = [4, 8];
delete hole[0];

/** The error of a call, which must be of the class and say all of the words. */
async function refuses(call: () => unknown, kind: typeof TypeError | typeof RangeError, ...words: string[]) {
  let error: unknown;
  try {
    await call();
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof Error)) throw new Error("nothing was thrown");
  for (const word of words) expect(error.message).toContain(word);
  expect(error.constructor.name, error.message).toBe(kind.name);
  return error.message;
}

/** What comes from JavaScript need not have the types. */
// biome-ignore lint/suspicious/noExplicitAny: these tests break the types on purpose
type Anything = any;

const gap = (options: Anything) => approximationGap(engine, He4, { widths: [4], time: 1, step: 0.1, ...options });
const limit = (options: Anything) => meanFieldLimit(engine, He4, { time: 1, step: 0.1, ...options });
const train = (options: Anything) => trainNetwork(engine, He4, { width: 4, time: 1, step: 0.1, ...options });

type Row = [option: string, value: unknown, kind: typeof TypeError | typeof RangeError, ...words: string[]];

const WIDTHS: Row[] = [
  ["widths", undefined, TypeError, "widths must be a list of positive integers", "got undefined"],
  ["widths", 128, TypeError, "widths", "list", "got 128"],
  ["widths", "128", TypeError, "widths", '"128"'],
  ["widths", [], RangeError, "widths", "at least one", "an empty array"],
  ["widths", [0], RangeError, "widths[0]", "at least 1", "got 0"],
  ["widths", [8, -1], RangeError, "widths[1]", "at least 1", "got -1"],
  ["widths", [2.5], RangeError, "widths[0]", "integer", "got 2.5"],
  ["widths", ["128"], TypeError, "widths[0]", "integer", 'got "128"'],
  ["widths", [Number.NaN], RangeError, "widths[0]", "got NaN"],
  ["widths", [8, 16, 8], RangeError, "widths[2]", "different", "got 8"],
  ["widths", hole, TypeError, "widths[0]", "integer", "got undefined"],
  ["widths", [null], TypeError, "widths[0]", "got null"],
  ["widths", [4n], TypeError, "widths[0]", "got 4n"],
  ["seeds", 0, RangeError, "seeds", "from 1", "got 0"],
  ["seeds", 1.5, RangeError, "seeds", "integer", "got 1.5"],
  ["seeds", "8", TypeError, "seeds", 'got "8"'],
];

const SEEDS: Row[] = [
  ["seed", -1, RangeError, "seed", "from 0 to 4294967295", "got -1"],
  ["seed", 4294967296, RangeError, "seed", "from 0 to 4294967295", "got 4294967296"],
  ["seed", 1.5, RangeError, "seed", "integer", "got 1.5"],
  ["seed", "1", TypeError, "seed", "integer", 'got "1"'],
  ["seed", Number.NaN, RangeError, "seed", "got NaN"],
];

const RUNS: Row[] = [
  ["time", undefined, TypeError, "time", "finite number of at least 0", "got undefined"],
  ["time", -1, RangeError, "time", "at least 0", "got -1"],
  ["time", Number.NaN, RangeError, "time", "finite", "got NaN"],
  ["time", Number.POSITIVE_INFINITY, RangeError, "time", "finite", "got Infinity"],
  ["time", "8", TypeError, "time", "finite number", 'got "8"'],
  ["time", 0.25, RangeError, "time", "whole number of steps of 0.1", "got 0.25"],
  ["step", 0, RangeError, "step", "above 0", "got 0"],
  ["step", -1, RangeError, "step", "above 0", "got -1"],
  ["step", Number.NaN, RangeError, "step", "finite", "got NaN"],
  ["step", 2, RangeError, "step", "at most the time of the run, 1", "got 2"],
  ["step", "0.1", TypeError, "step", 'got "0.1"'],
  ["step", 1e-300, RangeError, "time", "steps of 1e-300"],
  ["dynamics", "sgd", RangeError, "dynamics", '"pgd" or "flow"', 'got "sgd"'],
  ["dynamics", 1, TypeError, "dynamics", '"pgd" or "flow"', "got 1"],
  ["gradient", "natural", RangeError, "gradient", '"riemannian" or "euclidean"', 'got "natural"'],
  ["gradient", ["euclidean"], TypeError, "gradient", "an array of 1"],
  ["record", [0, 0.5, 0.3], RangeError, "record[2]", "above record[1] = 0.5", "got 0.3"],
  ["record", [0, 0.5, 0.5], RangeError, "record[2]", "above", "got 0.5"],
  ["record", [0.5, 1.1], RangeError, "record[1]", "at most 1", "got 1.1"],
  ["record", [-0.1], RangeError, "record[0]", "at least 0", "got -0.1"],
  ["record", [0.5, Number.NaN], RangeError, "record[1]", "finite", "got NaN"],
  ["record", [0.28, 0.31], RangeError, "record", "two times on one step of 0.1", "0.28 and 0.31"],
  ["record", 1, RangeError, "record", "from 2", "got 1"],
  ["record", 0, RangeError, "record", "from 2", "got 0"],
  ["record", 2.5, RangeError, "record", "integer", "got 2.5"],
  ["record", 12, RangeError, "record", "two times on one step"],
  ["record", [], RangeError, "record", "at least one time", "an empty array"],
  ["record", "all", TypeError, "record", "list of ascending times", 'got "all"'],
  ["record", Number.NaN, RangeError, "record", "got NaN"],
  ["record", hole, TypeError, "record[0]", "got undefined"],
  ["record", ["0"], TypeError, "record[0]", 'got "0"'],
  ["record", new Float32Array([0, 1]), TypeError, "record", "Float32Array(2)"],
  ["record", null, TypeError, "record", "got null"],
  ["onProgress", "log", TypeError, "onProgress", "a function", 'got "log"'],
  ["onProgress", null, TypeError, "onProgress", "a function", "got null"],
  ["signal", true, TypeError, "signal", "AbortSignal", "got true"],
  ["signal", new AbortController(), TypeError, "signal", "AbortSignal", "AbortController"],
  ["stepSize", 0.1, TypeError, 'no option "stepSize"', "step"],
];

const TOLERANCES: Row[] = [
  ["tolerance", 0, RangeError, "tolerance", "at least 1e-13", "got 0"],
  ["tolerance", -1, RangeError, "tolerance", "got -1"],
  ["tolerance", Number.NaN, RangeError, "tolerance", "got NaN"],
  ["tolerance", 2, RangeError, "tolerance", "at most 1", "got 2"],
  ["tolerance", "1e-8", TypeError, "tolerance", 'got "1e-8"'],
];

const DATA: Row[] = [
  ["data", "gaussian", RangeError, "data", '"population"', 'got "gaussian"'],
  ["data", 100, TypeError, "data", "{ samples }", "got 100"],
  ["data", { sample: 100 }, TypeError, 'no option "sample"'],
  ["data", { samples: 0 }, RangeError, "data.samples", "from 1", "got 0"],
  ["data", { samples: 100, batch: 101 }, RangeError, "data.batch", "to 100", "got 101"],
  ["data", { samples: 100, given: true }, RangeError, "data.given", "inputs", "got true"],
  ["precision", "float32", RangeError, "precision", '"float64"', 'got "float32"'],
];

const INITIAL: Row[] = [
  ["initial", new Float64Array(7).fill(1), RangeError, "initial", "multiple of 4", "Float64Array(7)"],
  ["initial", new Float64Array(0), RangeError, "initial", "m >= 1", "Float64Array(0)"],
  ["initial", Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0), RangeError, "row 1 of initial", "different from zero"],
  ["initial", Float64Array.of(1, 0, Number.NaN, 0), RangeError, "initial[2]", "finite", "got NaN"],
  ["initial", Float64Array.of(1, 0, 0, Number.NEGATIVE_INFINITY), RangeError, "initial[3]", "got -Infinity"],
  ["initial", new Float32Array(8).fill(1), TypeError, "initial", "Float64Array", "Float32Array(8)"],
  ["initial", [1, 0, 0, 0], TypeError, "initial", "Float64Array", "an array of 4"],
  ["initial", null, TypeError, "initial", "Float64Array", "got null"],
];

function title(...[option, value]: Row): string {
  const shown = ArrayBuffer.isView(value) ? `${value.constructor.name}(${String(value)})` : JSON.stringify(value);
  return `${option}: ${typeof value === "bigint" || typeof value === "number" ? String(value) : shown}`;
}

/** Rows with their titles. */
function table(rows: Row[]): [string, Row][] {
  return rows.map((row) => [
    title(...(row.map((cell) => (Array.isArray(cell) ? cell.map(String) : cell)) as Row)),
    row,
  ]);
}

describe("approximationGap refuses", () => {
  test.each(table([...WIDTHS, ...SEEDS, ...RUNS, ...TOLERANCES, ...DATA]))(
    "%s",
    async (_, [option, value, kind, ...words]) => {
      await refuses(() => gap({ [option]: value }), kind, ...words);
    },
  );
  test.each(table(INITIAL))("%s", async (_, [option, value, kind, ...words]) => {
    await refuses(() => gap({ widths: undefined, [option]: value }), kind, ...words);
  });
  test.each(["widths", "seeds", "seed"])("%s beside initial", async (name) => {
    const value = name === "widths" ? [1] : 1;
    const initial = unitRows(1, 4, 1);
    await refuses(() => gap({ widths: undefined, initial, [name]: value }), RangeError, name, "beside initial");
  });
});

describe("meanFieldLimit refuses", () => {
  test.each(table([...RUNS, ...TOLERANCES]))("%s", async (_, [option, value, kind, ...words]) => {
    await refuses(() => limit({ [option]: value }), kind, ...words);
  });
  test("what only networks have", async () => {
    await refuses(() => limit({ widths: [4] }), TypeError, 'no option "widths"');
    await refuses(() => limit({ seed: 1 }), TypeError, 'no option "seed"');
  });
  test("a step that would carry particles across the axis", async () => {
    await refuses(() => limit({ time: 10, step: 5 }), RangeError, "step must be so small", "got 5");
  });
});

describe("trainNetwork refuses", () => {
  test.each(table([...SEEDS, ...RUNS, ...DATA]))("%s", async (_, [option, value, kind, ...words]) => {
    await refuses(() => train({ [option]: value }), kind, ...words);
  });
  test.each(table(INITIAL))("%s", async (_, [option, value, kind, ...words]) => {
    await refuses(() => train({ width: undefined, [option]: value }), kind, ...words);
  });
  const OWN: Row[] = [
    ["width", undefined, TypeError, "width", "integer of at least 1", "got undefined"],
    ["width", 0, RangeError, "width", "got 0"],
    ["width", 1.5, RangeError, "width", "got 1.5"],
    ["width", "4", TypeError, "width", 'got "4"'],
    ["keep", "first", RangeError, "keep", '"last" or "all"', 'got "first"'],
    ["signs", [1, 1, 1, 1], TypeError, "signs", "Int8Array"],
    ["signs", new Int8Array(3).fill(1), RangeError, "signs", "length 4", "Int8Array(3)"],
    ["signs", Int8Array.of(1, 1, 0, 1), RangeError, "signs[2]", "+1 or -1", "got 0"],
  ];
  test.each(table(OWN))("%s", async (_, [option, value, kind, ...words]) => {
    await refuses(() => train({ [option]: value }), kind, ...words);
  });
  test("a width that is not the number of rows of initial", async () => {
    await refuses(() => train({ width: 3, initial: unitRows(2, 4, 1) }), RangeError, "width", "2", "got 3");
  });
  test("a record that was not kept", async () => {
    const run = await train({});
    await refuses(() => run.particles(0), RangeError, "k must be a record that was kept (10)", "got 0");
    await refuses(() => run.particles(11), RangeError, "got 11");
  });
});

test("the Euclidean gradient has no flow", async () => {
  for (const run of [gap, limit, train])
    await refuses(() => run({ dynamics: "flow", gradient: "euclidean" }), RangeError, "gradient", '"riemannian"');
});

test("options must be there and be an object", async () => {
  for (const options of [undefined, null, 4, "He4", [4]]) {
    await refuses(() => approximationGap(engine, He4, options as Anything), TypeError, "approximationGap", "an object");
    await refuses(() => meanFieldLimit(engine, He4, options as Anything), TypeError, "meanFieldLimit", "an object");
    await refuses(() => trainNetwork(engine, He4, options as Anything), TypeError, "trainNetwork", "an object");
  }
});

describe("velocity and risk refuse", () => {
  test.each(table(INITIAL))("W as %s", async (_, [, value, kind, ...words]) => {
    const renamed = words.map((word) => word.replace("initial", "W"));
    await refuses(() => velocity(engine, He4, value as Float64Array), kind, ...renamed);
    await refuses(() => risk(engine, He4, value as Float64Array), kind, ...renamed);
  });
});

describe("problems refuse", () => {
  const DIMENSIONS: Row[] = [
    ["d", 1, RangeError, "d must be an integer from 2", "got 1"],
    ["d", 0, RangeError, "d must", "got 0"],
    ["d", 2.5, RangeError, "d must", "got 2.5"],
    ["d", "32", TypeError, "d must", 'got "32"'],
    ["d", Number.NaN, RangeError, "d must", "got NaN"],
    ["d", 1e10, RangeError, "d must", "to 1000000000", "got 10000000000"],
    ["d", undefined, TypeError, "d must", "got undefined"],
  ];
  test.each(table(DIMENSIONS))("%s", async (_, [, value, kind, ...words]) => {
    const d = value as number;
    await refuses(() => problems.Ge4({ d }), kind, ...words);
    await refuses(() => singleIndex({ d, activation: hermite({ 1: 1 }) }), kind, ...words);
  });

  const COEFFICIENTS: [string, unknown, typeof TypeError | typeof RangeError, ...string[]][] = [
    ["NaN", { 4: Number.NaN }, RangeError, "coefficients[4]", "finite", "got NaN"],
    ["Infinity", [0, Number.POSITIVE_INFINITY], RangeError, "coefficients[1]", "got Infinity"],
    ["a string", { 2: "1" }, TypeError, "coefficients[2]", 'got "1"'],
    ["degree 129", { 129: 1 }, RangeError, "degree", "from 0 to 128", '"129"'],
    ["degree 1e9", { 1000000000: 1 }, RangeError, "degree", "from 0 to 128"],
    ["130 coefficients", new Array(130).fill(1), RangeError, "coefficients", "1 to 129", "an array of 130"],
    ["a negative degree", { "-1": 1 }, RangeError, "degree", '"-1"'],
    ["a degree that is no number", { four: 1 }, RangeError, "degree", '"four"'],
    ["no coefficients", {}, RangeError, "coefficients", "at least one"],
    ["an empty list", [], RangeError, "coefficients", "an empty array"],
    ["a list with a hole", hole, TypeError, "coefficients[0]", "got undefined"],
    ["a number", 4, TypeError, "coefficients", "got 4"],
    ["null", null, TypeError, "coefficients", "got null"],
    ["coefficients whose squares overflow", { 1: 1e200 }, RangeError, "coefficients[1]", "at most 1e+100"],
  ];
  test.each(COEFFICIENTS)("%s as coefficients", async (_, coefficients, kind, ...words) => {
    await refuses(() => hermite(coefficients as Anything), kind, ...words);
  });

  test("what is no activation", async () => {
    for (const given of [undefined, null, 4, {}, [0, 1], { kind: "hermite" }, { kind: "tanh" }, "h4"]) {
      await refuses(() => singleIndex({ d: 4, activation: given as Anything }), TypeError, "activation", "hermite()");
      if (given === undefined) continue;
      const options = { d: 4, activation: hermite([1]), link: given as Anything };
      await refuses(() => singleIndex(options), TypeError, "link", "hermite()");
    }
    await refuses(
      () => singleIndex({ d: 4, activation: hermite([1]), teacher: 1 } as Anything),
      TypeError,
      '"teacher"',
    );
  });

  test("names that are not in the zoo, when asked to describe them", async () => {
    await refuses(() => describeProblem("He7" as Anything), RangeError, "name", '"He7"', "He4");
  });
});

describe("activation(f) refuses", () => {
  test("what is no function, or has no finite values", async () => {
    await refuses(() => activation("tanh" as Anything), TypeError, "f must be a function", '"tanh"');
    await refuses(() => activation(() => Number.NaN), RangeError, "f(", "finite", "got NaN");
    await refuses(() => activation((z) => 1 / (z - z)), RangeError, "f(", "finite");
    await refuses(() => activation(() => "1" as Anything), TypeError, "f(", 'got "1"');
    await refuses(() => activation((z) => 1e160 * z), RangeError, "f", "finite", "got Infinity");
  });
  test("kinks and slow tails, and says how much is left", async () => {
    await refuses(() => activation((z) => Math.max(0, z)), RangeError, "f must be smooth enough", "degree 128");
    const steep = (z: number) => Math.tanh(4 * z);
    await refuses(() => activation(steep), RangeError, "f must be smooth enough", "tail 1e-13");
    expect(activation(steep, { tolerance: 0.01 }).coefficients.length).toBeGreaterThan(5);
  });
  test("tolerances out of range and unknown options", async () => {
    for (const tolerance of [0, 1e-16, 2, Number.NaN])
      await refuses(() => activation((z) => z, { tolerance }), RangeError, "tolerance", `got ${tolerance}`);
    await refuses(() => activation((z) => z, { degree: 4 } as Anything), TypeError, '"degree"');
  });
});

describe("engines", () => {
  const calls = (given: Anything): [string, () => unknown][] => [
    ["approximationGap", () => approximationGap(given, He4, { widths: [4], time: 1 })],
    ["meanFieldLimit", () => meanFieldLimit(given, He4, { time: 1 })],
    ["trainNetwork", () => trainNetwork(given, He4, { width: 4, time: 1 })],
    ["velocity", () => velocity(given, He4, unitRows(1, 4, 1))],
    ["risk", () => risk(given, He4, unitRows(1, 4, 1))],
  ];

  test("that are none are refused", async () => {
    for (const fake of [undefined, null, {}, { kernels: {}, arena: {} }, createEngine(), He4])
      for (const [, call] of calls(fake))
        await refuses(call, TypeError, "engine must be what createEngine() resolved to");
  });

  test("that were disposed are refused, and may be disposed again", async () => {
    const own = await createEngine();
    own.dispose();
    own.dispose();
    for (const [, call] of calls(own)) await refuses(call, TypeError, "engine", "not disposed");
  });

  test("are not made from bad options", async () => {
    const make = (options: Anything) => () => createEngine(options);
    await refuses(make({ backend: "gpu" }), RangeError, "backend", '"auto" or "simd" or "scalar"', '"gpu"');
    await refuses(make({ backend: 1 }), TypeError, "backend", "got 1");
    await refuses(make({ memoryLimitBytes: 100 }), RangeError, "memoryLimitBytes", "at least", "got 100");
    await refuses(make({ memoryLimitBytes: 2 ** 33 }), RangeError, "memoryLimitBytes", "at most 4294967296");
    await refuses(make({ memoryLimitBytes: "1 GB" }), TypeError, "memoryLimitBytes");
    await refuses(make({ memoryLimitBytes: Number.NaN }), RangeError, "memoryLimitBytes", "got NaN");
    await refuses(make({ module: new Uint8Array(8) }), TypeError, "module", "WebAssembly.Module", "Uint8Array(8)");
    await refuses(make({ threads: 4 }), TypeError, '"threads"');
    await refuses(make("simd"), TypeError, "createEngine", "an object");
  });
});

describe("memory", () => {
  /** The number of bytes that a refusal asks for. */
  async function need(call: () => Promise<unknown>): Promise<number> {
    const message = await refuses(call, RangeError, "memoryLimitBytes must be at least");
    return Number(/must be at least (\d+) for/.exec(message)?.[1]);
  }
  const big = problems.He4({ d: 128 });
  const small = 2 ** 21;

  test("a network that does not fit is refused with the bytes it needs, and those suffice", async () => {
    const run = async (memoryLimitBytes: number) => {
      const own = await createEngine({ memoryLimitBytes });
      try {
        return await trainNetwork(own, big, { width: 2000, time: 0 });
      } finally {
        own.dispose();
      }
    };
    const bytes = await need(() => run(small));
    expect(bytes).toBeGreaterThan(2000 * 128 * 8 * 2);
    expect((await run(bytes)).status).toBe("completed");
    await need(() => run(bytes - 1));
  });

  test("a gap run that does not fit is refused with the bytes it needs, and those suffice", async () => {
    const run = async (memoryLimitBytes: number) => {
      const own = await createEngine({ memoryLimitBytes });
      try {
        return await approximationGap(own, big, { widths: [2000], seeds: 1, time: 0, dynamics: "flow" });
      } finally {
        own.dispose();
      }
    };
    const bytes = await need(() => run(small));
    expect((await run(bytes)).status).toBe("completed");
  });

  test("a gap run with one width too many is refused before it works for the others", async () => {
    const own = await createEngine({ memoryLimitBytes: small });
    let reports = 0;
    const onProgress = () => {
      reports++;
    };
    // Some tenths of a second of work for the limit and the first width: it would be reported.
    const options = { widths: [200, 2000], time: 4, tolerance: 1e-10, seeds: 1, onProgress };
    await need(() => approximationGap(own, big, options));
    expect(reports).toBeLessThanOrEqual(1);
    own.dispose();
  });

  test("a refusal leaves nothing behind: the same engine refuses with the same number, and runs what fits", async () => {
    const own = await createEngine({ memoryLimitBytes: small });
    const tooWide = () => approximationGap(own, big, { widths: [560], seeds: 1, time: 0 });
    const first = await need(tooWide);
    for (let i = 0; i < 3; i++) expect(await need(tooWide)).toBe(first);
    expect((await trainNetwork(own, big, { width: 560, time: 0 })).status).toBe("completed");
    own.dispose();
  });

  test("the largest width a number can name is refused, not tried", async () => {
    await need(() => train({ width: Number.MAX_SAFE_INTEGER }));
    await need(() => gap({ widths: [1e9] }));
  });

  test("many runs in a row need no more memory than one", async () => {
    const own = await createEngine({ memoryLimitBytes: small });
    for (let i = 0; i < 40; i++) await trainNetwork(own, big, { width: 500, time: 0 });
    own.dispose();
  });
});

describe("problems made by hand", () => {
  const plain = () => JSON.parse(JSON.stringify(He4));

  test("that are none are refused", async () => {
    for (const fake of [undefined, null, "He4", {}, { d: 4 }, problems.He4, { kind: "two-index" }, [He4]])
      await refuses(() => risk(engine, fake as Anything, unitRows(1, 4, 1)), TypeError, "problem must be made by");
  });

  test("with bad numbers are refused by their names", async () => {
    const bad: [object, typeof TypeError | typeof RangeError, string][] = [
      [{ d: 1 }, RangeError, "d must"],
      [{ d: "4" }, TypeError, "d must"],
      [{ activation: { kind: "hermite", coefficients: [Number.NaN] } }, RangeError, "coefficients[0]"],
      [{ activation: { kind: "hermite", coefficients: ["1"] } }, TypeError, "coefficients[0]"],
      [{ activation: { kind: "hermite", coefficients: [] } }, RangeError, "coefficients"],
      [{ activation: { kind: "hermite", coefficients: { 4: 1 } } }, TypeError, "problem.activation"],
      [{ link: undefined }, TypeError, "problem.link"],
      [{ link: { kind: "hermite", coefficients: new Array(130).fill(0) } }, RangeError, "coefficients"],
    ];
    for (const [change, kind, word] of bad)
      await refuses(
        () => limit({}).then(() => meanFieldLimit(engine, { ...plain(), ...change }, { time: 1 })),
        kind,
        word,
      );
  });

  test("cannot lie about their information exponent", async () => {
    const result = await meanFieldLimit(engine, { ...plain(), informationExponent: 1 }, { time: 1 });
    expect(result.problem.informationExponent).toBe(4);
  });
});

describe("hostile objects", () => {
  test("without a prototype do no harm", async () => {
    const bare = Object.create(null);
    await refuses(() => gap({ widths: bare }), TypeError, "widths", "an object of type Object");
    await refuses(() => risk(bare, He4, unitRows(1, 4, 1)), TypeError, "engine");
    await refuses(() => limit({ record: bare }), TypeError, "record");
    const options = Object.assign(Object.create(null), { time: 1, step: 0.1, widths: [4], seeds: 1 });
    expect((await approximationGap(engine, He4, options)).status).toBe("completed");
    expect(hermite(Object.assign(Object.create(null), { 4: 1 })).coefficients).toEqual([0, 0, 0, 0, 1]);
  });

  test("whose constructor has no name are shown all the same", async () => {
    await refuses(() => limit({ record: { constructor: null } }), TypeError, "record");
    await refuses(() => limit({ record: { constructor: { name: 7 } } }), TypeError, "record");
  });

  test("that change between two looks cannot slip a bad value in", async () => {
    for (const [name, good, bad] of [
      ["step", 0.1, -1],
      ["time", 1, Number.NaN],
      ["dynamics", "pgd", "sgd"],
      ["seed", 1, "1"],
      ["tolerance", 1e-8, Number.NaN],
    ] as const) {
      let looks = 0;
      const options = { widths: [4], seeds: 1, time: 1, step: 0.1 };
      Object.defineProperty(options, name, { enumerable: true, get: () => (looks++ === 0 ? good : bad) });
      const { settings } = await approximationGap(engine, He4, options);
      expect(settings[name]).toBe(good);
    }
  });

  test("whose getters throw pass their own error on", async () => {
    const options = {
      time: 1,
      get step(): number {
        throw new Error("own error");
      },
    };
    await expect(meanFieldLimit(engine, He4, options)).rejects.toThrow("own error");
  });

  test("options of the prototype chain count, names of Object.prototype are no options", async () => {
    await refuses(() => limit({ toString: 1 }), TypeError, 'no option "toString"');
    await refuses(() => hermite({ constructor: 1 } as Anything), RangeError, "degree");
  });
});

test("long strings are cut in messages", async () => {
  const message = await refuses(() => gap({ dynamics: "x".repeat(10_000) }), RangeError, "dynamics");
  expect(message.length).toBeLessThan(200);
});

test("a problem with an activation of degree 128 and coefficients at their limit stays free of NaN", async () => {
  const problem = hermiteProblem(3, { 128: 1e100, 1: 1e100 });
  const run = await trainNetwork(engine, problem, { width: 3, time: 1, step: 0.5 });
  expect(["completed", "diverged"]).toContain(run.status);
  expect([...(run.loss ?? [Number.NaN]), ...run.particles(run.time.length - 1)].every(Number.isFinite)).toBe(true);
});
