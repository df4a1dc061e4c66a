// The networks of a gap run as tasks: computed on any thread, from plain data.

import type { Run, Work } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import type { SolvableProblem } from "../limit/model.ts";
import { type PackedPath, unpackPath } from "../limit/path.ts";
import { Dataset } from "../network/dataset.ts";
import { shareAmong, sharedAmount } from "../network/share-task.ts";
import type { Training } from "../network/training.ts";
import { countWork } from "../network/trajectory.ts";
import type { Handlers } from "../pool/handlers.ts";
import type { Pool } from "../pool/pool.ts";
import { worthSharing } from "../pool/workers.ts";
import { type CoupledInput, type CoupledRun, Coupling } from "./coupling.ts";
import { type ReferenceContext, ReferenceReplica, type ReferenceRun } from "./reference-run.ts";
import { type SeparateContext, SeparateReplica } from "./separate-run.ts";
import { hasShadow } from "./shadow.ts";
import { recordTeller, type TellRecord } from "./telling.ts";

/** What all networks of a run that is compared with the limit share. */
export interface GapContext {
  problem: SolvableProblem;
  training: Training;
  path: PackedPath;
  seed: number;
  /** Particles of a given network at the start; null where they are drawn. */
  rows: Float64Array | null;
  signs: Int8Array | null;
  /** All widths of the run: the narrowest has a float64 shadow, which shows the floor of a float32 run. */
  widths: readonly number[];
  /** Whether the distribution of |Delta| is wanted. */
  distribution: boolean;
  /** Whether networks tell their records. */
  told: boolean;
}

/** Workers that share the sums of a network that the calling thread trains. */
interface Together {
  pool: Pool<Engine>;
  run: Run;
}

/** Which of the networks. */
export interface GapPayload {
  m: number;
  replica: number;
}

async function coupledRun(
  engine: Engine,
  { problem, training, path, seed, rows, signs, widths, distribution }: GapContext,
  { m, replica }: GapPayload,
  work: Work,
  tell: TellRecord = null,
  together: Together | null = null,
): Promise<CoupledRun> {
  const { plan, data, precision } = training;
  const key = { seed, replica };
  const shadowed = hasShadow(training, widths, m, replica);
  const input: CoupledInput = { problem, training, width: m, signs, key, shadowed, distribution };
  const dataset = data && new Dataset(engine, problem, data, precision, key);
  let coupling: Coupling | undefined;
  try {
    coupling = new Coupling(engine, input, unpackPath(path, problem, plan), dataset, work);
    if (together && worthSharing(sharedAmount(problem, training, m)))
      shareAmong(together.pool, together.run, `${m} ${replica}`, [{ input, network: coupling.network }], dataset);
    work.expect(countWork(plan));
    await dataset?.load(work);
    const run = await coupling.run(rows, work, tell);
    // Only the report of a given network has them, and they are the bulk of a run.
    return rows ? run : { ...run, deltas: [] };
  } finally {
    coupling?.free();
    dataset?.free();
    together?.pool.forget(`${m} ${replica}`);
  }
}

async function referenceRun(
  engine: Engine,
  context: ReferenceContext,
  index: number,
  work: Work,
  tell: TellRecord = null,
  together: Together | null = null,
): Promise<ReferenceRun> {
  const replica = new ReferenceReplica(engine, context, index, work);
  try {
    if (together) replica.shareWith(together.pool, together.run, `${index}`);
    const run = await replica.run(tell);
    return context.rows ? run : { ...run, deltas: [] };
  } finally {
    replica.free();
    together?.pool.forget(`${index}`);
  }
}

export const gapHandlers: Handlers<Engine> = {
  async network(engine, payload, context, work, tell) {
    const shared = context as GapContext;
    const teller = recordTeller(shared.told, tell);
    return { value: await coupledRun(engine, shared, payload as GapPayload, work, teller) };
  },
  async separate(engine, payload, context, work) {
    const replica = new SeparateReplica(engine, context as SeparateContext, payload as number, work);
    try {
      return { value: await replica.run() };
    } finally {
      replica.free();
    }
  },
  async replica(engine, payload, context, work, tell) {
    const shared = context as ReferenceContext;
    const teller = recordTeller(shared.told, tell);
    return { value: await referenceRun(engine, shared, payload as number, work, teller) };
  },
};

/** The same for the calling thread, with the workers of a pool to share what is wide. */
export function gapHandlersTogether(pool: Pool<Engine>, run: Run): Handlers<Engine> {
  const together = { pool, run };
  return {
    async network(engine, payload, context, work, tell) {
      const shared = context as GapContext;
      const teller = recordTeller(shared.told, tell);
      return { value: await coupledRun(engine, shared, payload as GapPayload, work, teller, together) };
    },
    async replica(engine, payload, context, work, tell) {
      const shared = context as ReferenceContext;
      const teller = recordTeller(shared.told, tell);
      return { value: await referenceRun(engine, shared, payload as number, work, teller, together) };
    },
  };
}
