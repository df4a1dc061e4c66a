// numpy and PyTorch as peers, where python3 has them: one process that steps when it is told to.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { PeerNetwork } from "./data-peers.ts";

export interface PythonPeers {
  versions: string;
  contenders: readonly string[];
  /** One step of a contender, which goes on from its last. */
  step(name: string): Promise<unknown>;
  /** W after one step from the start. */
  weights(name: string): Promise<Float32Array>;
  end(): void;
}

const SCRIPT = fileURLToPath(new URL("data-peers-python.py", import.meta.url));

/** One thread; the machine's own choice of kernels, whatever is set for others. */
function environment(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...rest } = process.env;
  return { ...rest, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
}

/** Null where there is no python3 or no numpy. */
export async function pythonPeers(peer: PeerNetwork, eta: number, activation: object): Promise<PythonPeers | null> {
  const folder = mkdtempSync(join(tmpdir(), "propchaos-bench-"));
  const arrays = { X: peer.inputs, y: peer.labels, a: peer.signs, W: peer.W };
  for (const [name, array] of Object.entries(arrays)) writeFileSync(join(folder, name), array);
  const child = spawn("python3", [SCRIPT], { stdio: ["pipe", "pipe", "ignore"], env: environment() });
  // Without python3, or without numpy, which ends it: the pipe breaks and no line comes.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line: string) => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`python3 ended at "${line}"`);
    return JSON.parse(value);
  };
  const end = () => {
    child.stdin.end();
    rmSync(folder, { recursive: true, force: true });
  };
  const shape = { n: peer.labels.length, m: peer.signs.length, d: peer.d };
  try {
    const { versions, contenders } = await ask(JSON.stringify({ folder, ...shape, eta, activation }));
    const weights = async (name: string) => {
      await ask(`weights ${name}`);
      const bytes = readFileSync(join(folder, "weights"));
      return new Float32Array(Uint8Array.from(bytes).buffer);
    };
    return { versions, contenders, step: ask, weights, end };
  } catch {
    end();
    return null;
  }
}
