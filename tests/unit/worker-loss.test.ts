// A worker that dies, or computes wrongly and says so, at any task of any computation that takes workers: the run has the bits of the
// calling thread, or ends with a sentence and the beginning of them; memory comes back.

import os from "node:os";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { gapHandlers } from "../../src/gap/task.ts";
import {
  approximationGap,
  convergenceTime,
  createEngine,
  meanFieldLimit,
  problems,
  runSweep,
  separateGaps,
  trainNetwork,
} from "../../src/index.ts";
import { limitHandlers } from "../../src/limit/task.ts";
import { networkHandlers, networkKeepers } from "../../src/network/share-task.ts";
import type { WorkerLike } from "../../src/pool/ways.ts";
import { type Fake, servedBy } from "./pool-fixtures.ts";

let engine: Engine;
let workersEngine: Engine;
beforeAll(async () => {
  engine = await createEngine();
  workersEngine = await createEngine();
  // Two workers beside the calling thread, on any machine.
  vi.spyOn(os, "availableParallelism").mockReturnValue(3);
});
afterAll(() => {
  vi.restoreAllMocks();
  engine.dispose();
  workersEngine.dispose();
});

const HANDLERS = { ...limitHandlers, ...gapHandlers, ...networkHandlers };

/** A worker to which something happens when its `n`th task comes. */
function doomed(n: number, mishap: (worker: Fake, id: number) => void): Fake {
  const worker = servedBy(() => workersEngine, HANDLERS, networkKeepers);
  const post = worker.postMessage.bind(worker);
  let tasks = 0;
  worker.postMessage = (message) => {
    const order = message as { type: string; id: number };
    if (order.type === "task" && ++tasks === n) mishap(worker, order.id);
    else post(message);
  };
  return worker;
}

type Workers = number | (() => WorkerLike);
type Job = (workers: Workers) => Promise<{ status: string }>;

const He4 = problems.He4({ d: 4 });
const XOR = problems.XOR_2({ d: 4 });
const RUN = { time: 0.4, step: 0.1, record: 3 } as const;
const LIMIT = { ...RUN, tolerance: 1e-5 } as const;

const JOBS: Record<string, Job> = {
  approximationGap: (workers) => approximationGap(engine, He4, { ...LIMIT, widths: [4, 9], seeds: 3, workers }),
  "approximationGap beside a reference": (workers) =>
    approximationGap(engine, XOR, { ...RUN, widths: [4, 9], reference: 20, seeds: 3, data: { samples: 30 }, workers }),
  separateGaps: (workers) =>
    separateGaps(engine, He4, { time: 0.2, step: 0.1, record: 3, widths: [4], samples: [16, 40], seeds: 3, workers }),
  meanFieldLimit: (workers) => meanFieldLimit(engine, He4, { ...LIMIT, workers }),
  trainNetwork: (workers) => trainNetwork(engine, He4, { ...RUN, width: 70, workers }),
  convergenceTime: (workers) => convergenceTime(engine, "He3", { dimensions: [4, 8], tolerance: 0.1, workers }),
  runSweep: (workers) =>
    runSweep(
      engine,
      { problems: ["He4", { name: "XOR_2", samples: 16 }], d: 4, widths: [3, 5], seeds: 2, ...LIMIT },
      { workers: workers as number },
    ),
};

/** All numbers; who computed them, and why not all are there, is another matter. */
function numbers(report: object): string {
  return JSON.stringify({ ...JSON.parse(JSON.stringify(report)), workers: null });
}

const RUNS = 4 * Number(process.env.FUZZ_RUNS ?? 1);
const when = fc.record({
  first: fc.integer({ min: 1, max: 5 }),
  second: fc.integer({ min: 1, max: 8 }),
  both: fc.boolean(),
});

describe("a worker that dies at any task of", () => {
  test.each(Object.entries(JOBS))(
    "%s changes no bit, or ends the run with a sentence",
    async (_, job) => {
      const alone = await job(0);
      let deaths = 0;
      expect(alone.status).toBe("completed");
      await fc.assert(
        fc.asyncProperty(when, async ({ first, second, both }) => {
          let made = 0;
          const die = (worker: Fake) => {
            deaths++;
            setTimeout(() => worker.die("out of memory"));
          };
          const report = await job(() => doomed([first, both ? second : 1e9][made++ % 2], die)).catch(
            (error: Error) => error,
          );
          expect(engine.arena.bytesInUse).toBe(0);
          if (report instanceof Error) throw report;
          if (report.status === "completed") {
            expect(numbers(report)).toBe(numbers(alone));
            return;
          }
          // Both have died, and of the same task.
          expect([report.status, both]).toEqual([report.status === "incomplete" ? "incomplete" : "failed", true]);
          expect(JSON.stringify(report)).toContain(
            "could not be computed: its worker ended: out of memory; tried again",
          );
        }),
        { numRuns: RUNS, seed: 14 },
      );
      expect(deaths).toBeGreaterThan(0);
    },
    60_000,
  );
});

describe("an error that a worker's computation raises at any task of", () => {
  test.each(Object.entries(JOBS))(
    "%s ends the run with it, as on the calling thread",
    async (_, job) => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 4 }), async (n) => {
          const error = { name: "RangeError", message: "a table is too small" };
          let raised = false;
          const raise = (worker: Fake, id: number) => {
            raised = true;
            worker.reply({ type: "error", id, error });
          };
          const outcome = await job(() => doomed(n, raise)).catch((thrown: Error) => thrown);
          expect(engine.arena.bytesInUse).toBe(0);
          if (!raised) expect(outcome).toMatchObject({ status: "completed" });
          else if (outcome instanceof Error)
            expect([outcome.name, outcome.message]).toEqual([error.name, error.message]);
          // A sweep goes on with its other tasks.
          else expect(JSON.stringify(outcome)).toContain(error.message);
        }),
        { numRuns: RUNS, seed: 14 },
      );
    },
    60_000,
  );
});
