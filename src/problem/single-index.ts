// Single-index problems: f*(x) = link(<w*, x>), x ~ N(0, I_d).

import { checkOptions } from "../core/check.ts";
import { checkActivation } from "./activation.ts";
import { informationExponent } from "./exponent.ts";
import { checkDimension, checkSigned } from "./fields.ts";
import type { Activation, SingleIndexProblem } from "./types.ts";

/** @internal A problem of fields that are still to be checked; `path` stands before their names in messages. */
export function makeSingleIndex(
  name: string,
  given: { d: unknown; activation: unknown; link: unknown; signed?: unknown },
  path = "",
): SingleIndexProblem {
  const d = checkDimension(path, given.d);
  const activation = checkActivation(`${path}activation`, given.activation);
  const link = checkActivation(`${path}link`, given.link);
  return {
    kind: "single-index",
    name,
    d,
    activation,
    link,
    signed: checkSigned(path, given.signed, false),
    informationExponent: informationExponent(activation, link),
  };
}

/**
 * A single-index problem: inputs x ~ N(0, I_d), target f*(x) = link(<w*, x>) with w* the first coordinate vector, and
 * networks (1/m) sum_i a_i activation(<w_i, x>).
 *
 * @param options - `d`: input dimension, at least 2; `activation`; `link`: default the activation (well specified);
 * `signed`: second-layer signs a_i = +1, -1, +1, ... instead of all +1, default false.
 * @throws TypeError or RangeError naming the option.
 * @example
 * ```ts
 * singleIndex({ d: 32, activation: hermite({ 4: 1 }), link: hermite({ 4: 0.5 }) });
 * ```
 */
export function singleIndex(options: {
  d: number;
  activation: Activation;
  link?: Activation | undefined;
  signed?: boolean | undefined;
}): SingleIndexProblem {
  checkOptions("singleIndex", options, ["d", "activation", "link", "signed"]);
  const { link = options.activation } = options;
  return makeSingleIndex("custom", { ...options, link });
}
