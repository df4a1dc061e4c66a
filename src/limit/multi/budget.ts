// How long a limit with several indices may take: refinement ends where the next level would go beyond it, with the
// error reached. Counted in operations, not in seconds, so that results do not depend on the machine.

import type { Engine } from "../../engine/index.ts";

/**
 * Products of nodes, monomials and evaluations in the last level: about half a minute on one core, so that all levels
 * together take about a minute.
 */
const BUDGET = 2.5e10;

/** Whether a level of so much work, with memory for so many bytes, may follow. */
export function affordable(engine: Engine, work: number, bytes: number): boolean {
  if (work > BUDGET) return false;
  try {
    engine.arena.require("a finer level of the infinite-width limit", bytes);
    return true;
  } catch {
    return false;
  }
}
