// The form of settings: what the user writes becomes settings that can be run, and the form shows them.

import { describeProblem, type Problem, problemNames } from "propchaos";
import { problemOf } from "./experiment.ts";
import { byId } from "./page.ts";
import {
  DEFAULTS,
  NAMES,
  needsSamples,
  type ProblemChoice,
  type RawSettings,
  type Settings,
  writeSettings,
} from "./settings.ts";

/** Samples that stand in the field before anybody has written another number. */
const SUGGESTED_SAMPLES = "16384";

type Field = HTMLInputElement | HTMLSelectElement;

function option(value: string, text: string): HTMLOptionElement {
  return new Option(text, value);
}

function group(label: string, names: readonly ProblemChoice[]): HTMLOptGroupElement {
  const element = document.createElement("optgroup");
  element.label = label;
  element.append(...names.map((name) => option(name, name)));
  return element;
}

function fillProblems(select: HTMLSelectElement): void {
  const of = (kind: Problem["kind"]) =>
    problemNames.filter((problem) => problemOf({ ...DEFAULTS, problem }).kind === kind);
  const hermite = document.createElement("optgroup");
  hermite.label = "Any information exponent";
  hermite.append(option("Hermite", "Hermite polynomial of degree k"));
  select.append(
    hermite,
    group("One direction", of("single-index")),
    group("Several directions, or none", of("multi-index")),
    group("Boolean, on samples", of("boolean")),
  );
}

/** A problem in one line. */
function problemText({ problem, exponent }: Settings): string {
  if (problem === "Hermite") return `activation h_${exponent}, target h_${exponent}(x_1)`;
  const { activation, target, signed, informationExponent } = describeProblem(problem);
  const signs = signed ? ", signs +1 and −1" : "";
  return `activation ${activation}${signs}; target ${target}; information exponent ${informationExponent ?? "none"}`;
}

export class Controls {
  private readonly form = byId<HTMLFormElement>("controls");
  private shown: Settings = DEFAULTS;

  /** `changed` is called with what stands in the form after each change. */
  constructor(changed: (raw: RawSettings) => void) {
    fillProblems(byId<HTMLSelectElement>("problem"));
    this.form.addEventListener("change", () => changed(this.read()));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    byId("exponent").addEventListener("input", () => {
      byId("exponent-value").textContent = this.field("exponent").value;
    });
  }

  private field(name: keyof Settings): Field {
    return byId<HTMLInputElement>(name);
  }

  private radios(): HTMLInputElement[] {
    return [...this.form.querySelectorAll<HTMLInputElement>("input[name=data]")];
  }

  private read(): RawSettings {
    const raw: RawSettings = Object.fromEntries(NAMES.map((name) => [name, this.field(name).value]));
    const population = this.radios().find(({ checked }) => checked)?.value !== "samples";
    // What stands in the hidden field must not come back as an error.
    if (population) raw.samples = "population";
    // A problem without a population that was just chosen is trained on the suggested number.
    if (population && raw.problem !== this.shown.problem && needsSamples(raw.problem as ProblemChoice))
      raw.samples = SUGGESTED_SAMPLES;
    return raw;
  }

  /** Shows settings. */
  show(settings: Settings): void {
    this.shown = settings;
    const { samples, ...text } = writeSettings(settings);
    for (const [name, value] of Object.entries(text))
      this.field(name as keyof Settings).value = value.replaceAll(",", ", ");
    byId("exponent-value").textContent = text.exponent;
    byId("exponent-row").hidden = settings.problem !== "Hermite";
    byId("problem-text").textContent = problemText(settings);
    const sampled = settings.samples !== null;
    this.field("samples").value = sampled ? samples : SUGGESTED_SAMPLES;
    byId("samples-row").hidden = !sampled;
    for (const radio of this.radios()) {
      radio.checked = (radio.value === "samples") === sampled;
      radio.disabled = radio.value === "population" && needsSamples(settings.problem);
    }
  }
}
