// The infinite-width dynamics on finer and finer nodes until the loss has settled: what is common to all solvers.

import type { Plan } from "../core/dynamics.ts";
import type { Status, Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import { Law, type LawDivergence } from "./law.ts";
import type { Accuracy, LimitField, LimitNodes, LimitSolver } from "./model.ts";
import { Passengers, type Path } from "./path.ts";

/** Rounding: what no refinement can show, as a share of the largest loss and of the sphere's radius. */
const ROUNDING = 4e-15;

/** The loss has settled where two levels differ by this share of it, whatever the tolerance: rounding does as much. */
const SETTLED = 16 * ROUNDING;

/** The limit on one set of nodes; series and path grow as records are reached. */
export interface Solution {
  path: Path;
  loss: number[];
  /** Empty where there is no alpha. */
  meanAlpha: number[];
  meanAlpha2: number[];
  nodes: number;
  divergence: LawDivergence | null;
}

/** What there is of the limit at any time of the computation. */
export interface LimitState {
  /** The finest finished level; before there is one, the first level as far as it has come. */
  solution: Solution | null;
  /** Of the loss, the largest over all records; null before the first estimate. */
  errorEstimate: number | null;
  /** Of the position of a particle, averaged over the law. */
  particleErrorEstimate: number | null;
}

/** Starting points of particles whose paths are compared, as columns. */
export type Probes = Float64Array[];

/** What a problem's solver is made of. */
export interface Solver {
  readonly name: LimitSolver;
  /** r. */
  readonly indices: number;
  readonly field: LimitField;
}

/** Nodes on levels, each finer than the one before. */
export interface Levels extends Solver {
  readonly probes: Probes;
  /** The finest there is. */
  readonly last: number;
  accuracy(level: number): Accuracy;
  nodes(level: number, accuracy: Accuracy): LimitNodes;
  /** Whether a level may follow one that has taken so many evaluations of the field. */
  affordable(level: number, evaluations: number): boolean;
}

/** Moves the law from its nodes, which it frees, through all records; `begun` is handed the growing solution at once. */
export async function solveOn(
  engine: Engine,
  plan: Plan,
  field: LimitField,
  nodes: LimitNodes,
  accuracy: Accuracy,
  work: Work,
  begun: (solution: Solution) => void = () => {},
): Promise<Solution & { evaluations: number }> {
  const law = new Law(engine, field, nodes, plan, accuracy, work);
  const solution: Solution = { path: law.path, loss: [], meanAlpha: [], meanAlpha2: [], nodes: 0, divergence: null };
  begun(solution);
  try {
    for (let k = 0; k < plan.times.length; k++) {
      solution.divergence = await law.advanceTo(k);
      if (solution.divergence) break;
      solution.loss.push(field.loss(law.path.moments[k]));
      const moments = law.nodes.alphaMoments();
      if (!moments) continue;
      solution.meanAlpha.push(moments.mean);
      solution.meanAlpha2.push(moments.square);
    }
  } finally {
    solution.nodes = law.nodes.mostNodes;
    law.free();
  }
  return Object.assign(solution, { evaluations: law.evaluations });
}

/** State of the probes at each record of a path. */
export async function follow(engine: Engine, path: Path, probes: Probes, work: Work): Promise<Float64Array[]> {
  const passengers = new Passengers(engine, path, probes[0].length);
  try {
    passengers.start(...probes);
    const states: Float64Array[] = [];
    for (let k = 0; k < path.stepsAt.length; k++) {
      await passengers.advanceTo(k, work);
      states.push(passengers.particles.state.view.slice());
    }
    return states;
  } finally {
    passengers.free();
  }
}

/** Largest over the records of the mean distance of `count` probes on two paths; their number is a multiple of 8. */
export function probeDistance(a: Float64Array[], b: Float64Array[], count: number): number {
  let worst = ROUNDING;
  for (let k = 0; k < Math.min(a.length, b.length); k++) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      let square = 0;
      for (let c = i; c < a[k].length; c += count) square += (a[k][c] - b[k][c]) * (a[k][c] - b[k][c]);
      sum += Math.sqrt(square);
    }
    worst = Math.max(worst, sum / count);
  }
  return worst;
}

function lossDistance(a: Solution, b: Solution): number {
  let worst = 0;
  for (let k = 0; k < Math.min(a.loss.length, b.loss.length); k++)
    worst = Math.max(worst, ROUNDING * b.loss[k], Math.abs(a.loss[k] - b.loss[k]));
  return worst;
}

/**
 * Solves on finer and finer nodes until two levels agree to the tolerance or to rounding, or until no further one is
 * affordable; what the last refinement changed is the error estimate, hence an upper guess for the finer of the two.
 * `state` holds what there is at any time, also when `work` is aborted.
 */
export async function refine(
  engine: Engine,
  levels: Levels,
  plan: Plan,
  tolerance: number,
  work: Work,
  state: LimitState,
): Promise<Status> {
  const { field, probes } = levels;
  const count = probes[0].length;
  // A level costs about twice the one before; most limits settle with the first refinement.
  work.expect(3);
  const accuracy = levels.accuracy(0);
  const first = levels.nodes(0, accuracy);
  let coarse = await solveOn(engine, plan, field, first, accuracy, work.part(1), (solution) => {
    state.solution = solution;
  });
  let coarseProbes = await follow(engine, coarse.path, probes, work);
  for (let level = 1; ; level++) {
    if (coarse.divergence) return "diverged";
    const accuracy = levels.accuracy(level);
    const fine = await solveOn(engine, plan, field, levels.nodes(level, accuracy), accuracy, work.part(2));
    const fineProbes = await follow(engine, fine.path, probes, work);
    state.solution = fine;
    state.errorEstimate = lossDistance(coarse, fine);
    state.particleErrorEstimate = probeDistance(coarseProbes, fineProbes, count);
    coarse = fine;
    coarseProbes = fineProbes;
    const enough = Math.max(tolerance, SETTLED * fine.loss.reduce((most, loss) => Math.max(most, loss), 0));
    const ends = level === levels.last || !levels.affordable(level + 1, fine.evaluations);
    if (!fine.divergence && (state.errorEstimate <= enough || ends)) return "completed";
  }
}
