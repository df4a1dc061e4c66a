// propchaos sweep: all gap runs of a plan, in a directory that outlives every interruption.

import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  computeSweep,
  createEngine,
  type Engine,
  mergeSweep,
  type SweepOutcome,
  type SweepPart,
  type SweepPlan,
  type SweepStore,
} from "../index.ts";
import { asUsage, UsageError } from "./errors.ts";
import { saveReport } from "./files.ts";
import { LockedError } from "./lock.ts";
import { readBytes, readNumber, readWorkers } from "./options.ts";
import { EXIT, print, warn } from "./output.ts";
import { readPlan } from "./plan-file.ts";
import { sweepBar } from "./progress.ts";
import { interruptible } from "./session.ts";
import { addSlurm, slurmWork } from "./slurm/command.ts";
import type { SlurmFlags } from "./slurm/options.ts";
import { plural } from "./summary.ts";
import { sweepSummary } from "./summary-sweep.ts";
import {
  checkSamePlan,
  countStrangers,
  DirectoryStore,
  explain,
  noPlanSentence,
  type OpenOptions,
  openDirectory,
  storedPlan,
} from "./sweep-directory.ts";

const DESCRIPTION = `Runs every combination of the problems and settings in a plan, on all cores, and goes on where an earlier call was interrupted.

Each combination is one gap report over all widths and seeds. Its tasks are single networks (beside a reference network: replicas), and each finished task is a file of its own.`;

const HELP = `
A plan is a JSON file such as

  { "problems": ["He4", { "name": "XOR_4", "samples": 16384, "time": 8 }],
    "d": [16, 32], "widths": [64, 128, 256], "seeds": 8, "time": 4 }

Lists for d, samples, batch, dynamics, gradient, step, time, precision,
objective, langevin and pathNorm are crossed; settings of a problem take the
place of those of the plan. The schema propchaos/schema/plan@1.json lists all.

In --out DIR: plan.json, one file a finished task in tasks/, and once all of
them are there sweep.json and sweep.csv, the merged document and its table. A second call computes only
what is missing or broken. --task I/N computes the tasks whose number is I - 1
modulo N: N processes share one directory, on one machine or several, and
--merge puts together what there is. Results are equal to the bit however the
tasks were split.

On a cluster with Slurm, --submit makes a job array of the tasks, several to an
index, and submits what is missing; --slurm only writes it. --status says how
far it is, and "propchaos sweep missing DIR" which indices are not done.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted (what is finished
is kept).

Examples:
  $ propchaos sweep plan.json --out results/sweep
  $ propchaos sweep plan.json --out results/sweep --task 1/3
  $ propchaos sweep plan.json --out results/sweep --merge
  $ propchaos sweep plan.json --out results/sweep --submit --sbatch "--partition=long"
  $ propchaos sweep results/sweep --status
`;

export interface SweepFlags extends SlurmFlags {
  out: string;
  task?: SweepPart;
  wait?: number;
  merge?: boolean;
  status?: boolean;
  update?: boolean;
  json?: boolean;
  quiet?: boolean;
  backend: "auto" | "simd" | "scalar";
  memoryLimit?: number;
  workers: "auto" | number;
}

/** Of a command that may be about a sweep that is there, and then needs no --out. */
type GivenFlags = Omit<SweepFlags, "out"> & { out?: string };

function withOut({ out, ...others }: GivenFlags): SweepFlags {
  if (out === undefined) throw new UsageError("--out must be given, the directory for the results");
  return { ...others, out };
}

/** I/N with 1 <= I <= N. */
export function readPart(text: string): SweepPart {
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (!(part >= 1 && part <= parts)) throw new InvalidArgumentError("Allowed is I/N with I from 1 to N, such as 2/8.");
  return { part, parts };
}

/** What is wrong, and the exit code of a call that computed tasks. */
function sayOutcome({ status, failed }: SweepOutcome): number {
  if (status === "aborted") {
    warn("interrupted; finished tasks are kept, and the same command goes on where this one was");
    return EXIT.interrupted;
  }
  for (const { name, reason } of failed) warn(`failed: ${name}: ${reason}`);
  if (failed.length > 0) warn("the other tasks are finished; the same command tries the failed ones again");
  return status === "failed" ? EXIT.failed : EXIT.ok;
}

/** Computes what is missing, with a bar; the exit code. */
async function compute(engine: Engine, plan: SweepPlan, store: SweepStore, flags: SweepFlags): Promise<number> {
  const bar = sweepBar(plan.title ?? "sweep", !flags.quiet && !flags.json);
  const { signal, forget } = interruptible(bar);
  try {
    const outcome = await asUsage(() =>
      computeSweep(engine, plan, {
        store,
        part: flags.task,
        workers: flags.workers,
        signal,
        onProgress: (progress) => bar.update(progress),
      }),
    );
    bar.stop();
    const { computed, found, tasks } = outcome;
    if (!flags.quiet && !flags.json)
      print([`${plural(tasks, "task")}: ${computed} computed now, ${found} found, ${tasks - computed - found} left`]);
    return sayOutcome(outcome);
  } finally {
    bar.stop();
    forget();
  }
}

/** Writes the merged document, and shows it. */
async function merge(
  engine: Engine,
  path: string,
  plan: SweepPlan,
  store: SweepStore,
  flags: SweepFlags,
): Promise<number> {
  const report = await mergeSweep(engine, plan, store);
  const saved = saveReport(report, flags.out);
  if (flags.json) print([JSON.stringify(report)]);
  else if (!flags.quiet) print([...sweepSummary(report), "", ...saved.map((file) => `Wrote ${file}`)]);
  if (report.missing.length === 0) return EXIT.ok;
  warn(`${plural(report.missing.length, "task")} missing; compute with: propchaos sweep ${path} --out ${flags.out}`);
  return EXIT.failed;
}

/** Seconds between two looks at a lock. */
const LOOK = 5;

/** Opens a directory, waiting for whoever has it; a lock that its process left on another machine is void after minutes. */
async function openFree(
  directory: string,
  plan: SweepPlan,
  options: OpenOptions,
  seconds: number,
): Promise<Disposable> {
  for (const end = performance.now() + 1000 * seconds; ; ) {
    try {
      return openDirectory(directory, plan, options);
    } catch (error) {
      const left = (end - performance.now()) / 1000;
      if (!(error instanceof LockedError) || left <= 0) throw error;
      await sleep(1000 * Math.min(LOOK, left));
    }
  }
}

async function runSweepCommand(path: string, flags: SweepFlags): Promise<number> {
  const { out, task: part, backend, memoryLimit, update = false } = flags;
  if (part && flags.merge) throw new UsageError("--task must be left out with --merge, which computes nothing");
  const plan = await readPlan(path);
  const store = new DirectoryStore(out, warn);
  using engine = await asUsage(() =>
    createEngine({ backend, ...(memoryLimit === undefined ? {} : { memoryLimitBytes: memoryLimit }) }),
  );
  try {
    if (flags.merge) {
      if (storedPlan(out) === null) throw new UsageError(noPlanSentence(out));
      if (!update) checkSamePlan(out, plan);
      return await merge(engine, path, plan, store, flags);
    }
    using _lock = await openFree(out, plan, { part, update }, flags.wait ?? 0);
    const strangers = countStrangers(out, plan);
    if (strangers > 0)
      warn(`${plural(strangers, "file")} in ${out}/tasks belong to another plan or version, and are left as they are`);
    const code = await compute(engine, plan, store, flags);
    return part || code !== EXIT.ok ? code : await merge(engine, path, plan, store, flags);
  } catch (error) {
    throw explain(out, error);
  }
}

/** Adds `propchaos sweep`. */
export function addSweep(program: Command, done: (code: number) => void): void {
  const command = program
    .command("sweep")
    .summary("all gap runs of a plan, resumable")
    .description(DESCRIPTION)
    .argument("<plan>", "a JSON file; with --status the directory of a sweep")
    .option("--out <dir>", "directory for the results; created where it is missing")
    .addOption(new Option("--task <I/N>", "only one of N parts of the tasks, I from 1 to N").argParser(readPart))
    .option("--wait <seconds>", "wait so long where another process has the directory or the part", readNumber)
    .option("--merge", "compute nothing: put together what there is")
    .option("--update", "go on in a directory that was begun with another plan or version")
    .option("--json", "write the merged document to stdout, nothing else")
    .option("--quiet", "no table and no progress bar; errors are still said")
    .addOption(
      new Option("--workers <n>", "threads beside the main one, 0 for none; they do not change the bits")
        .argParser(readWorkers)
        .default("auto"),
    )
    .addOption(
      new Option("--backend <name>", "build of the numerical core; all give the same bits")
        .choices(["auto", "simd", "scalar"])
        .default("auto"),
    )
    .addOption(
      new Option("--memory-limit <size>", "refuse tasks that need more, such as 512MiB (default: 1GiB)").argParser(
        readBytes,
      ),
    )
    .addHelpText("after", HELP)
    .action(async (plan: string, flags: GivenFlags) =>
      done(await (slurmWork(plan, flags) ?? runSweepCommand(plan, withOut(flags)))),
    );
  addSlurm(command, done);
}
