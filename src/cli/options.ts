// Options of the commands and the strict reading of their values. What a number may be is for the library to say;
// here it only has to be one, so that "12abc" is not taken for 12.

import { type Command, InvalidArgumentError, Option } from "commander";

/** Options that every computing command takes. */
export interface RunFlags {
  d: number;
  time: number;
  step: number;
  dynamics: "pgd" | "flow";
  gradient: "riemannian" | "euclidean";
  tolerance: number;
  record?: number | number[];
  out?: string;
  json?: boolean;
  quiet?: boolean;
  backend: "auto" | "simd" | "scalar";
  memoryLimit?: number;
  workers?: "auto" | number;
  dryRun?: boolean;
}

/** Options of `gap`. */
export interface GapFlags extends RunFlags {
  widths: number[];
  seeds: number;
  seed: number;
  initial?: string;
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

function number(flags: string, description: string, fallback: number, shown?: string): Option {
  return new Option(flags, description).argParser(readNumber).default(fallback, shown);
}

/** Adds what makes the problem and the run in time. */
export function addRunOptions(command: Command): Command {
  return command
    .addOption(number("--d <n>", "input dimension, an integer of at least 2", 32))
    .addOption(number("--time <t>", "length of the run in flow time", 16))
    .addOption(number("--step <eta>", "step in flow time", 0.02))
    .addOption(
      new Option("--dynamics <name>", "projected gradient descent or gradient flow")
        .choices(["pgd", "flow"])
        .default("pgd"),
    )
    .addOption(
      new Option("--gradient <name>", "tangent gradient, or Euclidean (pgd only)")
        .choices(["riemannian", "euclidean"])
        .default("riemannian"),
    )
    .addOption(number("--tolerance <x>", "absolute error allowed in the risk of the limit", 1e-8, "1e-8"))
    .addOption(
      new Option(
        "--record <times>",
        "a count of equal times, or times as 0,1,2 (one time as 2,) (default: 33)",
      ).argParser(readRecord),
    );
}

/** Adds what says where results go and how the core runs. */
export function addOutputOptions(command: Command, files: string): Command {
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
    )
    .addOption(
      new Option("--workers <n>", "threads beside the main one, 0 for none; they do not change the bits")
        .argParser(readWorkers)
        .default("auto"),
    )
    .option("--dry-run", "predict memory and time on this machine, and stop");
}
