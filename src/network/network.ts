// A network of finite width with what moves it: the population, or samples.

import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { RandomKey } from "../engine/random.ts";
import { populationForm } from "../problem/form.ts";
import type { Problem } from "../problem/types.ts";
import type { Dataset } from "./dataset.ts";
import { EmpiricalForce, empiricalBytes, lanesOf } from "./empirical.ts";
import { type Interaction, interactionOf } from "./interaction.ts";
import { type ParticleShape, Particles, particlesBytes, roundUp } from "./particles.ts";
import { PopulationForce, populationBytes, type Risk } from "./population.ts";
import { isOfSamples, type Question, type Shares } from "./shares.ts";
import type { Piece, Range } from "./sum-tree.ts";
import type { Training } from "./training.ts";

/** What a network is made of. */
export interface NetworkInput {
  problem: Problem;
  training: Training;
  width: number;
  /** Second-layer signs; null for those of the problem. */
  signs: Int8Array | null;
  /** Key of its random numbers: its start, and Langevin noise. */
  key: RandomKey;
}

/** What its size depends on. */
export type NetworkSize = Omit<NetworkInput, "key">;

/** Signs of a problem: +1, -1, +1, ... where it is signed; null where all are +1. */
export function signsOf({ signed }: Problem, width: number): Int8Array | null {
  return signed ? Int8Array.from({ length: width }, (_, i) => (i % 2 === 0 ? 1 : -1)) : null;
}

/** Whether the population risk has a closed form: on the sphere, with the labels of the problem. */
export function hasRisk(problem: Problem, { data, pathNorm }: Training): boolean {
  const labelled = data?.kind === "given" && data.labels !== null;
  return populationForm(problem) !== null && pathNorm === 0 && !labelled;
}

/** How its sums over particles are computed on the population; null where there are none. */
export function interactionUsed(problem: Problem, training: Training, width: number): Interaction | null {
  return hasRisk(problem, training) ? interactionOf(problem, width, training.interaction) : null;
}

function shapeOf({ problem, training, width, signs }: NetworkSize): ParticleShape {
  return {
    width,
    dimension: problem.d,
    lanes: lanesOf(training.precision),
    signs: signs ?? signsOf(problem, width),
    rungeKutta: training.plan.dynamics === "flow",
  };
}

/** Bytes that a network will reserve, its data apart. */
export function networkBytes(engine: Engine, input: NetworkSize): number {
  const { problem, training } = input;
  const shape = shapeOf(input);
  const stride = roundUp(problem.d, shape.lanes);
  const interaction = interactionUsed(problem, training, input.width);
  const risk = interaction ? populationBytes(engine, problem, { ...shape, stride }, interaction) : 0;
  const { data, precision } = training;
  const samples = data ? empiricalBytes(engine, problem, { ...shape, stride }, precision, data.samples) : 0;
  return particlesBytes(shape) + risk + samples;
}

export class Network {
  readonly particles: Particles;
  private readonly input: NetworkInput;
  private readonly population: PopulationForce | null = null;
  private readonly empirical: EmpiricalForce | null = null;

  /** `dataset` where it is trained on data; it may be shared and is not freed here. */
  constructor(engine: Engine, input: NetworkInput, dataset: Dataset | null = null) {
    const { problem, training } = input;
    this.input = input;
    this.particles = new Particles(engine, shapeOf(input));
    try {
      const interaction = interactionUsed(problem, training, input.width);
      if (interaction)
        this.population = new PopulationForce(engine, problem, this.particles, training.objective, interaction);
      if (dataset) this.empirical = new EmpiricalForce(engine, problem, this.particles, dataset, training);
    } catch (refusal) {
      this.free();
      throw refusal;
    }
  }

  /** Starts from the given unit rows (at least m x d), or from points drawn from the key. */
  async start(rows: Float64Array | null, work: Work): Promise<void> {
    if (rows) this.particles.set(rows);
    else await this.particles.sample(this.input.key, work);
  }

  /** V <- velocity, on the batch of a step where there are data. */
  async velocity(step: number, work: Work): Promise<void> {
    const { gradient } = this.input.training.plan;
    if (this.empirical) await this.empirical.velocity(step, gradient, work);
    else await this.population?.velocity(gradient, work);
  }

  /** V <- tangent velocity on the population, or on the whole training set where there are data. */
  async meanVelocity(work: Work): Promise<void> {
    if (this.empirical) await this.empirical.meanVelocity(work);
    else await this.population?.velocity("riemannian", work);
  }

  /** One PGD step, 0 the first. False where a number is not finite or a norm is zero. */
  async step(step: number, work: Work): Promise<boolean> {
    const { plan, langevin, pathNorm } = this.input.training;
    await this.velocity(step, work);
    if (langevin > 0) this.particles.addNoise(langevin, this.input.key, step);
    if (pathNorm > 0) return this.particles.drift(plan.step, pathNorm / this.particles.width);
    return this.particles.project(plan.step, work);
  }

  /** One Runge-Kutta step of length h, on all samples where there are data. */
  rungeKuttaStep(h: number, work: Work): Promise<boolean> {
    return this.particles.rungeKuttaStep(h, () => this.velocity(0, work), work);
  }

  /** Population risk; null where it has no closed form. */
  async risk(work: Work): Promise<Risk | null> {
    return (await this.population?.risk(work)) ?? null;
  }

  /** |f - f'|^2 over the population for another network of this problem, of which the risk was just taken; null as for it. */
  async distance(other: Network, energies: { own: number; other: number }, work: Work): Promise<number | null> {
    if (!this.population || !other.population) return null;
    const overlap = await this.population.overlap(other.population, work);
    return Math.max(0, energies.own - 2 * overlap + energies.other);
  }

  /** Mean (f - y)^2 over the training set as the last of `steps` steps saw it; null without data. */
  async trainError(steps: number, work: Work): Promise<number | null> {
    return (await this.empirical?.trainError(steps, work)) ?? null;
  }

  /** Outputs on the test set and their mean (f - y)^2; null without one. */
  async test(work: Work): Promise<{ outputs: Float64Array; error: number } | null> {
    return (await this.empirical?.testError(work)) ?? null;
  }

  /** Outputs on the training set; null without data. */
  async trainOutputs(work: Work): Promise<Float64Array | null> {
    return (await this.empirical?.outputs("train", work)) ?? null;
  }

  /** Lets other threads take part in its sums. */
  shareWith(shares: Shares): void {
    this.population?.shareWith(shares);
    if (this.empirical) this.empirical.shares = shares;
  }

  /** A share of its sums with these particles, computed on this thread. */
  async pieces(particles: Float64Array, question: Question, range: Range, work: Work): Promise<Piece[]> {
    this.particles.W.view.set(particles);
    const pieces = isOfSamples(question)
      ? this.empirical?.pieces(question, range, work)
      : this.population?.pieces(question, range, work);
    return (await pieces) ?? [];
  }

  /** Gives the memory back. */
  free(): void {
    this.particles.free();
    this.population?.free();
    this.empirical?.free();
  }
}
