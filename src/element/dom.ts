// Elements without markup as text, which a Content-Security-Policy with Trusted Types would refuse.

type Content = Node | string | null;

/** An element with these attributes, parts of text and children. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...content: Content[]
): HTMLElementTagNameMap[Name] {
  return fill(document.createElement(name), attributes, content);
}

/** The same for drawings. */
export function svg(
  name: string,
  attributes: Readonly<Record<string, string | number>> = {},
  ...content: Content[]
): SVGElement {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, content);
}

function fill<T extends Element>(
  element: T,
  attributes: Readonly<Record<string, string | number>>,
  content: Content[],
): T {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...content.filter((part) => part !== null));
  return element;
}
