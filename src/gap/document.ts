// The gap document (schema propchaos/gap@1): what approximationGap resolves to. Series are Float64Array in memory and
// plain arrays in JSON.

import type { Dynamics, Gradient } from "../core/dynamics.ts";
import type { Status } from "../core/run.ts";
import type { Backend } from "../engine/index.ts";
import type { WorkersUsed } from "../pool/workers.ts";
import type { Problem } from "../problem/types.ts";

/** A statistic over seeds, one entry a recorded time: its mean and the standard error of that mean. */
export interface Estimate {
  mean: Float64Array;
  /** 0 with one seed. */
  stderr: Float64Array;
}

/** Statistics of a width that are estimated over seeds; every one is a column of the CSV. */
export const STATISTICS = [
  "loss",
  "meanDelta",
  "meanSquaredDelta",
  "maxDelta",
  "medianDelta",
  "quantile90Delta",
  "quantile99Delta",
  "flippedShare",
  "functionGap",
  "mTimesSquaredMeanDelta",
  "mTimesMeanSquaredDelta",
  "mTimesFunctionGap",
] as const;

/** Name of a statistic. */
export type Statistic = (typeof STATISTICS)[number];

/** All statistics of one width. */
export interface WidthReport extends Record<Statistic, Estimate> {
  /** Width: number of particles. */
  m: number;
  /** How many seeds finished. */
  seeds: number;
  /** One flag a recorded time: whether the gap stands above the error of the limit itself. Do not fit where it does not. */
  resolved: { delta: boolean[]; functionGap: boolean[] };
}

/** Slope of log(statistic) against log(m) with its 95% bootstrap interval over seeds. */
export interface Slope {
  slope: number;
  /** null with fewer than two seeds. */
  low: number | null;
  high: number | null;
}

/** Where a run diverged. */
export interface Divergence {
  /** Which computation: the infinite-width limit or a network. */
  where: "limit" | "network";
  /** Width and replica of the network; null for the limit. */
  m: number | null;
  replica: number | null;
  /** The step in which a number stopped being finite (1 is the first), and the flow time it led to. */
  step: number;
  time: number;
}

/** Every setting of a run, defaults filled in. */
export interface GapSettings {
  widths: number[];
  time: number;
  step: number;
  dynamics: Dynamics;
  gradient: Gradient;
  data: "population";
  precision: "float64";
  /** Number of replicas a width, and the seed that all of them share. null for a network given as `initial`. */
  seeds: number | null;
  seed: number | null;
  tolerance: number;
  /** The count or the times asked for; the times that were recorded stand in `time`. */
  record: number | number[];
}

/** The gap between networks of finite width and their infinite-width limit. */
export interface GapReport {
  schema: "propchaos/gap@1";
  version: string;
  backend: Backend;
  /** Who computed it, which has no part in the numbers; left out where the run was aborted before it began. */
  workers?: WorkersUsed;
  status: Status;
  /** Where status is "failed": which network could not be computed, and why. */
  failure?: string;
  /** null unless status is "diverged". */
  divergence: Divergence | null;
  problem: Problem;
  settings: GapSettings;
  /** Recorded flow times. */
  time: Float64Array;
  meanField: {
    /** What stands for the infinite width. */
    solver: "single-index";
    /** Risk of the limit at each time. */
    loss: Float64Array;
    /** Estimated error of `loss`, from refinement of mesh and time steps; null where the run ended before. */
    errorEstimate: number | null;
    /** Estimated error of a particle's mean-field position, averaged over the law. */
    particleErrorEstimate: number | null;
  };
  /** In the order of `settings.widths`; a width with no finished seed is left out. */
  widths: WidthReport[];
  /** Slopes at the last time; null with fewer than two widths, a single slope null where a gap is not resolved. */
  scaling: { meanDelta: Slope | null; meanSquaredDelta: Slope | null; functionGap: Slope | null } | null;
  /** The document with plain arrays, ready for JSON.stringify. */
  toJSON(): unknown;
}
