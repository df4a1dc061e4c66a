// `npm run mutation`: do the tests notice a change of the sources? Stryker changes one thing at a time (an operator, a
// condition, a literal, an emptied block) and runs the tests that reach it. All 8,300 mutants would take many hours, so a random
// sample of every room is taken, by a seed; a new seed is a fresh sample.
//
//   npm run mutation                                   100 mutants of each room
//   npm run mutation -- --sample 40 --seed 7 limit     40 of one room
//   npm run mutation -- network pool                   of rooms that are not in the list below
//   npm run mutation -- src/limit/mesh.ts --all        every mutant of a file
//
// Prints what survived, and a table of scores with 95% intervals; fails when a room has less than 85%.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { keyOf } from "../tests/mutation/key.js";
import { type Report, scoresOf, share, survivors, table } from "./mutation-score.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "build/mutation");
/** Where the mathematics and the memory are: the rooms that are meant where none is named. The self-test is left out: every engine runs it at its start, so nothing in it survives. */
const ROOMS = ["engine", "limit", "gap", "theory"];
const LEFT_OUT = /^src\/engine\/(generated|selftest)/;
/** The share of mutants that has to be killed. */
const LEAST = 0.85;
/** Stryker's instrumenter wants to be told what to log; it need not say anything. */
const quiet = new Proxy({}, { get: () => () => false }) as ConstructorParameters<typeof Instrumenter>[0];

/** Files of rooms, folders or single files, by path. @throws Error where there is no such file. */
function sources(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const path = [`src/${name}`, name].find((path) => existsSync(join(root, path)));
    if (path === undefined) throw new Error(`no room, folder or file is called ${name}`);
    if (path.endsWith(".ts")) return [path];
    return readdirSync(join(root, path), { recursive: true, encoding: "utf8" })
      .map((file) => `${path}/${file.replaceAll("\\", "/")}`)
      .filter((file) => file.endsWith(".ts") && !LEFT_OUT.test(file))
      .sort();
  });
}

/** All mutants of the files, by their keys, with the ranges that Stryker is to be given. */
export async function mutantsOf(files: readonly string[]): Promise<Map<string, string>> {
  const { mutants } = await new Instrumenter(quiet).instrument(
    files.map((name) => ({ name, mutate: true, content: readFileSync(join(root, name), "utf8") })),
    { plugins: null, ignorers: [], excludedMutations: [], noHeader: false },
  );
  return new Map(
    mutants.map((mutant) => {
      const { start, end } = mutant.location;
      const range = `${mutant.fileName}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`;
      return [keyOf(mutant), range];
    }),
  );
}

/** The first `size` keys of every room in an order that follows from the seed alone: a larger sample has the smaller one in it. */
export function sampleOf(keys: Iterable<string>, size: number, seed: string): string[] {
  const rank = (key: string) => createHash("sha256").update(`${seed} ${key}`).digest("hex");
  const order = [...keys]
    .map((key) => [rank(key), key])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, key]) => key);
  const taken = new Map<string, number>();
  return order.filter((key) => {
    const room = key.split("/")[1];
    const before = taken.get(room) ?? 0;
    taken.set(room, before + 1);
    return before < size;
  });
}

const STRYKER = {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner", "./tests/mutation/sample.js"],
  checkers: ["sample"],
  vitest: { configFile: "tests/mutation/vitest.config.ts" },
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  ignorePatterns: ["/results", "/build", "/docs/api", "/web", "/bench"],
  reporters: ["json", "progress-append-only"],
  jsonReporter: { fileName: "build/mutation/report.json" },
  tempDirName: "build/mutation/sandbox",
  concurrency: availableParallelism(),
  dryRunTimeoutMinutes: 30,
  timeoutFactor: 1.2,
  timeoutMS: 10_000,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      sample: { type: "string", default: "100" },
      seed: { type: "string", default: "1" },
      all: { type: "boolean", default: false },
    },
  });
  const size = values.all ? Number.POSITIVE_INFINITY : Number(values.sample);
  if (!(size >= 1)) throw new Error(`--sample must be a number from 1 on; got ${values.sample}`);

  const files = sources(positionals.length > 0 ? positionals : ROOMS);
  const mutants = await mutantsOf(files);
  const chosen = sampleOf(mutants.keys(), size, values.seed);
  mkdirSync(folder, { recursive: true });
  const sample = join(folder, "sample.json");
  const settings = join(folder, "stryker.json");
  writeFileSync(sample, JSON.stringify(chosen));
  writeFileSync(settings, JSON.stringify({ ...STRYKER, mutate: chosen.map((key) => mutants.get(key)) }, undefined, 1));
  console.log(`${chosen.length} of ${mutants.size} mutants`);

  const stryker = join(root, "node_modules/@stryker-mutator/core/bin/stryker.js");
  const { status } = spawnSync(process.execPath, [stryker, "run", settings], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      MUTATION_SAMPLE: sample,
      MUTATION_SUITES: files.every((file) => ROOMS.includes(file.split("/")[1])) ? "rooms" : "all",
    },
  });
  if (status !== 0) return 1;
  const report: Report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));
  const scores = scoresOf(report);
  console.log([...survivors(report), "", ...table(scores)].join("\n"));
  return [...scores.values()].every((score) => share(score) >= LEAST) ? 0 : 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = await main();
