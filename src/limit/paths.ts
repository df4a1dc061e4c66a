// Mean-field paths of given particles: xi_t(w_i) for the m rows of W, the same initial particles driven by the
// infinite-width law, and how far the rows of a network have come from them (SPEC.md, sections 1 and 4).

import type { Engine } from "../engine/index.ts";
import { teachersOf } from "../problem/teachers.ts";
import { Field } from "./field.ts";
import type { MeanFieldPaths, RowShape, SolvableProblem } from "./model.ts";
import { MultiField } from "./multi/field.ts";
import { MultiPaths, multiPathsBytes } from "./multi/paths.ts";
import type { Path } from "./path.ts";
import { SingleIndexPaths, singlePathsBytes } from "./single-paths.ts";

/** Along a finished path. */
export function meanFieldPaths(engine: Engine, path: Path, shape: RowShape): MeanFieldPaths {
  const { field } = path;
  if (field instanceof MultiField) return new MultiPaths(engine, path, field, shape);
  return new SingleIndexPaths(engine, path, shape);
}

/** Bytes that paths of a problem will reserve. */
export function pathsBytes(engine: Engine, problem: SolvableProblem, shape: RowShape, flow: boolean): number {
  if (problem.kind === "single-index") return singlePathsBytes(new Field(problem), shape, flow);
  return multiPathsBytes(new MultiField(problem, teachersOf(engine, problem)), shape, flow);
}
