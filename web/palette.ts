// Colours of the figures. Widths are an ordered quantity: their colours go from faint to strong, so that the order survives
// colour blindness; on a dark page from dark to light. All else takes the colours of the page, by the names of its style sheet.

const ON_LIGHT = ["#d9662b", "#c9425f", "#ad2791", "#8305a7", "#5b1fc4", "#2f3fd0"];
const ON_DARK = ["#8576ff", "#b46cf0", "#e36ab4", "#f58a68", "#fbb356", "#f7e46b"];

/** Names of colours in the style sheet. */
export type Token = "ink" | "soft" | "line" | "paper" | "accent" | "second" | "third" | "law";

function style(): CSSStyleDeclaration {
  return getComputedStyle(document.documentElement);
}

/** A colour of the page as it is now. */
export function token(name: Token): string {
  return style().getPropertyValue(`--${name}`).trim();
}

/** Whether the page is dark now. */
export function isDark(): boolean {
  return style().colorScheme === "dark";
}

/** Colour of the index-th of `count` widths. */
export function widthColour(index: number, count: number): string {
  const anchors = isDark() ? ON_DARK : ON_LIGHT;
  const last = anchors.length - 1;
  return anchors[count === 1 ? Math.round(last / 2) : Math.round((index * last) / (count - 1))];
}
