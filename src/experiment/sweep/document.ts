// The sweep document (schema propchaos/sweep@1): the plan, one gap report a combination, and what is missing.

import type { Backend } from "../../engine/index.ts";
import type { GapReport } from "../../gap/document.ts";
import type { StoredGapWithTheory } from "../gap-report.ts";
import type { CombinationSettings } from "./combinations.ts";
import type { SweepPlan } from "./plan.ts";

/** The report of one combination of a plan, beside the settings that tell it from the others. */
export interface SweepResult<Report = GapReport> extends CombinationSettings {
  /**
   * The gap report, equal to the bit to that of `approximationGap` with these settings; status `aborted` where tasks are
   * missing, null where all of them are.
   */
  report: Report | null;
}

/** A task without a result. */
export interface MissingTask {
  /** Place in the list of tasks of the plan, counted from 0. */
  index: number;
  /** Which of `results` it belongs to. */
  combination: number;
  /** Width; null for all widths, beside a reference network. */
  m: number | null;
  replica: number;
  hash: string;
}

/** All that a sweep has found. */
export interface SweepReport<Report = GapReport> {
  schema: "propchaos/sweep@1";
  version: string;
  backend: Backend;
  /** `incomplete` where tasks are missing. */
  status: "completed" | "incomplete";
  plan: SweepPlan;
  /** One a combination, in the order of the plan. */
  results: SweepResult<Report>[];
  missing: MissingTask[];
  /** The document with plain arrays, ready for JSON.stringify. */
  toJSON(): unknown;
}

/** A sweep report that was read back. */
export type StoredSweep = SweepReport<StoredGapWithTheory>;
