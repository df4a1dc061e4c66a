// linearisedGap: the linear equation for Delta beside the measured gap of the same particles.

import { checkOneOf, wrongValue } from "../../core/check.ts";
import { plain } from "../../core/plain.ts";
import { Run } from "../../core/run.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import type { Problem } from "../../problem/types.ts";
import { followGap } from "./coupled.ts";
import { EquationHistory, type GapNorms } from "./history.ts";
import { checkEquation, type GapEquationOptions } from "./options.ts";
import { type EquationReport, equationReport } from "./report.ts";

/** Options of `linearisedGap`. */
export interface LinearisedGapOptions extends GapEquationOptions {
  /** Which vectors to keep: those of the last record (default) or of all. */
  keep?: "last" | "all" | undefined;
}

/** |Delta| over the particles at each record. */
export interface DeltaSeries {
  meanDelta: Float64Array;
  meanSquaredDelta: Float64Array;
  maxDelta: Float64Array;
}

/** The gap of a network beside its prediction. */
export interface LinearisedGap extends EquationReport {
  /** Of the limit that the particles are compared with. */
  errorEstimate: number | null;
  particleErrorEstimate: number | null;
  /** Of the network: Delta_i = w_i - xi_i. */
  measured: DeltaSeries;
  /** Of the linear equation, for the same particles. */
  predicted: DeltaSeries;
  /** RMS of the difference of the two vectors over RMS of the measured one; 0 at the start. */
  relativeError: Float64Array;
  /** [m, d] */
  shape: [number, number];
  /**
   * Delta at record k, m x d row-major; k is the last record by default.
   * @throws RangeError where k is no record or was not kept.
   */
  measuredDelta(k?: number): Float64Array;
  /** The same by the linear equation. */
  predictedDelta(k?: number): Float64Array;
  /** The document with plain arrays, ready for JSON.stringify; vectors are not part of it. */
  toJSON(): unknown;
}

/** The statistics as series. */
export function deltaSeries({ meanDelta, meanSquaredDelta, maxDelta }: GapNorms): DeltaSeries {
  return {
    meanDelta: Float64Array.from(meanDelta),
    meanSquaredDelta: Float64Array.from(meanSquaredDelta),
    maxDelta: Float64Array.from(maxDelta),
  };
}

/**
 * Trains a network and solves, for the same particles, the linear equation that its gap obeys along their mean-field paths
 * (SPEC.md, section 6): d Delta/dt = D_t Delta - H_t Delta + eps_t, D the local Hessian in the limit, H the interaction
 * Hessian, eps the fluctuation of the velocity of as many mean-field particles. What is left is of order |Delta|^2, so the
 * relative error falls as m^(-1/2). By PGD the step itself is linearised; with the Euclidean gradient without the
 * fluctuation of its radial part, an error of the order of the step. One pass over pairs of particles an evaluation, no
 * m x m array.
 *
 * @param problem - single- or multi-index with a limit that is solved: second-layer signs of +1, activation and link with
 * Hermite series that end.
 * @returns statistics of both, their relative distance by time, and the vectors.
 * @throws TypeError or RangeError for a bad argument, for a problem whose limit has no solver, or where memory does not
 * suffice.
 * @example
 * ```ts
 * const gap = await linearisedGap(engine, problems.He4({ d: 32 }), { width: 256, time: 2, dynamics: "flow" });
 * console.log(gap.relativeError.at(-1)); // 0.019: the equation misses 2% of Delta
 * ```
 */
export async function linearisedGap(
  engine: Engine,
  problem: Problem,
  options: LinearisedGapOptions,
): Promise<LinearisedGap> {
  checkEngine(engine);
  const input = checkEquation("linearisedGap", problem, options, ["keep"]);
  const keep = checkOneOf("keep", options.keep ?? "last", ["last", "all"]);
  const run = new Run(options);
  const { d } = input.problem;
  const history = new EquationHistory(d, keep);
  const status = await run.guard(() =>
    followGap(engine, input, run, {
      train: true,
      limit: (limit) => {
        history.limit = limit;
      },
      visit: (record, k) => history.add(record, k),
      diverged: (where) => {
        history.divergence = where;
      },
    }),
  );
  const { records, vectors, relativeError, limit } = history;
  const vector = (which: "measured" | "predicted", k: number): Float64Array => {
    const delta = vectors.get(k)?.[which];
    if (!delta) wrongValue("k", `a record that was kept (${[...vectors.keys()].join(", ") || "none"})`, k);
    return delta.slice();
  };
  return {
    ...equationReport(engine, input, status, history.divergence, records),
    ...limit,
    measured: deltaSeries(history.measured),
    predicted: deltaSeries(history.predicted),
    relativeError: Float64Array.from(relativeError),
    shape: [input.width, d],
    measuredDelta: (k = records - 1) => vector("measured", k),
    predictedDelta: (k = records - 1) => vector("predicted", k),
    toJSON() {
      return plain(this);
    },
  };
}
