// The float64 shadow of a float32 network: same start, same samples. Its distance is the floor that rounding puts under
// |Delta|^2 of a float32 run.

import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { Dataset } from "../network/dataset.ts";
import { Network, type NetworkInput, type NetworkSize } from "../network/network.ts";
import type { Training } from "../network/training.ts";
import { Trajectory } from "../network/trajectory.ts";
import { rowDistances } from "./distance.ts";
import { summarise } from "./measure.ts";

/** One entry a record. */
export interface Floor {
  meanSquaredDelta: number[];
  flippedShare: number[];
}

/** Whether a network has one: of a float32 run the narrowest, in the first replica. */
export function hasShadow({ precision }: Training, widths: readonly number[], width: number, replica: number): boolean {
  return precision === "float32" && replica === 0 && width === Math.min(...widths);
}

/** What the shadow of a network is made of. */
export function shadowInput<Input extends NetworkSize>(input: Input): Input {
  return { ...input, training: { ...input.training, precision: "float64" } };
}

export class Shadow {
  private readonly measured: Floor = { meanSquaredDelta: [], flippedShare: [] };
  private diverged = false;
  private readonly network: Network;
  private readonly twin: Network;
  private readonly trajectory: Trajectory;

  constructor(engine: Engine, input: NetworkInput, twin: Network, dataset: Dataset, work: Work) {
    this.twin = twin;
    this.network = new Network(engine, shadowInput(input), dataset);
    this.trajectory = new Trajectory(this.network, input.training.plan, work);
  }

  start(rows: Float64Array | null, work: Work): Promise<void> {
    return this.network.start(rows, work);
  }

  /** What was measured; null where the shadow diverged, though its twin did not. */
  get floor(): Floor | null {
    return this.diverged ? null : this.measured;
  }

  /** Moves it to record k, where its twin stands, and measures their distance. */
  async compareAt(k: number): Promise<void> {
    if (this.diverged) return;
    this.diverged = (await this.trajectory.advanceTo(k)) !== null;
    if (this.diverged) return;
    const { meanSquaredDelta, flippedShare } = summarise(
      0,
      0,
      rowDistances(this.network.particles, this.twin.particles),
    );
    this.measured.meanSquaredDelta.push(meanSquaredDelta);
    this.measured.flippedShare.push(flippedShare);
  }

  free(): void {
    this.network.free();
  }
}
