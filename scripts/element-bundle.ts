// The bundle of propchaos/element. A page pays for its bytes, and the code that computes is wanted twice: in the page, where
// no worker can be had, and in the worker. So src/element/core.ts becomes one function,
//
//   function program(kernels, startByUrl) { ... return core; }
//
// which the page calls, and whose text is the source of the worker. A tool that rewrites it in a way that it no longer stands
// alone breaks that worker only: the next way to start one is tried (src/pool/ways.ts).

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";

const CORE = "src/element/core.ts";

/** How src/pool/ways.ts starts the file of the worker, and in a bundle everyone else's bundler has to see it. */
const BY_URL = 'new Worker(new URL("./worker.js", import.meta.url), { type: "module" })';

/** Modules with other text. */
function instead(texts: Readonly<Record<string, string>>): Plugin {
  return {
    name: "instead",
    setup({ onLoad }) {
      for (const [file, contents] of Object.entries(texts)) {
        const filter = new RegExp(`${resolve(file).replace(/[^\w]/g, "\\$&")}$`);
        onLoad({ filter }, () => ({ contents, loader: "ts", resolveDir: resolve(file, "..") }));
      }
    },
  };
}

/** The core as the body of a function, and the names that it gives back. */
async function program(shared: BuildOptions): Promise<{ body: string; names: string[]; metafile: Metafile }> {
  const ways = readFileSync("src/pool/ways.ts", "utf8");
  if (!ways.includes(BY_URL)) throw new Error(`src/pool/ways.ts no longer says ${BY_URL}`);
  const { outputFiles, metafile } = await build({
    ...shared,
    entryPoints: [CORE],
    format: "iife",
    globalName: "core",
    sourcemap: false,
    write: false,
    metafile: true,
    plugins: [
      instead({
        "src/engine/generated/kernels.ts": "declare const kernels: any; export const { simd, scalar } = kernels;",
        "src/pool/generated/worker.ts":
          "declare const program: any; export const source = '\"use strict\";(' + program + ')({}).serveHere()';",
        "src/pool/ways.ts": `declare const startByUrl: () => Worker; ${ways.replace(BY_URL, "startByUrl()")}`,
      }),
    ],
  });
  const names = [...readFileSync(CORE, "utf8").matchAll(/^export (?:\{ (.*) \}|function (\w+))/gm)];
  return {
    body: outputFiles[0].text,
    names: names.flatMap(([, list, one]) => list?.split(", ") ?? one),
    metafile,
  };
}

/** Writes dist/element.js; the metafiles say what went into it. */
export async function bundleElement(shared: BuildOptions): Promise<Metafile[]> {
  const options: BuildOptions = { ...shared, platform: "neutral", mainFields: ["module", "main"], minify: true };
  const core = await program(options);
  const contents = `
    // @ts-nocheck
    import { scalar, simd } from "../engine/generated/kernels.ts";
    function program(kernels, startByUrl) { ${core.body} return core; }
    const startByUrl = () => ${BY_URL};
    export const { ${core.names.join(", ")} } = program({ scalar, simd }, startByUrl);
  `;
  const { metafile } = await build({
    ...options,
    entryPoints: { element: "src/element/index.ts" },
    outdir: "dist",
    metafile: true,
    plugins: [instead({ [CORE]: contents })],
  });
  return [core.metafile, metafile];
}
