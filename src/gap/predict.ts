// What a run will need, before it is started: memory from the sizes that are reserved, time from a short measurement of
// the same code on this machine. Nothing of a prediction enters a result.

import { regionBytes } from "../engine/arena.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import { checkLimit, type LimitOptions } from "../limit/mean-field-limit.ts";
import { limitBytes } from "../limit/solve.ts";
import { limitWork } from "../limit/task.ts";
import { networkWork } from "../network/cost.ts";
import { interactionUsed } from "../network/network.ts";
import { countWorkers } from "../pool/workers.ts";
import type { Problem } from "../problem/types.ts";
import { checkGap, type GapOptions } from "./approximation-gap.ts";
import type { CheckedGap } from "./checked.ts";
import { fewSamples, limitSeconds, MEASURED_WIDTH, networkRate, trainedBytes } from "./rate.ts";
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

/** Seconds that the parts of a run take here, before anything is divided among workers. */
export interface GapSeconds {
  /** A multiplication of a network. */
  work: number;
  limit: number;
  /** The samples of one network. */
  samples: number;
}

/** Bytes of the limit; 0 where it is not solved. */
function bytesOfLimit(engine: Engine, { meanField, training }: CheckedGap): number {
  return meanField.solver === "reference-network" ? 0 : limitBytes(engine, meanField.problem, training.plan);
}

/** @internal Bytes of the module's memory at the start of the largest part, limit or networks. */
export function gapMemory(engine: Engine, checked: CheckedGap): { memoryBytes: number; fits: boolean } {
  return fitting(engine, Math.max(bytesOfLimit(engine, checked), sizes(engine, checked).bytes));
}

/** @internal null where the limit, or the network that would be measured, does not fit into the memory. */
export async function gapSeconds(engine: Engine, checked: CheckedGap): Promise<GapSeconds | null> {
  const { meanField, tolerance } = checked;
  const { data, plan } = checked.training;
  const { largest } = sizes(engine, checked);
  // A narrower network may go another way; the rate of the largest counts.
  const interaction = interactionUsed(checked.problem, checked.training, largest) ?? checked.training.interaction;
  const training = { ...checked.training, interaction, data: data && fewSamples(data, checked.problem.d) };
  const width = Math.min(largest, MEASURED_WIDTH);
  const network = trainedBytes(engine, checked.problem, training, width);
  if (!fitting(engine, Math.max(bytesOfLimit(engine, checked), network)).fits) return null;
  const rate = await networkRate(engine, checked.problem, training, width);
  const samples = data ? (data.samples + data.test) * rate.sample : 0;
  const limit =
    meanField.solver === "reference-network" ? 0 : await limitSeconds(engine, meanField.problem, plan, tolerance);
  return { work: rate.work, limit, samples };
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
  const { tasks, longest, largest, limit } = sizes(engine, checked);
  const total = tasks.reduce((sum, work) => sum + work, 0) * replicas;
  const amount = {
    tasks: tasks.length * replicas,
    multiplications: limit + total,
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

/**
 * Multiplications of the limit, of each task of a replica and of the longest, its widest network, and the bytes of the
 * largest task.
 */
function sizes(
  engine: Engine,
  { problem, training, networks, meanField, tolerance }: CheckedGap,
): { limit: number; tasks: number[]; longest: number; largest: number; bytes: number } {
  if (meanField.solver === "reference-network") {
    const context = contextOf({ problem, training, networks, reference: meanField.width });
    const work = referenceWork(context);
    return { limit: 0, tasks: [work], longest: work, largest: meanField.width, bytes: referenceBytes(engine, context) };
  }
  const tasks = networks.widths.map((width) => networkWork(problem, training, width));
  const bytes = largestBytes(engine, { problem: meanField.problem, training, networks });
  const limit = limitWork({ problem: meanField.problem, plan: training.plan, tolerance });
  return { limit, tasks, longest: Math.max(...tasks), largest: Math.max(...networks.widths), bytes };
}

/** The same for `meanFieldLimit`. */
export async function predictLimit(engine: Engine, problem: Problem, options: LimitOptions): Promise<Prediction> {
  checkEngine(engine);
  const { plan, tolerance, workers: choice, problem: checked } = checkLimit(problem, options);
  const memory = fitting(engine, limitBytes(engine, checked, plan));
  const workers = countWorkers(choice, 1, limitWork({ problem: checked, plan, tolerance }));
  return { ...memory, workers, seconds: memory.fits ? await limitSeconds(engine, checked, plan, tolerance) : null };
}
