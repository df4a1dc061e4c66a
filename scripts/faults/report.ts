// What the planted faults have come to, in tables.

import { type Fault, KINDS } from "../../tests/faults/fault.ts";
import { BUILDS, type Build } from "./plant.ts";

/** What caught a fault: a build of the kernels' own tests, or vitest; "survived" nothing, "broken" it does not compile. */
export type Tier = Build | "vitest" | "survived" | "broken";

export interface Outcome {
  fault: Fault;
  tier: Tier;
  /** The test that failed, or what the compiler says. */
  by: string;
}

/** A Markdown table with columns of one width; words to the left, numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = head.map((name, i) => Math.max(name.length, 3, ...rows.map((row) => String(row[i]).length)));
  const line = (row: readonly (string | number)[]) =>
    `| ${row.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i]))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)];
}

/** The folder that a fault is counted in: "gemm" for assembly/gemm/tile.ts, "src" for all of TypeScript. */
function folderOf({ file }: Fault): string {
  return file.replace(/^assembly\//, "").replace(/\/.*$/, "");
}

/** How many faults there are of each kind in each folder; a folder without one has no column. */
export function kindTable(faults: readonly Fault[]): string[] {
  const folders = [...new Set(faults.map(folderOf))];
  const row = (name: string, some: readonly Fault[]) => [
    name,
    ...folders.map((folder) => some.filter((fault) => folderOf(fault) === folder).length || ""),
    some.length,
  ];
  const kinds = KINDS.map((kind) => ({ kind, some: faults.filter((fault) => fault.kind === kind) }));
  const rows = kinds.filter(({ some }) => some.length > 0).map(({ kind, some }) => row(kind, some));
  return table(["kind", ...folders, "all"], [...rows, row("all", faults)]);
}

/** The faults of each file, and what caught them. */
export function fileTable(outcomes: readonly Outcome[]): string[] {
  const files = [...new Set(outcomes.map(({ fault }) => fault.file))];
  const tiers: readonly Tier[] = [...BUILDS, "vitest", "survived"];
  const row = (name: string, some: readonly Outcome[]) => [
    name,
    some.length,
    ...tiers.map((wanted) => some.filter(({ tier }) => tier === wanted).length || ""),
  ];
  const rows = files.map((file) =>
    row(
      file,
      outcomes.filter(({ fault }) => fault.file === file),
    ),
  );
  return table(["file", "planted", ...tiers], [...rows, row("all", outcomes)]);
}

/** The last lines of a run: tables, what was not caught, and the sum. */
export function report(outcomes: readonly Outcome[]): { lines: string[]; fine: boolean } {
  const missed = outcomes.filter(({ tier }) => tier === "survived" || tier === "broken");
  const lines = [...fileTable(outcomes), "", ...kindTable(outcomes.map(({ fault }) => fault)), ""];
  for (const { fault, tier } of missed) lines.push(`${tier}: ${fault.file}, ${fault.kind}: ${fault.what}`);
  lines.push(`${outcomes.length} planted, ${outcomes.length - missed.length} caught`);
  return { lines, fine: outcomes.length > 0 && missed.length === 0 };
}
