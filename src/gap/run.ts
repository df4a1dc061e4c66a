// A gap run against the limit: the limit first, then every network, on workers or on the calling thread. What is kept does
// not depend on the order in which networks are finished.

import type { Run, Status } from "../core/run.ts";
import { MemoryRefusal } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import { limitResult } from "../limit/document.ts";
import type { SolvableProblem } from "../limit/model.ts";
import { packPath } from "../limit/path.ts";
import type { LimitState, Solution } from "../limit/solve.ts";
import { computeLimit, emptyState, limitHandlers, limitWork } from "../limit/task.ts";
import { datasetBytes } from "../network/dataset.ts";
import type { Training } from "../network/training.ts";
import type { DivergedStep } from "../network/trajectory.ts";
import { TaskFailure } from "../pool/batch.ts";
import { startEnginePool } from "../pool/engine-pool.ts";
import type { Pool } from "../pool/pool.ts";
import type { WorkerChoice, WorkersUsed } from "../pool/workers.ts";
import { networkWork } from "./cost.ts";
import { type CoupledRun, couplingBytes } from "./coupling.ts";
import type { Divergence, PrecisionFloor } from "./document.ts";
import type { Measurement } from "./measure.ts";
import type { Networks } from "./networks.ts";
import type { Listeners } from "./record.ts";
import type { ReferenceRun } from "./reference-run.ts";
import type { Floor } from "./shadow.ts";
import { type GapContext, type GapPayload, gapHandlers } from "./task.ts";
import { hearRecords } from "./telling.ts";

/** What determines a run against the limit, and the workers, which do not change it. */
export interface GapInput {
  problem: SolvableProblem;
  training: Training;
  tolerance: number;
  networks: Networks;
  workers: WorkerChoice;
  listeners: Listeners;
}

/** What a gap run has at any time. */
export interface GapProgress {
  workers: WorkersUsed | null;
  /** Of a run against the limit. */
  limit: LimitState;
  /** Of a run beside a reference network: the finished replicas, or else one that was interrupted. */
  references: (ReferenceRun | undefined)[];
  /** runs[w][replica], in the order of the widths; undefined where a network is not finished. */
  runs: (Measurement[] | undefined)[][];
  /** deltas[w][k]: |Delta| of given networks. */
  deltas: Float64Array[][];
  floor: PrecisionFloor | null;
  divergence: Divergence | null;
  failure: string | null;
}

/** Before anything is computed. */
export function emptyProgress({ widths, replicas }: Networks): GapProgress {
  return {
    workers: null,
    limit: emptyState(),
    references: new Array(replicas).fill(undefined),
    runs: widths.map(() => new Array(replicas).fill(undefined)),
    deltas: [],
    floor: null,
    divergence: null,
    failure: null,
  };
}

/** A floor as it stands in the document. */
export function precisionFloor(m: number, { meanSquaredDelta, flippedShare }: Floor): PrecisionFloor {
  return { m, meanSquaredDelta: Float64Array.from(meanSquaredDelta), flippedShare: Float64Array.from(flippedShare) };
}

/** Waits for tasks; whether they could all be computed, with the reason where not. */
export async function failureOf(tasks: Promise<void>): Promise<string | null> {
  try {
    await tasks;
    return null;
  } catch (error) {
    if (!(error instanceof TaskFailure || error instanceof MemoryRefusal)) throw error;
    return error.message;
  }
}

/** Work in the unit of progress. */
export const UNIT = 1e6;

/** Bytes of the largest network beside its limit, with its data. */
export function largestBytes(
  engine: Engine,
  { problem, training, networks }: Pick<GapInput, "problem" | "training" | "networks">,
): number {
  const shadowed = training.precision === "float32";
  const key = { seed: networks.seed, replica: 0 };
  const input = { problem, training, signs: networks.signs, key };
  const bytes = networks.widths.map((width) =>
    couplingBytes(engine, { ...input, width, shadowed: shadowed && width === Math.min(...networks.widths) }),
  );
  const { data, precision } = training;
  return Math.max(...bytes) + (data ? datasetBytes(problem, data, precision) : 0);
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
  const { problem, training, networks, workers, tolerance } = input;
  const widest = Math.max(...networks.widths);
  engine.arena.require(`a network of width ${widest} beside its limit`, largestBytes(engine, input));
  const cost = (m: number) => networkWork(problem, training, m) / UNIT;
  const total = networks.widths.reduce((sum, m) => sum + cost(m), 0) * networks.replicas;
  const limitShare = 1 + total / 50;
  run.expect(limitShare + total);

  const limit = { problem, plan: training.plan, tolerance };
  const pool = await startEnginePool(
    engine,
    { ...limitHandlers, ...gapHandlers },
    workers,
    { tasks: networks.widths.length * networks.replicas, multiplications: limitWork(limit) + UNIT * total },
    run,
  );
  try {
    progress.workers = pool.used;
    const status = await computeLimit(pool, run, run.part(limitShare), limit, progress.limit);
    const { solution } = progress.limit;
    if (solution?.divergence) progress.divergence = { where: "limit", m: null, replica: null, ...solution.divergence };
    if (!solution || status !== "completed") return status;
    const { onLimit } = input.listeners;
    const used = { status, workers: pool.used };
    if (onLimit) await run.wait(onLimit(limitResult(engine, limit, progress.limit, used)));
    return await runNetworks(pool, input, solution, run, cost, progress);
  } finally {
    await pool.close();
  }
}

async function runNetworks(
  pool: Pool<Engine>,
  { problem, training, networks, listeners }: GapInput,
  solution: Solution,
  run: Run,
  cost: (m: number) => number,
  progress: GapProgress,
): Promise<Status> {
  const { rows, signs, seed, widths } = networks;
  const narrowest = Math.min(...widths);
  const path = packPath(solution.path);
  const shared: GapContext = {
    problem,
    training,
    path,
    seed,
    rows,
    signs,
    narrowest,
    told: listeners.onRecord !== undefined,
  };
  const list = places(networks);
  const tasks = list.map(({ m, replica }) => ({
    kind: "network",
    name: rows ? "the given network" : `the network of width ${m}, replica ${replica}`,
    payload: { m, replica } satisfies GapPayload,
    context: { key: "limit", value: shared },
    part: run.part(cost(m)),
    heard: hearRecords(listeners, replica, training.plan.times),
  }));
  const diverged: { index: number; step: DivergedStep }[] = [];
  const finished = (index: number, value: unknown) => {
    const { measurements, deltas, floor, divergence } = value as CoupledRun;
    progress.deltas = [deltas];
    if (floor && !divergence) progress.floor = precisionFloor(narrowest, floor);
    if (divergence) diverged.push({ index, step: divergence });
    else progress.runs[list[index].w][list[index].replica] = measurements;
    return divergence !== null;
  };
  progress.failure = await failureOf(pool.compute({ run, tasks, order: startOrder(list), finished }));
  if (progress.failure !== null) return "failed";
  const first = diverged.pop();
  if (!first) return "completed";
  // Each was before the last, so this is the first of all: a run without workers would have stopped here.
  const { m, replica } = list[first.index];
  progress.divergence = { where: "network", m, replica: rows ? null : replica, ...first.step };
  for (const place of list.slice(first.index)) progress.runs[place.w][place.replica] = undefined;
  return "diverged";
}
