// A network, its mean-field particles and the gap equation between them, side by side from record to record.

import type { Status, Work } from "../../core/run.ts";
import type { Engine } from "../../engine/index.ts";
import { limitBytes, type Solution, solveLimit } from "../../limit/solve.ts";
import type { TangentFactors } from "../../limit/tangent-factors.ts";
import { emptyState } from "../../limit/task.ts";
import { Network, type NetworkInput, networkBytes } from "../../network/network.ts";
import type { Training } from "../../network/training.ts";
import { type DivergedStep, Trajectory } from "../../network/trajectory.ts";
import { equationBytes, GapEquation } from "./equation.ts";
import { equationGrid } from "./grid.ts";
import type { TangentParts } from "./model.ts";
import type { EquationInput } from "./options.ts";

/** What stands at a record: all arrays are copies or may be kept. */
export interface EquationRecord {
  /** Delta of the network, xi + Delta its particles, m x d; null where no network is trained. */
  measured: Float64Array | null;
  /** Delta of the linear equation, m x d. */
  predicted: Float64Array;
  /** Stability factors since the record before. */
  factors: TangentFactors;
  /** Parts of eps, the fluctuation of the velocity. */
  fluctuation: TangentParts;
  /** Where the mean-field particles are: (alpha, gamma), or (u_1, ..., u_r, s). */
  columns: Float64Array[];
}

/** What is known of the limit that the particles follow. */
export interface EquationLimit {
  errorEstimate: number | null;
  particleErrorEstimate: number | null;
}

/** How much more a step of the equation costs than one of the network. */
const EQUATION_COST = 2;

function networkInput({ problem, plan, width, seed }: EquationInput): NetworkInput {
  const training: Training = {
    plan,
    data: null,
    precision: "float64",
    objective: "squared",
    langevin: 0,
    pathNorm: 0,
    interaction: "auto",
  };
  return { problem, training, width, signs: null, key: { seed, replica: 0 } };
}

/** Bytes that a run will reserve at most at once. */
export function coupledBytes(engine: Engine, input: EquationInput): number {
  const { problem, plan, width } = input;
  const network = networkBytes(engine, networkInput(input));
  const flow = plan.dynamics === "flow";
  return Math.max(limitBytes(engine, problem, plan), network + equationBytes(engine, problem, width, flow));
}

/** Rows of an array with a stride, m x d. */
function compact(view: Float64Array, m: number, d: number, stride: number): Float64Array {
  const out = new Float64Array(m * d);
  for (let i = 0; i < m; i++) out.set(view.subarray(i * stride, i * stride + d), i * d);
  return out;
}

/**
 * Solves the limit, then goes through the records; `visit` is handed each one as it is reached. The network that has not
 * started to be trained is the start of the particles: `train` says whether it is trained too.
 */
export async function followGap(
  engine: Engine,
  input: EquationInput,
  work: Work,
  options: {
    train: boolean;
    /** Handed the m x d rows that the particles start from. */
    started?: (rows: Float64Array) => void;
    limit: (limit: EquationLimit) => void;
    visit: (record: EquationRecord, k: number) => void;
    /** Handed null where only a replica of the limit has. */
    diverged: (where: DivergedStep | null) => void;
  },
): Promise<Status> {
  const { problem, plan, width: m, rows, tolerance } = input;
  const { d } = problem;
  const grid = equationGrid(plan);
  engine.arena.require(`the gap equation of a network of width ${m} in dimension ${d}`, coupledBytes(engine, input));
  work.expect(2 + EQUATION_COST);
  const state = emptyState();
  const status = await solveLimit(engine, problem, grid.plan, tolerance, work.part(1), state);
  const { errorEstimate, particleErrorEstimate } = state;
  options.limit({ errorEstimate, particleErrorEstimate });
  // There is one: where it is aborted, nobody comes here.
  const { path, divergence: limitDivergence } = state.solution as Solution;
  if (status !== "completed") {
    options.diverged(limitDivergence);
    return status;
  }
  const network = new Network(engine, networkInput(input));
  let equation: GapEquation | undefined;
  try {
    equation = new GapEquation(engine, problem, grid, path, m);
    await network.start(rows, work);
    const start = network.particles.copy();
    options.started?.(start);
    equation.start(start);
    const trajectory = new Trajectory(network, plan, work.part(1));
    const part = work.part(EQUATION_COST);
    part.expect(grid.h.length);
    for (let k = 0; k < plan.times.length; k++) {
      const divergence = options.train ? await trajectory.advanceTo(k) : null;
      if (divergence) {
        options.diverged(divergence);
        return "diverged";
      }
      const factors = await equation.advanceTo(k, part);
      const { stride } = network.particles;
      const predicted = compact(equation.delta.view, m, d, stride);
      if (!predicted.every(Number.isFinite)) {
        options.diverged({ step: grid.stepsAt[k], time: plan.times[k] });
        return "diverged";
      }
      const positions = compact(equation.positions.view, m, d, stride);
      const measured = options.train ? network.particles.copy().map((w, at) => w - positions[at]) : null;
      const fluctuation = await equation.fluctuation(k, work);
      options.visit({ measured, predicted, factors, fluctuation, columns: equation.meanField.columns() }, k);
    }
    return "completed";
  } finally {
    network.free();
    equation?.free();
  }
}
