// Sweeps with the built package, in Node and in a browser: on workers, with a store of the user's own.

import {
  approximationGap,
  checkPlan,
  computeSweep,
  createEngine,
  type Engine,
  mergeSweep,
  missingTasks,
  planMistakes,
  predictSweep,
  problems,
  readReport,
  runSweep,
  type SweepPlan,
  sweepTasks,
  toCSV,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const PLAN: SweepPlan = {
  problems: ["He4", { name: "XOR_2", samples: 64, gradient: "euclidean" }],
  d: [6, 9],
  widths: [8, 16],
  seeds: 2,
  time: 0.4,
  record: 3,
};

describe("runSweep", () => {
  it("gives for every combination what approximationGap gives, to the bit, on workers too", async () => {
    const sweep = await runSweep(engine, PLAN, { workers: 2 });
    expect(sweep.results.map(({ problem, d, samples, gradient }) => [problem, d, samples, gradient])).toEqual([
      ["He4", 6, null, "riemannian"],
      ["He4", 9, null, "riemannian"],
      ["XOR_2", 6, 64, "euclidean"],
      ["XOR_2", 9, 64, "euclidean"],
    ]);
    const common = { widths: [8, 16], seeds: 2, time: 0.4, record: 3, workers: 0 };
    for (const { problem, d, report } of sweep.results) {
      const data = { data: { samples: 64 }, gradient: "euclidean" as const };
      const { workers: _, ...direct } =
        problem === "He4"
          ? await approximationGap(engine, problems.He4({ d }), common)
          : await approximationGap(engine, problems.XOR_2({ d }), { ...common, ...data });
      expect(JSON.stringify(report), `${problem}, ${d}`).toBe(JSON.stringify(direct));
    }
    expect(JSON.stringify(await runSweep(engine, PLAN, { workers: 0 }))).toBe(JSON.stringify(sweep));
  });

  it("has a document that is read back, with a table", async () => {
    const text = JSON.stringify(await runSweep(engine, PLAN));
    const sweep = readReport(text);
    if (sweep.schema !== "propchaos/sweep@1") throw new Error("another kind of report");
    expect(JSON.stringify(sweep)).toBe(text);
    const gap = sweep.results[3].report;
    expect(gap?.widths[1].functionGap.mean).toBeInstanceOf(Float64Array);
    expect(JSON.stringify(readReport(JSON.stringify(gap)))).toBe(JSON.stringify(gap));
    const [names, ...rows] = toCSV(sweep)
      .replace(/^#.*\n/gm, "")
      .trim()
      .split("\n")
      .map((line) => line.split(","));
    expect(rows).toHaveLength(4 * 2 * 3);
    for (const row of rows) expect(row).toHaveLength(names.length);
    const cell = (row: number, name: string) => rows[row][names.indexOf(name)];
    expect([cell(23, "problem"), cell(23, "d"), cell(23, "samples"), cell(23, "m")]).toEqual([
      "XOR_2",
      "9",
      "64",
      "16",
    ]);
    expect(Number(cell(23, "functionGap"))).toBe(gap?.widths[1].functionGap.mean[2]);
    // What only a reference network has is empty beside a limit.
    expect(cell(0, "authorsMeanDelta")).toBe("");
    expect(Number(cell(23, "correctedFunctionGap"))).toBe(gap?.widths[1].corrected?.functionGap.mean[2]);
  });
});

describe("a store of the user's own", () => {
  it("gets each task once, whoever computes which part", async () => {
    const texts = new Map<string, string>();
    const store = {
      read: async (name: string) => texts.get(name) ?? null,
      write: async (name: string, text: string) => {
        expect(texts.has(name)).toBe(false);
        texts.set(name, text);
      },
    };
    expect(await computeSweep(engine, PLAN, { store, part: { part: 2, parts: 2 } })).toMatchObject({
      status: "completed",
      tasks: 6,
      found: 0,
      computed: 6,
      failed: [],
    });
    expect((await missingTasks(PLAN, store)).map(({ index }) => index)).toEqual([0, 2, 4, 6, 8, 10]);
    await computeSweep(engine, PLAN, { store });
    expect([...texts.keys()].sort()).toEqual(
      sweepTasks(PLAN)
        .map(({ hash }) => hash)
        .sort(),
    );
    const merged = await mergeSweep(engine, PLAN, store);
    expect(JSON.stringify(merged)).toBe(JSON.stringify(await runSweep(engine, PLAN)));
  });
});

describe("a plan", () => {
  it("is refused with the place of what is wrong", async () => {
    const wrong = { ...PLAN, d: [6, 1] };
    expect(planMistakes(wrong)).toEqual([
      { pointer: "/d/1", sentence: "/d/1 must be an integer of at least 2; got 1", kind: false },
    ]);
    expect(() => checkPlan(wrong)).toThrow(RangeError);
    await expect(runSweep(engine, wrong)).rejects.toThrow("/d/1 must be");
    await expect(runSweep(engine, {} as SweepPlan)).rejects.toThrow(TypeError);
    await expect(predictSweep(engine, { ...PLAN, precision: "float32" })).rejects.toThrow(
      "He4, d 6, time 0.4, precision float32: precision must be",
    );
  });
});
