// Panels that several figures have: curves over flow time, one colour a width, and their limit in black dashes.

import { logScale } from "./logaxis.ts";
import { orderedColours } from "./palette.ts";
import type { CurveRow, LastRow } from "./rows.ts";

const WIDTH = 360;
const HEIGHT = 240;
export type Layer = Record<string, unknown>;
export type Channels = Record<"color" | "strokeDash", Layer>;

/** One colour and dash a width, and black dashes for the limit where there is one; shared by all panels, so that one legend serves. */
export function widthChannels(widths: readonly number[], limit: string | null): Channels {
  const domain = [...widths.map(String), ...(limit === null ? [] : [limit])];
  const legend = {
    title: "width m",
    orient: "top",
    direction: "horizontal",
    titleOrient: "left",
    symbolType: "stroke",
    symbolOpacity: 1,
  };
  const field = { field: "width", type: "nominal", sort: null };
  return {
    color: {
      ...field,
      scale: { domain, range: [...orderedColours(widths.length), "#000000"].slice(0, domain.length) },
      legend,
    },
    strokeDash: {
      ...field,
      scale: { domain, range: [...widths.map(() => [1, 0]), [5, 3]].slice(0, domain.length) },
      legend,
    },
  };
}

/** How a curve with a name looks. */
export interface Look {
  colour: string;
  dash: readonly number[];
  strokeWidth: number;
}

/** The looks of up to four curves: told apart by colour blind eyes, and in grey by their dashes. */
export const LOOKS: readonly Look[] = [
  { colour: "#222222", dash: [1, 0], strokeWidth: 2.2 },
  { colour: "#f79044", dash: [4, 4], strokeWidth: 2.2 },
  { colour: "#8305a7", dash: [1, 0], strokeWidth: 1.8 },
  { colour: "#5a7d9a", dash: [8, 3], strokeWidth: 1.8 },
];

/** Legend and colours of a few curves with names, in one line above a panel. */
export function namedChannels(curves: Readonly<Record<string, Look>>): Channels {
  const entries = Object.entries(curves);
  const domain = entries.map(([name]) => name);
  const legend = {
    title: null,
    orient: "top",
    direction: "horizontal",
    columnPadding: 2,
    symbolSize: 250,
    symbolType: "stroke",
    symbolOpacity: 1,
  };
  const field = { field: "width", type: "nominal", sort: null };
  return {
    color: { ...field, scale: { domain, range: entries.map(([, { colour }]) => colour) }, legend },
    strokeDash: { ...field, scale: { domain, range: entries.map(([, { dash }]) => dash) }, legend },
  };
}

/** The same channels without a legend, which another panel has. */
export function silent({ color, strokeDash }: Channels): Channels {
  return { color: { ...color, legend: null }, strokeDash: { ...strokeDash, legend: null } };
}

export function timeChannel(time: Float64Array): Layer {
  const end = time[time.length - 1];
  return {
    field: "t",
    type: "quantitative",
    title: "flow time t",
    // A run of time 0, or one aborted before its first record, still gets an axis.
    scale: { domain: [0, end > 0 ? end : 1], nice: false },
    axis: { grid: false, tickCount: 6 },
  };
}

export function panel(title: string, subtitle: string | string[], layer: Layer[]): Layer {
  return { width: WIDTH, height: HEIGHT, title: { text: title, subtitle }, layer };
}

export function band(rows: CurveRow[], color: unknown, x: Layer, y: Layer): Layer[] {
  const values = rows.filter(({ low, high }) => high > low);
  if (values.length === 0) return [];
  return [
    {
      data: { values },
      mark: { type: "area", opacity: 0.18, clip: true },
      encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
    },
  ];
}

/**
 * A log-scaled panel of one curve a width over flow time, and of their limit where it is known; none where there is nothing to
 * show. `axis` stands beside the axis in place of a title that is longer than it.
 */
export function collapsePanel(
  rows: CurveRow[],
  channels: Channels,
  x: Layer,
  title: string,
  subtitle: string | string[],
  { limit = [], axis = title }: { limit?: CurveRow[]; axis?: string } = {},
): Layer[] {
  const vertical = logScale([...rows, ...limit].flatMap(({ low, high }) => [low, high]));
  if (vertical === null) return [];
  const y = { field: "y", type: "quantitative", title: axis, ...vertical };
  return [
    panel(title, subtitle, [
      ...band(rows, channels.color, x, y),
      {
        data: { values: rows },
        // A recorded time alone in its curve would be no line at all.
        mark: { type: "line", strokeWidth: 1.6, point: rows.length <= 40 ? { size: 14 } : false },
        encoding: { x, y, ...channels },
      },
      ...(limit.length === 0
        ? []
        : [{ data: { values: limit }, mark: { type: "line", strokeWidth: 1.8 }, encoding: { x, y, ...channels } }]),
    ]),
  ];
}

/** A panel of curves over flow time on a linear axis with this domain. */
export function linearPanel(
  rows: CurveRow[],
  channels: Channels,
  x: Layer,
  { title, subtitle, axis, domain }: { title: string; subtitle: string | string[]; axis: string; domain: number[] },
): Layer {
  const y = { field: "y", type: "quantitative", title: axis, scale: { domain, nice: false }, axis: { tickCount: 6 } };
  return panel(title, subtitle, [
    ...band(rows, channels.color, x, y),
    {
      data: { values: rows },
      mark: { type: "line", strokeWidth: 1.8, clip: true, point: rows.length <= 1 ? { size: 14 } : false },
      encoding: { x, y, ...channels },
    },
  ]);
}

/** Axes without a curve, where nothing was recorded. */
export function emptyPanel(title: string, x: Layer): Layer {
  const y = { field: "y", type: "quantitative", title, scale: { domain: [0, 1] }, axis: { tickCount: 6 } };
  return panel(title, "no positive number that stands above the error of the limit", [
    { data: { values: [] }, mark: { type: "line" }, encoding: { x, y } },
  ]);
}

/** Zero to a little above the largest value. */
export function fromZero(rows: readonly CurveRow[]): [number, number] {
  const top = rows.reduce((largest, { high }) => Math.max(largest, high), 0);
  return [0, top > 0 ? 1.08 * top : 1];
}

/** A straight line on logarithmic axes. */
export interface LawLine {
  values: { m: number; y: number }[];
  mark: Layer;
}

/** A statistic with its errors against a size, on logarithmic axes, with lines through it; none without a positive number. */
export function lawPanel(
  rows: readonly LastRow[],
  lines: readonly LawLine[],
  color: Layer,
  { title, subtitle, axis, size }: { title: string; subtitle: string | string[]; axis: string; size: string },
): Layer[] {
  const vertical = logScale(rows.flatMap(({ low, high }) => [low, high]));
  const sizes = [...new Set(rows.map(({ m }) => m))].sort((a, b) => a - b);
  const horizontal = logScale(sizes);
  if (vertical === null || horizontal === null) return [];
  const x = {
    field: "m",
    type: "quantitative",
    title: size,
    scale: horizontal.scale,
    axis: { values: sizes, format: "d", grid: false },
  };
  const y = { field: "y", type: "quantitative", title: axis, ...vertical };
  return [
    panel(title, subtitle, [
      ...lines.map(({ values, mark }) => ({
        data: { values },
        mark: { type: "line", clip: true, ...mark },
        encoding: { x, y },
      })),
      {
        data: { values: rows },
        mark: { type: "rule", strokeWidth: 1.6 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
      },
      {
        data: { values: rows },
        mark: { type: "point", filled: true, opacity: 1, size: 60 },
        encoding: { x, y, color },
      },
    ]),
  ];
}
