// The solver for each kind of problem.

import type { Plan } from "../core/dynamics.ts";
import type { Status, Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import { teachersOf } from "../problem/teachers.ts";
import { limitSolver } from "./form.ts";
import type { LimitSolver, SolvableProblem } from "./model.ts";
import { MultiField } from "./multi/field.ts";
import { PanelLevels } from "./multi/panels.ts";
import { Replicas } from "./multi/replicas.ts";
import { type LimitState, refine, type Solution } from "./refine.ts";
import { SingleIndexLevels } from "./single.ts";

export type { LimitState, Solution };

/**
 * @internal Solves with an error estimate that meets the tolerance, or as well as the budget allows. `state` holds what
 * there is at any time, also when `work` is aborted.
 */
export async function solveLimit(
  engine: Engine,
  problem: SolvableProblem,
  plan: Plan,
  tolerance: number,
  work: Work,
  state: LimitState,
  solver: LimitSolver | null = limitSolver(problem),
): Promise<Status> {
  if (problem.kind === "single-index") {
    const levels = new SingleIndexLevels(engine, problem, plan, tolerance);
    engine.arena.require("the infinite-width limit", levels.bytes);
    return refine(engine, levels, plan, tolerance, work, state);
  }
  const field = new MultiField(problem, teachersOf(engine, problem));
  if (solver === "multi-index-panels") {
    const levels = new PanelLevels(engine, field, plan, tolerance);
    engine.arena.require("the infinite-width limit", levels.bytes(1));
    return refine(engine, levels, plan, tolerance, work, state);
  }
  const replicas = new Replicas(engine, field, plan);
  engine.arena.require("the infinite-width limit", replicas.bytes());
  return replicas.solve(tolerance, work, state);
}

/** Bytes that a limit will reserve at least. */
export function limitBytes(engine: Engine, problem: SolvableProblem, plan: Plan): number {
  if (problem.kind === "single-index") return new SingleIndexLevels(engine, problem, plan, 1).bytes;
  const field = new MultiField(problem, teachersOf(engine, problem));
  return limitSolver(problem) === "multi-index-panels"
    ? new PanelLevels(engine, field, plan, 1).bytes(1)
    : new Replicas(engine, field, plan).bytes();
}
