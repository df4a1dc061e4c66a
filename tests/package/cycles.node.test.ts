// Memory comes back: ten thousand engines made, used and disposed of leave a process as large as a thousand did.

import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { outputOf } from "../support/packed.ts";

const dist = (name: string) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));

/** Prints the MiB that the process holds after 1000, 2000, ... engines. */
const PROGRAM = `
import { readFileSync } from "node:fs";
import { createEngine, problems, trainNetwork } from ${JSON.stringify(dist("index.js"))};
const module = await WebAssembly.compile(readFileSync(${JSON.stringify(dist("kernels.simd.wasm"))}));
const problem = problems.He4({ d: 5 });
for (let i = 1; i <= 10000; i++) {
  const engine = await createEngine({ module });
  await trainNetwork(engine, problem, { width: 7, time: 0.02, record: 2 });
  engine.dispose();
  if (i % 1000 === 0) {
    globalThis.gc();
    const { rss, external, heapUsed } = process.memoryUsage();
    console.log(rss / 2 ** 20, (external + heapUsed) / 2 ** 20);
  }
}`;

it("ten thousand engines take no more memory than a thousand", async () => {
  const output = await outputOf(process.execPath, ["--expose-gc", "--input-type=module", "--eval", PROGRAM], ".");
  const rows = output
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
  expect(rows).toHaveLength(10);
  const [resident, held] = [0, 1].map((column) => rows.map((row) => row[column]));
  // A leak of one page of an engine's memory in each cycle would be 560 MiB; of 10 kB of objects, 90 MiB.
  expect(Math.min(...resident.slice(5)) - resident[0]).toBeLessThan(50);
  expect(Math.min(...held.slice(5)) - held[0]).toBeLessThan(20);
}, 180_000);
