// requiredWidth: the smallest width whose mean gap at a given time is at most what is wanted, from measured networks.
//
// Gaps fall with m, so that the width is bracketed first, from the limit constant C of the gap (m = C / gap), and the bracket is
// then halved in log m: at the place where the line between its ends meets the wanted gap, kept away from them. The same seeds are
// measured at every width, and their particles are nested, so that the mean gap is a smooth function of m.

import { checkInteger, checkNumber, checkOneOf, checkOptions, checkSeed } from "../../core/check.ts";
import { checkStep } from "../../core/record.ts";
import { Run, type RunOptions, type Status } from "../../core/run.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import { checkGap, measureGap } from "../../gap/approximation-gap.ts";
import type { Divergence } from "../../gap/document.ts";
import { type CrossingInput, findCrossing } from "../../limit/crossing.ts";
import { checkSolvable } from "../../limit/form.ts";
import type { SolvableProblem } from "../../limit/model.ts";
import { checkWorkers, type WorkerOptions } from "../../pool/workers.ts";
import { checkProblem } from "../../problem/check.ts";
import type { Problem } from "../../problem/types.ts";
import { limitConstantsAt } from "../limit-constants.ts";
import { partOptions } from "../parts.ts";
import { checkCrossable } from "./convergence-time.ts";
import type { WidthTrial } from "./document.ts";
import { expectedTime } from "./expected.ts";
import { lawOrNull } from "./law.ts";

/** Which gap: E (f - f_MF)^2 over the population, or E|Delta| over the particles. */
export type RequiredStatistic = "functionGap" | "meanDelta";

/** Options of `requiredWidth`. */
export interface RequiredWidthOptions extends RunOptions, WorkerOptions {
  /** The gap that is allowed, above 0: for `"functionGap"` a squared distance. */
  gap: number;
  /** Default `"functionGap"`. */
  statistic?: RequiredStatistic | undefined;
  /** Flow time at which the gap is measured, above 0; default the convergence time of the problem (see `convergenceTime`). */
  time?: number | undefined;
  /** Largest step of the Runge-Kutta integrator of the networks; default 0.05. */
  step?: number | undefined;
  /** Networks a width; default 16. */
  seeds?: number | undefined;
  /** 0 to 2^32 - 1; default 1. */
  seed?: number | undefined;
  /** How well the width is resolved, relative; default 0.02, or 1 particle where that is more. */
  resolution?: number | undefined;
  /** No wider network is tried; default 16384. */
  largestWidth?: number | undefined;
}

/** The width that a gap needs, and how it was found. */
export interface RequiredWidth {
  status: Status;
  failure?: string;
  divergence: Divergence | null;
  /** The smallest width found whose mean gap is at most the wanted one; null where there is none. */
  width: number | null;
  /** 95% interval: that of the mean gap there, carried over to widths by the law of theory; null with one seed. */
  low: number | null;
  high: number | null;
  /** Flow time at which gaps were measured; null where the run ended before it was known. */
  time: number | null;
  /** The first guess, from limit constants; null without them. */
  guess: number | null;
  /** Every width that was tried, ascending, with its mean gap. */
  trials: WidthTrial[];
  /** Why there is no width; null where there is one. */
  reason: string | null;
}

/** @internal Checked options with defaults filled in. */
export interface WidthSearch {
  problem: SolvableProblem;
  gap: number;
  statistic: RequiredStatistic;
  time: number | null;
  step: number;
  seeds: number;
  seed: number;
  resolution: number;
  largestWidth: number;
}

/** The names of its options, for `checkOptions`. */
export const WIDTH_OPTIONS = [
  "gap",
  "statistic",
  "time",
  "step",
  "seeds",
  "seed",
  "resolution",
  "largestWidth",
  "workers",
  "onProgress",
  "signal",
] as const;

/** Where there are no constants to start from. */
const FIRST_WIDTH = 64;

/** Runs that progress reckons with: convergence time, constants, and widths. */
const PARTS = 10;

/** Error allowed in the convergence time, relative. */
const TIME_TOLERANCE = 1e-6;

/** How far from the ends of its bracket a width is tried, as a share of its logarithm. */
const MARGIN = 0.15;

/** gap ~ m^exponent. */
const EXPONENT = { functionGap: -1, meanDelta: -0.5 };

/** @internal @throws TypeError or RangeError naming the option. */
export function checkWidthSearch(problem: Problem, options: RequiredWidthOptions): WidthSearch {
  const time = options.time === undefined ? null : checkNumber("time", options.time, { min: 0, above: true });
  const checked = checkSolvable(checkProblem(problem));
  checkWorkers(options.workers);
  return {
    problem: time === null ? checkCrossable(checked) : checked,
    gap: checkNumber("gap", options.gap, { min: 0, above: true }),
    statistic: checkOneOf("statistic", options.statistic ?? "functionGap", ["functionGap", "meanDelta"]),
    time,
    step:
      time === null
        ? checkNumber("step", options.step ?? 0.05, { min: 0, above: true })
        : checkStep(options.step ?? Math.min(0.05, time), time),
    seeds: checkInteger("seeds", options.seeds ?? 16, 1, 1_000_000),
    seed: checkSeed("seed", options.seed ?? 1),
    resolution: checkNumber("resolution", options.resolution ?? 0.02, { min: 1e-6, max: 1 }),
    largestWidth: checkInteger("largestWidth", options.largestWidth ?? 16384, 1),
  };
}

/** The width to try between `low`, whose gap is too large, and `high`, whose gap is not. */
function between({ kernels }: Engine, low: WidthTrial, high: WidthTrial, gap: number): number {
  const { log, exp } = kernels;
  const [u, v] = [log(low.m), log(high.m)];
  const [a, b] = [log(low.gap), log(high.gap)];
  const share = a > b ? (a - log(gap)) / (a - b) : 1 / 2;
  const m = Math.round(exp(u + Math.min(1 - MARGIN, Math.max(MARGIN, share)) * (v - u)));
  return Math.min(high.m - 1, Math.max(low.m + 1, m));
}

/** The search of one problem: measures widths until it is over. */
class Search {
  readonly found: RequiredWidth = {
    status: "completed",
    divergence: null,
    width: null,
    low: null,
    high: null,
    time: null,
    guess: null,
    trials: [],
    reason: null,
  };
  private readonly engine: Engine;
  private readonly options: RunOptions & WorkerOptions;
  private readonly search: WidthSearch;
  private parts = 0;

  constructor(engine: Engine, search: WidthSearch, options: RunOptions & WorkerOptions) {
    this.engine = engine;
    this.search = search;
    this.options = options;
  }

  /** Options of the next part; the last ones share what is left. */
  private next(): RunOptions {
    return partOptions(this.options, Math.min(this.parts++, PARTS - 1), PARTS);
  }

  async run(): Promise<RequiredWidth> {
    await this.findTime();
    if (this.found.time !== null) await this.findGuess();
    if (this.found.time !== null && this.going) await this.bracket();
    this.found.trials.sort((a, b) => a.m - b.m);
    return this.found;
  }

  private get going(): boolean {
    return this.found.status === "completed" && this.found.reason === null;
  }

  private async findTime(): Promise<void> {
    const { engine, search, found } = this;
    const { problem } = search;
    found.time = search.time;
    if (search.time !== null) return;
    const expected = expectedTime(engine.kernels, problem);
    const input: CrossingInput = { problem, share: 0.5, horizon: 100 * expected, expected, tolerance: TIME_TOLERANCE };
    const run = new Run(this.next());
    found.status = await run.guard(async () => {
      run.expect(1);
      const { time, divergence } = await findCrossing(engine, input, run.part(1));
      if (divergence) {
        found.divergence = { where: "limit", m: null, replica: null, ...divergence };
        return "diverged";
      }
      found.time = time?.value ?? null;
      if (!time)
        found.reason = `the risk of the limit does not fall to half of its start before flow time ${input.horizon}`;
      return "completed";
    });
  }

  private async findGuess(): Promise<void> {
    const { engine, found } = this;
    const { problem, statistic, gap } = this.search;
    if (problem.kind !== "single-index" || problem.informationExponent === null) return;
    const { status, constants } = await limitConstantsAt(
      engine,
      problem,
      Float64Array.of(found.time ?? 0),
      this.next(),
    );
    // A guess is no more than that: without constants the search starts elsewhere.
    found.status = status === "aborted" ? status : "completed";
    if (!constants) return;
    const [ofFunction, ofDelta] = [constants.mTimesFunctionGap[0], constants.mTimesMeanSquaredDelta[0]];
    const width = statistic === "functionGap" ? ofFunction / gap : ofDelta / (gap * gap);
    if (Number.isFinite(width)) found.guess = Math.ceil(width);
  }

  private async bracket(): Promise<void> {
    const { engine, found } = this;
    const { gap, resolution, largestWidth, statistic } = this.search;
    let low: WidthTrial | undefined;
    let high: WidthTrial | undefined;
    let m = Math.min(largestWidth, Math.max(1, found.guess ?? FIRST_WIDTH));
    for (;;) {
      const trial = await this.measure(m);
      if (!trial) return;
      if (trial.gap <= gap) high = trial;
      else low = trial;
      if (!high && m === largestWidth) {
        found.reason = `the mean gap is still ${Number(trial.gap.toPrecision(4))} at the largest width that was allowed, ${m}`;
        return;
      }
      if (high && (high.m === 1 || (low && (high.m - low.m <= 1 || high.m <= low.m * (1 + resolution))))) break;
      if (low && high) m = between(engine, low, high, gap);
      else {
        // As far as the law of theory says, and a little more; networks of few particles do not follow it.
        const ratio = trial.gap / gap;
        const step = statistic === "functionGap" ? ratio : ratio * ratio;
        m = low
          ? Math.min(largestWidth, Math.max(m + 1, Math.ceil(m * Math.min(4, 1.1 * step))))
          : Math.max(1, Math.min(m - 1, Math.floor(m * Math.max(1 / 4, step / 1.1))));
      }
    }
    found.width = high.m;
    if (high.low === null || high.high === null) return;
    const { pow } = engine.kernels;
    // A mean gap of so much too much needs a width of so much more.
    const carried = (end: number) => high.m * pow(Math.max(end, Number.MIN_VALUE) / high.gap, -1 / EXPONENT[statistic]);
    found.low = carried(high.low);
    found.high = carried(high.high);
  }

  /** The mean gap of networks of width m; null where the run ended, or the gap cannot be told from the error of the limit. */
  private async measure(m: number): Promise<WidthTrial | null> {
    const { engine, search, found } = this;
    const { problem, statistic, seeds, seed, step } = search;
    const time = found.time ?? 0;
    const options = {
      widths: [m],
      seeds,
      seed,
      time,
      step: Math.min(step, time),
      dynamics: "flow" as const,
      record: [time],
      workers: this.options.workers,
      ...this.next(),
    };
    const { report, progress } = await measureGap(engine, checkGap(problem, options), options);
    found.status = report.status;
    found.divergence = report.divergence;
    if (report.failure !== undefined) found.failure = report.failure;
    if (report.status !== "completed") return null;
    const [width] = report.widths;
    if (!width.resolved[statistic === "meanDelta" ? "delta" : "functionGap"][0]) {
      found.reason = `the gap at width ${m} is not above the error of the limit`;
      return null;
    }
    const values = progress.runs[0].flatMap((run) => (run ? [run[0][statistic]] : []));
    // The mean with its interval, as of the points of a law.
    const { means } = lawOrNull(engine, [1, 2], [values, values], { seed });
    const { value: gap, low, high } = means[0];
    const trial = { m, gap, low, high };
    found.trials.push(trial);
    return trial;
  }
}

/** @internal `requiredWidth` of checked arguments. */
export function searchWidth(
  engine: Engine,
  search: WidthSearch,
  options: RunOptions & WorkerOptions,
): Promise<RequiredWidth> {
  return new Search(engine, search, options).run();
}

/**
 * The smallest width m whose gap to the infinite-width limit, the mean over seeds at one flow time, is at most `gap`: bisection in log m
 * over networks that are trained along gradient flow on the population, starting from the limit constant (see
 * `gapLimitConstants`) where there is one.
 *
 * @param problem - single- or multi-index with a limit that is solved: signs of +1, activation and link with Hermite series that end.
 * @returns the width, its interval and every width that was tried. `width` is null where the run ended before, where `largestWidth`
 * does not suffice, or where the gap drowns in the error of the limit; then `reason` or `status` says so.
 * @throws TypeError or RangeError for a bad argument, or where memory does not suffice.
 * @example
 * ```ts
 * const { width, low, high, trials } = await requiredWidth(engine, problems.He4({ d: 16 }), { gap: 0.01 });
 * console.log(width, low, high, trials.length);
 * ```
 */
export async function requiredWidth(
  engine: Engine,
  problem: Problem,
  options: RequiredWidthOptions,
): Promise<RequiredWidth> {
  checkEngine(engine);
  checkOptions("requiredWidth", options, WIDTH_OPTIONS);
  // A wrong kind of callback or signal is refused before anything is computed.
  new Run(options);
  return searchWidth(engine, checkWidthSearch(problem, options), options);
}
