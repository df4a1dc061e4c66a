// By which sums a network acts on itself on the population: over pairs of particles, m^2 times d operations, or by symmetric
// moment tensors, m times C(d+k-1, k) operations for a kernel of degree k.

import { checkOneOf, wrongValue } from "../core/check.ts";
import { type KernelFunction, populationForm } from "../problem/form.ts";
import type { Problem } from "../problem/types.ts";
import { momentSize } from "./moment-table.ts";
import type { MomentKernel } from "./population-moments.ts";

/** How the sums over the particles of a population network are computed. */
export type Interaction = "pairs" | "moments";

/** `"auto"` takes the way with fewer operations. */
export type InteractionChoice = Interaction | "auto";

/** Most products of a table: 8 MiB for each of its arrays. */
const MOST_PRODUCTS = 1048576;

/** Multiplications that the square root and the arc cosine of a pair count. */
const ARC_COSINE_WORK = 100;

/** Multiplications of a step for a product: one for its moment, two for the velocity, and as much again as one to load and store. */
const PRODUCT_WORK = 4;
/** The same for a row, which is made twice and has an adjoint. */
const ROW_WORK = 8;

/** Multiplications a pair of particles takes in a step. */
export function pairWork(d: number, kernel: KernelFunction): number {
  return 2 * d + (kernel.kind === "polynomial" ? 2 * kernel.powers.length : ARC_COSINE_WORK);
}

/** What is needed for moments; null where the problem has no finite ones. */
export function momentKernel(problem: Problem): MomentKernel | null {
  const form = populationForm(problem);
  if (form?.kernel.kind !== "polynomial" || form.kernelRadial.kind !== "polynomial") return null;
  const size = momentSize(problem.d, form.kernel.powers, MOST_PRODUCTS);
  return size && { powers: form.kernel.powers, radial: form.kernelRadial.powers, size };
}

/** Multiplications a particle takes in a step, by either way; infinite where there are no moments. */
function particleWork(problem: Problem, width: number): Record<Interaction, number> {
  const form = populationForm(problem);
  const size = momentKernel(problem)?.size;
  return {
    pairs: form ? width * pairWork(problem.d, form.kernel) : 0,
    moments: size ? PRODUCT_WORK * size.products + ROW_WORK * size.rows : Number.POSITIVE_INFINITY,
  };
}

/** The way a network of this width goes; it depends on nothing else, for it changes the last bits. */
export function interactionOf(problem: Problem, width: number, choice: InteractionChoice): Interaction {
  if (choice !== "auto") return choice;
  const { pairs, moments } = particleWork(problem, width);
  return moments < pairs ? "moments" : "pairs";
}

/** Multiplications of a step of the whole network. */
export function interactionWork(problem: Problem, width: number, choice: InteractionChoice): number {
  return width * particleWork(problem, width)[interactionOf(problem, width, choice)];
}

/** @throws TypeError or RangeError; also where moments are asked for that do not exist or are too many. */
export function checkInteraction(value: unknown, problem: Problem): InteractionChoice {
  const choice = checkOneOf("interaction", value ?? "auto", ["auto", "pairs", "moments"]);
  if (choice === "moments" && !momentKernel(problem))
    wrongValue(
      "interaction",
      `"auto" or "pairs" for ${problem.name} in dimension ${problem.d}, whose kernel is no polynomial with at most ${MOST_PRODUCTS} moments`,
      choice,
    );
  return choice;
}
