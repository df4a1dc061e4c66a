// A document as indented JSON in which a series stays on one line: a gap report has thousands of numbers, and one number
// a line would hide its structure.

const INDENT = "  ";

function isLeaf(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

function write(value: unknown, margin: string): string {
  if (isLeaf(value)) return JSON.stringify(value);
  const inner = margin + INDENT;
  if (Array.isArray(value)) {
    if (value.every(isLeaf)) return `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
    return `[\n${value.map((item) => inner + write(item, inner)).join(",\n")}\n${margin}]`;
  }
  const entries = Object.entries(value as object);
  if (entries.length === 0) return "{}";
  const lines = entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${write(item, inner)}`);
  return `{\n${lines.join(",\n")}\n${margin}}`;
}

/** The JSON of a document, indented by two spaces, lists of plain values on one line, with a newline at the end. */
export function formatJSON(document: unknown): string {
  // The round trip applies toJSON and drops what JSON cannot hold.
  return `${write(JSON.parse(JSON.stringify(document)), "")}\n`;
}
