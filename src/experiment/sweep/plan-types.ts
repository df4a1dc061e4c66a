// What a plan looks like, for those who write one in TypeScript; plan.ts checks one that comes from outside.

import type { Dynamics, Gradient } from "../../core/dynamics.ts";
import type { Precision } from "../../network/activation-block.ts";
import type { SampleOrder } from "../../network/data.ts";
import type { InteractionChoice } from "../../network/interaction.ts";
import type { Objective } from "../../network/training.ts";
import type { Problem } from "../../problem/types.ts";

/** One value, or a list of values that are crossed with everything else. */
export type OneOrMore<T> = T | readonly T[];

/** Settings whose values are crossed. */
export interface PlanAxes {
  /** Input dimension; default 32. */
  d?: OneOrMore<number> | undefined;
  /** Number of training samples; null, the default, is the population. */
  samples?: OneOrMore<number | null> | undefined;
  /** Samples a step; of no meaning on the population. */
  batch?: OneOrMore<number> | undefined;
  dynamics?: OneOrMore<Dynamics> | undefined;
  gradient?: OneOrMore<Gradient> | undefined;
  step?: OneOrMore<number> | undefined;
  /** Length of a run in flow time; default 16. */
  time?: OneOrMore<number> | undefined;
  precision?: OneOrMore<Precision> | undefined;
  objective?: OneOrMore<Objective> | undefined;
  langevin?: OneOrMore<number> | undefined;
  pathNorm?: OneOrMore<number> | undefined;
}

/** Settings of a plan, or of one of its problems; those that are left out have the defaults of `approximationGap`. */
export interface PlanSettings extends PlanAxes {
  /** Widths m, distinct: all of them in one report. */
  widths?: readonly number[] | undefined;
  seeds?: number | undefined;
  seed?: number | undefined;
  /** Test samples, order and resampling as in the option `data`; of no meaning on the population. */
  test?: number | undefined;
  order?: SampleOrder | undefined;
  resample?: boolean | undefined;
  record?: number | readonly number[] | undefined;
  interaction?: InteractionChoice | undefined;
  reference?: number | null | undefined;
  tolerance?: number | undefined;
}

/** A problem of a plan with settings of its own, which take the place of those of the plan. */
export interface PlanEntry extends PlanSettings {
  /** Name of a problem of the zoo; either this or `problem`. */
  name?: string | undefined;
  /** Seed of random teachers, of the problems `He4_random_r_K` only; default `seed`. */
  teacherSeed?: number | undefined;
  /** A problem as plain data; one without a `d` of its own is crossed with `d`. */
  problem?: Problem | { kind: Problem["kind"]; [field: string]: unknown } | undefined;
}

/**
 * A plan: every problem with every combination of the values listed for `d`, `samples`, `batch`, `dynamics`, `gradient`,
 * `step`, `time`, `precision`, `objective`, `langevin` and `pathNorm`; each combination is one gap report over all widths and
 * seeds.
 */
export interface SweepPlan extends PlanSettings {
  /** Where an editor finds the schema; of no other meaning. */
  $schema?: string | undefined;
  schema?: "propchaos/plan@1" | undefined;
  /** The version of this package that the plan is for; default any. */
  version?: string | undefined;
  /** For people. */
  title?: string | undefined;
  /** Names of the zoo, or problems with settings of their own. */
  problems: readonly (string | PlanEntry)[];
  widths: readonly number[];
}
