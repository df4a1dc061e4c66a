// lossDecay: how the risk of the limit falls at late times, and int_0^t L^(1/2) dt, which bounds function gaps uniformly in time
// (arXiv:2605.22010).
//
// For an even target of its own activation and even k* all particles go to the poles but a share p of those that start near
// the equator, and L ~ p^2. These move as d alpha/dt = k* c^2 p alpha^(k*-1), so that p ~ t^(-1/(k*-1)) and
//
//   L ~ t^(-2/(k*-1)),    int L^(1/2) dt ~ t^((k*-2)/(k*-1))    (log t for k* = 2)

import { checkNumber, checkOptions, wrongValue } from "../../core/check.ts";
import { Run, type RunOptions, type Work } from "../../core/run.ts";
import { checkEngine, type Engine } from "../../engine/index.ts";
import { flowPlan, LossWatch, levelsOf } from "../../limit/crossing.ts";
import { Law, type LawDivergence } from "../../limit/law.ts";
import { isEven } from "../../limit/mesh.ts";
import type { Levels } from "../../limit/refine.ts";
import { limitForm } from "../../problem/form.ts";
import type { Problem } from "../../problem/types.ts";
import { checkCrossable } from "./convergence-time.ts";
import { type ScalingPoint, type ScalingReportOf, scalingReport } from "./document.ts";
import { nameOf } from "./family.ts";
import { lawOrNull } from "./law.ts";

/** Options of `lossDecay`. */
export interface LossDecayOptions extends RunOptions {
  /** End of the run in flow time, above 0. */
  time: number;
  /** The exponent is fitted from here on, between 0 and `time`; default a hundredth of it. */
  from?: number | undefined;
  /** Largest error of the risk, relative; default 1e-3. */
  tolerance?: number | undefined;
}

/** Points of the series, with equal distances on a logarithmic axis. */
const POINTS = 17;

/** What one level of refinement gives at each time. */
interface Decay {
  loss: number[];
  integral: number[];
  evaluations: number;
  divergence: LawDivergence | null;
}

async function decayOn(engine: Engine, levels: Levels, level: number, times: Float64Array, work: Work): Promise<Decay> {
  const plan = flowPlan(times[times.length - 1], times);
  const accuracy = levels.accuracy(level);
  const law = new Law(engine, levels.field, levels.nodes(level, accuracy), plan, accuracy, work);
  const watch = new LossWatch(levels.field, null);
  law.observer = watch;
  law.keepsPath = false;
  const decay: Decay = { loss: [], integral: [], evaluations: 0, divergence: null };
  try {
    for (let k = 0; k < times.length && !decay.divergence; k++) {
      decay.divergence = await law.advanceTo(k);
      if (decay.divergence) break;
      decay.loss.push(Math.max(0, levels.field.loss(law.path.moments[k])));
      decay.integral.push(watch.integral);
    }
    decay.evaluations = law.evaluations;
    return decay;
  } finally {
    law.free();
  }
}

/** The exponent of theory; null where there is none. */
function expectedDecay(problem: Problem): number | null {
  const { informationExponent: k } = problem;
  if (problem.kind !== "single-index" || k === null || k % 2 === 1 || !isEven(problem)) return null;
  const form = limitForm(problem);
  const own = form?.activation.every((c, j) => c === form.link[j]) && form.activation.length === form.link.length;
  return own ? -2 / (k - 1) : null;
}

/** Whether two levels agree, relatively, at every time. */
function agree(one: Decay, other: Decay, tolerance: number): boolean {
  return other.loss.every((loss, k) => Math.abs(loss - one.loss[k]) <= tolerance * loss);
}

/**
 * The decay of the risk L_t of the infinite-width limit along gradient flow: L_t at times with equal distances on a logarithmic axis, its
 * exponent d log L / d log t with the interval of the slopes of both halves of the window, and at every point int_0^t L^(1/2) dt,
 * all with errors from refinement. A target of its own activation, even with even k*, has the exponent -2/(k*-1) at late times.
 *
 * @returns the scaling document with one series. A run that is aborted has no points: they are only known with their error.
 * @throws TypeError or RangeError for a bad argument, or a problem whose limit cannot be solved on a mesh.
 * @example
 * ```ts
 * const report = await lossDecay(engine, problems.He4({ d: 32 }), { time: 1e4 });
 * console.log(report.series[0].fit?.slope, report.series[0].points.at(-1)?.rootLossIntegral);
 * ```
 */
export async function lossDecay(
  engine: Engine,
  problem: Problem,
  options: LossDecayOptions,
): Promise<ScalingReportOf<"decay">> {
  checkEngine(engine);
  const checked = checkCrossable(problem);
  checkOptions("lossDecay", options, ["time", "from", "tolerance", "onProgress", "signal"]);
  const time = checkNumber("time", options.time, { min: 0, above: true });
  const from = checkNumber("from", options.from ?? time / 100, { min: 0, above: true });
  if (from >= time) wrongValue("from", `below time, ${time}`, from);
  const tolerance = checkNumber("tolerance", options.tolerance ?? 1e-3, { min: 1e-10, max: 0.1 });
  const run = new Run(options);
  const { pow } = engine.kernels;
  const times = Float64Array.from({ length: POINTS }, (_, k) =>
    k === POINTS - 1 ? time : from * pow(time / from, k / (POINTS - 1)),
  );

  const points: ScalingPoint[] = [];
  const missing: { x: number; reason: string }[] = [];
  let divergence: LawDivergence | null = null;
  const status = await run.guard(async () => {
    // Late risks are small, and a relative error of them is a smaller absolute one.
    const levels = levelsOf(engine, checked, flowPlan(time, times), tolerance / 1000);
    if (!levels) return "failed";
    run.expect(3);
    let coarse = await decayOn(engine, levels, 0, times, run.part(1));
    for (let level = 1; ; level++) {
      const fine = await decayOn(engine, levels, level, times, run.part(2));
      const last = level === levels.last || !levels.affordable(level + 1, fine.evaluations);
      if (!fine.divergence && !last && !agree(coarse, fine, tolerance)) {
        coarse = fine;
        continue;
      }
      divergence = fine.divergence;
      for (const [k, y] of fine.loss.entries()) {
        const x = times[k];
        if (y === 0) missing.push({ x, reason: "a risk of zero" });
        const error = Math.abs(y - coarse.loss[k]);
        const rootLossIntegral = fine.integral[k];
        const rootLossIntegralError = Math.abs(rootLossIntegral - coarse.integral[k]);
        if (y > 0) points.push({ x, y, low: y - error, high: y + error, rootLossIntegral, rootLossIntegralError });
      }
      return divergence ? "diverged" : "completed";
    }
  });
  const { law } = lawOrNull(
    engine,
    points.map(({ x }) => x),
    points.map(({ y }) => [y]),
    { expected: expectedDecay(checked) },
  );
  const where: LawDivergence | null = divergence;
  return scalingReport({
    backend: engine.backend,
    status,
    divergence: where ? { where: "limit", m: null, replica: null, ...(where as LawDivergence) } : null,
    kind: "decay",
    settings: { time, from, tolerance },
    series: [{ name: nameOf(checked), problem: checked, points, missing, fit: law }],
  });
}
