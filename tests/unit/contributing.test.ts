// What CONTRIBUTING.md shows a newcomer works: its kernel compiles in both ways and does what it says, its lines are those of the code,
// and its picture of the house is the present one.

import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import { describe, expect, it } from "vitest";
import { drawHouse } from "../../scripts/house.ts";
import { Arena } from "../../src/engine/arena.ts";
import { codeBlocks } from "../support/code-blocks.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const blocks = codeBlocks(read("CONTRIBUTING.md"));
const block = (heading: string, language: string) =>
  blocks.find((each) => each.heading === heading && each.language === language)?.code ?? "";

async function compile(source: string, ...options: string[]): Promise<WebAssembly.Instance> {
  const files = new Map<string, string | Uint8Array>([["scale.ts", source]]);
  const args = ["scale.ts", "--outFile", "scale.wasm", "--runtime", "stub", "--initialMemory", "1", "-O3", ...options];
  const { error, stderr } = await asc.main(args, {
    readFile: (name) => (files.get(name) as string | undefined) ?? null,
    writeFile: (name, contents) => void files.set(name, contents),
    listFiles: () => [],
  });
  if (error) throw new Error(stderr.toString());
  return new WebAssembly.Instance(new WebAssembly.Module(files.get("scale.wasm") as Uint8Array<ArrayBuffer>), {});
}

describe("CONTRIBUTING.md", () => {
  it.each([
    ["--enable", "simd"],
    ["--disable", "simd"],
  ])("has a kernel that works, built with %s %s", async (...options) => {
    const { exports } = await compile(block("A kernel, in ten minutes", "assemblyscript"), ...options);
    const engine = { kernels: exports, arena: new Arena(exports.memory as WebAssembly.Memory, 1024, 65536) };
    const scaled = new Function(`${block("A kernel, in ten minutes", "js")}; return scaled;`)();
    expect(scaled(engine, -0.5, [1, 2, 3])).toEqual(Float64Array.of(-0.5, -1, -1.5));
    expect(engine.arena.bytesInUse).toBe(0);
  });

  it("shows a problem as it stands in the zoo", () => {
    const line = block("A problem, in ten minutes", "js").trim();
    expect(line).toMatch(/^He3/);
    expect(read("src/problem/zoo-entries.ts")).toContain(line);
  });

  it("shows the house as it is", () => {
    expect(read("docs/figures/house.svg")).toBe(drawHouse());
  });
});
