// Pools whose threads each run an engine: the compiled module is posted, and started in every worker.

import type { Run } from "../core/run.ts";
import type { Engine } from "../engine/engine.ts";
import type { Handlers } from "./handlers.ts";
import type { EngineSetup } from "./open-engine.ts";
import { Pool } from "./pool.ts";
import { countSharers, countWorkers, type SharedAmount, type WorkerChoice } from "./workers.ts";

/** How much a run is going to compute in tasks that know nothing of each other. */
export interface Amount {
  tasks: number;
  multiplications: number;
}

/** Starts as many workers as the user and the amount of work want. */
export function startEnginePool(
  engine: Engine,
  handlers: Handlers<Engine>,
  choice: WorkerChoice,
  amount: Amount | SharedAmount,
  run: Run,
): Promise<Pool<Engine>> {
  const { module, memoryLimitBytes, ended } = engine;
  const setup: EngineSetup = { module, memoryLimitBytes };
  const count =
    "shares" in amount ? countSharers(choice, amount) : countWorkers(choice, amount.tasks, amount.multiplications);
  return Pool.start({ host: engine, setup, handlers, count, ended, factory: choice.factory }, run);
}
