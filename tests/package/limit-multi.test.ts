// The limit of multi-index problems through the public interface: values, documents, errors, workers.

import { createEngine, type Engine, hermite, meanFieldLimit, multiIndex, problems } from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { distance } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const h4 = hermite({ 4: 1 });

describe("meanFieldLimit of several indices", () => {
  test("says how it was solved, how well, and that there is no alpha", async () => {
    const options = { time: 1, dynamics: "flow", record: 3, tolerance: 1e-6 } as const;
    const limit = await meanFieldLimit(engine, problems.He4_orth({ d: 16 }), options);
    expect(limit).toMatchObject({ status: "completed", solver: "multi-index-panels", indices: 2 });
    expect(limit.errorEstimate).toBeLessThanOrEqual(1e-6);
    expect(limit.particleErrorEstimate).toBeLessThan(1e-5);
    expect(Math.abs(limit.loss[2] - 0.4259903622)).toBeLessThan(1e-6);
    expect([limit.meanAlpha, limit.meanAlpha2]).toEqual([null, null]);
    expect(() => limit.alphaAt(0.5, 0)).toThrow(
      new RangeError("alphaAt needs a single-index problem: He4_orth has several teachers, hence no alpha"),
    );
    const document = JSON.parse(JSON.stringify(limit));
    expect(document).toMatchObject({ schema: "propchaos/limit@1", solver: "multi-index-panels", meanAlpha: null });
  });

  test("gives the same bits on a worker", async () => {
    const problem = problems.He4_random_8_8({ d: 9 });
    const options = { time: 0.2, step: 0.05, record: 2, tolerance: 1e-2 };
    const here = await meanFieldLimit(engine, problem, { ...options, workers: 0 });
    const there = await meanFieldLimit(engine, problem, { ...options, workers: 1 });
    expect(here).toMatchObject({ solver: "multi-index-qmc", indices: 8 });
    expect(there.loss).toEqual(here.loss);
    expect(there.errorEstimate).toBe(here.errorEstimate);
  });

  test.each(["He4_orth", "He4_nonorth", "He4_random_2_8", "He4_random_2_16", "Man_2", "Man_big_2"] as const)(
    "solves %s",
    async (name) => {
      const limit = await meanFieldLimit(engine, problems[name]({ d: 12 }), { time: 1, record: 3, tolerance: 1e-5 });
      expect(limit.status).toBe("completed");
      expect(limit.errorEstimate).toBeLessThanOrEqual(1e-5);
      expect(limit.loss[2]).toBeLessThan(limit.loss[0]);
    },
  );

  test("a single-index problem says so too", async () => {
    const limit = await meanFieldLimit(engine, problems.He4({ d: 8 }), { time: 0 });
    expect(limit).toMatchObject({ solver: "single-index", indices: 1 });
  });

  test("a pair of teachers has the loss of the single index, PGD and flow", async () => {
    for (const dynamics of ["pgd", "flow"] as const) {
      const options = { time: 1, dynamics, record: 5 };
      const teachers = [
        [3, -4],
        [-3, 4],
      ];
      const pair = await meanFieldLimit(engine, multiIndex({ d: 16, activation: h4, teachers }), options);
      const single = await meanFieldLimit(engine, problems.He4({ d: 16 }), options);
      expect(distance(pair.loss, single.loss)).toBeLessThan(1e-8);
    }
  });

  test("refuses what it cannot solve", async () => {
    const options = { time: 1 };
    const many = multiIndex({ d: 50, activation: h4, teachers: { random: 50, dimension: 50 } });
    await expect(meanFieldLimit(engine, many, options)).rejects.toThrow(
      /^problem must be .*it has 50 indices and an activation of a degree that make more than 20000 moments; got custom/,
    );
    const signed = multiIndex({ d: 5, activation: h4, teachers: [[1]], signed: true });
    await expect(meanFieldLimit(engine, signed, options)).rejects.toThrow(RangeError);
    await expect(meanFieldLimit(engine, problems.XOR_2({ d: 4 }), options)).rejects.toThrow(/^problem must be/);
  });

  test("keeps what there is when it is aborted", async () => {
    const control = new AbortController();
    const problem = problems.He4_random_8_8({ d: 32 });
    const limit = await meanFieldLimit(engine, problem, {
      ...{ time: 4, tolerance: 1e-8, workers: 0, signal: control.signal },
      onProgress: ({ done, total }) => done > 0.1 * total && control.abort(),
    });
    expect(limit.status).toBe("aborted");
    expect(limit.loss.length).toBe(limit.time.length);
  });
});
