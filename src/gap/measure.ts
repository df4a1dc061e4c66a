// Statistics of one network at one time from its errors and from |Delta| of its particles.

import type { Work } from "../core/run.ts";
import type { Network } from "../network/network.ts";
import type { Trajectory } from "../network/trajectory.ts";
import { quantile } from "../numeric/statistics.ts";
import type { ExtraStatistic, Statistic } from "./document.ts";
import type { Distribution } from "./histogram.ts";

/** A particle counts as flipped when its gap is above this: it went to the other side (SPEC.md, section 8). */
const FLIPPED = 0.5;

/** Every statistic of one network at one record; extra ones where they exist, the distribution of |Delta| where it is wanted. */
export type Measurement = Record<Statistic, number> &
  Partial<Record<ExtraStatistic, number>> & { distribution?: Distribution };

/** How well a network does at one record. */
export interface Errors {
  /** Population risk, or where that has no closed form the error on the test set, or else on the training set. */
  loss: number;
  /** |f|^2 over the population; null where it has no closed form. */
  energy: number | null;
  extra: Partial<Record<"trainError" | "testError", number>>;
  /** Outputs on the test set; null without one. */
  outputs: Float64Array | null;
}

/** Measures a network that stands at a record. */
export async function measureErrors(network: Network, { steps }: Trajectory, work: Work): Promise<Errors> {
  const risk = await network.risk(work);
  const trainError = await network.trainError(steps, work);
  const test = await network.test(work);
  return {
    loss: risk?.loss ?? test?.error ?? trainError ?? Number.NaN,
    energy: risk?.energy ?? null,
    extra: { ...(trainError !== null && { trainError }), ...(test && { testError: test.error }) },
    outputs: test?.outputs ?? null,
  };
}

/** All statistics of one network at one time from its risk, function gap and |Delta| of its particles. */
export function summarise(loss: number, functionGap: number, delta: Float64Array): Record<Statistic, number> {
  const m = delta.length;
  const sorted = delta.slice().sort();
  let sum = 0;
  let squares = 0;
  let flipped = 0;
  for (let i = 0; i < m; i++) {
    sum += delta[i];
    squares += delta[i] * delta[i];
    if (delta[i] > FLIPPED) flipped++;
  }
  const meanDelta = sum / m;
  const meanSquaredDelta = squares / m;
  return {
    loss,
    meanDelta,
    meanSquaredDelta,
    maxDelta: sorted[m - 1],
    medianDelta: quantile(sorted, 0.5),
    quantile90Delta: quantile(sorted, 0.9),
    quantile99Delta: quantile(sorted, 0.99),
    flippedShare: flipped / m,
    functionGap,
    mTimesSquaredMeanDelta: m * meanDelta * meanDelta,
    mTimesMeanSquaredDelta: m * meanSquaredDelta,
    mTimesFunctionGap: m * functionGap,
  };
}
