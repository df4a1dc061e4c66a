// Coefficients of any size that is allowed: nothing crashes, hangs or leaves a number that is not finite. Training c sigma towards c f*
// is training sigma towards f*, c^2 times as fast, so times go along.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  approximationGap,
  createEngine,
  type Engine,
  gapBounds,
  gapLimitConstants,
  gapReport,
  hermite,
  linearisedGap,
  localHessianNorms,
  meanFieldLimit,
  multiIndex,
  type Problem,
  type RunOptions,
  risk,
  type SingleIndexProblem,
  selfConcordance,
  separateGaps,
  singleIndex,
  stability,
  theoryReport,
  trainNetwork,
  velocity,
} from "../../src/index.ts";
import { notFinite } from "../support/arithmetic.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const W = Float64Array.of(1, 0, 0, 0, 0.6, 0.8, 0, 0);
const teachers = [
  [1, 0],
  [0, 1],
];

interface Setting extends RunOptions {
  time: number;
  step: number;
  record: number;
  workers: number;
}

type Compute = (problem: Problem, setting: Setting) => Promise<object>;

/** Options without `workers`, which these functions do not have. */
const alone = ({ workers: _, ...rest }: Setting) => rest;

const OF_ALL: Record<string, Compute> = {
  trainNetwork: (problem, setting) => trainNetwork(engine, problem, { ...setting, width: 3 }),
  "trainNetwork along the flow": (problem, setting) =>
    trainNetwork(engine, problem, { ...setting, width: 3, dynamics: "flow" }),
  meanFieldLimit: (problem, setting) => meanFieldLimit(engine, problem, { ...setting, dynamics: "flow" }),
  approximationGap: (problem, setting) => approximationGap(engine, problem, { ...setting, widths: [3, 5], seeds: 2 }),
  "approximationGap on data": (problem, setting) =>
    approximationGap(engine, problem, { ...setting, widths: [3], reference: 8, seeds: 2, data: { samples: 16 } }),
  separateGaps: (problem, setting) =>
    separateGaps(engine, problem, { ...setting, widths: [3], samples: [8], seeds: 2 }),
  gapReport: (problem, setting) => gapReport(engine, problem, { ...setting, widths: [3, 5], seeds: 2 }),
  linearisedGap: (problem, setting) => linearisedGap(engine, problem, { ...alone(setting), width: 3 }),
  stability: (problem, setting) => stability(engine, problem, { ...alone(setting), width: 3, dynamics: "flow" }),
  gapBounds: (problem, setting) => gapBounds(engine, problem, { ...alone(setting), width: 3 }),
  theoryReport: (problem, setting) => theoryReport(engine, problem, { ...alone(setting), width: 3 }),
  localHessianNorms: (problem) => localHessianNorms(engine, problem, W),
  velocity: async (problem) => ({ V: await velocity(engine, problem, W), risk: await risk(engine, problem, W) }),
};

const OF_ONE_INDEX: Record<string, Compute> = {
  gapLimitConstants: (problem, { step: _, workers: __, ...rest }) => gapLimitConstants(engine, problem, rest),
  selfConcordance: (problem, setting) => selfConcordance(engine, problem, alone(setting)),
};

describe.each([1e-20, 1e-3, 1e4, 1e30, 1e100])("coefficients of %d", (c) => {
  const single: SingleIndexProblem = singleIndex({ d: 4, activation: hermite({ 4: c }) });
  const several = multiIndex({ d: 4, activation: hermite({ 2: c }), teachers });

  test.each([
    ...Object.entries(OF_ALL).flatMap(([name, compute]): [string, Compute, Problem][] => [
      [name, compute, single],
      [`${name}, two indices`, compute, several],
    ]),
    ...Object.entries(OF_ONE_INDEX).map(([name, compute]): [string, Compute, Problem] => [name, compute, single]),
  ])("%s", async (_, compute, problem) => {
    const time = 0.1 / c / c;
    const found = await compute(problem, { time, step: time / 4, record: 2, workers: 0 }).catch((error) => error);
    if (found instanceof Error) {
      expect(found).toBeInstanceOf(RangeError);
      expect(found.message).toMatch(/^(activation|problem|V|step) /);
      expect(found.message).not.toMatch(/NaN|Infinity/);
      expect(c).toBeGreaterThan(1e30);
    } else {
      const document = JSON.parse(JSON.stringify(found));
      expect(notFinite(found)).toEqual([]);
      expect(["completed", "diverged", undefined]).toContain(document.status);
      if (c <= 1e30) expect(document.status ?? "completed").toBe("completed");
    }
    expect(engine.arena.bytesInUse).toBe(0);
  });
});
