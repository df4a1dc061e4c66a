// What the figures of this room have in common: the type of a figure, its calm look, and words for what was run.

import type { Dynamics, Gradient } from "../core/dynamics.ts";
import type { Problem } from "../problem/types.ts";

/** A Vega-Lite version 6 specification: plain JSON with its data inside. */
export interface Specification {
  $schema: string;
  [key: string]: unknown;
}

export const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";

const INK = "#222222";
const SOFT = "#666666";
const GRID = "#e8e8e8";

/** White paper, dark grey text, hairline grid; sizes are for a figure one text column wide. */
export const LOOK = {
  background: "white",
  padding: 14,
  font: "Helvetica, Arial, sans-serif",
  view: { stroke: null },
  axis: {
    domainColor: SOFT,
    tickColor: SOFT,
    gridColor: GRID,
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 8,
    labelFlush: false,
    labelOverlap: "greedy",
    tickSize: 4,
  },
  axisY: { minExtent: 42, maxExtent: 42 },
  title: {
    anchor: "start",
    frame: "group",
    color: INK,
    fontSize: 13,
    fontWeight: 600,
    subtitleColor: SOFT,
    subtitleFontSize: 11,
    subtitlePadding: 4,
    offset: 10,
  },
  legend: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    symbolSize: 420,
    symbolStrokeWidth: 2,
  },
};

/** What a figure is made of. */
export interface Sheet {
  title: string;
  subtitle: readonly string[];
  panels: readonly object[];
  /** Room between two rows of panels, for titles and axes; default 108. */
  row?: number;
  /** Panels side by side; default 2. */
  columns?: number;
  /** Whether one legend serves all panels; default true. */
  shared?: boolean;
}

/** Characters above a single panel: longer lines would make the picture wider than the panel. */
const LINE = 52;

/** A line in several, broken after its commas and semicolons. */
function wrapped(line: string): string[] {
  const lines: string[] = [];
  for (const part of line.split(/(?<=[,;]) /)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length < LINE) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(part);
  }
  return lines;
}

/** Panels side by side under one title. */
export function sheet({ title, subtitle, panels, row = 108, columns = 2, shared = true }: Sheet): Specification {
  const scale = shared ? "shared" : "independent";
  return {
    $schema: SCHEMA,
    title: {
      text: title,
      subtitle: panels.length === 1 ? subtitle.flatMap(wrapped) : subtitle,
      fontSize: 16,
      offset: 20,
    },
    concat: panels,
    columns,
    align: "all",
    bounds: "flush",
    spacing: { row, column: 80 },
    resolve: { scale: { color: scale, strokeDash: scale } },
    config: LOOK,
  };
}

const CUSTOM = {
  "single-index": "a single-index model",
  "multi-index": "a multi-index model",
  boolean: "a Boolean target",
};

/** A problem in a title. */
export function problemTitle({ name, kind, d }: Problem): string {
  return `${name === "custom" ? CUSTOM[kind] : name}, d = ${d}`;
}

/** How networks were trained. */
export function trainingTitle({
  dynamics,
  gradient,
  step,
}: {
  dynamics: Dynamics;
  gradient: Gradient;
  step: number;
}): string {
  return dynamics === "flow"
    ? `gradient flow, step ${step}`
    : `projected gradient descent, ${gradient === "riemannian" ? "Riemannian" : "Euclidean"} gradient, step ${step}`;
}
