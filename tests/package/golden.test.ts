// Numbers that somebody else computed (tests/golden) and that SPEC.md, section 4 prints.

import {
  approximationGap,
  createEngine,
  type Engine,
  interactionHessianProduct,
  localHessianProduct,
  meanFieldLimit,
  problems,
  risk,
  trainNetwork,
  velocity,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import coupledGap from "../golden/coupled-gap.json" with { type: "json" };
import meanFieldFlow from "../golden/mean-field-flow.json" with { type: "json" };
import velocityHessian from "../golden/velocity-hessian.json" with { type: "json" };
import { distance, flat, hermiteProblem } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

describe("infinite width, gradient flow", () => {
  test.each(meanFieldFlow)(
    "$problem in dimension $d reproduces loss, E alpha and E alpha^2 within 1e-7",
    async (golden) => {
      const problem = hermiteProblem(golden.d, golden.activation, golden.link);
      const record = golden.trajectory.map(({ t }) => t);
      const limit = await meanFieldLimit(engine, problem, { time: golden.maxTime, dynamics: "flow", record });
      expect([...limit.time]).toEqual(record);
      for (const key of ["loss", "meanAlpha", "meanAlpha2"] as const) {
        const values = golden.trajectory.map((point) => point[key]);
        expect(distance(limit[key], values), key).toBeLessThan(1e-7);
      }
    },
  );
});

describe("He4, d = 32, at t = 30", () => {
  const problem = problems.He4({ d: 32 });

  // SPEC.md prints this number beside the flow; it is the limit of PGD with the default step 0.02.
  test("the PGD limit with step 0.02 is SPEC.md's 0.1470294", async () => {
    const limit = await meanFieldLimit(engine, problem, { time: 30, step: 0.02, record: [30] });
    expect(limit.loss[0]).toBeCloseTo(0.1470294, 7);
  });

  // Found with RK4, step 0.025, on 3200 Gauss-Legendre nodes graded as the fourth power of the distance to the equator,
  // from the moments E a^4, E a^2 g^2 and E g^4 of the law alone (no zonal series).
  test("the flow limit is 0.14688242, as an independent solver has it", async () => {
    const limit = await meanFieldLimit(engine, problem, { time: 30, dynamics: "flow", record: [24, 30] });
    expect(distance(limit.loss, [0.17121372, 0.14688242])).toBeLessThan(1e-8);
  });
});

describe("velocity and risk", () => {
  test.each(velocityHessian)("$problem, m = $m, d = $d, agrees within 1e-12", async (golden) => {
    const problem = hermiteProblem(golden.d, golden.activation, golden.link);
    const W = flat(golden.W);
    expect(distance(await velocity(engine, problem, W), flat(golden.velocity))).toBeLessThan(1e-12);
    expect(Math.abs((await risk(engine, problem, W)) - golden.loss)).toBeLessThan(1e-12);
  });
});

describe("products with the local and the interaction Hessian", () => {
  test.each(velocityHessian)("$problem, m = $m, d = $d, agree within 1e-11", async (golden) => {
    const problem = hermiteProblem(golden.d, golden.activation, golden.link);
    const [W, V] = [flat(golden.W), flat(golden.V)];
    expect(distance(await localHessianProduct(engine, problem, W, V), flat(golden.localHvp))).toBeLessThan(1e-11);
    expect(distance(await interactionHessianProduct(engine, problem, W, V), flat(golden.interactionHvp))).toBeLessThan(
      1e-11,
    );
  });
});

const gapCases = coupledGap.flatMap((golden) =>
  (["riemannian", "euclidean"] as const).map((gradient) => ({ ...golden, gradient, run: golden.runs[gradient] })),
);

describe("coupled gap", () => {
  test.each(gapCases)("$problem, $gradient: one step within 1e-12, the end within 1e-6 relative", async (golden) => {
    const problem = hermiteProblem(golden.d, golden.activation, golden.link);
    const initial = flat(golden.W0);
    const end = golden.run[golden.run.length - 1];
    const settings = {
      time: end.time,
      step: golden.step,
      gradient: golden.gradient,
      record: golden.run.map(({ time }) => time),
    };
    const report = await approximationGap(engine, problem, { ...settings, initial, tolerance: 1e-12 });
    const limit = await meanFieldLimit(engine, problem, { ...settings, tolerance: 1e-12 });
    const network = await trainNetwork(engine, problem, { ...settings, initial, keep: "all" });
    const [width] = report.widths;

    // SPEC: xi_t(w) = alpha_t w* + sqrt(1 - alpha_t^2) z, z the direction of the part of w orthogonal to w*.
    const meanFieldParticle = (k: number) => {
      const w = golden.W0[0];
      const alpha = limit.alphaAt(w[0], k);
      const stretch = Math.sqrt((1 - alpha * alpha) / (1 - w[0] * w[0]));
      return w.map((x, c) => (c === 0 ? alpha : stretch * x));
    };

    for (const k of [0, 1]) {
      const expected = golden.run[k];
      const got = {
        loss: network.loss?.[k] ?? Number.NaN,
        mfLoss: report.meanField.loss[k],
        meanDelta: width.meanDelta.mean[k],
        meanSquaredDelta: width.meanSquaredDelta.mean[k],
        maxDelta: width.maxDelta.mean[k],
        functionGap: width.functionGap.mean[k],
      };
      for (const [key, value] of Object.entries(got))
        expect(Math.abs(value - expected[key as keyof typeof got]), `${key} after ${k} steps`).toBeLessThan(1e-12);
      expect(width.loss.mean[k]).toBe(network.loss?.[k]);
      expect(Math.abs(limit.loss[k] - expected.mfLoss)).toBeLessThan(1e-12);
      expect(distance(network.particles(k).subarray(0, golden.d), expected.particle0)).toBeLessThan(1e-12);
      expect(distance(meanFieldParticle(k), expected.meanFieldParticle0)).toBeLessThan(1e-12);
    }

    const last = golden.run.length - 1;
    const relative = (value: number, expected: number) => Math.abs(value / expected - 1);
    expect(relative(width.meanDelta.mean[last], end.meanDelta)).toBeLessThan(1e-6);
    expect(relative(width.functionGap.mean[last], end.functionGap)).toBeLessThan(1e-6);
    expect(relative(report.meanField.loss[last], end.mfLoss)).toBeLessThan(1e-6);
    expect(relative(width.loss.mean[last], end.loss)).toBeLessThan(1e-6);
    expect(distance(network.particles(last).subarray(0, golden.d), end.particle0)).toBeLessThan(1e-6);
    expect(distance(meanFieldParticle(last), end.meanFieldParticle0)).toBeLessThan(1e-6);
  });
});
