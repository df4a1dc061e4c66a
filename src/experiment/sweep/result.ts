// The result of one task as JSON: what the network or the replica measured, as columns over the recorded times, and what
// the report says of the limit. Numbers are written as the shortest decimals that read back to the same float64. The file
// names its task, and a checksum tells whether it is whole.

import { version } from "../../core/version.ts";
import type { CoupledRun } from "../../gap/coupling.ts";
import type { Measurement } from "../../gap/measure.ts";
import type { ReferenceRun } from "../../gap/reference-run.ts";
import type { KnownLimit } from "../../gap/run.ts";
import type { Floor } from "../../gap/shadow.ts";
import type { DivergedStep } from "../../network/trajectory.ts";
import { canonicalJSON, digest } from "./hash.ts";
import type { SweepTask } from "./tasks.ts";

/** Statistics of one network by name, one entry a recorded time. */
type Columns = Record<string, number[]>;

/** A network against the limit, which is null where the limit itself diverged. */
export interface NetworkResult {
  limit: KnownLimit;
  network: { measurements: Columns; floor: Floor | null; divergence: DivergedStep | null } | null;
}

/** A replica beside a reference network, its widths in the order of the settings. */
export interface ReplicaResult extends Omit<ReferenceRun, "measurements" | "deltas" | "aborted"> {
  measurements: Columns[];
}

export type TaskResult = NetworkResult | ReplicaResult;

function columnsOf(measurements: readonly Measurement[]): Columns {
  const [first] = measurements;
  const names = first ? (Object.keys(first) as (keyof Measurement)[]) : [];
  return Object.fromEntries(names.map((name) => [name, measurements.map((one) => one[name] as number)]));
}

/** The measurements back from their columns. */
export function measurementsOf(columns: Columns): Measurement[] {
  const names = Object.keys(columns);
  const records = names.length === 0 ? 0 : columns[names[0]].length;
  return Array.from(
    { length: records },
    // Numbers all: a sweep asks for no distribution of |Delta|.
    (_, k) => Object.fromEntries(names.map((name) => [name, columns[name][k]])) as unknown as Measurement,
  );
}

export function networkResult(
  { solution, errorEstimate, particleErrorEstimate }: KnownLimit,
  run: CoupledRun | null,
): NetworkResult {
  const known = solution && { loss: solution.loss, divergence: solution.divergence };
  const limit = { solution: known, errorEstimate, particleErrorEstimate };
  if (!run) return { limit, network: null };
  const { measurements, floor, divergence } = run;
  return { limit, network: { measurements: columnsOf(measurements), floor, divergence } };
}

export function replicaResult({ measurements, deltas: _, aborted: __, ...rest }: ReferenceRun): ReplicaResult {
  return { ...rest, measurements: measurements.map(columnsOf) };
}

/** A result file. */
export interface ResultFile {
  schema: "propchaos/task@1";
  /** Hash of the task. */
  task: string;
  version: string;
  /** What determines the result. */
  identity: unknown;
  result: TaskResult;
  /** SHA-256 of the result as JSON without blanks. */
  checksum: string;
}

/** The text of a result file. @throws Error where the result holds a number that JSON cannot. */
export function writeResult({ hash, identity, name }: SweepTask, result: TaskResult): string {
  const text = JSON.stringify(result, (key, value) => {
    if (typeof value === "number" && !Number.isFinite(value))
      throw new Error(`${name} gave ${value} for ${key}, which no result may hold`);
    return value;
  });
  const head = JSON.stringify({ schema: "propchaos/task@1", task: hash, version, identity });
  return `${head.slice(0, -1)},"result":${text},"checksum":"${digest(text)}"}\n`;
}

/** What a file holds: the result of the task, or in words why it is none. */
export type ReadResult = { result: TaskResult } | { wrong: string };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Reads a result file of this task. */
export function readResult({ hash }: SweepTask, text: string): ReadResult {
  const file = parse(text) as Partial<ResultFile> | null;
  if (typeof file !== "object" || file === null) return { wrong: "it is no JSON, or only the beginning of it" };
  if (file.schema !== "propchaos/task@1") return { wrong: "it is no result of a task" };
  if (file.version !== version)
    return { wrong: `it was computed by version ${String(file.version)}, and this is ${version}` };
  if (file.task !== hash) return { wrong: `it is the result of another task, ${String(file.task)}` };
  if (digest(canonicalJSON(file.identity)) !== hash)
    return { wrong: "what it says of its task does not agree with its name" };
  if (typeof file.result !== "object" || digest(JSON.stringify(file.result)) !== file.checksum)
    return { wrong: "its checksum does not agree with its numbers" };
  return { result: file.result };
}
