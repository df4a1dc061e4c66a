// Levels of the limit constants, each with twice the times (and at first twice the nodes) of the one before, and what they
// extrapolate to. The trapezoid rule errs by a series in h^2, so two levels cancel h^2 and three cancel h^4 as well
// (Richardson, Romberg).

import type { Status, Work } from "../../core/run.ts";
import type { Engine } from "../../engine/index.ts";
import { solvableForm } from "../../limit/form.ts";
import { populationSeries } from "../../problem/form.ts";
import type { SingleIndexProblem } from "../../problem/types.ts";
import { baseGrid, halved } from "./grid.ts";
import { harmonicBases } from "./harmonics.ts";
import { type LevelInput, type LevelResult, levelBytes, solveLevel } from "./level.ts";

/** Levels at most; constants that have not settled by then carry their larger error estimate. */
const MAX_LEVEL = 7;

/** How many powers of h^2 are cancelled at most. */
const CANCELLED = 2;

/** How much more accurate a level is than the one before, at least: what it changes is GAIN - 1 of its own errors. */
const GAIN = 4;

/** Shares of the tolerance for what is left out: degrees of the kernel, variance outside the modes, errors of the limit. */
const DEGREE_SHARE = 1e-3;
const NEGLECT_SHARE = 1e-2;
const LIMIT_SHARE = 1e-4;

/** Levels that most problems take, for the progress. */
const USUAL_LEVELS = 3;

/** About what a level costs, in units of the first; all levels before it together with the grid cost as much. */
function levelCost(level: number): number {
  return 1 << level;
}

/** What there is of the constants at any time of the computation: those of the finest finished level, or of the first. */
export interface ConstantsState {
  functionGap: number[];
  squaredDelta: number[];
  /**
   * Relative, the largest over both constants and all records: of times and nodes by what the last level changed, and of what is left
   * out on all levels alike; null before the second level.
   */
  errorEstimate: number | null;
  divergence: LevelResult["diverged"];
  nodes: number;
  steps: number;
  modes: number;
}

export function emptyConstants(): ConstantsState {
  return {
    functionGap: [],
    squaredDelta: [],
    errorEstimate: null,
    divergence: null,
    nodes: 0,
    steps: 0,
    modes: 0,
  };
}

/** One more row of Romberg's table: the level's own values, then those with h^2, h^4, ... cancelled. */
export function rombergRow(before: readonly number[][], values: number[]): number[][] {
  const row = [values];
  for (let c = 0, power = 4; c < Math.min(CANCELLED, before.length); c++, power *= 4)
    row.push(row[c].map((x, k) => x + (x - before[c][k]) / (power - 1)));
  return row;
}

function relativeChange(before: readonly number[], after: readonly number[]): number {
  return after.reduce((worst, x, k) => (x === 0 ? worst : Math.max(worst, Math.abs(x - before[k]) / Math.abs(x))), 0);
}

/** A level that the machine or the limit of memory refuses ends the refinement, once there is a result. */
async function attempt(engine: Engine, input: LevelInput, work: Work, result: LevelResult): Promise<boolean> {
  try {
    engine.arena.require("the limit constants", levelBytes(engine, input));
    await solveLevel(engine, input, work, result);
    return true;
  } catch (refusal) {
    if (input.level === 0 || !(refusal instanceof RangeError)) throw refusal;
    return false;
  }
}

/** How much may be left out for a tolerance. */
export function sharesOf(tolerance: number): { degrees: number; limitTolerance: number; neglect: number } {
  return {
    degrees: DEGREE_SHARE * tolerance,
    limitTolerance: Math.max(1e-12, Math.min(1e-8, LIMIT_SHARE * tolerance)),
    neglect: Math.max(1e-12, NEGLECT_SHARE * tolerance),
  };
}

/** Refines until the constants have settled to the relative tolerance; `state` holds what there is, also after an abort. */
export async function refineConstants(
  engine: Engine,
  problem: SingleIndexProblem,
  records: readonly number[],
  tolerance: number,
  work: Work,
  state: ConstantsState,
): Promise<Status> {
  const { degrees, ...accuracy } = sharesOf(tolerance);
  const bases = harmonicBases(populationSeries(solvableForm(problem)).kernel, problem.d, degrees);
  work.expect(levelCost(USUAL_LEVELS));
  let grid = await baseGrid(engine, problem, records, work.part(1));
  let gaps: number[][] = [];
  let deltas: number[][] = [];
  for (let level = 0; level <= MAX_LEVEL; level++) {
    if (level >= USUAL_LEVELS) work.expect(levelCost(level + 1));
    const result: LevelResult = { functionGap: [], squaredDelta: [], diverged: null, nodes: 0, modes: 0 };
    if (level === 0) Object.assign(state, { functionGap: result.functionGap, squaredDelta: result.squaredDelta });
    const input = { problem, bases, grid, level, ...accuracy };
    if (!(await attempt(engine, input, work.part(levelCost(level)), result))) break;
    if (result.diverged) {
      state.divergence = result.diverged;
      return "diverged";
    }
    gaps = rombergRow(gaps, result.functionGap);
    deltas = rombergRow(deltas, result.squaredDelta);
    const functionGap = gaps[gaps.length - 1];
    const squaredDelta = deltas[deltas.length - 1];
    if (level > 0)
      state.errorEstimate =
        Math.max(relativeChange(state.functionGap, functionGap), relativeChange(state.squaredDelta, squaredDelta)) /
          (GAIN - 1) +
        degrees +
        accuracy.neglect;
    const { nodes, modes } = result;
    Object.assign(state, { functionGap, squaredDelta, nodes, modes, steps: grid.times.length - 1 });
    if (state.errorEstimate !== null && state.errorEstimate <= tolerance) break;
    grid = halved(grid);
  }
  return "completed";
}
