// The infinite-width dynamics, refined in mesh and time until the loss has settled.

import type { Plan } from "../core/dynamics.ts";
import type { Status, Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { SingleIndexProblem } from "../problem/types.ts";
import { Field } from "./field.ts";
import { type Accuracy, Law, type LawDivergence } from "./law.ts";
import { Mesh } from "./mesh.ts";
import { lawBytes } from "./nodes.ts";
import { PanelRule } from "./panel-rule.ts";
import { Passengers, type Path } from "./path.ts";

/** Refinements at most; a limit that has not settled by then carries its larger error estimate. */
const MAX_LEVEL = 8;

/**
 * Errors allowed to a node in a Runge-Kutta step and to a panel's interpolation on the coarsest level, in tolerances:
 * the loss, a mean, errs far less than a node. Each refinement divides them.
 */
const LOCAL_SHARE = 10;
const PANEL_SHARE = 1;
const LOCAL_REFINEMENT = 16;
const PANEL_REFINEMENT = 64;

/** Beyond this the error of a step says little about the next. */
const LARGEST_LOCAL = 1e-4;

/** Rounding allows no less. */
const LEAST_LOCAL = 1e-15;
const LEAST_PANEL = 1e-13;

/** Rounding: what no refinement can show, as a share of the largest loss and of the sphere's radius. */
const ROUNDING = 4e-15;

/** Particles whose paths are compared between two levels: one a quantile of the initial law. */
const PROBES = 256;

/** The limit on one mesh; series and path grow as records are reached. */
export interface Solution {
  path: Path;
  loss: number[];
  meanAlpha: number[];
  meanAlpha2: number[];
  nodes: number;
  divergence: LawDivergence | null;
}

/** What there is of the limit at any time of the computation. */
export interface LimitState {
  /** The finest finished level; before there is one, the first level as far as it has come. */
  solution: Solution | null;
  /** What the last refinement changed; null before the first. */
  errorEstimate: number | null;
  particleErrorEstimate: number | null;
}

/** Starting points of the probes. */
interface Probes {
  alpha: Float64Array;
  gamma: Float64Array;
}

/** The nodes at PROBES quantiles of the law at the start. */
function quantiles(mesh: Mesh): Probes {
  const nodes = mesh.panels.flatMap((panel) => {
    const { alpha, gamma } = mesh.start(panel);
    return Array.from(mesh.weights(panel), (weight, j) => ({ alpha: alpha[j], gamma: gamma[j], weight }));
  });
  nodes.sort((a, b) => a.alpha - b.alpha);
  const probes = { alpha: new Float64Array(PROBES), gamma: new Float64Array(PROBES) };
  let mass = 0;
  let p = 0;
  for (const { alpha, gamma, weight } of nodes) {
    mass += weight;
    for (; p < PROBES && mass >= (p + 0.5) / PROBES; p++) {
      probes.alpha[p] = alpha;
      probes.gamma[p] = gamma;
    }
  }
  return probes;
}

/** Moves the law from a mesh through all records; `begun` is handed the growing solution at once. */
async function solveOn(
  engine: Engine,
  problem: SingleIndexProblem,
  plan: Plan,
  field: Field,
  mesh: Mesh,
  accuracy: Accuracy,
  work: Work,
  begun: (solution: Solution) => void = () => {},
): Promise<Solution> {
  const law = new Law(engine, field, mesh, problem, plan, accuracy, work);
  const solution: Solution = { path: law.path, loss: [], meanAlpha: [], meanAlpha2: [], nodes: 0, divergence: null };
  begun(solution);
  try {
    for (let k = 0; k < plan.times.length; k++) {
      solution.divergence = await law.advanceTo(k);
      if (solution.divergence) break;
      const { mean, square } = law.nodes.alphaMoments();
      solution.loss.push(field.loss(law.path.moments[k]));
      solution.meanAlpha.push(mean);
      solution.meanAlpha2.push(square);
    }
  } finally {
    solution.nodes = law.nodes.mostNodes;
    law.free();
  }
  return solution;
}

/** State of the probes at each record of a path. */
async function follow(engine: Engine, path: Path, { alpha, gamma }: Probes, work: Work): Promise<Float64Array[]> {
  const passengers = new Passengers(engine, path, PROBES);
  try {
    passengers.start(alpha, gamma);
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

/** Largest over the records of the mean distance of the probes on two paths. */
function probeDistance(a: Float64Array[], b: Float64Array[]): number {
  let worst = ROUNDING;
  for (let k = 0; k < Math.min(a.length, b.length); k++) {
    let sum = 0;
    for (let i = 0; i < PROBES; i++) {
      const along = a[k][i] - b[k][i];
      const across = a[k][PROBES + i] - b[k][PROBES + i];
      sum += Math.sqrt(along * along + across * across);
    }
    worst = Math.max(worst, sum / PROBES);
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
 * @internal Solves on finer and finer meshes until two agree to the tolerance; what the last refinement changed is the
 * error estimate, hence an upper guess for the finer of the two. `state` holds what there is at any time, also when
 * `work` is aborted.
 */
export async function solveLimit(
  engine: Engine,
  problem: SingleIndexProblem,
  plan: Plan,
  tolerance: number,
  work: Work,
  state: LimitState,
): Promise<Status> {
  const field = new Field(problem);
  const horizon = plan.times[plan.times.length - 1];
  const rule = new PanelRule(engine.kernels.cos);
  const meshOf = (refinement: number) => new Mesh(engine.kernels, rule, problem, horizon, refinement);
  const coarsest = meshOf(0);
  engine.arena.require("the infinite-width limit", lawBytes(field, meshOf(1), plan.dynamics === "flow"));
  const starts = quantiles(coarsest);
  const accuracy = {
    local: Math.min(LARGEST_LOCAL, LOCAL_SHARE * tolerance),
    panel: PANEL_SHARE * tolerance,
    stretch: 1,
  };
  // A level costs about twice the one before; most limits settle with the first refinement.
  work.expect(3);
  let coarse = await solveOn(engine, problem, plan, field, coarsest, accuracy, work.part(1), (solution) => {
    state.solution = solution;
  });
  let coarseProbes = await follow(engine, coarse.path, starts, work);
  for (let refinement = 1; ; refinement++) {
    if (coarse.divergence) return "diverged";
    accuracy.local = Math.max(LEAST_LOCAL, accuracy.local / LOCAL_REFINEMENT);
    accuracy.panel = Math.max(LEAST_PANEL, accuracy.panel / PANEL_REFINEMENT);
    accuracy.stretch /= 4;
    const fine = await solveOn(engine, problem, plan, field, meshOf(refinement), accuracy, work.part(2));
    const fineProbes = await follow(engine, fine.path, starts, work);
    state.solution = fine;
    state.errorEstimate = lossDistance(coarse, fine);
    state.particleErrorEstimate = probeDistance(coarseProbes, fineProbes);
    coarse = fine;
    coarseProbes = fineProbes;
    const last = refinement === MAX_LEVEL;
    if (!fine.divergence && (state.errorEstimate <= tolerance || last)) return "completed";
  }
}
