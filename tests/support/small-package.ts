// The package with functions that compute less than they are asked for: every options object with a time is made small.

import * as whole from "propchaos";
import { smallOptions } from "./small-runs.ts";

function small(value: unknown): unknown {
  if (typeof value !== "function" || /^class\b/.test(String(value))) return value;
  return (...args: unknown[]) =>
    value(
      ...args.map((argument) =>
        typeof argument === "object" && argument !== null && "time" in argument && !("schema" in argument)
          ? smallOptions(argument as Record<string, unknown>)
          : argument,
      ),
    );
}

export const propchaos = Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, small(value)]));
