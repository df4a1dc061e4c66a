// The kernels: two Wasm builds of the same sources, and their inlined form in src/engine/generated.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

export const BACKENDS = ["simd", "scalar"] as const;

/** Compiles and inlines the kernels of the project in `folder`. @throws Error with what the compiler says. */
export async function buildKernels(folder: string): Promise<void> {
  mkdirSync(join(folder, "build"), { recursive: true });
  for (const backend of BACKENDS) {
    const { error, stderr } = await asc.main(["--config", "asconfig.json", "--target", backend, "--baseDir", folder]);
    const messages = stderr.toString();
    if (error) throw new Error(messages || String(error), { cause: error });
    if (messages) process.stderr.write(messages);
  }
  const constants = BACKENDS.map((backend) => {
    const base64 = readFileSync(join(folder, `build/kernels.${backend}.wasm`)).toString("base64");
    return `/** kernels.${backend}.wasm, base64. */\nexport const ${backend} =\n  "${base64}";\n`;
  });
  mkdirSync(join(folder, "src/engine/generated"), { recursive: true });
  const text = `// Written by scripts/kernels.ts.\n\n${constants.join("\n")}`;
  writeFileSync(join(folder, "src/engine/generated/kernels.ts"), text);
}
