// The limit constants against numbers of another program (tests/golden), over whole runs. In Node only: the same bits are
// asserted elsewhere.

import { createEngine, type Engine, gapLimitConstants } from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import golden from "../golden/gap-limit-constants.json" with { type: "json" };
import { hermiteProblem } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

function largestRatio(values: Float64Array, expected: readonly number[]): number {
  return expected.reduce((worst, x, k) => Math.max(worst, x === 0 ? values[k] : Math.abs(values[k] / x - 1)), 0);
}

describe("gapLimitConstants", () => {
  test.each(golden.map((entry, i) => ({ ...entry, accuracy: i === 0 ? 1e-5 : 1e-3 })))(
    "$problem, d = $d, as another program has them",
    async ({ d, activation, link, time, accuracy, ...expected }) => {
      const problem = hermiteProblem(d, activation, link);
      const constants = await gapLimitConstants(engine, problem, { time: time[time.length - 1], record: time });
      expect([...constants.time]).toEqual(time);
      expect(constants.errorEstimate).toBeLessThanOrEqual(1e-4);
      expect(largestRatio(constants.mTimesFunctionGap, expected.mTimesFunctionGap)).toBeLessThan(accuracy);
      expect(largestRatio(constants.mTimesMeanSquaredDelta, expected.mTimesMeanSquaredDelta)).toBeLessThan(accuracy);
    },
  );

  test("the error estimate holds against a much finer computation", async () => {
    const problem = hermiteProblem(32, { 4: 1 });
    const run = (tolerance: number) => gapLimitConstants(engine, problem, { time: 2, record: 5, tolerance });
    const fine = await run(1e-7);
    for (const tolerance of [1e-2, 1e-3, 1e-4]) {
      const { errorEstimate, ...constants } = await run(tolerance);
      expect(errorEstimate).toBeLessThanOrEqual(tolerance);
      for (const name of ["mTimesFunctionGap", "mTimesMeanSquaredDelta"] as const)
        expect(largestRatio(constants[name], [...fine[name]])).toBeLessThan(tolerance);
    }
  });
});
