// What a directory of results holds: its documents, the sweep of a plan, what is missing of it, and what could not be read.

import { readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";
import { createEngine, readReport, type StoredReport } from "../index.ts";
import { loadSweep, storedPlan } from "./sweep-directory.ts";

/** A document and the name of its file without its ending. */
export interface FoundDocument {
  file: string;
  stem: string;
  report: StoredReport;
}

/** All that was found. */
export interface Found {
  documents: FoundDocument[];
  /** Files that are no documents, each with a reason. */
  skipped: { file: string; reason: string }[];
}

const SWEEP = "sweep.json";
const PLAN = "plan.json";
const EXPECTED = 'must be "propchaos/';

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.includes(EXPECTED)
    ? message.replace(/ must be "propchaos\/.*;/, " is of no document that can be drawn;")
    : message;
}

function isComplete(documents: readonly FoundDocument[]): boolean {
  return documents.some(({ file, report }) => {
    return file === SWEEP && report.schema === "propchaos/sweep@1" && report.missing.length === 0;
  });
}

/** The sweep as far as its tasks are finished. */
async function readTasks(directory: string): Promise<StoredReport> {
  using engine = await createEngine();
  return readReport(JSON.stringify(await loadSweep(engine, directory)));
}

/**
 * Reads every JSON document in a directory, in the order of their names. Where a sweep was begun there and its merged document is
 * absent or incomplete, the results of its tasks are put together.
 *
 * @throws the file system's error where the directory cannot be read.
 */
export async function readDirectory(directory: string): Promise<Found> {
  const found: Found = { documents: [], skipped: [] };
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".json") && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
  const begun = names.includes(PLAN);
  for (const file of names) {
    if (begun && file === PLAN) continue;
    try {
      const report = readReport(readFileSync(join(directory, file), "utf8"));
      found.documents.push({ file, stem: parse(file).name, report });
    } catch (error) {
      found.skipped.push({ file, reason: reasonOf(error) });
    }
  }
  if (begun && !isComplete(found.documents)) {
    try {
      if (storedPlan(directory) !== null) {
        const report = await readTasks(directory);
        found.documents = found.documents.filter(({ file }) => file !== SWEEP);
        found.documents.push({ file: SWEEP, stem: parse(SWEEP).name, report });
      }
    } catch (error) {
      found.skipped.push({ file: PLAN, reason: reasonOf(error) });
    }
  }
  return found;
}
