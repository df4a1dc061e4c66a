// The limit of any number of indices on quasi-random nodes. Eight replicas of N scrambled Sobol' points each give the
// law together; besides, each is moved on its own, and the spread of their losses L_i gives the error bar of the loss L
// of the union, at each record
//
//   t s / sqrt(8) + |mean_i L_i - L| / 7,    s^2 = sum (L_i - mean)^2 / 7,  t = 2.365 (95%, 7 degrees of freedom)
//
// where the second term is the bias of the union, if that of N nodes is 8 times as large. N doubles until the largest
// error bar meets the tolerance, or until the budget ends.

import type { Plan } from "../../core/dynamics.ts";
import type { Status, Work } from "../../core/run.ts";
import type { Engine } from "../../engine/index.ts";
import type { Accuracy } from "../model.ts";
import { follow, type LimitState, probeDistance, type Solution, type Solver, solveOn } from "../refine.ts";
import { affordable } from "./budget.ts";
import { type Cloud, CloudNodes, cloudBytes } from "./cloud.ts";
import type { MultiField } from "./field.ts";
import { probesOf } from "./probes.ts";
import { SpherePoints } from "./sphere-points.ts";

const REPLICAS = 8;

/** Quantile of Student's distribution with REPLICAS - 1 degrees of freedom. */
const STUDENT = 2.365;

/** Nodes of a replica at first, and at most. */
const FIRST_NODES = 128;
const MOST_NODES = 1 << 20;

/** Seeds of replicas are seed, seed + 1, ...; 0 is that of the probes. */
const FIRST_SEED = 1;

/** Error allowed to a node in a Runge-Kutta step: it does not show in the spread. */
const LOCAL_SHARE = 1;
const LARGEST_LOCAL = 1e-5;
const LEAST_LOCAL = 1e-13;

/** Rounding of a loss. */
const ROUNDING = 4e-15;

function union(clouds: readonly Cloud[]): Cloud {
  const columns = clouds[0].columns.map((_, c) =>
    Float64Array.from(clouds.flatMap((cloud) => Array.from(cloud.columns[c]))),
  );
  const n = columns[0].length;
  return { columns, weights: new Float64Array(n).fill(1 / n) };
}

/** The error bar, the largest over all records. */
export function errorBar(joint: Solution, alone: readonly Solution[]): number {
  const n = alone.length;
  let worst = 0;
  joint.loss.forEach((loss, k) => {
    const mean = alone.reduce((sum, run) => sum + run.loss[k], 0) / n;
    const squares = alone.reduce((sum, run) => sum + (run.loss[k] - mean) * (run.loss[k] - mean), 0);
    const bar = STUDENT * Math.sqrt(squares / (n * (n - 1))) + Math.abs(mean - loss) / (n - 1);
    worst = Math.max(worst, ROUNDING * loss, bar);
  });
  return worst;
}

export class Replicas implements Solver {
  readonly name = "multi-index-qmc";
  readonly indices: number;
  readonly field: MultiField;
  private readonly engine: Engine;
  private readonly plan: Plan;
  private readonly points: SpherePoints;
  private readonly seed: number;

  constructor(engine: Engine, field: MultiField, plan: Plan, seed = FIRST_SEED) {
    this.engine = engine;
    this.plan = plan;
    this.field = field;
    this.indices = field.rank;
    this.seed = seed;
    this.points = new SpherePoints(engine.kernels, field.rank, field.orthogonal);
  }

  private get flow(): boolean {
    return this.plan.dynamics === "flow";
  }

  /** Bytes of the union of replicas of n nodes. */
  bytes(n = FIRST_NODES): number {
    return cloudBytes(this.field, REPLICAS * n, this.flow);
  }

  /** Whether replicas of n nodes may follow a union that has taken so many evaluations of the field. */
  affordable(n: number, evaluations: number): boolean {
    const work = 2 * REPLICAS * n * this.field.monomials.count * evaluations;
    return n <= MOST_NODES && affordable(this.engine, work, this.bytes(n));
  }

  private async on(cloud: Cloud, accuracy: Accuracy, work: Work, begun?: (solution: Solution) => void) {
    const nodes = new CloudNodes(this.engine, this.field, cloud, this.flow);
    return solveOn(this.engine, this.plan, this.field, nodes, accuracy, work, begun);
  }

  /** As `refine`. */
  async solve(tolerance: number, work: Work, state: LimitState): Promise<Status> {
    const { engine, field } = this;
    const local = Math.max(LEAST_LOCAL, Math.min(LARGEST_LOCAL, LOCAL_SHARE * tolerance));
    const accuracy = { local, panel: 0, stretch: 1 };
    const probes = probesOf(engine, field);
    const count = probes[0].length;
    for (let n = FIRST_NODES; ; n *= 2) {
      work.expect((2 * REPLICAS * 2 * n) / FIRST_NODES);
      const clouds = Array.from({ length: REPLICAS }, (_, i) => this.points.draw(n, this.seed + i));
      const share = n / FIRST_NODES;
      const first = n === FIRST_NODES;
      const joint = await this.on(union(clouds), accuracy, work.part(REPLICAS * share), (solution) => {
        if (first) state.solution = solution;
      });
      const jointProbes = await follow(engine, joint.path, probes, work);
      const alone: Solution[] = [];
      let distance = 0;
      for (const cloud of clouds) {
        const run = await this.on(cloud, accuracy, work.part(share));
        alone.push(run);
        if (run.divergence) break;
        const own = await follow(engine, run.path, probes, work);
        distance += probeDistance(jointProbes, own, count) / REPLICAS;
      }
      state.solution = joint;
      if (joint.divergence || alone.some((run) => run.divergence)) return "diverged";
      state.errorEstimate = errorBar(joint, alone);
      // A replica is sqrt(7) times as far from the union as the union is from the limit.
      state.particleErrorEstimate = (STUDENT * distance) / Math.sqrt(REPLICAS - 1);
      if (state.errorEstimate <= tolerance || !this.affordable(2 * n, joint.evaluations)) return "completed";
    }
  }
}
