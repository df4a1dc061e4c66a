// The gap document (schema propchaos/gap@1): what approximationGap resolves to. Series are Float64Array in memory and
// plain arrays in JSON.

import type { Status } from "../core/run.ts";
import type { Backend } from "../engine/index.ts";
import type { LimitSolver } from "../limit/model.ts";
import type { Interaction } from "../network/interaction.ts";
import type { TrainingSettings } from "../network/training.ts";
import type { WorkersUsed } from "../pool/workers.ts";
import type { Problem } from "../problem/types.ts";
import type { Distribution } from "./histogram.ts";

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

/** Statistics that exist in some runs only: on data, and beside a reference network. */
export const EXTRA_STATISTICS = ["trainError", "testError", "authorsMeanDelta"] as const;

/** Name of one of them. */
export type ExtraStatistic = (typeof EXTRA_STATISTICS)[number];

/** Statistics against a reference network of width M times M / (M - m), which is what the limit would give (SPEC.md, 8). */
export const CORRECTED_STATISTICS = [
  "meanSquaredDelta",
  "functionGap",
  "mTimesMeanSquaredDelta",
  "mTimesFunctionGap",
] as const;

/** Name of one of them. */
export type CorrectedStatistic = (typeof CORRECTED_STATISTICS)[number];

/**
 * All statistics of one width. `loss` is the population risk, or where that has no closed form the error on the test set,
 * or else on the training set (`measuredOn.loss`); `functionGap` likewise. `trainError` and `testError` are means of
 * (f - y)^2 over whole sets; `authorsMeanDelta` is the estimate of `meanDelta` that the authors' code takes from a few
 * coordinates, for comparison with their files.
 */
export interface WidthReport extends Record<Statistic, Estimate>, Partial<Record<ExtraStatistic, Estimate>> {
  /** Width: number of particles. */
  m: number;
  /** How many seeds finished. */
  seeds: number;
  /** How the sums over the particles were computed on the population; left out where there was no closed form to compute. */
  interaction?: Interaction;
  /** One flag a recorded time: whether the gap stands above the error of the limit itself. Do not fit where it does not. */
  resolved: { delta: boolean[]; functionGap: boolean[] };
  /** Only beside a reference network. */
  corrected?: Record<CorrectedStatistic, Estimate>;
  /** Of all particles of all seeds, at the last time and largest over the recorded times; only where it was asked for. */
  distribution?: Distribution;
}

/** What a mean was taken over. */
export type MeasuredOn = "population" | "test" | "train";

/** Slope of log(statistic) against log(m) with its 95% bootstrap interval over seeds. */
export interface Slope {
  slope: number;
  /** null with fewer than two seeds. */
  low: number | null;
  high: number | null;
}

/** Slopes over the widths. */
export interface Scaling {
  meanDelta: Slope | null;
  meanSquaredDelta: Slope | null;
  functionGap: Slope | null;
  corrected?: { meanSquaredDelta: Slope | null; functionGap: Slope | null };
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
export interface GapSettings extends TrainingSettings {
  widths: number[];
  /** Number of replicas a width, and the seed that all of them share. null for networks given as `initial`. */
  seeds: number | null;
  seed: number | null;
  /** Width of the reference network; null where the limit was solved. */
  reference: number | null;
  tolerance: number;
  /** Left out where it was not asked for. */
  distribution?: true;
}

/** What stands for the infinite width. */
export interface MeanFieldReport {
  /** The limit itself, solved for one or several indices, or a network of finite width M. */
  solver: LimitSolver | "reference-network";
  /** M, of a reference network. */
  width?: number;
  /** Risk of the limit at each time; of a reference network its mean over replicas. */
  loss: Float64Array;
  /**
   * Estimated error of `loss`: from refinement of mesh and time steps, or from the fluctuation of the reference network.
   * null where the run ended before, or where nothing is known of it.
   */
  errorEstimate: number | null;
  /** Estimated error of a particle's mean-field position, root mean square over the law. */
  particleErrorEstimate: number | null;
  /** Errors of a reference network, means over replicas; on data only. */
  trainError?: Float64Array;
  testError?: Float64Array;
  /**
   * How far the reference network itself is from the limit, of order 1/M: the gaps of the narrower networks carried on to
   * width M, C / M with C = mean over widths of gap m M / (M - m). It holds as far as gaps fall as 1/m.
   */
  fluctuation?: { meanSquaredDelta: Float64Array; functionGap: Float64Array };
}

/** What rounding to float32 does: E|Delta|^2 and flipped share between a network and its float64 shadow. */
export interface PrecisionFloor {
  /** Width of that network, the narrowest; of the first replica. */
  m: number;
  meanSquaredDelta: Float64Array;
  flippedShare: Float64Array;
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
  meanField: MeanFieldReport;
  /** What `loss` and `functionGap` are means over. */
  measuredOn: { loss: MeasuredOn; functionGap: MeasuredOn };
  /** Only in float32. */
  precisionFloor?: PrecisionFloor;
  /** In the order of `settings.widths`; a width with no finished seed is left out. */
  widths: WidthReport[];
  /**
   * Slopes at the last time; null with fewer than two widths, a single slope null where a gap is not resolved. Beside a
   * reference network also those of the corrected statistics.
   */
  scaling: Scaling | null;
  /** The document with plain arrays, ready for JSON.stringify. */
  toJSON(): unknown;
}

/** Settings that documents of early versions lack. */
type LaterSetting = "objective" | "langevin" | "pathNorm" | "interaction" | "reference";

/**
 * A gap report that was read back: all of it but `delta(k)`, which a report of given networks has in memory only.
 * Documents of early versions lack some settings, and `measuredOn`: theirs were means over the population.
 */
export type StoredGapReport = Omit<GapReport, "measuredOn" | "settings"> &
  Partial<Pick<GapReport, "measuredOn">> & {
    settings: Omit<GapSettings, LaterSetting> & Partial<Pick<GapSettings, LaterSetting>>;
  };
