// Options of sweeps on Slurm.

import { type Command, Option } from "commander";
import { readNumber } from "../options.ts";

/** Flags of `propchaos sweep` that are about Slurm. */
export interface SlurmFlags {
  slurm?: boolean;
  submit?: boolean;
  indices?: number;
  maxIndices?: number;
  indexMinutes?: number;
  atOnce?: number;
  cpus?: number;
  sbatch?: string[];
  setup?: string[];
  node?: string;
  program?: string;
  repack?: boolean;
}

/** An option that may be given again. */
function texts(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string, before: string[] = []) => [...before, text]);
}

/** Adds what writes and submits a job array. */
export function addSlurmOptions(command: Command): Command {
  return command
    .option("--slurm", "write DIR/slurm.sh, a job array for Slurm, and compute nothing")
    .option("--submit", "write it and submit what is missing with sbatch")
    .option("--indices <n>", "indices of the array (default: by the estimate)", readNumber)
    .option("--max-indices <n>", "most indices the cluster allows (default: asked, else 1000)", readNumber)
    .option("--index-minutes <n>", "minutes that an index should take (default: 10)", readNumber)
    .option("--at-once <n>", "most indices that run at once", readNumber)
    .option("--cpus <n>", "processors of an index (default: 1, more where indices are few)", readNumber)
    .addOption(texts("--sbatch <option>", 'a further option of sbatch, as "--partition=long"; may be given again'))
    .addOption(texts("--setup <line>", 'a command before, as "module load nodejs"; may be given again'))
    .option("--node <path>", "Node on the cluster's nodes (default: the one that runs here)")
    .option("--program <path>", "this program there (default: the one that runs here)")
    .option("--repack", "part the tasks into indices anew");
}
