// Figures: one Vega-Lite specification each.

import { alignmentFigure } from "./alignment.ts";
import { distributionFigure } from "./distribution.ts";
import { gapFigure } from "./gap.ts";
import { gapsFigure } from "./gaps.ts";
import { scalingFigure } from "./scaling.ts";
import { selfConcordanceFigure } from "./self-concordance.ts";
import { constantsFigure, limitFigure, networkFigure } from "./single.ts";
import { sweepFigure } from "./sweep.ts";
import { theoryFigure } from "./theory.ts";
import { deltaFigure, functionGapFigure, riskFigure } from "./width-figures.ts";

export type { PathsDocument } from "./alignment.ts";
export type { GapsFigureOptions } from "./gaps.ts";
export type { Specification } from "./specification.ts";
export type { PlottedSweep, SweepFigureOptions } from "./sweep.ts";
export type { TheoryFigureOptions } from "./theory.ts";

/** Figures by what they show; each takes a report and gives a Vega-Lite specification. */
export const figures = {
  /** A gap report: risk, m E|Delta|^2, m times the function gap, E|Delta| against m. */
  gap: gapFigure,
  /** A gap report: the risk of each width and of the limit over time. */
  risk: riskFigure,
  /** A gap report: m E|Delta|^2 and m (E|Delta|)^2 over time. */
  delta: deltaFigure,
  /** A gap report: the function gap over time, raw and times m. */
  functionGap: functionGapFigure,
  /** A gap report with `distribution`: histograms of |Delta|, at the end and at its largest, raw and times sqrt(m). */
  distribution: distributionFigure,
  /** A gap report with theory, or a theory report: measured, predicted and bounded gap. */
  theory: theoryFigure,
  /** Limit constants over time. */
  constants: constantsFigure,
  /** The three gaps of `separateGaps`. */
  gaps: gapsFigure,
  /** A limit: its risk, the mean of alpha, and paths where they were asked for. */
  limit: limitFigure,
  /** A trained network: its risk and errors, and paths where they were asked for. */
  network: networkFigure,
  /** alpha of single particles over time, of a network, of a limit, or of both. */
  alignment: alignmentFigure,
  /** Scaling laws: points with intervals, fitted lines, the slopes of theory. */
  scaling: scalingFigure,
  /** Self-concordance: the local Hessian against the velocity, by quantiles over particles. */
  selfConcordance: selfConcordanceFigure,
  /** A sweep as small multiples. */
  sweep: sweepFigure,
};
