// One network coupled with its own mean-field paths: particle i of the network and xi_t(w_i), the same initial particle
// driven by the infinite-width law (SPEC.md, sections 1 and 4).

import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { MeanFieldPaths, RowShape, SolvableProblem } from "../limit/model.ts";
import type { Path } from "../limit/path.ts";
import { meanFieldPaths, pathsBytes } from "../limit/paths.ts";
import type { Dataset } from "../network/dataset.ts";
import { lanesOf } from "../network/empirical.ts";
import { Network, type NetworkInput, type NetworkSize, networkBytes } from "../network/network.ts";
import { roundUp } from "../network/particles.ts";
import { type DivergedStep, Trajectory } from "../network/trajectory.ts";
import { DistributionTracker } from "./histogram.ts";
import { type Measurement, measureErrors, summarise } from "./measure.ts";
import { type Floor, Shadow, shadowInput } from "./shadow.ts";
import type { TellRecord } from "./telling.ts";

/** One coupled run: a measurement a record, and the gap of every particle. */
export interface CoupledRun {
  measurements: Measurement[];
  /** |Delta| of the m particles at each record. */
  deltas: Float64Array[];
  /** Distance to its float64 shadow, where it has one. */
  floor: Floor | null;
  divergence: DivergedStep | null;
}

/** A network of a problem whose limit can be solved, with or without a float64 shadow. */
export type CoupledInput = NetworkInput & { problem: SolvableProblem; shadowed: boolean; distribution: boolean };

function shapeOf({ width, problem, training }: NetworkSize): RowShape {
  return { m: width, d: problem.d, stride: roundUp(problem.d, lanesOf(training.precision)) };
}

/** Bytes that a network, its partners and what lies between them will reserve, its data apart. */
export function couplingBytes(engine: Engine, input: Omit<CoupledInput, "key" | "distribution">): number {
  const { problem, training } = input;
  return (
    networkBytes(engine, input) +
    (input.shadowed ? networkBytes(engine, shadowInput(input)) : 0) +
    pathsBytes(engine, problem, shapeOf(input), training.plan.dynamics === "flow")
  );
}

export class Coupling {
  readonly network: Network;
  private readonly input: CoupledInput;
  private readonly path: Path;
  private readonly shadow: Shadow | null = null;
  private readonly paths: MeanFieldPaths;

  constructor(engine: Engine, input: CoupledInput, path: Path, dataset: Dataset | null, work: Work) {
    this.input = input;
    this.path = path;
    const taken: { free(): void }[] = [];
    try {
      this.network = new Network(engine, input, dataset);
      taken.push(this.network);
      // Not counted as work: its share is small, and predictions do not know of it.
      if (input.shadowed && dataset) {
        this.shadow = new Shadow(engine, input, this.network, dataset, work.part(0));
        taken.push(this.shadow);
      }
      this.paths = meanFieldPaths(engine, path, shapeOf(input));
    } catch (refusal) {
      for (const part of taken) part.free();
      throw refusal;
    }
  }

  /** Trains the network from given rows or those of its key, and measures it at every record. */
  async run(rows: Float64Array | null, work: Work, tell: TellRecord = null): Promise<CoupledRun> {
    const { network, paths, shadow } = this;
    const { W } = network.particles;
    const { plan } = this.input.training;
    await network.start(rows, work);
    await shadow?.start(rows, work);
    paths.start(W);
    const trajectory = new Trajectory(network, plan, work);
    const tracker = this.input.distribution ? new DistributionTracker() : null;
    const result: CoupledRun = { measurements: [], deltas: [], floor: null, divergence: null };
    for (let k = 0; k < plan.times.length; k++) {
      result.divergence = await trajectory.advanceTo(k);
      if (result.divergence) break;
      await paths.advanceTo(k, work);
      await shadow?.compareAt(k);
      const delta = paths.distances(W);
      const { loss, energy, extra } = await measureErrors(network, trajectory, work);
      const measurement = {
        ...summarise(loss, this.functionGap(k, energy ?? Number.NaN), delta),
        ...extra,
        ...(tracker && { distribution: tracker.at(delta) }),
      };
      result.measurements.push(measurement);
      result.deltas.push(delta);
      await tell?.({
        m: network.particles.width,
        k,
        meanFieldLoss: this.path.field.loss(this.path.moments[k]),
        measurement,
        delta: delta.slice(),
        particles: network.particles.copy(),
      });
    }
    result.floor = shadow?.floor ?? null;
    return result;
  }

  /** |f_hat - f_MF|^2 = |f_hat|^2 - 2 mean_i Q(w_i) + |f_MF|^2. */
  private functionGap(k: number, energy: number): number {
    const { paths } = this;
    return Math.max(0, energy - 2 * paths.overlap(k, this.network.particles.W) + paths.energy(k));
  }

  free(): void {
    this.network.free();
    this.shadow?.free();
    this.paths.free();
  }
}
