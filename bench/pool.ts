// Workers: how long a pool takes to start, and what a second worker brings to many networks and to one. Not for a process
// pinned to one core.

import { Run } from "../src/core/run.ts";
import { createEngine, type Engine } from "../src/engine/index.ts";
import { approximationGap } from "../src/gap/approximation-gap.ts";
import { networkHandlers, shareAmong } from "../src/network/share-task.ts";
import { checkTraining, type TrainingOptions } from "../src/network/training.ts";
import { startEnginePool } from "../src/pool/engine-pool.ts";
import { problems } from "../src/problem/zoo.ts";
import { medians, timings } from "./harness.ts";
import { record, say } from "./report.ts";
import { ETA, networkOf } from "./works.ts";

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
  for (const [name, options] of Object.entries(SHARED)) await benchShared(engine, name, options);
  engine.dispose();
}

const samples = { samples: 8192, test: 0 };

/** Steps of one network of width 4096 at d = 32. */
const SHARED: Record<string, Partial<TrainingOptions>> = {
  "population, pairs": { interaction: "pairs" },
  "population, moments": { interaction: "moments" },
  "batch of 8192, float64": { data: samples },
  "batch of 8192, float32": { data: samples, precision: "float32" },
};

/** A step on the calling thread, and shared by 1 and by 2 workers, in turns. */
async function benchShared(engine: Engine, name: string, options: Partial<TrainingOptions>): Promise<void> {
  const problem = problems.He4({ d: 32 });
  const training = checkTraining({ time: 0, step: ETA, ...options }, problem);
  const run = new Run({});
  const open = async (count: number) => {
    const trained = await networkOf(engine, problem, training, 4096);
    const pool = await startEnginePool(
      engine,
      networkHandlers,
      { count, factory: null },
      { tasks: count, multiplications: 0 },
      run,
    );
    if (count > 0) shareAmong(pool, run, name, [trained], trained.dataset);
    return { ...trained, pool, name: count === 0 ? "calling thread" : `${count} worker${count === 1 ? "" : "s"}` };
  };
  const ways = [await open(0), await open(1), await open(2)];
  const contenders = ways.map(({ name, step }) => ({ name, run: step }));
  const times = await timings(contenders, { warmup: 5, runs: 31 });
  say(`  a step of one network, m = 4096, d = 32, ${name}: median and best milliseconds`);
  for (const [i, { median, best }] of times.entries()) {
    const [ratio, bestRatio] = [times[0].median / median, times[0].best / best];
    record({ work: `step of one network, ${name}`, name: ways[i].name, milliseconds: median, best, ratio, bestRatio });
    const ratios = i === 0 ? "" : `   ${ratio.toFixed(2)} and ${bestRatio.toFixed(2)} times as fast`;
    say(`    ${ways[i].name.padEnd(16)}${median.toFixed(1).padStart(8)}${best.toFixed(1).padStart(8)}${ratios}`);
  }
  for (const { pool, free } of ways) {
    await pool.close();
    free();
  }
}
