// A gap run against the limit: the limit first, then every network, on workers or on the calling thread. What is kept does
// not depend on the order in which networks are finished.

import type { Run, Status } from "../core/run.ts";
import { MemoryRefusal } from "../engine/arena.ts";
import type { Engine } from "../engine/index.ts";
import { limitResult } from "../limit/document.ts";
import type { SolvableProblem } from "../limit/model.ts";
import { type PackedPath, packPath } from "../limit/path.ts";
import type { LimitState, Solution } from "../limit/solve.ts";
import { computeLimit, emptyState, limitWork } from "../limit/task.ts";
import { networkWork } from "../network/cost.ts";
import { datasetBytes } from "../network/dataset.ts";
import type { Training } from "../network/training.ts";
import type { DivergedStep } from "../network/trajectory.ts";
import { TaskFailure } from "../pool/batch.ts";
import type { WorkerChoice, WorkersUsed } from "../pool/workers.ts";
import { type CoupledRun, couplingBytes } from "./coupling.ts";
import type { Divergence, PrecisionFloor } from "./document.ts";
import type { Measurement } from "./measure.ts";
import type { Networks } from "./networks.ts";
import type { Listeners } from "./record.ts";
import type { ReferenceRun } from "./reference-run.ts";
import { type Floor, hasShadow } from "./shadow.ts";
import type { GapContext, GapPayload } from "./task.ts";
import { hearRecords } from "./telling.ts";
import { type GapPool, startGapPool } from "./together.ts";

/** What determines a run against the limit, and the workers, which do not change it. */
export interface GapInput {
  problem: SolvableProblem;
  training: Training;
  tolerance: number;
  networks: Networks;
  workers: WorkerChoice;
  listeners: Listeners;
}

/** What a report says of the limit. */
export interface KnownLimit extends Omit<LimitState, "solution"> {
  solution: Pick<Solution, "loss" | "divergence"> | null;
}

/** What a gap run has at any time. */
export interface GapProgress {
  workers: WorkersUsed | null;
  /** Of a run against the limit. */
  limit: KnownLimit;
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
  const { widths, signs } = networks;
  const input = { problem, training, signs };
  const bytes = widths.map((width) =>
    couplingBytes(engine, { ...input, width, shadowed: hasShadow(training, widths, width, 0) }),
  );
  const { data, precision } = training;
  return Math.max(...bytes) + (data ? datasetBytes(problem, data, precision) : 0);
}

/** A network's place in the run. */
export interface Place extends GapPayload {
  w: number;
}

/** All widths of one replica before the next replica: an interrupted run has every width. */
export function places({ widths, replicas }: Networks): Place[] {
  return Array.from({ length: replicas }, (_, replica) => widths.map((m, w) => ({ w, m, replica }))).flat();
}

/**
 * The order in which workers start networks: the longest first, so that they end together; but first one of every
 * width, for the sake of a run that is interrupted.
 */
export function startOrder(networks: readonly Place[]): number[] {
  const later = ({ replica }: Place) => (replica === 0 ? 0 : 1);
  return networks
    .map((place, index) => ({ ...place, index }))
    .sort((a, b) => later(a) - later(b) || b.m - a.m)
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
  const tasks = networks.widths.length * networks.replicas;
  const amount = { tasks, multiplications: limitWork(limit) + UNIT * total, problem, training, widest };
  const pool = await startGapPool(engine, workers, amount, run);
  try {
    progress.workers = pool.used;
    const state = emptyState();
    progress.limit = state;
    const status = await computeLimit(pool, run, run.part(limitShare), limit, state);
    const { solution } = state;
    if (solution?.divergence) progress.divergence = { where: "limit", m: null, replica: null, ...solution.divergence };
    if (!solution || status !== "completed") return status;
    const { onLimit } = input.listeners;
    const used = { status, workers: pool.used };
    if (onLimit) await run.wait(onLimit(limitResult(engine, limit, state, used)));
    return await runNetworks(pool, input, solution, run, cost, progress);
  } finally {
    await pool.close();
  }
}

/** What its networks share. */
export function contextBesideLimit(
  {
    problem,
    training,
    networks,
    listeners,
  }: Omit<GapInput, "tolerance" | "workers" | "listeners"> & { listeners?: Listeners },
  path: PackedPath,
): GapContext {
  const { rows, signs, seed, widths, distribution } = networks;
  return {
    problem,
    training,
    path,
    seed,
    rows,
    signs,
    widths,
    distribution,
    told: listeners?.onRecord !== undefined,
  };
}

async function runNetworks(
  pool: GapPool,
  { problem, training, networks, listeners }: GapInput,
  solution: Solution,
  run: Run,
  cost: (m: number) => number,
  progress: GapProgress,
): Promise<Status> {
  const { rows } = networks;
  const shared = contextBesideLimit({ problem, training, networks, listeners }, packPath(solution.path));
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
    const { divergence } = value as CoupledRun;
    if (divergence) diverged.push({ index, step: divergence });
    keepNetwork(progress, list[index], value as CoupledRun);
    return divergence !== null;
  };
  progress.failure = await failureOf(pool.compute({ run, tasks, order: startOrder(list), finished }));
  if (progress.failure !== null) return "failed";
  const first = diverged.pop();
  if (!first) return "completed";
  // Each was before the last, so this is the first of all.
  divergedAt(progress, networks, list, first.index, first.step);
  return "diverged";
}

/** Keeps a network; of one that diverged only |Delta| at the records that it reached. */
export function keepNetwork(
  progress: GapProgress,
  { w, m, replica }: Place,
  { measurements, deltas, floor, divergence }: CoupledRun,
): void {
  progress.deltas = [deltas];
  if (divergence) return;
  if (floor) progress.floor = precisionFloor(m, floor);
  progress.runs[w][replica] = measurements;
}

/** Keeps what a run without workers has, which stops at the first network that diverges. */
export function divergedAt(
  progress: GapProgress,
  { rows, widths }: Networks,
  list: readonly Place[],
  index: number,
  step: DivergedStep,
): void {
  const { m, replica } = list[index];
  progress.divergence = { where: "network", m, replica: rows ? null : replica, ...step };
  for (const place of list.slice(index)) progress.runs[place.w][place.replica] = undefined;
  // Its network is the narrowest of the first replica.
  if (list.findIndex((place) => place.m === Math.min(...widths)) >= index) progress.floor = null;
}
