// Pieces of an HTML page: text is escaped here and nowhere else.

/** HTML that is safe to put into a page. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(value: unknown): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(escaped).join("");
  if (value === null || value === undefined || value === false) return "";
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** A template whose values are escaped, unless they are HTML already; lists are joined. */
export function html(parts: TemplateStringsArray, ...values: unknown[]): Html {
  return new Html(parts.reduce((text, part, i) => text + escaped(values[i - 1]) + part));
}

/** A table with a head. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): Html {
  return html`<table><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table>`;
}

/** A table of names and values. */
export function definitions(entries: readonly (readonly [string, unknown])[]): Html {
  return html`<table class="settings"><tbody>${entries.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</tbody></table>`;
}

/** An SVG document as part of a page: its definitions get names of their own, which they share with no other picture. */
export function inlineSVG(svg: string, prefix: string, label: string): Html {
  const text = svg
    .trim()
    .replace(/\bid="([^"]+)"/g, (_, id) => `id="${prefix}-${id}"`)
    .replace(/url\(#([^)]+)\)/g, (_, id) => `url(#${prefix}-${id})`)
    .replace(
      /(xlink:)?href="#([^"]+)"/g,
      (_, space: string | undefined, id: string) => `${space ?? ""}href="#${prefix}-${id}"`,
    )
    .replace(/^<svg /, `<svg role="img" aria-label="${escaped(label)}" `);
  return new Html(text);
}
