// The tasks of a plan, in one order. Against the limit a task is one network: a width and a replica. Beside a reference
// network it is one replica with all widths, which are trained in lockstep. A task is called after the SHA-256 of all that
// determines its result: the version of the package, the problem, the settings with defaults filled in, width, replica.

import { checkInteger, checkOptions } from "../../core/check.ts";
import { version } from "../../core/version.ts";
import { gapSettings } from "../../gap/assemble.ts";
import { networkWork } from "../../gap/cost.ts";
import { referenceWork } from "../../gap/reference-run.ts";
import { contextOf } from "../../gap/run-reference.ts";
import { type Combination, combinationsOf } from "./combinations.ts";
import { canonicalJSON, digest } from "./hash.ts";
import { checkPlan } from "./plan.ts";
import type { SweepPlan } from "./plan-types.ts";

/** One task of a sweep. */
export interface SweepTask {
  /** Place in the list of all tasks, counted from 0. */
  index: number;
  /** SHA-256 of `identity`, 64 hexadecimal digits. */
  hash: string;
  /** Which combination of the plan it belongs to, counted from 0. */
  combination: number;
  /** Width of the network; null for all widths beside a reference network. */
  m: number | null;
  replica: number;
  /** In words, for messages. */
  name: string;
  /** What it takes, in multiplications of a network. */
  work: number;
  /** All that determines the result, ready for JSON. */
  identity: unknown;
}

/** The tasks of one process where several share a sweep: those whose index modulo `parts` is `part - 1`. */
export interface SweepPart {
  /** From 1 to `parts`. */
  part: number;
  parts: number;
}

/** A plan that is checked and taken apart. */
export interface Sweep {
  plan: SweepPlan;
  combinations: Combination[];
  tasks: SweepTask[];
}

/** Widest networks first, so that a sweep ends with short tasks; all replicas of a width, so that parts are alike. */
function placesOf({ checked }: Combination): { m: number | null; replica: number }[] {
  const { networks, meanField } = checked;
  const widths =
    meanField.solver === "reference-network" ? [null] : networks.widths.slice().sort((one, other) => other - one);
  return widths.flatMap((m) => Array.from({ length: networks.replicas }, (_, replica) => ({ m, replica })));
}

/** What determines the result of a task. What has no part in it is left out, so that plans share what they can. */
function identityOf({ checked }: Combination, m: number | null, replica: number): unknown {
  const { widths, seeds: _, tolerance, ...settings } = gapSettings(checked);
  const { problem } = checked;
  if (m === null) return { version, problem, settings: { ...settings, widths }, replica };
  const shadowed = settings.precision === "float32" && replica === 0 && m === Math.min(...widths);
  return { version, problem, settings: { ...settings, tolerance }, m, replica, shadowed };
}

function workOf({ checked }: Combination, m: number | null): number {
  const { problem, training, networks, meanField } = checked;
  if (m !== null) return networkWork(problem, training, m);
  const reference = meanField.solver === "reference-network" ? meanField.width : 0;
  return referenceWork(contextOf({ problem, training, networks, reference }));
}

/** @internal Takes a plan apart. @throws TypeError or RangeError for what is wrong with it. */
export function sweepOf(plan: unknown): Sweep {
  const checked = checkPlan(plan);
  const combinations = combinationsOf(checked);
  const tasks: SweepTask[] = [];
  for (const combination of combinations) {
    for (const { m, replica } of placesOf(combination)) {
      const identity = identityOf(combination, m, replica);
      tasks.push({
        index: tasks.length,
        hash: digest(canonicalJSON(identity)),
        combination: combination.index,
        m,
        replica,
        name: `${combination.name}: ${m === null ? "" : `width ${m}, `}replica ${replica}`,
        work: workOf(combination, m),
        identity,
      });
    }
  }
  return { plan: checked, combinations, tasks };
}

/** @throws TypeError or RangeError naming `part` or `parts`. */
export function checkPart(part: SweepPart | undefined): SweepPart {
  if (part === undefined) return { part: 1, parts: 1 };
  checkOptions("part", part, ["part", "parts"]);
  const parts = checkInteger("parts", part.parts, 1, 1_000_000);
  return { part: checkInteger("part", part.part, 1, parts), parts };
}

/** The tasks of a part. */
export function tasksOfPart(tasks: readonly SweepTask[], part: SweepPart | undefined): SweepTask[] {
  const checked = checkPart(part);
  return tasks.filter(({ index }) => index % checked.parts === checked.part - 1);
}

/**
 * The tasks of a plan, in the one order that every process finds: combination by combination, in each the widest networks
 * first. Deterministic, and without computing anything.
 *
 * @param plan - the plan, as parsed JSON.
 * @param part - only those of one of several processes; default all.
 * @throws TypeError or RangeError for what is wrong with the plan, with the JSON pointer or the combination.
 * @example
 * ```ts
 * const plan = { problems: ["He4", "He3"], d: [16, 32], widths: [64, 128, 256], time: 4 };
 * console.log(sweepTasks(plan).length); // 2 x 2 x 3 x 8 = 96
 * ```
 */
export function sweepTasks(plan: SweepPlan, part?: SweepPart): SweepTask[] {
  return tasksOfPart(sweepOf(plan).tasks, part);
}
