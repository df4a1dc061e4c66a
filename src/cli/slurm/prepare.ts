// propchaos sweep PLAN.json --out DIR --slurm [--submit]: estimates what the missing tasks take, packs them into the indices of a
// job array, writes its script, and submits what is missing.

import { realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { createEngine, predictSweep, type SweepPlan, sweepTasks, type TaskPrediction, version } from "../../index.ts";
import { duration } from "../dry-run.ts";
import { asUsage, UsageError } from "../errors.ts";
import { makeDirectory } from "../make-directory.ts";
import { EXIT, print, warn } from "../output.ts";
import { plural } from "../summary.ts";
import { beginDirectory, explain } from "../sweep-directory.ts";
import { formatArray } from "./array-list.ts";
import { memoryFor, minutesFor, SAFETY } from "./needs.ts";
import type { SlurmFlags } from "./options.ts";
import { pack, type TaskCosts } from "./packing.ts";
import { largestIndex, largestNode, type Queue, queued, submit } from "./programs.ts";
import { indexStates } from "./progress.ts";
import { readRecord, SCRIPT, type SlurmRecord, type SlurmSettings, writeRecord } from "./record.ts";
import { formatMinutes, quote, scriptText } from "./script.ts";
import { finishedTasks } from "./status.ts";

/** Flags of a sweep that matter here. */
export interface PrepareFlags extends SlurmFlags {
  out: string;
  update?: boolean;
  json?: boolean;
  quiet?: boolean;
  backend: "auto" | "simd" | "scalar";
  memoryLimit?: number;
}

const GOAL_MINUTES = 10;

function checkCount(name: string, value: number | undefined, most = 1_000_000): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= most))
    throw new UsageError(`${name} must be an integer from 1 to ${most}; got ${value}`);
}

function checkFlags({ indices, maxIndices, indexMinutes, atOnce, cpus }: PrepareFlags): void {
  checkCount("--indices", indices);
  checkCount("--max-indices", maxIndices);
  checkCount("--at-once", atOnce);
  checkCount("--cpus", cpus, 256);
  if (indexMinutes !== undefined && !(indexMinutes > 0))
    throw new UsageError(`--index-minutes must be a number above 0; got ${indexMinutes}`);
}

/** What is asked for now, else what was asked for before, else what runs here. */
function settingsOf(flags: PrepareFlags, before: SlurmSettings | undefined): SlurmSettings {
  return {
    atOnce: flags.atOnce ?? before?.atOnce ?? null,
    cpus: flags.cpus ?? before?.cpus ?? null,
    sbatch: flags.sbatch ?? before?.sbatch ?? [],
    setup: flags.setup ?? before?.setup ?? [],
    node: flags.node ?? before?.node ?? process.execPath,
    program: flags.program ?? before?.program ?? realpathSync(process.argv[1]),
  };
}

/** The number of indices that stays: that of an earlier call, unless the tasks are to be parted anew. */
function indicesKept(record: SlurmRecord | undefined, flags: PrepareFlags, queue: Queue): number | undefined {
  if (!record) return flags.indices;
  if (flags.repack) {
    if ("unknown" in queue)
      warn(`the queue could not be asked (${queue.unknown}); make sure that no job of this sweep waits or runs`);
    else if (queue.queue.length > 0)
      throw new UsageError(
        `--repack must wait until no job of this sweep is in the queue, whose indices would mean other tasks; wait for them, or cancel them: scancel ${[...new Set(queue.queue.map(({ job }) => job))].join(" ")}`,
      );
    return flags.indices;
  }
  if (flags.indices !== undefined && flags.indices !== record.indices)
    throw new UsageError(
      `--indices must be ${record.indices} or left out, as the tasks were parted so in an earlier call; got ${flags.indices}. With --repack they are parted anew, and what is finished is kept`,
    );
  return record.indices;
}

/** The most indices, from the option, from the cluster, or as Slurm has it by itself. */
function limitOf({ maxIndices }: PrepareFlags, indices: number | undefined, tasks: number): number {
  const { largest, asked } = maxIndices === undefined ? largestIndex() : { largest: maxIndices, asked: false };
  if (indices !== undefined && indices > tasks)
    throw new UsageError(`--indices must be ${tasks} at most, the number of tasks; got ${indices}`);
  if (indices === undefined || indices <= largest) return largest;
  const why = asked
    ? `MaxArraySize of this cluster is ${largest + 1}`
    : maxIndices === undefined
      ? "this is Slurm's default, and the cluster could not be asked; say --max-indices where it allows more"
      : "--max-indices says so";
  throw new UsageError(
    `an array must have ${largest} indices at most (${why}); got ${indices}. Leave --indices out, or part the tasks anew with --repack`,
  );
}

/** The costs of what is missing; what is finished costs nothing any more. */
function costsOf(predictions: readonly TaskPrediction[], done: readonly boolean[]): TaskCosts {
  const shared: number[] = [];
  for (const { combination, limitSeconds } of predictions) shared[combination] = limitSeconds;
  return {
    seconds: predictions.map(({ seconds, index }) => (done[index] ? 0 : (seconds ?? 0))),
    combination: predictions.map(({ combination }) => combination),
    shared,
  };
}

/** What the tasks take, and the bytes of the largest. */
async function predict(plan: SweepPlan, { backend, memoryLimit }: PrepareFlags) {
  using engine = await asUsage(() =>
    createEngine({ backend, ...(memoryLimit === undefined ? {} : { memoryLimitBytes: memoryLimit }) }),
  );
  const predictions = await asUsage(() => predictSweep(engine, plan));
  const largest = predictions.reduce((one, other) => (other.memoryBytes > one.memoryBytes ? other : one));
  if (largest.fits) return { predictions, bytes: largest.memoryBytes };
  throw new UsageError(
    `--memory-limit (in bytes) must be at least ${largest.memoryBytes} for ${largest.name}; got ${engine.memoryLimitBytes}`,
  );
}

/** Everything up to the script; returns what was decided. */
async function write(plan: SweepPlan, directory: string, flags: PrepareFlags) {
  const script = join(directory, SCRIPT);
  const before = readRecord(directory);
  const queue: Queue = before
    ? queued(
        script,
        before.jobs.map(({ id }) => id),
      )
    : { queue: [] };
  const tasks = sweepTasks(plan).length;
  if (before && before.tasks !== tasks && !flags.repack)
    throw new UsageError(
      `${directory} was parted for ${plural(before.tasks, "task")}, and the plan has ${tasks} now; say --repack to part them anew`,
    );
  const settings = settingsOf(flags, before?.settings);
  const given = { indices: indicesKept(before, flags, queue), cpus: settings.cpus };
  const limit = limitOf(flags, given.indices, tasks);
  const { predictions, bytes } = await predict(plan, flags);
  const done = await finishedTasks(directory, plan);
  const goal = 60 * (flags.indexMinutes ?? GOAL_MINUTES);
  const { indices, cpus, seconds } = pack(costsOf(predictions, done), {
    limit,
    goal,
    indices: given.indices,
    cpus: given.cpus ?? undefined,
    node: largestNode(),
  });
  const needs = { cpus, memoryMiB: memoryFor(bytes, cpus), minutes: minutesFor(seconds) };
  const passed = [
    ...(flags.backend === "auto" ? [] : ["--backend", flags.backend]),
    ...(flags.memoryLimit === undefined ? [] : ["--memory-limit", String(flags.memoryLimit)]),
  ];
  const text = scriptText({
    version,
    directory,
    plan: join(directory, "plan.json"),
    script,
    tasks,
    indices,
    ...settings,
    ...needs,
    passed,
  });
  makeDirectory(join(directory, "logs"));
  const record: SlurmRecord = { indices, tasks, settings, jobs: (!flags.repack && before?.jobs) || [] };
  writeRecord(directory, record, text);
  const states = indexStates(done, indices, "queue" in queue ? queue.queue : []);
  return { record, script, states, queue, needs, seconds, done: done.filter(Boolean).length };
}

/** Prepares a sweep for Slurm, and submits it where that is asked for. Returns the exit code. */
export async function prepareSlurm(plan: SweepPlan, flags: PrepareFlags): Promise<number> {
  checkFlags(flags);
  // An empty path would be this directory.
  const directory = flags.out && resolve(flags.out);
  try {
    beginDirectory(directory, plan, flags.update ?? false);
    return await prepareIn(directory, plan, flags);
  } catch (error) {
    throw explain(directory, error);
  }
}

async function prepareIn(directory: string, plan: SweepPlan, flags: PrepareFlags): Promise<number> {
  const { record, script, states, queue, needs, seconds, done } = await write(plan, directory, flags);
  const array = formatArray(states.missing, record.settings.atOnce);
  const { cpus, memoryMiB, minutes } = needs;
  const talk = !flags.quiet && !flags.json;
  if (talk)
    print([
      `${plural(record.tasks, "task")}, ${done} done, in ${plural(record.indices, "index", "indices")}`,
      `The longest index should take ${duration(seconds)}, measured on this machine`,
      `Each asks for ${plural(cpus, "processor")}, ${memoryMiB} MiB and ${formatMinutes(minutes)}, at least ${SAFETY} times that`,
      `Wrote ${script}`,
    ]);
  if ("unknown" in queue && flags.submit)
    warn(`the queue could not be asked (${queue.unknown}); an index that waits or runs there may be submitted twice`);
  let job: string | null = null;
  if (flags.submit && states.missing.length > 0) {
    job = submit(script, array);
    try {
      writeRecord(directory, { ...record, jobs: [...record.jobs, { id: job, array }] });
    } catch (error) {
      // Its indices are found in the queue all the same, by the path of the script.
      warn(`job ${job} was submitted, but could not be noted down (${(error as Error).message})`);
    }
  }
  if (flags.json) print([JSON.stringify({ script, indices: record.indices, array, cpus, memoryMiB, minutes, job })]);
  else if (talk) print(nextStep(flags, job, array, script, directory, states.running.length + states.waiting.length));
  return EXIT.ok;
}

/** What happened, and what a person would do next. */
function nextStep(
  { submit }: PrepareFlags,
  job: string | null,
  array: string,
  script: string,
  directory: string,
  busy: number,
): string[] {
  const rest = busy > 0 ? `; ${plural(busy, "index is", "indices are")} in the queue` : "";
  if (job !== null) return [`Submitted job ${job}, indices ${array}${rest}`];
  if (array === "")
    return [busy > 0 ? `Nothing to submit${rest}` : `All tasks are done; put them together with --merge`];
  if (submit) return [];
  return [
    `Submit it: sbatch --array=${array} ${quote(script)}`,
    `Watch it:  propchaos sweep ${quote(directory)} --status`,
  ];
}
