// Reference networks in place of the infinite width: when they are taken, and what their statistics are, against plain
// computation, against networks trained alone, and against the limit where that can be solved.

import {
  approximationGap,
  createEngine,
  type Engine,
  type GapOptions,
  hermite,
  multiIndex,
  type Problem,
  problems,
  relu,
  singleIndex,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alternating, meanSquare, outputs } from "../support/plain-network.ts";
import { distance, generator, notFinite, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const He4 = problems.He4({ d: 5 });
const SHORT = { widths: [4, 8], seeds: 2, time: 0.2, step: 0.1, workers: 0 };

describe("what stands for the infinite width", () => {
  const inputs = unitRows(12, 5, 1);
  const labels = new Float64Array(12).fill(1);
  const data = { samples: 20 };
  const teachers = { random: 3, dimension: 2 };
  const signedTeachers = multiIndex({ d: 5, activation: hermite({ 3: 1 }), teachers, signed: true });
  test.each<[string, Problem, Partial<GapOptions>]>([
    ["Boolean inputs", problems.XOR_2({ d: 5 }), { data }],
    ["ReLU", problems.Zero({ d: 5 }), {}],
    ["several teachers and a signed layer", signedTeachers, {}],
    ["a signed layer", singleIndex({ d: 5, activation: hermite({ 3: 1 }), signed: true }), {}],
    ["noise", He4, { langevin: 0.1 }],
    ["the correlation objective", He4, { objective: "correlation" }],
    ["a path norm", He4, { data, pathNorm: 0.1 }],
    ["labels of the user", He4, { data: { inputs, labels } }],
  ])("a network four times as wide as the widest: %s", async (_, problem, options) => {
    const report = await approximationGap(engine, problem, { ...SHORT, ...options });
    expect(report.status).toBe("completed");
    expect(report.meanField).toMatchObject({ solver: "reference-network", width: 32 });
    expect(report.settings.reference).toBe(32);
    expect(report.widths.every(({ corrected }) => corrected !== undefined)).toBe(true);
    expect(report.scaling?.corrected).toBeDefined();
    expect(notFinite(report)).toEqual([]);
  });

  test.each<[string, Problem, Partial<GapOptions>]>([
    ["on the population", He4, {}],
    ["on samples", He4, { data }],
    ["on inputs of the user", problems.Ge4({ d: 5 }), { data: { inputs } }],
  ])("the limit itself where it can be solved: %s", async (_, problem, options) => {
    const report = await approximationGap(engine, problem, { ...SHORT, ...options });
    expect(report.meanField.solver).toBe("single-index");
    expect(report.settings.reference).toBeNull();
    expect(report.widths[0].corrected).toBeUndefined();
    expect(report.widths[0].trainError === undefined).toBe(options.data === undefined);
  });

  test("a reference network where it is asked for", async () => {
    const report = await approximationGap(engine, He4, { ...SHORT, reference: 9 });
    expect(report.meanField).toMatchObject({ solver: "reference-network", width: 9 });
  });
});

describe("the networks of a run", () => {
  const options = { time: 0.6, step: 0.1, record: 4, seed: 3 };

  test("are those of trainNetwork with the same seed, whatever runs beside them", async () => {
    const problem = problems.Hop_1_3({ d: 6 });
    const data = { samples: 150, batch: 64, resample: true, order: "shuffled" } as const;
    const report = await approximationGap(engine, problem, {
      ...{ ...options, data, widths: [64, 7], reference: 100, seeds: 1, langevin: 0.2, workers: 0 },
    });
    for (const [m, errors] of [
      [64, report.widths[0]],
      [7, report.widths[1]],
      [100, undefined],
    ] as const) {
      const alone = await trainNetwork(engine, problem, { ...options, data, width: m, langevin: 0.2 });
      const { trainError, testError } = report.meanField;
      expect(errors?.trainError?.mean ?? trainError).toEqual(alone.trainError);
      expect(errors?.testError?.mean ?? testError).toEqual(alone.testError);
    }
    expect(report.measuredOn).toEqual({ loss: "test", functionGap: "test" });
    expect(report.widths[0].loss).toEqual(report.widths[0].testError);
  });

  test("on data beside the limit too", async () => {
    const data = { samples: 90, batch: 40 };
    const report = await approximationGap(engine, He4, { ...options, data, widths: [21], seeds: 1, workers: 0 });
    const alone = await trainNetwork(engine, He4, { ...options, data, width: 21 });
    expect(report.widths[0].trainError?.mean).toEqual(alone.trainError);
    expect(report.widths[0].loss.mean).toEqual(alone.loss);
  });

  test("their gaps are the distances to the reference network, particle by particle and function by function", async () => {
    const d = 6;
    const problem = problems.XOR_3({ d });
    const [initial, widths] = [unitRows(40, d, 2), [5, 16]];
    const random = generator(1);
    const signs = (n: number) => Int8Array.from({ length: n * d }, () => (random() < 0.5 ? -1 : 1));
    for (const data of [
      { inputs: signs(60), testInputs: signs(33), batch: 25 },
      { inputs: signs(60), batch: 25 },
    ]) {
      const report = await approximationGap(engine, problem, {
        ...{ time: 0.6, step: 0.1, record: 4 },
        data,
        initial,
        widths,
        reference: 40,
      });
      const particles = async (m: number) => {
        const run = await trainNetwork(engine, problem, {
          ...{ time: 0.6, step: 0.1, record: 4, data, initial: initial.slice(0, m * d), keep: "all" },
        });
        return [0, 1, 2, 3].map((k) => run.particles(k));
      };
      const reference = await particles(40);
      const on = data.testInputs ?? data.inputs;
      expect(report.measuredOn.functionGap).toBe(data.testInputs ? "test" : "train");
      for (const [w, m] of widths.entries()) {
        const own = await particles(m);
        const { meanDelta, authorsMeanDelta, functionGap, maxDelta } = report.widths[w];
        for (let k = 0; k < 4; k++) {
          const D = own[k].map((x, at) => x - reference[k][at]);
          const row = (i: number) => Array.from(D.subarray(i * d, (i + 1) * d), (x) => x * x);
          const sum = (list: number[]) => list.reduce((total, x) => total + x, 0);
          const norms = Array.from({ length: m }, (_, i) => Math.sqrt(sum(row(i))));
          expect(distance(report.delta(k, w), norms)).toBeLessThan(1e-14);
          expect(meanDelta.mean[k]).toBeCloseTo(sum(norms) / m, 14);
          expect(maxDelta.mean[k]).toBeCloseTo(Math.max(...norms), 14);
          // The target looks at 3 coordinates; of the other 3 all are sampled: (d - 3) mean_c D_c^2 / 3.
          const theirs = norms.map((_, i) => Math.sqrt(sum(row(i).slice(0, 3)) + sum(row(i).slice(3)) / 3));
          expect(authorsMeanDelta?.mean[k]).toBeCloseTo(sum(theirs) / m, 14);
          const f = (W: Float64Array) => outputs({ activation: relu(), W, d, signs: alternating(W.length / d) }, on);
          expect(functionGap.mean[k]).toBeCloseTo(meanSquare(f(own[k]), f(reference[k])), 13);
        }
      }
    }
  });

  test("the authors' estimate in a high dimension: four coordinates stand for the rest, and a quarter of it", async () => {
    const d = 30;
    const problem = problems.He4_orth({ d });
    const initial = unitRows(20, d, 8);
    const run = { time: 0.5, step: 0.1, record: 2 };
    const report = await approximationGap(engine, problem, { ...run, initial, widths: [6], reference: 20 });
    const end = async (m: number) =>
      (await trainNetwork(engine, problem, { ...run, initial: initial.slice(0, m * d) })).particles();
    const [own, reference] = [await end(6), await end(20)];
    const estimate = Array.from({ length: 6 }, (_, i) => {
      const square = (c: number) => (own[i * d + c] - reference[i * d + c]) * (own[i * d + c] - reference[i * d + c]);
      const mean = (square(2) + square(3) + square(4) + square(5)) / 4;
      return Math.sqrt(square(0) + square(1) + (mean * (d - 2)) / 4);
    });
    expect(report.widths[0].authorsMeanDelta?.mean[1]).toBeCloseTo(estimate.reduce((a, b) => a + b) / 6, 14);
    expect(estimate[0]).toBeGreaterThan(1e-6);
  });

  test("the function gap on the population: plain sums over pairs with the kernel", async () => {
    const d = 4;
    // q(s) = 0.25 + 0.49 s^2 + 0.36 s^3; and for ReLU the arc-cosine kernel.
    const kernels = {
      polynomial: (s: number) => 0.25 + 0.49 * s * s + 0.36 * s * s * s,
      relu: (s: number) => (Math.sqrt(1 - s * s) + (Math.PI - Math.acos(s)) * s) / (2 * Math.PI),
    };
    for (const name of ["polynomial", "relu"] as const) {
      const activation = name === "relu" ? relu() : hermite([0.5, 0, 0.7, 0.6]);
      const problem = singleIndex({ d, activation, link: hermite([0, 1, 1]), signed: true });
      const [initial, M, m] = [unitRows(24, d, 5), 24, 9];
      const run = { time: 0.8, step: 0.2, record: 3 };
      const report = await approximationGap(engine, problem, { ...run, initial, widths: [m], reference: M });
      const own = await trainNetwork(engine, problem, { ...run, initial: initial.slice(0, m * d), keep: "all" });
      const reference = await trainNetwork(engine, problem, { ...run, initial, keep: "all" });
      expect(report.measuredOn).toEqual({ loss: "population", functionGap: "population" });
      for (let k = 0; k < 3; k++) {
        const pair = (x: Float64Array, y: Float64Array) => {
          let sum = 0;
          for (let i = 0; i < x.length / d; i++) {
            for (let j = 0; j < y.length / d; j++) {
              let s = 0;
              for (let c = 0; c < d; c++) s += x[i * d + c] * y[j * d + c];
              sum += (i % 2 === j % 2 ? 1 : -1) * kernels[name](Math.max(-1, Math.min(1, s)));
            }
          }
          return (sum * d * d) / x.length / y.length;
        };
        const [x, y] = [own.particles(k), reference.particles(k)];
        expect(report.widths[0].functionGap.mean[k]).toBeCloseTo(pair(x, x) - 2 * pair(x, y) + pair(y, y), 13);
        expect(report.widths[0].loss.mean[k]).toBe(own.loss?.[k]);
        expect(report.meanField.loss[k]).toBe(reference.loss?.[k]);
      }
    }
  });
});

describe("a reference network of width M against the limit", () => {
  // At the start both gaps are known in law: E |f_m - f|^2 = C / m, and against M with the same first particles
  // C (1/m - 1/M).
  test("the raw function gap is smaller by the factor 1 - m/M, and the corrected one agrees", async () => {
    const problem = problems.He4({ d: 6 });
    const common = { widths: [16, 32], seeds: 96, time: 0.4, step: 0.1, record: 2, workers: 0 };
    const M = 64;
    const limit = await approximationGap(engine, problem, common);
    const beside = await approximationGap(engine, problem, { ...common, reference: M });
    for (const [w, m] of common.widths.entries()) {
      const truth = limit.widths[w];
      const raw = beside.widths[w];
      for (const name of ["functionGap", "mTimesFunctionGap"] as const) {
        for (let k = 0; k < 2; k++) {
          const [exact, other, corrected] = [truth[name], raw[name], raw.corrected?.[name]];
          if (!corrected) throw new Error("no corrected statistics");
          const ratio = other.mean[k] / exact.mean[k];
          // The relative errors of both means.
          const error = Math.hypot(other.stderr[k] / other.mean[k], exact.stderr[k] / exact.mean[k]);
          expect(error).toBeLessThan(0.2);
          expect(Math.abs(ratio - (1 - m / M)), `${name}, m = ${m}`).toBeLessThan(3 * error * ratio);
          expect(corrected.mean[k]).toBeCloseTo((other.mean[k] * M) / (M - m), 13);
          expect(corrected.stderr[k]).toBeCloseTo((other.stderr[k] * M) / (M - m), 13);
        }
      }
      const [exact, corrected] = [truth.meanSquaredDelta, raw.corrected?.meanSquaredDelta];
      if (!corrected) throw new Error("no corrected statistics");
      expect(Math.abs(corrected.mean[1] - exact.mean[1])).toBeLessThan(
        3 * Math.hypot(corrected.stderr[1], exact.stderr[1]),
      );
      // For m = M/2 the correction is a factor of 2, far outside of the errors.
      if (m === 32) expect(raw.meanSquaredDelta.mean[1]).toBeLessThan(0.75 * exact.mean[1]);
    }
    // What the reference network itself is off by: C / M.
    const { fluctuation, loss, errorEstimate } = beside.meanField;
    const C = limit.widths.reduce((sum, { mTimesFunctionGap }) => sum + mTimesFunctionGap.mean[1] / 2, 0);
    expect(Math.abs((fluctuation?.functionGap[1] as number) / (C / M) - 1)).toBeLessThan(0.2);
    expect(Math.abs(loss[1] - limit.meanField.loss[1])).toBeLessThan(errorEstimate as number);
  });
});
