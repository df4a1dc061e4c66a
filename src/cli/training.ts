// What networks are trained on, from the flags: the population, drawn samples, or the user's files.

import type { Command } from "commander";
import { type DataArray, describeProblem, type GapOptions } from "../index.ts";
import { readArray } from "./arrays.ts";
import { UsageError } from "./errors.ts";
import type { GapFlags } from "./options.ts";
import { problemName } from "./problems.ts";

/** Training samples of problems that have no population to train on. */
const DEFAULT_SAMPLES = 16384;

type Flags = Omit<GapFlags, "seeds" | "seed">;
type DataFlags = Pick<Flags, "samples" | "batch" | "testSamples" | "shuffle" | "resample" | (typeof FILES)[number]>;

/** Flags of drawn samples, and of files, with what they are without. */
const SAMPLED = ["samples", "testSamples", "resample"] as const;
const FILES = ["labels", "testData", "testLabels"] as const;

function spelling(flag: string): string {
  return `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function inputs(option: string, file: string): { values: DataArray; d: number } {
  const { data, shape } = readArray(option, file);
  if (shape.length !== 2)
    throw new UsageError(`${option} must hold n x d numbers, one sample a row; got the shape (${shape.join(", ")})`);
  return { values: data, d: shape[1] };
}

function labels(option: string, file: string): DataArray {
  const { data, shape } = readArray(option, file);
  if (data.length !== shape[0] || shape.length > 2)
    throw new UsageError(`${option} must hold n numbers, one a sample; got the shape (${shape.join(", ")})`);
  return data;
}

/** The user's files. */
function given(command: Command, flags: Flags, file: string): { data: GapOptions["data"]; d: number } {
  for (const flag of SAMPLED)
    if (flags[flag] !== undefined)
      throw new UsageError(`${spelling(flag)} must be left out beside --data, which holds the samples`);
  const { values, d } = inputs("--data", file);
  if (command.getOptionValueSource("d") === "cli" && flags.d !== d)
    throw new UsageError(`--d must be left out or ${d}, the columns of --data; got ${flags.d}`);
  const test = flags.testData === undefined ? undefined : inputs("--test-data", flags.testData);
  if (test && test.d !== d) throw new UsageError(`--test-data must have ${d} columns, as --data; got ${test.d}`);
  const data = {
    inputs: values,
    labels: flags.labels === undefined ? undefined : labels("--labels", flags.labels),
    testInputs: test?.values,
    testLabels: flags.testLabels === undefined ? undefined : labels("--test-labels", flags.testLabels),
    batch: flags.batch,
    order: order(flags),
  };
  return { data, d };
}

function order({ shuffle }: DataFlags): "shuffled" | undefined {
  return shuffle ? "shuffled" : undefined;
}

/** Drawn samples, or the population. */
export function sampledData(problem: string, flags: DataFlags): GapOptions["data"] {
  for (const flag of FILES)
    if (flags[flag] !== undefined) throw new UsageError(`${spelling(flag)} must be left out unless --data is given`);
  const boolean = describeProblem(problemName(problem)).data === "Boolean";
  const samples = flags.samples ?? (boolean ? DEFAULT_SAMPLES : undefined);
  if (samples !== undefined)
    return { samples, batch: flags.batch, test: flags.testSamples, order: order(flags), resample: flags.resample };
  for (const flag of ["batch", "testSamples", "shuffle", "resample"] as const)
    if (flags[flag] !== undefined) throw new UsageError(`${spelling(flag)} must be left out unless --samples is given`);
  return "population";
}

/** Options of the library, and the dimension that the files have. @throws UsageError */
export function trainingOptions(
  command: Command,
  problem: string,
  flags: Flags,
): Pick<GapOptions, "data" | "precision" | "objective" | "langevin" | "pathNorm" | "interaction" | "reference"> & {
  d: number;
} {
  const { precision, loss, langevin, pathNorm, interaction, reference } = flags;
  const data =
    flags.data === undefined ? { data: sampledData(problem, flags), d: flags.d } : given(command, flags, flags.data);
  return { ...data, precision, objective: loss, langevin, pathNorm, interaction, reference };
}
