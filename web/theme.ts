// Light and dark: as the system has it, or as the button says, which is remembered where the browser allows it.

import { byId } from "./page.ts";

const KEY = "propchaos-theme";

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme: "dark" | "light"): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing still shows it.
  }
}

/** Sets the theme and its button; `changed` is called after each change. */
export function startTheme(changed: () => void): void {
  const button = byId<HTMLButtonElement>("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  let choice = remembered();
  const apply = () => {
    const dark = choice === null ? system.matches : choice === "dark";
    document.documentElement.classList.toggle("dark", dark);
    button.setAttribute("aria-pressed", String(dark));
    changed();
  };
  button.addEventListener("click", () => {
    choice = document.documentElement.classList.contains("dark") ? "light" : "dark";
    remember(choice === "dark" ? "dark" : "light");
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}
