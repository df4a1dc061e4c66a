// `npm run conformance`: the same cases on the packed package in every engine, with both builds; each must give the
// committed hash. Prints a matrix and, last, how many comparisons passed and failed.
//
//   npm run conformance                               all engines; one that is missing is a failure
//   npm run conformance -- --without webkit,firefox   leaves engines out, by name
//   npm run conformance -- --write                    enters new hashes where all engines agree

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { CASES } from "../tests/conformance/cases.ts";
import { ENGINES, type EngineKind } from "../tests/conformance/engines.ts";
import { endAll, listen } from "../tests/conformance/listen.ts";
import { agreed, judge, type Outcome } from "../tests/conformance/matrix.ts";
import { BUILDS, type Message } from "../tests/conformance/run-cases.ts";
import { packProject } from "../tests/support/packed.ts";
import { serve } from "../tests/support/static-server.ts";
import { freshen } from "./test.ts";

const here = fileURLToPath(new URL("../tests/conformance/", import.meta.url));
const HASHES = join(here, "hashes.json");
/** The longest case takes a second or two; a busy machine and the start of a browser take more. */
const SILENCE = 90_000;

/** Names of engines from the command line. @throws Error where there is no such engine. */
export function engineNames(list: readonly string[]): string[] {
  const names = list.flatMap((text) => text.split(",")).filter((name) => name !== "");
  const known = ENGINES.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no engine is called ${unknown.join(", ")}; there are ${known.join(", ")}`);
  return names;
}

/** The packed package, the cases as a script and as a page beside it. They take the package as a user does, by its name. */
async function makeProject(): Promise<{ folder: string; script: string }> {
  const { folder, write } = packProject();
  const files = ["process", "page"].map((name) => join(here, `${name}.ts`));
  await build({
    entryPoints: files,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    target: "es2022",
    external: ["propchaos"],
    logLevel: "warning",
  });
  const imports = JSON.stringify({ imports: { propchaos: "./node_modules/propchaos/dist/index.js" } });
  write(
    "index.html",
    `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>conformance</title>
<script type="importmap">${imports}</script><script type="module" src="./page.mjs"></script>\n`,
  );
  return { folder, script: join(folder, "process.mjs") };
}

/** Runs tasks two at a time where there are processors for it; the results stand in the order of the tasks. */
async function twoAtATime<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < tasks.length; i = next++) results[i] = await tasks[i]();
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
  return results;
}

async function runAll(without: readonly string[]): Promise<Outcome[]> {
  // Before anything runs: what is installed takes the processors, too.
  const found = ENGINES.map((kind): { kind: EngineKind; program: string } | Outcome => {
    const { name: engine } = kind;
    if (without.includes(engine)) return { engine, without: true };
    try {
      return { kind, program: kind.find() };
    } catch (error) {
      return { engine, missing: (error as Error).message };
    }
  });
  const { folder, script } = await makeProject();
  const pages = new Map<string, (message: Message) => void>();
  const server = await serve(folder, {}, ({ searchParams }, body) =>
    pages.get(searchParams.get("engine") ?? "")?.(JSON.parse(body)),
  );
  // Short, because sockets in it have a longest path.
  const temporary = mkdtempSync(join(tmpdir(), "engines-"));
  try {
    const tasks = found.map((item) => async (): Promise<Outcome> => {
      if (!("kind" in item)) return item;
      const { kind, program } = item;
      const { name: engine, page } = kind;
      const own = join(temporary, engine);
      mkdirSync(own);
      const command = kind.command(program, page ? `${server.url}?engine=${engine}` : script, own);
      const env = { ...kind.env, TMPDIR: temporary };
      const heard = await listen({
        engine,
        command,
        env,
        silence: SILENCE,
        ...(page ? { page: (hear: (message: Message) => void) => pages.set(engine, hear) } : {}),
      });
      console.log(`${engine}: ${heard.trouble ?? `${heard.seconds.toFixed(1)} s`}`);
      return heard;
    });
    return await twoAtATime(tasks);
  } finally {
    await server.close();
    for (const path of [folder, temporary]) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function main(args: readonly string[]): Promise<void> {
  const options = { without: { type: "string", multiple: true }, write: { type: "boolean" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const without = engineNames(values.without ?? []);
  await freshen();
  const began = performance.now();
  const outcomes = await runAll(without);
  const names = CASES.map(({ name }) => name);
  if (values.write) {
    try {
      writeFileSync(HASHES, `${JSON.stringify(Object.fromEntries(agreed(outcomes, BUILDS, names)), null, 2)}\n`);
    } catch (error) {
      // The matrix of the old hashes shows the rest.
      console.error(`nothing was written: ${(error as Error).message}`);
    }
  }
  const hashes = new Map(Object.entries<string>(JSON.parse(readFileSync(HASHES, "utf8"))));
  const { lines, passed, failed } = judge(outcomes, BUILDS, names, hashes);
  console.log(`\n${lines.join("\n")}\nin all ${((performance.now() - began) / 1000).toFixed(0)} s`);
  console.log(`\n${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => process.exit(130));
  process.once("exit", endAll);
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
