// The teachers of a problem, drawn where they are random.

import type { Engine } from "../engine/index.ts";
import { fillSphere, STREAM } from "../engine/random.ts";
import { fixedTeachers, relevantCoordinates, teacherWeights } from "./form.ts";
import type { MultiIndexProblem, SingleIndexProblem } from "./types.ts";

/** Unit vectors u_r in the first `dimension` coordinates, with their weights. */
export interface Teachers {
  /** count x dimension, row-major. */
  rows: Float64Array;
  count: number;
  dimension: number;
  weights: readonly number[];
}

/** The teachers of a problem; random ones are drawn, row i from counters (teachers, i, c) of the key (seed, 0). */
export function teachersOf(engine: Engine, problem: SingleIndexProblem | MultiIndexProblem): Teachers {
  const weights = teacherWeights(problem);
  const count = weights.length;
  const dimension = relevantCoordinates(problem);
  const fixed = fixedTeachers(problem);
  if (fixed) return { rows: Float64Array.from(fixed.flat()), count, dimension, weights };
  const { teachers } = problem as MultiIndexProblem;
  const { seed } = teachers as { seed: number };
  const region = engine.arena.reserve("random teachers", { rows: count * dimension });
  try {
    const { rows } = region.slots;
    const shape = { m: count, d: dimension, dp: dimension };
    fillSphere(engine, rows, { ...shape, seed, replica: 0, stream: STREAM.teachers });
    return { rows: rows.view.slice(), count, dimension, weights };
  } finally {
    region.free();
  }
}
