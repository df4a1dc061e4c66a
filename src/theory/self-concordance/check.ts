// Arguments of selfConcordance, checked.

import { checkInteger, checkNumber, checkOptions, checkSeed, wrongValue } from "../../core/check.ts";
import { checkDynamics, DYNAMICS_OPTIONS, type DynamicsOptions } from "../../core/dynamics.ts";
import type { RunOptions } from "../../core/run.ts";
import { checkTolerance } from "../../limit/tolerance.ts";
import type { DataOption } from "../../network/data.ts";
import { checkSigns, unitRows } from "../../network/initial.ts";
import { checkTraining } from "../../network/training.ts";
import { limitForm } from "../../problem/form.ts";
import type { Problem, SingleIndexProblem } from "../../problem/types.ts";
import type { LimitConcordanceInput } from "./limit.ts";
import { hasAlpha, type NetworkConcordanceInput } from "./network.ts";
import { defaultBound } from "./verdict.ts";

/** Options of `selfConcordance` that every subject has. */
interface CommonOptions extends DynamicsOptions, RunOptions {
  /**
   * Largest exponent of the verdict that still passes, above 0; default 1.5 max(1, k* - 1), k* the information exponent. Not
   * for problems without alpha, which have no verdict.
   */
  bound?: number | undefined;
}

/** Options of `selfConcordance` for the infinite-width limit. */
export interface LimitConcordanceOptions extends CommonOptions {
  /** Largest error of the loss of the limit over all recorded times, absolute; default 1e-8. */
  tolerance?: number | undefined;
  width?: undefined;
  initial?: undefined;
}

/** Options of `selfConcordance` for a network. Either `width` or `initial`. */
export interface NetworkConcordanceOptions extends CommonOptions {
  /** Number of particles; they start as independent uniform points of the sphere, drawn from `seed`. */
  width?: number | undefined;
  /** Particles at the start, m x d row-major; rows of any nonzero norm, normalised on entry. */
  initial?: Float64Array | undefined;
  /** Second-layer signs, m values of +1 or -1; default those of the problem. */
  signs?: Int8Array | undefined;
  /** 0 to 2^32 - 1; default 1. Of particles, samples and their order. */
  seed?: number | undefined;
  /**
   * What the network is trained on, as for `trainNetwork`; default `"population"`. Velocity and Hessian that are reported are
   * means over the whole training set, whatever the batch.
   */
  data?: DataOption | undefined;
}

/** Options of either subject, by their names. */
const NAMES = [
  ...DYNAMICS_OPTIONS,
  "bound",
  "onProgress",
  "signal",
  "tolerance",
  "width",
  "initial",
  "signs",
  "seed",
  "data",
];

/** @internal Whether a network is asked for rather than the limit. */
export function asksForNetwork(
  options: LimitConcordanceOptions | NetworkConcordanceOptions,
): options is NetworkConcordanceOptions {
  checkOptions("selfConcordance", options, NAMES);
  return options.width !== undefined || options.initial !== undefined;
}

function checkBound(value: number | undefined, { informationExponent }: Problem): number {
  return checkNumber("bound", value ?? defaultBound(informationExponent), { min: 0, above: true });
}

/** @internal Whether the limit of a problem has local Hessians in closed form, and particles that move. */
export function hasLimitConcordance(problem: Problem): problem is SingleIndexProblem {
  return limitForm(problem) !== null && problem.informationExponent !== null;
}

/** @throws RangeError naming `problem` where it has not. */
function checkAligned(problem: Problem): SingleIndexProblem {
  if (hasLimitConcordance(problem)) return problem;
  const instead = "selfConcordance with width: m looks at a network instead";
  if (!limitForm(problem))
    throw new RangeError(
      `problem must be a single-index problem with second-layer signs of +1 and Hermite series that end, for activation and link; got ${problem.name}. ${instead}`,
    );
  throw new RangeError(
    `problem must have an information exponent: activation and link of ${problem.name} share no Hermite degree of at least 1, so that nothing draws particles to w*. ${instead}`,
  );
}

/** @internal For the limit. */
export function checkLimitConcordance(problem: Problem, options: LimitConcordanceOptions): LimitConcordanceInput {
  const { signs, seed, data }: NetworkConcordanceOptions = options;
  for (const [name, value] of Object.entries({ signs, seed, data }))
    if (value !== undefined)
      throw new TypeError(`${name} must be left out without width or initial: the limit has no network`);
  const { time, step, dynamics, gradient, record } = options;
  const aligned = checkAligned(problem);
  return {
    problem: aligned,
    plan: checkDynamics({ time, step, dynamics, gradient, record }),
    tolerance: checkTolerance(options.tolerance),
    bound: checkBound(options.bound, aligned),
  };
}

/** @internal For a network. */
export function checkNetworkConcordance(problem: Problem, options: NetworkConcordanceOptions): NetworkConcordanceInput {
  if ((options as { tolerance?: unknown }).tolerance !== undefined)
    throw new TypeError("tolerance must be left out beside width or initial: it is that of the limit");
  const { time, step, dynamics, gradient, record, data } = options;
  const training = checkTraining({ time, step, dynamics, gradient, record, data }, problem);
  const seed = checkSeed("seed", options.seed ?? 1);
  const given = options.initial === undefined ? undefined : unitRows("initial", options.initial, problem.d);
  const width = given ? given.m : checkInteger("width", options.width, 1);
  if (given && options.width !== undefined && options.width !== given.m)
    wrongValue("width", `left out or ${given.m}, the number of rows of initial`, options.width);
  const signs = options.signs === undefined ? null : checkSigns(options.signs, width);
  if (!hasAlpha(problem) && options.bound !== undefined)
    wrongValue("bound", `left out for ${problem.name}, which has no alpha and hence no verdict`, options.bound);
  return {
    network: { problem, training, width, signs, key: { seed, replica: 0 } },
    rows: given?.rows ?? null,
    bound: hasAlpha(problem) ? checkBound(options.bound, problem) : null,
  };
}
