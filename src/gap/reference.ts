// What stands for the infinite width: the limit itself where it can be solved, else a wide network.

import { wrongValue } from "../core/check.ts";
import { limitSolver } from "../limit/form.ts";
import type { LimitSolver, SolvableProblem } from "../limit/model.ts";
import type { Training } from "../network/training.ts";
import type { Problem } from "../problem/types.ts";
import { type Networks, WIDER } from "./networks.ts";

/** The solver of the infinite-width limit, or a network of width M >> m with the same first particles. */
export type MeanField =
  | { solver: LimitSolver; problem: SolvableProblem }
  | { solver: "reference-network"; width: number };

/** Why the limit of this run cannot be solved; null where it can. */
function obstacle({ data, objective, langevin, pathNorm }: Training, { signs }: Networks): string | null {
  if (signs?.some((sign) => sign !== 1)) return "signs of -1";
  if (data?.kind === "given" && data.labels) return "labels of your own";
  if (objective === "correlation") return 'the objective "correlation"';
  if (langevin > 0) return "Langevin noise";
  return pathNorm > 0 ? "a path norm" : null;
}

/** @throws RangeError where a given network alone has no limit to be compared with. */
export function chooseMeanField(problem: Problem, training: Training, networks: Networks): MeanField {
  const { reference, rows, widths } = networks;
  if (reference !== null) return { solver: "reference-network", width: reference };
  const solver = limitSolver(problem);
  const reason = solver === null ? `the problem ${problem.name}` : obstacle(training, networks);
  if (solver !== null && reason === null) return { solver, problem: problem as SolvableProblem };
  if (rows)
    wrongValue(
      "reference",
      `the number of rows of initial, beside widths below it, as there is no solver of the limit with ${reason}`,
      reference,
    );
  return { solver: "reference-network", width: WIDER * Math.max(...widths) };
}
