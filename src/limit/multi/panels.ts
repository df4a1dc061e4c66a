// The limit of one or two indices on polar panels: its levels of refinement.

import type { Plan } from "../../core/dynamics.ts";
import type { Engine } from "../../engine/index.ts";
import type { Accuracy, LimitNodes } from "../model.ts";
import type { Levels, Probes } from "../refine.ts";
import { Pull } from "./azimuth.ts";
import { affordable } from "./budget.ts";
import { CloudNodes, cloudBytes } from "./cloud.ts";
import type { MultiField } from "./field.ts";
import { type Fineness, polarCloud } from "./polar.ts";
import { probesOf } from "./probes.ts";

/** Radius, azimuth and cuts are refined together, each in every level. Measured: late in a run the cuts matter most. */
const LEVELS: readonly Fineness[] = [
  { radial: 6, azimuth: 5, spacing: 2, halvings: 2 },
  { radial: 7, azimuth: 6, spacing: 1.5, halvings: 4 },
  { radial: 9, azimuth: 8, spacing: 1, halvings: 7 },
  { radial: 11, azimuth: 9, spacing: 1, halvings: 10 },
  { radial: 13, azimuth: 11, spacing: 1, halvings: 13 },
  { radial: 15, azimuth: 13, spacing: 1, halvings: 16 },
  { radial: 18, azimuth: 16, spacing: 0.75, halvings: 20 },
  { radial: 22, azimuth: 20, spacing: 0.5, halvings: 24 },
  { radial: 28, azimuth: 26, spacing: 0.5, halvings: 28 },
];

/** Errors allowed to a node in a Runge-Kutta step, in tolerances; each refinement divides them until rounding shows. */
const LOCAL_SHARE = 10;
const LOCAL_REFINEMENT = 4;
const LARGEST_LOCAL = 1e-4;
const LEAST_LOCAL = 1e-13;

/** Levels that refine the time step. */
const TIME_LEVELS = 3;

export class PanelLevels implements Levels {
  readonly name = "multi-index-panels";
  readonly indices: number;
  readonly field: MultiField;
  readonly probes: Probes;
  readonly last = LEVELS.length - 1;
  private readonly engine: Engine;
  private readonly plan: Plan;
  private readonly tolerance: number;
  private readonly pull: Pull;

  constructor(engine: Engine, field: MultiField, plan: Plan, tolerance: number) {
    this.engine = engine;
    this.plan = plan;
    this.tolerance = tolerance;
    this.field = field;
    this.indices = field.rank;
    this.pull = new Pull(engine.kernels, field);
    this.probes = probesOf(engine, field);
  }

  private cloud(level: number) {
    const { kernels } = this.engine;
    return polarCloud(kernels, this.field, this.pull, this.plan.times[this.plan.times.length - 1], LEVELS[level]);
  }

  /** Bytes that a level will reserve. */
  bytes(level: number): number {
    return cloudBytes(this.field, this.cloud(level).weights.length, this.plan.dynamics === "flow");
  }

  accuracy(level: number): Accuracy {
    let local = Math.min(LARGEST_LOCAL, LOCAL_SHARE * this.tolerance);
    let stretch = 1;
    for (let l = 0; l < Math.min(level, TIME_LEVELS); l++) {
      local = Math.max(LEAST_LOCAL, local / LOCAL_REFINEMENT);
      stretch /= 2;
    }
    return { local, panel: 0, stretch };
  }

  nodes(level: number): LimitNodes {
    return new CloudNodes(this.engine, this.field, this.cloud(level), this.plan.dynamics === "flow");
  }

  affordable(level: number, evaluations: number): boolean {
    if (level > this.last) return false;
    const nodes = this.cloud(level).weights.length;
    return affordable(this.engine, nodes * this.field.monomials.count * evaluations, this.bytes(level));
  }
}
