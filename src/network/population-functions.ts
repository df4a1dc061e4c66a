// What a problem is to the kernels of the population: its functions of an inner product, q and phi and their derivatives
// (SPEC.md, sections 2 and 3), as blocks of numbers, and the norm of its target.

import { arcCosineBlock, POPULATION_FUNCTIONS, polynomialBlock } from "../engine/blocks.ts";
import type { Engine } from "../engine/index.ts";
import type { KernelFunction, PopulationForm } from "../problem/form.ts";
import type { Teachers } from "../problem/teachers.ts";
import type { Objective } from "./training.ts";

/** A function of a problem, by its name in the network block. */
export type FunctionName = (typeof POPULATION_FUNCTIONS)[number];

/** A function of an inner product as the kernels take it. */
function functionBlock(form: KernelFunction): Float64Array {
  switch (form.kind) {
    case "polynomial":
      return polynomialBlock(form.powers);
    case "arc-cosine":
      return arcCosineBlock(0);
    case "arc-cosine-derivative":
      return arcCosineBlock(1);
    case "arc-cosine-curvature":
      return arcCosineBlock(2);
  }
}

/** All of a problem; the correlation objective has no interaction: of the kernel only q stays, for the risk. */
export function functionBlocks(form: PopulationForm, objective: Objective): Map<FunctionName, Float64Array> {
  const none = { kind: "polynomial", powers: new Float64Array(1) } as const;
  const used =
    objective === "squared" ? form : { ...form, kernelDerivative: none, kernelCurvature: none, kernelRadial: none };
  return new Map(POPULATION_FUNCTIONS.map((name) => [name, functionBlock(used[name])]));
}

/** |f*|^2 = sum_rr' omega_r omega_r' E[link(<u_r, x>) link(<u_r', x>)]. */
export function targetNorm(
  engine: Engine,
  form: PopulationForm,
  { rows, count, dimension, weights }: Teachers,
): number {
  const block = functionBlock(form.targetKernel);
  const region = engine.arena.reserve("the norm of the target", { block: block.length });
  try {
    region.slots.block.view.set(block);
    let sum = 0;
    for (let r = 0; r < count; r++) {
      for (let other = 0; other < count; other++) {
        let s = 0;
        for (let c = 0; c < dimension; c++) s += rows[r * dimension + c] * rows[other * dimension + c];
        sum += weights[r] * weights[other] * engine.kernels.polynomialAt(region.slots.block.address, s);
      }
    }
    return sum;
  } finally {
    region.free();
  }
}
