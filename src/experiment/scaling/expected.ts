// What theory says of convergence times (SPEC.md, section 9). A particle at alpha leaves the equator after the escape time
//
//   alpha^-(k*-2) / (k* (k*-2) |b c|)   (k* >= 3),      log(1/alpha) / (2 |b c|)   (k* = 2)
//
// with b c the product of the coefficients of link and activation at k*; uniform starts have alpha of order d^(-1/2). Hence
// T ~ d^((k*-2)/2), and for k* = 2 T ~ log d / (4 |b c|).

import type { Kernels } from "../../engine/kernels.ts";
import { limitForm } from "../../problem/form.ts";
import type { Problem } from "../../problem/types.ts";
import type { ScalingOptions } from "./law.ts";

/** |b c| at k*; 1 where there are several teachers. */
function pull(problem: Problem, k: number): number {
  const form = problem.kind === "single-index" ? limitForm(problem) : null;
  return form ? Math.abs(form.link[k] * form.activation[k]) : 1;
}

/** The law that T follows, with its slope; without an information exponent any power. */
export function expectedTimeLaw(problem: Problem): Pick<ScalingOptions, "law" | "expected"> {
  const { informationExponent: k } = problem;
  if (k === null) return { law: "power", expected: null };
  if (k === 1) return { law: "power", expected: 0 };
  if (k === 2)
    return { law: "logarithm", expected: problem.kind === "single-index" ? 1 / (4 * pull(problem, k)) : null };
  return { law: "power", expected: (k - 2) / 2 };
}

/**
 * The risk is half when a share 1 - sqrt(1/2) of the particles has left: those beyond so many standard deviations of alpha, on both
 * sides for even k*, on one for odd.
 */
const LEFT = { even: 1.052, odd: 0.545 };

/** T in its order of magnitude. */
export function expectedTime({ log, pow }: Kernels, problem: Problem): number {
  const { d, informationExponent: k } = problem;
  if (k === null || k === 1) return 4;
  const rate = pull(problem, k);
  if (k === 2) return (log(d) / 4 + 1) / rate;
  const deviations = k % 2 === 0 ? LEFT.even : LEFT.odd;
  return (4 + pow(d / (deviations * deviations), (k - 2) / 2) / (k * (k - 2))) / rate;
}
