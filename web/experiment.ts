// What settings mean to the library: a problem and the options of approximationGap and theoryReport.

import { type GapOptions, hermite, type Problem, problems, singleIndex, type TheoryOptions } from "propchaos";
import { recordCount, type Settings } from "./settings.ts";

/** The widest network that theory is computed for, unless all are wider, and its records. */
const WIDEST_THEORY = 256;
const THEORY_RECORDS = 33;

/** The problem; h_3 and h_4 are those of the zoo, which the command line knows. */
export function problemOf({ problem, exponent, d }: Settings): Problem {
  const name = zooName({ problem, exponent });
  return name === null ? singleIndex({ d, activation: hermite({ [exponent]: 1 }) }) : problems[name]({ d });
}

/** Name in the zoo; null for Hermite polynomials that are not in it. */
export function zooName({
  problem,
  exponent,
}: Pick<Settings, "problem" | "exponent">): Exclude<Settings["problem"], "Hermite"> | null {
  if (problem !== "Hermite") return problem;
  return exponent === 3 ? "He3" : exponent === 4 ? "He4" : null;
}

/** Options of approximationGap that determine its numbers. */
export function gapOptions(settings: Settings): GapOptions & { widths: number[]; record: number } {
  const { widths, time, step, dynamics, gradient, seeds, seed, samples } = settings;
  const data = samples === null ? {} : { data: { samples } };
  return { widths, time, step, dynamics, gradient, ...data, seeds, seed, record: recordCount(settings) };
}

/** Width of the network that theory looks at: its bounds cost the square of it. */
function theoryWidth({ widths }: Settings): number {
  return widths.filter((m) => m <= WIDEST_THEORY).at(-1) ?? widths[0];
}

/** Options of theoryReport for the first network of one width. */
export function theoryOptions(settings: Settings): TheoryOptions & { width: number; record: number } {
  const { time, step, dynamics, gradient, seed } = settings;
  return {
    width: theoryWidth(settings),
    time,
    step,
    dynamics,
    gradient,
    seed,
    record: Math.min(THEORY_RECORDS, recordCount(settings)),
  };
}

/** Why there is no theory beside a run; null where there is. */
export function withoutTheory(settings: Settings): string | null {
  const problem = problemOf(settings);
  if (problem.kind !== "single-index")
    return "Closed forms exist for problems of one direction w*; this one has others.";
  if (settings.samples !== null) return "Theory describes training on the population; this run learns from samples.";
  return null;
}
