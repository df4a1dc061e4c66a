// What a run of the explorer is made of, its limits, and how text from a form or a URL becomes it: whatever comes in, what
// goes out can be run, and a sentence says what was changed.

import { describeProblem, type ProblemName, problemNames, problems } from "propchaos";

/** A problem of the zoo, or h_k of one direction with the information exponent k of the slider. */
export type ProblemChoice = ProblemName | "Hermite";

/** Everything that determines the numbers of a run. */
export interface Settings {
  problem: ProblemChoice;
  /** Information exponent of "Hermite"; of no meaning for others. */
  exponent: number;
  d: number;
  /** Ascending. */
  widths: number[];
  /** Flow time, a whole number of steps. */
  time: number;
  step: number;
  dynamics: "pgd" | "flow";
  gradient: "riemannian" | "euclidean";
  /** Training samples; null for the population. */
  samples: number | null;
  seeds: number;
  seed: number;
}

/** Their names, in the order of the URL. */
export const NAMES = [
  "problem",
  "exponent",
  "d",
  "widths",
  "time",
  "step",
  "dynamics",
  "gradient",
  "samples",
  "seeds",
  "seed",
] as const satisfies readonly (keyof Settings)[];

/** Settings as text, by name; what is missing takes its default. */
export type RawSettings = Partial<Record<keyof Settings, string>>;

export const DEFAULTS: Settings = {
  problem: "He4",
  exponent: 4,
  d: 32,
  widths: [64, 256, 1024],
  time: 8,
  step: 0.02,
  dynamics: "pgd",
  gradient: "riemannian",
  samples: null,
  seeds: 2,
  seed: 1,
};

/** Smallest and largest values. A page shares its machine with others, so they are narrower than the library's. */
export const RANGES = {
  exponent: [2, 6],
  d: [2, 512],
  width: [1, 4096],
  time: [0.001, 100_000],
  step: [0.0001, 1],
  samples: [64, 131_072],
  seeds: [1, 64],
  seed: [0, 4_294_967_295],
} as const;

const MOST_WIDTHS = 6;
const MOST_STEPS = 50_000;
/** Numbers that the samples of a run may hold, test set included: 256 MiB as float64. */
const MOST_NUMBERS = 33_554_432;
/** Multiplications of a run: about an hour. */
const MOST_WORK = 1e13;
const MOST_RECORDS = 65;
/** Training samples where a problem cannot do without. */
const USUAL_SAMPLES = 16_384;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Whether a problem has no population to train on. */
export function needsSamples(problem: ProblemChoice): boolean {
  return problem !== "Hermite" && describeProblem(problem).data === "Boolean";
}

/** Number of records: so many that pictures move smoothly, and no two on one step. */
export function recordCount({ time, step, dynamics }: Settings): number {
  return dynamics === "flow" ? MOST_RECORDS : Math.min(MOST_RECORDS, Math.round(time / step) + 1);
}

/** Multiplications of a run, roughly: pairs of particles, or samples, a step and a coordinate. */
export function workOf({ d, widths, time, step, dynamics, samples, seeds }: Settings): number {
  const partners = (m: number) => (samples === null ? m : Math.min(samples, 8192));
  const pairs = widths.reduce((sum, m) => sum + m * partners(m), 0);
  return (time / step) * (dynamics === "flow" ? 4 : 1) * pairs * 2 * d * seeds;
}

/** A text as it may stand in a sentence: short, on one line. */
function quoted(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ");
  return `“${line.length > 24 ? `${line.slice(0, 24)}…` : line}”`;
}

/** A number in few digits, such as 0.02 or 4096. */
function few(value: number): string {
  return String(Number(value.toPrecision(12)));
}

class Reader {
  readonly notices: string[] = [];
  private readonly raw: RawSettings;
  private readonly fallback: Settings;

  constructor(raw: RawSettings, fallback: Settings) {
    this.raw = raw;
    this.fallback = fallback;
  }

  private refuse<Name extends keyof Settings>(name: Name, text: string, allowed: string): Settings[Name] {
    const value = this.fallback[name];
    this.notices.push(`${name} must be ${allowed}, not ${quoted(text)}; it is ${value ?? "the population"} again.`);
    return value;
  }

  number(name: "exponent" | "d" | "time" | "step" | "seeds" | "seed", whole: boolean): number {
    const text = this.raw[name]?.trim();
    if (text === undefined) return this.fallback[name];
    const [min, max] = RANGES[name];
    const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value + 0; // -0 is 0
    return this.refuse(name, text, `${whole ? "a whole number" : "a number"} from ${min} to ${max}`);
  }

  choice<Name extends "problem" | "dynamics" | "gradient">(
    name: Name,
    choices: readonly Settings[Name][],
  ): Settings[Name] {
    const text = this.raw[name]?.trim();
    if (text === undefined) return this.fallback[name];
    const found = choices.find((choice) => choice === text);
    return found ?? this.refuse(name, text, choices.length > 4 ? "one of the list" : choices.join(" or "));
  }

  widths(): number[] {
    const text = this.raw.widths?.trim();
    if (text === undefined) return this.fallback.widths;
    const [min, max] = RANGES.width;
    // A list of thousands is not worth looking at.
    const parts = text.length > 200 ? [] : text.split(/[\s,;]+/).filter((part) => part !== "");
    const values = [...new Set(parts.map((part) => (DECIMAL.test(part) ? Number(part) : Number.NaN)))];
    const fine = values.every((m) => Number.isInteger(m) && m >= min && m <= max);
    if (fine && values.length >= 1 && values.length <= MOST_WIDTHS) return values.sort((a, b) => a - b);
    return this.refuse("widths", text, `1 to ${MOST_WIDTHS} whole numbers from ${min} to ${max}`);
  }

  samples(): number | null {
    const text = this.raw.samples?.trim();
    if (text === undefined) return this.fallback.samples;
    if (text === "population") return null;
    const [min, max] = RANGES.samples;
    const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    return this.refuse("samples", text, `population or a whole number from ${min} to ${max}`);
  }
}

/** The smallest dimension from d on in which a problem exists: its target looks at so many coordinates. */
function dimensionFrom(d: number, problem: ProblemChoice): number {
  if (problem === "Hermite") return d;
  for (let enough = d; ; enough++) {
    try {
      problems[problem]({ d: enough });
      return enough;
    } catch (error) {
      if (!(error instanceof RangeError) || enough >= RANGES.d[1]) throw error;
    }
  }
}

/** Makes the parts agree with each other, with a sentence for each change. */
function agree(settings: Settings, notices: string[]): Settings {
  const agreed = { ...settings };
  const least = dimensionFrom(agreed.d, agreed.problem);
  if (agreed.d < least) {
    notices.push(`The target of ${agreed.problem} looks at ${least} coordinates, so d is ${least}.`);
    agreed.d = least;
  }
  if (agreed.samples === null && needsSamples(agreed.problem)) {
    notices.push(`${agreed.problem} is trained on samples only: ${USUAL_SAMPLES} are taken.`);
    agreed.samples = USUAL_SAMPLES;
  }
  if (agreed.dynamics === "flow" && agreed.gradient === "euclidean") {
    notices.push("Gradient flow runs on the sphere, so the gradient is riemannian.");
    agreed.gradient = "riemannian";
  }
  if (agreed.step > agreed.time) {
    notices.push(`The step was longer than the run, so it is ${few(agreed.time)}.`);
    agreed.step = agreed.time;
  }
  const steps = Math.max(1, Math.round(agreed.time / agreed.step));
  if (steps > MOST_STEPS) {
    agreed.time = Number((MOST_STEPS * agreed.step).toPrecision(12));
    notices.push(`A run here has at most ${MOST_STEPS} steps, so the time is ${few(agreed.time)}.`);
  } else if (Math.abs(steps * agreed.step - agreed.time) > 1e-9 * agreed.time) {
    agreed.time = Number((steps * agreed.step).toPrecision(12));
    notices.push(`The time is a whole number of steps: ${few(agreed.time)}.`);
  }
  if (agreed.samples !== null && 1.5 * agreed.samples * agreed.d > MOST_NUMBERS) {
    agreed.samples = Math.floor(MOST_NUMBERS / (1.5 * agreed.d));
    notices.push(`So many samples of ${agreed.d} coordinates are too much for a page: ${agreed.samples} are taken.`);
  }
  return lighten(agreed, notices);
}

/** Takes seeds, then widths away until the run is of a length that anybody would wait for. */
function lighten(settings: Settings, notices: string[]): Settings {
  if (workOf(settings) <= MOST_WORK) return settings;
  const lighter = { ...settings, seeds: Math.max(1, Math.floor((settings.seeds * MOST_WORK) / workOf(settings))) };
  while (workOf(lighter) > MOST_WORK && lighter.widths.length > 1) lighter.widths = lighter.widths.slice(0, -1);
  while (workOf(lighter) > MOST_WORK && lighter.widths[0] > 1) lighter.widths = [Math.floor(lighter.widths[0] / 2)];
  const cut = `${lighter.seeds} seed${lighter.seeds === 1 ? "" : "s"} and widths ${lighter.widths.join(", ")}`;
  notices.push(`This run would take hours in a page, so it has ${cut}; the command line has no such limit.`);
  return lighter;
}

/** Settings that can be run, from whatever text came in, and a sentence for each thing that was changed. */
export function readSettings(
  raw: RawSettings,
  fallback: Settings = DEFAULTS,
): { settings: Settings; notices: string[] } {
  const reader = new Reader(raw, fallback);
  const settings: Settings = {
    problem: reader.choice("problem", ["Hermite", ...problemNames]),
    exponent: reader.number("exponent", true),
    d: reader.number("d", true),
    widths: reader.widths(),
    time: reader.number("time", false),
    step: reader.number("step", false),
    dynamics: reader.choice("dynamics", ["pgd", "flow"]),
    gradient: reader.choice("gradient", ["riemannian", "euclidean"]),
    samples: reader.samples(),
    seeds: reader.number("seeds", true),
    seed: reader.number("seed", true),
  };
  const { notices } = reader;
  return { settings: agree(settings, notices), notices };
}

/** The same as text, as readSettings reads it. */
export function writeSettings(settings: Settings): Record<keyof Settings, string> {
  const text = Object.fromEntries(NAMES.map((name) => [name, String(settings[name])]));
  return { ...text, samples: String(settings.samples ?? "population") } as Record<keyof Settings, string>;
}
