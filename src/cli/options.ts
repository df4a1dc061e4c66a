// Options of the commands and the strict reading of their values. What a number may be is for the library to say;
// here it only has to be one, so that "12abc" is not taken for 12.

import { type Command, InvalidArgumentError, Option } from "commander";

/** Options that every computing command takes. */
export interface SharedFlags {
  d: number;
  time: number;
  gradient?: "riemannian" | "euclidean";
  record?: number | number[];
  out?: string;
  json?: boolean;
  quiet?: boolean;
  backend: "auto" | "simd" | "scalar";
  memoryLimit?: number;
  workers?: "auto" | number;
}

/** Options of `limit`, and of `gap` with more. */
export interface RunFlags extends SharedFlags {
  step: number;
  dynamics: "pgd" | "flow";
  tolerance: number;
  dryRun?: boolean;
  paths?: number;
}

/** Options of `gap`. */
export interface GapFlags extends RunFlags {
  widths: number[];
  seeds: number;
  seed: number;
  initial?: string;
  theory?: boolean;
  distribution?: boolean;
  reference?: number;
  samples?: number;
  batch?: number;
  testSamples?: number;
  shuffle?: boolean;
  resample?: boolean;
  data?: string;
  labels?: string;
  testData?: string;
  testLabels?: string;
  precision: "float64" | "float32";
  loss: "squared" | "correlation";
  langevin: number;
  pathNorm: number;
  interaction: "auto" | "pairs" | "moments";
}

/** Options of `theory`. */
export interface TheoryFlags extends RunFlags {
  width: number;
  seed: number;
  samples?: number;
  batch?: number;
  bound?: number;
}

/** Options of `gaps`. */
export interface GapsFlags extends SharedFlags {
  step: number;
  widths: number[];
  samples: number[];
  batch?: number;
  reference?: number;
  precision: "float64" | "float32";
  seeds: number;
  seed: number;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const SIZE = /^(\d+\.?\d*|\.\d+)\s*(B|KiB|MiB|GiB)?$/i;
const UNITS = { b: 1, kib: 1024, mib: 1024 * 1024, gib: 1024 * 1024 * 1024 };

/** NaN where the text is anything but one decimal number. */
function decimal(text: string): number {
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/** A finite decimal number and nothing else. */
export function readNumber(text: string): number {
  const value = decimal(text);
  if (!Number.isFinite(value))
    throw new InvalidArgumentError("Allowed is one finite decimal number, such as 16 or 2e-2.");
  return value;
}

/** Numbers with commas between them; a comma after the last is allowed. */
export function readNumbers(text: string): number[] {
  const values = text.replace(/,$/, "").split(",").map(decimal);
  if (!values.every(Number.isFinite))
    throw new InvalidArgumentError("Allowed are decimal numbers with commas between them, such as 128,256,512.");
  return values;
}

/** A count, or a list of times, which has a comma. */
export function readRecord(text: string): number | number[] {
  return text.includes(",") ? readNumbers(text) : readNumber(text);
}

/** "auto" or a count. */
export function readWorkers(text: string): "auto" | number {
  if (text === "auto") return text;
  const count = decimal(text);
  if (!Number.isFinite(count)) throw new InvalidArgumentError('Allowed is "auto" or a number of workers, such as 4.');
  return count;
}

/** Bytes: a number with or without a unit. */
export function readBytes(text: string): number {
  const [, amount, unit = "B"] = SIZE.exec(text) ?? [];
  const bytes = Math.round(Number(amount) * UNITS[unit.toLowerCase() as keyof typeof UNITS]);
  if (!Number.isSafeInteger(bytes))
    throw new InvalidArgumentError("Allowed is a number of bytes, or a number with KiB, MiB or GiB, such as 512MiB.");
  return bytes;
}

/** An option that is one number. */
export function number(flags: string, description: string, fallback: number, shown?: string): Option {
  return new Option(flags, description).argParser(readNumber).default(fallback, shown);
}

/** Adds dimension and time. */
export function addHorizonOptions(command: Command, time: number): Command {
  return command
    .addOption(number("--d <n>", "input dimension, an integer of at least 2", 32))
    .addOption(number("--time <t>", "length of the run in flow time", time));
}

/** Adds dimension, time and step. */
export function addTimeOptions(command: Command, time: number): Command {
  return addHorizonOptions(command, time).addOption(number("--step <eta>", "step in flow time", 0.02));
}

/** Adds the error allowed in the limit constants. */
export function addRelativeTolerance(command: Command): Command {
  return command.addOption(number("--tolerance <x>", "relative error allowed in the constants", 1e-4, "1e-4"));
}

/** Adds when the run is recorded. */
export function addRecordOption(command: Command): Command {
  return command.addOption(
    new Option(
      "--record <times>",
      "a count of equal times, or times as 0,1,2 (one time as 2,) (default: 33)",
    ).argParser(readRecord),
  );
}

/** Adds widths and seeds. */
export function addNetworkOptions(command: Command, widths: number[]): Command {
  return command
    .addOption(
      new Option("--widths <list>", "widths m, with commas between them")
        .argParser(readNumbers)
        .default(widths, widths.join()),
    )
    .option("--seeds <n>", "networks a width, each with a start of its own", readNumber, 8)
    .option("--seed <n>", "seed of all random numbers, 0 to 4294967295", readNumber, 1);
}

export function precisionOption(): Option {
  return new Option("--precision <name>", "number format of the passes over data")
    .choices(["float64", "float32"])
    .default("float64");
}

/** Adds dimension, time, step, dynamics and gradient. */
export function addDynamicsOptions(command: Command, time: number): Command {
  return addTimeOptions(command, time)
    .addOption(
      new Option("--dynamics <name>", "projected gradient descent or gradient flow")
        .choices(["pgd", "flow"])
        .default("pgd"),
    )
    .addOption(
      new Option(
        "--gradient <name>",
        'tangent gradient, or Euclidean (pgd only) (default: "riemannian"; with --path-norm "euclidean")',
      ).choices(["riemannian", "euclidean"]),
    );
}

/** Adds what makes the problem and the run in time. */
export function addRunOptions(command: Command, time = 16): Command {
  addDynamicsOptions(command, time).addOption(
    number("--tolerance <x>", "absolute error allowed in the risk of the limit", 1e-8, "1e-8"),
  );
  return addRecordOption(command);
}

/** Adds what networks are trained on, and how, and what they are compared with. */
export function addTrainingOptions(command: Command): Command {
  return addLearningOptions(command).option(
    "--reference <M>",
    "compare with a network of width M in place of the limit",
    readNumber,
  );
}

/** Adds what networks are trained on, and how. */
export function addLearningOptions(command: Command): Command {
  return command
    .option(
      "--samples <n>",
      "train on n samples instead of the population (default of Boolean problems: 16384)",
      readNumber,
    )
    .option("--batch <n>", "samples a step (default: 8192, or all where there are fewer)", readNumber)
    .option("--test-samples <n>", "samples of the test set (default: half as many as for training)", readNumber)
    .option("--shuffle", "an order drawn from the seed for each epoch")
    .option("--resample", "fresh samples in each epoch")
    .option("--data <file>", "inputs of your own: a .npy file of n x d numbers, which sets --d")
    .option("--labels <file>", "their labels, a .npy file of n numbers (default: the target of the problem)")
    .option("--test-data <file>", "inputs of a test set of your own")
    .option("--test-labels <file>", "their labels")
    .addOption(precisionOption())
    .addOption(
      new Option("--loss <name>", "squared error, or correlation, which drops the network's own output")
        .choices(["squared", "correlation"])
        .default("squared"),
    )
    .addOption(number("--langevin <s>", "strength of Langevin noise added with each step", 0))
    .addOption(number("--path-norm <x>", "weight of the path norm; weights then leave the sphere", 0))
    .addOption(
      new Option("--interaction <name>", "sums on the population over pairs of particles, or by their moments")
        .choices(["auto", "pairs", "moments"])
        .default("auto"),
    );
}

/** Adds what says where results go and how the core runs. */
export function addOutputOptions(command: Command, files: string): Command {
  return addPlainOutputOptions(command, files).addOption(
    new Option("--workers <n>", "threads beside the main one, 0 for none; they do not change the bits")
      .argParser(readWorkers)
      .default("auto"),
  );
}

/** The same for commands that start no workers. */
export function addPlainOutputOptions(command: Command, files: string): Command {
  return command
    .option("--out <dir>", `directory for ${files}; created where it is missing`)
    .option("--json", "write one JSON document to stdout, nothing else")
    .option("--quiet", "no table and no progress bar; errors are still said")
    .addOption(
      new Option("--backend <name>", "build of the numerical core; all give the same bits")
        .choices(["auto", "simd", "scalar"])
        .default("auto"),
    )
    .addOption(
      new Option("--memory-limit <size>", "refuse runs that need more, such as 512MiB (default: 1GiB)").argParser(
        readBytes,
      ),
    );
}

/** Adds `--dry-run`. */
export function addDryRun(command: Command): Command {
  return command.option("--dry-run", "predict memory and time on this machine, and stop");
}
