// A sweep on disk: DIR/plan.json, one result a task in DIR/tasks/<hash>.json, and the merged DIR/sweep.json and DIR/sweep.csv. A file is written
// under a temporary name, flushed and renamed, so that it is there whole or not at all, whenever the process ends.

import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  type Engine,
  mergeSweep,
  planMistakes,
  type SweepPart,
  type SweepPlan,
  type SweepReport,
  type SweepStore,
  type SweepTask,
  sweepTasks,
  version,
} from "../index.ts";
import { formatJSON } from "../io/json.ts";
import { reasonOf, UsageError } from "./errors.ts";
import { writeWhole } from "./files.ts";
import { holder, LockedError, lock, lockedSentence } from "./lock.ts";
import { makeDirectory } from "./make-directory.ts";

const PLAN = "plan.json";
const TASKS = "tasks";
const LIMITS = "limits";
const LIMIT = "limit-";
const LOCK = /^\.lock(-(\d+)-of-(\d+))?$/;
const TEMPORARY = /^\..*\.tmp$/;

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

/** What to do about an error of the file system in the directory of a sweep. */
export function directorySentence(directory: string, error: NodeJS.ErrnoException): string {
  const kept = "what is finished is kept, and the same command goes on there";
  switch (error.code) {
    case "ENOSPC":
    case "EDQUOT":
      return `there is no space left for ${directory}; make room: ${kept}`;
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return `${directory} cannot be written (${error.code}); make it writable, or copy it to where it is: ${kept}`;
    default:
      return `${directory} cannot be used: ${reasonOf(error)}; ${kept}`;
  }
}

/** What the file system says, as a sentence about the directory. */
export function explain(directory: string, error: unknown): unknown {
  const known = error instanceof Error && "code" in error && "syscall" in error;
  return known ? new Error(directorySentence(directory, error as NodeJS.ErrnoException), { cause: error }) : error;
}

/** The results of a sweep in a directory. */
export class DirectoryStore implements SweepStore {
  private readonly directory: string;
  private readonly tell: (sentence: string) => void;

  /** `tell` is given a sentence for each file that is no result of its task. */
  constructor(directory: string, tell: (sentence: string) => void = () => undefined) {
    this.directory = directory;
    this.tell = tell;
  }

  private path(name: string): string {
    return name.startsWith(LIMIT)
      ? join(this.directory, LIMITS, `${name.slice(LIMIT.length)}.json`)
      : join(this.directory, TASKS, `${name}.json`);
  }

  async read(name: string): Promise<string | null> {
    try {
      return await readFile(this.path(name), "utf8");
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async write(name: string, text: string): Promise<void> {
    const path = this.path(name);
    const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
    if (name.startsWith(LIMIT)) makeDirectory(dirname(path));
    try {
      const file = await open(temporary, "wx");
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Moved aside, not deleted: who knows what it was. */
  async broken({ hash, name }: SweepTask, reason: string): Promise<void> {
    const aside = `${hash}.json.broken`;
    await rename(this.path(hash), join(this.directory, TASKS, aside)).catch((error) => {
      if (!isMissing(error)) throw error;
    });
    this.tell(`${TASKS}/${hash}.json is not the result of ${name}: ${reason}; it is now ${TASKS}/${aside}`);
  }
}

/** What looks at a directory without changing it: nothing is moved aside. */
export class ReadOnlyStore extends DirectoryStore {
  override async broken(): Promise<void> {}
}

/** The plan that a directory was begun with; null where there is none. @throws UsageError where it cannot be understood. */
export function storedPlan(directory: string): SweepPlan | null {
  const path = join(directory, PLAN);
  try {
    const plan = JSON.parse(readFileSync(path, "utf8"));
    const [mistake] = planMistakes(plan);
    if (mistake) throw new SyntaxError(mistake.sentence);
    return plan as SweepPlan;
  } catch (error) {
    if (isMissing(error)) return null;
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(
      `${path} is no plan any more (${error.message}); say --update to put your plan in its place: results are found by what determines them, so that none is lost`,
      { cause: error },
    );
  }
}

/** What to do where there is no sweep. */
export function noPlanSentence(directory: string): string {
  return `${directory} holds no ${PLAN}; begin a sweep there with: propchaos sweep PLAN.json --out ${directory}`;
}

/** How many result files in a directory are of no task of the plan. */
export function countStrangers(directory: string, plan: SweepPlan): number {
  const own = new Set(sweepTasks(plan).map(({ hash }) => `${hash}.json`));
  return readdirSync(join(directory, TASKS)).filter((name) => /^[^.].*\.json$/.test(name) && !own.has(name)).length;
}

/** Whether two plans have the same tasks. */
export function samePlan(one: SweepPlan, other: SweepPlan): boolean {
  const hashes = (plan: SweepPlan) => sweepTasks(plan).map(({ hash }) => hash);
  return hashes(one).join() === hashes(other).join();
}

/** Removes what processes that were killed have left: all, or of the tasks of a part. */
function sweepOut(directory: string, part: SweepPart | undefined, tasks: readonly SweepTask[]): void {
  const hashes = new Set(tasks.map(({ hash }) => hash));
  for (const folder of part ? [TASKS] : [".", TASKS, LIMITS]) {
    const path = join(directory, folder);
    for (const name of existsSync(path) ? readdirSync(path) : [])
      if (TEMPORARY.test(name) && (!part || hashes.has(name.split(".")[1]))) rmSync(join(path, name), { force: true });
  }
}

/** Locks a part of a directory, or all of it. @throws LockedError */
function lockPart(directory: string, part: SweepPart | undefined): Disposable {
  // A sweep of everything and one of a part would do the same work twice.
  for (const name of readdirSync(directory)) {
    const other = LOCK.exec(name);
    if (!other || (part !== undefined && other[1] !== undefined)) continue;
    const living = holder(directory, name);
    if (living) throw new LockedError(lockedSentence(directory, name, living));
  }
  return lock(directory, part ? `.lock-${part.part}-of-${part.parts}` : ".lock");
}

/** The parts at which processes are at work, in words. */
export function partsAtWork(directory: string): string[] {
  const living = readdirSync(directory).filter((name) => LOCK.test(name) && holder(directory, name) !== null);
  return living.map((name) => name.replace(/^\.lock-?/, "").replace("-of-", "/") || "all").sort();
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
}

/** @throws UsageError where the directory belongs to another plan or version. */
export function checkSamePlan(directory: string, plan: SweepPlan): void {
  const begun = storedPlan(directory);
  if (begun === null) return;
  const advice =
    "take another directory, or say --update to go on here with this plan: what both have in common is kept, and nothing is deleted";
  if (begun.version !== version)
    throw new UsageError(
      `${directory} was begun by ${begun.version === undefined ? "an unknown version" : `version ${begun.version}`} of propchaos and this is ${version}, whose results may differ; use that version, ${advice}`,
    );
  if (!samePlan(begun, plan))
    throw new UsageError(
      `${directory} was begun with another plan, ${join(directory, PLAN)} (different: ${differences({ ...begun, version }, { ...plan, version })}); ${advice}`,
    );
}

/**
 * Makes the directory of a plan, or finds it begun with the same one, for processes that will compute its parts later.
 *
 * @throws UsageError where the directory was begun with another plan, Error with a sentence where it cannot be written.
 */
export function beginDirectory(directory: string, plan: SweepPlan, update: boolean): void {
  begin(directory, plan, update, () => writePlan(directory, plan, update));
}

/**
 * Opens a directory for a plan, makes it where it is missing, and locks it, or the part.
 *
 * @throws UsageError where the directory was begun with another plan, LockedError where it is in use, Error with a sentence
 * where it cannot be written.
 */
export function openDirectory(directory: string, plan: SweepPlan, { part, update }: OpenOptions): Disposable {
  return begin(directory, plan, update, () => {
    const held = lockPart(directory, part);
    try {
      sweepOut(directory, part, sweepTasks(plan, part));
      writePlan(directory, plan, update);
      return held;
    } catch (error) {
      held[Symbol.dispose]();
      throw error;
    }
  });
}

/** The version is written into the stored plan, as its results belong to it. */
function writePlan(directory: string, plan: SweepPlan, update: boolean): void {
  const text = formatJSON({ ...plan, schema: "propchaos/plan@1", version });
  if (!existsSync(join(directory, PLAN)) || update) writeWhole(directory, { [PLAN]: text });
}

function begin<T>(directory: string, plan: SweepPlan, update: boolean, write: () => T): T {
  if (directory === "") throw new UsageError("--out must be the path of a directory; got an empty one");
  if (!update) checkSamePlan(directory, plan);
  try {
    makeDirectory(join(directory, TASKS));
    return write();
  } catch (error) {
    if (error instanceof LockedError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new Error(directorySentence(directory, error as NodeJS.ErrnoException), { cause: error });
  }
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
  if (plan === null) throw new Error(noPlanSentence(directory));
  return mergeSweep(engine, plan, new ReadOnlyStore(directory));
}
