// Whole runs: the infinite-width limit, and the memory of a gap run.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createEngine } from "../src/engine/index.ts";
import { meanFieldLimit } from "../src/limit/mean-field-limit.ts";
import { trainNetwork } from "../src/network/train.ts";
import { problems } from "../src/problem/zoo.ts";
import { medians, PEAK_MEMORY } from "./harness.ts";
import { record, say } from "./report.ts";

/** The limit of He4 by flow at d = 32, and others beside it. */
export async function benchLimit(): Promise<void> {
  const engine = await createEngine();
  say("\nInfinite-width limit by gradient flow, medians of 3");
  for (const [name, d, time, tolerance] of [
    ["He4", 32, 30, 1e-8],
    ["He3", 32, 30, 1e-8],
    ["Ge4", 32, 30, 1e-8],
    ["He4", 1000, 300, 1e-8],
    ["He3", 10000, 1000, 1e-6],
    ["He4", 10000, 10000, 1e-5],
  ] as const) {
    const problem = problems[name]({ d });
    const solve = () => meanFieldLimit(engine, problem, { time, tolerance, dynamics: "flow" });
    const { errorEstimate, nodes, steps } = await solve();
    const [ms] = await medians([{ name, run: solve }], { warmup: 0, runs: 3 });
    const what = `${name}, d = ${d}, time ${time}, tolerance ${tolerance}`;
    record({ work: "limit by gradient flow", name: what, milliseconds: ms, errorEstimate, nodes, steps });
    say(
      `  ${what.padEnd(46)}${(ms / 1000).toFixed(3).padStart(8)} s   error estimate ${errorEstimate?.toExponential(1)}, ${nodes} nodes, ${steps} steps`,
    );
  }
  say("\nInfinite-width limit of several indices, one run each");
  for (const [name, d, time, tolerance, dynamics] of [
    ["He4_orth", 32, 8, 1e-4, "pgd"],
    ["He4_orth", 32, 8, 1e-4, "flow"],
    ["He4_orth", 32, 8, 1e-8, "flow"],
    ["Man_2", 32, 8, 1e-8, "flow"],
    ["He4_random_16_16", 32, 2, 1e-4, "flow"],
  ] as const) {
    const start = performance.now();
    const { errorEstimate, nodes } = await meanFieldLimit(engine, problems[name]({ d }), { time, tolerance, dynamics });
    const milliseconds = performance.now() - start;
    const seconds = (milliseconds / 1000).toFixed(2);
    const what = `${name}, d = ${d}, time ${time}, ${dynamics}, tolerance ${tolerance}`;
    record({ work: "limit of several indices", name: what, milliseconds, errorEstimate, nodes });
    say(
      `  ${what.padEnd(58)}${seconds.padStart(7)} s   error estimate ${errorEstimate?.toExponential(1)}, ${nodes} nodes`,
    );
  }
  engine.dispose();
}

/** How long after its time an abort is seen, in the runs with the longest kernel calls. */
export async function benchAbort(): Promise<void> {
  say("\nMilliseconds from an abort to the end of the run");
  for (const backend of ["simd", "scalar"] as const) {
    const engine = await createEngine({ backend });
    const runs = {
      "network, m = 8192, d = 128": (signal: AbortSignal) =>
        trainNetwork(engine, problems.He4({ d: 128 }), { width: 8192, time: 10, signal }),
      "network, Ge4, m = 4096, Euclidean": (signal: AbortSignal) =>
        trainNetwork(engine, problems.Ge4({ d: 32 }), { width: 4096, time: 10, gradient: "euclidean", signal }),
      "limit, Ge4, d = 10000": (signal: AbortSignal) =>
        meanFieldLimit(engine, problems.Ge4({ d: 10000 }), { time: 10000, dynamics: "flow", signal }),
    };
    for (const [name, run] of Object.entries(runs)) {
      const delay = 500;
      const start = performance.now();
      const controller = new AbortController();
      setTimeout(() => controller.abort(), delay);
      await run(controller.signal);
      const milliseconds = performance.now() - start - delay;
      record({ work: `from an abort to the end, ${backend}`, name, milliseconds });
      say(`  ${backend.padEnd(7)}${name.padEnd(36)}${milliseconds.toFixed(0).padStart(5)}`);
    }
    engine.dispose();
  }
}

/** Peak memory of a process that measures the gap at m = 8192, d = 128: one step, both ends recorded. */
export function benchMemory(): void {
  const main = fileURLToPath(new URL("../dist/cli/propchaos.js", import.meta.url));
  const report = `process.on("exit", () => console.error("peak " + ${PEAK_MEMORY}))`;
  const hook = `data:text/javascript,${encodeURIComponent(report)}`;
  say("\nMemory of a gap run, m = 8192, d = 128 (an m x m matrix would take 512 MiB)");
  for (const dynamics of ["pgd", "flow"]) {
    const line = `gap He4 --d 128 --widths 8192 --time 0.02 --record 2 --seeds 1 --quiet --dynamics ${dynamics}`;
    const { status, stderr } = spawnSync(process.execPath, ["--import", hook, main, ...line.split(" ")], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    const peak = Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024;
    record({ work: "gap run, m = 8192, d = 128", name: dynamics, mebibytes: peak });
    say(`  ${dynamics.padEnd(6)} peak resident memory of the whole process ${peak.toFixed(0)} MiB`);
  }
}
