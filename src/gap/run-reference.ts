// A gap run beside a reference network: one task a replica, with all widths.

import type { Run, Status } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { Training } from "../network/training.ts";
import type { DivergedStep } from "../network/trajectory.ts";
import type { WorkerChoice } from "../pool/workers.ts";
import type { Problem } from "../problem/types.ts";
import type { Networks } from "./networks.ts";
import type { Listeners } from "./record.ts";
import { type ReferenceContext, type ReferenceRun, referenceBytes, referenceWork } from "./reference-run.ts";
import { failureOf, type GapProgress, precisionFloor, UNIT } from "./run.ts";
import { hearRecords } from "./telling.ts";
import { startGapPool } from "./together.ts";

/** What determines a run, and the workers, which do not change it. */
export interface ReferenceInput {
  problem: Problem;
  training: Training;
  networks: Networks;
  /** M. */
  reference: number;
  workers: WorkerChoice;
  listeners: Listeners;
}

/** What all its replicas share. */
export function contextOf({
  problem,
  training,
  networks,
  reference,
  listeners,
}: Omit<ReferenceInput, "workers" | "listeners"> & { listeners?: Listeners }): ReferenceContext {
  const { widths, seed, rows, signs, distribution } = networks;
  const told = listeners?.onRecord !== undefined;
  return { problem, training, widths, reference, seed, rows, signs, distribution, told };
}

/** Trains all replicas; `progress` gets what is finished. */
export async function runBesideReference(
  engine: Engine,
  input: ReferenceInput,
  run: Run,
  progress: GapProgress,
): Promise<Status> {
  const { networks, reference, workers } = input;
  const { replicas, rows } = networks;
  const context = contextOf(input);
  engine.arena.require(`networks beside a reference network of width ${reference}`, referenceBytes(engine, context));
  const cost = referenceWork(context) / UNIT;
  run.expect(cost * replicas);
  const { problem, training } = context;
  const amount = { tasks: replicas, multiplications: UNIT * cost * replicas, problem, training, widest: reference };
  const pool = await startGapPool(engine, workers, amount, run);
  const diverged: { replica: number; step: DivergedStep & { m: number } }[] = [];
  const finished = (replica: number, value: unknown) => {
    const { divergence } = value as ReferenceRun;
    if (divergence) diverged.push({ replica, step: divergence });
    else keepReplica(progress, networks.widths, replica, value as ReferenceRun);
    return divergence !== null;
  };
  try {
    progress.workers = pool.used;
    const tasks = Array.from({ length: replicas }, (_, replica) => ({
      kind: "replica",
      name: rows ? "the given networks" : `replica ${replica}`,
      payload: replica,
      context: { key: "reference", value: context },
      part: run.part(cost),
      heard: hearRecords(input.listeners, replica, input.training.plan.times),
    }));
    progress.failure = await failureOf(pool.compute({ run, tasks, finished }));
  } finally {
    await pool.close();
  }
  if (progress.failure !== null) return "failed";
  const first = diverged.pop();
  if (!first) return "completed";
  replicaDivergedAt(progress, networks, first.replica, first.step);
  return "diverged";
}

/** Keeps the replicas before the first that diverges. */
export function replicaDivergedAt(
  progress: GapProgress,
  { rows }: Networks,
  replica: number,
  { m, ...step }: DivergedStep & { m: number },
): void {
  progress.divergence = { where: "network", m, replica: rows ? null : replica, ...step };
  for (const runs of progress.runs) runs.fill(undefined, replica);
  progress.references.fill(undefined, replica);
}

/** Keeps a replica: a finished one in place of an interrupted one, an interrupted one where there is nothing else. */
export function keepReplica(
  progress: GapProgress,
  widths: readonly number[],
  replica: number,
  run: ReferenceRun,
): void {
  const { references, runs } = progress;
  if (run.aborted && (run.loss.length === 0 || references.some((other) => other !== undefined))) return;
  const interrupted = references.findIndex((other) => other?.aborted);
  if (interrupted >= 0) {
    references[interrupted] = undefined;
    progress.floor = null;
    for (const ofWidth of runs) ofWidth[interrupted] = undefined;
  }
  references[replica] = run;
  run.measurements.forEach((measurements, w) => {
    runs[w][replica] = measurements;
  });
  progress.deltas = run.deltas;
  if (run.floor) progress.floor = precisionFloor(Math.min(...widths), run.floor);
}
