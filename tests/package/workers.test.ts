// Runs on workers: who computes, the same bits whoever it is, and how runs end.

import * as propchaos from "propchaos";
import {
  approximationGap,
  createEngine,
  type Engine,
  type GapOptions,
  type GapReport,
  meanFieldLimit,
  problems,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digest } from "../conformance/digest.ts";
import { gapReports } from "../conformance/gap-reports.ts";
import hashes from "../conformance/hashes.json" with { type: "json" };
import { notFinite, unitRows } from "./helpers.ts";
import { makeWorker, type NetworkOrder, tampered } from "./worker-factory.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

/** What this host takes where nothing else is asked for. */
const OWN = globalThis.process?.versions?.node ? "node" : "blob";

const He4 = problems.He4({ d: 8 });
const SHORT = { widths: [8, 16], time: 0.5, step: 0.05, seeds: 3, seed: 5 } satisfies GapOptions;
/** Some seconds of work. */
const LONG = { widths: [256, 384], time: 60, step: 0.01, seeds: 4, record: 4 } satisfies GapOptions;

function bits(report: unknown): string {
  return JSON.stringify({ ...JSON.parse(JSON.stringify(report)), workers: null });
}

describe("the same bits", () => {
  // Without workers, with two, and the scalar build: `npm run conformance`.
  test.each([1, 3])("whole reports have the committed hash with %d workers", async (workers) => {
    expect(await digest(await gapReports(propchaos, engine, workers))).toBe(hashes["gap reports"]);
  });

  test("a given network and its gaps", async () => {
    const initial = unitRows(12, 8, 3);
    const run = (workers: number) => approximationGap(engine, He4, { initial, time: 0.5, step: 0.05, workers });
    const [here, there] = [await run(0), await run(2)];
    expect(there.workers).toEqual({ kind: OWN, count: 1 });
    expect(bits(there)).toBe(bits(here));
    for (let k = 0; k < here.time.length; k++) expect(there.delta(k)).toEqual(here.delta(k));
  });

  test.each([
    { dynamics: "flow", time: 6 },
    { dynamics: "pgd", gradient: "euclidean", time: 2 },
    { dynamics: "pgd", time: 0 },
  ] as const)("a limit and its particles: %o", async (options) => {
    const run = (workers: number) => meanFieldLimit(engine, problems.He3({ d: 12 }), { ...options, workers });
    const [here, there] = [await run(0), await run(1)];
    expect([here.workers, there.workers]).toEqual([
      { kind: "calling thread", count: 0 },
      { kind: OWN, count: 1 },
    ]);
    expect(bits(there)).toBe(bits(here));
    const last = here.time.length - 1;
    for (const alpha0 of [-1, -0.3, 0, 0.7]) expect(there.alphaAt(alpha0, last)).toBe(here.alphaAt(alpha0, last));
  });
});

describe("who computes", () => {
  test("a short run stays where it is, a long one takes workers", async () => {
    expect((await approximationGap(engine, He4, SHORT)).workers).toEqual({ kind: "calling thread", count: 0 });
    const controller = new AbortController();
    const { signal } = controller;
    const report = await approximationGap(engine, He4, { ...LONG, signal, onProgress: () => controller.abort() });
    expect(report.workers?.kind).toBe(OWN);
  });

  test("the user's factory, if it gives workers that work", async () => {
    const report = await approximationGap(engine, He4, { ...SHORT, workers: makeWorker });
    expect(report.workers?.kind).toBe("factory");
    expect(report.workers?.count).toBeGreaterThan(0);
    const workers = () => {
      throw new Error("none here");
    };
    const without = await approximationGap(engine, He4, { ...SHORT, workers });
    expect(without.workers?.kind).toBe(OWN);
    expect(bits(without)).toBe(bits(report));
  });

  test("a wrong option is refused with a sentence", async () => {
    for (const workers of [-1, 1.5, "many"] as never[])
      await expect(approximationGap(engine, He4, { ...SHORT, workers })).rejects.toThrow(RangeError);
    await expect(meanFieldLimit(engine, He4, { time: 1, workers: {} as never })).rejects.toThrow(
      /^workers must be "auto", an integer from 0 to 256 or a function that makes a worker; got/,
    );
  });
});

describe("how runs end", () => {
  test("an abort is seen before a run is over and keeps what is finished", async () => {
    const controller = new AbortController();
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      if (done >= 0.5 * total) controller.abort();
    };
    const options = { ...LONG, time: 6, workers: 2, signal: controller.signal, onProgress };
    const report = await approximationGap(engine, He4, options);
    expect(report.status).toBe("aborted");
    expect(report.workers).toEqual({ kind: OWN, count: 2 });
    const seeds = report.widths.reduce((sum, width) => sum + width.seeds, 0);
    expect(seeds).toBeGreaterThan(0);
    expect(seeds).toBeLessThan(8);
    expect(notFinite(report)).toEqual([]);
  });

  test("an abort in the limit keeps what there is of it", async () => {
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }) => done > 0 && controller.abort();
    const options = { time: 60, step: 0.005, tolerance: 1e-12, signal: controller.signal, onProgress, workers: 1 };
    const limit = await meanFieldLimit(engine, problems.Ge4({ d: 16 }), options);
    expect(limit.status).toBe("aborted");
    expect(limit.time.length).toBeGreaterThan(0);
    expect(limit.loss.length).toBe(limit.time.length);
    expect(limit.alphaAt(0.5, limit.time.length - 1)).not.toBeNaN();
  });

  test("progress never falls and reaches its end", async () => {
    const seen: number[] = [];
    let end = 0;
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      seen.push(done);
      end = total;
    };
    await approximationGap(engine, He4, { ...SHORT, workers: 2, onProgress });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen[seen.length - 1]).toBe(end);
  });

  test("an engine that is disposed in the middle ends the run with a sentence", async () => {
    const own = await createEngine();
    const onProgress = ({ done }: { done: number }) => done > 0 && own.dispose();
    const run = approximationGap(own, He4, { ...LONG, workers: 2, onProgress });
    await expect(run).rejects.toThrow(/^engine must be an engine that is not disposed/);
  });

  test("errors keep their kind", async () => {
    const run = (workers: number) =>
      meanFieldLimit(engine, He4, { time: 100, step: 50, gradient: "euclidean", workers }).catch((error) => error);
    const [here, there] = [await run(0), await run(1)];
    expect(there).toBeInstanceOf(RangeError);
    expect(there.message).toBe(here.message);
  });

  test("a limit that diverges says the same", async () => {
    const huge = { ...SHORT, time: 1e300, step: 1e300 };
    const run = (workers: number) => approximationGap(engine, He4, { ...huge, workers });
    const [here, there] = [await run(0), await run(2)];
    expect(there.status).toBe("diverged");
    expect(bits(there)).toBe(bits(here));
  });

  test("of networks that diverge the first in order counts, whichever is first in time", async () => {
    const divergence = { step: 3, time: 0.15 };
    const answer = ({ m, replica }: NetworkOrder) =>
      (m === 16 && replica === 1) || (m === 8 && replica === 2)
        ? { type: "result", value: { measurements: [], deltas: [], divergence } }
        : null;
    const report = await approximationGap(engine, He4, { ...SHORT, workers: () => tampered(answer) });
    expect(report.status).toBe("diverged");
    expect(report.divergence).toEqual({ where: "network", m: 16, replica: 1, ...divergence });
    // All that comes before (16, 1) in the order of a run without workers, and nothing else.
    const kept = async (m: number, seeds: number): Promise<GapReport["widths"][number]> =>
      (await approximationGap(engine, He4, { ...SHORT, widths: [m], seeds })).widths[0];
    expect(report.widths).toEqual([await kept(8, 2), await kept(16, 1)]);
  });

  test("a network that no worker can hold is tried once more, then the run ends with a sentence", async () => {
    const refused = { type: "error", error: { name: "RangeError", message: "no memory", memory: true } };
    let refusals = 0;
    const answer = (times: number) => {
      refusals = 0;
      return ({ m, replica }: NetworkOrder) => (m === 16 && replica === 1 && refusals++ < times ? refused : null);
    };
    const once = answer(1);
    const fine = await approximationGap(engine, He4, { ...SHORT, workers: () => tampered(once) });
    expect(fine.status).toBe("completed");
    expect(bits(fine)).toBe(bits(await approximationGap(engine, He4, SHORT)));

    const always = answer(2);
    const report = await approximationGap(engine, He4, { ...SHORT, workers: () => tampered(always) });
    // With one processor there is one worker, and the second try is on the calling thread.
    if ((report.workers?.count ?? 0) < 2) return;
    expect(report.status).toBe("failed");
    expect(report.failure).toBe(
      "the network of width 16, replica 1 could not be computed: its worker was refused memory: no memory; tried again, its second worker was refused memory: no memory",
    );
    expect(report.widths[0].seeds).toBeGreaterThan(0);
    expect(notFinite(report)).toEqual([]);
  });
});
