// Which monomials a problem needs, and whether they are few enough for the solver: both follow from the problem alone,
// before any teacher is drawn.

import {
  fixedTeachers,
  type LimitForm,
  multiIndexForm,
  populationSeries,
  relevantCoordinates,
} from "../../problem/form.ts";
import type { MultiIndexProblem } from "../../problem/types.ts";
import { countMonomials } from "./monomials.ts";
import { spanOf } from "./span.ts";

/** Most monomials the solver takes: a step is linear in their number. */
export const MAX_MONOMIALS = 20_000;

/** Weights 0 .. K that occur in q, phi, or their radial series; the last one does, unless it is 0. */
export function neededWeights(form: LimitForm): boolean[] {
  const { kernel, kernelRadial, link, linkRadial } = populationSeries(form);
  const needed = Array.from(kernel, (_, k) =>
    [kernel, kernelRadial, link, linkRadial].some((series) => series[k] !== 0),
  );
  while (needed.length > 1 && !needed[needed.length - 1]) needed.pop();
  return needed;
}

/** Whether law and field are even in u at all times: then half of the directions are enough. */
export function isEven(needed: readonly boolean[]): boolean {
  return needed.every((present, k) => !present || k % 2 === 0);
}

/** Rank of the teachers; random ones are in general position. */
export function rankOf(problem: MultiIndexProblem): number {
  const { weights } = problem;
  const rows = fixedTeachers(problem);
  const dimension = relevantCoordinates(problem);
  if (rows === null) return Math.max(1, Math.min(dimension, weights.filter((weight) => weight !== 0).length));
  return spanOf({ rows: Float64Array.from(rows.flat()), count: rows.length, dimension, weights }).rank;
}

/** Number of monomials; Infinity where there are too many, null where the problem has no form that the solver takes. */
export function problemSize(problem: MultiIndexProblem): number | null {
  const form = multiIndexForm(problem);
  return form && countMonomials(rankOf(problem), neededWeights(form), MAX_MONOMIALS);
}
