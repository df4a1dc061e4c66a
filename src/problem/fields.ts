// Checks of what all problems have. `path` stands before the names in messages: "" for options, "problem." for a problem.

import { checkInteger, checkNumber, wrongKind, wrongValue } from "../core/check.ts";

/** Largest input dimension. */
const MAX_DIMENSION = 1_000_000_000;

/** Largest weight: sums of products of weights and coefficients must stay finite. */
const MAX_WEIGHT = 1e50;

/** @internal An input dimension d that is enough for a target of so many coordinates. */
export function checkDimension(path: string, value: unknown, needed = 0, target = "the target"): number {
  const d = checkInteger(`${path}d`, value, 2, MAX_DIMENSION);
  if (d < needed) wrongValue(`${path}d`, `at least ${needed}, as ${target} looks at ${needed} coordinates`, d);
  return d;
}

/** @internal The number of a coordinate, counted from 0. */
export function checkCoordinate(name: string, value: unknown): number {
  return checkInteger(name, value, 0, MAX_DIMENSION - 1);
}

/** @internal */
export function checkSigned(path: string, value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  return typeof value === "boolean" ? value : wrongKind(`${path}signed`, "true or false", value);
}

/** @internal */
export function checkWeight(name: string, value: unknown): number {
  // Adding 0 turns -0, which JSON does not keep, into 0.
  return checkNumber(name, value, { min: -MAX_WEIGHT, max: MAX_WEIGHT }) + 0;
}

/** @internal A list of numbers, typed or not, as a list that visits its holes. */
export function checkList(name: string, value: unknown, allowed: string): unknown[] {
  if (!Array.isArray(value) && !(value instanceof Float64Array)) wrongKind(name, allowed, value);
  return Array.from(value as ArrayLike<unknown>);
}
