// One replica of the three gaps: networks of every width on the population, along gradient flow, and on each number of
// samples, with a reference network of width M on the same samples; all from the same first particles.
//
//   width gap            f_(m,n) against f_(M,n)        same samples, more particles
//   sample gap           f_(m,n) against f_(m,inf)      same particles, infinite data
//   discretisation gap   f_(m,inf) against its gradient flow

import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import { networkWork } from "../network/cost.ts";
import { Dataset, datasetBytes } from "../network/dataset.ts";
import { Network, type NetworkInput, networkBytes } from "../network/network.ts";
import type { Training } from "../network/training.ts";
import { type DivergedStep, Trajectory } from "../network/trajectory.ts";
import type { Problem } from "../problem/types.ts";
import { rowDistances } from "./distance.ts";
import type { GapsDivergence } from "./separate-document.ts";

/** What all replicas of a run share. */
export interface SeparateContext {
  problem: Problem;
  widths: readonly number[];
  samples: readonly number[];
  /** M. */
  reference: number;
  /** Projected gradient descent on the population, and gradient flow to the same times. */
  population: Training;
  flow: Training;
  /** On n samples, in the order of `samples`. */
  onSamples: readonly Training[];
  seed: number;
}

/** A gap at one record. */
export interface Distance {
  meanSquaredDelta: number;
  functionGap: number;
}

/** Which network stopped having finite numbers, and when. */
export type NetworkDivergence = DivergedStep & Pick<GapsDivergence, "m" | "n" | "dynamics">;

/** One replica: [index of n][index of m][record], or [index of m][record]. */
export interface SeparateRun {
  width: Distance[][][];
  sample: Distance[][][];
  discretisation: Distance[][];
  divergence: NetworkDivergence | null;
}

interface Member {
  network: Network;
  training: Training;
  trajectory: Trajectory;
}

/** A network as it is, with its |f|^2. */
interface Standing {
  network: Network;
  energy: number;
}

/** Trainings of a replica with the widths that each of them has. */
function plans({ widths, reference, population, flow, onSamples }: SeparateContext) {
  return [
    { training: population, widths },
    { training: flow, widths },
    ...onSamples.map((training) => ({ training, widths: [...widths, reference] })),
  ];
}

function inputOf({ problem, seed }: SeparateContext, training: Training, width: number, replica: number): NetworkInput {
  return { problem, training, width, signs: null, key: { seed, replica } };
}

/** Bytes that a replica will reserve. */
export function separateBytes(engine: Engine, context: SeparateContext): number {
  return plans(context).reduce((sum, { training, widths }) => {
    const { data, precision } = training;
    const networks = widths.map((width) => networkBytes(engine, inputOf(context, training, width, 0)));
    const samples = data ? datasetBytes(context.problem, data, precision) : 0;
    return networks.reduce((total, bytes) => total + bytes, sum + samples);
  }, 0);
}

/** Multiplications of a replica; those of its steps alone without `records`. */
export function separateWork(context: SeparateContext, records = true): number {
  return plans(context).reduce(
    (sum, { training, widths }) =>
      widths.reduce((total, width) => total + networkWork(context.problem, training, width, records), sum),
    0,
  );
}

export class SeparateReplica {
  private readonly context: SeparateContext;
  private readonly work: Work;
  private readonly datasets: Dataset[] = [];
  /** Networks of each training: population, flow, then by number of samples. */
  private readonly members: Member[][] = [];

  constructor(engine: Engine, context: SeparateContext, replica: number, work: Work) {
    const { problem, seed } = context;
    this.context = context;
    this.work = work;
    // Progress counts steps; what is measured between them is not known to a trajectory.
    work.expect(separateWork(context, false));
    try {
      for (const { training, widths } of plans(context)) {
        const { data, precision, plan } = training;
        const dataset = data && new Dataset(engine, problem, data, precision, { seed, replica });
        if (dataset) this.datasets.push(dataset);
        const group: Member[] = [];
        this.members.push(group);
        for (const width of widths) {
          const network = new Network(engine, inputOf(context, training, width, replica), dataset);
          const part = work.part(networkWork(problem, training, width, false));
          group.push({ network, training, trajectory: new Trajectory(network, plan, part) });
        }
      }
    } catch (refusal) {
      this.free();
      throw refusal;
    }
  }

  /** @throws Aborted where a signal ends it: a replica counts whole or not at all. */
  async run(): Promise<SeparateRun> {
    const { widths, onSamples, population } = this.context;
    const perWidth = () => widths.map((): Distance[] => []);
    const result: SeparateRun = {
      width: onSamples.map(perWidth),
      sample: onSamples.map(perWidth),
      discretisation: perWidth(),
      divergence: null,
    };
    for (const dataset of this.datasets) await dataset.load(this.work);
    for (const { network } of this.members.flat()) await network.start(null, this.work);
    for (let k = 0; k < population.plan.times.length && !result.divergence; k++) {
      result.divergence = await this.advance(k);
      if (!result.divergence) await this.measure(result);
    }
    return result;
  }

  /** Moves all networks to record k. */
  private async advance(k: number): Promise<NetworkDivergence | null> {
    for (const { network, training, trajectory } of this.members.flat()) {
      const divergence = await trajectory.advanceTo(k);
      const { data, plan } = training;
      if (divergence)
        return { m: network.particles.width, n: data?.samples ?? null, dynamics: plan.dynamics, ...divergence };
    }
    return null;
  }

  /** Adds the gaps between networks as they stand. */
  private async measure({ width, sample, discretisation }: SeparateRun): Promise<void> {
    const groups: Standing[][] = [];
    for (const group of this.members) {
      const standing: Standing[] = [];
      for (const { network } of group) {
        const risk = await network.risk(this.work);
        standing.push({ network, energy: risk?.energy ?? Number.NaN });
      }
      groups.push(standing);
    }
    const [population, flow, ...onSamples] = groups;
    for (const [w, network] of population.entries()) {
      discretisation[w].push(await this.compare(network, flow[w]));
      for (const [i, group] of onSamples.entries()) {
        const reference = group[group.length - 1];
        width[i][w].push(await this.compare(group[w], reference));
        sample[i][w].push(await this.compare(group[w], network));
      }
    }
  }

  private async compare(one: Standing, other: Standing): Promise<Distance> {
    const [x, y] = [one.network.particles, other.network.particles];
    const distances = rowDistances(x, y);
    let squares = 0;
    for (let i = 0; i < distances.length; i++) squares += distances[i] * distances[i];
    // One function, of which the three sums below would make its rounding error.
    if (squares === 0 && x.width === y.width) return { meanSquaredDelta: 0, functionGap: 0 };
    const energies = { own: one.energy, other: other.energy };
    const functionGap = (await one.network.distance(other.network, energies, this.work)) ?? Number.NaN;
    return { meanSquaredDelta: squares / distances.length, functionGap };
  }

  free(): void {
    for (const { network } of this.members.flat()) network.free();
    for (const dataset of this.datasets) dataset.free();
  }
}
