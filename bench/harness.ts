// Timing: warm-up, medians, ratios of peers measured in the same run, and shares of the machine's peak in that run.

import { spawnSync } from "node:child_process";
import { type Format, type Peak, peakNow } from "./peak.ts";
import { record, say } from "./report.ts";

/** A named way of doing the same work. */
export interface Contender {
  name: string;
  run: () => unknown | Promise<unknown>;
  /** In this format it uses 128-bit Wasm, so a share of the peak is worth printing. */
  format?: Format | undefined;
  /** At most so many timed runs, and no warm-up, of one that is slow. */
  most?: number | undefined;
}

/** What a contender returns that works in another process: the milliseconds that it took there. */
export interface Elsewhere {
  milliseconds?: number;
}

export interface Timing {
  median: number;
  best: number;
}

interface Options {
  warmup?: number;
  runs?: number;
  /** Milliseconds since some moment. */
  clock?: () => number;
}

/**
 * Milliseconds that this process has had the processor, where the system counts them finely: on a core that others use too,
 * any run of more than a few milliseconds is interrupted. For work on one thread.
 */
export function processorTime(): number {
  if (process.platform !== "linux") return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Milliseconds of one call of each contender, of the clock on the wall unless another is given; they take turns, so that a
 * drifting machine hits all alike.
 */
export async function timings(
  contenders: readonly Contender[],
  { warmup = 3, runs = 15, clock = () => performance.now() }: Options = {},
): Promise<Timing[]> {
  const times: number[][] = contenders.map(() => []);
  for (let round = -warmup; round < runs; round++) {
    for (const [i, { run, most = runs }] of contenders.entries()) {
      if (round >= most || (round < 0 && most < runs)) continue;
      const start = clock();
      const outcome = await run();
      const here = clock() - start;
      if (round >= 0) times[i].push((outcome as Elsewhere | undefined)?.milliseconds ?? here);
    }
    if (contenders.some(({ format }) => format)) await peakNow(4);
  }
  return times.map((list) => {
    const sorted = list.sort((a, b) => a - b);
    return { median: sorted[sorted.length >> 1], best: sorted[0] };
  });
}

/** Median milliseconds alone. */
export async function medians(contenders: readonly Contender[], options: Options = {}): Promise<number[]> {
  return (await timings(contenders, options)).map(({ median }) => median);
}

/** Best rate so far as a share of the best rate of 128-bit arithmetic so far. */
export async function shareOf(flops: number, milliseconds: number, format: Format): Promise<number> {
  const peak: Peak = await peakNow(0);
  return flops / milliseconds / 1e6 / peak[format];
}

/** Three places. */
export const percent = (share: number) => `${(100 * share).toFixed(0).padStart(3)}%`;

/**
 * For work on one thread, by processor time. Prints one line a contender: its median, its rate with shares of the peak (median, best), and how many times the first
 * one's median it is.
 */
export async function compare(
  title: string,
  contenders: readonly Contender[],
  { flops, ...options }: Options & { flops?: number } = {},
): Promise<Timing[]> {
  const times = await timings(contenders, { clock: processorTime, ...options });
  say(`\n${title}`);
  for (const [i, { name, format }] of contenders.entries()) {
    const { median, best } = times[i];
    const gflops = flops && flops / median / 1e6;
    const share = flops && format ? await shareOf(flops, median, format) : undefined;
    const bestShare = flops && format ? await shareOf(flops, best, format) : undefined;
    const ratio = i === 0 ? undefined : median / times[0].median;
    record({ work: title, name, milliseconds: median, gflops, share, bestShare, ratio });
    const rate = gflops ? ` ${gflops.toFixed(2).padStart(7)} GFLOP/s` : "";
    const shares = share && bestShare ? `, ${percent(share)} of the peak, best ${percent(bestShare)}` : "";
    const times0 = ratio ? `  ${ratio.toFixed(2)} times the first` : "";
    say(`  ${name.padEnd(44)}${median.toFixed(3).padStart(10)} ms${rate}${shares}${times0}`);
  }
  return times;
}

/**
 * Source of an expression: KiB of resident memory that a process has had at most. Linux hands the maxRSS of a process down to
 * those that it starts, so there the number of the address space is asked for.
 */
export const PEAK_MEMORY = `(process.platform === "linux"
  ? Number(/VmHWM:\\s+(\\d+)/.exec(process.getBuiltinModule("node:fs").readFileSync("/proc/self/status", "utf8"))[1])
  : process.resourceUsage().maxRSS)`;

/** Whether this is the process that was started on one fixed core. */
export function pinned(): boolean {
  return process.env.PROPCHAOS_PINNED !== undefined;
}

/**
 * Runs this program again on one fixed core where the system can do that; null where it cannot. What it prints goes to the
 * terminal, or is returned if `capture`.
 */
export function runPinned(capture = false): { status: number; stdout: string } | null {
  if (pinned() || process.platform !== "linux") return null;
  const core = process.env.PROPCHAOS_CORE ?? "0";
  const { status, error, stdout } = spawnSync(
    "taskset",
    ["-c", core, process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    {
      stdio: ["inherit", capture ? "pipe" : "inherit", "inherit"],
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: { ...process.env, PROPCHAOS_PINNED: "1" },
    },
  );
  return error ? null : { status: status ?? 1, stdout: stdout ?? "" };
}
