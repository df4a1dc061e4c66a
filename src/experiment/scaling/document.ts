// The document of scaling laws (schema propchaos/scaling@1): points with intervals, and the law fitted through each series.

import { plain } from "../../core/plain.ts";
import type { Status } from "../../core/run.ts";
import { version } from "../../core/version.ts";
import type { Backend } from "../../engine/index.ts";
import type { Divergence, GapSettings } from "../../gap/document.ts";
import type { GapsDivergence, GapsSettings } from "../../gap/separate-document.ts";
import type { WorkersUsed } from "../../pool/workers.ts";
import type { Problem } from "../../problem/types.ts";
import type { ScalingLaw } from "./law.ts";

/** What scales with what: convergence time and required width with d, gaps with m or n, the risk with time. */
export type ScalingKind = "time" | "width" | "gap" | "samples" | "decay";

/** One point of a series. */
export interface ScalingPoint {
  /** Dimension d, width m, number of samples n, or flow time t. */
  x: number;
  y: number;
  /** 95% interval over seeds; for a number that is computed without seeds its error on both sides. null where unknown. */
  low: number | null;
  high: number | null;
  /** int_0^t L^(1/2) dt up to the convergence time, or to the time x, and its error. */
  rootLossIntegral?: number;
  rootLossIntegralError?: number | null;
  /** Flow time at which a required width was measured. */
  time?: number;
  /** Every width that was tried for it. */
  trials?: WidthTrial[];
}

/** A width that was tried. */
export interface WidthTrial {
  m: number;
  /** Mean over seeds, and its 95% interval; null with one seed. */
  gap: number;
  low: number | null;
  high: number | null;
}

/** A series of points and the law through them. */
export interface ScalingSeries {
  /** Of the problem, or of the statistic in `gap` and `samples`. */
  name: string;
  /** For a series over d the problem of the smallest one. */
  problem: Problem;
  /** Ascending in x; of an interrupted run those that were finished. */
  points: ScalingPoint[];
  /** What is not among the points, and why. */
  missing: { x: number; reason: string }[];
  /** null with fewer than two points. */
  fit: ScalingLaw | null;
}

/** Settings of `convergenceTime`. */
export interface TimeSettings {
  dimensions: number[];
  share: number;
  tolerance: number;
  /** Longest flow time that was to be computed. */
  horizon: number;
}

/** Settings of `widthScaling`. */
export interface WidthSettings {
  dimensions: number[];
  gap: number;
  statistic: "functionGap" | "meanDelta";
  /** null: the convergence time of each problem. */
  time: number | null;
  step: number;
  seeds: number;
  seed: number;
  resolution: number;
  largestWidth: number;
}

/** Settings of `lossDecay`. */
export interface DecaySettings {
  time: number;
  /** The law is fitted from here on. */
  from: number;
  tolerance: number;
}

interface SettingsOf {
  time: TimeSettings;
  width: WidthSettings;
  gap: GapSettings;
  samples: GapsSettings;
  decay: DecaySettings;
}

interface ReportOf<Kind extends ScalingKind> {
  schema: "propchaos/scaling@1";
  version: string;
  backend: Backend;
  /** Who computed it, which has no part in the numbers; left out where one thread did. */
  workers?: WorkersUsed;
  status: Status;
  /** Where status is "failed": what could not be computed, and why. */
  failure?: string;
  /** null unless status is "diverged". */
  divergence: Divergence | GapsDivergence | null;
  kind: Kind;
  settings: SettingsOf[Kind];
  series: ScalingSeries[];
  /** The document, ready for JSON.stringify. */
  toJSON(): unknown;
}

/** Scaling laws of any kind; `kind` says which. */
export type ScalingReport = { [Kind in ScalingKind]: ReportOf<Kind> }[ScalingKind];

/** The report of one kind. */
export type ScalingReportOf<Kind extends ScalingKind> = Extract<ScalingReport, { kind: Kind }>;

/** @internal The document of what was found, in the order of its fields. */
export function scalingReport<Kind extends ScalingKind>(
  found: Omit<ReportOf<Kind>, "schema" | "version" | "toJSON">,
): ScalingReportOf<Kind> {
  const report = {
    schema: "propchaos/scaling@1",
    version,
    ...found,
    toJSON() {
      return plain(this);
    },
  };
  return report as unknown as ScalingReportOf<Kind>;
}
