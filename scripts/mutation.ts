// `npm run mutation`: do the tests notice a change of the sources? Stryker changes one thing at a time (an operator, a
// condition, a literal, an emptied block) and runs the tests that reach it. All 8,500 mutants would take a day, so a random
// sample of every room is taken, by a seed; a new seed is a fresh sample.
//
//   npm run mutation                                   100 mutants of each room
//   npm run mutation -- --sample 40 --seed 7 limit     40 of one room
//   npm run mutation -- src/limit/mesh.ts --all        every mutant of a file
//
// Prints what survived, and a table of scores with 95% intervals.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { keyOf } from "../tests/mutation/key.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "build/mutation");
/** Where the mathematics and the memory are. The self-test is left out: every engine runs it at its start, so nothing in it survives. */
const ROOMS = ["engine", "limit", "gap", "theory"];
const LEFT_OUT = /^src\/engine\/(generated|selftest)/;
/** Stryker's instrumenter wants to be told what to log; it need not say anything. */
const quiet = new Proxy({}, { get: () => () => false }) as ConstructorParameters<typeof Instrumenter>[0];

interface Result {
  status: string;
  mutatorName: string;
  replacement: string;
  location: { start: { line: number; column: number }; end: { line: number; column: number } };
}

/** Files of rooms, folders or single files, by path. @throws Error where there is no such file. */
function sources(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const path = ROOMS.includes(name) ? `src/${name}` : name;
    if (path.endsWith(".ts") && existsSync(join(root, path))) return [path];
    if (!existsSync(join(root, path)))
      throw new Error(`no room, folder or file is called ${name}; rooms are ${ROOMS.join(", ")}`);
    return readdirSync(join(root, path), { recursive: true, encoding: "utf8" })
      .map((file) => `${path}/${file.replaceAll("\\", "/")}`)
      .filter((file) => file.endsWith(".ts") && !LEFT_OUT.test(file))
      .sort();
  });
}

/** All mutants of the files, by their keys, with the ranges that Stryker is to be given. */
async function mutantsOf(files: readonly string[]): Promise<Map<string, string>> {
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

/** The keys in an order that follows from the seed alone. */
function shuffled(keys: Iterable<string>, seed: string): string[] {
  const rank = (key: string) => createHash("sha256").update(`${seed} ${key}`).digest("hex");
  return [...keys]
    .map((key) => [rank(key), key])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, key]) => key);
}

/** Score interval of Wilson for `k` of `n`, at 95%. */
function interval(k: number, n: number): [number, number] {
  const z = 1.96;
  const centre = (k + (z * z) / 2) / (n + z * z);
  const half = (z * Math.sqrt((k * (n - k)) / n + (z * z) / 4)) / (n + z * z);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

interface Score {
  killed: number;
  survived: number;
  /** Changed where modules are loaded; Stryker does not try these. */
  untried: number;
}

/** One line of the table. */
function line(name: string, { killed, survived, untried }: Score): string {
  const n = killed + survived;
  const [low, high] = interval(killed, n).map((x) => `${(100 * x).toFixed(0)}%`);
  const share = n === 0 ? "-" : `${((100 * killed) / n).toFixed(1)}%`;
  const cells = [String(n), String(killed), share, n === 0 ? "" : `${low} to ${high}`, String(untried)];
  return name.padEnd(10) + cells.map((cell) => cell.padStart(12)).join("");
}

/** The table of scores, after what survived. */
function tell(report: { files: Record<string, { source: string; mutants: Result[] }> }): string[] {
  const scores = new Map<string, Score>();
  const survivors: string[] = [];
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    const room = file.split("/")[1];
    const text = source.split("\n");
    for (const { status, location, replacement, mutatorName } of mutants) {
      if (status === "CompileError") continue;
      const score = scores.get(room) ?? { killed: 0, survived: 0, untried: 0 };
      scores.set(room, score);
      if (status === "Killed" || status === "Timeout" || status === "RuntimeError") score.killed++;
      else if (status === "Ignored") score.untried++;
      else {
        score.survived++;
        const { start } = location;
        survivors.push(
          `${file}:${start.line}:${start.column} ${mutatorName}${status === "NoCoverage" ? ", reached by no test" : ""}`,
        );
        survivors.push(
          `  - ${text[start.line - 1].trim()}`,
          `  + ${replacement.replaceAll(/\s+/g, " ").slice(0, 200)}`,
        );
      }
    }
  }
  const sum = (key: keyof Score) => [...scores.values()].reduce((total, score) => total + score[key], 0);
  const heads = ["mutants", "killed", "score", "95%", "at loading"];
  return [
    ...survivors,
    "",
    "room".padEnd(10) + heads.map((head) => head.padStart(12)).join(""),
    ...[...scores].sort().map(([room, score]) => line(room, score)),
    line("all", { killed: sum("killed"), survived: sum("survived"), untried: sum("untried") }),
  ];
}

const STRYKER = {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner", "./tests/mutation/sample.js"],
  checkers: ["sample"],
  vitest: { configFile: "tests/mutation/vitest.config.ts" },
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  ignorePatterns: ["/results", "/build", "/docs", "/web", "/bench", "/dist"],
  reporters: ["json", "progress-append-only"],
  jsonReporter: { fileName: "build/mutation/report.json" },
  tempDirName: "build/mutation/sandbox",
  concurrency: availableParallelism(),
  dryRunTimeoutMinutes: 30,
  timeoutMS: 20_000,
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

  const mutants = await mutantsOf(sources(positionals.length > 0 ? positionals : ROOMS));
  const taken = new Map<string, number>();
  const chosen = shuffled(mutants.keys(), values.seed).filter((key) => {
    const room = key.split("/")[1];
    taken.set(room, (taken.get(room) ?? 0) + 1);
    return (taken.get(room) as number) <= size;
  });
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
    env: { ...process.env, MUTATION_SAMPLE: sample },
  });
  if (status !== 0) return 1;
  console.log(tell(JSON.parse(readFileSync(join(folder, "report.json"), "utf8"))).join("\n"));
  return 0;
}

process.exitCode = await main();
