// Figures: one Vega-Lite specification each.

import { gapFigure } from "./gap.ts";
import { scalingFigure } from "./scaling.ts";
import { theoryFigure } from "./theory.ts";

export type { Specification } from "./specification.ts";
export type { TheoryFigureOptions } from "./theory.ts";

/** Figures by what they show; each takes a report and gives a Vega-Lite specification. */
export const figures = { gap: gapFigure, scaling: scalingFigure, theory: theoryFigure };
