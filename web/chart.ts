// A line chart: uPlot with the colours of the page, a size that follows its box, and a legend that holds the values under the
// cursor, or else those at the time that is shown, so that they can be had without a mouse.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { isDark, token } from "./palette.ts";

/** A curve of a chart. */
export interface Curve {
  /** Name in the legend; without one it has no entry. */
  label?: string;
  values: (number | null)[];
  colour: string;
  width?: number;
  dash?: number[];
  /** Colour below the curve. */
  fill?: string;
  /** "y" by default; curves of the scale "share" have an axis of their own that is not drawn. */
  scale?: "share";
}

/** What does not change about a chart. */
export interface ChartOptions {
  x: string;
  y: string;
  /** Logarithmic y; values that are not positive are left out. */
  log?: boolean;
  /** Lowest y; otherwise that of the curves. */
  from?: number;
  /** Range of x. */
  range?: [number, number];
  /** How the place of a value is named in the legend, such as "t". */
  place: string;
}

const HEIGHT = { narrow: 220, wide: 320 };
const FONT = "12px system-ui, sans-serif";

/** The powers of ten between two numbers, so few that their names have room. */
function powers(min: number, max: number): number[] {
  const [low, high] = [Math.ceil(Math.log10(min) - 1e-9), Math.floor(Math.log10(max) + 1e-9)];
  const every = Math.max(1, Math.ceil((high - low) / 6));
  const count = Math.max(0, Math.floor((high - low) / every) + 1);
  return Array.from({ length: count }, (_, i) => 10 ** (low + i * every));
}

const RAISED = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];

function power(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(exponent) < 4) return String(Number(value.toPrecision(1)));
  const digits = [...String(Math.abs(exponent))].map((digit) => RAISED[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

function few(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
  return text.replace("-", "−");
}

export class Chart {
  private readonly host: HTMLElement;
  private readonly legend: HTMLUListElement;
  private readonly options: ChartOptions;
  private plot: uPlot | null = null;
  private signature = "";
  private x: number[] = [];
  private curves: Curve[] = [];
  /** Highest y that is shown. */
  private top = Number.POSITIVE_INFINITY;
  /** Index of x whose values are shown where the cursor is elsewhere. */
  private shown: number | null = null;

  constructor(host: HTMLElement, options: ChartOptions) {
    this.host = host;
    this.options = options;
    host.hidden = true;
    this.legend = document.createElement("ul");
    this.legend.className = "legend";
    host.after(this.legend);
    new ResizeObserver(() => this.resize()).observe(host);
  }

  /** Draws curves over x; `shown` is the index whose values the legend holds. Curves leave the picture at `top`. */
  draw(x: number[], curves: Curve[], shown: number | null = null, top = Number.POSITIVE_INFINITY): void {
    this.host.hidden = false;
    this.x = x;
    this.top = top;
    this.shown = shown;
    const { log } = this.options;
    this.curves = log
      ? curves.map((curve) => ({ ...curve, values: curve.values.map((y) => (y !== null && y > 0 ? y : null)) }))
      : curves;
    const signature = JSON.stringify([isDark(), ...curves.map(({ values, ...look }) => look)]);
    const data = [x, ...this.curves.map(({ values }) => values)] as uPlot.AlignedData;
    if (this.plot && signature === this.signature) this.plot.setData(data);
    else this.build(signature, data);
    this.name(this.plot?.cursor.idx ?? null);
  }

  /** Takes the chart away, until there is something to draw. */
  clear(): void {
    this.plot?.destroy();
    this.plot = null;
    this.signature = "";
    this.host.hidden = true;
    this.legend.replaceChildren();
    this.legend.dataset.at = "";
  }

  private size(): { width: number; height: number } {
    const width = Math.max(200, Math.floor(this.host.clientWidth));
    return { width, height: width < 500 ? HEIGHT.narrow : HEIGHT.wide };
  }

  private resize(): void {
    const { width, height } = this.size();
    if (this.plot && (this.plot.width !== width || this.plot.height !== height)) this.plot.setSize({ width, height });
  }

  private build(signature: string, data: uPlot.AlignedData): void {
    this.signature = signature;
    this.plot?.destroy();
    const { x, y, log, from, range } = this.options;
    const axis = {
      stroke: () => token("soft"),
      grid: { stroke: () => token("line"), width: 1 },
      ticks: { stroke: () => token("line"), width: 1, size: 4 },
      font: FONT,
      labelFont: FONT,
      labelSize: 20,
      labelGap: 2,
    };
    const low = (_: uPlot, min: number, max: number): uPlot.Range.MinMax => {
      const bottom = from ?? (min === max ? min - 1 : min - 0.05 * (max - min));
      return [bottom, max > bottom ? max + 0.05 * (max - bottom) : bottom + 1];
    };
    const decades = (_: uPlot, min: number, max: number): uPlot.Range.MinMax => {
      const highest = Math.min(max, this.top);
      return min > 0 ? [10 ** Math.floor(Math.log10(min)), 10 ** Math.ceil(Math.log10(highest) + 1e-9)] : [0.1, 1];
    };
    this.plot = new uPlot(
      {
        ...this.size(),
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { size: 6 } },
        padding: [10, 12, 0, 0],
        scales: {
          x: { time: false, ...(range ? { range } : {}) },
          y: log ? { distr: 3, range: decades } : { range: low },
          share: { range: (_, __, max) => [0, max > 0 ? 1.15 * max : 1] },
        },
        axes: [
          { ...axis, label: x, size: 34 },
          {
            ...axis,
            label: y,
            size: 54,
            values: (_, ticks) => ticks.map((tick) => (log ? power(tick) : few(tick))),
            ...(log ? { splits: (_: uPlot, __: number, min: number, max: number) => powers(min, max) } : {}),
          },
        ],
        series: [
          {},
          ...this.curves.map((curve) => ({
            stroke: curve.colour,
            width: curve.width ?? 1.8,
            scale: curve.scale ?? "y",
            spanGaps: true,
            points: { show: false },
            ...(curve.dash ? { dash: curve.dash } : {}),
            ...(curve.fill ? { fill: curve.fill } : {}),
          })),
        ],
        hooks: { setCursor: [(plot) => this.name(plot.cursor.idx ?? null)] },
      },
      data,
      this.host,
    );
    this.fillLegend();
  }

  /** One entry a named curve: a piece of its line, its name, room for its value. */
  private fillLegend(): void {
    this.legend.replaceChildren(
      ...this.named().map(({ label, colour, dash, width, fill }) => {
        const item = document.createElement("li");
        const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        for (const [name, value] of Object.entries({
          viewBox: "0 0 24 8",
          width: "24",
          height: "8",
          "aria-hidden": "true",
        }))
          swatch.setAttribute(name, value);
        const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
        const stroke = {
          x1: "0",
          x2: "24",
          y1: "4",
          y2: "4",
          stroke: fill ?? colour,
          "stroke-width": fill ? "8" : String(width ?? 1.8),
        };
        for (const [name, value] of Object.entries(stroke)) line.setAttribute(name, value);
        if (dash) line.setAttribute("stroke-dasharray", dash.join(" "));
        swatch.append(line);
        const value = document.createElement("b");
        item.append(swatch, ` ${label} `, value);
        return item;
      }),
    );
  }

  private named(): Curve[] {
    return this.curves.filter(({ label }) => label !== undefined);
  }

  /** Puts the values at an index into the legend. */
  private name(index: number | null): void {
    const at = index ?? this.shown;
    const values = this.legend.querySelectorAll("b");
    this.named().forEach((curve, i) => {
      const place = values[i];
      if (place) place.textContent = at === null ? "" : few(curve.values[at]);
    });
    this.legend.dataset.at =
      at === null || this.x[at] === undefined ? "" : `${this.options.place} = ${few(this.x[at])}`;
  }
}
