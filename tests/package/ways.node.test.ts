// Every way in which the published package is loaded without a browser: each must give Node's numbers.

import { rmSync } from "node:fs";
import { approximationGap, createEngine, problems } from "propchaos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bun, deno } from "../support/engines.ts";
import { outputOf, type PackedProject, packProject } from "../support/packed.ts";
import { REPORT } from "../support/tiny-report.ts";

let project: PackedProject;
let expected: string;
beforeAll(async () => {
  project = packProject();
  using engine = await createEngine();
  const settings = { widths: [4, 9], time: 0.5, step: 0.1, seeds: 2, workers: 0 };
  expected = JSON.stringify(await approximationGap(engine, problems.He3({ d: 3 }), settings));
});
afterAll(() => rmSync(project.folder, { recursive: true }));

const PRINT = `${REPORT}\ntinyReport(propchaos).then((text) => console.log(text));\n`;
const ESM = `import * as propchaos from "propchaos";\n${PRINT}`;

function run(command: string, args: string[]): Promise<string> {
  return outputOf(command, args, project.folder).then((text) => text.trim());
}

describe("the published package gives the same numbers", () => {
  it("imported by Node", async () => {
    expect(await run(process.execPath, [project.write("main.mjs", ESM)])).toBe(expected);
  });

  it("required by Node", async () => {
    const main = project.write("main.cjs", `const propchaos = require("propchaos");\n${PRINT}`);
    expect(await run(process.execPath, [main])).toBe(expected);
  });

  it("imported by bun", async () => {
    expect(await run(bun(), [project.write("bun.mjs", ESM)])).toBe(expected);
  });

  it("imported by deno", async () => {
    const main = project.write("deno.mjs", ESM);
    expect(await run(deno(), ["run", "--cached-only", "--no-lock", "--node-modules-dir=manual", main])).toBe(expected);
  });

  it("as propchaos/node", async () => {
    const main = project.write("node.mjs", ESM.replace('"propchaos"', '"propchaos/node"'));
    expect(await run(process.execPath, [main])).toBe(expected);
  });

  it("from a ready module where compiling from bytes is forbidden", async () => {
    const main = project.write(
      "module.mjs",
      `
      import { readFileSync } from "node:fs";
      import { fileURLToPath } from "node:url";
      const file = fileURLToPath(import.meta.resolve("propchaos/kernels.simd.wasm"));
      const module = await WebAssembly.compile(readFileSync(file));
      // Node compiles a module of its own when this is first looked at.
      globalThis.Response;
      const refuse = () => { throw new WebAssembly.CompileError("code generation disallowed by embedder"); };
      const { instantiate } = WebAssembly;
      WebAssembly.compile = async () => refuse();
      WebAssembly.instantiate = async (what, imports) =>
        what instanceof WebAssembly.Module ? instantiate(what, imports) : refuse();
      WebAssembly.Module = new Proxy(WebAssembly.Module, { construct: refuse });
      const propchaos = await import("propchaos");
      ${REPORT}
      const refusal = await propchaos.createEngine().catch((error) => error.message);
      if (!refusal.includes("pass a ready WebAssembly.Module as module")) throw new Error(refusal);
      console.log(await tinyReport(propchaos, { module }));
      `,
    );
    expect(await run(process.execPath, [main])).toBe(expected);
  });
});

describe("importing the published package", () => {
  it("does nothing, as a server that renders a page needs it", async () => {
    const main = project.write(
      "server.mjs",
      `
      const refuse = (name) => () => { throw new Error(name + " was used by the import"); };
      const hidden = [
        [globalThis, ["WebAssembly", "Worker", "atob", "fetch", "setTimeout", "setImmediate", "queueMicrotask", "Blob",
          "MessageChannel", "navigator", "document", "window", "customElements"]],
        [performance, ["now"]], [process, ["getBuiltinModule"]], [Math, ["random"]], [console, ["log", "warn", "error"]],
        [URL, ["createObjectURL"]],
      ];
      const print = console.log;
      for (const [owner, names] of hidden)
        for (const name of names)
          Object.defineProperty(owner, name, { configurable: true, get: refuse(name) });
      const before = Reflect.ownKeys(globalThis).length;
      const propchaos = await import("propchaos");
      if (Reflect.ownKeys(globalThis).length !== before) throw new Error("the import left a global behind");
      print(Object.keys(propchaos).includes("approximationGap"), process._getActiveHandles().length <= 2);
      `,
    );
    expect(await run(process.execPath, [main])).toBe("true true");
  });

  it("leaves a plain sentence where the host has no WebAssembly", async () => {
    const main = project.write(
      "without.mjs",
      'delete globalThis.WebAssembly; const { createEngine } = await import("propchaos"); createEngine().catch((e) => console.log(e.message));',
    );
    expect(await run(process.execPath, [main])).toContain("createEngine needs WebAssembly");
  });
});
