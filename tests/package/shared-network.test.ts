// One network on several workers: trainNetwork, and gap runs with fewer networks than workers. The same bits as on the
// calling thread.

import { approximationGap, createEngine, type Engine, problems, type TrainOptions, trainNetwork } from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { step } from "../support/plain-network.ts";
import { makeWorker } from "./worker-factory.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const OWN = globalThis.process?.versions?.node ? "node" : "blob";

/** All that a run says, but for who computed it. */
function bits(run: { toJSON(): unknown; particles?(): Float64Array }): string {
  const document = { ...(run.toJSON() as object), workers: null };
  return JSON.stringify([document, Array.from(run.particles?.() ?? [])]);
}

const STEPS = { time: 0.3, step: 0.05, record: 3, seed: 11 };
const He4 = problems.He4({ d: 7 });
const XOR_2 = problems.XOR_2({ d: 5 });

describe("trainNetwork on workers", () => {
  test.each([
    [He4, { ...STEPS, width: 75, interaction: "pairs" }],
    [problems.He4({ d: 3 }), { ...STEPS, width: 2100, interaction: "moments", dynamics: "flow" }],
    [XOR_2, { ...STEPS, width: 33, data: { samples: 2500, test: 70 } }],
    [XOR_2, { ...STEPS, width: 33, data: { samples: 2500, test: 70, order: "shuffled" }, precision: "float32" }],
  ] as [typeof XOR_2, TrainOptions][])(
    "gives the same bits with 0, 1, 2 and 3 of them: %#",
    async (problem, options) => {
      const runs = [];
      for (const workers of [0, 1, 2, 3]) {
        const run = await trainNetwork(engine, problem, { ...options, workers });
        expect(run.status).toBe("completed");
        expect(run.workers).toEqual(
          workers === 0 ? { kind: "calling thread", count: 0 } : { kind: OWN, count: workers },
        );
        runs.push(bits(run));
      }
      expect(new Set(runs).size).toBe(1);
    },
  );

  test("takes none for a short run, at most as many as have a share, and the user's own", async () => {
    const { workers } = await trainNetwork(engine, XOR_2, { ...STEPS, width: 9, data: { samples: 1025 } });
    expect(workers).toEqual({ kind: "calling thread", count: 0 });
    const many = await trainNetwork(engine, XOR_2, { ...STEPS, width: 9, data: { samples: 1025 }, workers: 5 });
    expect(many.workers).toEqual({ kind: OWN, count: 2 });
    const own = await trainNetwork(engine, XOR_2, { ...STEPS, width: 9, data: { samples: 1025 }, workers: makeWorker });
    expect(own.workers?.kind).toBe("factory");
    expect(bits(own)).toBe(bits(many));
    await expect(trainNetwork(engine, He4, { ...STEPS, width: 9, workers: -1 })).rejects.toThrow(/^workers must be/);
  });

  test("keeps the records before an abort", async () => {
    const options = { width: 256, time: 20, step: 0.01, record: [0, 0.01, 20], keep: "all", workers: 2 } as const;
    const controller = new AbortController();
    const times: number[] = [];
    const onProgress = ({ time }: { time: number }) => {
      times.push(time);
      if (time > 0.02) controller.abort();
    };
    const problem = problems.Ge4({ d: 8 });
    const run = await trainNetwork(engine, problem, { ...options, onProgress, signal: controller.signal });
    expect(run.status).toBe("aborted");
    expect(run.time).toEqual(Float64Array.of(0, 0.01));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const short = await trainNetwork(engine, problem, { ...options, time: 0.01, record: [0, 0.01], workers: 0 });
    for (const k of [0, 1]) expect(run.particles(k)).toEqual(short.particles(k));
  });

  test("ends with a sentence where its engine is disposed in the middle", async () => {
    const own = await createEngine();
    const onProgress = ({ done }: { done: number }) => done > 0 && own.dispose();
    const run = trainNetwork(own, problems.Ge4({ d: 8 }), { width: 256, time: 20, workers: 2, onProgress });
    await expect(run).rejects.toThrow(/^engine must be an engine that is not disposed/);
  });

  test("needs no more memory in a worker than on the calling thread", async () => {
    const options = { ...STEPS, width: 600, data: { samples: 4000, test: 0 } };
    const problem = problems.XOR_2({ d: 40 });
    const refusal = (workers: number, memoryLimitBytes: number) =>
      createEngine({ memoryLimitBytes }).then((small) =>
        trainNetwork(small, problem, { ...options, workers }).then(
          ({ status }) => status,
          (error: Error) => Number(/must be at least (\d+)/.exec(error.message)?.[1]),
        ),
      );
    const need = (await refusal(0, 2 ** 20)) as number;
    expect(need).toBeGreaterThan(2 ** 20);
    expect(await refusal(2, need - 1)).toBe(need);
    expect(await refusal(2, need)).toBe("completed");
  });
});

test("a step on several leaves of samples is the sum over all", async () => {
  const [width, d, samples] = [6, 5, 3001];
  const inputs = Float64Array.from({ length: samples * d }, (_, i) => ((i * 7919) % 1013) / 506 - 1);
  const labels = Float64Array.from({ length: samples }, (_, b) => ((b * 31) % 17) / 8 - 1);
  const initial = Float64Array.from({ length: width * d }, (_, i) => ((i * 37) % 29) - 14.5);
  const problem = problems.He4({ d });
  const eta = 0.125;
  const options = { initial, gradient: "euclidean", data: { inputs, labels }, workers: 2 } as const;
  const run = (steps: number) => trainNetwork(engine, problem, { ...options, time: steps * eta, step: eta });
  const [W, after] = [(await run(0)).particles(), (await run(1)).particles()];
  const expected = step({ activation: problem.activation, W, d }, { inputs, labels }, eta, { gradient: "euclidean" });
  after.forEach((w, at) => {
    expect(w).toBeCloseTo(expected[at], 13);
  });
});

describe("a gap run with fewer networks than workers", () => {
  test("shares a wide reference network", async () => {
    const options = { widths: [24], reference: 4096, seeds: 1, time: 0.1, step: 0.05, record: 2 };
    const data = { samples: 2500, test: 50 };
    const run = (workers: number) => approximationGap(engine, XOR_2, { ...options, data, workers });
    const [here, one, two] = [await run(0), await run(1), await run(2)];
    expect([here, one, two].map(({ workers }) => workers?.count)).toEqual([0, 1, 2]);
    expect(new Set([here, one, two].map(bits)).size).toBe(1);
  });

  test("shares a wide network beside its limit, and keeps what is finished at an abort", async () => {
    const options = { widths: [2200, 20], seeds: 1, time: 0.04, step: 0.02, record: 2, interaction: "pairs" } as const;
    const run = (workers: number) => approximationGap(engine, He4, { ...options, workers });
    const [here, three] = [await run(0), await run(3)];
    expect(three.workers?.count).toBe(3);
    expect(bits(three)).toBe(bits(here));

    const controller = new AbortController();
    const onProgress = ({ done, total }: { done: number; total: number }) => done > total / 2 && controller.abort();
    const long = { ...options, widths: [20, 2200], time: 2, workers: 3, signal: controller.signal, onProgress };
    const aborted = await approximationGap(engine, He4, long);
    expect(aborted.status).toBe("aborted");
    expect(aborted.widths.map(({ m }) => m)).toEqual([20]);
  });
});
