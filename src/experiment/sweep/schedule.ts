// The tasks of a sweep on the workers: the limit of a combination first, then its networks, and the next combination while
// the last networks of one are still being trained, so that no worker waits.

import type { Part, Run } from "../../core/run.ts";
import type { Engine } from "../../engine/index.ts";
import type { CoupledRun } from "../../gap/coupling.ts";
import type { ReferenceRun } from "../../gap/reference-run.ts";
import { referenceBytes } from "../../gap/reference-run.ts";
import { contextBesideLimit, largestBytes, UNIT } from "../../gap/run.ts";
import { contextOf } from "../../gap/run-reference.ts";
import { gapHandlers } from "../../gap/task.ts";
import type { PackedState } from "../../limit/task.ts";
import { limitHandlers } from "../../limit/task.ts";
import { type Standing, TaskFailure } from "../../pool/batch.ts";
import { startEnginePool } from "../../pool/engine-pool.ts";
import type { Task } from "../../pool/handlers.ts";
import type { Pool } from "../../pool/pool.ts";
import type { WorkerChoice, WorkersUsed } from "../../pool/workers.ts";
import type { Combination } from "./combinations.ts";
import { networkResult, replicaResult, type TaskResult } from "./result.ts";
import type { SweepTask } from "./tasks.ts";

/** What a limit takes of the progress, as a share of its networks. */
const LIMIT_SHARE = 0.02;

/** Who hears of what is computed. */
export interface Listener {
  finished(task: SweepTask, result: TaskResult): void;
  failed(task: SweepTask, reason: string): void;
  /** A limit that was not known. */
  solved(combination: Combination, limit: PackedState): void;
}

/** A combination of which something is to be computed. */
interface Group {
  combination: Combination;
  /** Key of what its tasks share. */
  key: string;
  /** null beside a reference network, and until it is solved. */
  limit: PackedState | null;
  /** Tasks that are not finished. */
  left: Set<SweepTask>;
}

/** One task of the pool: that of a limit has no task of the sweep. */
interface Item {
  group: Group;
  task: SweepTask | null;
  part: Part;
  done: boolean;
}

/** Refuses what would not fit, before anything is computed. @throws MemoryRefusal or RangeError */
export function requireMemory(engine: Engine, { name, checked }: Combination): void {
  const { problem, training, networks, meanField } = checked;
  if (meanField.solver === "reference-network") {
    const context = contextOf({ problem, training, networks, reference: meanField.width });
    engine.arena.require(`the networks of ${name}`, referenceBytes(engine, context));
  } else {
    const bytes = largestBytes(engine, { problem: meanField.problem, training, networks });
    engine.arena.require(`the largest network of ${name}`, bytes);
  }
}

export class Schedule {
  private readonly items: Item[] = [];
  private readonly listener: Listener;
  private pool: Pool<Engine> | undefined;

  /** `known`: limits that are there already, by the index of their combination. */
  constructor(
    combinations: readonly Combination[],
    tasks: readonly SweepTask[],
    known: ReadonlyMap<number, PackedState>,
    run: Run,
    listener: Listener,
  ) {
    this.listener = listener;
    let total = 0;
    const share = (work: number) => {
      total += work / UNIT;
      return run.part(work / UNIT);
    };
    for (const combination of combinations) {
      const own = tasks.filter((task) => task.combination === combination.index);
      if (own.length === 0) continue;
      const group: Group = {
        combination,
        key: `combination ${combination.index}`,
        limit: known.get(combination.index) ?? null,
        left: new Set(own),
      };
      const work = own.reduce((sum, task) => sum + task.work, 0);
      if (combination.checked.meanField.solver !== "reference-network" && !group.limit)
        this.items.push({ group, task: null, part: share(UNIT + LIMIT_SHARE * work), done: false });
      for (const task of own) this.items.push({ group, task, part: share(task.work), done: false });
    }
    run.expect(total);
  }

  /** Computes everything; a task that cannot be computed is told to the listener and the others go on. */
  async compute(engine: Engine, workers: WorkerChoice, run: Run): Promise<WorkersUsed> {
    const multiplications = this.items.reduce((sum, { task }) => sum + (task?.work ?? 0), 0);
    const amount = { tasks: this.items.length, multiplications };
    const pool = await startEnginePool(engine, { ...limitHandlers, ...gapHandlers }, workers, amount, run);
    this.pool = pool;
    try {
      while (await this.computeLeft(run)) {}
      return pool.used;
    } finally {
      await pool.close();
    }
  }

  /** One list of tasks; true where one of them failed and the rest is to be tried without it. */
  private async computeLeft(run: Run): Promise<boolean> {
    const left = this.items.filter(({ done }) => !done);
    try {
      await this.pool?.compute({
        run,
        tasks: left.map((item) => this.poolTask(item)),
        standing: (index) => this.standing(left[index]),
        finished: (index, value) => {
          this.accept(left[index], value);
          return false;
        },
      });
      return false;
    } catch (error) {
      if (!(error instanceof TaskFailure)) throw error;
      this.fail(left[error.index], error.message);
      return left.some(({ done }) => !done);
    }
  }

  private poolTask({ group, task, part }: Item): Task {
    const { checked, name } = group.combination;
    const { problem, training, networks, meanField, tolerance } = checked;
    if (meanField.solver === "reference-network") {
      const value = contextOf({ problem, training, networks, reference: meanField.width });
      return {
        kind: "replica",
        name: task?.name ?? name,
        payload: task?.replica,
        context: { key: group.key, value },
        part,
      };
    }
    const { problem: solvable } = meanField;
    if (!task) {
      const payload = { problem: solvable, plan: training.plan, tolerance };
      return { kind: "limit", name: `the infinite-width limit of ${name}`, payload, part };
    }
    const context = {
      key: group.key,
      // Asked for when a worker gets the first of its tasks: by then the limit is there.
      get value() {
        const path = group.limit?.solution?.path;
        return path && contextBesideLimit({ problem: solvable, training, networks }, path);
      },
    };
    return { kind: "network", name: task.name, payload: { m: task.m, replica: task.replica }, context, part };
  }

  private standing({ group, task, done }: Item): Standing {
    if (done) return "dropped";
    const solved = task === null || group.combination.checked.meanField.solver === "reference-network" || group.limit;
    return solved ? "ready" : "waiting";
  }

  private accept(item: Item, value: unknown): void {
    const { group, task } = item;
    if (task === null) this.acceptLimit(item, value as PackedState);
    else if (group.limit) this.finish(item, networkResult(group.limit, value as CoupledRun));
    else if (!(value as ReferenceRun).aborted) this.finish(item, replicaResult(value as ReferenceRun));
  }

  private acceptLimit(item: Item, limit: PackedState): void {
    if (limit.status === "aborted") return;
    const { group } = item;
    item.done = true;
    group.limit = limit;
    this.listener.solved(group.combination, limit);
    if (limit.status === "completed") return;
    // It diverged, so there is nothing to compare networks with.
    for (const other of this.items)
      if (other.group === group && other.task) this.finish(other, networkResult(limit, null));
  }

  private finish(item: Item, result: TaskResult): void {
    const { group, task, part } = item;
    if (!task || item.done) return;
    item.done = true;
    part.finish();
    this.listener.finished(task, result);
    this.leave(group, task);
  }

  private fail({ group, task }: Item, reason: string): void {
    // Without its limit none of the networks can be measured.
    for (const other of this.items) {
      if (other.group !== group || other.done || (task !== null && other.task !== task)) continue;
      other.done = true;
      if (!other.task) continue;
      this.listener.failed(other.task, reason);
      this.leave(group, other.task);
    }
  }

  /** Lets go of what a combination holds when its last task is through. */
  private leave(group: Group, task: SweepTask): void {
    group.left.delete(task);
    if (group.left.size > 0) return;
    group.limit = null;
    this.pool?.forget(group.key);
  }
}
