// --initial FILE.npy: the network that is given instead of widths and seeds.

import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { fromNPY } from "../index.ts";
import { UsageError } from "./errors.ts";
import type { GapFlags } from "./options.ts";

/** Options that say which networks to draw, and so cannot stand beside a given one. */
const DRAWN = ["widths", "seeds", "seed"];

function read(file: string): { data: Float64Array; shape: number[] } {
  try {
    const { data, shape } = fromNPY(readFileSync(file));
    return { data: Float64Array.from(data), shape };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^bytes must be/, "it must be") : String(cause);
    throw new UsageError(`--initial must be a .npy file that can be read; got "${file}" (${reason})`, { cause });
  }
}

/**
 * The particles in the file of `--initial`, and the flags of such a run: the dimension is that of the file.
 *
 * @throws UsageError where the file does not serve, or another option contradicts it.
 */
export function givenNetwork(
  command: Command,
  flags: GapFlags,
): { initial: Float64Array; flags: Omit<GapFlags, "seeds" | "seed"> } | undefined {
  if (flags.initial === undefined) return undefined;
  const chosen = (name: string) => command.getOptionValueSource(name) === "cli";
  for (const name of DRAWN)
    if (chosen(name)) throw new UsageError(`--${name} must be left out beside --initial, which is one given network`);
  const { data, shape } = read(flags.initial);
  const [m, d] = shape;
  if (shape.length !== 2)
    throw new UsageError(`--initial must hold m x d numbers, one particle a row; got the shape (${shape.join(", ")})`);
  if (chosen("d") && flags.d !== d)
    throw new UsageError(`--d must be left out or ${d}, the columns of --initial (${m} x ${d}); got ${flags.d}`);
  const { seeds, seed, ...others } = flags;
  return { initial: data, flags: { ...others, d } };
}
