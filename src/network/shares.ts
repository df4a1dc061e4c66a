// Sums over a network that other threads share: each has a copy of the network (share-task.ts), is sent the particles as they
// are, and computes rows, samples or parts of a sum-tree.ts. Every number is computed as on one thread, or added up in the
// same order, so it has the same bits.

import type { Gradient } from "../core/dynamics.ts";
import type { Piece, Range } from "./sum-tree.ts";

/** What is asked about a network on the population. */
export type PopulationQuestion =
  /** Rows of V, over pairs. */
  | { sum: "velocity"; gradient: Gradient }
  /** a_i sum_j a_j q(S_ij), one number a row. */
  | { sum: "energy" }
  /** sum_j a_j w_j^A (population-moments.ts); a share is a range of leaves of the particles. */
  | { sum: "moments" }
  /** Rows of V from the coefficients that these moments give. */
  | { sum: "moment-velocity"; gradient: Gradient; coefficients: Float64Array };

/** What is asked about a network on samples, those of an epoch. */
export type SampleQuestion =
  /** sum_b r_b sigma'(<w_i, x_b>) x_b over the slots of a batch; a share is a range of its leaves. */
  | { sum: "gradient"; set: "batch" | "train"; slots: Range; epoch: number }
  /** f(x_b), one number a sample. */
  | { sum: "outputs"; set: "train" | "test"; epoch: number };

export type Question = PopulationQuestion | SampleQuestion;

export function isOfSamples(question: Question): question is SampleQuestion {
  return "epoch" in question;
}

/** One task. */
export interface Share {
  /** Which of the networks that are kept together. */
  network: number;
  /** W as it stands in memory. */
  particles: Float64Array;
  question: Question;
  range: Range;
}

/** Ranges that cover [0, count), as equal as multiples of `unit` allow; as many as are wanted and possible. */
export function sharesOf(count: number, unit: number, wanted: number): Range[] {
  const units = Math.ceil(count / unit);
  const shares = Math.max(1, Math.min(wanted, units));
  const bound = (k: number) => Math.min(count, unit * Math.floor((k * units) / shares));
  return Array.from({ length: shares }, (_, k) => ({ first: bound(k), last: k === shares - 1 ? count : bound(k + 1) }));
}

/** Other threads that share the sums of a network. */
export interface Shares {
  /** Asks for [0, count), one share a thread that is there, each starting at a multiple of `unit`; pieces ascending. */
  ask(question: Question, count: number, unit: number): Promise<Piece[]>;
}
