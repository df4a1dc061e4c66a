// runSweep: computes what is missing of a plan, and puts all of it together.

import type { Engine } from "../../engine/index.ts";
import { computeSweep, type SweepOptions } from "./compute.ts";
import type { SweepReport } from "./document.ts";
import { mergeSweep } from "./merge.ts";
import type { SweepPlan } from "./plan.ts";
import { MemoryStore } from "./store.ts";

/**
 * Runs a plan: every problem with every combination of its settings, all widths and seeds, on all cores. With a `store`
 * only what it lacks is computed, and each finished task is in it at once, so that a sweep that was interrupted goes on
 * where it was. Results are equal to the bit however the tasks were split.
 *
 * @param plan - the plan, as parsed JSON.
 * @returns the sweep document; where the sweep was aborted, or a task could not be computed, with what there is and the
 * status `incomplete`.
 * @throws TypeError or RangeError for what is wrong with plan and options, or where memory does not suffice; what the store
 * throws.
 * @example
 * ```ts
 * const sweep = await runSweep(engine, { problems: ["He3", "He4"], d: [16, 32], widths: [64, 128, 256], time: 4 });
 * for (const { problem, d, report } of sweep.results) console.log(problem, d, report?.scaling?.functionGap);
 * ```
 */
export async function runSweep(engine: Engine, plan: SweepPlan, options: SweepOptions = {}): Promise<SweepReport> {
  const store = options.store ?? new MemoryStore();
  await computeSweep(engine, plan, { ...options, store });
  return mergeSweep(engine, plan, store);
}
