// Velocity and risk of a given network.

import { checkOptions, wrongValue } from "../core/check.ts";
import { Run } from "../core/run.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import { checkProblem } from "../problem/check.ts";
import { populationForm } from "../problem/form.ts";
import type { Problem } from "../problem/types.ts";
import { unitRows } from "./initial.ts";
import type { InteractionChoice } from "./interaction.ts";
import { Network } from "./network.ts";
import type { Risk } from "./population.ts";
import { checkTraining } from "./training.ts";

/** Options of `velocity` and `risk`. */
export interface EvaluationOptions {
  /** As in `trainNetwork`: sums over `"pairs"` of particles, by symmetric `"moments"`, or `"auto"`, the default. */
  interaction?: InteractionChoice | undefined;
}

async function withNetwork<T>(
  engine: Engine,
  problem: Problem,
  W: Float64Array,
  options: EvaluationOptions,
  compute: (network: Network, run: Run) => Promise<T>,
): Promise<T> {
  checkEngine(engine);
  const checked = checkProblem(problem);
  checkOptions("options", options, ["interaction"]);
  const { rows, m } = unitRows("W", W, checked.d);
  if (!populationForm(checked)) wrongValue("problem", "one with a closed form on the population", checked);
  const training = checkTraining({ time: 0, interaction: options.interaction }, checked);
  const key = { seed: 1, replica: 0 };
  const network = new Network(engine, { problem: checked, training, width: m, signs: null, key });
  const run = new Run({});
  try {
    await network.start(rows, run);
    return await compute(network, run);
  } finally {
    network.free();
  }
}

/**
 * Velocity v_i of every particle: m times minus the tangent gradient of half the population risk (SPEC.md, section 3).
 *
 * @param W - particles, m x d row-major; rows of any nonzero norm are normalised.
 * @param options - how the sums over particles are computed; by default the way with fewer operations.
 * @returns the velocities, m x d row-major, each tangent to the sphere at its particle; per unit of flow time.
 * @throws TypeError or RangeError for a bad argument or where memory does not suffice.
 * @example
 * ```ts
 * const v = await velocity(engine, problems.He4({ d: 3 }), Float64Array.of(0.6, 0.8, 0));
 * ```
 */
export function velocity(
  engine: Engine,
  problem: Problem,
  W: Float64Array,
  options: EvaluationOptions = {},
): Promise<Float64Array> {
  return withNetwork(engine, problem, W, options, async (network, run) => {
    await network.velocity(0, run);
    return network.particles.copy(network.particles.V);
  });
}

/**
 * Population risk L = E (f(x) - f*(x))^2 of a network (SPEC.md, section 3).
 *
 * @param W - particles, m x d row-major; rows of any nonzero norm are normalised.
 * @param options - as for `velocity`.
 * @throws TypeError or RangeError for a bad argument or where memory does not suffice.
 * @example
 * ```ts
 * await risk(engine, problems.He4({ d: 3 }), Float64Array.of(1, 0, 0)); // 0: the teacher itself
 * ```
 */
export function risk(
  engine: Engine,
  problem: Problem,
  W: Float64Array,
  options: EvaluationOptions = {},
): Promise<number> {
  return withNetwork(engine, problem, W, options, async (network, run) => ((await network.risk(run)) as Risk).loss);
}
