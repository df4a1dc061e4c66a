// The three results about the gap equation, from one run of it.

import type { Status } from "../../core/run.ts";
import { version } from "../../core/version.ts";
import type { Backend, Engine } from "../../engine/index.ts";
import type { SolvableProblem } from "../../limit/model.ts";
import type { DivergedStep } from "../../network/trajectory.ts";
import { type EquationInput, type EquationSettings, equationSettings } from "./options.ts";

/** What each of them has. */
export interface EquationReport {
  version: string;
  backend: Backend;
  status: Status;
  /** Where a number stopped being finite; null unless status is "diverged". */
  divergence: DivergedStep | null;
  problem: SolvableProblem;
  settings: EquationSettings;
  /** Recorded flow times that were reached. */
  time: Float64Array;
}

export function equationReport(
  engine: Engine,
  input: EquationInput,
  status: Status,
  divergence: DivergedStep | null,
  records: number,
): EquationReport {
  return {
    version,
    backend: engine.backend,
    status,
    divergence,
    problem: input.problem,
    settings: equationSettings(input),
    time: input.plan.times.slice(0, records),
  };
}
