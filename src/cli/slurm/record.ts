// DIR/slurm.json: how a sweep was parted into indices, and the jobs that were submitted for it. The number of indices is what
// "index 7 is not done" is about, so it stays while a sweep is under way.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../files.ts";
import { parseIndices } from "./array-list.ts";

/** Name of the record in the directory of a sweep. */
export const RECORD = "slurm.json";

/** Name of the script in it. */
export const SCRIPT = "slurm.sh";

/** A job array that was submitted. */
export interface SubmittedJob {
  /** What Slurm calls it. */
  id: string;
  /** Its indices, as "3,7-9". */
  array: string;
}

/** What was asked for and is kept until something else is. */
export interface SlurmSettings {
  /** How many indices may run at once; null for as many as there is room for. */
  atOnce: number | null;
  /** Processors of an index; null for a number that follows from the estimate. */
  cpus: number | null;
  /** Further options for sbatch. */
  sbatch: string[];
  /** Commands that are run before. */
  setup: string[];
  /** Path or name of Node. */
  node: string;
  /** Path of the command line's own program. */
  program: string;
}

/** What the file holds. */
export interface SlurmRecord {
  /** N, the number of parts; index I does part I of N. */
  indices: number;
  /** Tasks of the plan. */
  tasks: number;
  settings: SlurmSettings;
  jobs: SubmittedJob[];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isJob(value: unknown): value is SubmittedJob {
  const { id, array } = (value ?? {}) as Partial<SubmittedJob>;
  if (typeof id !== "string" || !/^\d+$/.test(id) || typeof array !== "string") return false;
  try {
    return parseIndices(array).length > 0;
  } catch {
    return false;
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isSettings(value: unknown): value is SlurmSettings {
  const { atOnce, cpus, sbatch, setup, node, program } = (value ?? {}) as Partial<SlurmSettings>;
  const counts = [atOnce, cpus].every((count) => count === null || isCount(count));
  return counts && isTexts(sbatch) && isTexts(setup) && isTexts([node, program]);
}

function isRecord(value: unknown): value is SlurmRecord {
  const { indices, tasks, settings, jobs } = (value ?? {}) as Partial<SlurmRecord>;
  return isCount(indices) && isCount(tasks) && isSettings(settings) && Array.isArray(jobs) && jobs.every(isJob);
}

/**
 * The record of a directory, or undefined where the sweep was not prepared for Slurm.
 *
 * @throws Error for a file that cannot be read or was not written here.
 */
export function readRecord(directory: string): SlurmRecord | undefined {
  const path = join(directory, RECORD);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below, like any other content that is not ours.
  }
  if (isRecord(value)) return value;
  throw new Error(
    `"${path}" is not a record of Slurm jobs that propchaos wrote: delete it and prepare the sweep again with --slurm; its results stay`,
  );
}

/** Writes record and script, each whole or not at all. Returns the path of the script. */
export function writeRecord(directory: string, record: SlurmRecord, script?: string): string {
  writeWhole(directory, {
    ...(script === undefined ? {} : { [SCRIPT]: script }),
    [RECORD]: `${JSON.stringify(record, null, 2)}\n`,
  });
  return join(directory, SCRIPT);
}
