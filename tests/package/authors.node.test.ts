// Trajectories of the authors' algorithm in float64, computed independently (tests/golden/authors): the same data, start
// and signs must give the same risks, gaps and weights. Their time is lr * steps and their loss has no 1/2, so a step in
// flow time is 2 lr (SPEC.md, section 8).

import { readFileSync } from "node:fs";
import { approximationGap, createEngine, type Engine, fromNPY, problems, trainNetwork } from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { distance } from "./helpers.ts";

type Name = "He4" | "Ge4" | "He4_misspecified" | "Man_2" | "Hop_1_3" | "XOR_4";

interface Golden {
  d: number;
  batch: number;
  steps: number;
  lr: number;
  epochs: number;
  boolean: boolean;
  k_indices: number;
}

const WIDTHS = [64, 128, 256];

function load(name: Name) {
  const file = (path: string) => new URL(`../golden/authors/${name}/${path}`, import.meta.url);
  const golden: Golden = JSON.parse(readFileSync(file("golden.json"), "utf8"));
  const array = (path: string) => fromNPY(readFileSync(file(`${path}.npy`))).data;
  const float64 = (path: string) => Float64Array.from(array(path));
  return { golden, array, float64 };
}

/** Options that make our algorithm theirs. */
function settings({ golden, array, float64 }: ReturnType<typeof load>) {
  return {
    step: 2 * golden.lr,
    gradient: "euclidean" as const,
    data: {
      inputs: array("X"),
      labels: float64("y"),
      testInputs: array("X_test"),
      testLabels: float64("y_test"),
      batch: golden.batch,
    },
  };
}

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

describe.each<Name>(["He4", "Ge4", "He4_misspecified", "Man_2", "Hop_1_3", "XOR_4"])("%s", (name) => {
  const files = load(name);
  const { golden, array, float64 } = files;
  const problem = problems[name]({ d: golden.d });
  const W0 = float64("W0");

  test("inputs have the type of the data law, and the target gives the labels", async () => {
    expect(array("X")).toBeInstanceOf(golden.boolean ? Int8Array : Float32Array);
    // Labels of the problem in place of the user's: the training error of the first network tells them apart.
    const { data, ...others } = settings(files);
    const { labels, testLabels, ...unlabelled } = data;
    const run = (data: object) =>
      trainNetwork(engine, problem, { ...others, initial: W0.slice(0, golden.d), time: 0, data: data as never });
    const given = await run(data);
    const own = await run(unlabelled);
    expect(own.trainError?.[0]).toBeCloseTo(given.trainError?.[0] as number, 13);
    expect(own.testError?.[0]).toBeCloseTo(given.testError?.[0] as number, 13);
    // One network, all labels: f is fixed, so a wrong target shows in its error.
    const zero = await run({ ...data, labels: new Float64Array(labels.length) });
    expect(zero.trainError?.[0]).not.toBeCloseTo(given.trainError?.[0] as number, 3);
  });

  test("the first step is theirs within 1e-12", async () => {
    const run = await trainNetwork(engine, problem, {
      ...settings(files),
      initial: W0.slice(0, 64 * golden.d),
      time: 2 * golden.lr,
    });
    expect(run.shape).toEqual([64, golden.d]);
    expect(distance(run.particles(), float64("W_step1_m64"))).toBeLessThan(1e-12);
  });

  // The Boolean problems to their end; the others, which have more steps, for their first 64 epochs.
  test("all widths and the reference are theirs: 1e-12 at the start, 1e-6 at the end", async () => {
    const perEpoch = golden.steps / golden.epochs;
    const epochs = golden.boolean ? golden.epochs : 64;
    // Their records come before each epoch and at the end.
    const records = Array.from({ length: epochs / 8 + 1 }, (_, k) => 8 * k);
    const record = records.map((epoch) => 2 * golden.lr * perEpoch * epoch);
    const report = await approximationGap(engine, problem, {
      ...settings(files),
      initial: W0,
      widths: WIDTHS,
      reference: 1024,
      time: record[record.length - 1],
      record,
    });
    expect(report.status).toBe("completed");
    expect(report.measuredOn).toEqual({ loss: "test", functionGap: "test" });
    const compare = (ours: ArrayLike<number> | undefined, file: string) => {
      const theirs = float64(file);
      const worst = records.map((epoch, k) => Math.abs((ours?.[k] ?? Number.NaN) - theirs[epoch]));
      expect(worst[0], `${file}, start`).toBeLessThan(1e-12);
      expect(Math.max(...worst), file).toBeLessThan(1e-6);
    };
    compare(report.meanField.loss, "risk_m1024");
    for (const { m, testError, meanDelta, authorsMeanDelta, functionGap } of report.widths) {
      compare(testError?.mean, `risk_m${m}`);
      compare(meanDelta.mean, `delta_norm_m${m}`);
      compare(authorsMeanDelta?.mean, `delta_refcode_norm_m${m}`);
      if (m !== 128) compare(functionGap.mean, `function_err_m${m}`);
    }
  });

  test("m = 64 to the end of the whole run: float64 is theirs, float32 as long as rounding lets it", async () => {
    const time = 2 * golden.lr * golden.steps;
    const early = 2 * golden.lr * 64;
    const options = { ...settings(files), initial: W0.slice(0, 64 * golden.d), time, record: [early, time] };
    const run = (precision: "float64" | "float32") =>
      trainNetwork(engine, problem, { ...options, keep: "all", precision });
    const double = await run("float64");
    expect(distance(double.particles(), float64("W_final_m64"))).toBeLessThan(1e-6);
    expect(Math.abs((double.testError?.[1] ?? Number.NaN) - float64("risk_m64")[golden.epochs])).toBeLessThan(1e-6);

    const single = await run("float32");
    expect(distance(single.particles(0), double.particles(0)), "first 64 steps").toBeLessThan(1e-4);
    const end = distance(single.particles(1), double.particles(1));
    // ReLU networks are chaotic: after 157 steps (Hop_1_3) and 92 (XOR_4) no neuron is where it would be.
    if (golden.boolean) expect(end).toBeGreaterThan(1e-4);
    else expect(end).toBeLessThan(1e-4);
  });
});
