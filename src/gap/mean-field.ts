// The mean field's part of a report, and the errors below which a gap says nothing.

import type { LimitSolver } from "../limit/model.ts";
import type { MeanFieldReport } from "./document.ts";
import { fluctuation, type LimitErrors, type RunsOfWidth } from "./report.ts";
import type { GapProgress } from "./run.ts";

interface Part {
  document: MeanFieldReport;
  errors: LimitErrors;
}

/** Of a limit that was solved. */
export function limitReport({ limit }: GapProgress, solver: LimitSolver, records: number): Part {
  const { solution, errorEstimate, particleErrorEstimate } = limit;
  const constant = (error: number | null) => new Float64Array(records).fill(error ?? 0);
  return {
    document: {
      solver,
      loss: Float64Array.from(solution?.loss ?? []),
      errorEstimate,
      particleErrorEstimate,
    },
    errors: { delta: constant(particleErrorEstimate), functionGap: constant(errorEstimate) },
  };
}

function largest(values: ArrayLike<number>): number {
  let top = 0;
  for (let k = 0; k < values.length; k++) top = Math.max(top, values[k]);
  return top;
}

/**
 * Of a reference network of width M. Its function is off by r = sqrt(fluctuation of the function gap), so its risk by at
 * most 2 r sqrt(L) + r^2.
 */
export function referenceReport(
  { references }: GapProgress,
  M: number,
  { widths, runs }: { widths: readonly number[]; runs: readonly RunsOfWidth[] },
): Part {
  const finished = references.filter((run) => run !== undefined);
  const records = finished[0]?.loss.length ?? 0;
  const mean = (series: "loss" | "trainError" | "testError") =>
    Float64Array.from({ length: finished[0]?.[series].length ?? 0 }, (_, k) => {
      return finished.reduce((sum, run) => sum + run[series][k], 0) / finished.length;
    });
  const loss = mean("loss");
  const gaps = {
    meanSquaredDelta: fluctuation(M, widths, runs, "meanSquaredDelta"),
    functionGap: fluctuation(M, widths, runs, "functionGap"),
  };
  const lossError = loss.map((value, k) => {
    const r = Math.sqrt(gaps.functionGap[k]);
    return 2 * r * Math.sqrt(Math.max(0, value)) + r * r;
  });
  const known = records > 0;
  const [trainError, testError] = [mean("trainError"), mean("testError")];
  const delta = gaps.meanSquaredDelta.map(Math.sqrt);
  return {
    document: {
      solver: "reference-network",
      width: M,
      loss,
      errorEstimate: known ? largest(lossError) : null,
      particleErrorEstimate: known ? largest(delta) : null,
      ...(trainError.length > 0 && { trainError }),
      ...(testError.length > 0 && { testError }),
      fluctuation: gaps,
    },
    errors: { delta, functionGap: gaps.functionGap },
  };
}
