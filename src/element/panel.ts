// What <prop-chaos> shows in its shadow root: subject and buttons, an error in place, the charts, the status and the numbers.

import type { Progress } from "../core/run.ts";
import { type FigureSettings, VIEWS } from "./attributes.ts";
import { ChartBox } from "./chart.ts";
import { h } from "./dom.ts";
import type { Chart } from "./figures.ts";
import type { LiveData } from "./live-data.ts";
import type { FigureState } from "./state.ts";
import { short } from "./words.ts";

/** Milliseconds between two announcements to screen readers, the last word of a run apart. */
const ANNOUNCEMENTS = 5000;

/** What the buttons do. */
export interface Actions {
  toggle(): void;
  reset(): void;
}

export class Panel {
  /** Told when there is another width to draw at. */
  onResize: () => void = () => {};
  private readonly subject = h("p", { class: "subject", part: "subject" });
  private readonly toggle = h("button", { type: "button", part: "button run" }, "Run");
  private readonly reset = h("button", { type: "button", part: "button reset" }, "Reset");
  private readonly error = h("p", { class: "error", part: "error", role: "alert", hidden: "" });
  private readonly charts = h("div", { class: "charts", part: "charts" });
  private readonly status = h("p", { class: "status", part: "status" });
  private readonly heard = h("p", { class: "heard", role: "status", "aria-live": "polite" });
  private readonly progress = h("progress", {
    part: "progress",
    max: "1",
    value: "0",
    "aria-label": "Progress of the run",
  });
  private readonly table = h("table", {});
  private readonly numbers = h(
    "details",
    { part: "numbers", hidden: "" },
    h("summary", {}, "Numbers"),
    h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": "Numbers" }, this.table),
  );
  private readonly boxes = new Map(VIEWS.map((view) => [view, new ChartBox()]));
  private announced = Number.NEGATIVE_INFINITY;
  private readonly observer: ResizeObserver | null;

  constructor(root: ShadowRoot, actions: Actions) {
    this.toggle.addEventListener("click", () => actions.toggle());
    this.reset.addEventListener("click", () => actions.reset());
    const controls = h("div", { class: "controls", part: "controls" }, this.toggle, this.reset);
    root.append(
      h("div", { class: "head" }, this.subject, controls),
      this.error,
      this.charts,
      h("div", { class: "foot", part: "foot" }, this.status, this.progress),
      this.heard,
      this.numbers,
    );
    this.observer = typeof ResizeObserver === "function" ? new ResizeObserver(() => this.onResize()) : null;
  }

  /** Follows the width of the page, or no more. */
  watch(on: boolean): void {
    if (on) this.observer?.observe(this.charts);
    else this.observer?.disconnect();
  }

  showSubject({ problem, d, widths, seeds, samples }: FigureSettings): void {
    const about = [
      `d = ${d}`,
      `m = ${widths.join(", ")}`,
      seeds === 1 ? "1 seed" : `${seeds} seeds`,
      ...(samples === null ? [] : [`${samples} samples`]),
    ];
    this.subject.replaceChildren(h("strong", {}, problem), " ", h("span", {}, about.join(" · ")));
  }

  /** `urgent`: to be announced at once. */
  showState(state: FigureState, words: string, urgent: boolean): void {
    this.toggle.textContent = state === "running" ? "Pause" : state === "paused" ? "Resume" : "Run";
    this.reset.disabled = state === "idle";
    this.progress.hidden = state !== "running" && state !== "paused";
    this.status.textContent = words;
    const now = performance.now();
    if (!urgent && now - this.announced < ANNOUNCEMENTS) return;
    this.announced = now;
    this.heard.textContent = words;
  }

  showProgress({ done, total }: Progress): void {
    this.progress.value = total > 0 ? done / total : 0;
  }

  showError(message: string | null): void {
    this.error.hidden = message === null;
    this.error.textContent = message;
  }

  showCharts(charts: readonly Chart[]): void {
    const wanted = charts.flatMap(({ view }) => this.boxes.get(view)?.element ?? []);
    const present = [...this.charts.children];
    if (wanted.length !== present.length || wanted.some((element, i) => element !== present[i]))
      this.charts.replaceChildren(...wanted);
    this.charts.classList.toggle("single", charts.length === 1);
    for (const chart of charts) this.boxes.get(chart.view)?.draw(chart);
  }

  /** The last numbers of each width: what the drawings say to who does not see them. */
  showNumbers(data: LiveData | null): void {
    this.numbers.hidden = data === null;
    if (!data) return;
    const cell = (text: string) => h("td", {}, text);
    const last = (w: number, name: "loss" | "meanSquaredDelta" | "functionGap") => {
      const point = data.series(w, name).at(-1);
      return cell(point ? `${short(point.mean)} ± ${short(point.stderr)}` : "–");
    };
    const rows = data.widths.map((m, w) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, String(m)),
        cell(String(data.seeds(w))),
        last(w, "loss"),
        last(w, "meanSquaredDelta"),
        last(w, "functionGap"),
      ),
    );
    const limit = data.limit.at(-1);
    const infinite = [
      h("th", { scope: "row" }, data.referenced ? "reference" : "∞"),
      cell("–"),
      cell(limit ? short(limit.loss) : "–"),
      cell("0"),
      cell("0"),
    ];
    const heads = ["Width m", "Seeds", "Risk", "E |Δ|²", "E (f − f_MF)²"];
    const head = h("tr", {}, ...heads.map((text) => h("th", { scope: "col" }, text)));
    this.table.replaceChildren(h("thead", {}, head), h("tbody", {}, ...rows, h("tr", {}, ...infinite)));
  }
}
