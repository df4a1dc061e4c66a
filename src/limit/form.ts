// Which problems the solvers of the limit take, and what they need of them.

import { type LimitForm, limitForm, multiIndexForm } from "../problem/form.ts";
import type { Problem } from "../problem/types.ts";
import type { LimitSolver, SolvableProblem } from "./model.ts";
import { MAX_MONOMIALS, problemSize, rankOf } from "./multi/size.ts";

/** More indices than this are left to quasi-Monte-Carlo. */
const PANEL_INDICES = 2;

function refuse({ name }: Problem, reason = "the limit solver takes no other"): never {
  throw new RangeError(
    `problem must be a single- or multi-index problem with second-layer signs of +1 and Hermite series that end, for activation and link: ${reason}; got ${name}. approximationGap with reference: M takes a wide network instead`,
  );
}

/** The solver that takes a problem; null where none does. */
export function limitSolver(problem: Problem): LimitSolver | null {
  if (problem.kind === "single-index") return limitForm(problem) && "single-index";
  if (problem.kind !== "multi-index") return null;
  const size = problemSize(problem);
  if (size === null || size === Number.POSITIVE_INFINITY) return null;
  return rankOf(problem) <= PANEL_INDICES ? "multi-index-panels" : "multi-index-qmc";
}

/** Number of indices r that a solvable problem depends on. */
export function indicesOf(problem: SolvableProblem): number {
  return problem.kind === "single-index" ? 1 : rankOf(problem);
}

/** @throws RangeError naming `problem` where no solver applies. */
export function checkSolvable(problem: Problem): SolvableProblem {
  if (limitSolver(problem)) return problem as SolvableProblem;
  if (problem.kind === "multi-index" && problemSize(problem) === Number.POSITIVE_INFINITY)
    refuse(
      problem,
      `it has ${rankOf(problem)} indices and an activation of a degree that make more than ${MAX_MONOMIALS} moments`,
    );
  refuse(problem);
}

/** Dimension and Hermite coefficients of a problem that is solvable. */
export function solvableForm(problem: SolvableProblem): LimitForm {
  return limitForm(problem) ?? multiIndexForm(problem) ?? refuse(problem);
}
