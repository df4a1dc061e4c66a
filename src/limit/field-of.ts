// The field of a problem that the solver of the limit takes.

import type { Teachers } from "../problem/teachers.ts";
import { Field } from "./field.ts";
import type { LimitField, SolvableProblem } from "./model.ts";
import { MultiField } from "./multi/field.ts";

/** `teachers`: those of a multi-index problem, as an engine has drawn them. */
export function fieldOf(problem: SolvableProblem, teachers: Teachers | null): LimitField {
  if (problem.kind === "single-index") return new Field(problem);
  if (!teachers) throw new TypeError(`${problem.name} needs its teachers`);
  return new MultiField(problem, teachers);
}
