// The stylesheet of <prop-chaos>, which all elements of a page share. Authors set the custom properties; those with an
// underscore are the values that are used.

import { orderedColours } from "../plot/palette.ts";

/** What a theme determines: the names of custom properties after "--prop-chaos-", with their defaults. */
type Theme = Readonly<Record<string, string>>;

function series(colours: readonly string[]): Theme {
  return Object.fromEntries(colours.map((colour, i) => [`series-${i + 1}`, colour]));
}

const LIGHT: Theme = {
  background: "#ffffff",
  ink: "#1c1c22",
  muted: "#5c5c68",
  grid: "#e4e4ea",
  axis: "#a2a2ae",
  accent: "#3b3f9e",
  error: "#a3132b",
  limit: "#1c1c22",
  particle: "#5302a3",
  ...series(orderedColours(8)),
};

/** On dark paper an ordered quantity goes from dim to bright, along the bright end of the same map. */
const DARK: Theme = {
  background: "#17171c",
  ink: "#ececf1",
  muted: "#a9a9b6",
  grid: "#2e2e37",
  axis: "#6b6b79",
  accent: "#b3b6ff",
  error: "#ff9aa8",
  limit: "#ececf1",
  particle: "#f2a65a",
  ...series(["#8f74d6", "#ab6fd0", "#c56cc0", "#dc6fa8", "#ec7a8b", "#f58f6e", "#fbab5e", "#fcd37f"]),
};

function used(theme: Theme): string {
  return Object.entries(theme)
    .map(([name, value]) => `--_${name}: var(--prop-chaos-${name}, ${value});`)
    .join("\n");
}

const TONES = ["limit", "particle", ...Array.from({ length: 8 }, (_, i) => `series-${i + 1}`)];

const RULES = `
:host {
  ${used(LIGHT)}
  color-scheme: light;
  display: block;
  container-type: inline-size;
  box-sizing: border-box;
  padding: 1.1rem 1.25rem;
  border: 1px solid var(--_grid);
  border-radius: var(--prop-chaos-radius, 10px);
  background: var(--_background);
  color: var(--_ink);
  font: 400 0.9375rem/1.5 var(--prop-chaos-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif);
  text-align: start;
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) {
  :host(:not([theme="light"])) { ${used(DARK)} color-scheme: dark; }
}
:host([theme="dark"]) { ${used(DARK)} color-scheme: dark; }

.head { display: flex; flex-wrap: wrap; align-items: center; gap: 0.35rem 1rem; margin: 0 0 0.9rem; }
.subject { flex: 1 1 14rem; margin: 0; min-width: 0; }
.subject strong { font-weight: 600; }
.subject span { color: var(--_muted); }
.controls { display: flex; gap: 0.5rem; }
button {
  min-width: 4.6rem;
  min-height: 2rem;
  padding: 0.2rem 0.8rem;
  border: 1px solid var(--_axis);
  border-radius: 6px;
  background: transparent;
  color: inherit;
  font: inherit;
  cursor: pointer;
}
button:hover:not(:disabled) { border-color: var(--_accent); color: var(--_accent); }
button:focus-visible, summary:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
button:disabled { color: var(--_muted); border-color: var(--_grid); cursor: default; }

.charts { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem 1.75rem; }
@container (min-width: 38rem) { .charts:not(.single) { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.chart { margin: 0; min-width: 0; }
figcaption { margin: 0 0 0.3rem; }
figcaption strong { font-weight: 600; }
.formula { margin-inline-start: 0.3rem; color: var(--_muted); }
.drawing { display: block; overflow: visible; }
.tick, .label { fill: var(--_muted); font-size: 11.5px; font-variant-numeric: tabular-nums; }
.grid { fill: none; stroke: var(--_grid); shape-rendering: crispEdges; }
.axis { fill: none; stroke: var(--_axis); shape-rendering: crispEdges; }
.line { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
.line.dashed { stroke-dasharray: 5 4; stroke-width: 1.5; }
.band { stroke: none; opacity: 0.16; }
.drawing .line.particle { stroke-width: 1; opacity: 0.45; }
${TONES.map((tone) => `.line.${tone} { stroke: var(--_${tone}); } .band.${tone}, .dot.${tone} { fill: var(--_${tone}); }`).join("\n")}
.legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; margin: 0.35rem 0 0; padding: 0; list-style: none; font-size: 0.8125rem; color: var(--_muted); }
.legend li { display: flex; align-items: center; gap: 0.4rem; }

.foot { display: flex; flex-wrap: wrap; align-items: center; gap: 0.35rem 1rem; margin-top: 0.9rem; font-size: 0.8125rem; color: var(--_muted); }
.status { margin: 0; flex: 1 1 10rem; font-variant-numeric: tabular-nums; }
progress { flex: 0 1 10rem; height: 4px; border: 0; border-radius: 2px; overflow: hidden; appearance: none; background: var(--_grid); }
progress::-webkit-progress-bar { background: var(--_grid); }
progress::-webkit-progress-value { background: var(--_accent); transition: width 0.2s linear; }
progress::-moz-progress-bar { background: var(--_accent); }
.error { margin: 0 0 0.9rem; padding: 0.6rem 0.8rem; border-inline-start: 3px solid var(--_error); color: var(--_error); overflow-wrap: anywhere; }
details { margin-top: 0.6rem; font-size: 0.8125rem; }
summary { width: fit-content; color: var(--_muted); cursor: pointer; border-radius: 3px; }
.scroll { overflow-x: auto; }
table { margin-top: 0.5rem; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 1.1rem 0.2rem 0; text-align: start; font-weight: 400; white-space: nowrap; }
thead th { color: var(--_muted); border-bottom: 1px solid var(--_grid); }
[hidden] { display: none !important; }
.heard { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: reduce) { progress::-webkit-progress-value { transition: none; } }
@media print { .controls, .foot { display: none; } }
`;

let sheet: CSSStyleSheet | undefined;

/** Made once a page: a constructed stylesheet needs no 'unsafe-inline' in a Content-Security-Policy. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(RULES);
  }
  return sheet;
}
