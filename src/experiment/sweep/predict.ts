// What the tasks of a sweep will need: memory from the sizes that are reserved, time from a short measurement of the same
// code on this machine. Nothing of a prediction enters a result.

import { checkEngine, type Engine } from "../../engine/index.ts";
import { gapSettings } from "../../gap/assemble.ts";
import { gapMemory, gapSeconds } from "../../gap/predict.ts";
import type { Combination } from "./combinations.ts";
import { canonicalJSON } from "./hash.ts";
import type { SweepPlan } from "./plan.ts";
import { type SweepPart, type SweepTask, sweepOf, tasksOfPart } from "./tasks.ts";

/** What one task is expected to need. */
export interface TaskPrediction extends SweepTask {
  /** Bytes of the module's memory in the thread that computes it, or the limit before it, at most. */
  memoryBytes: number;
  /** Whether that is within the engine's memoryLimitBytes. */
  fits: boolean;
  /** Seconds on one thread, in the order of magnitude, the limit apart; null where it does not fit. */
  seconds: number | null;
  /** Seconds of the limit of its combination, which every process that computes some of its tasks solves once. */
  limitSeconds: number;
}

/** Combinations that take equally long, but for their widths and seeds: one of them is measured. */
function kindOf({ checked }: Combination): string {
  const { widths, seeds: _, seed: __, reference, record: ___, ...settings } = gapSettings(checked);
  return canonicalJSON({ problem: checked.problem, settings, widest: reference ?? Math.max(...widths) });
}

/**
 * Predicts memory and time of the tasks of a plan on this machine, without computing any: some tenths of a second for each
 * kind of combination.
 *
 * @param part - only the tasks of one of several processes; default all.
 * @throws TypeError or RangeError for what is wrong with the plan.
 * @example
 * ```ts
 * const tasks = await predictSweep(engine, plan);
 * const seconds = tasks.reduce((sum, task) => sum + (task.seconds ?? 0), 0); // on one thread
 * ```
 */
export async function predictSweep(engine: Engine, plan: SweepPlan, part?: SweepPart): Promise<TaskPrediction[]> {
  checkEngine(engine);
  const { combinations, tasks } = sweepOf(plan);
  const wanted = tasksOfPart(tasks, part);
  const measured = new Map<string, Awaited<ReturnType<typeof gapSeconds>>>();
  const memory = new Map<number, ReturnType<typeof gapMemory>>();
  const predictions: TaskPrediction[] = [];
  for (const task of wanted) {
    const combination = combinations[task.combination];
    const { checked } = combination;
    const kind = kindOf(combination);
    if (!measured.has(kind)) measured.set(kind, await gapSeconds(engine, checked));
    if (!memory.has(task.combination)) memory.set(task.combination, gapMemory(engine, checked));
    const seconds = measured.get(kind);
    predictions.push({
      ...task,
      ...(memory.get(task.combination) as ReturnType<typeof gapMemory>),
      seconds: seconds ? seconds.work * task.work + seconds.samples : null,
      limitSeconds: seconds?.limit ?? 0,
    });
  }
  return predictions;
}
