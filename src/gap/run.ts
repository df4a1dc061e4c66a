// A gap run: the limit first, then every network, on workers or on the calling thread. What is kept does not depend on
// the order in which networks are finished.

import type { Plan } from "../core/dynamics.ts";
import type { Run, Status } from "../core/run.ts";
import { MemoryRefusal } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import { packPath } from "../limit/path.ts";
import type { LimitState, Solution } from "../limit/solve.ts";
import { computeLimit, emptyState, limitHandlers, limitWork } from "../limit/task.ts";
import { countWork, type DivergedStep } from "../network/trajectory.ts";
import { TaskFailure } from "../pool/batch.ts";
import { startEnginePool } from "../pool/engine-pool.ts";
import type { Pool } from "../pool/pool.ts";
import type { WorkerChoice, WorkersUsed } from "../pool/workers.ts";
import type { Problem } from "../problem/types.ts";
import { pairCount, pairWork } from "./cost.ts";
import { type CoupledRun, couplingBytes, type Measurement } from "./coupling.ts";
import type { Divergence } from "./document.ts";
import type { Networks } from "./networks.ts";
import { type GapContext, type GapPayload, gapHandlers } from "./task.ts";

/** What determines a run, and the workers, which do not change it. */
export interface GapInput {
  problem: Problem;
  plan: Plan;
  tolerance: number;
  networks: Networks;
  workers: WorkerChoice;
}

/** What a gap run has at any time. */
export interface GapProgress {
  workers: WorkersUsed | null;
  limit: LimitState;
  /** runs[w][replica], in the order of the widths; undefined where a network is not finished. */
  runs: (Measurement[] | undefined)[][];
  deltas: Float64Array[];
  divergence: Divergence | null;
  failure: string | null;
}

/** Before anything is computed. */
export function emptyProgress({ widths, replicas }: Networks): GapProgress {
  return {
    workers: null,
    limit: emptyState(),
    runs: widths.map(() => new Array(replicas).fill(undefined)),
    deltas: [],
    divergence: null,
    failure: null,
  };
}

/** A network's place in the run. */
interface Place extends GapPayload {
  w: number;
}

/** All widths of one replica before the next replica: an interrupted run has every width. */
function places({ widths, replicas }: Networks): Place[] {
  return Array.from({ length: replicas }, (_, replica) => widths.map((m, w) => ({ w, m, replica }))).flat();
}

/**
 * The order in which workers start networks: the longest first, so that they end together; but first one of every
 * width, for the sake of a run that is interrupted.
 */
function startOrder(networks: readonly Place[]): number[] {
  const later = ({ replica }: Place) => (replica === 0 ? 0 : 1);
  return networks
    .map((place, index) => ({ ...place, index }))
    .sort((a, b) => later(a) - later(b) || b.m - a.m || a.index - b.index)
    .map(({ index }) => index);
}

/** Solves the limit and trains the networks; `progress` gets what is finished. */
export async function runAll(engine: Engine, input: GapInput, run: Run, progress: GapProgress): Promise<Status> {
  const { problem, plan, networks, workers } = input;
  const widest = Math.max(...networks.widths);
  engine.arena.require(`a network of width ${widest} beside its limit`, couplingBytes(engine, problem, plan, widest));
  const steps = countWork(plan);
  const cost = (m: number) => (pairCount(m) * steps) / 1e6;
  const total = networks.widths.reduce((sum, m) => sum + cost(m), 0) * networks.replicas;
  const limitShare = 1 + total / 50;
  run.expect(limitShare + total);

  const pool = await startEnginePool(
    engine,
    { ...limitHandlers, ...gapHandlers },
    workers,
    {
      tasks: networks.widths.length * networks.replicas,
      multiplications: limitWork(input) + 1e6 * total * pairWork(problem, plan),
    },
    run,
  );
  try {
    progress.workers = pool.used;
    const status = await computeLimit(pool, run, run.part(limitShare), input, progress.limit);
    const { solution } = progress.limit;
    if (solution?.divergence) progress.divergence = { where: "limit", m: null, replica: null, ...solution.divergence };
    if (!solution || status !== "completed") return status;
    return await runNetworks(pool, input, solution, run, cost, progress);
  } finally {
    await pool.close();
  }
}

async function runNetworks(
  pool: Pool<Engine>,
  { problem, plan, networks }: GapInput,
  solution: Solution,
  run: Run,
  cost: (m: number) => number,
  progress: GapProgress,
): Promise<Status> {
  const { rows, seed } = networks;
  const shared: GapContext = { problem, plan, path: packPath(solution.path), seed, rows };
  const list = places(networks);
  const tasks = list.map(({ m, replica }) => ({
    kind: "network",
    name: rows ? "the given network" : `the network of width ${m}, replica ${replica}`,
    payload: { m, replica } satisfies GapPayload,
    context: { key: "limit", value: shared },
    part: run.part(cost(m)),
  }));
  const diverged: { index: number; step: DivergedStep }[] = [];
  const finished = (index: number, value: unknown) => {
    const { measurements, deltas, divergence } = value as CoupledRun;
    progress.deltas = deltas;
    if (divergence) diverged.push({ index, step: divergence });
    else progress.runs[list[index].w][list[index].replica] = measurements;
    return divergence !== null;
  };
  try {
    await pool.compute({ run, tasks, order: startOrder(list), finished });
  } catch (error) {
    if (!(error instanceof TaskFailure || error instanceof MemoryRefusal)) throw error;
    progress.failure = error.message;
    return "failed";
  }
  const first = diverged.pop();
  if (!first) return "completed";
  // Each was before the last, so this is the first of all: a run without workers would have stopped here.
  const { m, replica } = list[first.index];
  progress.divergence = { where: "network", m, replica: rows ? null : replica, ...first.step };
  for (const place of list.slice(first.index)) progress.runs[place.w][place.replica] = undefined;
  return "diverged";
}
