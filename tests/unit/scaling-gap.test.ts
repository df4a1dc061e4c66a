// gapScaling and sampleScaling on networks whose gaps are made up: which enter the fit, which are left out and why, and what is
// left of a run that failed. Families of problems, and what they are called.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MemoryRefusal } from "../../src/engine/arena.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { checkDimensions, familiesOf, nameOf } from "../../src/experiment/scaling/family.ts";
import { gapScaling, sampleScaling } from "../../src/experiment/scaling/gap-scaling.ts";
import type { CoupledRun } from "../../src/gap/coupling.ts";
import { type GapPayload, gapHandlers } from "../../src/gap/task.ts";
import { limitHandlers } from "../../src/limit/task.ts";
import type { Handlers } from "../../src/pool/handlers.ts";
import { hermite, relu } from "../../src/problem/activation.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { problems } from "../../src/problem/zoo.ts";
import { served } from "./pool-fixtures.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 6 });
const SHORT = { seeds: 2, time: 0.2, step: 0.1, record: 2 };

/** Workers on which networks have the gaps that `made` gives at the last record, after what `before` waits for. */
function workersWith(
  made: (payload: GapPayload) => { meanDelta: number; functionGap: number },
  before: (payload: GapPayload) => Promise<void> = async () => {},
) {
  const handlers: Handlers<string> = {
    limit: (_, payload, context, work, tell) => limitHandlers.limit(engine, payload, context, work, tell),
    async network(_, payload, context, work, tell) {
      await before(payload as GapPayload);
      const result = await gapHandlers.network(engine, payload, context, work, tell);
      const { measurements } = result.value as CoupledRun;
      Object.assign(measurements[measurements.length - 1], made(payload as GapPayload));
      return result;
    },
  };
  return () => served(handlers);
}

describe("gapScaling", () => {
  test("fits the means over seeds, with the exact slopes of exact laws", async () => {
    // Factors 0.9 and 1.1 of the seeds have the mean 1.
    const made = ({ m, replica }: GapPayload) => {
      const factor = replica === 0 ? 0.9 : 1.1;
      return { meanDelta: (3 * factor) / Math.sqrt(m), functionGap: (5 * factor) / m };
    };
    const report = await gapScaling(engine, He4, { ...SHORT, widths: [64, 16, 32], workers: workersWith(made) });
    expect(report.status).toBe("completed");
    expect("failure" in report).toBe(false);
    for (const [i, [name, prefactor, slope]] of (
      [
        ["meanDelta", 3, -0.5],
        ["functionGap", 5, -1],
      ] as const
    ).entries()) {
      const { points, missing, fit, ...series } = report.series[i];
      expect([series.name, series.problem, missing]).toEqual([name, He4, []]);
      expect(points.map(({ x }) => x)).toEqual([16, 32, 64]);
      for (const { x, y } of points) expect(y).toBeCloseTo(prefactor * x ** slope, 12);
      expect(fit?.slope).toBeCloseTo(slope, 12);
      expect(fit?.intercept).toBeCloseTo(Math.log(prefactor), 12);
      expect(fit).toMatchObject({ law: "power", expected: slope, holds: true });
    }
  });

  test("leaves out a gap of zero, and one below the error of the limit, and says which is which", async () => {
    const made = ({ m, replica }: GapPayload) => ({
      meanDelta: m === 32 ? 1e-300 : 1 / Math.sqrt(m),
      functionGap: m === 16 && replica === 1 ? 0 : 1 / m,
    });
    const options = { ...SHORT, widths: [8, 16, 32, 64], workers: workersWith(made) };
    const [delta, gap] = (await gapScaling(engine, He4, options)).series;
    expect(delta.points.map(({ x }) => x)).toEqual([8, 16, 64]);
    expect(delta.missing).toEqual([{ x: 32, reason: "not above the error of the limit" }]);
    expect(gap.points.map(({ x }) => x)).toEqual([8, 32, 64]);
    expect(gap.missing).toEqual([{ x: 16, reason: "a gap is zero" }]);
    expect(delta.fit?.slope).toBeCloseTo(-0.5, 12);
    expect(gap.fit?.slope).toBeCloseTo(-1, 12);
  });

  test("that failed has no fit over seeds that its widths do not share", async () => {
    const refused = ({ m, replica }: GapPayload) => (m === 16) === (replica === 0);
    let left = 2;
    let others = () => {};
    const through = new Promise<void>((resolve) => {
      others = resolve;
    });
    const before = async (payload: GapPayload) => {
      if (refused(payload)) {
        await through;
        throw new MemoryRefusal("there is none");
      }
      // The results of both are delivered before the first refusal: timers of no delay keep their order.
      if (--left === 0) setTimeout(() => setTimeout(() => setTimeout(others)));
    };
    const made = ({ m }: GapPayload) => ({ meanDelta: 1 / m, functionGap: 1 / m });
    const report = await gapScaling(engine, He4, { ...SHORT, widths: [8, 16], workers: workersWith(made, before) });
    expect(report.status).toBe("failed");
    expect(report.failure).toMatch(/^the network of width (8|16), replica [01] could not be computed: .*there is none/);
    for (const { points, missing, fit } of report.series) {
      expect([points, fit]).toEqual([[], null]);
      expect(missing).toEqual([8, 16].map((x) => ({ x, reason: "no seed that all others have too was finished" })));
    }
  });
});

describe("sampleScaling", () => {
  const options = { ...SHORT, widths: [4], samples: [32, 64] };

  test("that failed says why, and what has no seed", async () => {
    const refuse = () => Promise.reject(new MemoryRefusal("there is none"));
    const workers = () => served({ ...Object.fromEntries(Object.keys(gapHandlers).map((kind) => [kind, refuse])) });
    const report = await sampleScaling(engine, He4, { ...options, workers });
    expect(report).toMatchObject({ status: "failed", kind: "samples", divergence: null });
    expect(report.failure).toContain("was refused memory: there is none");
    expect(report.series).toHaveLength(1);
    expect(report.series[0]).toMatchObject({ name: "m = 4", points: [], fit: null });
    const reason = "no seed that all others have too was finished";
    expect(report.series[0].missing).toEqual([32, 64].map((x) => ({ x, reason })));
  });

  test("leaves out gaps of zero: at the start all networks are the same", async () => {
    const report = await sampleScaling(engine, He4, { ...options, time: 0, record: [0], workers: 0 });
    expect(report.status).toBe("completed");
    expect(report.series[0].missing).toEqual([32, 64].map((x) => ({ x, reason: "a gap is zero" })));
  });
});

describe("families of problems", () => {
  test.each([
    ["a function", (d: number) => problems.Ge4({ d }), problems.Ge4({ d: 7 })],
    ["a name", "He4_orth", problems.He4_orth({ d: 7 })],
    ["an activation", hermite({ 3: 1 }), singleIndex({ d: 7, activation: hermite({ 3: 1 }) })],
    [
      "an activation with a link",
      { activation: hermite({ 3: 1 }), link: hermite({ 1: 2 }) },
      singleIndex({ d: 7, activation: hermite({ 3: 1 }), link: hermite({ 1: 2 }) }),
    ],
    [
      "an activation without one",
      { activation: hermite({ 3: 1 }) },
      singleIndex({ d: 7, activation: hermite({ 3: 1 }) }),
    ],
  ])("may be %s", (_, family, problem) => {
    expect(familiesOf(family, [7])).toEqual([[problem]]);
    expect(familiesOf([family, "He3"], [7])).toEqual([[problem], [problems.He3({ d: 7 })]]);
  });

  test.each([
    [["He4", "He9"], RangeError, "families[1] must be a function of d, the name of a problem, an activation, or"],
    [["He9"], RangeError, "families must be a function of d"],
    [[null], TypeError, "families must be a function of d"],
    [["He4", 7], TypeError, "families[1] must be a function of d"],
    [[(d: number) => problems.He4({ d: d + 1 })], RangeError, "one whose problem for d = 7 has that dimension; got 8"],
    [[() => 7], TypeError, "problem must be made by"],
  ])("refuses %#", (families, kind, sentence) => {
    expect(() => familiesOf(families, [7])).toThrow(kind);
    expect(() => familiesOf(families, [7])).toThrow(sentence);
  });

  test("have dimensions that ascend", () => {
    expect(checkDimensions([2, 3, 9])).toEqual([2, 3, 9]);
    expect(() => checkDimensions("23")).toThrow("dimensions must be a list of ascending integers of at least 2");
    expect(() => checkDimensions([2, 9, 3])).toThrow("dimensions[2] must be above dimensions[1] = 9; got 3");
    expect(() => checkDimensions([2, 2.5])).toThrow("dimensions[1] must be an integer of at least 2; got 2.5");
  });

  test.each([
    ["He4", problems.He4({ d: 4 })],
    ["h_3", singleIndex({ d: 4, activation: hermite({ 3: 1 }) })],
    ["custom (k* = 3)", singleIndex({ d: 4, activation: hermite({ 3: 2 }) })],
    ["custom (k* = 2)", singleIndex({ d: 4, activation: hermite({ 2: 1, 4: 1 }) })],
    ["custom (k* = 1)", singleIndex({ d: 4, activation: relu() })],
    ["custom (k* = 4)", singleIndex({ d: 4, activation: hermite({ 4: 1 }), link: hermite({ 4: 2 }) })],
    ["custom (k* = none)", singleIndex({ d: 4, activation: hermite({ 3: 1 }), link: hermite({ 4: 1 }) })],
    ["custom (k* = none)", singleIndex({ d: 4, activation: hermite({ 3: 2 }), link: hermite({ 4: 1 }) })],
  ])("are called %s", (name, problem) => {
    expect(nameOf(problem)).toBe(name);
  });
});
