// What a run will need, before it is started: memory from the sizes that are reserved, time from a short measurement of
// the same code on this machine. Nothing of a prediction enters a result.

import type { Plan } from "../core/dynamics.ts";
import { type Progress, Run, type Work } from "../core/run.ts";
import { regionBytes } from "../engine/arena.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import { checkLimit, type LimitOptions } from "../limit/mean-field-limit.ts";
import type { SolvableProblem } from "../limit/model.ts";
import { limitBytes, solveLimit } from "../limit/solve.ts";
import { limitWork } from "../limit/task.ts";
import { networkWork } from "../network/cost.ts";
import type { DataPlan } from "../network/data.ts";
import { Dataset, datasetBytes } from "../network/dataset.ts";
import { interactionUsed, Network, networkBytes } from "../network/network.ts";
import type { Training } from "../network/training.ts";
import { countWork, Trajectory } from "../network/trajectory.ts";
import { countWorkers } from "../pool/workers.ts";
import type { Problem } from "../problem/types.ts";
import { checkGap, type GapOptions } from "./approximation-gap.ts";
import type { CheckedGap } from "./checked.ts";
import { referenceBytes, referenceWork } from "./reference-run.ts";
import { largestBytes } from "./run.ts";
import { contextOf } from "./run-reference.ts";
import { deployGap } from "./together.ts";

/** What a run is expected to need. */
export interface Prediction {
  /**
   * Bytes of the module's memory at the start of the largest part of the run; what memoryLimitBytes is compared with.
   * Each worker has so much of its own at most.
   */
  memoryBytes: number;
  /** Whether that is within the engine's memoryLimitBytes. */
  fits: boolean;
  /**
   * Seconds, in the order of magnitude: the adaptive mesh and steps of the limit depend on the solution itself. null
   * where the limit does not fit into the memory, so that nothing could be measured.
   */
  seconds: number | null;
  /** How many workers would be started; 0 for the calling thread. */
  workers: number;
}

/** The largest network that is measured: wide enough for the rate of wide ones, and quick to make; and its samples. */
const MEASURED_WIDTH = 512;
const MEASURED_SAMPLES = 2048;

/**
 * A measurement ends after so many looks at the clock, between which lies one slice of computing (core/run.ts), when it has
 * seen a share or taken milliseconds enough: what is computed first, or while others have the processor, may be slow.
 */
const SLICES = 2;
const ENOUGH_SHARE = 0.1;
const ENOUGH_TIME = 200;

/** Seconds that all of `body` would take, from its first slices. */
async function extrapolate(body: (work: Work) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const controller = new AbortController();
  let share = 0;
  let elapsed = 0;
  let seen = 0;
  const onProgress = ({ done, total }: Progress) => {
    elapsed = performance.now() - start;
    share = done / total;
    const enough = share >= ENOUGH_SHARE || elapsed >= ENOUGH_TIME;
    if (++seen >= SLICES && share > 0 && enough) controller.abort();
  };
  const run = new Run({ onProgress, signal: controller.signal });
  const status = await run.guard(async () => {
    await body(run);
    return "completed";
  });
  return (status === "completed" || share === 0 ? performance.now() - start : elapsed / share) / 1000;
}

function limitSeconds(engine: Engine, problem: SolvableProblem, plan: Plan, tolerance: number): Promise<number> {
  const state = { solution: null, errorEstimate: null, particleErrorEstimate: null };
  return extrapolate((work) => solveLimit(engine, problem, plan, tolerance, work, state));
}

/** The first of the samples, all in one batch, without a test set. */
function fewSamples(data: DataPlan, d: number): DataPlan {
  const samples = Math.min(MEASURED_SAMPLES, data.batch);
  const few = { samples, batch: samples, test: 0 };
  if (data.kind === "sampled") return { ...data, ...few };
  const inputs = data.inputs.subarray(0, samples * d);
  return {
    ...data,
    ...few,
    inputs,
    labels: data.labels?.subarray(0, samples) ?? null,
    testInputs: null,
    testLabels: null,
  };
}

/** Bytes of a network with its data. */
function trainedBytes(engine: Engine, problem: Problem, training: Training, width: number): number {
  const { data, precision } = training;
  const input = { problem, training, width, signs: null, key: { seed: 1, replica: 0 } };
  return networkBytes(engine, input) + (data ? datasetBytes(problem, data, precision) : 0);
}

/** Seconds a multiplication of a network's steps takes, and seconds a sample takes to be drawn or copied. */
async function measure(
  engine: Engine,
  problem: Problem,
  training: Training,
  width: number,
): Promise<{ work: number; sample: number }> {
  const { plan, data, precision } = training;
  if (countWork(plan) === 0) return { work: 0, sample: 0 };
  const key = { seed: 1, replica: 0 };
  const dataset = data && new Dataset(engine, problem, data, precision, key);
  let network: Network | undefined;
  try {
    const start = performance.now();
    await dataset?.load(new Run({}));
    const loading = (performance.now() - start) / 1000;
    network = new Network(engine, { problem, training, width, signs: null, key }, dataset);
    const trained = network;
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

/** Seconds that the parts of a run take here, before anything is divided among workers. */
export interface GapSeconds {
  /** A multiplication of a network. */
  work: number;
  limit: number;
  /** The samples of one network. */
  samples: number;
}

/** @internal Bytes of the module's memory at the start of the largest part, limit or networks. */
export function gapMemory(engine: Engine, checked: CheckedGap): { memoryBytes: number; fits: boolean } {
  const { meanField, training } = checked;
  const limit = meanField.solver !== "reference-network" ? limitBytes(engine, meanField.problem, training.plan) : 0;
  return fitting(engine, Math.max(limit, sizes(engine, checked).bytes));
}

/** @internal null where the limit, or the network that would be measured, does not fit into the memory. */
export async function gapSeconds(engine: Engine, checked: CheckedGap): Promise<GapSeconds | null> {
  const { meanField, tolerance } = checked;
  const { data, plan } = checked.training;
  const limit = meanField.solver !== "reference-network" ? limitBytes(engine, meanField.problem, plan) : 0;
  const { largest } = sizes(engine, checked);
  // A narrower network may go another way; the rate of the largest counts.
  const interaction = interactionUsed(checked.problem, checked.training, largest) ?? checked.training.interaction;
  const training = { ...checked.training, interaction, data: data && fewSamples(data, checked.problem.d) };
  const width = Math.min(largest, MEASURED_WIDTH);
  if (!fitting(engine, Math.max(limit, trainedBytes(engine, checked.problem, training, width))).fits) return null;
  const rate = await measure(engine, checked.problem, training, width);
  const samples = data ? (data.samples + data.test) * rate.sample : 0;
  const limitTime =
    meanField.solver !== "reference-network" ? await limitSeconds(engine, meanField.problem, plan, tolerance) : 0;
  return { work: rate.work, limit: limitTime, samples };
}

function fitting(engine: Engine, reserved: number): { memoryBytes: number; fits: boolean } {
  // What lies below is rounded up as regions are.
  const memoryBytes = regionBytes({ base: engine.kernels.heapBase() / 8 }) + reserved;
  return { memoryBytes, fits: memoryBytes <= engine.memoryLimitBytes };
}

/**
 * Predicts memory and time of an `approximationGap` with the same arguments, without running it: some tenths of a second
 * at most.
 *
 * @throws TypeError or RangeError for an argument that `approximationGap` would refuse; a run that needs too much memory
 * is not refused but has `fits: false`.
 * @example
 * ```ts
 * const { memoryBytes, seconds } = await predictGap(engine, problems.He4({ d: 32 }), { widths: [1024, 4096], time: 16 });
 * ```
 */
export async function predictGap(engine: Engine, problem: Problem, options: GapOptions): Promise<Prediction> {
  checkEngine(engine);
  const checked = checkGap(problem, options);
  const { replicas } = checked.networks;
  const { tasks, longest, largest } = sizes(engine, checked);
  const total = tasks.reduce((sum, work) => sum + work, 0) * replicas;
  const amount = {
    tasks: tasks.length * replicas,
    multiplications: total,
    problem: checked.problem,
    training: checked.training,
    widest: largest,
  };
  const { count: workers, together } = deployGap(checked.workers, amount);
  const memory = gapMemory(engine, checked);
  const seconds = await gapSeconds(engine, checked);
  if (seconds === null) return { ...memory, workers, seconds };
  const loading = seconds.samples * tasks.length * replicas;
  // However many workers there are, the longest task has only one, unless all work together.
  const alone = together ? 0 : seconds.work * longest;
  const networks = Math.max((seconds.work * total + loading) / Math.max(1, workers), alone);
  return { ...memory, workers, seconds: seconds.limit + networks };
}

/** Multiplications of each task of a replica and of the longest, its widest network, and the bytes of the largest task. */
function sizes(
  engine: Engine,
  { problem, training, networks, meanField }: CheckedGap,
): { tasks: number[]; longest: number; largest: number; bytes: number } {
  const widest = Math.max(...networks.widths);
  if (meanField.solver === "reference-network") {
    const context = contextOf({ problem, training, networks, reference: meanField.width });
    const work = referenceWork(context);
    return { tasks: [work], longest: work, largest: meanField.width, bytes: referenceBytes(engine, context) };
  }
  const tasks = networks.widths.map((width) => networkWork(problem, training, width));
  const bytes = largestBytes(engine, { problem: meanField.problem, training, networks });
  return { tasks, longest: Math.max(...tasks), largest: widest, bytes };
}

/** The same for `meanFieldLimit`. */
export async function predictLimit(engine: Engine, problem: Problem, options: LimitOptions): Promise<Prediction> {
  checkEngine(engine);
  const { plan, tolerance, workers: choice, problem: checked } = checkLimit(problem, options);
  const memory = fitting(engine, limitBytes(engine, checked, plan));
  const workers = countWorkers(choice, 1, limitWork({ problem: checked, plan, tolerance }));
  return { ...memory, workers, seconds: memory.fits ? await limitSeconds(engine, checked, plan, tolerance) : null };
}
