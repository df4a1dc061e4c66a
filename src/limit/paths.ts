// Mean-field paths of given particles: xi_t(w_i) for the m rows of W, the same initial particles driven by the
// infinite-width law, and how far the rows of a network have come from them (SPEC.md, sections 1 and 4).

import type { Work } from "../core/run.ts";
import type { Slot } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import { teachersOf } from "../problem/teachers.ts";
import { Field } from "./field.ts";
import type { SolvableProblem } from "./field-of.ts";
import { MultiField } from "./multi/field.ts";
import { MultiPaths, multiPathsBytes } from "./multi/paths.ts";
import type { Path } from "./path.ts";
import { SingleIndexPaths, singlePathsBytes } from "./single-paths.ts";

/** Rows of a network: m x d, `stride` numbers apart, m rounded up to whole rounds of the kernels in memory. */
export interface RowShape {
  m: number;
  d: number;
  stride: number;
}

/** Paths of particles, whatever the kind of problem. */
export interface MeanFieldPaths {
  /** Puts the particles on the rows of W, unit vectors. */
  start(W: Slot): void;
  /** Moves them to record k, k ascending. */
  advanceTo(k: number, work: Work): Promise<void>;
  /** |w_i - xi_i| of the rows now; m numbers. */
  distances(W: Slot): Float64Array;
  /** <f_W, f_MF> at record k: the mean over the rows of Q, the inner product of the limit with a neuron. */
  overlap(k: number, W: Slot): number;
  /** |f_MF|^2 at record k. */
  energy(k: number): number;
  free(): void;
}

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
