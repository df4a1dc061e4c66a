// theoryReport: what theory says of a problem, in one document; sections are added as the package learns them. So far:
// self-concordance, in the limit and in a network beside it; prediction of that network's gap and bounds on it; limit
// constants of the gap.

import { checkOptions } from "../core/check.ts";
import type { Dynamics, Gradient } from "../core/dynamics.ts";
import { plain } from "../core/plain.ts";
import { Run, type Status } from "../core/run.ts";
import { version } from "../core/version.ts";
import { type Backend, checkEngine, type Engine } from "../engine/index.ts";
import type { TrainingSettings } from "../network/training.ts";
import type { DivergedStep } from "../network/trajectory.ts";
import { checkProblem } from "../problem/check.ts";
import type { Problem } from "../problem/types.ts";
import type { EquationInput } from "../theory/gap-equation/options.ts";
import {
  asksForNetwork,
  checkLimitConcordance,
  checkNetworkConcordance,
  hasLimitConcordance,
  type LimitConcordanceOptions,
  type NetworkConcordanceOptions,
} from "../theory/self-concordance/check.ts";
import type { LimitConcordance, NetworkConcordance } from "../theory/self-concordance/document.ts";
import { type LimitConcordanceInput, limitConcordance } from "../theory/self-concordance/limit.ts";
import { type NetworkConcordanceInput, networkConcordance } from "../theory/self-concordance/network.ts";
import { limitConstantsAt, type TheoryConstants } from "./limit-constants.ts";
import { checkNetworkTheory, type NetworkTheory, networkTheory } from "./network-theory.ts";
import { partOptions } from "./parts.ts";

/** Options of `theoryReport`: those of `selfConcordance` for the limit, and for a network where `width` or `initial` is given. */
export type TheoryOptions = Omit<LimitConcordanceOptions, "width" | "initial"> & NetworkConcordanceOptions;

/** Every setting, defaults filled in. */
export interface TheorySettings {
  time: number;
  step: number;
  dynamics: Dynamics;
  gradient: Gradient;
  record: number | number[];
  /** Of the limit; null where there is none. */
  tolerance: number | null;
  /** Largest exponent of the verdict that passes; null where there is no alpha. */
  bound: number | null;
  /** Of the network; null without one. */
  width: number | null;
  /** null where nothing was drawn. */
  seed: number | null;
  /** What the network is trained on; null without one. */
  data: TrainingSettings["data"] | null;
}

/** What `theoryReport` resolves to. */
export interface TheoryReport {
  schema: "propchaos/theory@1";
  version: string;
  backend: Backend;
  /** How the first part ended that was not completed. */
  status: Status;
  /** Where a number stopped being finite; null unless status is "diverged". */
  divergence: { where: "limit" | "network"; m: number | null; step: number; time: number } | null;
  problem: Problem;
  settings: TheorySettings;
  /** `limit` is null for problems whose limit has no closed form, `network` without `width` and `initial`. */
  selfConcordance: { limit: LimitConcordance | null; network: NetworkConcordance | null };
  /**
   * Prediction of the network's gap and bounds on it; null without a network, on samples, with signs of -1, where `record` does
   * not begin with 0, where there is no such limit, and where the run ended before.
   */
  gapEquation: NetworkTheory | null;
  /** Limits of the gap times m; null where there is no such limit, and where the run ended before. */
  constants: TheoryConstants | null;
  /** The document with plain arrays, ready for JSON.stringify. */
  toJSON(): unknown;
}

/** One that was read back. */
export type StoredTheory = Omit<TheoryReport, "selfConcordance"> & {
  selfConcordance: { limit: Omit<LimitConcordance, "eigenvaluesAt"> | null; network: NetworkConcordance | null };
};

const NETWORK_ONLY = ["width", "initial", "signs", "seed", "data"];
const NAMES = ["time", "step", "dynamics", "gradient", "record", "tolerance", "bound", "onProgress", "signal"];

/** The network that the gap equation covers; null where it does not. */
function equationOf(limit: LimitConcordanceInput, { network, rows }: NetworkConcordanceInput): EquationInput | null {
  const { problem, tolerance } = limit;
  const { training, width, signs, key } = network;
  const { plan, data } = training;
  if (data || signs?.some((sign) => sign !== 1) || plan.times[0] !== 0) return null;
  return { problem, plan, width, rows, seed: key.seed, tolerance };
}

/** How a part ended. */
interface Ended<Divergence = DivergedStep> {
  status: Status;
  divergence: Divergence | null;
}

/**
 * What theory says of a problem: self-concordance (see `selfConcordance`) and the limit constants of the gap (see
 * `gapLimitConstants`) of its limit, where that has a closed form; and with `width` or `initial` of a network beside it,
 * self-concordance, the linear prediction of its gap (see `linearisedGap`) and bounds on that (see `gapBounds`). Later versions
 * add sections to the document.
 *
 * @throws TypeError or RangeError for a bad argument, where memory does not suffice, or where there is neither such a limit
 * nor a network to look at.
 * @example
 * ```ts
 * const report = await theoryReport(engine, problems.He4({ d: 32 }), { time: 8, width: 512 });
 * console.log(report.selfConcordance.limit?.verdict?.sentence, report.gapEquation?.relativeError.at(-1));
 * ```
 */
export async function theoryReport(engine: Engine, problem: Problem, options: TheoryOptions): Promise<TheoryReport> {
  checkEngine(engine);
  const checked = checkProblem(problem);
  checkOptions("theoryReport", options, [...NAMES, ...NETWORK_ONLY]);
  // A wrong kind of callback or signal is refused before anything is computed.
  new Run(options);
  const { tolerance, width, initial, signs, seed, data, ...common } = options;
  const wantsNetwork = asksForNetwork({ ...common, width, initial });
  const limitInput =
    hasLimitConcordance(checked) || !wantsNetwork
      ? checkLimitConcordance(checked, { ...common, tolerance, ...(wantsNetwork ? {} : { signs, seed, data }) })
      : null;
  const networkInput = wantsNetwork
    ? checkNetworkConcordance(checked, {
        ...common,
        width,
        initial,
        signs,
        seed,
        data,
        // Where the limit does not take it, checkNetworkConcordance says so.
        ...(limitInput ? {} : { tolerance }),
      })
    : null;
  const plan = limitInput?.plan ?? networkInput?.network.training.plan;
  if (!plan) throw new TypeError("theoryReport has nothing to look at");
  const equationInput = limitInput && networkInput && equationOf(limitInput, networkInput);
  if (equationInput) checkNetworkTheory(engine, equationInput);

  const parts = [limitInput, networkInput, equationInput, limitInput].filter((input) => input !== null).length;
  const ends: Ended<NonNullable<TheoryReport["divergence"]>>[] = [];
  /** Options of the next part. */
  const next = () => partOptions(options, ends.length, parts);
  const note = (where: "limit" | "network", m: number | null, { status, divergence }: Ended) =>
    ends.push({ status, divergence: divergence && { where, m, ...divergence } });
  const unfinished = () => ends.find(({ status }) => status !== "completed");

  const limit = limitInput && (await limitConcordance(engine, limitInput, new Run(next())));
  if (limit) note("limit", null, limit);
  const network = networkInput && (await networkConcordance(engine, networkInput, new Run(next())));
  if (network) note("network", network.settings.width, network);
  let gapEquation: NetworkTheory | null = null;
  let constants: TheoryConstants | null = null;
  if (equationInput && !unfinished()) {
    const run = await networkTheory(engine, equationInput, next());
    note("network", equationInput.width, run);
    gapEquation = run.theory;
  }
  if (limitInput && !unfinished()) {
    const run = await limitConstantsAt(engine, limitInput.problem, plan.times, next());
    note("limit", null, run);
    constants = run.constants;
  }
  const { time, step, dynamics, gradient, record } = plan;
  return {
    schema: "propchaos/theory@1",
    version,
    backend: engine.backend,
    status: unfinished()?.status ?? "completed",
    divergence: unfinished()?.divergence ?? null,
    problem: checked,
    settings: {
      time,
      step,
      dynamics,
      gradient,
      record,
      tolerance: limitInput?.tolerance ?? null,
      bound: limitInput?.bound ?? networkInput?.bound ?? null,
      width: network?.settings.width ?? null,
      seed: network?.settings.seed ?? null,
      data: network?.settings.data ?? null,
    },
    selfConcordance: { limit, network },
    gapEquation,
    constants,
    toJSON() {
      return plain(this);
    },
  };
}
