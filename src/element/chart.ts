// A chart as SVG: drawn anew for each change, in the colours of the stylesheet.

import { type Axis, place, ticks } from "./axis.ts";
import { h, svg } from "./dom.ts";
import type { Chart, Line } from "./figures.ts";
import { short } from "./words.ts";

const HEIGHT = 220;
const TOP = 10;
const BOTTOM = 40;
const RIGHT = 14;

/** Width of a character of an axis label, in pixels, at most. */
const CHARACTER = 6.6;

/** Pixels between two ticks at least. */
const X_TICK = 80;
const Y_TICK = 38;

interface Frame {
  left: number;
  right: number;
  x(value: number): number;
  y(value: number): number;
}

function frameOf({ x, y }: Chart, width: number, labels: readonly string[]): Frame {
  const left = 14 + CHARACTER * Math.max(2, ...labels.map((label) => label.length));
  const right = width - RIGHT;
  const bottom = HEIGHT - BOTTOM;
  return {
    left,
    right,
    x: (value) => left + (right - left) * place(x, value),
    y: (value) => bottom - (bottom - TOP) * place(y, value),
  };
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}

function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
}

function shown(axis: Axis, value: number): boolean {
  return Number.isFinite(value) && (!axis.log || value > 0);
}

function drawLine(line: Line, chart: Chart, { x, y }: Frame): SVGElement[] {
  const points = line.points.filter((point) => shown(chart.x, point.x) && shown(chart.y, point.y));
  if (points.length === 0) return [];
  const clamp = (value: number) => Math.min(y(chart.y.low), Math.max(y(chart.y.high), value));
  const high = points.map((point) => [x(point.x), clamp(y(point.y + (point.error ?? 0)))] as const);
  const low = points.map(({ x: at, y: value, error = 0 }) => {
    const below = value - error;
    return [x(at), clamp(shown(chart.y, below) ? y(below) : y(chart.y.low))] as const;
  });
  const drawn: SVGElement[] = [];
  if (line.marked) {
    points.forEach((point, i) => {
      if (point.error) drawn.push(svg("path", { class: `line ${line.tone}`, d: path([high[i], low[i]]) }));
      drawn.push(svg("circle", { class: `dot ${line.tone}`, cx: round(x(point.x)), cy: round(y(point.y)), r: 4 }));
    });
    return drawn;
  }
  if (points.some(({ error }) => error))
    drawn.push(svg("path", { class: `band ${line.tone}`, d: `${path([...high, ...low.reverse()])}Z` }));
  const kind = line.dashed ? "line dashed" : "line";
  drawn.push(svg("path", { class: `${kind} ${line.tone}`, d: path(points.map((point) => [x(point.x), y(point.y)])) }));
  return drawn;
}

function drawAxes(chart: Chart, frame: Frame, xTicks: readonly number[], yTicks: readonly number[]): SVGElement[] {
  const bottom = HEIGHT - BOTTOM;
  const { left, right } = frame;
  const rows = yTicks.flatMap((tick) => {
    const at = round(frame.y(tick));
    return [
      svg("path", {
        class: "grid",
        d: path([
          [left, at],
          [right, at],
        ]),
      }),
      svg("text", { class: "tick", x: left - 8, y: at, dy: "0.32em", "text-anchor": "end" }, short(tick)),
    ];
  });
  const columns = xTicks.flatMap((tick) => {
    const at = round(frame.x(tick));
    return [
      svg("path", {
        class: "axis",
        d: path([
          [at, bottom],
          [at, bottom + 4],
        ]),
      }),
      svg("text", { class: "tick", x: at, y: bottom + 17, "text-anchor": "middle" }, short(tick)),
    ];
  });
  const label = svg("text", { class: "label", x: right, y: HEIGHT - 5, "text-anchor": "end" }, chart.xLabel);
  return [
    ...rows,
    ...columns,
    svg("path", {
      class: "axis",
      d: path([
        [left, bottom],
        [right, bottom],
      ]),
    }),
    label,
  ];
}

/** A figure whose drawing can be replaced. */
export class ChartBox {
  readonly element: HTMLElement;
  private readonly caption = h("figcaption", { part: "title" });
  private readonly drawing = svg("svg", { class: "drawing", part: "drawing", role: "img", height: HEIGHT });
  private readonly legend = h("ul", { class: "legend", part: "legend" });

  constructor() {
    this.element = h("figure", { class: "chart", part: "chart" }, this.caption, this.drawing, this.legend);
  }

  /** Draws at the present width of the box. */
  draw(chart: Chart): void {
    const width = Math.max(200, Math.floor(this.element.clientWidth || 320));
    const yTicks = ticks(chart.y, Math.floor((HEIGHT - TOP - BOTTOM) / Y_TICK));
    const frame = frameOf(chart, width, yTicks.map(short));
    const xTicks = chart.xLabel.startsWith("width")
      ? chart.lines.flatMap(({ marked, points }) => (marked ? points.map(({ x }) => x) : []))
      : ticks(chart.x, Math.floor((frame.right - frame.left) / X_TICK));
    this.caption.replaceChildren(h("strong", {}, chart.title), " ", h("span", { class: "formula" }, chart.formula));
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.drawing.setAttribute("width", String(width));
    this.drawing.setAttribute("aria-label", `${chart.title}. ${chart.summary}`);
    this.drawing.replaceChildren(
      ...drawAxes(chart, frame, xTicks, yTicks),
      ...chart.lines.flatMap((line) => drawLine(line, chart, frame)),
    );
    this.legend.replaceChildren(
      ...chart.legend.map(({ tone, label, dashed }) => {
        const key = svg("svg", { class: "key", width: 22, height: 10, "aria-hidden": "true" });
        key.append(svg("path", { class: `line ${dashed ? "dashed " : ""}${tone}`, d: "M1 5L21 5" }));
        return h("li", {}, key, label);
      }),
    );
  }
}
