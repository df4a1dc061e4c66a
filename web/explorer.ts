// The explorer: settings, a run of them, what is shown of it, and the buttons. State goes one way: settings -> run -> data ->
// pictures; whatever the user does starts at one of these.

import type { StoredGapReport } from "propchaos";
import { Controls } from "./controls.ts";
import { type ExportName, filesOf, save } from "./export.ts";
import { Announcer, byId, confirmOn, copy, notify, onClick } from "./page.ts";
import { Pictures } from "./pictures.ts";
import type { Reply } from "./protocol.ts";
import { RunData } from "./run-data.ts";
import { type Job, type Phase, Runner } from "./runner.ts";
import { commandLine, nodeScript } from "./script.ts";
import { DEFAULTS, type RawSettings, readSettings, type Settings } from "./settings.ts";
import { startTheme } from "./theme.ts";
import { TOUR } from "./tour.ts";
import { TourPanel } from "./tour-panel.ts";
import { readUrl, writeUrl } from "./url.ts";
import { few } from "./views/view.ts";

/** Milliseconds a record when a run is shown again, and for who wants little motion. */
const REPLAY_PAUSE = 60;
const CALM_REPLAY_PAUSE = 700;

const NO_COMMAND =
  "The command line knows the problems of the list by name, and this Hermite polynomial is not one of them.";

/** How a run ended, in a sentence or two. */
function endingOf({ status, divergence, widths, meanField }: StoredGapReport): string {
  const widest = widths.at(-1);
  const loss = widest?.loss.mean.at(-1);
  const limit = meanField.loss.at(-1);
  if (divergence)
    return `Ended at t = ${few(divergence.time)}: the numbers of a ${divergence.where} were no longer finite.`;
  if (status !== "completed" || loss === undefined || limit === undefined) return `Ended: ${status}.`;
  const other = meanField.width === undefined ? "limit" : "reference network";
  return `Done. At the end the risk is ${few(loss)} for m = ${widest?.m} and ${few(limit)} for the ${other}.`;
}

export class Explorer {
  private settings: Settings = DEFAULTS;
  private tour: number | null = null;
  private data: RunData | null = null;
  /** The record and the network that are shown; while `follow`, those that were told last. */
  private shown = { k: 0, m: DEFAULTS.widths[0] };
  private follow = true;
  private replay: ReturnType<typeof setInterval> | undefined;
  private share = 0;

  private readonly controls = new Controls((raw) => this.change(raw));
  private readonly panel = new TourPanel((step) => this.visit(step));
  private readonly pictures = new Pictures();
  private readonly announcer = new Announcer();
  private readonly network = byId<HTMLSelectElement>("network");
  private readonly record = byId<HTMLInputElement>("record");
  private readonly run = onClick("run", () => this.toggle());
  private readonly stop = onClick("cancel", () => this.cancel());
  private readonly again = onClick("replay", () => this.startReplay());
  private readonly runner = new Runner({
    phase: (phase) => this.enter(phase),
    reply: (reply, job) => this.hear(reply, job),
    failed: (message, job) => this.fail(message, job),
  });

  constructor() {
    onClick("step-once", () => this.step());
    onClick("rewind", () => this.start(true));
    onClick("reset", () => this.reset());
    this.network.addEventListener("change", () => this.show({ m: Number(this.network.value) }));
    this.record.addEventListener("input", () => this.show({ k: Number(this.record.value) }));
    this.startTaking();
    addEventListener("hashchange", () => this.load());
    startTheme(() => this.draw());
    this.load();
  }

  /** Takes the state from the URL. */
  private load(): void {
    const { settings, tour, notices } = readUrl(location.hash, TOUR.length);
    this.apply(settings, tour);
    notify(notices);
  }

  /** Takes what stands in the form. */
  private change(raw: RawSettings): void {
    const { settings, notices } = readSettings(raw, this.settings);
    this.apply(settings, this.tour);
    notify(notices);
  }

  /** Goes to a step of the tour and runs it; null leaves the tour as it is. */
  private visit(step: number | null): void {
    notify([]);
    this.apply(step === null ? this.settings : TOUR[step].settings, step);
    if (step !== null) this.start(false);
  }

  private reset(): void {
    notify([]);
    this.apply(this.tour === null ? DEFAULTS : TOUR[this.tour].settings, this.tour);
    this.clear();
  }

  /** Other settings end the run, which was of those before. */
  private apply(settings: Settings, tour: number | null): void {
    const same = this.data !== null && JSON.stringify(settings) === JSON.stringify(this.settings);
    this.settings = settings;
    this.tour = tour;
    this.controls.show(settings);
    this.panel.show(tour);
    history.replaceState(null, "", writeUrl(settings, tour));
    byId<HTMLTextAreaElement>("node-script").value = nodeScript(settings);
    const line = commandLine(settings);
    byId<HTMLTextAreaElement>("cli-line").value = line ?? NO_COMMAND;
    byId<HTMLButtonElement>("copy-cli").disabled = line === null;
    if (!same) this.clear();
  }

  private clear(): void {
    this.runner.cancel();
    this.data = null;
    this.begin();
    this.refreshButtons();
    this.status("Ready: press Run, or take the first step of the tour.");
  }

  /** What is shown before the first record. */
  private begin(): void {
    const { widths } = this.settings;
    this.endReplay();
    this.share = 0;
    byId<HTMLProgressElement>("progress").value = 0;
    this.follow = true;
    this.shown = { k: 0, m: widths[0] };
    this.network.replaceChildren(...widths.map((m) => new Option(`m = ${m}`, String(m))));
    this.record.max = String(Math.max(1, (this.data?.records ?? 2) - 1));
    this.draw();
  }

  private start(held: boolean): void {
    this.runner.cancel();
    notify([]);
    this.data = new RunData(this.settings);
    this.begin();
    this.runner.start(this.settings, held);
  }

  private toggle(): void {
    const { phase } = this.runner;
    if (phase === "running" || phase === "starting") this.runner.hold();
    else if (phase === "held") {
      this.follow = true;
      this.runner.go();
    } else this.start(false);
  }

  private step(): void {
    const { phase } = this.runner;
    this.follow = true;
    if (phase === "idle" || phase === "done" || phase === "failed") this.start(true);
    else this.runner.step();
  }

  private cancel(): void {
    this.runner.cancel();
    if (this.data && !this.data.theory) this.data.theoryFailure = "The run was cancelled before the theory was known.";
    this.status("Cancelled; what was finished is still shown.");
    this.announcer.say("Cancelled.");
    this.draw();
  }

  private enter(phase: Phase): void {
    const moving = phase === "running" || phase === "starting";
    this.run.textContent = moving ? "Pause" : phase === "held" ? "Continue" : "Run";
    this.refreshButtons();
    if (phase === "starting") this.status("Starting …");
    if (phase === "held") this.progress();
    if (phase === "running") this.announcer.say("Running.");
    if (phase === "held") this.announcer.say("Held. Step goes on to the next record, Continue to the end.");
  }

  private refreshButtons(): void {
    const { phase } = this.runner;
    this.stop.disabled = !this.runner.busy;
    this.again.disabled = phase === "running" || phase === "starting" || !this.data?.latest;
    const files = filesOf(this.data, this.shown.m);
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-export]"))
      button.disabled = files[button.dataset.export as ExportName] === undefined;
  }

  private hear(reply: Reply, job: Job): void {
    const { data } = this;
    if (!data) return;
    data.hear(reply);
    if (reply.type === "ready" && job === "gap") this.status("Preparing the limit …");
    if (reply.type === "record") {
      if (this.follow && reply.record.replica === 0) this.shown = { k: reply.record.k, m: reply.record.m };
      this.progress();
    } else if (reply.type === "progress") {
      this.share = reply.share;
      this.progress();
    } else if (reply.type === "report") this.finish();
    if (reply.type === "report" || reply.type === "theory") this.refreshButtons();
    this.draw();
  }

  private finish(): void {
    const report = this.data?.report;
    if (!report) return;
    this.share = 1;
    byId<HTMLProgressElement>("progress").value = 1;
    const sentence = endingOf(report);
    this.status(sentence);
    this.announcer.say(sentence);
    if (report.failure !== undefined) notify([report.failure]);
  }

  /** Where the run is, in a line and a bar. */
  private progress(): void {
    byId<HTMLProgressElement>("progress").value = this.share;
    const latest = this.data?.latest;
    if (!latest) return;
    const { seeds, time } = this.settings;
    const which = seeds > 1 ? `, seed ${latest.replica + 1} of ${seeds}` : "";
    const held = this.runner.phase === "held" ? "Held: network" : "Network";
    this.status(`${held} m = ${latest.m}${which}, t = ${latest.time.toFixed(2)} of ${few(time, 6)}.`);
  }

  private status(text: string): void {
    byId("status").textContent = text;
  }

  private fail(message: string, job: Job): void {
    if (job === "theory") {
      if (this.data) this.data.theoryFailure = message;
    } else {
      notify([message]);
      this.status("Nothing was computed.");
    }
    this.refreshButtons();
    this.draw();
  }

  /** Shows another record or network, and no longer follows the run. */
  private show(shown: Partial<typeof this.shown>): void {
    this.endReplay();
    this.follow = false;
    this.shown = { ...this.shown, ...shown };
    this.refreshButtons();
    this.draw();
  }

  private startReplay(): void {
    this.endReplay();
    this.follow = false;
    this.shown = { ...this.shown, k: 0 };
    const pause = matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM_REPLAY_PAUSE : REPLAY_PAUSE;
    this.replay = setInterval(() => {
      const last = (this.data?.of(this.shown.m).frames.length ?? 0) - 1;
      if (this.shown.k >= last) this.endReplay();
      else this.shown = { ...this.shown, k: this.shown.k + 1 };
      this.draw();
    }, pause);
    this.draw();
  }

  private endReplay(): void {
    clearInterval(this.replay);
  }

  private draw(): void {
    const { k, m } = this.shown;
    this.network.value = String(m);
    this.record.value = String(k);
    const time = this.data?.time[k] ?? 0;
    this.record.setAttribute("aria-valuetext", `t = ${few(time)}`);
    byId("record-time").textContent = `t = ${time.toFixed(2)}`;
    this.pictures.draw(this.data, { ...this.shown });
  }

  /** What can be taken away: a link, files, scripts. */
  private startTaking(): void {
    const copying = (id: string, text: () => string, shown?: string) => {
      const button: HTMLButtonElement = onClick(id, () => {
        void copy(text(), shown === undefined ? undefined : byId<HTMLTextAreaElement>(shown)).then((copied) => {
          confirmOn(button, copied ? "Copied" : shown === undefined ? "See the address bar" : "Selected");
          this.announcer.say(copied ? "Copied." : "The browser does not allow copying.");
        });
      });
    };
    copying("share", () => location.href);
    copying("copy-node", () => nodeScript(this.settings), "node-script");
    copying("copy-cli", () => commandLine(this.settings) ?? "", "cli-line");
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-export]"))
      button.addEventListener("click", () => {
        const file = filesOf(this.data, this.shown.m)[button.dataset.export as ExportName];
        if (file) save(file).catch((error: Error) => notify([error.message]));
      });
  }
}
