// Panels that several figures have: curves over flow time, one colour a width, and their limit in black dashes.

import { logScale } from "./logaxis.ts";
import { orderedColours } from "./palette.ts";
import type { CurveRow } from "./rows.ts";

const WIDTH = 360;
const HEIGHT = 240;
export type Layer = Record<string, unknown>;
export type Channels = Record<"color" | "strokeDash", Layer>;

/** One colour and dash a width, and black dashes for the limit; shared by all panels, so that one legend serves. */
export function widthChannels(widths: readonly number[], limit: string): Channels {
  const domain = [...widths.map(String), limit];
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
    color: { ...field, scale: { domain, range: [...orderedColours(widths.length), "#000000"] }, legend },
    strokeDash: { ...field, scale: { domain, range: [...widths.map(() => [1, 0]), [5, 3]] }, legend },
  };
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

/** A log-scaled panel of one curve a width over flow time, and of their limit where it is known; none where there is nothing to show. */
export function collapsePanel(
  rows: CurveRow[],
  channels: Channels,
  x: Layer,
  title: string,
  subtitle: string | string[],
  limit: CurveRow[] = [],
): Layer[] {
  const vertical = logScale([...rows, ...limit].flatMap(({ low, high }) => [low, high]));
  if (vertical === null) return [];
  const y = { field: "y", type: "quantitative", title, ...vertical };
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
