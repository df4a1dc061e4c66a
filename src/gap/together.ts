// The pool of a gap run. Where it has fewer networks than there are workers, all workers together share the sums of one
// network after another, which the calling thread trains; else a worker trains a network alone.

import type { Run } from "../core/run.ts";
import type { Engine } from "../engine/index.ts";
import { limitHandlers } from "../limit/task.ts";
import { networkHandlers, sharedAmount } from "../network/share-task.ts";
import type { Training } from "../network/training.ts";
import { type Amount, startEnginePool } from "../pool/engine-pool.ts";
import { Pool } from "../pool/pool.ts";
import { type Deployment, deploy, type WorkerChoice } from "../pool/workers.ts";
import type { Problem } from "../problem/types.ts";
import { gapHandlers, gapHandlersTogether } from "./task.ts";

/** What a gap run needs of a pool. */
export type GapPool = Pick<Pool<Engine>, "used" | "compute" | "close">;

/** Its widest network, and what there is in all. */
export interface GapAmount extends Amount {
  problem: Problem;
  training: Training;
  widest: number;
}

/** How many workers a gap run gets, and whether they work together. */
export function deployGap(choice: WorkerChoice, { problem, training, widest, ...amount }: GapAmount): Deployment {
  return deploy(choice, amount, sharedAmount(problem, training, widest));
}

/** Starts the workers of a gap run. */
export async function startGapPool(
  engine: Engine,
  choice: WorkerChoice,
  amount: GapAmount,
  run: Run,
): Promise<GapPool> {
  const { count, together } = deployGap(choice, amount);
  const handlers = { ...limitHandlers, ...gapHandlers, ...networkHandlers };
  const pool = await startEnginePool(engine, handlers, { ...choice, count }, { ...amount, tasks: count }, run);
  if (!together || pool.used.count === 0) return pool;
  const own = { host: engine, setup: null, handlers: gapHandlersTogether(pool, run), count: 0, ended: engine.ended };
  const here = await Pool.start<Engine>(own, run);
  return {
    used: pool.used,
    // A batch is the limit, or all networks.
    compute: (batch) => (batch.tasks[0].kind in gapHandlers ? here : pool).compute(batch),
    close: () => pool.close(),
  };
}
