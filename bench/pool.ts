// Workers: how long a pool takes to start, and what a second worker brings. Not for a process pinned to one core.

import { Run } from "../src/core/run.ts";
import { createEngine } from "../src/engine/index.ts";
import { approximationGap } from "../src/gap/approximation-gap.ts";
import { startEnginePool } from "../src/pool/engine-pool.ts";
import { problems } from "../src/problem/zoo.ts";
import { medians } from "./harness.ts";
import { record, say } from "./report.ts";

/** Start of a pool of 2, and 8 tasks of about a second with 2 workers against 1. */
export async function benchPool(): Promise<void> {
  const engine = await createEngine();
  say("\nWorkers");
  const startAndEnd = async () => {
    const amount = { tasks: 2, multiplications: 0 };
    const pool = await startEnginePool(engine, {}, { count: 2, factory: null }, amount, new Run({}));
    await pool.close();
  };
  const [ms] = await medians([{ name: "pool of 2", run: startAndEnd }]);
  record({ work: "pool of 2", name: "start and end", milliseconds: ms });
  say(`  start and end of a pool of 2          ${ms.toFixed(0).padStart(6)} ms`);

  const options = { widths: [512], time: 5, seeds: 8 };
  const seconds: number[] = [];
  for (const workers of [1, 2]) {
    const start = performance.now();
    const report = await approximationGap(engine, problems.He4({ d: 32 }), { ...options, workers });
    seconds.push((performance.now() - start) / 1000);
    record({
      work: "8 networks, m = 512",
      name: `${workers} workers`,
      milliseconds: 1000 * seconds[seconds.length - 1],
    });
    const by = `${workers} of kind ${report.workers?.kind}`;
    say(`  8 networks, m = 512, ${by.padEnd(17)}${seconds[seconds.length - 1].toFixed(2).padStart(6)} s`);
  }
  say(`  two workers are ${(seconds[0] / seconds[1]).toFixed(2)} times as fast as one`);
  engine.dispose();
}
