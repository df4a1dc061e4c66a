// What linearisedGap, gapBounds and stability have in common: the network whose mean-field particles they follow, and the
// checks of it.

import { checkInteger, checkOptions, checkSeed, wrongValue } from "../../core/check.ts";
import { checkDynamics, DYNAMICS_OPTIONS, type DynamicsOptions, type Plan } from "../../core/dynamics.ts";
import type { RunOptions } from "../../core/run.ts";
import { limitSolver } from "../../limit/form.ts";
import type { SolvableProblem } from "../../limit/model.ts";
import { checkTolerance } from "../../limit/tolerance.ts";
import { unitRows } from "../../network/initial.ts";
import { checkProblem } from "../../problem/check.ts";
import type { Problem } from "../../problem/types.ts";

/** Options of the functions about one network beside its mean-field particles. Either `width` or `initial`. */
export interface GapEquationOptions extends DynamicsOptions, RunOptions {
  /** Number of particles; they start as independent uniform points of the sphere, drawn from `seed`. */
  width?: number | undefined;
  /** Particles at the start, m x d row-major; rows of any nonzero norm, normalised on entry. */
  initial?: Float64Array | undefined;
  /** 0 to 2^32 - 1; default 1. The network is that of `trainNetwork` with the same seed. */
  seed?: number | undefined;
  /** Largest error of the loss of the limit over all recorded times, absolute; default 1e-8. */
  tolerance?: number | undefined;
}

const OPTIONS = [...DYNAMICS_OPTIONS, "width", "initial", "seed", "tolerance", "onProgress", "signal"];

/** Checked. */
export interface EquationInput {
  problem: SolvableProblem;
  plan: Plan;
  width: number;
  /** m x d unit rows; null where they are drawn. */
  rows: Float64Array | null;
  seed: number;
  tolerance: number;
}

/** How it was run, defaults filled in. */
export interface EquationSettings extends Pick<Plan, "time" | "step" | "dynamics" | "gradient" | "record"> {
  width: number;
  /** null where the particles were given. */
  seed: number | null;
  tolerance: number;
}

/** @throws RangeError where the limit has no solver, with what serves instead of the function `name`. */
export function checkSymmetric(name: string, problem: Problem): SolvableProblem {
  if (problem.kind !== "boolean" && limitSolver(problem)) return problem;
  throw new RangeError(
    `problem must be a single- or multi-index problem with second-layer signs of +1, Hermite series that end, and few enough indices, for ${name} follows the particles of its limit; got ${problem.name}: approximationGap with reference: M measures the gap, localHessianProduct and interactionHessianProduct serve any network`,
  );
}

/** Checks the arguments of the function `name`, which has further options `more`. */
export function checkEquation(
  name: string,
  problem: Problem,
  options: GapEquationOptions,
  more: readonly string[] = [],
): EquationInput {
  const checked = checkSymmetric(name, checkProblem(problem));
  checkOptions(name, options, [...OPTIONS, ...more]);
  const plan = checkDynamics(options);
  const given = options.initial === undefined ? null : unitRows("initial", options.initial, checked.d);
  const width = given ? given.m : checkInteger("width", options.width, 1);
  if (given && options.width !== undefined && options.width !== given.m)
    wrongValue("width", `left out or ${given.m}, the number of rows of initial`, options.width);
  const seed = checkSeed("seed", options.seed ?? 1);
  const tolerance = checkTolerance(options.tolerance);
  return { problem: checked, plan, width, rows: given?.rows ?? null, seed, tolerance };
}

export function equationSettings({ plan, width, rows, seed, tolerance }: EquationInput): EquationSettings {
  const { time, step, dynamics, gradient, record } = plan;
  return { width, seed: rows ? null : seed, time, step, dynamics, gradient, tolerance, record };
}
