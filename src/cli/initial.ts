// --initial FILE.npy: the network that is given instead of seeds.

import type { Command } from "commander";
import { readArray } from "./arrays.ts";
import { UsageError } from "./errors.ts";
import type { GapFlags } from "./options.ts";

/**
 * The particles in the file of `--initial`, and the flags of such a run: the dimension is that of the file.
 *
 * @throws UsageError where the file does not serve, or another option contradicts it.
 */
export function givenNetwork(
  command: Command,
  flags: GapFlags,
): { initial: Float64Array; flags: Omit<GapFlags, "seeds" | "seed"> & { seed?: number } } | undefined {
  if (flags.initial === undefined) return undefined;
  const chosen = (name: string) => command.getOptionValueSource(name) === "cli";
  // Whether --seed may stand beside it depends on the data: the library says so.
  const refused = flags.reference === undefined ? ["widths", "seeds"] : ["seeds"];
  for (const name of refused)
    if (chosen(name)) throw new UsageError(`--${name} must be left out beside --initial, which is given`);
  const { data, shape } = readArray("--initial", flags.initial);
  const [m, d] = shape;
  if (shape.length !== 2)
    throw new UsageError(`--initial must hold m x d numbers, one particle a row; got the shape (${shape.join(", ")})`);
  if (chosen("d") && flags.d !== d)
    throw new UsageError(`--d must be left out or ${d}, the columns of --initial (${m} x ${d}); got ${flags.d}`);
  const { seeds, seed, ...others } = flags;
  const given = chosen("seed") ? { seed } : {};
  return { initial: Float64Array.from(data), flags: { ...others, ...given, d } };
}
