// The result of a limit: its series, and what can be asked of it afterwards.

import { checkInteger, checkNumber, wrongValue } from "../core/check.ts";
import { plain } from "../core/plain.ts";
import type { Status } from "../core/run.ts";
import { version } from "../core/version.ts";
import type { Engine } from "../engine/index.ts";
import type { WorkersUsed } from "../pool/workers.ts";
import type { AlphaPaths } from "../problem/alpha-paths.ts";
import { AlphaFollower } from "./alpha.ts";
import { AlphaLaws } from "./alpha-law.ts";
import { Field } from "./field.ts";
import { indicesOf, limitSolver } from "./form.ts";
import type { LimitSolver } from "./model.ts";
import type { Path } from "./path.ts";
import type { MeanFieldLimit } from "./result.ts";
import type { LimitState } from "./solve.ts";
import type { LimitInput } from "./task.ts";

/** What answers questions about single particles: only single-index problems have an alpha. */
interface Single {
  follower: AlphaFollower;
  laws: AlphaLaws;
  field: Field;
  path: Path;
}

/** @internal The result of a limit that is in this state. */
export function limitResult(
  engine: Engine,
  { problem, plan, tolerance }: LimitInput,
  { solution, errorEstimate, particleErrorEstimate }: LimitState,
  { status, workers, paths }: { status: Status; workers: WorkersUsed | undefined; paths?: AlphaPaths | undefined },
): MeanFieldLimit {
  const { step, dynamics, gradient, record } = plan;
  const time = plan.times.slice(0, solution?.loss.length ?? 0);
  const single = problem.kind === "single-index";
  const path = solution?.path;
  let asked: Single | undefined;
  if (path && path.field instanceof Field && problem.kind === "single-index")
    asked = {
      follower: new AlphaFollower(engine, path),
      laws: new AlphaLaws(engine, problem, path),
      field: path.field,
      path,
    };

  /** What `name` asks, at a record that was reached. */
  function at(name: string, k: number): Single {
    if (!single)
      throw new RangeError(
        `${name} needs a single-index problem: ${problem.name} has several teachers, hence no alpha`,
      );
    if (!asked) wrongValue("k", "a record that was reached (none)", k);
    checkInteger("k", k, 0, time.length - 1);
    return asked;
  }

  return {
    schema: "propchaos/limit@1",
    version,
    backend: engine.backend,
    ...(workers && { workers }),
    status,
    divergence: solution?.divergence ?? null,
    problem,
    settings: { time: plan.time, step: dynamics === "pgd" ? step : null, dynamics, gradient, tolerance, record },
    time,
    loss: Float64Array.from(solution?.loss ?? []),
    solver: limitSolver(problem) as LimitSolver,
    indices: indicesOf(problem),
    meanAlpha: single ? Float64Array.from(solution?.meanAlpha ?? []) : null,
    meanAlpha2: single ? Float64Array.from(solution?.meanAlpha2 ?? []) : null,
    ...(paths && { alphaPaths: paths }),
    errorEstimate,
    particleErrorEstimate,
    nodes: solution?.nodes ?? 0,
    steps: solution?.path.stepsAt.at(-1) ?? 0,
    alphaAt(alpha0, k) {
      const { follower } = at("alphaAt", k);
      return follower.at(checkNumber("alpha0", alpha0, { min: -1, max: 1 }), k);
    },
    velocityAt(alpha, k) {
      const { field, path } = at("velocityAt", k);
      return field.velocity(checkNumber("alpha", alpha, { min: -1, max: 1 }), path.moments[k]);
    },
    law(k) {
      return at("law", k).laws.at(k);
    },
    toJSON() {
      return plain(this);
    },
  };
}
