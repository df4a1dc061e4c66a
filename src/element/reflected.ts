// The attributes of <prop-chaos> as properties. A property set to null takes its attribute away.

import type { Dynamics, Gradient } from "../core/dynamics.ts";
import type { ProblemName } from "../problem/zoo.ts";
import { DEFAULTS, type FigureSettings, readPace, readSetting, SETTING_NAMES, SHOWN_NAMES } from "./attributes.ts";

/** Where there are no elements, as on a server, the class can still be imported. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** An attribute that is missing or wrong reads as its default; what was set is checked when a run starts. */
export class ReflectedElement extends Base {
  static readonly observedAttributes: readonly string[] = [...SETTING_NAMES, ...SHOWN_NAMES];

  #get<Name extends keyof FigureSettings>(name: Name): FigureSettings[Name] {
    try {
      return readSetting(name, this.getAttribute(name));
    } catch {
      return DEFAULTS[name];
    }
  }

  #set(name: string, value: unknown): void {
    if (value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, Array.isArray(value) ? value.join(" ") : String(value));
  }

  /** Takes over what was set on the element before its class was there. */
  protected upgrade(): void {
    for (const name of ReflectedElement.observedAttributes) {
      if (!Object.hasOwn(this, name)) continue;
      const own = this as unknown as Record<string, unknown>;
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
  }

  /** Name in the zoo; default He4. */
  get problem(): ProblemName {
    return this.#get("problem");
  }
  set problem(value: ProblemName | null) {
    this.#set("problem", value);
  }

  /** Input dimension; default 16. */
  get d(): number {
    return this.#get("d");
  }
  set d(value: number | null) {
    this.#set("d", value);
  }

  /** Widths of the networks; default 32, 64, 128 and 256. */
  get widths(): number[] {
    return this.#get("widths");
  }
  set widths(value: readonly number[] | null) {
    this.#set("widths", value);
  }

  /** Seed of all random numbers; default 1. */
  get seed(): number {
    return this.#get("seed");
  }
  set seed(value: number | null) {
    this.#set("seed", value);
  }

  /** Networks of each width; default 4. */
  get seeds(): number {
    return this.#get("seeds");
  }
  set seeds(value: number | null) {
    this.#set("seeds", value);
  }

  /** Length of the run in flow time; default 10. */
  get time(): number {
    return this.#get("time");
  }
  set time(value: number | null) {
    this.#set("time", value);
  }

  /** Step of PGD; default 0.05. */
  get step(): number {
    return this.#get("step");
  }
  set step(value: number | null) {
    this.#set("step", value);
  }

  /** `"pgd"` (default) or `"flow"`. */
  get dynamics(): Dynamics {
    return this.#get("dynamics");
  }
  set dynamics(value: Dynamics | null) {
    this.#set("dynamics", value);
  }

  /** `"riemannian"` (default) or `"euclidean"`. */
  get gradient(): Gradient {
    return this.#get("gradient");
  }
  set gradient(value: Gradient | null) {
    this.#set("gradient", value);
  }

  /** Number of recorded times; default 41. */
  get record(): number {
    return this.#get("record");
  }
  set record(value: number | null) {
    this.#set("record", value);
  }

  /** Size of a training set; default null, the population. */
  get samples(): number | null {
    return this.#get("samples");
  }
  set samples(value: number | null) {
    this.#set("samples", value);
  }

  /** Charts to show, with spaces between them: risk, gap, particles, scaling; default "risk gap". */
  get view(): string {
    return this.getAttribute("view") ?? "risk gap";
  }
  set view(value: string | null) {
    this.#set("view", value);
  }

  /** Whether it runs by itself when it first comes into view; default false. */
  get autoplay(): boolean {
    return this.hasAttribute("autoplay");
  }
  set autoplay(value: boolean) {
    this.toggleAttribute("autoplay", Boolean(value));
  }

  /** Milliseconds between two records at least; default 0. Of no effect where the user prefers reduced motion. */
  get pace(): number {
    try {
      return readPace(this.getAttribute("pace"));
    } catch {
      return 0;
    }
  }
  set pace(value: number | null) {
    this.#set("pace", value);
  }

  /** `"light"` or `"dark"`; null (default) for what the user prefers. */
  get theme(): string | null {
    return this.getAttribute("theme");
  }
  set theme(value: string | null) {
    this.#set("theme", value);
  }
}
