// Options of separateGaps, checked.

import { checkInteger, checkOptions, checkSeed, wrongKind, wrongValue } from "../core/check.ts";
import type { RunOptions } from "../core/run.ts";
import { MOST_SAMPLES } from "../network/data.ts";
import { checkTraining, type TrainingOptions } from "../network/training.ts";
import { checkWorkers, type WorkerChoice, type WorkerOptions } from "../pool/workers.ts";
import { checkProblem } from "../problem/check.ts";
import { populationForm } from "../problem/form.ts";
import type { Problem } from "../problem/types.ts";
import { checkReference, checkWidths, WIDER } from "./networks.ts";
import type { GapsSettings } from "./separate-document.ts";
import type { SeparateContext } from "./separate-run.ts";

/** Options of `separateGaps`. Networks are trained by PGD; its gradient flow is trained beside it. */
export interface SeparateOptions
  extends Pick<TrainingOptions, "time" | "step" | "gradient" | "record" | "precision">,
    RunOptions,
    WorkerOptions {
  /** Numbers of particles m, distinct positive integers. */
  widths: readonly number[];
  /** Numbers of training samples n, distinct positive integers. */
  samples: readonly number[];
  /**
   * Samples a step, at most the smallest n; default all, so that nothing but their number tells samples from the
   * population. The noise of smaller batches is part of the sample gap and does not fall with n.
   */
  batch?: number | undefined;
  /** Width M of the reference network on the same samples; default four times the largest width. */
  reference?: number | undefined;
  /** Number of replicas; default 8. Replica r draws its own first particles, which all its networks share, and samples. */
  seeds?: number | undefined;
  /** 0 to 2^32 - 1; default 1. */
  seed?: number | undefined;
}

const OPTIONS = [
  "widths",
  "samples",
  "batch",
  "reference",
  "time",
  "step",
  "gradient",
  "record",
  "precision",
  "seeds",
  "seed",
  "workers",
  "onProgress",
  "signal",
];

/** A run whose arguments are checked. */
export interface CheckedSeparate {
  context: SeparateContext;
  settings: GapsSettings;
  workers: WorkerChoice;
}

function checkSamples(samples: unknown): number[] {
  if (!Array.isArray(samples)) wrongKind("samples", "a list of positive integers", samples);
  if (samples.length === 0) wrongValue("samples", "a list of at least one number of samples", samples);
  // Not samples.forEach, which would pass over the holes of a sparse list.
  for (const [i, n] of samples.entries()) {
    checkInteger(`samples[${i}]`, n, 1, MOST_SAMPLES);
    if (samples.indexOf(n) < i) wrongValue(`samples[${i}]`, "different from the numbers before it", n);
  }
  return [...samples];
}

function checkBatch(batch: unknown, samples: readonly number[]): number | null {
  const fewest = Math.min(...samples);
  if (batch === undefined) return null;
  const allowed = `an integer from 1 to ${fewest}, the smallest of samples, or left out for all`;
  if (typeof batch !== "number") wrongKind("batch", allowed, batch);
  if (!Number.isInteger(batch) || batch < 1 || batch > fewest) wrongValue("batch", allowed, batch);
  return batch;
}

/** @throws TypeError or RangeError naming the argument, what came and what is allowed. */
export function checkSeparate(problem: Problem, options: SeparateOptions): CheckedSeparate {
  const checked = checkProblem(problem);
  checkOptions("separateGaps", options, OPTIONS);
  if (!populationForm(checked))
    wrongValue(
      "problem",
      "one with a closed form on the population: Gaussian inputs and an activation whose series is short enough",
      checked.name,
    );
  const { gradient, record, precision } = options;
  const population = checkTraining({ time: options.time, step: options.step, gradient, record }, checked);
  const { plan } = population;
  const { time, step, times } = plan;
  // The flow stops where PGD was recorded, which may lie behind its end by rounding; its steps are as long as those of PGD.
  const end = Math.max(time, times[times.length - 1]);
  const flow = checkTraining({ time: end, step, dynamics: "flow", record: Array.from(times) }, checked);
  const widths = checkWidths(options.widths);
  const samples = checkSamples(options.samples);
  const batch = checkBatch(options.batch, samples);
  const onSamples = samples.map((n) => {
    const data = { samples: n, batch: batch ?? n, test: 0 };
    return checkTraining({ time, step, gradient, record, precision, data }, checked);
  });
  const reference = checkReference(options.reference, widths) ?? WIDER * Math.max(...widths);
  const seeds = checkInteger("seeds", options.seeds ?? 8, 1, 1_000_000);
  const seed = checkSeed("seed", options.seed ?? 1);
  return {
    context: { problem: checked, widths, samples, reference, population, flow, onSamples, seed },
    settings: {
      widths,
      samples,
      batch,
      reference,
      time,
      step,
      gradient: plan.gradient,
      precision: onSamples[0].precision,
      seeds,
      seed,
      record: plan.record,
    },
    workers: checkWorkers(options.workers),
  };
}
