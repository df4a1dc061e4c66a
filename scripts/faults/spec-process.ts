// A process that compiles specs of the kernels and runs them, one after the other: a compiler that is warm takes half a
// second for what a new one takes four. A planted source is given in the question and is read in place of the file, so
// that none is ever written. The configuration is that of `npm test` (as-pect.simd.json, as-pect.scalar.json).

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { TestContext } from "@as-pect/core";
import { instantiate } from "@assemblyscript/loader";
import asc from "assemblyscript/asc";
import type { Question, Verdict } from "./specs.ts";

type Reporter = ConstructorParameters<typeof TestContext>[0]["reporter"];

/** The binary of a spec, or what the compiler says. */
async function compile({ spec, build, planted }: Question): Promise<Uint8Array<ArrayBuffer> | string> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const options = ["--config", `as-pect.${build}.json`, "--target", "noCoverage"];
  const { error, stderr } = await asc.main([spec, ...options], {
    readFile(name, folder) {
      const path = join(folder, name);
      if (planted && relative(".", path).replaceAll("\\", "/") === planted.file) return planted.source;
      try {
        return readFileSync(path, "utf8");
      } catch {
        return null;
      }
    },
    writeFile(name, contents) {
      if (name.endsWith(".wasm")) binary = contents as Uint8Array<ArrayBuffer>;
    },
  });
  return binary && !error ? binary : (stderr.toString() || String(error)).trim();
}

/** Compiles and runs one spec. */
async function judge(question: Question): Promise<Verdict> {
  const binary = await compile(question);
  if (typeof binary === "string") return { kind: "broken", message: binary };
  let failed = "";
  const reporter: Reporter = {
    stdout: null,
    stderr: null,
    onEnter: () => undefined,
    onExit: (_context, { name, pass, children, parent }) => {
      if (pass || children.length > 0) return;
      failed = `${parent?.name} ${name}`;
      // One is enough: nothing else ends a run before its last test.
      throw new Error(failed);
    },
    onFinish: () => undefined,
  };
  const context = new TestContext({ reporter, binary, fileName: question.spec });
  const memory = new WebAssembly.Memory({ initial: 10 });
  const wantsSimd = () => question.build === "simd";
  try {
    context.run(
      (await instantiate(binary, context.createImports({ env: { memory }, "build.spec": { wantsSimd } }))) as never,
    );
  } catch (error) {
    return { kind: "failed", test: failed || `outside a test: ${(error as Error).message}` };
  }
  if (!context.pass) return { kind: "failed", test: "outside a test" };
  if (context.testCount === 0) return { kind: "broken", message: "no test ran" };
  return { kind: "passed" };
}

// Nobody asks any more.
process.on("disconnect", () => process.exit());
process.on("message", async (question: Question) => {
  process.send?.(await judge(question));
});
