// selfConcordance: the local Hessian against the velocity, in the limit or in a network (SPEC.md, section 5).

import { Run } from "../../core/run.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import { checkProblem } from "../../problem/check.ts";
import type { Problem } from "../../problem/types.ts";
import {
  asksForNetwork,
  checkLimitConcordance,
  checkNetworkConcordance,
  type LimitConcordanceOptions,
  type NetworkConcordanceOptions,
} from "./check.ts";
import type { LimitConcordance, NetworkConcordance, SelfConcordance } from "./document.ts";
import { limitConcordance } from "./limit.ts";
import { networkConcordance } from "./network.ts";

/**
 * Self-concordance (SPEC.md, section 5): how the local Hessian D_t(w), the derivative of a particle's velocity by its own
 * place, compares with that velocity v_t(w). Where C = |D_t| |alpha| / |v_t| stays bounded, alpha = <w, w*>,
 *
 *   int_0^t |D_s| ds <= C int_0^t |d alpha/ds| / |alpha| ds = C log |alpha_t / alpha_0|   while alpha grows away from the poles,
 *
 * so that deviations grow by a power of 1 / |alpha_0|, of order sqrt(d), rather than exponentially with time.
 *
 * Without `width` and `initial`: the infinite-width limit of a single-index problem, by the closed form of its
 * eigenvalues at some thousand points of the law, with int |D| dt of the order of the time steps. With one of them: that
 * network on the population or on `data`, of any problem, by Lanczos at each record (relative residual 1e-6), with int |D| dt by the
 * trapezoidal rule over the records. D is the tangent Hessian for either gradient.
 *
 * @returns quantiles at each recorded time of |D|, |v|, |D| / |v|, C, C with the positive part lambda_max(D)^+ for |D|, of int |D| dt and
 * log |alpha_t / alpha_0|; shares of particles at rest and pushed towards the equator; a verdict. What needs an alpha is null
 * for several teachers and Boolean targets. D per unit of flow time. A run that is aborted or diverges keeps its
 * records.
 * @throws TypeError or RangeError for a bad argument, where memory does not suffice, or where the limit has no closed form
 * and neither `width` nor `initial` is given.
 * @example
 * ```ts
 * const limit = await selfConcordance(engine, problems.He4({ d: 32 }), { time: 8, dynamics: "flow" });
 * console.log(limit.constant.median.at(-1)); // 3.13
 * console.log(limit.verdict?.sentence, limit.eigenvaluesAt(0.3, 0));
 * const network = await selfConcordance(engine, problems.He4({ d: 32 }), { time: 8, width: 512 });
 * ```
 */
export function selfConcordance(
  engine: Engine,
  problem: Problem,
  options: LimitConcordanceOptions,
): Promise<LimitConcordance>;
export function selfConcordance(
  engine: Engine,
  problem: Problem,
  options: NetworkConcordanceOptions,
): Promise<NetworkConcordance>;
export async function selfConcordance(
  engine: Engine,
  problem: Problem,
  options: LimitConcordanceOptions | NetworkConcordanceOptions,
): Promise<SelfConcordance> {
  checkEngine(engine);
  const checked = checkProblem(problem);
  if (asksForNetwork(options))
    return networkConcordance(engine, checkNetworkConcordance(checked, options), new Run(options));
  return limitConcordance(engine, checkLimitConcordance(checked, options), new Run(options));
}
