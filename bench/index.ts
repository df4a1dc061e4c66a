// npm run bench: every kernel and whole run against its peers, medians, one pinned core where the system can do that; what
// needs more than one core comes afterwards. Kernels are timed by processor time, whole runs by the clock on the wall.
//
//   npm run bench -- kernels data     these sections alone, of those below
//   npm run bench -- --json           one JSON document instead of text
//   npm run bench -- --guard          whether the kernels hold half of the shares in shares.json; seconds
//   npm run bench -- --guard --write  commits shares.json to what is measured now
//
// The core is the first one; PROPCHAOS_CORE names another.

import { cpus } from "node:os";
import { benchData, benchDataMemory } from "./data.ts";
import { benchGrowth } from "./growth.ts";
import { guard } from "./guard.ts";
import { pinned, runPinned } from "./harness.ts";
import { benchKernels } from "./kernels.ts";
import { benchMoments } from "./moments.ts";
import { medianPeak, peakNow } from "./peak.ts";
import { benchPool } from "./pool.ts";
import { beQuiet, type Entry, enter, record, recorded, say } from "./report.ts";
import { benchAbort, benchLimit, benchMemory } from "./runs.ts";
import { benchSweep } from "./sweep.ts";
import { benchConstants, benchConstantsAgainstNetworks, benchGapEquation } from "./theory.ts";

const ON_ONE_CORE: Record<string, () => void | Promise<void>> = {
  kernels: benchKernels,
  moments: benchMoments,
  data: benchData,
  growth: benchGrowth,
  limit: benchLimit,
  constants: benchConstants,
  equation: benchGapEquation,
  abort: benchAbort,
  memory() {
    benchMemory();
    benchDataMemory();
  },
};

const ON_ALL_CORES: Record<string, () => void | Promise<void>> = {
  workers: benchPool,
  sweep: benchSweep,
  networks: benchConstantsAgainstNetworks,
};

const flags = process.argv.slice(2).filter((word) => word.startsWith("--"));
const named = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const sections = Object.keys({ ...ON_ONE_CORE, ...ON_ALL_CORES });
for (const flag of flags)
  if (!["--json", "--guard", "--write"].includes(flag)) throw new RangeError(`no option ${flag} of the benchmarks`);
for (const name of named)
  if (!sections.includes(name)) throw new RangeError(`section must be one of ${sections.join(", ")}; got ${name}`);
const json = flags.includes("--json");
if (json) beQuiet();

async function run(among: typeof ON_ONE_CORE): Promise<void> {
  for (const [name, bench] of Object.entries(among)) {
    if (named.length > 0 && !named.includes(name)) continue;
    enter(name);
    await bench();
  }
}

async function onOneCore(): Promise<void> {
  enter("peak");
  const peak = await peakNow(200);
  const median = medianPeak();
  const both = ({ float32, float64 }: typeof peak) =>
    `${float32.toFixed(1)} GFLOP/s float32, ${float64.toFixed(1)} float64`;
  say(`128-bit Wasm arithmetic, best of 200 short runs: ${both(peak)}; median ${both(median)}`);
  await run(ON_ONE_CORE);
  enter("peak");
  for (const [name, { float32, float64 }] of Object.entries({ best: await peakNow(0), median: medianPeak() }))
    record({ work: "128-bit Wasm arithmetic, of all runs, GFLOP/s", name, float32, float64 });
}

function print(entries: readonly Entry[], core: boolean): void {
  const machine = { processor: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version };
  console.log(JSON.stringify({ date: new Date().toISOString(), ...machine, pinned: core, entries }, null, 2));
}

if (flags.includes("--guard")) {
  const there = runPinned();
  process.exitCode = there ? there.status : (await guard(flags.includes("--write"))) ? 0 : 1;
} else if (pinned()) {
  await onOneCore();
  if (json) print(recorded(), true);
} else {
  const there = runPinned(json);
  if (there && there.status !== 0) process.exit(there.status);
  if (!there) await onOneCore();
  await run(ON_ALL_CORES);
  const before: Entry[] = there && json ? JSON.parse(there.stdout).entries : [];
  if (json) print([...before, ...recorded()], there !== null);
}
