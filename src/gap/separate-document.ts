// The document of the three gaps (schema propchaos/gaps@1): what separateGaps resolves to.

import type { Status } from "../core/run.ts";
import type { Backend } from "../engine/index.ts";
import type { Precision } from "../network/activation-block.ts";
import type { WorkersUsed } from "../pool/workers.ts";
import type { Problem } from "../problem/types.ts";
import type { Divergence, Estimate, Slope } from "./document.ts";

/** How far two networks are apart, one entry a recorded time, over replicas. */
export interface GapEstimates {
  /** E_i |w_i - w'_i|^2 over the particles that both networks have. */
  meanSquaredDelta: Estimate;
  /** E (f - f')^2 over the population. */
  functionGap: Estimate;
}

/** Slopes at the last time; null with fewer than two values, or where a gap is 0. */
export interface GapSlopes {
  meanSquaredDelta: Slope | null;
  functionGap: Slope | null;
}

/** m particles against M on the same n samples. */
export interface WidthGap extends GapEstimates {
  n: number;
  m: number;
  /** Times M / (M - m), which is what the infinite width would give. */
  corrected: GapEstimates;
}

/** n samples against the population, with the same m particles at the start. */
export interface SampleGap extends GapEstimates {
  n: number;
  m: number;
}

/** PGD against gradient flow on the population, with the same m particles at the start. */
export interface DiscretisationGap extends GapEstimates {
  m: number;
}

/** Which of the networks stopped having finite numbers, and when. */
export interface GapsDivergence extends Divergence {
  /** Number of samples it was trained on; null for the population. */
  n: number | null;
  dynamics: "pgd" | "flow";
}

/** Every setting of a run, defaults filled in. */
export interface GapsSettings {
  widths: number[];
  samples: number[];
  /** Samples a step; null: all of them. */
  batch: number | null;
  /** M. */
  reference: number;
  time: number;
  step: number;
  gradient: "riemannian" | "euclidean";
  precision: Precision;
  seeds: number;
  seed: number;
  record: number | number[];
}

/** The three gaps of a network: what its width, its samples and its step each do. */
export interface GapsReport {
  schema: "propchaos/gaps@1";
  version: string;
  backend: Backend;
  /** Who computed it, which has no part in the numbers; left out where the run was aborted before it began. */
  workers?: WorkersUsed;
  status: Status;
  /** Where status is "failed": which replica could not be computed, and why. */
  failure?: string;
  /** null unless status is "diverged". */
  divergence: GapsDivergence | null;
  problem: Problem;
  settings: GapsSettings;
  /** Replicas that were finished; all statistics are over these. */
  seeds: number;
  /** Recorded flow times; none where no replica was finished. */
  time: Float64Array;
  /** Of every n and, for each, every m; empty where no replica was finished, as the two below. */
  width: WidthGap[];
  /** Of every n and, for each, every m. */
  sample: SampleGap[];
  /** Of every m. */
  discretisation: DiscretisationGap[];
  scaling: {
    /** Slopes of the corrected width gap in m, for each n. */
    width: ({ n: number } & GapSlopes)[];
    /** Slopes of the sample gap in n, for each m. */
    sample: ({ m: number } & GapSlopes)[];
  };
  /** The document with plain arrays, ready for JSON.stringify. */
  toJSON(): unknown;
}
