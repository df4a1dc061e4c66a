// What names a mutant in every run: its place and what it puts there. Stryker numbers mutants anew each time.

/** @param {{ fileName: string, location: { start: object, end: object }, replacement: string }} mutant */
export function keyOf({ fileName, location: { start, end }, replacement }) {
  const path = fileName.replaceAll("\\", "/").replace(/^.*\/(?=src\/)/, "");
  return `${path}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column} ${replacement}`;
}
