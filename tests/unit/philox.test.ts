// The module that is shipped, not a recompilation, against the published words of Philox4x32-10.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compile } from "../../src/engine/load.ts";
import { type Backend, start } from "../../src/engine/start.ts";

const vectors = readFileSync(new URL("../golden/philox4x32-10.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => /^[0-9a-f]/.test(line))
  .map((line) => line.split(" ").map((word) => Number.parseInt(word, 16)));

test.each<Backend>(["simd", "scalar"])("the %s build gives the known answers of Philox", async (backend) => {
  const kernels = await start(await compile(backend));
  const out = kernels.heapBase() + 16 - (kernels.heapBase() % 16);
  expect(vectors.length).toBe(3);
  for (const vector of vectors) {
    const [c0, c1, c2, c3, k0, k1, ...expected] = vector;
    kernels.philoxBlock(out, k0, k1, c0, c1, c2, c3);
    expect([...new Uint32Array(kernels.memory.buffer, out, 4)]).toEqual(expected);
  }
});
