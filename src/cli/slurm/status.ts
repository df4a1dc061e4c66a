// propchaos sweep DIR --status and propchaos sweep missing DIR: what is done, running, waiting and missing.

import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { missingTasks, type SweepPlan, sweepTasks } from "../../index.ts";
import { asUsage, reasonOf, UsageError } from "../errors.ts";
import { EXIT, print, warn } from "../output.ts";
import { plural } from "../summary.ts";
import { noPlanSentence, partsAtWork, ReadOnlyStore, storedPlan } from "../sweep-directory.ts";
import { percent } from "../table.ts";
import { formatArray } from "./array-list.ts";
import { queued } from "./programs.ts";
import { indexStates, stateLine } from "./progress.ts";
import { readRecord, SCRIPT } from "./record.ts";
import { quote } from "./script.ts";

/** Looks at a directory. @throws UsageError where the file system has no such directory. */
function asDirectory<T>(directory: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error) || !("code" in error)) throw error;
    throw new UsageError(
      `the directory of a sweep must be one that can be read, as with --out; got "${directory}" (${reasonOf(error)})`,
      { cause: error },
    );
  }
}

/** The plan of a sweep that was begun. @throws UsageError where there is none. */
function planOf(directory: string): SweepPlan {
  const plan = asDirectory(directory, () => {
    if (statSync(directory, { throwIfNoEntry: false })?.isFile())
      throw new UsageError(`the directory of a sweep must be given, as with --out; got the file "${directory}"`);
    return storedPlan(directory);
  });
  if (plan !== null) return plan;
  throw new UsageError(noPlanSentence(quote(directory)));
}

/** For each task of a plan, whether its result is there and whole. */
export async function finishedTasks(directory: string, plan: SweepPlan): Promise<boolean[]> {
  const missing = await asUsage(() => missingTasks(plan, new ReadOnlyStore(directory)));
  const done = sweepTasks(plan).map(() => true);
  for (const { index } of missing) done[index] = false;
  return done;
}

/** What there is of a sweep. */
async function look(directory: string) {
  const plan = planOf(directory);
  const record = readRecord(directory);
  const done = await finishedTasks(directory, plan);
  if (!record) return { done, record, queue: null, states: null };
  if (record.tasks !== done.length)
    throw new Error(
      `${directory} was parted for ${plural(record.tasks, "task")}, and its plan has ${done.length} now; part them anew with: propchaos sweep ${quote(join(directory, "plan.json"))} --out ${quote(directory)} --slurm --repack`,
    );
  const queue = queued(
    join(directory, SCRIPT),
    record.jobs.map(({ id }) => id),
  );
  return { done, record, queue, states: indexStates(done, record.indices, "queue" in queue ? queue.queue : []) };
}

/** Prints the list for sbatch --array of what is neither done nor in the queue. */
export async function printMissing(given: string, { json }: { json?: boolean }): Promise<number> {
  const directory = resolve(given);
  const { done, record, queue, states } = await look(directory);
  if (!record)
    throw new UsageError(
      `${directory} is not parted into indices; do so with: propchaos sweep ${quote(join(directory, "plan.json"))} --out ${quote(directory)} --slurm`,
    );
  const array = formatArray(states.missing, record.settings.atOnce);
  const busy = states.running.length + states.waiting.length;
  if (json) print([JSON.stringify({ array, indices: states.missing, tasks: done.filter((one) => !one).length })]);
  else if (array !== "") print([array]);
  if ("unknown" in queue)
    warn(`the queue could not be asked (${queue.unknown}); what waits or runs there counts as missing`);
  else if (busy > 0) warn(`${plural(busy, "index is", "indices are")} in the queue and left out`);
  else if (array === "") warn("nothing is missing");
  return EXIT.ok;
}

/** Prints how far a sweep is. */
export async function printStatus(given: string, { json }: { json?: boolean }): Promise<number> {
  const directory = resolve(given);
  const { done, record, queue, states } = await look(directory);
  const parts = partsAtWork(directory);
  const finished = done.filter(Boolean).length;
  const tasks = { total: done.length, done: finished, missing: done.length - finished };
  if (json) {
    const indices = states && { total: record.indices, ...states };
    print([JSON.stringify({ tasks, parts, indices, jobs: record?.jobs ?? [] })]);
    return EXIT.ok;
  }
  const lines = [`${finished} of ${plural(done.length, "task")} done (${percent(finished / done.length)})`];
  if (parts.length > 0) lines.push(`At work: ${parts.length === 1 ? "part" : "parts"} ${parts.join(", ")}`);
  if (record) {
    lines.push(`${plural(record.indices, "index", "indices")}: ${stateLine(states)}`);
    for (const { id, array } of record.jobs) lines.push(`Job ${id}: indices ${array}`);
  }
  const again = `propchaos sweep ${quote(join(directory, "plan.json"))} --out ${quote(directory)}`;
  if (finished === done.length) lines.push(`Put them together: ${again} --merge`);
  else if (states && states.missing.length > 0) lines.push(`Submit what is missing: ${again} --submit`);
  print(lines);
  if (queue && "unknown" in queue)
    warn(`the queue could not be asked (${queue.unknown}); what waits or runs there counts as missing`);
  return EXIT.ok;
}
