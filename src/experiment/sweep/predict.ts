// What the tasks of a sweep will take, before any is computed: memory from the sizes that are reserved, time from short
// measurements of the same code on this machine. Nothing of a prediction enters a result.

import { checkNumber } from "../../core/check.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import { type GapCosts, gapMemory, measureGap } from "../../gap/predict.ts";
import { countWork } from "../../network/trajectory.ts";
import type { Combination } from "./combinations.ts";
import type { SweepPlan } from "./plan.ts";
import { sweepOf } from "./tasks.ts";

/** What a sweep is expected to need. */
export interface SweepPrediction {
  /** Bytes of the module's memory in the largest task; each worker has so much of its own at most. */
  memoryBytes: number;
  /** Whether that is within the engine's memoryLimitBytes. */
  fits: boolean;
  /**
   * Seconds of each task on one thread, in the order of `sweepTasks`, without the limit that it shares with its combination.
   * In the order of magnitude; null where a task does not fit into the memory.
   */
  seconds: number[] | null;
  /** For each task, the number of its combination in the plan. */
  combination: number[];
  /** Seconds of the limit of each combination, which every process computes once that has one of its tasks. */
  limitSeconds: number[];
  /** How many combinations were measured; the others are judged by those most like them. */
  measured: number;
}

/** Options of `predictSweep`. */
export interface SweepPredictionOptions {
  /** Seconds after which no further combination is measured; default 30. */
  patience?: number | undefined;
  /** Called before each measurement. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

const PATIENCE = 30;

/** Combinations that are computed alike have one rate. */
function kindOf({ checked: { problem, training, meanField } }: Combination): string {
  const { data, precision, plan, interaction } = training;
  return [problem.kind, meanField.solver, plan.dynamics, data ? "data" : "population", precision, interaction].join();
}

/** Costs in units that carry over from one combination to another. */
function perUnit({ checked: { training } }: Combination, { work, loading, limit }: GapCosts): GapCosts {
  const { data, plan } = training;
  return {
    work,
    loading: data ? loading / (data.samples + data.test) : 0,
    limit: limit / Math.max(1, countWork(plan)),
  };
}

function inUnits({ checked: { training } }: Combination, { work, loading, limit }: GapCosts): GapCosts {
  const { data, plan } = training;
  return {
    work,
    loading: data ? loading * (data.samples + data.test) : 0,
    limit: limit * Math.max(1, countWork(plan)),
  };
}

/** Entry by entry the larger. */
function larger(one: GapCosts | undefined, other: GapCosts): GapCosts {
  if (!one) return other;
  return {
    work: Math.max(one.work, other.work),
    loading: Math.max(one.loading, other.loading),
    limit: Math.max(one.limit, other.limit),
  };
}

/** All of 0 to count - 1, every beginning of them spread over the whole: by multiples of the golden ratio. */
function spread(count: number): number[] {
  const place = (i: number) => (i * 0.618033988749895) % 1;
  return Array.from({ length: count }, (_, i) => i).sort((a, b) => place(a) - place(b));
}

/**
 * Predicts memory and time of the tasks of a sweep, without computing any: some tenths of a second for each combination, and
 * about `patience` seconds in all.
 *
 * @param plan - the plan, as parsed JSON.
 * @param options - see {@link SweepPredictionOptions}.
 * @throws TypeError or RangeError for what is wrong with the plan or an option. A sweep that needs too much memory is not refused but has `fits: false`.
 * @example
 * ```ts
 * const { seconds, limitSeconds } = await predictSweep(engine, { problems: ["He4"], d: [16, 32], widths: [64, 128] });
 * ```
 */
export async function predictSweep(
  engine: Engine,
  plan: SweepPlan,
  options: SweepPredictionOptions = {},
): Promise<SweepPrediction> {
  checkEngine(engine);
  const { combinations, tasks } = sweepOf(plan);
  const patience = checkNumber("patience", options.patience ?? PATIENCE, { min: 0 });
  const memory = combinations.map(({ checked }) => gapMemory(engine, checked));
  const needs = {
    memoryBytes: Math.max(...memory.map(({ memoryBytes }) => memoryBytes)),
    fits: memory.every(({ fits }) => fits),
    combination: tasks.map(({ combination }) => combination),
  };
  if (!needs.fits) return { ...needs, seconds: null, limitSeconds: [], measured: 0 };

  const costs: (GapCosts | undefined)[] = combinations.map(() => undefined);
  const byKind = new Map<string, GapCosts>();
  let overall: GapCosts | undefined;
  let measured = 0;
  const start = performance.now();
  for (const index of spread(combinations.length)) {
    // The first of its kind is measured in any case: others say nothing of it.
    const kind = kindOf(combinations[index]);
    if (byKind.has(kind) && performance.now() - start > 1000 * patience) continue;
    options.onProgress?.({ done: measured, total: combinations.length });
    const own = await measureGap(engine, combinations[index].checked);
    if (!own) continue;
    measured++;
    costs[index] = own;
    const unit = perUnit(combinations[index], own);
    byKind.set(kind, larger(byKind.get(kind), unit));
    overall = larger(overall, unit);
  }
  const known = combinations.map((combination, index) => {
    const unit = byKind.get(kindOf(combination)) ?? overall ?? { work: 0, loading: 0, limit: 0 };
    return costs[index] ?? inUnits(combination, unit);
  });
  return {
    ...needs,
    seconds: tasks.map(({ work, combination }) => known[combination].work * work + known[combination].loading),
    limitSeconds: known.map(({ limit }) => limit),
    measured,
  };
}
