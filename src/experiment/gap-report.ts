// gapReport: measurement and theory in one document, the gap document with a section `theory`.

import { wrongKind, wrongValue } from "../core/check.ts";
import { Run, type Status } from "../core/run.ts";
import { checkEngine, type Engine } from "../engine/index.ts";
import { approximationGap, checkGap, type GapOptions } from "../gap/approximation-gap.ts";
import type { CheckedGap } from "../gap/checked.ts";
import type { GapReport, StoredGapReport } from "../gap/document.ts";
import type { SolvableProblem } from "../limit/model.ts";
import { checkProblem } from "../problem/check.ts";
import type { Problem } from "../problem/types.ts";
import { checkFromZero } from "../theory/gap-equation/gap-bounds.ts";
import { checkSymmetric, type EquationInput } from "../theory/gap-equation/options.ts";
import { limitConstantsAt, type TheoryConstants } from "./limit-constants.ts";
import { checkNetworkTheory, type NetworkTheory, networkTheory } from "./network-theory.ts";
import { partOptions } from "./parts.ts";

/** Options of `gapReport`: those of `approximationGap`, and whether theory stands beside the measurement. */
export interface GapReportOptions extends GapOptions {
  /** Default true. With false the report is that of `approximationGap`. */
  theory?: boolean | undefined;
}

/** What theory says of a gap. */
export interface GapTheory {
  /** null with several indices, without an information exponent, or where the run ended before. */
  constants: TheoryConstants | null;
  /** Prediction and bounds for the first network of each width, in the order of `widths`. */
  networks: NetworkTheory[];
}

/** A gap report with its theory; null where that was not asked for. */
export type GapReportWithTheory = GapReport & { theory: GapTheory | null };

/** A gap report that was read back, with the theory that it may have. */
export type StoredGapWithTheory = StoredGapReport & { theory?: GapTheory | null };

/** The end of a sentence that refuses what theory does not cover. */
const INSTEAD = "with theory: true; approximationGap measures the gap of any run";

/** What would otherwise be refused for want of a reference network, which theory does not cover either. @throws RangeError */
function checkCovered(problem: Problem, { signs }: GapOptions): SolvableProblem {
  if (ArrayBuffer.isView(signs) && signs.some((sign) => sign !== 1)) wrongValue("signs", `all +1 ${INSTEAD}`, signs);
  return checkSymmetric("theory", checkProblem(problem));
}

/** What the equation of a width is solved for: the first replica. @throws RangeError naming what theory does not cover. */
function equationInputs(problem: SolvableProblem, { training, networks, tolerance }: CheckedGap): EquationInput[] {
  const { data, objective, langevin, plan } = training;
  if (data) wrongValue("data", `"population" ${INSTEAD}`, data.kind);
  if (objective !== "squared") wrongValue("objective", `"squared" ${INSTEAD}`, objective);
  if (langevin !== 0) wrongValue("langevin", `0 ${INSTEAD}`, langevin);
  if (networks.reference !== null) wrongValue("reference", `left out ${INSTEAD}`, networks.reference);
  const { rows, seed, widths } = networks;
  const inputs = widths.map((width) => ({ problem, plan, width, rows, seed, tolerance }));
  for (const input of inputs) checkFromZero("theory", input);
  return inputs;
}

/**
 * Measures the approximation gap as `approximationGap` does, and puts theory beside it: the limit constants of the gap, and for
 * the first network of each width the linear prediction for its own particles (see `linearisedGap`) and the Volterra and
 * Gronwall bounds above it (see `gapBounds`), at the same times (SPEC.md, sections 6 and 7).
 *
 * @param problem - for theory: single- or multi-index with a limit that is solved: second-layer signs of +1, activation and
 * link with Hermite series that end.
 * @returns the gap document with `theory`; its status is that of the first part that was not completed.
 * @throws TypeError or RangeError for a bad argument, for a problem or a setting that theory does not cover, or where memory
 * does not suffice.
 * @example
 * ```ts
 * const report = await gapReport(engine, problems.He4({ d: 32 }), { widths: [128, 512], time: 8, dynamics: "flow" });
 * console.log(report.widths[0].mTimesFunctionGap.mean.at(-1), report.theory?.constants?.mTimesFunctionGap.at(-1));
 * ```
 */
export async function gapReport(
  engine: Engine,
  problem: Problem,
  options: GapReportOptions,
): Promise<GapReportWithTheory> {
  checkEngine(engine);
  const { theory: wanted = true, ...gapOptions } = options;
  if (typeof wanted !== "boolean") wrongKind("theory", "true or false", wanted);
  if (!wanted) return Object.assign(await approximationGap(engine, problem, gapOptions), { theory: null });
  const single = checkCovered(problem, gapOptions);
  const checked = checkGap(single, gapOptions);
  const inputs = equationInputs(single, checked);
  // A wrong kind of callback or signal is refused before anything is computed; and so is what will not fit.
  new Run(options);
  for (const input of inputs) checkNetworkTheory(engine, input);
  const parts = inputs.length + 2;
  const report = await approximationGap(engine, problem, { ...gapOptions, ...partOptions(options, 0, parts) });
  const theory: GapTheory = { constants: null, networks: [] };
  let status: Status = report.status;
  for (const [w, input] of inputs.entries()) {
    if (status !== "completed") break;
    const run = await networkTheory(engine, input, partOptions(options, 1 + w, parts));
    status = run.status;
    if (run.divergence) report.divergence = { where: "network", m: input.width, replica: 0, ...run.divergence };
    theory.networks.push(run.theory);
  }
  if (status === "completed" && single.kind === "single-index" && single.informationExponent !== null) {
    const run = await limitConstantsAt(engine, single, report.time, partOptions(options, parts - 1, parts));
    status = run.status;
    if (run.divergence) report.divergence = { where: "limit", m: null, replica: null, ...run.divergence };
    theory.constants = run.constants;
  }
  return Object.assign(report, { status, theory });
}
