// A sweep on disk: DIR/plan.json, one result a task in DIR/tasks/<hash>.json, and the merged DIR/sweep.json and DIR/sweep.csv. A file is written
// under a temporary name, flushed and renamed, so that it is there whole or not at all, whenever the process ends.

import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type Engine,
  mergeSweep,
  type SweepPart,
  type SweepPlan,
  type SweepReport,
  type SweepStore,
  type SweepTask,
  sweepTasks,
  version,
} from "../index.ts";
import { formatJSON } from "../io/json.ts";
import { UsageError } from "./errors.ts";
import { writeWhole } from "./files.ts";

const PLAN = "plan.json";
const TASKS = "tasks";
const TEMPORARY = /^\..*\.tmp$/;

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

/** The results of a sweep in a directory. */
export class DirectoryStore implements SweepStore {
  private readonly folder: string;
  private readonly tell: (sentence: string) => void;

  /** `tell` is given a sentence for each file that is no result of its task. */
  constructor(directory: string, tell: (sentence: string) => void = () => undefined) {
    this.folder = join(directory, TASKS);
    this.tell = tell;
  }

  private path(hash: string): string {
    return join(this.folder, `${hash}.json`);
  }

  async read(hash: string): Promise<string | null> {
    try {
      return await readFile(this.path(hash), "utf8");
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async write(hash: string, text: string): Promise<void> {
    const temporary = join(this.folder, `.${hash}.${process.pid}.${randomUUID()}.tmp`);
    try {
      const file = await open(temporary, "wx");
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.path(hash));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Moved aside, not deleted: who knows what it was. */
  async broken({ hash, name }: SweepTask, reason: string): Promise<void> {
    const aside = `${hash}.json.broken`;
    await rename(this.path(hash), join(this.folder, aside)).catch((error) => {
      if (!isMissing(error)) throw error;
    });
    this.tell(
      `${TASKS}/${hash}.json was moved to ${TASKS}/${aside}, as ${reason}; its task is to be computed again: ${name}`,
    );
  }
}

/** What looks at a directory without changing it: nothing is moved aside. */
class ReadOnlyStore extends DirectoryStore {
  override async broken(): Promise<void> {}
}

/** The plan that a directory was begun with; null where there is none. */
export function storedPlan(directory: string): SweepPlan | null {
  try {
    return JSON.parse(readFileSync(join(directory, PLAN), "utf8")) as SweepPlan;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Whether two plans have the same tasks. */
export function samePlan(one: SweepPlan, other: SweepPlan): boolean {
  const hashes = (plan: SweepPlan) => sweepTasks(plan).map(({ hash }) => hash);
  return hashes(one).join() === hashes(other).join();
}

/** Removes what processes that were killed have left of these tasks. */
function sweepOut(directory: string, tasks: readonly SweepTask[]): void {
  const hashes = new Set(tasks.map(({ hash }) => hash));
  const folder = join(directory, TASKS);
  for (const name of readdirSync(folder))
    if (TEMPORARY.test(name) && hashes.has(name.split(".")[1])) rmSync(join(folder, name), { force: true });
}

/** Which keys of two plans differ, for a sentence. */
function differences(one: SweepPlan, other: SweepPlan): string {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)] as (keyof SweepPlan)[]);
  for (const key of ["schema", "$schema", "title"] as const) keys.delete(key);
  const differing = [...keys].filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
  return differing.join(", ");
}

/** What a call wants of a directory. */
export interface OpenOptions {
  part: SweepPart | undefined;
  /** Whether it may have been begun with another plan or version. */
  update: boolean;
  /** Given sentences about what was found. */
  tell(sentence: string): void;
}

/** A directory of a sweep that is open for writing. */
export interface OpenDirectory extends Disposable {
  store: DirectoryStore;
}

/** @throws UsageError where the directory belongs to another plan or version. */
function checkSamePlan(directory: string, plan: SweepPlan): void {
  const begun = storedPlan(directory);
  if (begun === null) return;
  const advice =
    "take another directory, or say --update to go on here with this plan: what both have in common is kept, and nothing is deleted";
  if (begun.version !== version)
    throw new UsageError(
      `${directory} was begun by version ${begun.version} of propchaos and this is ${version}, whose results may differ; use that version, ${advice}`,
    );
  if (!samePlan(begun, plan))
    throw new UsageError(
      `${directory} was begun with another plan, ${join(directory, PLAN)} (different: ${differences({ ...begun, version }, { ...plan, version })}); ${advice}`,
    );
}

/**
 * Opens a directory for a plan, and makes it where it is missing. The version is written into the stored plan, as its results
 * belong to it.
 */
export function openDirectory(directory: string, plan: SweepPlan, { part, update, tell }: OpenOptions): OpenDirectory {
  if (directory === "") throw new UsageError("--out must be the path of a directory; got an empty one");
  if (!update) checkSamePlan(directory, plan);
  try {
    mkdirSync(join(directory, TASKS), { recursive: true });
    writeWhole(directory, { [PLAN]: formatJSON({ ...plan, schema: "propchaos/plan@1", version }) });
    sweepOut(directory, sweepTasks(plan, part));
  } catch (error) {
    const reason = (error as Error).message.replace(/, \w+ '.*$/, "");
    throw new UsageError(
      `--out must be a directory that can be created and written; got "${directory}" (${reason}); what is in it is unchanged`,
      { cause: error },
    );
  }
  return { store: new DirectoryStore(directory, tell), [Symbol.dispose]() {} };
}

/**
 * The sweep in a directory, complete or not, put together from the results of its tasks; `missing` says what is not there.
 * Nothing in the directory is changed. For Node.
 *
 * @param directory - the DIR of `propchaos sweep PLAN.json --out DIR`.
 * @throws Error where there is no plan in it; TypeError or RangeError where the plan cannot be read, or is of another version.
 * @example
 * ```ts
 * const sweep = await loadSweep(engine, "results/he4");
 * console.log(sweep.results.length, sweep.missing.length);
 * ```
 */
export async function loadSweep(engine: Engine, directory: string): Promise<SweepReport> {
  const plan = storedPlan(directory);
  if (plan === null)
    throw new Error(
      `${directory} holds no ${PLAN}; begin a sweep there with: propchaos sweep PLAN.json --out ${directory}`,
    );
  return mergeSweep(engine, plan, new ReadOnlyStore(directory));
}
