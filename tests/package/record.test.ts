// What a run tells on its way: onRecord and onLimit say what the report says, the run waits for them, and nothing changes.

import {
  approximationGap,
  createEngine,
  type Engine,
  type GapOptions,
  meanFieldLimit,
  type NetworkRecord,
  problems,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const problem = problems.He4({ d: 6 });
const OPTIONS = { widths: [5, 8], time: 1, step: 0.1, record: 4, seeds: 2, seed: 3 } satisfies GapOptions;

/** A report without what says who computed it. */
function numbers(report: { toJSON(): unknown }): unknown {
  const { workers: _, ...rest } = report.toJSON() as Record<string, unknown>;
  return rest;
}

async function heardBy(options: Partial<GapOptions>, of: Parameters<typeof approximationGap>[1] = problem) {
  const records: NetworkRecord[] = [];
  const onRecord = (record: NetworkRecord) => void records.push(record);
  const report = await approximationGap(engine, of, { ...OPTIONS, ...options, onRecord });
  return { report, records };
}

describe.each([0, 1, 2])("with %d workers", (workers) => {
  test("every network tells every record, in its own order, and the report stays what it is", async () => {
    const { report, records } = await heardBy({ workers });
    expect(report.status).toBe("completed");
    expect(numbers(report)).toEqual(numbers(await approximationGap(engine, problem, { ...OPTIONS, workers: 0 })));
    for (const m of OPTIONS.widths) {
      for (const replica of [0, 1]) {
        const own = records.filter((record) => record.m === m && record.replica === replica);
        expect(own.map(({ k }) => k)).toEqual([0, 1, 2, 3]);
        expect(own.map(({ time }) => time)).toEqual(Array.from(report.time));
        expect(own.map(({ meanFieldLoss }) => meanFieldLoss)).toEqual(Array.from(report.meanField.loss));
      }
    }
  });

  test("the networks' numbers are those of networks trained alone, and their means those of the report", async () => {
    const { report, records } = await heardBy({ workers });
    const last = records.filter(({ m, k }) => m === 8 && k === 3).sort((a, b) => a.replica - b.replica);
    expect(last.map(({ replica }) => replica)).toEqual([0, 1]);
    const mean = (name: "loss" | "meanSquaredDelta" | "functionGap") => (last[0][name] + last[1][name]) / 2;
    for (const name of ["loss", "meanSquaredDelta", "functionGap"] as const)
      expect(report.widths[1][name].mean[3]).toBe(mean(name));
    const { time, step, seed } = OPTIONS;
    const alone = await trainNetwork(engine, problem, { width: 8, time, step, seed });
    const particles = last[0].particles();
    expect(particles).toEqual(alone.particles());
    expect(last[0].loss).toBe(alone.loss?.at(-1));
    // A copy, whoever writes into it.
    particles.fill(0);
    expect(last[0].particles()).toEqual(alone.particles());
    const squares = last[0].delta.reduce((sum, delta) => sum + delta * delta, 0);
    expect(last[0].delta).toHaveLength(8);
    expect(squares / 8).toBeCloseTo(last[0].meanSquaredDelta, 14);
  });

  test("a run waits for what it tells", async () => {
    const seen: string[] = [];
    const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
    await approximationGap(engine, problem, {
      ...OPTIONS,
      widths: [5],
      seeds: 1,
      workers,
      async onLimit(limit) {
        seen.push("limit");
        expect(numbers(limit)).toEqual(
          numbers(await meanFieldLimit(engine, problem, { time: 1, step: 0.1, record: 4 })),
        );
        expect(limit.alphaAt(0.3, 3)).toBeGreaterThan(0.3);
        seen.push("end of limit");
      },
      async onRecord({ k }) {
        seen.push(`${k}`);
        await pause();
        seen.push(`end of ${k}`);
      },
    });
    const turns = [0, 1, 2, 3].flatMap((k) => [`${k}`, `end of ${k}`]);
    expect(seen).toEqual(["limit", "end of limit", ...turns]);
  });

  test("an abort ends the wait at once, in a record and in the limit", async () => {
    for (const name of ["onRecord", "onLimit"]) {
      const controller = new AbortController();
      let calls = 0;
      const report = await approximationGap(engine, problem, {
        ...OPTIONS,
        workers,
        signal: controller.signal,
        [name]: () => {
          calls++;
          setTimeout(() => controller.abort());
          return new Promise<void>(() => {});
        },
      });
      expect(report.status).toBe("aborted");
      expect(report.meanField.loss).toHaveLength(4);
      expect(calls).toBeGreaterThan(0);
      expect(calls).toBeLessThanOrEqual(Math.max(1, workers));
    }
  });

  test("what is thrown ends the run", async () => {
    const enough = new Error("enough");
    const throws = () => {
      throw enough;
    };
    for (const listener of [throws, () => Promise.reject(enough)]) {
      await expect(approximationGap(engine, problem, { ...OPTIONS, workers, onRecord: listener })).rejects.toBe(enough);
      await expect(approximationGap(engine, problem, { ...OPTIONS, workers, onLimit: listener })).rejects.toBe(enough);
    }
  });

  test("beside a reference network the widths tell theirs, against the loss of the reference", async () => {
    const xor = problems.XOR_2({ d: 6 });
    const options = { reference: 20, workers, data: { samples: 32, test: 16 } };
    let limits = 0;
    const { report, records } = await heardBy({ ...options, seeds: 1, onLimit: () => void limits++ }, xor);
    expect(limits).toBe(0);
    expect(records.map(({ m, k }) => `${m}: ${k}`)).toEqual([0, 1, 2, 3].flatMap((k) => [`5: ${k}`, `8: ${k}`]));
    const wide = records.filter(({ m }) => m === 8);
    expect(wide.map(({ testError }) => testError)).toEqual(Array.from(report.widths[1].testError?.mean ?? []));
    expect(wide.map(({ meanFieldLoss }) => meanFieldLoss)).toEqual(Array.from(report.meanField.loss));
    expect(wide[0].delta).toEqual(new Float64Array(8));
    // The same first particles at every width.
    expect(records[0].particles()).toEqual(wide[0].particles().slice(0, 5 * 6));
  });
});

describe("trainNetwork", () => {
  test("tells every record as it is in the result", async () => {
    const heard: number[] = [];
    const options = { width: 7, time: 1, step: 0.1, record: 4, keep: "all", data: { samples: 16, test: 8 } } as const;
    const plain = await trainNetwork(engine, problem, options);
    const run = await trainNetwork(engine, problem, {
      ...options,
      onRecord({ k, time, loss, trainError, testError, particles }) {
        heard.push(k);
        expect(time).toBe(plain.time[k]);
        expect(loss).toBe(plain.loss?.[k]);
        expect(trainError).toBe(plain.trainError?.[k]);
        expect(testError).toBe(plain.testError?.[k]);
        expect(particles()).toEqual(plain.particles(k));
      },
    });
    expect(heard).toEqual([0, 1, 2, 3]);
    expect(numbers(run)).toEqual(numbers(plain));
  });

  test("waits, is aborted while it waits, and ends with what is thrown", async () => {
    const controller = new AbortController();
    const options = { width: 7, time: 1, step: 0.1, signal: controller.signal };
    const onRecord = ({ k }: { k: number }) => {
      if (k < 2) return;
      setTimeout(() => controller.abort());
      return new Promise<void>(() => {});
    };
    const run = await trainNetwork(engine, problem, { ...options, onRecord });
    expect(run.status).toBe("aborted");
    expect(run.time).toHaveLength(3);
    const fails = () => Promise.reject(new Error("enough"));
    await expect(trainNetwork(engine, problem, { width: 7, time: 1, onRecord: fails })).rejects.toThrow("enough");
  });
});

test("listeners have to be functions", async () => {
  for (const name of ["onRecord", "onLimit"]) {
    const options = { ...OPTIONS, [name]: "log" } as never;
    await expect(approximationGap(engine, problem, options)).rejects.toThrow(`${name} must be a function; got "log"`);
  }
  const options = { width: 3, time: 1, onRecord: 7 } as never;
  await expect(trainNetwork(engine, problem, options)).rejects.toThrow("onRecord must be a function; got 7");
});
