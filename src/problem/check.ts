// Problems as callers hand them in: made by this package, or the same thing back from JSON.

import { wrongKind } from "../core/check.ts";
import { makeBoolean } from "./boolean.ts";
import { checkDimension } from "./fields.ts";
import { checkTeachers, makeMultiIndex } from "./multi-index.ts";
import { makeSingleIndex } from "./single-index.ts";
import type { MultiIndexProblem, Problem } from "./types.ts";

const PATH = "problem.";

function multiIndexFromJSON(name: string, given: MultiIndexProblem): MultiIndexProblem {
  const d = checkDimension(PATH, given.d);
  const teachers = checkTeachers(`${PATH}teachers`, given.teachers, d);
  return makeMultiIndex(name, { ...given, d, teachers }, PATH);
}

/**
 * @internal Checks a problem and copies it; its information exponent is found anew. Documents from before there were signs
 * lack `signed`.
 *
 * @throws TypeError or RangeError naming `problem` or one of its fields.
 */
export function checkProblem(problem: unknown): Problem {
  const given = (typeof problem === "object" && problem !== null ? problem : {}) as Problem;
  const name = String(given.name);
  switch (given.kind) {
    case "single-index":
      return makeSingleIndex(name, given, PATH);
    case "multi-index":
      return multiIndexFromJSON(name, given);
    case "boolean":
      return makeBoolean(name, given, PATH);
    default:
      return wrongKind("problem", "made by singleIndex(), multiIndex(), booleanTarget() or problems", problem);
  }
}
