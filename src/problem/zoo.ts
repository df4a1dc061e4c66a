// The problems of the authors' experiments by name (SPEC.md, section 8).

import { checkOneOf, checkOptions, checkSeed } from "../core/check.ts";
import { checkDimension } from "./fields.ts";
import { dataLaw } from "./form.ts";
import type { Problem } from "./types.ts";
import { BOOLEAN, type Entry, MULTI_INDEX, NO_TARGET, SINGLE_INDEX } from "./zoo-entries.ts";

const ZOO = { ...SINGLE_INDEX, ...MULTI_INDEX, ...BOOLEAN, ...NO_TARGET };

/** A name in the zoo. */
export type ProblemName = keyof typeof ZOO;

/** All names of the zoo. */
export const problemNames = Object.keys(ZOO) as ProblemName[];

/** Problems whose teachers are drawn from a seed. */
type Random = `He4_random_${string}`;

/** What the zoo makes, by name. */
export type Zoo = {
  readonly [Name in ProblemName]: (
    options: Name extends Random ? { d: number; seed?: number | undefined } : { d: number },
  ) => ReturnType<(typeof ZOO)[Name]["make"]>;
};

function make(name: ProblemName, options: { d: number; seed?: number | undefined }): Problem {
  const entry: Entry = ZOO[name];
  checkOptions(`problems.${name}`, options, name.startsWith("He4_random_") ? ["d", "seed"] : ["d"]);
  const d = checkDimension("", options.d, entry.needs, name);
  return entry.make(name, d, checkSeed("seed", options.seed ?? 1));
}

/**
 * The zoo: `problems.He4({ d: 32 })` is the problem of that name in dimension d. Those with random teachers,
 * `He4_random_r_K`, take a `seed` too, from 0 to 2^32 - 1, default 1.
 *
 * @throws TypeError or RangeError where d is not an integer of at least 2, or less than the number of coordinates that the
 * target looks at.
 * @example
 * ```ts
 * const problem = problems.He4({ d: 32 });
 * console.log(problem.informationExponent); // 4
 * const random = problems.He4_random_2_8({ d: 32, seed: 7 }); // 8 teachers in the plane
 * ```
 */
export const problems = /* @__PURE__ */ Object.fromEntries(
  problemNames.map((name) => [name, (options: { d: number }) => make(name, options)]),
) as Zoo;

/** What a problem of the zoo is, in words. */
export interface ProblemDescription {
  name: ProblemName;
  /** Law of the inputs: N(0, I_d), or uniform on {-1, +1}^d. */
  data: "Gaussian" | "Boolean";
  activation: string;
  target: string;
  /** Whether the second-layer signs are +1, -1, +1, ... rather than all +1. */
  signed: boolean;
  informationExponent: number | null;
}

/**
 * Describes a problem of the zoo.
 *
 * @throws TypeError or RangeError for a name that is not in `problemNames`.
 */
export function describeProblem(name: ProblemName): ProblemDescription {
  checkOneOf("name", name, problemNames);
  const { activation, target, needs } = ZOO[name];
  const problem = make(name, { d: Math.max(2, needs) });
  return {
    name,
    data: dataLaw(problem) === "boolean" ? "Boolean" : "Gaussian",
    activation,
    target,
    signed: problem.signed,
    informationExponent: problem.informationExponent,
  };
}
