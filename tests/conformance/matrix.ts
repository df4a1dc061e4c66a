// What the engines said, beside the committed hashes: a matrix cases x engines x builds, and a sentence for everything
// that is not as it must be.

import { type Heard, key } from "./listen.ts";

/** What became of an engine: heard, missing with the reason, or left out by name. */
export type Outcome = Heard | { engine: string; missing: string } | { engine: string; without: true };

export interface Verdict {
  lines: string[];
  passed: number;
  failed: number;
}

const CELLS = { same: "=", other: "OTHER", error: "ERROR", none: "none" };
type Cell = keyof typeof CELLS;

function cellOf(outcome: Outcome, build: string, name: string, hash: string | undefined): Cell {
  const result = "results" in outcome ? outcome.results.get(key(build, name)) : undefined;
  if (!result) return "none";
  if ("error" in result) return "error";
  return result.hash === hash ? "same" : "other";
}

function headOf(outcome: Outcome): string {
  return "version" in outcome ? `${outcome.engine} ${outcome.version ?? "?"}` : outcome.engine;
}

/** One sentence a thing that went wrong in an engine, those of the same kind together. */
function complaints(outcome: Outcome, hashes: ReadonlyMap<string, string>): string[] {
  const { engine } = outcome;
  if ("without" in outcome) return [];
  if ("missing" in outcome)
    return [`${engine} is missing, and --without does not name it: ${outcome.missing}; or leave it out by name`];
  const others = [...outcome.results].flatMap(([where, result]) => {
    if ("error" in result) return [`${engine}, ${where}: ${result.error}`];
    const committed = hashes.get(where.slice(where.indexOf(", ") + 2));
    if (committed === undefined || committed === result.hash) return [];
    return [`${engine}, ${where}: ${result.hash} instead of ${committed}`];
  });
  return outcome.trouble === null ? others : [...others, `${engine} ${outcome.trouble}`];
}

/** Every engine, build and case counts once; those of an engine that was left out by name do not count. */
export function judge(
  outcomes: readonly Outcome[],
  builds: readonly string[],
  names: readonly string[],
  hashes: ReadonlyMap<string, string>,
): Verdict {
  const shown = outcomes.filter((outcome) => !("without" in outcome));
  const first = Math.max(...names.map(({ length }) => length)) + 2;
  const widths = shown.map((outcome) => Math.max(headOf(outcome).length, 7 * builds.length) + 2);
  const row = (head: string, cells: string[]) =>
    `${head.padEnd(first)}${cells.map((cell, i) => cell.padEnd(widths[i])).join("")}`.trimEnd();
  const each = (of: (build: string) => string) => builds.map((build) => of(build).padEnd(7)).join("");

  let passed = 0;
  let failed = 0;
  const lines = [row("", shown.map(headOf)), row("", Array(shown.length).fill(each((build) => build)))];
  for (const name of names) {
    const cells = shown.map((outcome) =>
      each((build) => {
        const cell = cellOf(outcome, build, name, hashes.get(name));
        if (cell === "same") passed++;
        else failed++;
        return CELLS[cell];
      }),
    );
    lines.push(row(name, cells));
  }

  const without = outcomes.filter((outcome) => "without" in outcome).map(({ engine }) => engine);
  if (without.length > 0) lines.push(`left out by name: ${without.join(", ")}`);
  const times = shown.flatMap((outcome) =>
    "seconds" in outcome ? [`${outcome.engine} ${outcome.seconds.toFixed(1)}`] : [],
  );
  lines.push(`seconds: ${times.join(", ")}`);
  lines.push(...outcomes.flatMap((outcome) => complaints(outcome, hashes)));
  const fresh = names.filter((name) => !hashes.has(name));
  if (fresh.length > 0) lines.push(`without a committed hash: ${fresh.join(", ")} (npm run conformance -- --write)`);
  // A hash without a case is a case that was lost.
  const stale = [...hashes.keys()].filter((name) => !names.includes(name));
  failed += stale.length;
  if (stale.length > 0) lines.push(`without a case: ${stale.join(", ")}`);
  if (passed + failed === 0) {
    failed++;
    lines.push("nothing was compared");
  }
  return { lines, passed, failed };
}

/** The hashes that all builds of all engines agree on. @throws Error where they do not, or where one is not there. */
export function agreed(
  outcomes: readonly Outcome[],
  builds: readonly string[],
  names: readonly string[],
): Map<string, string> {
  const found = new Map<string, string>();
  for (const outcome of outcomes) {
    if ("missing" in outcome) throw new Error(`${outcome.engine} is missing: ${outcome.missing}`);
    if ("without" in outcome) continue;
    for (const name of names) {
      for (const build of builds) {
        const result = outcome.results.get(key(build, name));
        if (!result || "error" in result) throw new Error(`${outcome.engine} has no hash for ${key(build, name)}`);
        const before = found.get(name) ?? result.hash;
        if (before !== result.hash) throw new Error(`${outcome.engine} disagrees on ${key(build, name)}`);
        found.set(name, before);
      }
    }
  }
  return found;
}
