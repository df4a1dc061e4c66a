// A run of the three gaps: one task a replica, on workers or on the calling thread.

import type { Run, Status } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import { startEnginePool } from "../pool/engine-pool.ts";
import type { WorkerChoice, WorkersUsed } from "../pool/workers.ts";
import { failureOf, UNIT } from "./run.ts";
import type { GapsDivergence } from "./separate-document.ts";
import {
  type NetworkDivergence,
  type SeparateContext,
  type SeparateRun,
  separateBytes,
  separateWork,
} from "./separate-run.ts";
import { gapHandlers } from "./task.ts";

/** What a run has at any time; undefined where a replica is not finished. */
export interface SeparateProgress {
  workers: WorkersUsed | null;
  runs: (SeparateRun | undefined)[];
  divergence: GapsDivergence | null;
  failure: string | null;
}

/** Trains all replicas; `progress` gets what is finished. */
export async function runSeparate(
  engine: Engine,
  context: SeparateContext,
  workers: WorkerChoice,
  run: Run,
  progress: SeparateProgress,
): Promise<Status> {
  const { runs } = progress;
  engine.arena.require("networks on the population and on samples", separateBytes(engine, context));
  const cost = separateWork(context) / UNIT;
  run.expect(cost * runs.length);
  const amount = { tasks: runs.length, multiplications: UNIT * cost * runs.length };
  const pool = await startEnginePool(engine, gapHandlers, workers, amount, run);
  // Divergences are told in the order they are found; each is of an earlier replica than the one before.
  let first: { replica: number; divergence: NetworkDivergence } | undefined;
  const finished = (replica: number, value: unknown) => {
    const one = value as SeparateRun;
    if (one.divergence) first = { replica, divergence: one.divergence };
    else runs[replica] = one;
    return one.divergence !== null;
  };
  try {
    progress.workers = pool.used;
    const tasks = runs.map((_, replica) => ({
      kind: "separate",
      name: `replica ${replica}`,
      payload: replica,
      context: { key: "separate", value: context },
      part: run.part(cost),
    }));
    progress.failure = await failureOf(pool.compute({ run, tasks, finished }));
  } finally {
    await pool.close();
  }
  if (progress.failure !== null) return "failed";
  if (!first) return "completed";
  const { replica, divergence } = first;
  progress.divergence = { where: "network", replica, ...divergence };
  runs.fill(undefined, replica);
  return "diverged";
}
