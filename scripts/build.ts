// Builds the package: kernels (two Wasm builds of the same sources), their inlined form, the inlined worker, types,
// bundles.
// Run by `npm run build` and by `prepare`.

import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import ts from "typescript";
import { ASSETS } from "../src/cli/assets.ts";
import { bundleElement } from "./element-bundle.ts";
import { BACKENDS, buildKernels } from "./kernels.ts";
import { licencesOf } from "./licences.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const SHARED = { bundle: true, format: "esm", target: "es2022", sourcemap: "linked", logLevel: "warning" } as const;

/** The worker as a classic script in a string, for threads and Blobs; it does not hold the kernels, which are posted. */
async function inlineWorker(): Promise<void> {
  const { outputFiles } = await build({
    ...SHARED,
    entryPoints: ["src/worker.ts"],
    platform: "neutral",
    mainFields: ["module", "main"],
    format: "iife",
    minify: true,
    sourcemap: false,
    write: false,
  });
  const [{ text }] = outputFiles;
  for (const backend of BACKENDS) {
    const bytes = readFileSync(`build/kernels.${backend}.wasm`).toString("base64", 0, 3000);
    if (text.includes(bytes)) throw new Error("the inlined worker holds the kernels a second time");
  }
  mkdirSync("src/pool/generated", { recursive: true });
  const constant = `/** src/worker.ts, bundled. */\nexport const source =\n  ${JSON.stringify(text.trim())};\n`;
  writeFileSync("src/pool/generated/worker.ts", `// Written by scripts/build.ts.\n\n${constant}`);
}

function emitTypes(): void {
  const host: ts.ParseConfigFileHost = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: report };
  const config = ts.getParsedCommandLineOfConfigFile("tsconfig.build.json", {}, host);
  if (!config) throw new Error("tsconfig.build.json could not be read");
  const program = ts.createProgram(config.fileNames, config.options);
  const errors = ts.getPreEmitDiagnostics(program);
  for (const error of errors) report(error);
  if (errors.length > 0) throw new Error(`${errors.length} type errors`);
  // Only now: a build that fails leaves the last good one in place.
  rmSync("dist", { recursive: true, force: true });
  program.emit();
  pruneTypes("dist/types", ["index.d.ts", "node.d.ts", "worker.d.ts", "element/index.d.ts"]);
}

/** Deletes the declarations that no entry leads to: those of what is inside. */
function pruneTypes(folder: string, entries: readonly string[]): void {
  const reached = new Set(entries.map((entry) => resolve(folder, entry)));
  // A set is walked to its end, also where it grows on the way.
  for (const file of reached) {
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8")).importedFiles)
      if (fileName.startsWith(".")) reached.add(resolve(dirname(file), fileName.replace(/\.ts$/, ".d.ts")));
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = resolve(entry.parentPath, entry.name);
    if (entry.isFile() && !reached.has(path)) rmSync(path);
  }
}

function report(diagnostic: ts.Diagnostic): void {
  const place = diagnostic.file ? `${diagnostic.file.fileName}: ` : "";
  console.error(place + ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
}

/** Bundles import the main entry instead of holding a copy of it, so that there is one engine class. */
function mainEntryOutside(path: string): Plugin {
  return {
    name: "main-entry-outside",
    setup({ onResolve }) {
      onResolve({ filter: /\/index\.ts$/ }, ({ path: wanted, resolveDir, kind }) => {
        if (kind === "entry-point" || resolve(resolveDir, wanted) !== resolve("src/index.ts")) return undefined;
        return { path, external: true };
      });
    },
  };
}

/** Bundles for `dist`; the metafiles say what went into them. */
function bundle(): Promise<Metafile[]> {
  const bundles: BuildOptions[] = [
    {
      entryPoints: ["src/index.ts", "src/worker.ts"],
      outdir: "dist",
      platform: "neutral",
      mainFields: ["module", "main"],
    },
    {
      entryPoints: ["src/node.ts"],
      outdir: "dist",
      platform: "node",
      plugins: [mainEntryOutside("./index.js")],
    },
    {
      entryPoints: { propchaos: "src/cli/main.ts" },
      outdir: "dist/cli",
      platform: "node",
      splitting: true,
      minify: true,
      sourcemap: false,
      external: ["canvas"],
      // commander and cli-progress are CommonJS and call require for Node's own modules.
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
      plugins: [mainEntryOutside("../index.js")],
    },
  ];
  return Promise.all(bundles.map(async (options) => (await build({ ...SHARED, ...options, metafile: true })).metafile));
}

await buildKernels(".");
await inlineWorker();
emitTypes();
const metafiles = [...(await bundle()), ...(await bundleElement(SHARED))];
// The kernels hold parts of AssemblyScript's standard library, and the module of d3-delaunay holds two packages.
const others = ["assemblyscript", "delaunator", "robust-predicates", "dejavu-fonts-ttf"].map(
  (name) => `node_modules/${name}`,
);
writeFileSync("dist/THIRD-PARTY-LICENSES.txt", licencesOf(metafiles, others));
for (const backend of BACKENDS) copyFileSync(`build/kernels.${backend}.wasm`, `dist/kernels.${backend}.wasm`);
for (const [name, path] of Object.entries(ASSETS)) copyFileSync(`node_modules/${path}`, `dist/cli/${name}`);
cpSync("src/io/schema", "dist/schema", { recursive: true });
