// The limit of a combination as a file, where it takes long: several processes, and later calls, need it too. Its path is
// thousands of coefficients, of which every bit counts, signs of zeros among them: they are written as hexadecimal bytes.

import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { version } from "../../core/version.ts";
import { gapSettings } from "../../gap/assemble.ts";
import type { PackedState } from "../../limit/task.ts";
import type { Combination } from "./combinations.ts";
import { canonicalJSON, digest } from "./hash.ts";

/** Nodes times evaluations from which a limit is kept: a second or so. Below, solving is as quick as reading. */
const WORTH_KEEPING = 5e6;

/** Evaluations of the field in a Runge-Kutta step. */
const STAGES = 4;

/** The name of a limit in a store; null where a reference network takes its place. */
export function limitName({ checked }: Combination): string | null {
  if (checked.meanField.solver === "reference-network") return null;
  const { time, step, dynamics, gradient, record, tolerance } = gapSettings(checked);
  const { problem } = checked;
  return `limit-${digest(canonicalJSON({ version, problem, time, step, dynamics, gradient, record, tolerance }))}`;
}

/** Whether reading it will be quicker than solving it. */
export function worthKeeping({ checked }: Combination, { status, solution }: PackedState): boolean {
  if (status !== "completed" || !solution) return false;
  const steps = solution.path.stepsAt.at(-1) ?? 0;
  return solution.nodes * steps * (checked.training.plan.dynamics === "flow" ? STAGES : 1) >= WORTH_KEEPING;
}

function pack(_: string, value: unknown): unknown {
  if (!(value instanceof Float64Array)) return value;
  // Byte by byte, so that all machines write the same.
  const bytes = new Uint8Array(8 * value.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < value.length; i++) view.setFloat64(8 * i, value[i]);
  return { float64: bytesToHex(bytes) };
}

function unpack(_: string, value: unknown): unknown {
  const { float64 } = (value ?? {}) as { float64?: unknown };
  if (typeof float64 !== "string") return value;
  const bytes = hexToBytes(float64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i));
}

/** The text of a limit. */
export function writeLimit(name: string, state: PackedState): string {
  const text = JSON.stringify(state, pack);
  return `{"schema":"propchaos/limit-path@1","limit":"${name}","state":${text},"checksum":"${digest(text)}"}\n`;
}

/** The limit back; null where the text is not that of this limit, which is then solved again. */
export function readLimit(name: string, text: string): PackedState | null {
  try {
    const file = JSON.parse(text);
    if (file.schema !== "propchaos/limit-path@1" || file.limit !== name) return null;
    if (digest(JSON.stringify(file.state)) !== file.checksum) return null;
    return JSON.parse(JSON.stringify(file.state), unpack) as PackedState;
  } catch {
    return null;
  }
}
