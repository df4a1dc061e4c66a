// One network coupled with its limit as a task: computed on any thread, from plain data.

import type { Plan } from "../core/dynamics.ts";
import type { Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import { type PackedPath, unpackPath } from "../limit/path.ts";
import type { Handlers } from "../pool/handlers.ts";
import type { Problem } from "../problem/types.ts";
import { type CoupledRun, Coupling } from "./coupling.ts";

/** What all networks of a run share. */
export interface GapContext {
  problem: Problem;
  plan: Plan;
  path: PackedPath;
  seed: number;
  /** Particles of a given network at the start; null where they are drawn. */
  rows: Float64Array | null;
}

/** Which of the networks. */
export interface GapPayload {
  m: number;
  replica: number;
}

async function coupledRun(
  engine: Engine,
  { problem, plan, path, seed, rows }: GapContext,
  { m, replica }: GapPayload,
  work: Work,
): Promise<CoupledRun> {
  const coupling = new Coupling(engine, problem, unpackPath(path, problem, plan), plan, m);
  try {
    if (rows) coupling.network.set(rows);
    else coupling.network.sample(seed, replica);
    const run = await coupling.run(work);
    // Only the report of a given network has them, and they are the bulk of a run.
    return rows ? run : { ...run, deltas: [] };
  } finally {
    coupling.free();
  }
}

export const gapHandlers: Handlers<Engine> = {
  async network(engine, payload, context, work) {
    return { value: await coupledRun(engine, context as GapContext, payload as GapPayload, work) };
  },
};
