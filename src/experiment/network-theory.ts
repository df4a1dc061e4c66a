// What the gap equation says of one network (SPEC.md, section 6): its measured gap beside the linear prediction, and the
// bounds above that, from one run.

import { Run, type RunOptions, type Status } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { DivergedStep } from "../network/trajectory.ts";
import { averageBytes, InfiniteAverage } from "../theory/gap-equation/average-stability.ts";
import { SparseRecords } from "../theory/gap-equation/bounds-of.ts";
import { coupledBytes, followGap } from "../theory/gap-equation/coupled.ts";
import { type BoundsReport, boundsOf } from "../theory/gap-equation/gap-bounds.ts";
import { checkSteps } from "../theory/gap-equation/grid.ts";
import { EquationHistory } from "../theory/gap-equation/history.ts";
import { type DeltaSeries, deltaSeries } from "../theory/gap-equation/linearised-gap.ts";
import type { EquationInput } from "../theory/gap-equation/options.ts";

/** Prediction and bounds for one network, one entry a recorded time. */
export interface NetworkTheory {
  /** Width, and the seed of the particles; null where they were given. */
  m: number;
  seed: number | null;
  /** Flow times, those of the report that were reached. */
  time: Float64Array;
  /** Delta of the network itself. */
  measured: DeltaSeries;
  /** Delta of the linear equation. */
  predicted: DeltaSeries;
  /** RMS of the difference of both over RMS of the measured one; 0 at the start. */
  relativeError: Float64Array;
  /** null where the run ended before they were known, or where the records are too far apart for their integrals. */
  bounds: BoundsReport | null;
}

/** How it ended, and what there is. */
export interface NetworkTheoryRun {
  status: Status;
  divergence: DivergedStep | null;
  theory: NetworkTheory;
}

/** Share of the work that the averaged constants of the bounds take, beside limit and equation. */
const BOUNDS_SHARE = 1 / 4;

/** Refuses what will not fit, before anything is computed. @throws RangeError naming `time` or `memoryLimitBytes`. */
export function checkNetworkTheory(engine: Engine, input: EquationInput): void {
  const { problem, width, plan } = input;
  checkSteps(plan);
  const bytes = Math.max(coupledBytes(engine, input), averageBytes(engine, problem, width, plan.times.length));
  engine.arena.require(`the theory of a network of width ${width}`, bytes);
}

/** The bounds; null where they are not to be had from these records, while all else is. */
async function boundsIfDense(...of: Parameters<typeof boundsOf>): Promise<BoundsReport | null> {
  try {
    return await boundsOf(...of);
  } catch (error) {
    if (error instanceof SparseRecords || error instanceof InfiniteAverage) return null;
    throw error;
  }
}

/** Runs it; the record at 0 is the caller's to check. */
export async function networkTheory(
  engine: Engine,
  input: EquationInput,
  options: RunOptions,
): Promise<NetworkTheoryRun> {
  const { problem, plan, width, rows, seed } = input;
  const run = new Run(options);
  const history = new EquationHistory(problem.d, "last");
  let bounds: BoundsReport | null = null;
  const status = await run.guard(async () => {
    run.expect(1 + BOUNDS_SHARE);
    let start: Float64Array = new Float64Array();
    const ended = await followGap(engine, input, run.part(1), {
      train: true,
      started: (unitRows) => {
        start = unitRows;
      },
      limit: (limit) => {
        history.limit = limit;
      },
      visit: (record, k) => history.add(record, k),
      diverged: (where) => {
        history.divergence = where;
      },
    });
    if (ended === "completed")
      bounds = await boundsIfDense(engine, problem, history, Array.from(plan.times), start, run.part(BOUNDS_SHARE));
    return ended;
  });
  const { records, measured, predicted, relativeError, divergence } = history;
  return {
    status,
    divergence,
    theory: {
      m: width,
      seed: rows ? null : seed,
      time: plan.times.slice(0, records),
      measured: deltaSeries(measured),
      predicted: deltaSeries(predicted),
      relativeError: Float64Array.from(relativeError),
      bounds,
    },
  };
}
