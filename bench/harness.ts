// Timing: warm-up, medians, and ratios of peers measured in the same run.

import { spawnSync } from "node:child_process";

/** A named way of doing the same work. */
export interface Contender {
  name: string;
  run: () => unknown | Promise<unknown>;
}

/** Median milliseconds of one call of each contender; they take turns, so that a drifting machine hits all alike. */
export async function medians(contenders: readonly Contender[], { warmup = 3, runs = 15 } = {}): Promise<number[]> {
  const times: number[][] = contenders.map(() => []);
  for (let round = -warmup; round < runs; round++) {
    for (const [i, { run }] of contenders.entries()) {
      const start = performance.now();
      await run();
      if (round >= 0) times[i].push(performance.now() - start);
    }
  }
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]);
}

/** Prints one line a contender: its median and how many times the first one's it is. */
export async function compare(
  title: string,
  contenders: readonly Contender[],
  { flops, ...options }: { warmup?: number; runs?: number; flops?: number } = {},
): Promise<number[]> {
  const times = await medians(contenders, options);
  console.log(`\n${title}`);
  for (const [i, { name }] of contenders.entries()) {
    const rate = flops ? `${(flops / times[i] / 1e6).toFixed(2).padStart(8)} GFLOP/s` : "";
    const ratio = i === 0 ? "" : `  ${(times[i] / times[0]).toFixed(2)} times the first`;
    console.log(`  ${name.padEnd(44)}${times[i].toFixed(3).padStart(10)} ms ${rate}${ratio}`);
  }
  return times;
}

/** Whether this is the process that was started on one fixed core. */
export function pinned(): boolean {
  return process.env.PROPCHAOS_PINNED !== undefined;
}

/** Runs this program again on one fixed core where the system can do that; true where that has been done. */
export function ranPinned(): boolean {
  if (pinned() || process.platform !== "linux") return false;
  const { status, error } = spawnSync(
    "taskset",
    ["-c", "0", process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    {
      stdio: "inherit",
      env: { ...process.env, PROPCHAOS_PINNED: "1" },
    },
  );
  if (error) return false;
  process.exitCode = status ?? 1;
  return true;
}
