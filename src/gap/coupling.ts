// One network coupled with its own mean-field paths: particle i of the network and xi_t(w_i), the same initial particle
// driven by the infinite-width law (SPEC.md, sections 1 and 4).

import type { Plan } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import { type Region, regionBytes } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import { Field } from "../limit/field.ts";
import { particleBytes } from "../limit/particles.ts";
import { Passengers, type Path } from "../limit/path.ts";
import { networkBytes, PopulationNetwork, roundUp } from "../network/population.ts";
import { type DivergedStep, Trajectory } from "../network/trajectory.ts";
import { quantile } from "../numeric/statistics.ts";
import type { Problem } from "../problem/types.ts";
import type { Statistic } from "./document.ts";

/** A particle counts as flipped when its gap is above this: it went to the other side (SPEC.md, section 8). */
const FLIPPED = 0.5;

/** Every statistic of one network at one record. */
export type Measurement = Record<Statistic, number>;

/** One coupled run: a measurement a record, and the gap of every particle. */
export interface CoupledRun {
  measurements: Measurement[];
  /** |Delta| of the m particles at each record. */
  deltas: Float64Array[];
  divergence: DivergedStep | null;
}

/** `stretch` also holds what a kernel reads in rounds of eight. */
function lengths(width: number, d: number): Record<"initial" | "stretch" | "norms", number> {
  return { initial: roundUp(width) * roundUp(d), stretch: Math.ceil(width / 8) * 8, norms: width };
}

/** Bytes that a network of this width, its partners and what lies between them will reserve. */
export function couplingBytes(engine: Engine, problem: Problem, plan: Plan, width: number): number {
  const flow = plan.dynamics === "flow";
  return (
    networkBytes(engine, problem, width, { rungeKutta: flow }) +
    particleBytes(new Field(problem), width, flow) +
    regionBytes(lengths(width, problem.d))
  );
}

export class Coupling {
  readonly network: PopulationNetwork;
  private readonly engine: Engine;
  private readonly path: Path;
  private readonly plan: Plan;
  private readonly passengers: Passengers;
  private readonly region: Region<"initial" | "stretch" | "norms">;

  constructor(engine: Engine, problem: Problem, path: Path, plan: Plan, width: number) {
    this.engine = engine;
    this.path = path;
    this.plan = plan;
    this.network = new PopulationNetwork(engine, problem, width, { rungeKutta: plan.dynamics === "flow" });
    let passengers: Passengers | undefined;
    try {
      passengers = new Passengers(engine, path, width);
      this.region = engine.arena.reserve("the coupling of a network with its limit", lengths(width, problem.d));
    } catch (refusal) {
      passengers?.free();
      this.network.free();
      throw refusal;
    }
    this.passengers = passengers;
  }

  /** Trains the network, whose particles are in place, and measures it at every record. */
  async run(work: Work): Promise<CoupledRun> {
    const { network, region } = this;
    const gammas = this.startPassengers();
    region.slots.initial.view.set(network.particles.view);
    const trajectory = new Trajectory(network, this.plan, work);
    const result: CoupledRun = { measurements: [], deltas: [], divergence: null };
    for (let k = 0; k < this.plan.times.length; k++) {
      result.divergence = await trajectory.advanceTo(k);
      if (result.divergence) break;
      await this.passengers.advanceTo(k, work);
      const delta = this.gaps(gammas);
      const { loss, energy } = await network.risk(work);
      result.measurements.push(summarise(loss, this.functionGap(k, energy), delta));
      result.deltas.push(delta);
    }
    return result;
  }

  /** Puts the mean-field particles on those of the network; returns their gamma at the start. */
  private startPassengers(): Float64Array {
    const { width: m, dimension: d, stride } = this.network;
    const W = this.network.particles.view;
    const alpha = new Float64Array(m);
    const gamma = new Float64Array(m);
    for (let i = 0; i < m; i++) {
      let square = 0;
      for (let c = 1; c < d; c++) square += W[i * stride + c] * W[i * stride + c];
      alpha[i] = W[i * stride];
      gamma[i] = Math.sqrt(square);
    }
    this.passengers.start(alpha, gamma);
    return gamma;
  }

  /** |Delta_i| now. */
  private gaps(initialGammas: Float64Array): Float64Array {
    const { network, passengers } = this;
    const { initial, stretch, norms } = this.region.slots;
    const { state, n } = passengers.particles;
    const ratio = stretch.view;
    const gamma = state.view.subarray(n);
    // A particle on the axis of w* stays there: it has no orthogonal part to stretch.
    for (let i = 0; i < network.width; i++) ratio[i] = initialGammas[i] === 0 ? 0 : gamma[i] / initialGammas[i];
    this.engine.kernels.gapNorms(
      network.particles.address,
      initial.address,
      state.address,
      stretch.address,
      network.width,
      network.dimension,
      network.stride,
      norms.address,
    );
    return norms.view.slice();
  }

  /** |f_hat - f_MF|^2 = |f_hat|^2 - 2 mean_i Q(alpha_i) + |f_MF|^2, alpha_i = <w_i, w*> of the network. */
  private functionGap(k: number, energy: number): number {
    const { network, passengers, path } = this;
    const { stretch } = this.region.slots;
    const W = network.particles.view;
    const alphas = stretch.view;
    for (let i = 0; i < network.width; i++) alphas[i] = W[i * network.stride];
    const M = path.moments[k];
    const overlaps = passengers.particles.series(path.field.overlap(M), stretch);
    let sum = 0;
    for (let i = 0; i < network.width; i++) sum += overlaps[i];
    return Math.max(0, energy - (2 * sum) / network.width + path.field.energy(M));
  }

  free(): void {
    this.network.free();
    this.passengers.free();
    this.region.free();
  }
}

/** All statistics of one network at one time from its risk, function gap and |Delta| of its particles. */
export function summarise(loss: number, functionGap: number, delta: Float64Array): Measurement {
  const m = delta.length;
  const sorted = delta.slice().sort();
  let sum = 0;
  let squares = 0;
  let flipped = 0;
  for (let i = 0; i < m; i++) {
    sum += delta[i];
    squares += delta[i] * delta[i];
    if (delta[i] > FLIPPED) flipped++;
  }
  const meanDelta = sum / m;
  const meanSquaredDelta = squares / m;
  return {
    loss,
    meanDelta,
    meanSquaredDelta,
    maxDelta: sorted[m - 1],
    medianDelta: quantile(sorted, 0.5),
    quantile90Delta: quantile(sorted, 0.9),
    quantile99Delta: quantile(sorted, 0.99),
    flippedShare: flipped / m,
    functionGap,
    mTimesSquaredMeanDelta: m * meanDelta * meanDelta,
    mTimesMeanSquaredDelta: m * meanSquaredDelta,
    mTimesFunctionGap: m * functionGap,
  };
}
