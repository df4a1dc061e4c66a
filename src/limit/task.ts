// The limit as a task: computed on any thread, its state carried back as plain data.

import type { Plan } from "../core/dynamics.ts";
import { Aborted, type Part, type Run, type Status, type Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { Handlers } from "../pool/handlers.ts";
import type { Pool } from "../pool/pool.ts";
import { type CrossingInput, findCrossing, flowPlan } from "./crossing.ts";
import { solvableForm } from "./form.ts";
import type { SolvableProblem } from "./model.ts";
import { problemSize } from "./multi/size.ts";
import { type PackedPath, packPath, pathBuffers, unpackPath } from "./path.ts";
import { type LimitState, type Solution, solveLimit } from "./solve.ts";

/** What determines a limit. */
export interface LimitInput {
  problem: SolvableProblem;
  plan: Plan;
  tolerance: number;
}

/** A state of which every part can be posted. */
export interface PackedState extends Omit<LimitState, "solution"> {
  status: Status;
  solution: (Omit<Solution, "path"> & { path: PackedPath }) | null;
}

/** Nodes, summed over the levels of a refinement, and evaluations of the field a unit of flow time. */
const NODES = 2000;
const FLOW_STEPS = 60;

/** A multiplication of the limit takes as long as so many of a network, which come in longer rows. */
const SLOWER = 20;

/** With several indices: multiplications a monomial, for all nodes of all levels. */
const CLOUD = 1e6;

/** Before anything is computed. */
export function emptyState(): LimitState {
  return { solution: null, errorEstimate: null, particleErrorEstimate: null };
}

/** A limit that is aborted still gives what there is. */
async function solve(engine: Engine, { problem, plan, tolerance }: LimitInput, work: Work): Promise<PackedState> {
  const state = emptyState();
  let status: Status = "aborted";
  try {
    status = await solveLimit(engine, problem, plan, tolerance, work, state);
  } catch (error) {
    if (!(error instanceof Aborted)) throw error;
  }
  const { solution } = state;
  return { ...state, status, solution: solution && { ...solution, path: packPath(solution.path) } };
}

export const limitHandlers: Handlers<Engine> = {
  async limit(engine, payload, _, work) {
    const value = await solve(engine, payload as LimitInput, work);
    return { value, transfer: value.solution ? pathBuffers(value.solution.path) : [] };
  },
  async crossing(engine, payload, _, work) {
    return { value: await findCrossing(engine, payload as CrossingInput, work) };
  },
};

/** Computes a limit in a pool; `state` gets what there is, also when the run is aborted. */
export async function computeLimit(
  pool: Pick<Pool<Engine>, "compute">,
  run: Run,
  part: Part,
  { problem, plan, tolerance }: LimitInput,
  state: LimitState,
): Promise<Status> {
  // Nothing else that the caller's object may hold: a function could not be posted.
  const payload: LimitInput = { problem, plan, tolerance };
  let status: Status = "aborted";
  await pool.compute({
    run,
    tasks: [{ kind: "limit", name: "the infinite-width limit", payload, part }],
    finished(_, value) {
      const { status: ended, solution, ...estimates } = value as PackedState;
      status = ended;
      const path = solution && unpackPath(solution.path, problem, plan);
      Object.assign(state, estimates, { solution: solution && { ...solution, path } });
      return false;
    },
  });
  return status;
}

/** How much a usual limit takes, in multiplications of a network. */
export function limitWork({ problem, plan }: LimitInput): number {
  const steps = plan.dynamics === "pgd" ? plan.steps[plan.steps.length - 1] : FLOW_STEPS * (1 + plan.time);
  if (problem.kind === "multi-index") return CLOUD * steps * (problemSize(problem) ?? 0);
  const degree = solvableForm(problem).activation.length;
  return SLOWER * NODES * steps * (2 * degree + 10);
}

/** The same of a crossing that is found when it is expected. */
export function crossingWork({ problem, expected: time, tolerance }: CrossingInput): number {
  return limitWork({ problem, plan: flowPlan(time), tolerance });
}
