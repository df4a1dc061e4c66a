// What a reader sees of a figure, read from its SVG in a few lines of text: titles, axes with their ticks, legends, and every curve,
// band, bar and point with its name, its place in pixels (y downwards, from the upper left corner of its panel) and its look.

import { renderSVG } from "../../src/cli/svg.ts";
import type { Specification } from "../../src/plot/index.ts";

interface Panel {
  title: string[];
  axes: string[];
  marks: string[];
}

/** An attribute of a tag; "" where it is absent. */
function attribute(tag: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
}

/** Text inside the group that begins here, a line each. */
function textsOf(group: string): string[] {
  return [...group.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map(([, text]) => text);
}

function place(x: number, y: number): string {
  return `(${Math.round(x)}, ${Math.round(y)})`;
}

/** The ends of a path, or the corners of the ring around a band. */
function placesOf(path: string, ring: boolean): string {
  const points = [...path.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => place(Number(x), Number(y)));
  const half = points.length / 2;
  const shown = ring
    ? [points[0], points[half - 1], points[half], points[points.length - 1]]
    : [points[0], points[points.length - 1]];
  return `${points.length} points ${shown.join(" ")}`;
}

function look(tag: string): string {
  const stroke = [attribute(tag, "stroke"), attribute(tag, "stroke-width"), attribute(tag, "stroke-dasharray")];
  return [...stroke, attribute(tag, "fill") && `fill ${attribute(tag, "fill")}`, attribute(tag, "opacity")]
    .filter((word) => word !== "" && word !== "fill none")
    .join(" ");
}

/** Name of the series that a mark belongs to, as it says itself. */
function nameOf(tag: string): string {
  const name = /(?:^|; )(?:width|series|path): ([^;]*)/.exec(attribute(tag, "aria-label"))?.[1];
  return name === undefined ? "" : ` ${name}`;
}

/** The form of a point: a circle of this radius, or the letters of its outline. */
function formOf(path: string): string {
  return path.includes("A") ? `circle ${Number(/M([\d.]+)/.exec(path)?.[1]).toFixed(1)}` : path.replace(/[-\d.,]/g, "");
}

function translation(tag: string): number[] {
  return (/translate\(([^)]*)\)/.exec(tag)?.[1] ?? "0,0").split(",").map(Number);
}

/** A mark: what it is, where, and its look. */
function markOf(tag: string, text: string): [what: string, where: string, look: string] {
  const kind = attribute(tag, "aria-roledescription").replace(" mark", "");
  const what = `${kind}${nameOf(tag)}`;
  const path = attribute(tag, "d");
  const [x, y] = translation(tag);
  if (kind === "line" || kind === "area") return [what, placesOf(path, kind === "area"), look(tag)];
  if (kind === "rule") return [what, `${place(x, y)} to ${place(x, y + Number(attribute(tag, "y2")))}`, look(tag)];
  if (kind === "text")
    return [what, place(x, y), `${attribute(tag, "font-size")} ${look(tag)} ${attribute(tag, "text-anchor")}: ${text}`];
  return [what, place(x, y), `${formOf(path)} ${look(tag)}`];
}

/** Marks a line each; points of one curve share theirs. */
function marksOf(marks: readonly [what: string, where: string, look: string][]): string[] {
  const lines: { what: string; where: string[]; look: string }[] = [];
  for (const [what, where, look] of marks) {
    const last = lines.at(-1);
    if (what.startsWith("point") && last?.what === what && last.look === look) last.where.push(where);
    else lines.push({ what, where: [where], look });
  }
  return lines.map(({ what, where, look }) => `${what}: ${where.join(" ")}, ${look}`);
}

/** Which way the lines of a grid go. */
function gridOf(group: string): string {
  return / x2="[1-9]/.test(group) ? "grid across" : "grid upwards";
}

function axisOf(group: string): string {
  const [, letter, , scale] = /aria-label="([XY])-axis titled '(.*?)' for a (\w+) scale/.exec(group) ?? [];
  const texts = textsOf(group);
  return `${letter?.toLowerCase()} ${scale}: ${texts.slice(0, -1).join(" ")}, ${texts.at(-1)}`;
}

function legendOf(group: string): string {
  const entries = [...group.matchAll(/role-legend-symbol[^>]*><path([^>]*)>.*?<text[^>]*>([^<]*)</g)].map(
    ([, path, name]) =>
      `${name} ${attribute(path, "stroke") || attribute(path, "fill")} ${attribute(path, "stroke-dasharray")}`.trim(),
  );
  const title = /role-legend-title.*?<text[^>]*>([^<]*)</.exec(group)?.[1];
  const where = translation(group)[1] < 0 ? "above" : "inside";
  return `legend ${where}${title ? `, ${title}` : ""}: ${entries.join(" | ")}`;
}

/** The group that begins at this place. */
function groupAt(svg: string, start: number): string {
  const tags = /<g(?: [^>]*)?>|<\/g>/g;
  tags.lastIndex = start;
  let depth = 0;
  for (let found = tags.exec(svg); found; found = tags.exec(svg)) {
    if (!found[0].endsWith("/>")) depth += found[0] === "</g>" ? -1 : 1;
    if (depth === 0) return svg.slice(start, tags.lastIndex);
  }
  return svg.slice(start);
}

/** What lies in a group, but for what lies in its panels. */
function readPanel(svg: string): Panel & { panels: string[] } {
  const panel: Panel = { title: [], axes: [], marks: [] };
  const panels: string[] = [];
  const marks: [string, string, string][] = [];
  let clipped = false;
  const starts = /<g class="([^"]*)"[^>]*>|<(?:path|line|text) aria-label=[^>]*>/g;
  for (let found = starts.exec(svg); found; found = starts.exec(svg)) {
    const [tag, name] = found;
    if (tag.endsWith("/>") && name !== undefined) continue;
    const group = name === undefined ? "" : groupAt(svg, found.index);
    if (name === undefined) {
      const text = textsOf(`${svg.slice(found.index, svg.indexOf("</text>", found.index))}<`)[0];
      const [what, where, look] = markOf(tag, text);
      marks.push([what, where, clipped ? `${look}, clipped` : look]);
    } else if (/ concat_\d+_group$/.test(name) && found.index > 0) panels.push(group);
    else if (name.endsWith("role-axis")) panel.axes.push(tag.includes("titled") ? axisOf(group) : gridOf(group));
    else if (name.endsWith("role-legend")) panel.axes.push(legendOf(group));
    else if (name.endsWith("role-title")) panel.title.push(...textsOf(group));
    else {
      clipped = tag.includes(" clip-path=");
      continue;
    }
    if (group !== "") starts.lastIndex = found.index + group.length;
  }
  panel.marks.push(...marksOf(marks));
  return { ...panel, panels };
}

/** The figure in words. */
export async function reading(figure: Specification): Promise<string> {
  const whole = readPanel(await renderSVG(figure));
  const lines = ({ title, axes, marks }: Panel) => [...title, ...axes, ...marks];
  return [
    ...lines(whole),
    ...whole.panels.flatMap((svg) => [
      `--- panel at ${place(translation(svg)[0], translation(svg)[1])}`,
      ...lines(readPanel(svg)),
    ]),
  ].join("\n");
}

/** Titles and subtitles, of the figure and of each panel. */
export function wordsOf(figure: Specification): string[][] {
  const panels = (figure.concat ?? []) as { title: { text: string; subtitle: string | string[] } }[];
  return [figure as unknown as (typeof panels)[0], ...panels].map(({ title }) => [
    title.text,
    ...[title.subtitle].flat(),
  ]);
}
