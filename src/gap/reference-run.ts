// Networks of several widths beside a reference network of width M that has the same first particles, the same samples
// and the same noise: all of one replica, record by record.

import { Aborted, type Run, type Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import { networkWork } from "../network/cost.ts";
import { Dataset, datasetBytes } from "../network/dataset.ts";
import { meanSquare } from "../network/empirical.ts";
import { Network, type NetworkInput, networkBytes } from "../network/network.ts";
import { shareAmong, sharedAmount } from "../network/share-task.ts";
import type { Training } from "../network/training.ts";
import { type DivergedStep, Trajectory } from "../network/trajectory.ts";
import type { Pool } from "../pool/pool.ts";
import { worthSharing } from "../pool/workers.ts";
import { relevantCoordinates } from "../problem/form.ts";
import type { Problem } from "../problem/types.ts";
import { authorsMeanDelta, rowDistances } from "./distance.ts";
import { DistributionTracker } from "./histogram.ts";
import { type Errors, type Measurement, measureErrors, summarise } from "./measure.ts";
import { type Floor, hasShadow, Shadow, shadowInput } from "./shadow.ts";
import type { TellRecord } from "./telling.ts";

/** What all replicas of a run share. */
export interface ReferenceContext {
  problem: Problem;
  training: Training;
  widths: readonly number[];
  /** M. */
  reference: number;
  seed: number;
  /** Given particles, M rows; null where they are drawn. */
  rows: Float64Array | null;
  signs: Int8Array | null;
  /** Whether the distribution of |Delta| is wanted. */
  distribution: boolean;
  /** Whether networks tell their records. */
  told: boolean;
}

/** One replica. */
export interface ReferenceRun {
  /** measurements[w][k]: width w at record k. */
  measurements: Measurement[][];
  /** deltas[w][k]: |Delta| of the particles. */
  deltas: Float64Array[][];
  /** The reference network itself. */
  loss: number[];
  trainError: number[];
  testError: number[];
  floor: Floor | null;
  divergence: (DivergedStep & { m: number }) | null;
  /** Whether a signal ended it: then it holds the records that every width has. */
  aborted: boolean;
}

function inputOf(context: ReferenceContext, width: number, replica: number): NetworkInput {
  const { problem, training, seed, signs } = context;
  return { problem, training, width, signs: signs?.subarray(0, width) ?? null, key: { seed, replica } };
}

/** Bytes that a replica will reserve. */
export function referenceBytes(engine: Engine, context: ReferenceContext): number {
  const { problem, training, widths, reference } = context;
  const data = training.data ? datasetBytes(problem, training.data, training.precision) : 0;
  return [...widths, reference].reduce((sum, width) => {
    const input = inputOf(context, width, 0);
    const shadow = hasShadow(training, widths, width, 0) ? networkBytes(engine, shadowInput(input)) : 0;
    return sum + networkBytes(engine, input) + shadow;
  }, data);
}

/** Multiplications of a replica; those of its steps alone without `records`. */
export function referenceWork({ problem, training, widths, reference }: ReferenceContext, records = true): number {
  return [...widths, reference].reduce((sum, width) => sum + networkWork(problem, training, width, records), 0);
}

interface Member {
  width: number;
  input: NetworkInput;
  network: Network;
  trajectory: Trajectory;
  tracker: DistributionTracker | null;
}

export class ReferenceReplica {
  private readonly context: ReferenceContext;
  private readonly dataset: Dataset | null;
  private readonly members: Member[] = [];
  private readonly shadow: Shadow | null = null;
  private readonly work: Work;

  constructor(engine: Engine, context: ReferenceContext, replica: number, work: Work) {
    const { problem, training, widths, reference, seed } = context;
    this.context = context;
    this.work = work;
    // Progress counts steps; what is measured between them is not known to a trajectory.
    work.expect(referenceWork(context, false));
    this.dataset = training.data && new Dataset(engine, problem, training.data, training.precision, { seed, replica });
    try {
      for (const width of [reference, ...widths]) {
        const input = inputOf(context, width, replica);
        const network = new Network(engine, input, this.dataset);
        const part = work.part(networkWork(problem, training, width, false));
        const tracker = context.distribution ? new DistributionTracker() : null;
        this.members.push({ width, input, network, trajectory: new Trajectory(network, training.plan, part), tracker });
      }
      const twin = this.members.find(({ width }) => hasShadow(training, widths, width, replica));
      // Not counted as work: its share is small, and predictions do not know of it.
      if (twin && this.dataset) this.shadow = new Shadow(engine, twin.input, twin.network, this.dataset, work.part(0));
    } catch (refusal) {
      this.free();
      throw refusal;
    }
  }

  /** Lets the workers of a pool take part in the networks that are wide enough for it. */
  shareWith(pool: Pool<Engine>, run: Run, key: string): void {
    const { problem, training } = this.context;
    const wide = this.members.filter(({ width }) => worthSharing(sharedAmount(problem, training, width)));
    shareAmong(pool, run, key, wide, this.dataset);
  }

  async run(tell: TellRecord = null): Promise<ReferenceRun> {
    const result: ReferenceRun = {
      measurements: this.context.widths.map(() => []),
      deltas: this.context.widths.map(() => []),
      loss: [],
      trainError: [],
      testError: [],
      floor: null,
      divergence: null,
      aborted: false,
    };
    try {
      await this.dataset?.load(this.work);
      for (const { network } of this.members) await network.start(this.context.rows, this.work);
      await this.shadow?.start(this.context.rows, this.work);
      for (let k = 0; k < this.context.training.plan.times.length && !result.divergence; k++) {
        result.divergence = await this.record(k, result, tell);
      }
    } catch (error) {
      if (!(error instanceof Aborted)) throw error;
      result.aborted = true;
    }
    result.floor = this.shadow?.floor ?? null;
    return result;
  }

  /** Moves all networks to record k and measures them there. */
  private async record(k: number, result: ReferenceRun, tell: TellRecord): Promise<ReferenceRun["divergence"]> {
    for (const { width, trajectory } of this.members) {
      const divergence = await trajectory.advanceTo(k);
      if (divergence) return { ...divergence, m: width };
    }
    await this.shadow?.compareAt(k);
    const [reference, ...others] = this.members;
    const errors = await measureErrors(reference.network, reference.trajectory, this.work);
    const trainOutputs = await this.trainOutputs(reference.network, errors);
    const measured: { measurement: Measurement; delta: Float64Array }[] = [];
    for (const member of others) measured.push(await this.compare(member, reference, errors, trainOutputs));
    measured.forEach(({ measurement, delta }, w) => {
      result.measurements[w].push(measurement);
      result.deltas[w].push(delta);
    });
    result.loss.push(errors.loss);
    const { trainError, testError } = errors.extra;
    if (trainError !== undefined) result.trainError.push(trainError);
    if (testError !== undefined) result.testError.push(testError);
    for (const [w, { measurement, delta }] of tell ? measured.entries() : []) {
      const { width, network } = others[w];
      const particles = network.particles.copy();
      await tell?.({ m: width, k, meanFieldLoss: errors.loss, measurement, delta: delta.slice(), particles });
    }
    return null;
  }

  /** Where neither the population nor a test set can tell two functions apart, the training set does. */
  private trainOutputs(network: Network, { energy, outputs }: Errors): Promise<Float64Array | null> {
    return energy === null && outputs === null ? network.trainOutputs(this.work) : Promise.resolve(null);
  }

  private async compare(
    { network, trajectory, tracker }: Member,
    reference: Member,
    errors: Errors,
    trainOutputs: Float64Array | null,
  ): Promise<{ measurement: Measurement; delta: Float64Array }> {
    const { work } = this;
    const own = await measureErrors(network, trajectory, work);
    const functionGap = async () => {
      // The reference has what this network has: the problem and the samples are the same.
      const { energy, outputs } = errors as Record<"energy", number> & Record<"outputs", Float64Array>;
      if (own.energy !== null) return network.distance(reference.network, { own: own.energy, other: energy }, work);
      if (own.outputs) return meanSquare(own.outputs, outputs);
      return trainOutputs && meanSquare((await network.trainOutputs(work)) as Float64Array, trainOutputs);
    };
    const relevant = relevantCoordinates(this.context.problem);
    const delta = rowDistances(network.particles, reference.network.particles);
    const measurement = {
      ...summarise(own.loss, (await functionGap()) ?? Number.NaN, delta),
      ...own.extra,
      authorsMeanDelta: authorsMeanDelta(network.particles, reference.network.particles, relevant),
      ...(tracker && { distribution: tracker.at(delta) }),
    };
    return { measurement, delta };
  }

  free(): void {
    for (const { network } of this.members) network.free();
    this.shadow?.free();
    this.dataset?.free();
  }
}
