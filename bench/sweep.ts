// Sweeps: what one costs above the computation that it holds, and what a second core brings. Tasks of about a second, results
// on disk. The contenders take turns and the best of each counts, as other work on the machine only ever adds time.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectoryStore } from "../src/cli/sweep-directory.ts";
import { createEngine } from "../src/engine/index.ts";
import type { SweepPlan } from "../src/experiment/sweep/plan.ts";
import { runSweep } from "../src/experiment/sweep/run-sweep.ts";
import { approximationGap } from "../src/gap/approximation-gap.ts";
import { problems } from "../src/problem/zoo.ts";
import { timings } from "./harness.ts";
import { record, say } from "./report.ts";

const SETTINGS = { widths: [1024], seeds: 8, time: 5 };
const PLAN: SweepPlan = { problems: ["He4"], d: 32, ...SETTINGS };

/** Eight networks as a sweep on one thread and on one and two workers, and the same ones without a sweep. */
export async function benchSweep(): Promise<void> {
  const engine = await createEngine();
  const root = mkdtempSync(join(tmpdir(), "propchaos-bench-"));
  let count = 0;
  const sweep = async (workers: number) => {
    const directory = join(root, String(count++));
    mkdirSync(join(directory, "tasks"), { recursive: true });
    const { status } = await runSweep(engine, PLAN, { store: new DirectoryStore(directory), workers });
    if (status !== "completed") throw new Error(`the sweep is ${status}`);
  };
  const bare = (workers: number) => approximationGap(engine, problems.He4({ d: 32 }), { ...SETTINGS, workers });
  const times = await timings(
    [
      { name: "bare, on this thread", run: () => bare(0) },
      { name: "sweep, on this thread", run: () => sweep(0) },
      { name: "bare, 1 worker", run: () => bare(1) },
      { name: "sweep, 1 worker", run: () => sweep(1) },
      { name: "sweep, 2 workers", run: () => sweep(2) },
    ],
    { warmup: 0, runs: 3 },
  );
  rmSync(root, { recursive: true, force: true });
  engine.dispose();
  const names = ["bare, this thread", "sweep, this thread", "bare, 1 worker", "sweep, 1 worker", "sweep, 2 workers"];
  say(`\nSweep of 8 networks, m = ${SETTINGS.widths[0]}, each task ${(times[0].best / 8000).toFixed(2)} s, best of 3`);
  for (const [i, { best }] of times.entries()) {
    record({ work: "sweep of 8 networks", name: names[i], milliseconds: best });
    say(`  ${names[i].padEnd(20)}${(best / 1000).toFixed(2).padStart(8)} s`);
  }
  const [here, sweepHere, one, sweepOne, sweepTwo] = times.map(({ best }) => best);
  const ratios = {
    "overhead on this thread, percent": 100 * (sweepHere / here - 1),
    "overhead on 1 worker, percent": 100 * (sweepOne / one - 1),
    "2 workers against 1, times": sweepOne / sweepTwo,
  };
  for (const [name, value] of Object.entries(ratios)) {
    record({ work: "sweep of 8 networks", name, value });
    say(`  ${name.padEnd(34)}${value.toFixed(2).padStart(7)}`);
  }
}
