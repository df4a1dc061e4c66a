// Self-concordance of the infinite-width limit of a single-index problem: the limit is solved, then points of its initial law
// follow it from record to record with their local Hessians.

import { checkInteger, checkNumber, wrongValue } from "../../core/check.ts";
import { plain } from "../../core/plain.ts";
import type { Run } from "../../core/run.ts";
import { version } from "../../core/version.ts";
import type { Engine } from "../../engine/index.ts";
import { Field } from "../../limit/field.ts";
import type { Path } from "../../limit/path.ts";
import { limitBytes, type Solution, solveLimit } from "../../limit/solve.ts";
import { emptyState, type LimitInput } from "../../limit/task.ts";
import type { SingleIndexProblem } from "../../problem/types.ts";
import type { LimitConcordance, LocalEigenvalues } from "./document.ts";
import { HessianPassengers, hessianPassengersBytes } from "./passengers.ts";
import { lawPoints } from "./points.ts";
import { ConcordanceSeries } from "./statistics.ts";
import { concordanceVerdict } from "./verdict.ts";

/** Checked arguments. */
export interface LimitConcordanceInput extends LimitInput {
  problem: SingleIndexProblem;
  bound: number;
}

/** Shares of the work: the limit with its refinement, and its points. */
const SOLVING = 2;
const FOLLOWING = 1;

/** Eigenvalues at each record of the particle that starts at alpha0. */
function follow(engine: Engine, path: Path, d: number, records: number, alpha0: number): LocalEigenvalues[] {
  const particle = new HessianPassengers(engine, path, d, 1);
  try {
    particle.start(Float64Array.of(alpha0), Float64Array.of(Math.sqrt((1 - alpha0) * (1 + alpha0))));
    return Array.from({ length: records }, (_, k) => {
      particle.advanceNow(k);
      const { perpendicular, ...found } = particle.eigenvalues(k);
      return { ...found, perpendicular: d === 2 ? null : perpendicular };
    });
  } finally {
    particle.free();
  }
}

export async function limitConcordance(
  engine: Engine,
  { problem, plan, tolerance, bound }: LimitConcordanceInput,
  run: Run,
): Promise<LimitConcordance> {
  const { d } = problem;
  const { time: horizon, step, dynamics, gradient, record } = plan;
  const points = lawPoints(engine, problem, horizon);
  const n = points.alpha.length;
  const series = new ConcordanceSeries(engine.kernels.log, points.weight, points.alpha);
  const state = emptyState();
  engine.arena.require(
    "the local Hessians of the infinite-width limit",
    Math.max(limitBytes(engine, problem, plan), hessianPassengersBytes(new Field(problem), n, dynamics === "flow")),
  );
  const status = await run.guard(async () => {
    run.expect(SOLVING + FOLLOWING);
    const solved = await solveLimit(engine, problem, plan, tolerance, run.part(SOLVING), state);
    // There is one: where it is aborted, nobody comes here.
    const { path } = state.solution as Solution;
    const passengers = new HessianPassengers(engine, path, d, n);
    try {
      passengers.start(points.alpha, points.gamma);
      const work = run.part(FOLLOWING);
      work.expect(plan.times.length);
      for (let k = 0; k < path.moments.length; k++) {
        await passengers.advanceTo(k, work);
        series.push(passengers.snapshot(k));
        work.advance(1, plan.times[k]);
      }
    } finally {
      passengers.free();
    }
    return solved;
  });
  const time = plan.times.slice(0, series.count);
  const aligned = series.aligned();
  let known: { alpha0: number; found: LocalEigenvalues[] } | undefined;
  return {
    schema: "propchaos/self-concordance@1",
    version,
    backend: engine.backend,
    status,
    divergence: state.solution?.divergence ?? null,
    problem,
    subject: "limit",
    settings: {
      time: horizon,
      step: dynamics === "pgd" ? step : null,
      dynamics,
      gradient,
      tolerance,
      record,
      bound,
    },
    time,
    errorEstimate: state.errorEstimate,
    particles: n,
    ...series.common(),
    ...aligned,
    verdict: concordanceVerdict(time, aligned, bound),
    eigenvaluesAt(alpha0, k) {
      checkNumber("alpha0", alpha0, { min: -1, max: 1 });
      const path = state.solution?.path;
      if (!path || time.length === 0) wrongValue("k", "a record that was reached (none)", k);
      checkInteger("k", k, 0, time.length - 1);
      // Records are usually asked for in turn.
      if (known?.alpha0 !== alpha0) known = { alpha0, found: follow(engine, path, d, time.length, alpha0) };
      return { ...known.found[k] };
    },
    toJSON() {
      return plain(this);
    },
  };
}
