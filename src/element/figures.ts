// The charts of a figure, as data: what is drawn against what, in which tone, and what it says in one sentence.

import type { View } from "./attributes.ts";
import { type Axis, axisOf } from "./axis.ts";
import { leastSquaresSlope } from "./core.ts";
import type { LiveData, Point, ShownStatistic } from "./live-data.ts";
import { list, short } from "./words.ts";

/** A colour by its role: of the limit, of a particle, or of a width by its rank. */
export type Tone = "limit" | "particle" | `series-${number}`;

/** A line with the half-width of a band around it. */
export interface Line {
  tone: Tone;
  points: { x: number; y: number; error?: number }[];
  dashed?: boolean;
  /** Marks at the points. */
  marked?: boolean;
}

/** One chart. */
export interface Chart {
  view: View;
  title: string;
  formula: string;
  x: Axis;
  y: Axis;
  xLabel: string;
  lines: Line[];
  legend: { tone: Tone; label: string; dashed?: boolean }[];
  /** What it shows, in a sentence. */
  summary: string;
}

/** Tones of an ordered quantity, spread over all there are. */
const TONES = 8;

/** The tone of a width by its rank among `count`. */
export function toneOf(rank: number, count: number): Tone {
  return `series-${count === 1 ? TONES : 1 + Math.round((rank * (TONES - 1)) / (count - 1))}`;
}

/** A curve that spans more than so many times its smallest value is drawn on a logarithmic axis. */
const WIDE = 100;

/** Widths from narrow to wide, with their places in the data. */
function ordered({ widths }: LiveData): { m: number; w: number; tone: Tone }[] {
  const sorted = widths.map((m, w) => ({ m, w })).sort((a, b) => a.m - b.m);
  return sorted.map((entry, rank) => ({ ...entry, tone: toneOf(rank, sorted.length) }));
}

function lineOf(tone: Tone, points: Point[]): Line {
  return { tone, points: points.map(({ time, mean, stderr }) => ({ x: time, y: mean, error: stderr })) };
}

/** What an axis has to show of lines with their bands. */
function extent(lines: readonly Line[]): number[] {
  return lines.flatMap(({ points }) => points.flatMap(({ y, error = 0 }) => [y, y + error]));
}

function limitName({ referenced }: LiveData): string {
  return referenced ? "wide reference network" : "infinite width";
}

/** "m = 32: 0.21, m = 64: 0.2", at the last record of each. */
function lastValues(data: LiveData, name: ShownStatistic): string {
  const known = ordered(data).flatMap(({ m, w }) => {
    const last = data.series(w, name).at(-1);
    return last ? [`${short(last.mean)} for m = ${m}`] : [];
  });
  return known.length === 0 ? "nothing yet" : list(known);
}

function risk(data: LiveData, end: number): Chart {
  const lines = ordered(data).map(({ w, tone }) => lineOf(tone, data.series(w, "loss")));
  const limit: Line = {
    tone: "limit",
    dashed: true,
    points: data.limit.filter((point) => point !== undefined).map(({ time, loss }) => ({ x: time, y: loss })),
  };
  const values = extent([...lines, limit]);
  const log = values.length > 0 && Math.min(...values) > 0 && Math.max(...values) > WIDE * Math.min(...values);
  const last = limit.points.at(-1);
  return {
    view: "risk",
    title: "Risk",
    formula: "E (f − f*)²",
    xLabel: "flow time",
    x: { low: 0, high: end, log: false },
    y: axisOf(values, { log }),
    lines: [...lines, limit],
    legend: [
      { tone: "limit", label: limitName(data), dashed: true },
      ...ordered(data).map(({ m, tone }) => ({ tone, label: `m = ${m}` })),
    ],
    summary: `Risk against flow time up to ${short(end)}. At the end: ${last ? `${short(last.y)} for the ${limitName(data)}; ` : ""}${lastValues(data, "loss")}.`,
  };
}

function gap(data: LiveData, end: number): Chart {
  const lines = ordered(data).map(({ w, tone }) => lineOf(tone, data.series(w, "mTimesMeanSquaredDelta")));
  return {
    view: "gap",
    title: "Scaled gap",
    formula: "m E |Δ|²",
    xLabel: "flow time",
    x: { low: 0, high: end, log: false },
    y: axisOf(extent(lines)),
    lines,
    legend: ordered(data).map(({ m, tone }) => ({ tone, label: `m = ${m}` })),
    summary: `Width m times the mean squared distance of a particle from its mean-field path, against flow time. At the end: ${lastValues(data, "mTimesMeanSquaredDelta")}. Curves that fall together mean a gap of order 1/m.`,
  };
}

function particles(data: LiveData, end: number): Chart {
  const { alignments, alignment, widths } = data;
  const records = alignments.filter((record) => record !== undefined);
  const count = records[0]?.values.length ?? 0;
  const lines: Line[] = Array.from({ length: count }, (_, i) => ({
    tone: "particle",
    points: records.map(({ time, values }) => ({ x: time, y: values[i] })),
  }));
  const widest = Math.max(...widths);
  const last = records.at(-1)?.values ?? new Float64Array();
  const aligned = last.reduce((sum, value) => sum + (Math.abs(value) > 0.9 ? 1 : 0), 0);
  return {
    view: "particles",
    title: "Particles",
    formula: alignment.label,
    xLabel: "flow time",
    x: { low: 0, high: end, log: false },
    y: { low: alignment.lowest, high: 1, log: false },
    lines,
    legend: [
      {
        tone: "particle",
        label:
          count < widest
            ? `${count} of the particles of a network of width ${widest}`
            : `the particles of a network of width ${widest}`,
      },
    ],
    summary: `Alignment of ${count} particles of a network of width ${widest} with the target, against flow time. At the end ${aligned} of them are aligned to more than 0.9.`,
  };
}

function scaling(data: LiveData): Chart {
  const means = ordered(data).flatMap(({ m, w, tone }) => {
    const last = data.series(w, "meanSquaredDelta").at(-1);
    return last && last.mean > 0 ? [{ x: m, y: last.mean, error: last.stderr, tone }] : [];
  });
  const values = means.map(({ y }) => y);
  const slope =
    means.length > 1
      ? leastSquaresSlope(
          means.map(({ x }) => Math.log(x)),
          values.map(Math.log),
        )
      : null;
  const center = (list: readonly number[]) =>
    Math.exp(list.reduce((sum, value) => sum + Math.log(value), 0) / list.length);
  const widths = ordered(data).map(({ m }) => m);
  const x = axisOf(widths, { log: true });
  const middle = { x: center(means.map((point) => point.x)), y: center(values) };
  const guide: Line = {
    tone: "limit",
    dashed: true,
    points: slope === null ? [] : widths.map((m) => ({ x: m, y: middle.y * (middle.x / m) })),
  };
  const shownSlope = slope === null ? "" : short(Number(slope.toFixed(2)));
  return {
    view: "scaling",
    title: "Scaling",
    formula: slope === null ? "E |Δ|² at the end" : `E |Δ|² at the end, slope ${shownSlope}`,
    xLabel: "width m",
    x,
    y: axisOf(
      [...values, ...means.flatMap(({ y, error }) => [y + error, y - error]), ...guide.points.map(({ y }) => y)],
      {
        log: true,
      },
    ),
    lines: [guide, ...means.map(({ tone, ...point }) => ({ tone, marked: true, points: [point] }))],
    legend: [{ tone: "limit", label: "slope −1, as 1/m", dashed: true }],
    summary: `Mean squared gap of a particle against width, both logarithmic: ${lastValues(data, "meanSquaredDelta")}.${slope === null ? "" : ` The slope is ${shownSlope}; propagation of chaos predicts −1.`}`,
  };
}

/** The charts of a run that ends at this flow time. */
export function chartsOf(views: readonly View[], data: LiveData, end: number): Chart[] {
  const charts = { risk, gap, particles, scaling };
  return views.map((view) => charts[view](data, end));
}
