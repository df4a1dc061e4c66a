// The combinations of a plan: each is one call of approximationGap, its arguments checked.

import { wrongValue } from "../../core/check.ts";
import type { DynamicsOptions } from "../../core/dynamics.ts";
import { checkGap, type GapOptions } from "../../gap/approximation-gap.ts";
import { gapSettings } from "../../gap/assemble.ts";
import type { CheckedGap } from "../../gap/checked.ts";
import type { GapSettings } from "../../gap/document.ts";
import { checkProblem } from "../../problem/check.ts";
import type { Problem } from "../../problem/types.ts";
import { type ProblemName, problemNames, problems } from "../../problem/zoo.ts";
import { canonicalJSON } from "./hash.ts";
import { AXIS_NAMES, type Axis } from "./plan.ts";
import type { PlanEntry, SweepPlan } from "./plan-types.ts";

const DEFAULT_DIMENSION = 32;
const DEFAULT_TIME = 16;

/** What tells a combination from the others of its sweep: the settings that are crossed, defaults filled in. */
export interface CombinationSettings
  extends Pick<
    GapSettings,
    "dynamics" | "gradient" | "step" | "time" | "precision" | "objective" | "langevin" | "pathNorm"
  > {
  /** Name of the problem. */
  problem: string;
  d: number;
  /** null for the population. */
  samples: number | null;
  batch: number | null;
}

/** One gap report of a sweep. */
export interface Combination {
  /** Which, counted from 0. */
  index: number;
  settings: CombinationSettings;
  /** In words, for messages: what differs within the plan. */
  name: string;
  checked: CheckedGap;
}

type Point = { [Key in Axis]?: unknown };

function valuesOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** All points of a grid, the first axis outermost; an axis that is left out stays so. */
function cross(settings: Point): Point[] {
  return AXIS_NAMES.reduce<Point[]>(
    (points, axis) =>
      settings[axis] === undefined
        ? points
        : points.flatMap((point) => valuesOf(settings[axis]).map((value) => ({ ...point, [axis]: value }))),
    [{}],
  );
}

/** The problem of an entry in dimension d. */
function problemOf({ name, problem, teacherSeed }: PlanEntry, d: number, seed: number | undefined): Problem {
  if (problem !== undefined) return checkProblem({ name: "custom", ...problem, d: problem.d ?? d });
  const known = problemNames.find((one) => one === name) as ProblemName;
  const make: (options: { d: number; seed?: number }) => Problem = problems[known];
  const random = known.startsWith("He4_random_");
  if (!random && teacherSeed !== undefined)
    wrongValue("teacherSeed", `left out, as ${known} has no random teachers`, teacherSeed);
  const own = teacherSeed ?? seed;
  return make(random && own !== undefined ? { d, seed: own } : { d });
}

/** Checks which problem an entry means. @throws RangeError with its place. */
function checkEntry(entry: PlanEntry, pointer: string): void {
  const { name, problem, teacherSeed } = entry;
  if ((name === undefined) === (problem === undefined))
    throw new RangeError(`${pointer} must have either "name", a problem of the zoo, or "problem", one as plain data`);
  if (name !== undefined && !(problemNames as string[]).includes(name))
    wrongValue(`${pointer}/name`, `one of ${problemNames.join(", ")}`, name);
  if (problem !== undefined && teacherSeed !== undefined)
    wrongValue(`${pointer}/teacherSeed`, "left out beside problem, which has its own", teacherSeed);
  if (problem?.d !== undefined && entry.d !== undefined)
    wrongValue(`${pointer}/d`, "left out beside a problem that has a d of its own", entry.d);
}

function optionsOf(entry: PlanEntry, point: Point): GapOptions {
  const { widths, seeds, seed, record, tolerance, reference, interaction, test, order, resample } = entry;
  const { samples, batch, time, d: _, ...rest } = point;
  const data =
    typeof samples === "number"
      ? { samples, batch: batch as number | undefined, test, order, resample }
      : ("population" as const);
  return {
    ...(rest as Partial<DynamicsOptions>),
    time: (time as number | undefined) ?? DEFAULT_TIME,
    data,
    widths,
    seeds,
    seed,
    record,
    tolerance,
    reference,
    interaction,
  };
}

function settingsOf(checked: CheckedGap): CombinationSettings {
  const { dynamics, gradient, step, time, precision, objective, langevin, pathNorm, data } = gapSettings(checked);
  const { name, d } = checked.problem;
  const { samples, batch } = data === "population" ? { samples: null, batch: null } : data;
  return {
    problem: name,
    d,
    samples,
    batch,
    dynamics,
    gradient,
    step,
    time,
    precision,
    objective,
    langevin,
    pathNorm,
  };
}

/** What was asked for, in words. */
function wordsOf(problem: string, point: Point): string {
  const words = AXIS_NAMES.filter((axis) => point[axis] !== undefined).map((axis) => {
    if (axis === "samples" && point.samples === null) return "population";
    return `${axis} ${String(point[axis])}`;
  });
  return [problem, ...words].join(", ");
}

/** An error of the library with the combination that it is about. */
function about(words: string, error: unknown): unknown {
  if (!(error instanceof TypeError || error instanceof RangeError)) return error;
  const Kind = error instanceof TypeError ? TypeError : RangeError;
  return new Kind(`${words}: ${error.message}`, { cause: error });
}

/**
 * All combinations of a checked plan, in its order.
 *
 * @throws TypeError or RangeError that says in which combination which settings contradict each other, or which of them is
 * there twice.
 */
export function combinationsOf(plan: SweepPlan): Combination[] {
  const { problems: entries, $schema, schema, version, title, ...shared } = plan;
  const combinations: Combination[] = [];
  const seen = new Map<string, string>();
  for (const [i, given] of entries.entries()) {
    const own: PlanEntry = typeof given === "string" ? { name: given } : given;
    checkEntry(own, `/problems/${i}`);
    const entry: PlanEntry = { ...shared, ...own };
    const crossed: Point = { ...entry, d: own.problem?.d === undefined ? (entry.d ?? DEFAULT_DIMENSION) : undefined };
    for (const point of cross(crossed)) {
      const words = wordsOf(own.name ?? String(own.problem?.name ?? "custom"), point);
      try {
        const problem = problemOf(own, point.d as number, entry.seed);
        const checked = checkGap(problem, optionsOf(entry, point));
        const key = canonicalJSON({ problem: checked.problem, settings: gapSettings(checked) });
        const twin = seen.get(key);
        if (twin !== undefined) throw new RangeError(`the plan must have no combination twice; this one is ${twin}`);
        seen.set(key, words);
        combinations.push({ index: combinations.length, settings: settingsOf(checked), name: words, checked });
      } catch (error) {
        throw about(words, error);
      }
    }
  }
  return combinations;
}
