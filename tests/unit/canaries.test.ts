// No kernel touches memory beside its buffers: all that conformance runs, and networks of awkward sizes, on an arena with canaries, in the
// SIMD, the scalar and the debug build. Results have the hashes of conformance.

import asc from "assemblyscript/asc";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { start } from "../../src/engine/start.ts";
import * as propchaos from "../../src/index.ts";
import { CASES } from "../conformance/cases.ts";
import { digest } from "../conformance/digest.ts";
import hashes from "../conformance/hashes.json" with { type: "json" };
import { GuardedArena } from "../support/guarded-arena.ts";

/** From 2 on, as inputs of dimension 1 are refused; often small. */
const size = (max: number) => fc.integer({ min: 2, max });

const GIB = 2 ** 30;

async function build(target: string): Promise<WebAssembly.Module> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const { error, stderr } = await asc.main(
    ["assembly/index.ts", "--config", "asconfig.json", "--target", target, "--outFile", "kernels.wasm"],
    { writeFile: (name, contents) => void files.set(name, contents as Uint8Array<ArrayBuffer>) },
  );
  if (error) throw new Error(stderr.toString());
  return WebAssembly.compile(files.get("kernels.wasm") as Uint8Array<ArrayBuffer>);
}

async function guarded(module: WebAssembly.Module): Promise<{ engine: Engine; arena: GuardedArena }> {
  const kernels = await start(module);
  const arena = new GuardedArena(kernels.memory, kernels.heapBase(), GIB);
  return { engine: new Engine({ module, kernels, arena }, GIB), arena };
}

describe("an arena with canaries", () => {
  it("sees a write beside a buffer, on either side, and in the padding behind it", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    for (const offset of [-8, 24, 32, 64 * 8]) {
      const arena = new GuardedArena(memory, 0, GIB);
      const { slots, free } = arena.reserve("a test", { x: 3 });
      new Float64Array(memory.buffer, slots.x.address + offset, 1)[0] = 1;
      free();
      expect(arena.violations).toEqual([expect.stringMatching(/^a test: number \d+ of the canaries (before x|after)/)]);
    }
  });
});

describe.each(["simd", "scalar", "debug"])("the %s build", (target) => {
  it("writes and reads in its buffers only", async () => {
    const module = await build(target);
    const { engine, arena } = await guarded(module);
    for (const { name, run } of CASES) {
      expect([name, await digest(await run(propchaos, engine))]).toEqual([
        name,
        (hashes as Record<string, string>)[name],
      ]);
      expect([name, arena.violations]).toEqual([name, []]);
    }
    await fc.assert(
      fc.asyncProperty(
        size(70),
        size(40),
        size(140),
        fc.constantFrom("float64", "float32"),
        async (m, d, n, precision) => {
          const { problems, trainNetwork, localHessianProduct, velocity } = propchaos;
          const W = Float64Array.from({ length: m * d }, (_, i) => ((37 * i + 11) % 101) / 64 - 0.75);
          for (const problem of [problems.He4_misspecified({ d }), problems.Ge4({ d }), problems.Zero({ d })]) {
            await velocity(engine, problem, W);
            await localHessianProduct(engine, problem, W, W);
            const data = { samples: n, batch: Math.ceil(n / 2), order: "shuffled" } as const;
            await trainNetwork(engine, problem, { initial: W, time: 0.02, step: 0.01, data, precision });
            await localHessianProduct(engine, problem, W, W, { data: { samples: n } });
          }
          expect(arena.violations).toEqual([]);
        },
      ),
      { numRuns: 40, seed: 1 },
    );
    expect(arena.regions).toBeGreaterThan(1000);
    expect(arena.bytesInUse).toBe(0);
  }, 120_000);
});
