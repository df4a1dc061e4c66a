// Slurm's own programs: what the cluster allows (scontrol), submitting (sbatch), what is waiting or running (squeue).

import { spawnSync } from "node:child_process";

/** What a program wrote, or why it could not do its work. */
type Answer = { output: string } | { reason: string; absent: boolean };

/** A controller that does not answer must not hold up the reader for ever. */
const PATIENCE_MS = 60_000;

function ask(program: string, args: readonly string[]): Answer {
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    timeout: PATIENCE_MS,
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { reason: `there is no ${program} on PATH`, absent: true };
    const reason = code === "ETIMEDOUT" ? `${program} gave no answer in a minute` : `${program}: ${error.message}`;
    return { reason, absent: false };
  }
  if (status === 0) return { output: stdout };
  // Its lines begin with the name of the program.
  const said = stderr.trim().replace(/\s*\n\s*/g, "; ");
  return { reason: said || `${program} ended with ${signal ?? status}`, absent: false };
}

/** MaxArraySize where a configuration says nothing. */
const DEFAULT_ARRAY_SIZE = 1001;

/** The largest index that the cluster allows, one below its MaxArraySize; Slurm's default where none can be asked. */
export function largestIndex(): { largest: number; asked: boolean } {
  const answer = ask("scontrol", ["show", "config"]);
  const [, size] = ("output" in answer && /^MaxArraySize\s*=\s*(\d+)/m.exec(answer.output)) || [];
  return { largest: Number(size ?? DEFAULT_ARRAY_SIZE) - 1, asked: size !== undefined };
}

/** Processors of the largest node, or undefined where that cannot be asked. */
export function largestNode(): number | undefined {
  const answer = ask("sinfo", ["--noheader", "--format=%c"]);
  // "16+" where the nodes of a partition differ.
  const counts = "output" in answer ? answer.output.split("\n").map((line) => Number.parseInt(line, 10)) : [];
  const most = Math.max(0, ...counts.filter(Number.isFinite));
  return most > 0 ? most : undefined;
}

/**
 * Submits a script and returns the id of its job.
 *
 * @throws Error that says why sbatch is not there or what it said.
 */
export function submit(script: string, array: string): string {
  const answer = ask("sbatch", ["--parsable", `--array=${array}`, script]);
  if ("reason" in answer) {
    throw new Error(
      answer.absent
        ? `${answer.reason}: run this where jobs are submitted, or take the script "${script}" there and submit it with sbatch`
        : `sbatch refused the job array: ${answer.reason}. Nothing was submitted; change what it names with --cpus, --max-indices or --sbatch (as in --sbatch --time=30) and submit again`,
    );
  }
  // With several clusters it is "id;cluster".
  const [, id] = /^(\d+)(?:;.*)?\s*$/m.exec(answer.output) ?? [];
  if (id === undefined)
    throw new Error(`sbatch gave no job id, but ${JSON.stringify(answer.output)}; look with squeue`);
  return id;
}

/** An index that waits or runs. */
export interface Queued {
  job: string;
  index: number;
  /** As PENDING, RUNNING, COMPLETING. */
  state: string;
  /** Why it waits, as Resources. */
  reason: string;
}

/** Whether squeue could be asked, and what it said. */
export type Queue = { queue: Queued[] } | { unknown: string };

/** What waits or runs of a script: of jobs with these ids, and of any that was submitted with this path. */
export function queued(script: string, jobs: readonly string[]): Queue {
  // Not --jobs, which is an error for jobs that are long over; and not --me, which old versions do not know.
  const user = String(process.getuid?.());
  const answer = ask("squeue", ["--user", user, "--array", "--noheader", "--format=%F|%K|%T|%r|%o"]);
  if ("reason" in answer) return { unknown: answer.reason };
  const queue: Queued[] = [];
  for (const line of answer.output.split("\n")) {
    const [job, index, state, reason, ...command] = line.trim().split("|");
    if (!/^\d+$/.test(index ?? "") || !(jobs.includes(job) || command.join("|") === script)) continue;
    queue.push({ job, index: Number(index), state, reason });
  }
  return { queue };
}
