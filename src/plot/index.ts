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
  gap: gapFigure,
  risk: riskFigure,
  delta: deltaFigure,
  functionGap: functionGapFigure,
  distribution: distributionFigure,
  theory: theoryFigure,
  constants: constantsFigure,
  gaps: gapsFigure,
  limit: limitFigure,
  network: networkFigure,
  alignment: alignmentFigure,
  scaling: scalingFigure,
  selfConcordance: selfConcordanceFigure,
  sweep: sweepFigure,
};
