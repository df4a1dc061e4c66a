// The problems of the authors' experiments by name (SPEC.md, section 8): those with a single index.

import { checkOneOf } from "../core/check.ts";
import { hermite } from "./activation.ts";
import { ge4, narrowBump } from "./bumps.ts";
import { named } from "./single-index.ts";
import type { Activation, SingleIndexProblem } from "./types.ts";

interface Entry {
  activation: () => Activation;
  link: () => Activation;
  /** The two in words, for lists. */
  words: { activation: string; target: string };
}

const h3 = () => hermite({ 3: 1 });
const h4 = () => hermite({ 4: 1 });
const g = "g(z) = 5 (z^2 exp(-z^2) - sqrt(3)/9)";

const ZOO = {
  He3: { activation: h3, link: h3, words: { activation: "h_3", target: "h_3(x_1)" } },
  He4: { activation: h4, link: h4, words: { activation: "h_4", target: "h_4(x_1)" } },
  He4_small: {
    activation: h4,
    link: () => hermite({ 4: 0.5 }),
    words: { activation: "h_4", target: "0.5 h_4(x_1)" },
  },
  He4_misspecified: {
    activation: () => hermite({ 4: 1, 6: 1 }),
    link: () => hermite({ 4: 0.6, 6: 0.3 }),
    words: { activation: "h_4 + h_6", target: "0.6 h_4(x_1) + 0.3 h_6(x_1)" },
  },
  Ge4: { activation: ge4, link: ge4, words: { activation: g, target: "g(x_1)" } },
  NP_mis: {
    activation: narrowBump,
    link: ge4,
    words: { activation: "exp(-z^2/2) (2 z^2 - 1)", target: `g(x_1), ${g}` },
  },
} satisfies Record<string, Entry>;

/** A name in the zoo. */
export type ProblemName = keyof typeof ZOO;

/** All names of the zoo. */
export const problemNames = Object.keys(ZOO) as ProblemName[];

/**
 * The zoo: `problems.He4({ d: 32 })` is the problem of that name in dimension d.
 *
 * @throws TypeError or RangeError where d is not an integer of at least 2.
 * @example
 * ```ts
 * const problem = problems.He4({ d: 32 });
 * console.log(problem.informationExponent); // 4
 * ```
 */
export const problems = /* @__PURE__ */ Object.fromEntries(
  problemNames.map((name) => [
    name,
    (options: { d: number }) => named(name, options?.d, ZOO[name].activation(), ZOO[name].link()),
  ]),
) as Record<ProblemName, (options: { d: number }) => SingleIndexProblem>;

/** What a problem of the zoo is, in words. */
export interface ProblemDescription {
  name: ProblemName;
  /** Law of the inputs. */
  data: "Gaussian";
  activation: string;
  target: string;
  informationExponent: number | null;
}

/**
 * Describes a problem of the zoo.
 *
 * @throws TypeError or RangeError for a name that is not in `problemNames`.
 */
export function describeProblem(name: ProblemName): ProblemDescription {
  checkOneOf("name", name, problemNames);
  const { activation, target } = ZOO[name].words;
  const { informationExponent } = problems[name]({ d: 2 });
  return { name, data: "Gaussian", activation, target, informationExponent };
}
