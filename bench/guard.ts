// npm run bench -- --guard: fails when a kernel falls below half of the share of the machine's peak that shares.json commits
// it to. Both are measured in the same run, so that a slow machine changes neither; and the best of many short runs counts, so
// that a busy one has to be busy all the time.

import { readFileSync, writeFileSync } from "node:fs";
import { createEngine } from "../src/engine/index.ts";
import { processorTime, shareOf } from "./harness.ts";
import { peakNow } from "./peak.ts";
import { say } from "./report.ts";
import { watchedWorks } from "./works.ts";

const FILE = new URL("shares.json", import.meta.url);

/** Rounds after which all may stop, and rounds after which one that is still too slow is. */
const ROUNDS = { least: 6, most: 150 };

const SAMPLES = 1024;

/** Measures; true if all kernels hold. `write` commits to what was measured instead. */
export async function guard(write: boolean): Promise<boolean> {
  const committed: Record<string, number> = JSON.parse(readFileSync(FILE, "utf8"));
  const works = await watchedWorks(await createEngine({ backend: "simd" }), SAMPLES);
  for (const name of Object.keys(committed))
    if (!write && !works.some((work) => work.name === name)) throw new Error(`shares.json names no kernel: ${name}`);
  const best = works.map(() => Number.POSITIVE_INFINITY);
  const share = (i: number) => shareOf(works[i].flops, best[i], works[i].format);
  const slow = async (i: number) => !((await share(i)) >= (committed[works[i].name] ?? 1) / 2);
  for (let round = 0; round < ROUNDS.most; round++) {
    await peakNow(4);
    for (const [i, { run }] of works.entries()) {
      if (round >= ROUNDS.least && !(await slow(i))) continue;
      const start = processorTime();
      await run();
      best[i] = Math.min(best[i], processorTime() - start);
    }
    if (round < ROUNDS.least) continue;
    if ((await Promise.all(works.map((_, i) => slow(i)))).every((it) => !it)) break;
  }
  const shares: Record<string, number> = {};
  let failed = 0;
  const peak = await peakNow(0);
  say(`128-bit peak ${peak.float32.toFixed(1)} GFLOP/s float32, ${peak.float64.toFixed(1)} float64`);
  for (const [i, { name }] of works.entries()) {
    shares[name] = Math.round(100 * (await share(i))) / 100;
    const held = write || !(await slow(i));
    if (!held) failed++;
    say(
      `${held ? "ok  " : "SLOW"} ${name.padEnd(72)}${shares[name].toFixed(2)} of the peak, committed ${committed[name] ?? "none"}`,
    );
  }
  if (write) writeFileSync(FILE, `${JSON.stringify(shares, null, 2)}\n`);
  say(`${works.length - failed} kernels hold half of their share, ${failed} do not`);
  for (const { free } of works) free();
  return failed === 0;
}
