// The attributes of <prop-chaos>: their defaults, the limits that keep a page usable, and how their text is read.

import type { Dynamics, Gradient } from "../core/dynamics.ts";
import type { ProblemName } from "../problem/zoo.ts";
import { problemNames, show } from "./core.ts";

/** What a figure can show. */
export const VIEWS = ["risk", "gap", "particles", "scaling"] as const;

/** One of its charts. */
export type View = (typeof VIEWS)[number];

/** Largest values an attribute may ask a page for. */
export const LIMITS = {
  d: 4096,
  width: 4096,
  widths: 8,
  seeds: 64,
  time: 1_000_000,
  records: 1025,
  steps: 200_000,
  samples: 65_536,
  pace: 10_000,
  memoryLimitBytes: 256 * 1024 * 1024,
} as const;

/** What determines the numbers of a figure. */
export interface FigureSettings {
  problem: ProblemName;
  d: number;
  widths: number[];
  seed: number;
  seeds: number;
  time: number;
  step: number;
  dynamics: Dynamics;
  gradient: Gradient;
  record: number;
  /** Samples of the training set; null on the population. */
  samples: number | null;
}

/** What it takes where an attribute is left out: about a second on one core. */
export const DEFAULTS: FigureSettings = {
  problem: "He4",
  d: 16,
  widths: [32, 64, 128, 256],
  seed: 1,
  seeds: 4,
  time: 10,
  step: 0.05,
  dynamics: "pgd",
  gradient: "riemannian",
  record: 41,
  samples: null,
};

/** Attributes whose change makes another figure. */
export const SETTING_NAMES = Object.keys(DEFAULTS) as (keyof FigureSettings)[];

/** Attributes that only change how it is shown. */
export const SHOWN_NAMES = ["view", "autoplay", "pace", "theme"] as const;

/** An attribute that cannot be taken as it is; the message names it, what is allowed and what came. */
export class AttributeError extends RangeError {
  override readonly name = "AttributeError";
}

function refuse(name: string, allowed: string, text: string): never {
  throw new AttributeError(`The attribute ${name} must be ${allowed}; got ${show(text)}`);
}

/** Plain decimal numbers: what Number takes besides, such as "0x10" and "", is a slip. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function parse(text: string): number {
  return NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
}

function integer(name: string, text: string, min: number, max: number): number {
  const value = parse(text);
  if (!(Number.isInteger(value) && value >= min && value <= max))
    refuse(name, `an integer from ${min} to ${max}`, text);
  return value;
}

function positive(name: string, text: string, max: number): number {
  const value = parse(text);
  if (!(value > 0 && value <= max)) refuse(name, `a number above 0 and at most ${max}`, text);
  return value;
}

function word<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((choice) => choice === text.trim());
  return choice ?? refuse(name, `one of ${choices.join(", ")}`, text);
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== "");
}

function widths(text: string): number[] {
  const allowed = `1 to ${LIMITS.widths} different integers from 1 to ${LIMITS.width}, with spaces or commas between them`;
  const values = words(text).map(parse);
  const fine = values.every((value) => Number.isInteger(value) && value >= 1 && value <= LIMITS.width);
  if (!fine || values.length < 1 || values.length > LIMITS.widths || new Set(values).size < values.length)
    refuse("widths", allowed, text);
  return values;
}

const READERS: { [Name in keyof FigureSettings]: (text: string) => FigureSettings[Name] } = {
  problem: (text) => word("problem", text, problemNames),
  d: (text) => integer("d", text, 2, LIMITS.d),
  widths,
  seed: (text) => integer("seed", text, 0, 4294967295),
  seeds: (text) => integer("seeds", text, 1, LIMITS.seeds),
  time: (text) => positive("time", text, LIMITS.time),
  step: (text) => positive("step", text, LIMITS.time),
  dynamics: (text) => word("dynamics", text, ["pgd", "flow"]),
  gradient: (text) => word("gradient", text, ["riemannian", "euclidean"]),
  record: (text) => integer("record", text, 2, LIMITS.records),
  samples: (text) => integer("samples", text, 1, LIMITS.samples),
};

/** The value that an attribute's text stands for; the default where there is none. @throws AttributeError */
export function readSetting<Name extends keyof FigureSettings>(name: Name, text: string | null): FigureSettings[Name] {
  return text === null ? DEFAULTS[name] : READERS[name](text);
}

/** All settings. @throws AttributeError naming the first attribute that is wrong. */
export function readSettings(attribute: (name: string) => string | null): FigureSettings {
  const entries = SETTING_NAMES.map((name) => [name, readSetting(name, attribute(name))]);
  const settings = Object.fromEntries(entries) as FigureSettings;
  const { time, step } = settings;
  if (time / step > LIMITS.steps)
    refuse("time", `at most ${LIMITS.steps} steps of ${step}`, attribute("time") ?? String(time));
  // A short run has fewer steps than the default has records.
  if (attribute("record") === null)
    settings.record = Math.max(2, Math.min(settings.record, Math.round(time / step) + 1));
  return settings;
}

/** The charts to show, in their order. @throws AttributeError */
export function readViews(text: string | null): View[] {
  const names = words(text ?? "risk gap");
  const views = names.map((name) => VIEWS.find((view) => view === name));
  if (names.length === 0 || views.includes(undefined))
    refuse("view", `one or more of ${VIEWS.join(", ")}, with spaces between them`, text ?? "");
  return [...new Set(views as View[])];
}

/** Milliseconds between two records at least. @throws AttributeError */
export function readPace(text: string | null): number {
  return text === null ? 0 : integer("pace", text, 0, LIMITS.pace);
}

/** "light", "dark", or null for what the user prefers. @throws AttributeError */
export function readTheme(text: string | null): "light" | "dark" | null {
  return text === null ? null : word<"light" | "dark">("theme", text, ["light", "dark"]);
}
