// Result files: written whole or not at all. Everything goes to a temporary name in the same directory first and is
// renamed at the end. All calls are synchronous, so that an interrupt cannot come between them.

import { randomUUID } from "node:crypto";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toCSV } from "../index.ts";
import type { TabularReport } from "../io/csv.ts";
import { formatJSON } from "../io/json.ts";
import { makeDirectory, removeEmpty } from "./make-directory.ts";

/**
 * Writes files into an existing directory: all temporary ones first, then the names.
 *
 * @returns the paths, in the order of `files`.
 * @throws the file system's error; temporary files are removed.
 */
export function writeWhole(directory: string, files: Readonly<Record<string, string | Uint8Array>>): string[] {
  const moves: { temporary: string; path: string }[] = [];
  try {
    for (const [name, content] of Object.entries(files)) {
      const move = { temporary: join(directory, `.${name}.${randomUUID()}.tmp`), path: join(directory, name) };
      moves.push(move);
      writeFileSync(move.temporary, content, { flag: "wx", flush: true });
    }
    for (const { temporary, path } of moves) renameSync(temporary, path);
  } catch (error) {
    for (const { temporary } of moves) rmSync(temporary, { force: true });
    throw error;
  }
  return moves.map(({ path }) => path);
}

/** A directory that was found or made writable. */
export interface Claim {
  /** Removes the directories that the claim made, as far as they are still empty. */
  release(): void;
}

/**
 * Creates a directory where it is missing and makes sure that `names` can be written there, before anything is
 * computed for them.
 *
 * @throws the file system's error; directories made on the way are removed.
 */
export function claimDirectory(directory: string, names: readonly string[]): Claim {
  const first = makeDirectory(directory);
  const release = () => removeEmpty(directory, first);
  try {
    const probe = join(directory, `.${randomUUID()}.tmp`);
    writeFileSync(probe, "", { flag: "wx" });
    rmSync(probe);
    for (const name of names) {
      const path = join(directory, name);
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
        throw Object.assign(new Error(`EISDIR: ${path} is a directory`), { code: "EISDIR" });
    }
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

/** What the files of a report are called, by its schema. */
const FILE_NAMES = {
  "propchaos/constants@1": "constants",
  "propchaos/gap@1": "gap",
  "propchaos/gaps@1": "gaps",
  "propchaos/limit@1": "limit",
  "propchaos/network@1": "network",
  "propchaos/scaling@1": "scaling",
  "propchaos/self-concordance@1": "self-concordance",
  "propchaos/sweep@1": "sweep",
  "propchaos/theory@1": "theory",
} as const;

/**
 * Writes a report as JSON and CSV, each whole or not at all: `gap.json` and `gap.csv`, or with the names `gaps`, `limit`, `network`,
 * `constants`, `scaling`, `self-concordance`, `theory` or `sweep`. For Node.
 *
 * @param report - what `approximationGap`, `gapReport`, `separateGaps`, `meanFieldLimit`, `trainNetwork`, `gapLimitConstants`,
 * `selfConcordance`, `theoryReport`, `runSweep` or a function of scaling laws resolved to, or `readReport` read back.
 * @param directory - created where it is missing; files of these names in it are replaced.
 * @returns the two paths.
 * @throws TypeError where `report` is none of them; the file system's error where the directory cannot be written.
 * @example
 * ```ts
 * const report = await approximationGap(engine, problems.He4({ d: 32 }), { widths: [128, 256], time: 4 });
 * saveReport(report, "results/he4");
 * ```
 */
export function saveReport(report: TabularReport, directory: string): string[] {
  const csv = toCSV(report);
  const name = FILE_NAMES[report.schema];
  makeDirectory(directory);
  return writeWhole(directory, { [`${name}.json`]: formatJSON(report), [`${name}.csv`]: csv });
}
