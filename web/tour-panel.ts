// The steps of the tour as a row of buttons, and the text of the one that was taken.

import { byId, onClick } from "./page.ts";
import { TOUR } from "./tour.ts";

export class TourPanel {
  private place: number | null = null;
  private readonly buttons: HTMLButtonElement[];
  private readonly back: HTMLButtonElement;
  private readonly next: HTMLButtonElement;

  /** `visit` is called with the step that is wanted, null to leave. */
  constructor(visit: (step: number | null) => void) {
    this.buttons = TOUR.map(({ title }, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = title;
      button.addEventListener("click", () => visit(index));
      return button;
    });
    byId("tour-steps").replaceChildren(
      ...this.buttons.map((button) => {
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
    );
    this.back = onClick("tour-back", () => visit((this.place ?? 0) - 1));
    this.next = onClick("tour-next", () => visit((this.place ?? 0) + 1));
    onClick("tour-end", () => {
      const { place } = this;
      visit(null);
      if (place !== null) this.buttons[place].focus();
    });
  }

  show(place: number | null): void {
    this.place = place;
    this.buttons.forEach((button, index) => {
      if (index === place) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
    byId("tour-text").hidden = place === null;
    if (place === null) return;
    const { text, lookFor } = TOUR[place];
    byId("tour-lead").textContent = text;
    byId("tour-look").textContent = lookFor;
    this.back.disabled = place === 0;
    this.next.disabled = place === TOUR.length - 1;
  }
}
