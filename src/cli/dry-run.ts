// --dry-run: what a run would need, instead of the run.

import type { Prediction } from "../index.ts";
import type { SharedFlags } from "./options.ts";
import { EXIT, print, warn } from "./output.ts";

const UNITS = ["bytes", "KiB", "MiB", "GiB"];

function bytes(count: number): string {
  let value = count;
  let unit = 0;
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024;
  return unit === 0 ? `${value} bytes` : `${value.toPrecision(4)} ${UNITS[unit]} (${count} bytes)`;
}

/** Two digits, in the unit that a person would take. */
export function duration(seconds: number): string {
  const units: [number, string][] = [
    [86400, "days"],
    [3600, "hours"],
    [60, "minutes"],
    [1, "seconds"],
  ];
  const [size, name] = units.find(([size]) => seconds >= 2 * size) ?? [1, "seconds"];
  const count = Number((seconds / size).toPrecision(2));
  return `${count} ${count === 1 ? name.slice(0, -1) : name}`;
}

/** Lines for people. */
export function predictionLines({ memoryBytes, fits, seconds, workers }: Prediction, limit: number): string[] {
  const threads = workers === 0 ? "on the main thread" : `on ${workers} worker${workers === 1 ? "" : "s"}`;
  const each = workers === 0 ? "" : " for each thread at most";
  return [
    `Memory: ${bytes(memoryBytes)}${each}, ${fits ? "within" : "above"} the limit of ${bytes(limit)}`,
    `Time: ${seconds === null ? "not measured, for want of memory" : `about ${duration(seconds)} ${threads}`}`,
  ];
}

/** Prints a prediction; the exit code says whether the run could start. */
export function dryRun(
  prediction: Prediction,
  limit: number,
  { json, quiet }: Pick<SharedFlags, "json" | "quiet">,
): number {
  if (json) print([JSON.stringify({ ...prediction, memoryLimitBytes: limit })]);
  else if (!quiet) print(predictionLines(prediction, limit));
  if (prediction.fits) return EXIT.ok;
  warn("this run needs more memory than --memory-limit allows");
  return EXIT.failed;
}
