// The plan of a sweep, as a person writes it in JSON: which problems are crossed with which settings. Its shape is said once
// more in src/io/schema/plan@1.json, for editors and other languages; a test keeps the two equal.

import * as v from "valibot";
import { show } from "../../core/check.ts";
import { version } from "../../core/version.ts";

/** A whole number; the message says what is allowed. */
const integer = (min: number, max = Number.POSITIVE_INFINITY) => {
  const allowed = Number.isFinite(max) ? `an integer from ${min} to ${max}` : `an integer of at least ${min}`;
  return v.pipe(v.number(allowed), v.integer(allowed), v.minValue(min, allowed), v.maxValue(max, allowed));
};

const atLeastZero = v.pipe(
  v.number("a finite number of at least 0"),
  v.finite("a finite number of at least 0"),
  v.minValue(0, "a finite number of at least 0"),
);
const positive = v.pipe(
  v.number("a finite number above 0"),
  v.finite("a finite number above 0"),
  v.gtValue(0, "a finite number above 0"),
);
const oneOf = <const T extends readonly string[]>(...choices: T) =>
  v.picklist(choices, choices.map((choice) => JSON.stringify(choice)).join(" or "));
const text = v.string("a string");
const list = <T extends v.GenericSchema>(item: T) =>
  v.pipe(v.array(item, "a list of at least one value"), v.minLength(1, "a list of at least one value"));

type OneOrMore<T extends v.GenericSchema> = v.GenericSchema<v.InferInput<T> | v.InferInput<T>[]>;

/** One value or a list of them: said of the value that came, not of both. */
const oneOrMore = <T extends v.GenericSchema>(item: T) =>
  v.lazy((value) => (Array.isArray(value) ? list(item) : item)) as OneOrMore<T>;

const SEED = integer(0, 4294967295);

/** Settings whose values are crossed, in the order of the crossing, the first outermost. */
const AXES = {
  d: oneOrMore(integer(2)),
  samples: oneOrMore(v.nullable(integer(1))),
  batch: oneOrMore(integer(1)),
  dynamics: oneOrMore(oneOf("pgd", "flow")),
  gradient: oneOrMore(oneOf("riemannian", "euclidean")),
  step: oneOrMore(positive),
  time: oneOrMore(atLeastZero),
  precision: oneOrMore(oneOf("float64", "float32")),
  objective: oneOrMore(oneOf("squared", "correlation")),
  langevin: oneOrMore(atLeastZero),
  pathNorm: oneOrMore(atLeastZero),
};

/** Name of a setting that is crossed. */
export type Axis = keyof typeof AXES;

export const AXIS_NAMES = Object.keys(AXES) as Axis[];

/** Settings of every run of a plan, or of one of its problems. */
const FIXED = {
  widths: list(integer(1)),
  seeds: integer(1, 1_000_000),
  seed: SEED,
  test: integer(0),
  order: oneOf("sequential", "shuffled"),
  resample: v.boolean("true or false"),
  record: v.lazy((value) => (Array.isArray(value) ? list(atLeastZero) : integer(2))) as v.GenericSchema<
    number | number[]
  >,
  interaction: oneOf("auto", "pairs", "moments"),
  reference: v.nullable(integer(2)),
  tolerance: positive,
};

/** What the library takes for an object may be a list. */
const noList = <T extends v.GenericSchema>(item: T, allowed: string) =>
  v.lazy((value) => (Array.isArray(value) ? v.never(allowed) : item)) as v.GenericSchema<v.InferInput<T>>;

/** A value may be left out, and in JavaScript be undefined. */
type Optional<T> = { [Key in keyof T]: T[Key] extends v.GenericSchema ? v.OptionalSchema<T[Key], undefined> : never };

const optional = <T extends Record<string, v.GenericSchema>>(entries: T) =>
  Object.fromEntries(Object.entries(entries).map(([key, schema]) => [key, v.optional(schema)])) as Optional<T>;

const PLAIN_PROBLEM = noList(
  v.looseObject({ kind: oneOf("single-index", "multi-index", "boolean") }, "a problem as plain data"),
  "a problem as plain data",
);

const ENTRY = v.strictObject(
  {
    name: v.optional(text),
    teacherSeed: v.optional(SEED),
    problem: v.optional(PLAIN_PROBLEM),
    ...optional(AXES),
    ...optional(FIXED),
  },
  "the name of a problem, or an object",
);

const ENTRY_OBJECT = noList(ENTRY, "the name of a problem, or an object");

const PLAN = v.strictObject(
  {
    $schema: v.optional(text),
    schema: v.optional(oneOf("propchaos/plan@1")),
    version: v.optional(text),
    title: v.optional(text),
    problems: list(
      v.lazy((value) => (typeof value === "string" ? text : ENTRY_OBJECT)) as v.GenericSchema<string | Entry>,
    ),
    ...optional(AXES),
    ...optional(FIXED),
    widths: FIXED.widths,
  },
  "an object",
);

const PLAN_OBJECT = noList(PLAN, "an object");

type Entry = v.InferInput<typeof ENTRY>;

/** A problem of a plan with settings of its own, which take the place of those of the plan. */
export interface PlanEntry extends Entry {}

/**
 * A plan: every problem with every combination of the values listed for `d`, `samples`, `batch`, `dynamics`, `gradient`,
 * `step`, `time`, `precision`, `objective`, `langevin` and `pathNorm`; each combination is one gap report over all widths and
 * seeds. Defaults are those of `approximationGap`, with `d` 32 and `time` 16. `samples: null` is the population.
 */
export interface SweepPlan extends v.InferInput<typeof PLAN> {}

/** What is wrong with a plan. */
export interface PlanMistake {
  /** JSON pointer of the place, such as /problems/0/d; empty for the plan itself. */
  pointer: string;
  /** A sentence that says what is allowed and what came. */
  sentence: string;
  /** Whether the value was of the wrong kind rather than out of range. */
  kind: boolean;
  /** A key that is not known there, and those that are. */
  unknown?: { key: string; allowed: string[] };
}

type Key = string | number;

/** How places in a plan are called. */
type Place = (path: readonly Key[]) => string;

/** As JSON pointers (RFC 6901). */
const pointerTo: Place = (path) =>
  path.map((key) => `/${String(key).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("") || "the plan";

/** As JSON paths that go on from the path of the plan. */
function pathFrom(root: string): Place {
  return (path) => root + path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
}

function mistakeOf(issue: v.BaseIssue<unknown>, place: Place): PlanMistake {
  const path = (issue.path ?? []).map(({ key }) => key as Key);
  const pointer = path.length === 0 ? "" : pointerTo(path);
  const [key, parent] = [String(path.at(-1)), place(path.slice(0, -1))];
  if (issue.type === "strict_object" && issue.expected === "never") {
    const allowed = Object.keys(path.length === 1 ? PLAN.entries : ENTRY.entries);
    const sentence = `${parent} has no key "${key}"; allowed are ${allowed.join(", ")}`;
    return { pointer, sentence, kind: true, unknown: { key, allowed } };
  }
  if (path.length > 0 && issue.expected === `"${key}"` && /_object$/.test(issue.type))
    return { pointer, sentence: `${place(path)} is missing; ${parent} must have it`, kind: true };
  const sentence = `${place(path)} must be ${issue.message}; got ${show(issue.input)}`;
  return { pointer, sentence, kind: issue.kind === "schema" && issue.type !== "picklist" };
}

function mistakesOf(plan: unknown, place: Place): PlanMistake[] {
  const { issues = [] } = v.safeParse(PLAN_OBJECT, plan);
  const seen = new Set<string>();
  // A number that is neither whole nor large enough is one mistake.
  return issues
    .map((issue) => mistakeOf(issue, place))
    .filter(({ sentence }) => !seen.has(sentence) && seen.add(sentence));
}

function raise({ kind, sentence }: PlanMistake): never {
  throw new (kind ? TypeError : RangeError)(sentence);
}

/**
 * Everything that is wrong with the shape of a plan, in the order of its keys; settings that contradict each other are found
 * by `sweepTasks` and `runSweep`.
 */
export function planMistakes(plan: unknown): PlanMistake[] {
  return mistakesOf(plan, pointerTo);
}

/** @internal A plan in a document that is read, at this JSON path: of any version, with keys that are not known here. */
export function readStoredPlan(path: string, plan: unknown): SweepPlan {
  const first = mistakesOf(plan, pathFrom(path)).find(({ unknown }) => !unknown);
  return first ? raise(first) : (plan as SweepPlan);
}

/**
 * Checks the shape of a plan.
 *
 * @throws TypeError or RangeError with the JSON pointer of the first mistake, what came and what is allowed; RangeError where
 * the plan is for another version of this package.
 */
export function checkPlan(plan: unknown): SweepPlan {
  const [first] = planMistakes(plan);
  if (first) raise(first);
  const checked = plan as SweepPlan;
  if (checked.version !== undefined && checked.version !== version)
    throw new RangeError(
      `/version must be ${JSON.stringify(version)}, the version of propchaos that runs here, or left out; got ${show(checked.version)}`,
    );
  return checked;
}
