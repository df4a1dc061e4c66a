// Boolean problems: f*(x) = sum_t weight_t prod_{c in term t} x_c, x uniform on {-1, +1}^d.

import { checkOptions, wrongKind, wrongValue } from "../core/check.ts";
import { checkActivation, relu } from "./activation.ts";
import { booleanExponent } from "./exponent.ts";
import { checkCoordinate, checkDimension, checkSigned, checkWeight } from "./fields.ts";
import type { Activation, BooleanProblem, BooleanTerm } from "./types.ts";

function checkTerm(name: string, value: unknown): BooleanTerm {
  const allowed = "like { coordinates: [0, 1], weight: 1 }";
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrongKind(name, allowed, value);
  checkOptions(name, value, ["coordinates", "weight"]);
  const { coordinates, weight } = value as Record<string, unknown>;
  if (!Array.isArray(coordinates)) wrongKind(`${name}.coordinates`, "a list of integers, counted from 0", coordinates);
  // Array.from also visits the holes of a sparse list, which map passes over.
  const numbers = Array.from(coordinates as unknown[], (c, i) => checkCoordinate(`${name}.coordinates[${i}]`, c));
  const seen = new Set<number>();
  for (const [i, c] of numbers.entries()) {
    if (seen.has(c)) wrongValue(`${name}.coordinates[${i}]`, "different from the coordinates before it", c);
    seen.add(c);
  }
  return { coordinates: numbers, weight: checkWeight(`${name}.weight`, weight) };
}

/** @internal A problem of fields that are still to be checked; `path` stands before their names in messages. */
export function makeBoolean(
  name: string,
  given: { d: unknown; terms: unknown; activation: unknown; signed?: unknown },
  path = "",
): BooleanProblem {
  const d = checkDimension(path, given.d);
  if (!Array.isArray(given.terms)) wrongKind(`${path}terms`, "a list of { coordinates, weight }", given.terms);
  const terms = Array.from(given.terms as unknown[], (term, t) => checkTerm(`${path}terms[${t}]`, term));
  for (const [t, { coordinates }] of terms.entries()) {
    for (const c of coordinates)
      if (c >= d) wrongValue(`${path}d`, `at least ${c + 1}, as ${path}terms[${t}] looks at coordinate ${c}`, d);
  }
  return {
    kind: "boolean",
    name,
    d,
    terms,
    activation: checkActivation(`${path}activation`, given.activation),
    signed: checkSigned(path, given.signed, true),
    informationExponent: booleanExponent(terms),
  };
}

/**
 * A Boolean problem: inputs x uniform on {-1, +1}^d, target f*(x) = sum of weight times products of coordinates, and
 * networks (1/m) sum_i a_i activation(<w_i, x>). There is no closed form on the population: networks are trained on samples.
 *
 * @param options - `d`: input dimension, at least 2; `terms`: products and their weights, coordinates distinct and counted
 * from 0 (none: a constant), equal products add up; `activation`: default `relu()`; `signed`: second-layer signs
 * a_i = +1, -1, +1, ... instead of all +1, default true.
 * @throws TypeError or RangeError naming the option; RangeError naming `d` where the terms look at more coordinates.
 * @example
 * ```ts
 * booleanTarget({ d: 16, terms: [{ coordinates: [0, 1, 2], weight: 1 }] }); // x_1 x_2 x_3
 * ```
 */
export function booleanTarget(options: {
  d: number;
  terms: readonly BooleanTerm[];
  activation?: Activation | undefined;
  signed?: boolean | undefined;
}): BooleanProblem {
  checkOptions("booleanTarget", options, ["d", "terms", "activation", "signed"]);
  const { activation = relu() } = options;
  return makeBoolean("custom", { ...options, activation });
}
