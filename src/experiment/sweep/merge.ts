// From the results of tasks back to gap reports, equal to the bit to those of approximationGap with the same settings.

import { plain } from "../../core/plain.ts";
import type { Status } from "../../core/run.ts";
import { version } from "../../core/version.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import { gapDocument } from "../../gap/assemble.ts";
import type { GapReport } from "../../gap/document.ts";
import { divergedAt, emptyProgress, places, precisionFloor } from "../../gap/run.ts";
import { keepReplica, replicaDivergedAt } from "../../gap/run-reference.ts";
import type { Combination } from "./combinations.ts";
import { readTask } from "./compute.ts";
import type { MissingTask, SweepReport, SweepResult } from "./document.ts";
import type { SweepPlan } from "./plan-types.ts";
import { measurementsOf, type NetworkResult, type ReplicaResult, type TaskResult } from "./result.ts";
import { checkStore, type SweepStore } from "./store.ts";
import { type SweepTask, sweepOf } from "./tasks.ts";

/** A task with what there is of it. */
interface Entry {
  task: SweepTask;
  result: TaskResult | null;
}

function complete(entries: readonly Entry[]): boolean {
  return entries.every(({ result }) => result !== null);
}

/** The networks of a combination that were compared with its limit. */
function reportBesideLimit(engine: Engine, { checked }: Combination, entries: readonly Entry[]): GapReport {
  const { networks } = checked;
  const progress = emptyProgress(networks);
  let status: Status = complete(entries) ? "completed" : "aborted";
  const list = places(networks);
  const results = new Map(entries.map(({ task: { m, replica }, result }) => [`${m} ${replica}`, result]));
  // In the order in which a run without workers takes them: it stops at the first that diverges.
  for (const [index, { w, m, replica }] of list.entries()) {
    const result = results.get(`${m} ${replica}`) as NetworkResult | null;
    if (!result) continue;
    progress.limit = result.limit;
    if (!result.network) {
      const { divergence } = result.limit.solution ?? {};
      if (divergence) progress.divergence = { where: "limit", m: null, replica: null, ...divergence };
      status = "diverged";
      break;
    }
    const { measurements, floor, divergence } = result.network;
    if (divergence) {
      divergedAt(progress, networks, list, index, divergence);
      status = "diverged";
      break;
    }
    if (floor) progress.floor = precisionFloor(m, floor);
    progress.runs[w][replica] = measurementsOf(measurements);
  }
  return gapDocument(engine, checked, progress, status);
}

/** The replicas of a combination beside a reference network. */
function reportBesideReference(engine: Engine, { checked }: Combination, entries: readonly Entry[]): GapReport {
  const { networks } = checked;
  const progress = emptyProgress(networks);
  for (const { task, result } of entries) {
    if (!result) continue;
    const run = result as ReplicaResult;
    if (run.divergence) {
      replicaDivergedAt(progress, networks, task.replica, run.divergence);
      return gapDocument(engine, checked, progress, "diverged");
    }
    const measurements = run.measurements.map(measurementsOf);
    keepReplica(progress, networks.widths, task.replica, { ...run, measurements, deltas: [], aborted: false });
  }
  return gapDocument(engine, checked, progress, complete(entries) ? "completed" : "aborted");
}

function reportOf(engine: Engine, combination: Combination, entries: readonly Entry[]): GapReport | null {
  if (entries.every(({ result }) => result === null)) return null;
  return combination.checked.meanField.solver === "reference-network"
    ? reportBesideReference(engine, combination, entries)
    : reportBesideLimit(engine, combination, entries);
}

/**
 * Puts together what a store has of a plan; nothing is computed but statistics over seeds and slopes. The gap report of each
 * combination is equal to the bit to that of `approximationGap` with the same settings, however its tasks were split over
 * processes, workers and calls; it does not say who computed it.
 *
 * @returns the sweep document, `incomplete` where tasks are missing.
 * @throws TypeError or RangeError for what is wrong with the plan.
 */
export async function mergeSweep(engine: Engine, plan: SweepPlan, store: SweepStore): Promise<SweepReport> {
  checkEngine(engine);
  checkStore(store);
  const sweep = sweepOf(plan);
  const results: SweepResult[] = [];
  const missing: MissingTask[] = [];
  for (const combination of sweep.combinations) {
    const entries: Entry[] = [];
    for (const task of sweep.tasks) {
      if (task.combination !== combination.index) continue;
      const result = await readTask(store, task);
      const { index, m, replica, hash } = task;
      if (!result) missing.push({ index, combination: task.combination, m, replica, hash });
      entries.push({ task, result });
    }
    results.push({ ...combination.settings, report: reportOf(engine, combination, entries) });
  }
  return {
    schema: "propchaos/sweep@1",
    version,
    backend: engine.backend,
    status: missing.length === 0 ? "completed" : "incomplete",
    plan: JSON.parse(JSON.stringify(sweep.plan)),
    results,
    missing,
    toJSON() {
      return plain(this);
    },
  };
}
