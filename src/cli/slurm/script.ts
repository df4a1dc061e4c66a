// The text of the script that sbatch takes. Its lines `#SBATCH` are read by sbatch, which knows the quotes of a shell; the
// rest is run by bash, once an index. Everything in it is a whole path, so that it does not matter where it is submitted.

import { UsageError } from "../errors.ts";
import { formatArray } from "./array-list.ts";

/** What a script says. */
export interface ScriptOptions {
  /** Version of the package, for the reader. */
  version: string;
  /** Whole path of the directory of the sweep. */
  directory: string;
  /** Whole path of the plan. */
  plan: string;
  /** Whole path of this script. */
  script: string;
  /** Tasks in all. */
  tasks: number;
  /** Indices of the array, 1 to `indices`. */
  indices: number;
  /** How many may run at once; null for as many as there is room for. */
  atOnce: number | null;
  cpus: number;
  memoryMiB: number;
  minutes: number;
  /** Further options for sbatch; the last of the same name counts. */
  sbatch: readonly string[];
  /** Commands that are run before, such as "module load nodejs". */
  setup: readonly string[];
  /** Path or name of Node. */
  node: string;
  /** Whole path of the command line's own program. */
  program: string;
  /** Further arguments for it. */
  passed: readonly string[];
}

/** Seconds before the end of its time at which an index is told to stop; Slurm may do so up to a minute earlier. */
const NOTICE = 10;

/**
 * Seconds to wait for the lock of a part: a process that was killed on another node has one, which is void after three
 * minutes.
 */
const PATIENCE = 240;

/** A word of a shell, in quotes where it needs some. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** Minutes as Slurm writes a duration, D-HH:MM:SS. */
export function formatMinutes(minutes: number): string {
  const two = (count: number) => String(count).padStart(2, "0");
  const days = Math.floor(minutes / 1440);
  const time = `${two(Math.floor((minutes % 1440) / 60))}:${two(minutes % 60)}:00`;
  return days === 0 ? time : `${days}-${time}`;
}

/** The name of a job: letters, digits, dots, lines; the rest would be awkward in squeue. */
function jobName(directory: string): string {
  const base =
    directory
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? "";
  return `propchaos-${base.replace(/[^\w.-]+/g, "-").slice(0, 40)}`.replace(/-+$/, "");
}

/** Refuses what would be two lines of the script, or what sbatch cannot write to. */
function checkLines({ directory, plan, node, program, sbatch, setup }: ScriptOptions): void {
  for (const path of [directory, plan, node, program]) {
    if (/[\n\r\0]/.test(path))
      throw new UsageError(`paths of a Slurm script must have no line breaks; got ${JSON.stringify(path)}`);
  }
  // In the name of an output file a backslash would switch off the numbers of job and index.
  if (directory.includes("\\"))
    throw new UsageError(
      `--out must have no backslash in its path, for sbatch cannot write its logs there; got "${directory}"`,
    );
  for (const line of sbatch) {
    if (!/^--?[A-Za-z][^\n\r]*$/.test(line))
      throw new UsageError(
        `--sbatch must be one option of sbatch, such as "--partition=long"; got ${JSON.stringify(line)}`,
      );
    if (/^(--array\b|-a)/.test(line))
      throw new UsageError(
        `--sbatch must not set the array, which --indices and --at-once do; got ${JSON.stringify(line)}`,
      );
  }
  for (const line of setup) {
    if (/[\n\r\0]/.test(line))
      throw new UsageError(`--setup must be one line, and may be given again; got ${JSON.stringify(line)}`);
  }
}

/**
 * The script of a job array whose index I computes part I of N.
 *
 * @throws UsageError for what no script can hold.
 */
export function scriptText(options: ScriptOptions): string {
  checkLines(options);
  const { directory, plan, tasks, indices, cpus, node, program } = options;
  const all = Array.from({ length: indices }, (_, i) => i + 1);
  // Percent signs are symbols there: %A the job, %a the index.
  const logs = `${quote(`${directory.replaceAll("%", "%%")}/logs/`)}%A_%a.out`;
  const each = Math.ceil(tasks / indices);
  const script = quote(options.script);
  const words = [node, program, "sweep", plan, "--out", directory, ...options.passed].map(quote).join(" ");
  return `${[
    "#!/bin/bash",
    `# Written by propchaos ${options.version}: ${tasks} tasks, ${each === 1 ? "one" : `up to ${each}`} an index.`,
    `# Submit:   sbatch ${script}`,
    `# Resubmit: sbatch --array="$(propchaos sweep missing ${quote(directory)})" ${script}`,
    ...[
      `--job-name=${jobName(directory)}`,
      `--array=${formatArray(all, options.atOnce)}`,
      "--nodes=1",
      "--ntasks=1",
      `--cpus-per-task=${cpus}`,
      `--mem=${options.memoryMiB}M`,
      `--time=${formatMinutes(options.minutes)}`,
      `--output=${logs}`,
      "--open-mode=append",
      `--signal=B:INT@${NOTICE}`,
      "--requeue",
      ...options.sbatch,
    ].map((line) => `#SBATCH ${line}`),
    "",
    ...options.setup,
    "# In the place of this shell, so that signals of Slurm reach it.",
    `exec ${words} --wait ${PATIENCE} --workers ${cpus} --task "\${SLURM_ARRAY_TASK_ID:?run this with sbatch}/${indices}"`,
  ].join("\n")}\n`;
}
