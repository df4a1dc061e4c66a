// The values of the target f* of a problem on rows of inputs.
//
//   single- and multi-index  f*(x) = sum_r omega_r link(<u_r, x>), the link exactly, not through its series
//   Boolean                  f*(x) = sum_t weight_t prod_{c in term t} x_c

import { regionBytes } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import { teachersOf } from "../problem/teachers.ts";
import type { BooleanProblem, Problem } from "../problem/types.ts";
import { activationBlock } from "./activation-block.ts";

/** Rows whose links are evaluated in one kernel call. */
const CHUNK = 1024;

/** Bytes that the evaluation of a target reserves for a while. */
export function labelBytes(problem: Problem): number {
  if (problem.kind === "boolean") return 0;
  return regionBytes({ link: activationBlock(problem.link, "float64").length, values: CHUNK });
}

type Rows = { readonly length: number; readonly [index: number]: number };

function labelBoolean({ d, terms }: BooleanProblem, inputs: Rows, labels: Float64Array): void {
  for (let b = 0; b < labels.length; b++) {
    let sum = 0;
    for (const { coordinates, weight } of terms) {
      let product = weight;
      for (const c of coordinates) product *= inputs[b * d + c];
      sum += product;
    }
    labels[b] = sum;
  }
}

/** Writes the target of each row of `inputs` (n x d); both may lie in the engine's memory, asked for by functions. */
export function label(engine: Engine, problem: Problem, inputs: () => Rows, labels: () => Float64Array): void {
  if (problem.kind === "boolean") {
    labelBoolean(problem, inputs(), labels());
    return;
  }
  const { rows, count, dimension, weights } = teachersOf(engine, problem);
  const block = activationBlock(problem.link, "float64");
  const region = engine.arena.reserve("labels", { link: block.length, values: CHUNK });
  try {
    const { link, values } = region.slots;
    link.view.set(block);
    // The memory has grown where it had to: from here on views stay.
    const x = inputs();
    const y = labels();
    const s = values.view;
    const { d } = problem;
    y.fill(0);
    for (let first = 0; first < y.length; first += CHUNK) {
      const n = Math.min(CHUNK, y.length - first);
      for (let r = 0; r < count; r++) {
        for (let b = 0; b < n; b++) {
          let sum = 0;
          for (let c = 0; c < dimension; c++) sum += rows[r * dimension + c] * x[(first + b) * d + c];
          s[b] = sum;
        }
        engine.kernels.activationMap(link.address, values.address, values.address, Math.ceil(n / 4) * 4);
        for (let b = 0; b < n; b++) y[first + b] += weights[r] * s[b];
      }
    }
  } finally {
    region.free();
  }
}
