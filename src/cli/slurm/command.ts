// What Slurm adds to `propchaos sweep`: --slurm, --submit, --status, and the command `missing`.

import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import { readPlan } from "../plan-file.ts";
import { addSlurmOptions, type SlurmFlags } from "./options.ts";
import { type PrepareFlags, prepareSlurm } from "./prepare.ts";
import { printMissing, printStatus } from "./status.ts";

/** Flags of a sweep, as far as they matter here. */
interface Flags extends Omit<PrepareFlags, "out"> {
  out?: string;
  task?: unknown;
  merge?: boolean;
  status?: boolean;
  workers: "auto" | number;
}

/** Options that say how a job array is made. */
const ONLY_SLURM: (keyof SlurmFlags)[] = [
  "indices",
  "maxIndices",
  "indexMinutes",
  "atOnce",
  "cpus",
  "sbatch",
  "setup",
  "node",
  "program",
  "repack",
];

function optionOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** What the flags ask for, if it is about Slurm; undefined for a sweep that is computed here. */
export function slurmWork(path: string, flags: Flags): Promise<number> | undefined {
  const { out, slurm, submit } = flags;
  if (flags.status) return printStatus(out ?? path, flags);
  if (slurm || submit) return prepare(path, flags);
  for (const name of ONLY_SLURM)
    if (flags[name] !== undefined)
      throw new UsageError(`${optionOf(name)} must be left out unless --slurm or --submit is given`);
  return undefined;
}

async function prepare(path: string, flags: Flags): Promise<number> {
  const { out } = flags;
  if (flags.task || flags.merge)
    throw new UsageError("--task and --merge must be left out with --slurm, whose indices are the tasks' parts");
  if (flags.workers !== "auto")
    throw new UsageError("--workers must be left out with --slurm; --cpus says how many processors an index has");
  if (out === undefined) throw new UsageError("--out must be given, the directory of the sweep");
  return prepareSlurm(await readPlan(path), { ...flags, out });
}

const MISSING_HELP = `
As ranges, such as 3,7-9, for

  list=$(propchaos sweep missing DIR)
  [ -n "$list" ] && sbatch --array="$list" DIR/slurm.sh

An index counts as missing while one of its tasks has no result, unless it is in
the queue.
`;

/** Adds the options, --status and the command `missing` to `propchaos sweep`. */
export function addSlurm(sweep: Command, done: (code: number) => void): void {
  addSlurmOptions(sweep).option("--status", "say how far the sweep in a directory is, and change nothing");
  sweep
    .command("missing")
    .summary("the indices of a job array that are not done")
    .description("Prints the list for sbatch --array of the indices that are not done.")
    .argument("<dir>", "directory of a sweep that was prepared with --slurm")
    .option("--json", "write one JSON document")
    .addHelpText("after", MISSING_HELP)
    .action(async (directory: string, _: object, command: Command) =>
      done(await printMissing(directory, command.optsWithGlobals())),
    );
}
