// An abort at any step of any long computation: it ends as aborted, what it has kept is the beginning of what the whole run has, its
// memory is given back, and the engine is as good as new.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Engine } from "../../src/index.ts";
import * as propchaos from "../../src/index.ts";
import { notFinite, unitRows } from "../support/arithmetic.ts";

const {
  approximationGap,
  convergenceTime,
  createEngine,
  gapBounds,
  gapLimitConstants,
  gapReport,
  gapScaling,
  hermite,
  interactionHessianNorm,
  interactionHessianProduct,
  linearisedGap,
  localHessianNorms,
  localHessianProduct,
  lossDecay,
  meanFieldLimit,
  multiIndex,
  problems,
  requiredWidth,
  runSweep,
  sampleScaling,
  selfConcordance,
  separateGaps,
  stability,
  theoryReport,
  trainNetwork,
  widthScaling,
} = propchaos;

let engine: Engine;
/** Looks at the clock since the last call of `counted`, and what happens at one of them. */
let looks = 0;
let at = Number.POSITIVE_INFINITY;
let happens = () => {};

beforeAll(async () => {
  engine = await createEngine();
  // Every look finds the time slice used up: a run pauses wherever it may, on every machine alike.
  vi.spyOn(performance, "now").mockImplementation(() => {
    if (++looks === at) happens();
    return 40 * looks;
  });
});
afterAll(() => {
  vi.restoreAllMocks();
  engine.dispose();
});

type Control = propchaos.RunOptions & { workers: number };
type Job = (control: Control) => Promise<unknown>;

const He4 = problems.He4({ d: 4 });
const XOR = problems.XOR_2({ d: 4 });
const two = multiIndex({
  d: 4,
  activation: hermite([0, 0.5, 0.5]),
  teachers: [
    [1, 0],
    [0.6, 0.8],
  ],
});
const RUN = { time: 0.4, step: 0.1, record: 5 } as const;
const LIMIT = { ...RUN, tolerance: 1e-6 } as const;
const W = unitRows(5, 4, 1);
const V = unitRows(5, 4, 2);
const samples = { samples: 40, batch: 16 };

/** Runs that keep what they have. */
const KEEPING: Record<string, Job> = {
  "trainNetwork, population": (c) => trainNetwork(engine, He4, { ...RUN, width: 9, ...c }),
  "trainNetwork, flow": (c) => trainNetwork(engine, two, { ...RUN, width: 9, dynamics: "flow", ...c }),
  "trainNetwork, samples": (c) => trainNetwork(engine, XOR, { ...RUN, width: 9, data: samples, ...c }),
  "meanFieldLimit, one index": (c) => meanFieldLimit(engine, He4, { ...LIMIT, ...c }),
  "meanFieldLimit, flow": (c) => meanFieldLimit(engine, He4, { ...LIMIT, dynamics: "flow", ...c }),
  "meanFieldLimit, two indices": (c) => meanFieldLimit(engine, two, { ...LIMIT, tolerance: 1e-3, ...c }),
  "approximationGap, limit": (c) => approximationGap(engine, He4, { ...LIMIT, widths: [4, 9], seeds: 1, ...c }),
  "approximationGap, reference": (c) =>
    approximationGap(engine, XOR, { ...RUN, widths: [4, 9], reference: 40, data: samples, seeds: 1, ...c }),
  separateGaps: (c) =>
    separateGaps(engine, He4, { time: 0.2, step: 0.1, record: 3, widths: [4, 9], samples: [16, 40], seeds: 1, ...c }),
  gapReport: (c) => gapReport(engine, He4, { ...LIMIT, dynamics: "flow", widths: [4, 9], seeds: 1, ...c }),
  "selfConcordance, limit": ({ workers: _, ...c }) => selfConcordance(engine, He4, { ...LIMIT, ...c }),
  "selfConcordance, network": ({ workers: _, ...c }) => selfConcordance(engine, He4, { ...RUN, width: 9, ...c }),
  stability: ({ workers: _, ...c }) => stability(engine, He4, { ...LIMIT, width: 9, ...c }),
  linearisedGap: ({ workers: _, ...c }) => linearisedGap(engine, He4, { ...LIMIT, width: 9, ...c }),
  "linearisedGap, two indices": ({ workers: _, ...c }) =>
    linearisedGap(engine, two, { ...LIMIT, tolerance: 1e-3, width: 9, ...c }),
  gapBounds: ({ workers: _, ...c }) => gapBounds(engine, He4, { ...LIMIT, width: 9, ...c }),
  gapLimitConstants: ({ workers: _, ...c }) =>
    gapLimitConstants(engine, He4, { time: 0.4, tolerance: 0.1, record: 3, ...c }),
  theoryReport: ({ workers: _, ...c }) => theoryReport(engine, He4, { ...LIMIT, width: 5, ...c }),
  localHessianNorms: ({ workers: _, ...c }) => localHessianNorms(engine, He4, W, c),
  interactionHessianNorm: ({ workers: _, ...c }) => interactionHessianNorm(engine, He4, W, c),
  convergenceTime: (c) => convergenceTime(engine, "He3", { dimensions: [4, 8], tolerance: 0.01, ...c }),
  requiredWidth: (c) => requiredWidth(engine, He4, { gap: 0.5, time: 0.2, seeds: 2, ...c }),
  widthScaling: (c) => widthScaling(engine, "He3", { gap: 0.5, time: 0.2, seeds: 2, dimensions: [4, 8], ...c }),
  gapScaling: (c) => gapScaling(engine, He4, { ...LIMIT, widths: [4, 9], seeds: 2, ...c }),
  sampleScaling: (c) =>
    sampleScaling(engine, He4, {
      time: 0.2,
      step: 0.1,
      record: 3,
      widths: [4],
      samples: [16, 40],
      seeds: 2,
      reference: 9,
      ...c,
    }),
  lossDecay: ({ workers: _, ...c }) => lossDecay(engine, He4, { time: 4, tolerance: 0.1, ...c }),
  runSweep: (c) =>
    runSweep(
      engine,
      { problems: ["He4", { name: "XOR_2", samples: 16 }], d: 4, widths: [3, 5], seeds: 1, ...LIMIT },
      c,
    ),
};

/** Products, which are whole or nothing: they end with the reason of the signal. */
const WHOLE: Record<string, Job> = {
  localHessianProduct: ({ workers: _, ...c }) => localHessianProduct(engine, He4, W, V, c),
  interactionHessianProduct: ({ workers: _, ...c }) =>
    interactionHessianProduct(engine, He4, W, V, { ...c, data: samples }),
};

/** What a job gives, and how often it looks at the clock; something may happen at one of these looks. */
async function counted(job: Job, control: Partial<Control> = {}, when = Number.POSITIVE_INFINITY, what = () => {}) {
  looks = 0;
  at = when;
  happens = what;
  const result = (await job({ workers: 0, ...control })) as { status?: string };
  at = Number.POSITIVE_INFINITY;
  return { result, looks };
}

/** Of a list that is not complete, an item is not at its place, but known by what it is of. */
function counterpart(item: unknown, i: number, whole: ArrayLike<unknown>): unknown {
  if (typeof item !== "object" || item === null || !("m" in item)) return whole[i];
  const one = item as { m: unknown; n?: unknown };
  return Array.from(whole as ArrayLike<typeof one>).find(({ m, n }) => m === one.m && n === one.n);
}

/** Where a result is no beginning of another: lists are shorter, or their items are equal to the bit; what is not there is null. */
function departures(part: unknown, whole: unknown, path = ""): string[] {
  if (part === null || part === undefined || typeof part === "function") return [];
  if (typeof part !== "object") return Object.is(part, whole) ? [] : [path];
  if (typeof whole !== "object" || whole === null) return [path];
  if ("length" in part) {
    const [one, other] = [part, whole] as ArrayLike<unknown>[];
    if (one.length > other.length) return [`${path}.length`];
    return Array.from(one, (item, i) => departures(item, counterpart(item, i, other), path)).flat();
  }
  const other = whole as Record<string, unknown>;
  return Object.entries(part).flatMap(([key, value]) => departures(value, other[key], `${path}.${key}`));
}

/** Of a mesh that was to be refined once more. */
const COARSER = /^\.(nodes|steps|modes|loss|meanAlpha2?|meanField\.loss|mTimes\w+|(theory\.)?constants\.mTimes\w+)$/;
/** Of all records, or all points, that there are. */
const OF_ALL =
  /^(\.theory|\.results\.report|\.selfConcordance\.(limit|network))?\.(status|verdict\.\w+|scaling\..*|series\.fit\.\w+|iterations)$/;
/** What else goes on changing to the end of a run, by its name. */
const CHANGING: Record<string, RegExp> = {
  "approximationGap, reference": /^\.meanField\.particleErrorEstimate$/,
  separateGaps: /^\.seeds$/,
  // Estimates of the iteration that was reached.
  localHessianNorms: /^\.(norm|largest|smallest|residual)$/,
  interactionHessianNorm: /^\.(norm|residual)$/,
  // What could not be had is said with its reason.
  convergenceTime: /^\.series\.missing\.length$/,
  widthScaling: /^\.series\.missing\.length$/,
  // Means over the replicas that are finished.
  gapScaling: /^\.series\.points\.y$/,
  sampleScaling: /^\.series\.(points\.y|missing\.length)$/,
  runSweep: /^\.missing\.length$/,
};

const STEPS = 4 * Number(process.env.FUZZ_RUNS ?? 1);

/** Tries steps of a job, all of them where they are few. */
async function atSteps(looks: number, check: (step: number) => Promise<void>): Promise<void> {
  if (looks <= STEPS) for (let step = 1; step <= looks; step++) await check(step);
  else await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: looks }), check), { numRuns: STEPS, seed: 14 });
}

describe("an abort at any step of", () => {
  test.each(Object.entries(KEEPING))(
    "%s keeps what there is, and gives back the memory",
    async (name, job) => {
      const whole = await counted(job);
      expect(whole.result.status).toBe("completed");
      await atSteps(whole.looks, async (step) => {
        const controller = new AbortController();
        const { result } = await counted(job, { signal: controller.signal }, step, () => controller.abort());
        expect(engine.arena.bytesInUse).toBe(0);
        expect(notFinite(JSON.parse(JSON.stringify(result)))).toEqual([]);
        // Between its last pause and its end a run is not stopped any more.
        if (result.status === "completed") {
          expect(JSON.stringify(result)).toBe(JSON.stringify(whole.result));
          return;
        }
        expect(result.status).toBe(name === "runSweep" ? "incomplete" : "aborted");
        const known = (path: string) => COARSER.test(path) || OF_ALL.test(path) || CHANGING[name]?.test(path);
        expect(departures(result, whole.result).filter((path) => !known(path))).toEqual([]);
      });
      expect(JSON.stringify((await counted(job)).result)).toBe(JSON.stringify(whole.result));
    },
    120_000,
  );

  test.each(Object.entries(WHOLE))("%s ends it with the reason, and gives back the memory", async (_, job) => {
    const whole = await counted(job);
    const reason = new Error("enough");
    await atSteps(whole.looks, async (step) => {
      const controller = new AbortController();
      const { signal } = controller;
      const outcome = await counted(job, { signal }, step, () => controller.abort(reason)).catch((error) => error);
      expect(engine.arena.bytesInUse).toBe(0);
      if (outcome !== reason) expect(outcome.result).toEqual(whole.result);
    });
    expect((await counted(job)).result).toEqual(whole.result);
  });
});

test.each(Object.entries({ ...KEEPING, ...WHOLE }))(
  "what onProgress throws ends %s, and it gives back the memory",
  async (_, job) => {
    const mistake = new Error("in onProgress");
    for (const call of [1, 3]) {
      let calls = 0;
      const onProgress = () => {
        if (++calls === call) throw mistake;
      };
      await counted(job, { onProgress }).then(
        // Few have less to tell.
        () => expect(calls).toBeLessThan(call),
        (error) => expect(error).toBe(mistake),
      );
      expect(engine.arena.bytesInUse).toBe(0);
    }
  },
  120_000,
);
