// Multi-index problems: f*(x) = sum_r omega_r link(<u_r, x>), x ~ N(0, I_d), with unit teachers u_r in the first coordinates.

import { checkInteger, checkNumber, checkOptions, checkSeed, wrongKind, wrongValue } from "../core/check.ts";
import { checkActivation } from "./activation.ts";
import { informationExponent, teachersShow } from "./exponent.ts";
import { checkDimension, checkList, checkSigned, checkWeight } from "./fields.ts";
import type { Activation, MultiIndexProblem, RandomTeachers } from "./types.ts";

/** Most random teachers. */
const MAX_TEACHERS = 1_000_000;

/** How far from 1 the square of the norm of a stored teacher may be: rounding. */
const ROUNDING = 1e-12;

const VECTORS = "a list of vectors, arrays or Float64Array";

type Teachers = MultiIndexProblem["teachers"];

/** One row of numbers that are not all 0, as long as the first row. */
function checkRow(name: string, value: unknown, length: number | undefined, d: number): number[] {
  const row = checkList(name, value, "a vector, an array or a Float64Array").map(
    // Adding 0 turns -0, which JSON does not keep, into 0.
    (entry, c) => checkNumber(`${name}[${c}]`, entry) + 0,
  );
  if (row.length < 1 || row.length > d) wrongValue(name, `of length 1 to d = ${d}`, value);
  if (length !== undefined && row.length !== length)
    wrongValue(name, `of length ${length}, as the teacher before it`, value);
  if (row.every((entry) => entry === 0)) wrongValue(name, "a vector that is not 0", value);
  return row;
}

function checkRows(name: string, value: unknown, d: number): number[][] {
  if (!Array.isArray(value)) wrongKind(name, `${VECTORS}, or { random: count, dimension }`, value);
  let length: number | undefined;
  return Array.from(value as unknown[], (entry, r) => {
    const row = checkRow(`${name}[${r}]`, entry, length, d);
    length = row.length;
    return row;
  });
}

/** Divided by its largest entry first, so that no square leaves the range of numbers. */
function normalise(row: readonly number[]): number[] {
  const largest = row.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  const scaled = row.map((entry) => entry / largest);
  const norm = Math.sqrt(scaled.reduce((sum, entry) => sum + entry * entry, 0));
  return scaled.map((entry) => entry / norm);
}

function randomTeachers(
  path: string,
  count: [name: string, value: unknown],
  given: { dimension?: unknown; seed?: unknown },
  d: number,
): RandomTeachers {
  return {
    count: checkInteger(`${path}.${count[0]}`, count[1], 1, MAX_TEACHERS),
    dimension: checkInteger(`${path}.dimension`, given.dimension, 1, d),
    seed: checkSeed(`${path}.seed`, given.seed),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** @internal Teachers as they stand in a problem: unit rows, kept to the bit, or { count, dimension, seed }. */
export function checkTeachers(name: string, value: unknown, d: number): Teachers {
  if (isRecord(value)) return randomTeachers(name, ["count", value.count], value, d);
  const rows = checkRows(name, value, d);
  for (const [r, row] of rows.entries()) {
    const square = row.reduce((sum, entry) => sum + entry * entry, 0);
    if (!(Math.abs(square - 1) <= ROUNDING)) wrongValue(`the norm of ${name}[${r}]`, "1", Math.sqrt(square));
  }
  return rows;
}

/** Teachers as the options give them: rows of any norm, or { random, dimension, seed }. */
function givenTeachers(value: unknown, d: number): Teachers {
  if (!isRecord(value)) {
    const rows = checkRows("teachers", value, d).map(normalise);
    if (rows.length === 0) wrongValue("teachers", "at least one teacher; problems.Zero has the target 0", value);
    return rows;
  }
  checkOptions("teachers", value, ["random", "dimension", "seed"]);
  const { random, dimension, seed = 1 } = value;
  return randomTeachers("teachers", ["random", random], { dimension, seed }, d);
}

/** @internal Fields that are still to be checked but for `d` and `teachers`; `path` stands before their names in messages. */
export function makeMultiIndex(
  name: string,
  given: { d: number; teachers: Teachers; activation: unknown; link: unknown; weights: unknown; signed?: unknown },
  path = "",
): MultiIndexProblem {
  const { d, teachers } = given;
  const activation = checkActivation(`${path}activation`, given.activation);
  const link = checkActivation(`${path}link`, given.link);
  const fixed = Array.isArray(teachers) ? (teachers as readonly (readonly number[])[]) : null;
  const count = fixed ? fixed.length : (teachers as RandomTeachers).count;
  const weights = checkList(`${path}weights`, given.weights, "a list of numbers").map((weight, r) =>
    checkWeight(`${path}weights[${r}]`, weight),
  );
  if (weights.length !== count)
    wrongValue(`${path}weights`, `a list of ${count} numbers, one a teacher`, given.weights);
  // Random teachers do not cancel, but for a chance of 0.
  const shown = (k: number) => (fixed ? teachersShow(k, fixed, weights) : weights.some((weight) => weight !== 0));
  return {
    kind: "multi-index",
    name,
    d,
    activation,
    link,
    teachers,
    weights,
    signed: checkSigned(path, given.signed, false),
    informationExponent: informationExponent(activation, link, shown),
  };
}

/** Teachers as `multiIndex` takes them. */
export type TeacherOption =
  | readonly (readonly number[] | Float64Array)[]
  | { random: number; dimension: number; seed?: number | undefined };

/**
 * A multi-index problem: inputs x ~ N(0, I_d), target f*(x) = sum_r omega_r link(<u_r, x>) with unit vectors u_r, and
 * networks (1/m) sum_i a_i activation(<w_i, x>).
 *
 * @param options - `d`: input dimension, at least 2; `activation`; `teachers`: vectors of one length of at most d, whose
 * further coordinates are 0, of any norm but 0, normalised; or `{ random: K, dimension: r, seed }` for K teachers uniform on
 * the sphere of the first r coordinates (seed: default 1); `weights`: omega_r, default 1/K each, the mean over K teachers;
 * `link`: default the activation; `signed`: second-layer signs a_i = +1, -1, +1, ... instead of all +1, default false.
 * @throws TypeError or RangeError naming the option.
 * @example
 * ```ts
 * multiIndex({ d: 32, activation: hermite({ 4: 1 }), teachers: [[1, 0], [1, 1]], weights: [0.5, 0.5] });
 * multiIndex({ d: 32, activation: hermite({ 4: 1 }), teachers: { random: 8, dimension: 2 } });
 * ```
 */
export function multiIndex(options: {
  d: number;
  activation: Activation;
  teachers: TeacherOption;
  weights?: readonly number[] | Float64Array | undefined;
  link?: Activation | undefined;
  signed?: boolean | undefined;
}): MultiIndexProblem {
  checkOptions("multiIndex", options, ["d", "activation", "teachers", "weights", "link", "signed"]);
  const d = checkDimension("", options.d);
  const teachers = givenTeachers(options.teachers, d);
  const count = Array.isArray(teachers) ? teachers.length : (teachers as RandomTeachers).count;
  const { link = options.activation, weights = new Array(count).fill(1 / count) } = options;
  return makeMultiIndex("custom", { ...options, d, teachers, link, weights });
}
