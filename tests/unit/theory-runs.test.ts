// What every computing function of the room owes to the machine, whatever it computes: memory is what was predicted and is
// given back, whichever reservation is refused and wherever it is aborted; it pauses when its slice is used up and not
// before; progress ascends to the whole.

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { RunOptions } from "../../src/core/run.ts";
import { MemoryRefusal } from "../../src/engine/arena.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { Trajectory } from "../../src/network/trajectory.ts";
import { hermite } from "../../src/problem/activation.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { gapLimitConstants } from "../../src/theory/constants/gap-limit-constants.ts";
import { gapBounds } from "../../src/theory/gap-equation/gap-bounds.ts";
import { linearisedGap } from "../../src/theory/gap-equation/linearised-gap.ts";
import type { GapEquationOptions } from "../../src/theory/gap-equation/options.ts";
import { stability } from "../../src/theory/gap-equation/stability.ts";
import { interactionHessianProduct, localHessianProduct } from "../../src/theory/hessian.ts";
import { lanczosPlan } from "../../src/theory/hessian-lanczos.ts";
import { interactionHessianNorm, localHessianNorms } from "../../src/theory/hessian-norms.ts";
import { selfConcordance } from "../../src/theory/self-concordance/self-concordance.ts";
import { unitRows } from "../support/arithmetic.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());
afterEach(() => vi.restoreAllMocks());
vi.setConfig({ testTimeout: 60_000 });

// Of low degree and for a short time, so that limits are cheap.
const activation = hermite([0, 0.6, 0.8]);
const single = singleIndex({ d: 5, activation });
const wide = singleIndex({ d: 200, activation: hermite([0, 0, 1]) });
const several = multiIndex({
  d: 5,
  activation,
  teachers: [
    [1, 0],
    [0.6, 0.8],
  ],
});
const m = 9;
const W = unitRows(m, 5, 1);
const V = unitRows(m, 5, 2);
const data = { samples: 24 };
const width = m;
const times = { dynamics: "flow", time: 0.1, step: 0.05, record: [0, 0.05, 0.1] } as const;

interface Result {
  status?: string;
  time?: Float64Array;
}

/** `exact`: what was asked for first is what is in use at the most; a limit is asked for its first level only. */
const CASES: [string, (options: RunOptions) => Promise<Result | Float64Array>, { exact?: boolean }][] = [
  ["localHessianProduct", (run) => localHessianProduct(engine, single, W, V, run), { exact: true }],
  [
    "localHessianProduct on data",
    (run) => localHessianProduct(engine, single, W, V, { ...run, data }),
    { exact: true },
  ],
  ["interactionHessianProduct", (run) => interactionHessianProduct(engine, several, W, V, run), { exact: true }],
  ["localHessianNorms", (run) => localHessianNorms(engine, single, W, run), { exact: true }],
  ["localHessianNorms on data", (run) => localHessianNorms(engine, single, W, { ...run, data }), {}],
  ["interactionHessianNorm", (run) => interactionHessianNorm(engine, single, W, run), { exact: true }],
  [
    "selfConcordance of a network",
    (run) => selfConcordance(engine, several, { ...times, width, ...run }),
    { exact: true },
  ],
  [
    "selfConcordance of a network on data",
    (run) => selfConcordance(engine, single, { ...times, width, data, dynamics: "pgd", ...run }),
    { exact: true },
  ],
  ["selfConcordance of the limit", (run) => selfConcordance(engine, single, { ...times, tolerance: 1, ...run }), {}],
  ["linearisedGap", (run) => linearisedGap(engine, single, { ...times, width, tolerance: 1, ...run }), {}],
  [
    "gapBounds with several indices",
    (run) => gapBounds(engine, several, { ...times, width, tolerance: 1, dynamics: "pgd", ...run }),
    {},
  ],
  ["stability", (run) => stability(engine, single, { ...times, width, tolerance: 1, ...run }), {}],
  [
    "stability with several indices",
    (run) => stability(engine, several, { ...times, width, tolerance: 1, dynamics: "pgd", ...run }),
    {},
  ],
  [
    "gapLimitConstants",
    (run) => gapLimitConstants(engine, single, { time: 0.05, record: 2, tolerance: 1, ...run }),
    {},
  ],
];

/** Notes what is asked for and what is in use at the most; the n-th reservation is refused. */
function watchArena(refused = Number.POSITIVE_INFINITY) {
  const { arena } = engine;
  const seen = { required: [] as number[], reserved: [] as string[], purposes: [] as string[], peak: 0 };
  const [reserve, require] = [arena.reserve, arena.require];
  vi.spyOn(arena, "reserve").mockImplementation((purpose, lengths) => {
    seen.purposes.push(purpose);
    if (seen.reserved.push(purpose) === refused) throw new MemoryRefusal(`refused for ${purpose}`);
    const region = reserve.call(arena, purpose, lengths);
    seen.peak = Math.max(seen.peak, arena.bytesInUse);
    return region;
  });
  vi.spyOn(arena, "require").mockImplementation((purpose, bytes) => {
    seen.purposes.push(purpose);
    seen.required.push(bytes);
    require.call(arena, purpose, bytes);
  });
  return seen;
}

/** A clock by which every slice is used up as soon as it has begun. */
function hurry(): void {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += 1000;
    return now;
  });
}

describe.each(CASES)("%s", (name, compute, { exact }) => {
  test("says how much memory it needs and for what, gives it back, and does not pause while the clock stands still", async () => {
    const seen = watchArena();
    vi.spyOn(performance, "now").mockReturnValue(0);
    let reports = 0;
    await compute({ onProgress: () => reports++ });
    expect(engine.arena.bytesInUse).toBe(0);
    for (const purpose of seen.purposes) expect(purpose.length).toBeGreaterThan(5);
    if (exact) expect(seen.peak).toBe(seen.required[0]);
    else expect(seen.peak).toBeLessThanOrEqual(2.5 * seen.required[0]);
    // The last one.
    expect(reports).toBe(1);
  });

  test("gives memory back where it is refused something on the way", async () => {
    const { reserved } = watchArena();
    await compute({});
    vi.restoreAllMocks();
    // Refusals of the limit are tested where it is.
    const first = reserved.lastIndexOf("the law of the infinite-width limit") + 3;
    const own = new Set(reserved.slice(first).filter((purpose) => !purpose.includes("infinite-width limit")));
    expect(own.size).toBeGreaterThan(0);
    // The last two are the innermost.
    for (const purpose of [...own].slice(-2)) {
      watchArena(reserved.lastIndexOf(purpose) + 1);
      const ended = await compute({}).catch((refusal) => refusal);
      // Limit constants that cannot be refined are those of the coarser level.
      if (name === "gapLimitConstants") expect(ended).toMatchObject({ status: "completed", errorEstimate: null });
      else expect(ended).toEqual(new MemoryRefusal(`refused for ${purpose}`));
      vi.restoreAllMocks();
      expect(engine.arena.bytesInUse).toBe(0);
    }
  });

  test("progress ascends to the whole; an abort on the way leaves whole records and no memory in use", async () => {
    hurry();
    const shares = [0];
    await compute({ onProgress: ({ done, total }) => shares.push(done / total) });
    for (let k = 1; k < shares.length; k++) expect(shares[k]).toBeGreaterThanOrEqual(shares[k - 1]);
    expect(shares.at(-1)).toBe(1);
    // What is done in the end is little.
    expect(shares.indexOf(1)).toBeGreaterThan(0.6 * shares.length - 2);
    for (const n of [Math.ceil(shares.length / 2) - 1, shares.length - 2]) {
      const controller = new AbortController();
      let reports = 0;
      const onProgress = () => {
        if (++reports === n) controller.abort("enough");
      };
      const result = await compute({ signal: controller.signal, onProgress }).catch((reason) => reason);
      expect(engine.arena.bytesInUse).toBe(0);
      // A product has nothing to keep.
      if (result !== "enough") expect(result.status).toBe("aborted");
      // Those of the first level stay, while the next is not finished.
      if (name === "gapLimitConstants") expect(result.time.length).toBe(2);
      expect(reports).toBe(n);
    }
  });
});

test.each<[string, (options: GapEquationOptions) => Promise<unknown>]>([
  ["linearisedGap", (options) => linearisedGap(engine, wide, options)],
  ["gapBounds", (options) => gapBounds(engine, wide, options)],
  ["stability", (options) => stability(engine, wide, options)],
])("where the limit does not count, %s takes exactly what it asks for", async (_, compute) => {
  const seen = watchArena();
  await compute({ width: 700, time: 0, dynamics: "flow", tolerance: 1 });
  expect(seen.peak).toBe(seen.required[0]);
});

describe("Hessians of a given network", () => {
  test("take no more steps than there are dimensions, or are wanted", () => {
    const shape = { m: 9, d: 5, stride: 8, vector: 96 };
    const local = { count: 9, length: 8, steps: 4, tolerance: 1e-8, bothEnds: true };
    const interaction = { count: 1, length: 96, steps: 36, tolerance: 1e-8, bothEnds: false };
    expect(lanczosPlan("local", shape, 1e-8, 128)).toEqual(local);
    expect(lanczosPlan("interaction", shape, 1e-8, 128)).toEqual(interaction);
    expect(lanczosPlan("local", shape, 1e-8, 3)).toEqual({ ...local, steps: 3 });
    expect(lanczosPlan("interaction", shape, 1e-8, 3)).toEqual({ ...interaction, steps: 3 });
  });

  test("need the network, its velocity, its signs where there are any, and the Lanczos vectors", async () => {
    const taken = new Map<string, Record<string, number>>();
    const { reserve } = engine.arena;
    vi.spyOn(engine.arena, "reserve").mockImplementation((purpose, lengths) => {
      if (!taken.has(purpose)) taken.set(purpose, lengths);
      return reserve.call(engine.arena, purpose, lengths);
    });
    await localHessianNorms(engine, single, W);
    const network = "a network of width 9 in dimension 5";
    expect(taken.get(network)).toEqual({ W: 96, V: 96, signs: 0, start: 0, sum: 0 });
    expect(taken.get("4 Lanczos vectors of 96 numbers")).toEqual({ basis: 384 });
    taken.clear();
    await localHessianNorms(engine, single, W, { signs: new Int8Array(m).fill(-1), maxIterations: 2 });
    expect(taken.get(network)).toEqual({ W: 96, V: 96, signs: 12, start: 0, sum: 0 });
    expect(taken.get("2 Lanczos vectors of 96 numbers")).toEqual({ basis: 192 });
  });

  test("are means over the whole training set: batches, order, fresh samples and test sets play no part", async () => {
    const plain = await localHessianNorms(engine, single, W, { data });
    const seen = watchArena();
    const fancy = { ...data, batch: 8, test: 5, order: "shuffled", resample: true } as const;
    expect(await localHessianNorms(engine, single, W, { data: fancy })).toEqual(plain);
    // Nothing but the samples.
    expect(seen.reserved.filter((purpose) => purpose.includes("samples"))).toEqual([
      "24 samples in dimension 5",
      "the samples of Hessians of width 9 in dimension 5",
    ]);
    vi.restoreAllMocks();
    const given = { inputs: unitRows(10, 5, 3), labels: Float64Array.from({ length: 10 }, (_, b) => b / 7) };
    const tested = { ...given, testInputs: unitRows(4, 5, 4), testLabels: new Float64Array(4), batch: 3 };
    const own = await localHessianNorms(engine, single, W, { data: given });
    const watched = watchArena();
    expect(await localHessianNorms(engine, single, W, { data: tested })).toEqual(own);
    expect(watched.reserved[0]).toBe("10 samples in dimension 5");
    expect(watched.reserved[1]).toBe("a network of width 9 in dimension 5");
    expect(own.norm).not.toEqual(plain.norm);
  });
});

test.each<[string, (options: object) => Promise<unknown>]>([
  ["localHessianProduct", (options) => localHessianProduct(engine, single, W, V, options)],
  ["interactionHessianProduct", (options) => interactionHessianProduct(engine, single, W, V, options)],
  ["localHessianNorms", (options) => localHessianNorms(engine, single, W, options)],
  ["interactionHessianNorm", (options) => interactionHessianNorm(engine, single, W, options)],
  ["linearisedGap", (options) => linearisedGap(engine, single, { ...times, width, ...options })],
  ["gapBounds", (options) => gapBounds(engine, single, { ...times, width, ...options })],
  ["stability", (options) => stability(engine, single, { ...times, width, ...options })],
  ["selfConcordance", (options) => selfConcordance(engine, single, { ...times, width, ...options })],
  ["gapLimitConstants", (options) => gapLimitConstants(engine, single, { time: 1, ...options })],
])("%s says who it is where it does not know an option, and in what it cannot take", async (name, compute) => {
  await expect(compute({ records: 3 })).rejects.toThrow(`${name} has no option "records"`);
  await expect(compute({ signal: 3 })).rejects.toThrow("signal must be an AbortSignal; got 3");
  await expect(compute({ onProgress: 3 })).rejects.toThrow("onProgress must be a function; got 3");
});

test.each([
  ["one index", single],
  ["several", several],
])("a network that diverges beside its limit ends the gap equation there: %s", async (_, problem) => {
  const { advanceTo } = Trajectory.prototype;
  vi.spyOn(Trajectory.prototype, "advanceTo").mockImplementation(function (this: Trajectory, k) {
    return k === 2 ? Promise.resolve({ step: 2, time: 0.1 }) : advanceTo.call(this, k);
  });
  const gap = await linearisedGap(engine, problem, { ...times, width, tolerance: 1e-3 });
  expect(gap).toMatchObject({ status: "diverged", divergence: { step: 2, time: 0.1 } });
  // What was finished before is kept.
  expect(gap.measured.meanDelta).toHaveLength(2);
  expect(gap.measured.meanDelta[1]).toBeGreaterThan(0);
  expect(engine.arena.bytesInUse).toBe(0);
});

test("more records than their pairs have memory for are refused", async () => {
  for (const compute of [stability, gapBounds])
    await expect(compute(engine, single, { width, time: 1e4, dynamics: "flow", record: 100_000 })).rejects.toThrow(
      /^memoryLimitBytes must be at least 4\d{10} for /,
    );
});

test.each(["pgd", "flow"] as const)(
  "more steps of the gap equation than can be kept are refused: %s",
  async (dynamics) => {
    for (const compute of [linearisedGap, gapBounds])
      await expect(compute(engine, single, { width, time: 1e6, step: 0.01, dynamics, record: 2 })).rejects.toThrow(
        new RangeError(
          "time must be at most 1e7 steps of 0.01 for the gap equation, which keeps each of them; got 1000000",
        ),
      );
    expect(engine.arena.bytesInUse).toBe(0);
  },
);

test("what only some functions want is refused by its name", async () => {
  const options = { ...times, width };
  await expect(linearisedGap(engine, single, { ...options, keep: "some" as "all" })).rejects.toThrow(
    'keep must be "last" or "all"; got "some"',
  );
  await expect(gapBounds(engine, single, { ...options, record: [0.1] })).rejects.toThrow(
    "record must be a list that begins with 0, where the integrals of gapBounds begin; got 0.1",
  );
  const signed = { ...single, signed: true };
  for (const [name, compute] of Object.entries({ linearisedGap, gapBounds, stability }))
    await expect(compute(engine, signed, options)).rejects.toThrow(
      `few enough indices, for ${name} follows the particles of its limit; got ${single.name}: approximationGap with reference: M measures the gap, localHessianProduct and interactionHessianProduct serve any network`,
    );
  await expect(localHessianProduct(engine, single, W, V.slice(5))).rejects.toThrow(
    "V must be of length 45, m x d with m = 9 rows as W and d = 5",
  );
  await expect(
    localHessianProduct(
      engine,
      single,
      W,
      V.map((x) => 1e308 * x),
    ),
  ).rejects.toThrow("V and data must be small enough for a finite product; some of its 45 entries are not");
});
