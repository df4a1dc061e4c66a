// trainNetwork: one network of finite width, from its start to the last record.

import { checkFunction, checkInteger, checkOptions, checkSeed, wrongValue } from "../core/check.ts";
import { plain } from "../core/plain.ts";
import { Run, type RunOptions, type Status } from "../core/run.ts";
import { version } from "../core/version.ts";
import { type Backend, checkEngine, type Engine } from "../engine/index.ts";
import { startEnginePool } from "../pool/engine-pool.ts";
import type { Pool } from "../pool/pool.ts";
import { checkWorkers, type WorkerOptions, type WorkersUsed } from "../pool/workers.ts";
import type { AlphaPaths } from "../problem/alpha-paths.ts";
import { checkProblem } from "../problem/check.ts";
import type { Problem } from "../problem/types.ts";
import { Dataset, datasetBytes } from "./dataset.ts";
import { checkSigns, unitRows } from "./initial.ts";
import type { Interaction } from "./interaction.ts";
import { checkKeep, Kept, type KeptTrajectory, keptBytes, type TrajectoryOption } from "./kept.ts";
import { hasRisk, interactionUsed, Network, type NetworkInput, networkBytes } from "./network.ts";
import { networkHandlers, shareAmong, sharedAmount } from "./share-task.ts";
import {
  checkTraining,
  drawsNumbers,
  TRAINING_OPTIONS,
  type TrainingOptions,
  type TrainingSettings,
  trainingSettings,
} from "./training.ts";
import { type DivergedStep, Trajectory } from "./trajectory.ts";

/** Options of `trainNetwork`. Either `width` or `initial`. */
export interface TrainOptions extends TrainingOptions, RunOptions, WorkerOptions {
  /** Number of particles; they start as independent uniform points of the sphere, drawn from `seed`. */
  width?: number | undefined;
  /** Particles at the start, m x d row-major; rows of any nonzero norm, normalised on entry. */
  initial?: Float64Array | undefined;
  /** Second-layer signs, m values of +1 or -1; default those of the problem. */
  signs?: Int8Array | undefined;
  /** 0 to 2^32 - 1; default 1. Of particles, samples, their order and noise. Particle i does not depend on the width. */
  seed?: number | undefined;
  /** Which particles to keep: those of the last record (default) or of all. */
  keep?: "last" | "all" | undefined;
  /**
   * Thinned trajectories beside that: the first `particles` of them at `records` of the recorded times. Default none. Their size
   * is counted with the memory of the run.
   */
  trajectory?: TrajectoryOption | undefined;
  /** Of so many particles, the first ones, the result has alpha at every record (`alphaPaths`); default none. For single-index problems. */
  alphaPaths?: number | undefined;
  /**
   * Called at each record. The run waits for a promise, so that a page draws, pauses or steps it; a signal ends the wait. What it
   * throws, or rejects with, ends the run. The numbers do not depend on it.
   */
  onRecord?: ((record: TrainRecord) => void | Promise<void>) | undefined;
}

/** The network at one record, as `onRecord` is told of it. */
export interface TrainRecord {
  /** Number of the record, and its flow time. */
  k: number;
  time: number;
  /** As in the result, at this record; null where the result has none. */
  loss: number | null;
  trainError: number | null;
  testError: number | null;
  /** The particles now, m x d row-major: a copy. */
  particles(): Float64Array;
}

/** What `trainNetwork` resolves to. */
export interface TrainedNetwork {
  schema: "propchaos/network@1";
  version: string;
  backend: Backend;
  /** Who computed: workers that shared the sums of the network, or the calling thread. They do not change the bits. */
  workers?: WorkersUsed;
  status: Status;
  /** The step in which a number stopped being finite and the flow time it led to; null unless status is "diverged". */
  divergence: DivergedStep | null;
  problem: Problem;
  settings: Omit<TrainingSettings, "interaction"> & {
    width: number;
    /** How the sums over particles were computed on the population; null where there was no closed form to compute. */
    interaction: Interaction | null;
    /** null where nothing was drawn: particles and samples were given, and there is no noise. */
    seed: number | null;
    /** Whether second-layer signs alternate or were given. */
    signed: boolean;
    keep: "last" | "all";
  };
  /** Recorded flow times. */
  time: Float64Array;
  /** Population risk at each; null where it has no closed form: Boolean inputs, labels of the user, weights off the sphere. */
  loss: Float64Array | null;
  /** Mean (f - y)^2 over the whole training set at each record; null on the population. */
  trainError: Float64Array | null;
  /** The same over the test set; null without one. */
  testError: Float64Array | null;
  /** [m, d] */
  shape: [number, number];
  /** Only where they were asked for. */
  alphaPaths?: AlphaPaths;
  /**
   * Particles at record k, m x d row-major; k is the last record by default.
   * @throws RangeError where k is no record or was not kept.
   */
  particles(k?: number): Float64Array;
  /**
   * The thinned trajectories.
   * @throws RangeError where none were asked for.
   */
  trajectory(): KeptTrajectory;
  /** The document with plain arrays, ready for JSON.stringify; particles are not part of it. */
  toJSON(): unknown;
}

/**
 * Trains one network of finite width by projected gradient descent in mean-field scaling, or along gradient flow by the
 * Runge-Kutta method of order 4, on the population or on samples (SPEC.md, sections 1, 3 and 8).
 *
 * @returns times, risks, errors and particles. A run that is aborted or diverges keeps the records it reached.
 * @throws TypeError or RangeError for a bad argument, or where memory does not suffice.
 * @example
 * ```ts
 * const run = await trainNetwork(engine, problems.He4({ d: 32 }), { width: 256, time: 8, seed: 1 });
 * console.log(run.loss?.at(-1), run.particles());
 * const onData = await trainNetwork(engine, problems.XOR_2({ d: 16 }), { width: 256, time: 8, data: { samples: 8192 } });
 * console.log(onData.trainError?.at(-1), onData.testError?.at(-1));
 * ```
 */
export async function trainNetwork(engine: Engine, problem: Problem, options: TrainOptions): Promise<TrainedNetwork> {
  checkEngine(engine);
  const checked = checkProblem(problem);
  checkOptions("trainNetwork", options, [
    ...TRAINING_OPTIONS,
    "initial",
    "seed",
    "onProgress",
    "signal",
    "width",
    "signs",
    "keep",
    "workers",
    "trajectory",
    "alphaPaths",
    "onRecord",
  ]);
  const run = new Run(options);
  const onRecord = checkFunction("onRecord", options.onRecord);
  const training = checkTraining(options, checked);
  const { plan, data } = training;
  const workers = checkWorkers(options.workers);
  const seed = checkSeed("seed", options.seed ?? 1);
  const given = options.initial === undefined ? undefined : unitRows("initial", options.initial, checked.d);
  const width = given ? given.m : checkInteger("width", options.width, 1);
  if (given && options.width !== undefined && options.width !== given.m)
    wrongValue("width", `left out or ${given.m}, the number of rows of initial`, options.width);
  const signs = options.signs === undefined ? null : checkSigns(options.signs, width);

  const keeping = checkKeep(options, checked, width, plan.times.length);
  const key = { seed, replica: 0 };
  const input: NetworkInput = { problem: checked, training, width, signs, key };
  const bytes =
    networkBytes(engine, input) +
    (keeping.trajectory ? keptBytes(keeping, width, checked.d, plan.times.length) : 0) +
    (data ? datasetBytes(checked, data, training.precision) : 0);
  engine.arena.require(`a network of width ${width} in dimension ${checked.d}`, bytes);
  const dataset = data && new Dataset(engine, checked, data, training.precision, key);
  let network: Network | undefined;
  let pool: Pool<Engine> | undefined;
  let used: WorkersUsed | undefined;
  const loss: number[] = [];
  const trainError: number[] = [];
  const testError: number[] = [];
  let reached = 0;
  let divergence: DivergedStep | null = null;
  try {
    network = new Network(engine, input, dataset);
    const kept = new Kept(keeping, network.particles);
    const trained = network;
    const status = await run.guard(async () => {
      pool = await startEnginePool(engine, networkHandlers, workers, sharedAmount(checked, training, width), run);
      used = pool.used;
      if (used.count > 0) shareAmong(pool, run, "network", [{ input, network: trained }], dataset);
      await dataset?.load(run);
      await trained.start(given?.rows ?? null, run);
      kept.begin();
      const trajectory = new Trajectory(trained, plan, run);
      for (let k = 0; k < plan.times.length; k++) {
        divergence = await trajectory.advanceTo(k);
        if (divergence) return "diverged";
        const measured = [
          (await trained.risk(run))?.loss,
          await trained.trainError(trajectory.steps, run),
          (await trained.test(run))?.error,
        ];
        [loss, trainError, testError].forEach((list, i) => {
          const value = measured[i];
          if (value !== undefined && value !== null) list.push(value);
        });
        kept.take(k, plan.times[k]);
        reached = k + 1;
        if (onRecord) {
          const [loss = null, trainError = null, testError = null] = measured;
          const now = trained.particles.copy();
          const record = { k, time: plan.times[k], loss, trainError, testError, particles: () => now.slice() };
          await run.wait(onRecord(record));
        }
      }
      return "completed";
    });
    // An abort may have come in the middle of a record.
    const series = (list: number[]) => Float64Array.from(list.slice(0, reached));
    const { alphaPaths, trajectory } = kept;
    return {
      schema: "propchaos/network@1",
      version,
      backend: engine.backend,
      ...(used && { workers: used }),
      status,
      divergence,
      problem: checked,
      settings: {
        width,
        ...trainingSettings(training),
        interaction: interactionUsed(checked, training, width),
        seed: !given || drawsNumbers(training) ? seed : null,
        signed: signs !== null || checked.signed,
        keep: keeping.keep,
      },
      time: plan.times.slice(0, reached),
      loss: hasRisk(checked, training) ? series(loss) : null,
      trainError: data ? series(trainError) : null,
      testError: data && data.test > 0 ? series(testError) : null,
      shape: [width, checked.d],
      ...(alphaPaths && { alphaPaths }),
      particles(k = reached - 1) {
        const particles = kept.at(k);
        if (!particles) wrongValue("k", `a record that was kept (${kept.records.join(", ") || "none"})`, k);
        return particles.slice();
      },
      trajectory() {
        if (!trajectory) throw new RangeError("trajectory was not asked for: give trainNetwork the option trajectory");
        return { time: trajectory.time.slice(), data: trajectory.data.slice(), shape: [...trajectory.shape] };
      },
      toJSON() {
        return plain(this);
      },
    };
  } finally {
    await pool?.close();
    network?.free();
    dataset?.free();
  }
}
