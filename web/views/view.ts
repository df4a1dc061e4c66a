// What every view is: a figure in its place on the page, drawn from the data of a run.

import type { RunData, Shown } from "../run-data.ts";

export interface View {
  /** Draws the run; `null` where nothing has been run. */
  draw(data: RunData | null, shown: Shown): void;
}

/** The element of a view by its class, such as `.plot`. */
export function part<Kind extends HTMLElement>(view: string, selector: string): Kind {
  const found = document.querySelector<Kind>(`#view-${view} ${selector}`);
  if (!found) throw new Error(`the page has no ${selector} in view ${view}`);
  return found;
}

/** Says something below a view, or what stands in its place; empty text hides it. */
export function say(view: string, text: string): void {
  const note = part(view, ".note");
  // Not written again, so that a screen reader is not led to read it again.
  if (note.textContent !== text) note.textContent = text;
}

/** A number in few digits, for sentences. */
export function few(value: number, digits = 3): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(digits - 1) : String(Number(value.toPrecision(digits)));
  return text.replace("-", "−");
}
