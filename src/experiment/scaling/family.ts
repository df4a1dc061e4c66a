// Families of problems: one problem for every dimension.

import { checkInteger, wrongKind, wrongValue } from "../../core/check.ts";
import { checkProblem } from "../../problem/check.ts";
import { singleIndex } from "../../problem/single-index.ts";
import type { Activation, Problem } from "../../problem/types.ts";
import { type ProblemName, problemNames, problems } from "../../problem/zoo.ts";

/**
 * A problem for every dimension d: a function of d; the name of a problem; or an activation, whose own function of one direction is
 * the target unless `link` is another.
 */
export type ProblemFamily =
  | ((d: number) => Problem)
  | ProblemName
  | Activation
  | { activation: Activation; link?: Activation | undefined };

const ALLOWED = "a function of d, the name of a problem, an activation, or { activation, link }";

function maker(name: string, family: unknown): (d: number) => Problem {
  if (typeof family === "function") return family as (d: number) => Problem;
  if (typeof family === "string") {
    if (!problemNames.includes(family as ProblemName)) wrongValue(name, ALLOWED, family);
    const make: (options: { d: number }) => Problem = problems[family as ProblemName];
    return (d) => make({ d });
  }
  if (typeof family !== "object" || family === null) wrongKind(name, ALLOWED, family);
  if ("kind" in family) return (d) => singleIndex({ d, activation: family as Activation });
  const { activation, link } = family as { activation: Activation; link?: Activation };
  return (d) => singleIndex({ d, activation, ...(link && { link }) });
}

/** @internal One family or several, as a list of problems at these dimensions each. @throws TypeError or RangeError naming `families`. */
export function familiesOf(families: unknown, dimensions: readonly number[]): Problem[][] {
  const list = Array.isArray(families) ? families : [families];
  if (list.length === 0) wrongValue("families", "at least one family", families);
  return list.map((family, i) => problemsOf(list.length > 1 ? `families[${i}]` : "families", family, dimensions));
}

/** Problems of a family at these dimensions. @throws TypeError or RangeError naming it. */
function problemsOf(name: string, family: unknown, dimensions: readonly number[]): Problem[] {
  const make = maker(name, family);
  return dimensions.map((d) => {
    const problem = checkProblem(make(d));
    if (problem.d !== d) wrongValue(name, `one whose problem for d = ${d} has that dimension`, problem.d);
    return problem;
  });
}

/** @internal Ascending dimensions. @throws TypeError or RangeError naming `dimensions`. */
export function checkDimensions(value: unknown): number[] {
  if (!Array.isArray(value)) wrongKind("dimensions", "a list of ascending integers of at least 2", value);
  if (value.length === 0) wrongValue("dimensions", "a list of at least one dimension", value);
  const dimensions = Array.from(value, (d, i) => checkInteger(`dimensions[${i}]`, d, 2));
  for (let i = 1; i < dimensions.length; i++)
    if (dimensions[i] <= dimensions[i - 1])
      wrongValue(`dimensions[${i}]`, `above dimensions[${i - 1}] = ${dimensions[i - 1]}`, dimensions[i]);
  return dimensions;
}

/** @internal What a problem is called in a series. */
export function nameOf(problem: Problem): string {
  const { name, informationExponent, activation } = problem;
  if (name !== "custom") return name;
  // A polynomial is the name of both, activation and target.
  if (problem.kind === "single-index" && activation.kind === "hermite") {
    const { link } = problem;
    const own = link.kind === "hermite" && String(link.coefficients) === String(activation.coefficients);
    const terms = activation.coefficients.flatMap((c, k) => (c === 0 ? [] : [{ c, k }]));
    if (own && terms.length === 1 && terms[0].c === 1) return `h_${terms[0].k}`;
  }
  return `custom (k* = ${informationExponent ?? "none"})`;
}
