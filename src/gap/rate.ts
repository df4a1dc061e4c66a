// How fast this machine is: seconds that a computation would take, from its first slices, and seconds a multiplication of a
// network from a small one of its kind.

import type { Plan } from "../core/dynamics.ts";
import { type Progress, Run, type Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { SolvableProblem } from "../limit/model.ts";
import { solveLimit } from "../limit/solve.ts";
import { emptyState } from "../limit/task.ts";
import { networkWork } from "../network/cost.ts";
import type { DataPlan } from "../network/data.ts";
import { Dataset, datasetBytes } from "../network/dataset.ts";
import { Network, networkBytes } from "../network/network.ts";
import type { Training } from "../network/training.ts";
import { countWork, Trajectory } from "../network/trajectory.ts";
import type { Problem } from "../problem/types.ts";

/** The largest network that is measured: wide enough for the rate of wide ones, and quick to make; and its samples. */
export const MEASURED_WIDTH = 512;
const MEASURED_SAMPLES = 2048;

/** Which network and which samples are measured does not matter. */
const KEY = { seed: 1, replica: 0 };

/**
 * A measurement ends after so many looks at the clock, between which lies one slice of computing (core/run.ts), when it has
 * seen a share or taken milliseconds enough: what is computed first, or while others have the processor, may be slow.
 */
const SLICES = 2;
const ENOUGH_SHARE = 0.1;
const ENOUGH_TIME = 200;

/** Seconds that all of `body` would take, from its first slices. */
export async function extrapolate(body: (work: Work) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const controller = new AbortController();
  let share = 0;
  let elapsed = 0;
  let seen = 0;
  const onProgress = ({ done, total }: Progress) => {
    seen++;
    elapsed = performance.now() - start;
    share = done / total;
    const enough = share >= ENOUGH_SHARE || elapsed >= ENOUGH_TIME;
    if (seen >= SLICES && share > 0 && enough) controller.abort();
  };
  const run = new Run({ onProgress, signal: controller.signal });
  const status = await run.guard(async () => {
    await body(run);
    return "completed";
  });
  return (status === "completed" ? performance.now() - start : elapsed / share) / 1000;
}

/** Seconds to solve a limit. */
export function limitSeconds(engine: Engine, problem: SolvableProblem, plan: Plan, tolerance: number): Promise<number> {
  return extrapolate((work) => solveLimit(engine, problem, plan, tolerance, work, emptyState()));
}

/** The first of the samples, all in one batch, without a test set. */
export function fewSamples(data: DataPlan, d: number): DataPlan {
  const samples = Math.min(MEASURED_SAMPLES, data.batch);
  const few = { samples, batch: samples, test: 0 };
  if (data.kind === "sampled") return { ...data, ...few };
  const inputs = data.inputs.subarray(0, samples * d);
  const labels = data.labels?.subarray(0, samples) ?? null;
  return { ...data, ...few, inputs, labels, testInputs: null, testLabels: null };
}

/** Bytes of a network with its data. */
export function trainedBytes(engine: Engine, problem: Problem, training: Training, width: number): number {
  const { data, precision } = training;
  const samples = data ? datasetBytes(problem, data, precision) : 0;
  return networkBytes(engine, { problem, training, width, signs: null }) + samples;
}

/** Seconds a multiplication of a network's steps takes, and seconds a sample takes to be drawn or copied. */
export async function networkRate(
  engine: Engine,
  problem: Problem,
  training: Training,
  width: number,
): Promise<{ work: number; sample: number }> {
  const { plan, data, precision } = training;
  if (countWork(plan) === 0) return { work: 0, sample: 0 };
  const dataset = data && new Dataset(engine, problem, data, precision, KEY);
  let network: Network | undefined;
  try {
    const start = performance.now();
    await dataset?.load(new Run({}));
    const loading = (performance.now() - start) / 1000;
    const trained = new Network(engine, { problem, training, width, signs: null, key: KEY }, dataset);
    network = trained;
    await trained.start(null, new Run({}));
    const seconds = await extrapolate(async (work) => {
      const trajectory = new Trajectory(trained, plan, work);
      for (let k = 0; k < plan.times.length; k++) await trajectory.advanceTo(k);
    });
    return {
      work: seconds / networkWork(problem, training, width, false),
      sample: data ? loading / data.samples : 0,
    };
  } finally {
    network?.free();
    dataset?.free();
  }
}
