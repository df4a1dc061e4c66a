// Bad arguments of everything about Hessians: a TypeError for the wrong kind, a RangeError for the wrong value, and a
// sentence that names the argument, says what came and what is allowed; memory that is refused; aborts.

import {
  createEngine,
  type Engine,
  gaussianBump,
  interactionHessianNorm,
  interactionHessianProduct,
  localHessianNorms,
  localHessianProduct,
  problems,
  singleIndex,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

/** What comes from JavaScript need not have the types. */
// biome-ignore lint/suspicious/noExplicitAny: these tests break the types on purpose
type Anything = any;

const He4 = problems.He4({ d: 3 });
const W = Float64Array.of(1, 0, 0, 0, 1, 0);
const V = Float64Array.of(0, 1, 0, 1, 0, 0);

function changed(array: Float64Array, at: number, value: number): Float64Array {
  const copy = array.slice();
  copy[at] = value;
  return copy;
}

const FUNCTIONS = {
  localHessianProduct: (problem: Anything, w: Anything, options: Anything) =>
    localHessianProduct(engine, problem, w, V, options),
  interactionHessianProduct: (problem: Anything, w: Anything, options: Anything) =>
    interactionHessianProduct(engine, problem, w, V, options),
  localHessianNorms: (problem: Anything, w: Anything, options: Anything) =>
    localHessianNorms(engine, problem, w, options),
  interactionHessianNorm: (problem: Anything, w: Anything, options: Anything) =>
    interactionHessianNorm(engine, problem, w, options),
};

async function refuses(call: () => Promise<unknown>, kind: typeof TypeError | typeof RangeError, words: string[]) {
  const error = await call().then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown as Error,
  );
  for (const word of words) expect(error.message).toContain(word);
  expect(error.constructor.name, error.message).toBe(kind.name);
}

type Row = [title: string, options: Anything, kind: typeof TypeError | typeof RangeError, ...words: string[]];

const OPTIONS: Row[] = [
  ["a misspelt option", { sign: 1 }, TypeError, 'no option "sign"', "signs, data, seed"],
  ["no object", null, TypeError, "an object", "got null"],
  ["signs of another kind", { signs: [1, -1] }, TypeError, "signs", "Int8Array"],
  ["too few signs", { signs: Int8Array.of(1) }, RangeError, "signs", "length 2", "Int8Array(1)"],
  ["a sign of 0", { signs: Int8Array.of(1, 0) }, RangeError, "signs[1]", "+1 or -1", "got 0"],
  ["a seed below 0", { seed: -1 }, RangeError, "seed", "got -1"],
  ["data of another kind", { data: 100 }, TypeError, "data", "{ samples }", "got 100"],
  ["no samples", { data: { samples: 0 } }, RangeError, "data.samples", "from 1", "got 0"],
  ["inputs of another length", { data: { inputs: new Float64Array(4) } }, RangeError, "data.inputs", "multiple of 3"],
  ["onProgress", { onProgress: 1 }, TypeError, "onProgress", "a function", "got 1"],
  ["signal", { signal: true }, TypeError, "signal", "AbortSignal", "got true"],
];

describe.each(Object.entries(FUNCTIONS))("%s refuses", (name, call) => {
  test.each(OPTIONS)("%s", (_, options, kind, ...words) => refuses(() => call(He4, W, options), kind, words));

  test("W of another kind, a length that is no multiple of d, and a row of zeros", async () => {
    await refuses(() => call(He4, [1, 0, 0], {}), TypeError, ["W must be a Float64Array", "an array of 3"]);
    await refuses(() => call(He4, W.slice(1), {}), RangeError, ["W", "multiple of 3", "Float64Array(5)"]);
    await refuses(() => call(He4, new Float64Array(6), {}), RangeError, ["row 0 of W", "different from zero"]);
    await refuses(() => call(He4, changed(W, 2, Number.NaN), {}), RangeError, ["W[2]", "finite"]);
  });

  test("something that is no problem or no engine", async () => {
    await refuses(() => call({}, W, {}), TypeError, ["problem must be made by"]);
    const functions: Anything = {
      localHessianProduct,
      interactionHessianProduct,
      localHessianNorms,
      interactionHessianNorm,
    };
    await refuses(() => functions[name]({}, He4, W, V), TypeError, ["engine must be"]);
  });

  test("problems without a closed form on the population, and says what serves instead", async () => {
    const boolean = problems.XOR_2({ d: 3 });
    await refuses(() => call(boolean, W, {}), RangeError, [
      "data must be { samples }",
      "Boolean inputs",
      "no closed form",
    ]);
    const narrow = singleIndex({ d: 3, activation: gaussianBump({ rate: 50, square: 1 }) });
    await refuses(() => call(narrow, W, {}), RangeError, ["data must be { samples }", "too many Hermite coefficients"]);
    for (const problem of [boolean, narrow]) await call(problem, W, { data: { samples: 20 } });
  });

  test("an engine that is too small, before anything is taken", async () => {
    const small = await createEngine({ memoryLimitBytes: 2 ** 20 });
    const wide = unitRows(3000, 40, 1);
    const functions: Anything = {
      localHessianProduct,
      interactionHessianProduct,
      localHessianNorms,
      interactionHessianNorm,
    };
    const more = name.endsWith("Product") ? [wide] : [];
    const words = [
      "memoryLimitBytes must be at least",
      "Hessians of a network of width 3000 in dimension 40",
      "1048576",
    ];
    await refuses(() => functions[name](small, problems.He4({ d: 40 }), wide, ...more), RangeError, words);
    // What is small enough still goes.
    await functions[name](small, He4, W, ...(more.length > 0 ? [V] : []));
    small.dispose();
  });
});

const PRODUCTS = { localHessianProduct, interactionHessianProduct };

describe("V", () => {
  test.each(Object.entries(PRODUCTS))("of another kind, length or not finite: %s", async (_, product) => {
    const call = (v: Anything) => () => product(engine, He4, W, v);
    await refuses(call([0, 1, 0, 1, 0, 0]), TypeError, ["V must be a Float64Array", "an array of 6"]);
    await refuses(call(V.slice(0, 3)), RangeError, [
      "V must be of length 6",
      "m x d",
      "m = 2",
      "d = 3",
      "Float64Array(3)",
    ]);
    await refuses(call(changed(V, 4, Number.POSITIVE_INFINITY)), RangeError, ["V[4]", "finite", "got Infinity"]);
    await refuses(call(V.map((x) => x * 1e308)), RangeError, ["V", "finite"]);
  });
});

describe("tolerance and maxIterations", () => {
  test.each<Row>([
    ["tolerance 0", { tolerance: 0 }, RangeError, "tolerance", "at least 1e-14", "got 0"],
    ["tolerance above 1", { tolerance: 2 }, RangeError, "tolerance", "at most 1", "got 2"],
    ["tolerance as text", { tolerance: "1e-8" }, TypeError, "tolerance", 'got "1e-8"'],
    ["no iteration", { maxIterations: 0 }, RangeError, "maxIterations", "at least 1", "got 0"],
    ["half an iteration", { maxIterations: 1.5 }, RangeError, "maxIterations", "integer", "got 1.5"],
  ])("%s", async (_, options, kind, ...words) => {
    await refuses(() => localHessianNorms(engine, He4, W, options), kind, words);
    await refuses(() => interactionHessianNorm(engine, He4, W, options), kind, words);
  });

  test("are no options of a product", () =>
    refuses(() => FUNCTIONS.localHessianProduct(He4, W, { tolerance: 1e-8 }), TypeError, ['no option "tolerance"']));
});

describe("an abort of a product", () => {
  test.each(Object.entries(PRODUCTS))("rejects with the reason of the signal: %s", async (_, product) => {
    const reason = new Error("enough");
    await expect(product(engine, He4, W, V, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const wide = unitRows(4000, 40, 1);
    const controller = new AbortController();
    const shares: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      shares.push(done / total);
      if (done > 0) controller.abort(reason);
    };
    const options = { onProgress, signal: controller.signal };
    await expect(product(engine, problems.He4({ d: 40 }), wide, wide, options)).rejects.toBe(reason);
    expect(shares.at(-1)).toBeLessThan(1);
    // Nothing is left behind.
    await product(engine, He4, W, V);
  });
});
