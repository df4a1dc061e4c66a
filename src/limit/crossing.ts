// When the risk of the infinite-width limit first falls to a share of its start, along gradient flow (SPEC.md, section 9):
// L_T = share * L_0. The flow is stopped inside the Runge-Kutta step that passes this level: T is as accurate as the flow
// itself. On the way int_0^T L_t^(1/2) dt (arXiv:2605.22010) is summed up from the risk at the stages of each step, to the
// order of the pair. Nodes are refined until T has settled.

import type { Plan } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import { teachersOf } from "../problem/teachers.ts";
import { limitSolver } from "./form.ts";
import { Law, type LawDivergence, type LawObserver } from "./law.ts";
import type { LimitField, SolvableProblem } from "./model.ts";
import { EVALUATIONS, STEP_WEIGHTS } from "./movers.ts";
import { MultiField } from "./multi/field.ts";
import { PanelLevels } from "./multi/panels.ts";
import type { Levels } from "./refine.ts";
import { SingleIndexLevels } from "./single.ts";

/** Rounding: what no refinement can show, as a share of a time. */
const ROUNDING = 4e-15;

/** What determines a crossing. */
export interface CrossingInput {
  problem: SolvableProblem;
  /** Of the risk at the start, between 0 and 1. */
  share: number;
  /** Where the search ends, in flow time. */
  horizon: number;
  /** About when it is expected; for progress alone. */
  expected: number;
  /** Largest error of T, relative. */
  tolerance: number;
}

/** A number and its error, from the last refinement. */
export interface Refined {
  value: number;
  error: number;
}

/** A crossing; `time` is null where the risk was still above the level at the horizon. */
export interface Crossing {
  time: Refined | null;
  /** int L^(1/2) dt up to that time, or to the horizon. */
  rootLossIntegral: Refined;
  startLoss: number;
  /** Risk where the search ended. */
  loss: number;
  nodes: number;
  steps: number;
  divergence: LawDivergence | null;
}

/** Sums up L^(1/2) along a flow, and stops it where L has fallen to a level; without one it goes on. */
export class LossWatch implements LawObserver {
  /** int_0^t L^(1/2). */
  integral = 0;
  startLoss = Number.NaN;
  loss = Number.NaN;
  private readonly field: LimitField;
  private readonly share: number | null;
  private readonly roots = new Float64Array(EVALUATIONS + 1);

  constructor(field: LimitField, share: number | null) {
    this.field = field;
    this.share = share;
  }

  evaluated(j: number, M: Float64Array): void {
    // Rounding may leave a risk of zero below it.
    this.loss = Math.max(0, this.field.loss(M));
    if (Number.isNaN(this.startLoss)) this.startLoss = this.loss;
    this.roots[j] = Math.sqrt(this.loss);
  }

  taken(h: number): void {
    let sum = 0;
    for (let j = 0; j < EVALUATIONS; j++) sum += STEP_WEIGHTS[j] * this.roots[j];
    this.integral += h * sum;
    this.roots[0] = this.roots[EVALUATIONS];
  }

  left(): number {
    return this.share === null ? 1 : this.loss - this.share * this.startLoss;
  }
}

/** @internal The levels of refinement of a problem with a mesh; null where its solver has none. */
export function levelsOf(engine: Engine, problem: SolvableProblem, plan: Plan, tolerance: number): Levels | null {
  if (problem.kind === "single-index") {
    const levels = new SingleIndexLevels(engine, problem, plan, tolerance);
    engine.arena.require("the infinite-width limit", levels.bytes);
    return levels;
  }
  if (limitSolver(problem) !== "multi-index-panels") return null;
  const levels = new PanelLevels(engine, new MultiField(problem, teachersOf(engine, problem)), plan, tolerance);
  engine.arena.require("the infinite-width limit", levels.bytes(1));
  return levels;
}

/** Gradient flow to `time`. */
export function flowPlan(time: number, times: Float64Array = Float64Array.of(time)): Plan {
  const record = Array.from(times);
  return { time, step: time, dynamics: "flow", gradient: "riemannian", record, times, steps: new Int32Array(0) };
}

interface Found {
  reached: boolean;
  time: number;
  watch: LossWatch;
  nodes: number;
  steps: number;
  evaluations: number;
  divergence: LawDivergence | null;
}

async function findOn(
  engine: Engine,
  levels: Levels,
  level: number,
  plan: Plan,
  { share, expected }: CrossingInput,
  work: Work,
): Promise<Found> {
  const accuracy = levels.accuracy(level);
  const law = new Law(engine, levels.field, levels.nodes(level, accuracy), plan, accuracy, work);
  // The law counts flow time; its horizon lies far beyond what it will go through.
  work.expect(expected);
  const watch = new LossWatch(levels.field, share);
  law.observer = watch;
  law.keepsPath = false;
  try {
    const divergence = await law.advanceTo(0);
    const { path, ended, reached, evaluations } = law;
    const nodes = law.nodes.mostNodes;
    return { reached: ended, time: reached, watch, nodes, steps: path.h.length, evaluations, divergence };
  } finally {
    law.free();
  }
}

/** Finds it. @throws Aborted; what one level found says nothing of its error. */
export async function findCrossing(engine: Engine, input: CrossingInput, work: Work): Promise<Crossing> {
  const { problem, horizon, tolerance } = input;
  const plan = flowPlan(horizon);
  const levels = levelsOf(engine, problem, plan, tolerance);
  if (!levels) throw new RangeError(`problem must be one whose limit is solved on a mesh; got ${problem.name}`);
  // A level costs about twice the one before; most settle with the first refinement.
  work.expect(3);
  let coarse = await findOn(engine, levels, 0, plan, input, work.part(1));
  for (let level = 1; ; level++) {
    const fine = await findOn(engine, levels, level, plan, input, work.part(2));
    const error = (one: number, other: number) => Math.max(ROUNDING * other, Math.abs(one - other));
    const timeError = error(coarse.time, fine.time);
    const integralError = error(coarse.watch.integral, fine.watch.integral);
    const settled = coarse.reached === fine.reached && timeError <= tolerance * fine.time;
    const last = level === levels.last || !levels.affordable(level + 1, fine.evaluations);
    if (settled || last || fine.divergence) {
      const { watch, nodes, steps, divergence, time, reached } = fine;
      return {
        time: reached ? { value: time, error: timeError } : null,
        rootLossIntegral: { value: watch.integral, error: integralError },
        startLoss: watch.startLoss,
        loss: watch.loss,
        nodes,
        steps,
        divergence,
      };
    }
    coarse = fine;
  }
}
