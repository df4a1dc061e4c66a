// The two Wasm files of the package, as a host takes them that may not compile from bytes.

import { readFile } from "node:fs/promises";
import { approximationGap, createEngine, problems } from "propchaos";
import { describe, expect, test } from "vitest";

function read(backend: string): Promise<Buffer<ArrayBuffer>> {
  return readFile(new URL(`../../dist/kernels.${backend}.wasm`, import.meta.url)) as Promise<Buffer<ArrayBuffer>>;
}

describe.each(["simd", "scalar"] as const)("kernels.%s.wasm", (backend) => {
  test("is what `module` takes, and gives the bits of the inlined build", async () => {
    const module = await WebAssembly.compile(await read(backend));
    const reports = [];
    for (const options of [{ module }, { backend }]) {
      const engine = await createEngine(options);
      expect(engine.backend).toBe(backend);
      const settings = { widths: [4, 9], time: 0.5, step: 0.1, seeds: 2 };
      reports.push(JSON.stringify(await approximationGap(engine, problems.He3({ d: 3 }), settings)));
      engine.dispose();
    }
    expect(reports[0]).toBe(reports[1]);
  });

  test("imports nothing but what AssemblyScript's loader gives", async () => {
    const module = await WebAssembly.compile(await read(backend));
    for (const { module: name } of WebAssembly.Module.imports(module)) expect(name).toBe("env");
  });
});

test("only the SIMD file has SIMD instructions: a host without them can still run the other", async () => {
  // The prefix of all 128-bit instructions is 0xfd; the code of the scalar file must be valid without them. Hosts of
  // today all have SIMD, so the instruction names are looked for in a disassembly's stead: v128.load is 0xfd 0x00.
  const count = (bytes: Uint8Array) => {
    let found = 0;
    // v128.load with an alignment of 16 bytes at most.
    for (let i = 0; i + 2 < bytes.length; i++)
      if (bytes[i] === 0xfd && bytes[i + 1] === 0 && bytes[i + 2] <= 4) found++;
    return found;
  };
  expect(count(await read("simd"))).toBeGreaterThan(20);
  expect(count(await read("scalar"))).toBe(0);
});
