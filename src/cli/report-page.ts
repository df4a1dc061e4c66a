// One page that holds all of a directory: tables, figures, settings, provenance, citation. It needs no script and loads nothing,
// so that it can be mailed, printed and kept.

import { cite, version } from "../index.ts";
import { Html, html, inlineSVG } from "./html.ts";
import type { Found, FoundDocument } from "./plot-directory.ts";
import { provenanceOf, tablesOf } from "./report-tables.ts";

/** A figure that was drawn. */
export interface DrawnFigure {
  name: string;
  title: string;
  svg: string;
}

/** A document with its figures. */
export interface Section extends FoundDocument {
  figures: DrawnFigure[];
}

const STYLE = `
:root { color-scheme: light; }
body { margin: 3rem auto; max-width: 60rem; padding: 0 1.5rem; background: #fff; color: #222;
  font: 17px/1.55 Charter, "Bitstream Charter", Georgia, serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; font-weight: 600; }
h2 { font-size: 1.4rem; margin: 3.5rem 0 .2rem; padding-top: 1rem; border-top: 1px solid #ccc; font-weight: 600; }
h3 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; font-weight: 600; }
p { margin: .5rem 0; } .soft { color: #666; }
code, pre { font: .85em/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre { overflow-x: auto; padding: .8rem 1rem; border-left: 2px solid #ccc; }
table { border-collapse: collapse; margin: .6rem 0; font-size: .88rem; font-variant-numeric: tabular-nums; }
thead th { border-bottom: 1px solid #222; } th, td { padding: .2rem .9rem .2rem 0; vertical-align: top; }
th { text-align: right; font-weight: 600; } td { text-align: right; }
.settings th, .settings td { text-align: left; } .settings th { font-weight: normal; color: #666; white-space: nowrap; }
.settings td { overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
figure { margin: 1.5rem 0; break-inside: avoid; } figure svg { max-width: 100%; height: auto; display: block; }
figcaption { font-size: .85rem; color: #666; } nav ul { list-style: none; padding: 0; margin: .5rem 0; }
a { color: #5302a3; } details summary { cursor: pointer; }
@media print { body { margin: 0; max-width: none; font-size: 10.5pt; } h2 { break-before: page; } nav { display: none; } }
`;

/** Anchor of a section; names of files may hold anything. */
function anchor(index: number): string {
  return `document-${index + 1}`;
}

function headingOf({ file, figures }: Section): string {
  return figures[0]?.title ?? file;
}

function section(one: Section, index: number): Html {
  const { file, report, figures } = one;
  return html`
<section id="${anchor(index)}">
<h2>${headingOf(one)}</h2>
<p class="soft"><code>${file}</code>, ${report.status}</p>
${figures.map(
  ({ name, title, svg }) => html`<figure>${inlineSVG(svg, `${anchor(index)}-${name}`, title)}
<figcaption>${title} (<code>${name}</code>)</figcaption></figure>
`,
)}
<div class="scroll">${tablesOf(report)}</div>
<h3>Settings and provenance</h3>
<div class="scroll">${provenanceOf(report)}</div>
</section>`;
}

/** The page, as a whole HTML document. */
export function reportPage(
  directory: string,
  sections: readonly Section[],
  more: readonly DrawnFigure[],
  found: Found,
): string {
  const title = `Results in ${directory}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="propchaos ${version}">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<h1>${title}</h1>
<p class="soft">propchaos ${version}. Time is flow time; every other quantity is a pure number.</p>
<nav><ul>${sections.map((one, index) => html`<li><a href="#${anchor(index)}">${headingOf(one)}</a> <span class="soft">${one.file}</span></li>`)}</ul></nav>
${found.skipped.length > 0 && html`<h3>Not read</h3><ul>${found.skipped.map(({ file, reason }) => html`<li><code>${file}</code>: ${reason}</li>`)}</ul>`}
${sections.map(section)}
${more.map(({ name, title, svg }) => html`<h2>${title}</h2><figure>${inlineSVG(svg, `more-${name}`, title)}<figcaption>${title} (<code>${name}</code>)</figcaption></figure>`)}
<h2>To cite</h2>
<pre>${cite()}</pre>
</body>
</html>
`;
  return page.text;
}
