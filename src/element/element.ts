// <prop-chaos>: a live figure of the approximation gap in a web page.

import type { Progress } from "../core/run.ts";
import type { GapReport } from "../gap/document.ts";
import { type FigureSettings, readPace, readSettings, readTheme, readViews, SHOWN_NAMES } from "./attributes.ts";
import { problems } from "./core.ts";
import { chartsOf } from "./figures.ts";
import { LiveData } from "./live-data.ts";
import { LiveRun } from "./live-run.ts";
import { Panel } from "./panel.ts";
import { ReflectedElement } from "./reflected.ts";
import type { FigureState } from "./state.ts";
import { styleSheet } from "./styles.ts";
import { short } from "./words.ts";

/** The events of a figure, which bubble and cross shadow roots, with what is in their `detail`. */
export interface PropChaosEventMap {
  /** A few times a second while it runs. */
  progress: CustomEvent<Progress>;
  /** The finished report: the document of `approximationGap`. */
  result: CustomEvent<GapReport>;
  /** Why there is none. */
  error: CustomEvent<Error>;
}

/** Why a run that ended has no report to show. */
function reasonOf({ status, divergence, failure }: GapReport): string {
  if (status === "failed") return `The run failed: ${failure}`;
  const where = divergence?.m ? `the network of width ${divergence.m}` : "the infinite-width limit";
  return `The run diverged: in step ${divergence?.step} of ${where} a number stopped being finite. A smaller step may help.`;
}

/**
 * The element `<prop-chaos>`. Its attributes say what is computed and shown, its properties of the same names reflect them;
 * a new value of one that changes the numbers starts a run in progress, or a finished one, anew.
 *
 * @example
 * ```html
 * <prop-chaos problem="He4" d="16" widths="32 64 128 256" view="risk gap" autoplay></prop-chaos>
 * ```
 */
export class PropChaosElement extends ReflectedElement {
  /** As for every element; the events `progress`, `result` and `error` have details of their own. */
  declare addEventListener: {
    <Name extends keyof PropChaosEventMap>(
      type: Name,
      listener: (this: PropChaosElement, event: PropChaosEventMap[Name]) => void,
      options?: boolean | AddEventListenerOptions,
    ): void;
    (type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  };

  #panel: Panel | null = null;
  #state: FigureState = "idle";
  #run: LiveRun | null = null;
  /** Resolves when the run that goes on has ended. */
  #ended: Promise<GapReport | null> | null = null;
  #report: GapReport | null = null;
  #data: LiveData | null = null;
  #progress: Progress = { done: 0, total: 0, time: 0 };
  /** Whether somebody, or `autoplay`, has asked for a run that has not been reset since. */
  #wanted = false;
  #restarting = false;
  #frame = 0;
  #visible: IntersectionObserver | null = null;

  /** The finished report, which is the document of `approximationGap`; null before, and after a change. */
  get report(): GapReport | null {
    return this.#report;
  }

  /** What the figure is doing. */
  get state(): FigureState {
    return this.#state;
  }

  /** Starts a run, or goes on with one that is paused. Resolves to the report; null where the run was stopped or failed. */
  run(): Promise<GapReport | null> {
    this.#wanted = true;
    if (!this.isConnected) return Promise.resolve(null);
    if (this.#run && this.#ended && !this.#restarting) {
      this.#run.resume();
      this.#setState("running");
      return this.#ended;
    }
    this.#ended = this.#compute();
    return this.#ended;
  }

  /** Lets a run hold at its next record. */
  pause(): void {
    if (this.#state !== "running") return;
    this.#run?.pause();
    this.#setState("paused");
  }

  /** Stops what runs and empties the figure. */
  reset(): void {
    this.#wanted = false;
    this.#restarting = false;
    this.#clear();
    this.#prepare();
  }

  /** @internal */
  connectedCallback(): void {
    this.upgrade();
    const panel = this.#open();
    panel.watch(true);
    if (this.#report) this.#draw();
    else if (this.#wanted) void this.run();
    else {
      this.#prepare();
      this.#await();
    }
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#panel?.watch(false);
    this.#visible?.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#run) this.#clear();
  }

  /** @internal */
  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (!this.isConnected) this.#outdate(name);
    else if (name === "autoplay") this.#await();
    else if (name === "pace") this.#setPace();
    else if (name === "view" && this.#state !== "error") this.#draw();
    else if (name !== "theme") this.#restart();
  }

  /** A figure that is in no page forgets numbers that are not those of its attributes any more. */
  #outdate(name: string): void {
    if (this.#report && !SHOWN_NAMES.includes(name as (typeof SHOWN_NAMES)[number])) this.#clear();
  }

  /** The shadow root with all that is in it, made once. */
  #open(): Panel {
    if (this.#panel) return this.#panel;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styleSheet()];
    const toggle = () => (this.#state === "running" ? this.pause() : void this.run());
    this.#panel = new Panel(root, { toggle, reset: () => this.reset() });
    this.#panel.onResize = () => this.#draw();
    return this.#panel;
  }

  /** Starts when it first comes into view. */
  #await(): void {
    this.#visible?.disconnect();
    if (!this.autoplay || this.#state !== "idle") return;
    if (typeof IntersectionObserver !== "function") {
      void this.run();
      return;
    }
    this.#visible = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      this.#visible?.disconnect();
      if (this.#state === "idle") void this.run();
    });
    this.#visible.observe(this);
  }

  /** Once for all attributes that change in one turn. */
  #restart(): void {
    if (this.#restarting) return;
    this.#restarting = true;
    queueMicrotask(() => {
      // A run that was started meanwhile has seen what changed.
      if (!this.#restarting) return;
      this.#restarting = false;
      if (!this.isConnected) return;
      this.#clear();
      if (this.#wanted) void this.run();
      else {
        this.#prepare();
        this.#await();
      }
    });
  }

  /** Stops the run, and forgets what came of it. */
  #clear(): void {
    this.#run?.stop();
    this.#run = null;
    this.#ended = null;
    this.#report = null;
    this.#data = null;
    this.#panel?.showError(null);
    this.#panel?.showNumbers(null);
    this.#setState("idle");
  }

  /** Shows the empty figure of what would be computed, or which attribute stands against it. */
  #prepare(): FigureSettings | null {
    try {
      const settings = readSettings((name) => this.getAttribute(name));
      readViews(this.getAttribute("view"));
      readPace(this.getAttribute("pace"));
      readTheme(this.getAttribute("theme"));
      this.#data = new LiveData(problems[settings.problem]({ d: settings.d }), settings.widths);
      this.#panel?.showSubject(settings);
      this.#draw();
      return settings;
    } catch (error) {
      this.#fail(error as Error);
      return null;
    }
  }

  async #compute(): Promise<GapReport | null> {
    this.#visible?.disconnect();
    this.#restarting = false;
    this.#clear();
    const settings = this.#prepare();
    if (!settings) return null;
    const run = new LiveRun();
    this.#run = run;
    this.#setPace();
    this.#progress = { done: 0, total: 0, time: 0 };
    this.#setState("running");
    /** What comes after a stop belongs to no figure any more. */
    const current = () => this.#run === run;
    try {
      const report = await run.start(settings, {
        onStart: (alignment) => {
          if (current() && this.#data) this.#data.alignment = alignment;
        },
        onLimit: (limit) => {
          this.#data?.addLimit(limit);
          this.#later();
        },
        onRecord: (record) => {
          this.#data?.add(record);
          this.#later();
        },
        onProgress: (progress) => {
          if (!current()) return;
          this.#progress = progress;
          this.#later();
          this.#tell("progress", progress);
        },
      });
      if (!current() || report === null) return null;
      if (report.status !== "completed") throw new Error(reasonOf(report));
      this.#run = null;
      this.#report = report;
      this.#setState("done");
      this.#draw();
      this.#tell("result", report);
      return report;
    } catch (error) {
      if (current()) this.#fail(error as Error);
      return null;
    }
  }

  #fail(error: Error): void {
    this.#run = null;
    if (!this.#data) this.#panel?.showCharts([]);
    this.#panel?.showError(error.message);
    this.#setState("error");
    this.#tell("error", error);
  }

  #setPace(): void {
    const calm = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches;
    try {
      if (this.#run) this.#run.pace = calm ? 0 : readPace(this.getAttribute("pace"));
    } catch (error) {
      this.#clear();
      this.#fail(error as Error);
    }
  }

  #setState(state: FigureState): void {
    const changed = state !== this.#state;
    this.#state = state;
    this.#panel?.showState(state, this.#words(), changed);
  }

  #words(): string {
    const { done, total } = this.#progress;
    const share = `${Math.floor((100 * done) / Math.max(1, total))} %`;
    switch (this.#state) {
      case "idle":
        return "Ready.";
      case "running":
        return `Running: ${share}`;
      case "paused":
        return `Paused at ${share}`;
      case "error":
        return "Stopped.";
      case "done": {
        const slope = this.#report?.scaling?.meanSquaredDelta?.slope;
        const where =
          this.#report?.workers?.kind === "calling thread"
            ? " (in the page itself, as no worker could be started)"
            : "";
        return `Done${where}.${slope === undefined ? "" : ` E |Δ|² falls as m to the power ${short(Number(slope.toFixed(2)))}.`}`;
      }
    }
  }

  /** Draws with the next frame of the screen. */
  #later(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const panel = this.#panel;
    if (!panel || !this.isConnected || this.#state === "error") return;
    try {
      const views = readViews(this.getAttribute("view"));
      const settings = readSettings((name) => this.getAttribute(name));
      if (this.#data) panel.showCharts(chartsOf(views, this.#data, settings.time));
      panel.showProgress(this.#progress);
      panel.showState(this.#state, this.#words(), false);
      if (this.#state !== "running") panel.showNumbers(this.#data?.limit.length ? this.#data : null);
    } catch (error) {
      this.#clear();
      this.#fail(error as Error);
    }
  }

  #tell<Name extends keyof PropChaosEventMap>(name: Name, detail: PropChaosEventMap[Name]["detail"]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
