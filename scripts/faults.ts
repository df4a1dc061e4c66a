// `npm run faults`: do the tests of the kernels bite? Plants the faults of tests/faults one by one, never in the work tree, and
// runs the tests that see each until one fails. Prints what caught it, then a table; fails where a fault survives.
//
//   npm run faults                          all of them, two at a time
//   npm run faults -- velocity lane         those whose file, kind or words contain one of these
//   npm run faults -- --own                 by the kernels' own tests alone: what they let through has survived
//   npm run faults -- --lanes 1             one at a time

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Fault } from "../tests/faults/fault.ts";
import { FAULTS } from "../tests/faults/index.ts";
import { buildsOf, placeOf, plant, specsOf } from "./faults/plant.ts";
import { ProjectCopy } from "./faults/project-copy.ts";
import { type Outcome, report } from "./faults/report.ts";
import { type Question, Specs, type Verdict } from "./faults/specs.ts";

/** Faults whose file, kind or description contains one of the words; all where there is none. @throws Error for a word in vain. */
export function chosen(faults: readonly Fault[], words: readonly string[]): readonly Fault[] {
  const has = ({ file, kind, what }: Fault, word: string) => `${file} ${kind} ${what}`.includes(word);
  const vain = words.filter((word) => !faults.some((fault) => has(fault, word)));
  if (vain.length > 0) throw new Error(`no fault has ${vain.join(", ")} in its file, its kind or its description`);
  return words.length === 0 ? faults : faults.filter((fault) => words.some((word) => has(fault, word)));
}

/** Verdicts on the sources as they are: a spec that fails without a fault catches none. */
const sound = new Map<string, Promise<Verdict>>();

function asItIs(specs: Specs, question: Question): Promise<Verdict> {
  const key = `${question.spec} ${question.build}`;
  const known = sound.get(key) ?? specs.run({ spec: question.spec, build: question.build });
  sound.set(key, known);
  return known;
}

/** The first test of the kernels that fails with the fault in place; null where all pass. */
async function bySpecs(specs: Specs, fault: Fault): Promise<Outcome | null> {
  const source = readFileSync(fault.file, "utf8");
  const planted = { file: fault.file, source: plant(source, fault) };
  for (const spec of specsOf(fault.file)) {
    for (const build of buildsOf(source, placeOf(source, fault))) {
      const verdict = await specs.run({ spec, build, planted });
      if (verdict.kind === "broken") return { fault, tier: "broken", by: verdict.message };
      if (verdict.kind === "passed") continue;
      const before = await asItIs(specs, { spec, build });
      if (before.kind !== "passed") throw new Error(`${spec} fails without any fault (${build})`);
      return { fault, tier: build, by: `${spec.replace(/^.*\//, "")}, ${verdict.test}` };
    }
  }
  return null;
}

/** How many run at a time, and whether a kernel's own tests are all it has. */
interface Options {
  lanes: number;
  own: boolean;
}

/** What catches a fault. */
async function judge(specs: Specs, copy: ProjectCopy, fault: Fault, own: boolean): Promise<Outcome> {
  const caught = fault.tests ? null : await bySpecs(specs, fault);
  if (caught) return caught;
  const verdict = own && !fault.tests ? { kind: "passed" as const } : await copy.run(fault);
  if (verdict.kind === "passed") return { fault, tier: "survived", by: "no test" };
  if (verdict.kind === "broken") return { fault, tier: "broken", by: verdict.message };
  return { fault, tier: "vitest", by: verdict.test };
}

/** Processes and folders that must not outlive this process. */
const open = new Set<Specs | ProjectCopy>();

function endAll(): void {
  for (const each of open) each.end();
  open.clear();
}

async function judgeAll(faults: readonly Fault[], { lanes, own }: Options): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const lane = async () => {
    const specs = new Specs();
    const copy = new ProjectCopy();
    open.add(specs).add(copy);
    try {
      for (let i = next++; i < faults.length; i = next++) {
        const outcome = await judge(specs, copy, faults[i], own);
        outcomes[i] = outcome;
        const { file, kind, what } = outcome.fault;
        const caught = outcome.tier !== "survived" && outcome.tier !== "broken";
        const verdict = caught ? "caught" : outcome.tier === "broken" ? "BROKEN" : "SURVIVED";
        console.log(`${verdict}  ${file}  ${kind}: ${what}\n        ${outcome.tier}: ${outcome.by}`);
      }
    } finally {
      specs.end();
      copy.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, faults.length) }, lane));
  return outcomes;
}

async function main(args: readonly string[]): Promise<void> {
  process.chdir(fileURLToPath(new URL("..", import.meta.url)));
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      lanes: { type: "string", default: String(Math.min(2, availableParallelism())) },
      own: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const lanes = Number(values.lanes);
  if (!Number.isInteger(lanes) || lanes < 1)
    throw new Error(`--lanes must be a whole number from 1 on; got ${values.lanes}`);
  const began = performance.now();
  const faults = chosen(FAULTS, positionals);
  // What cannot be planted is found before the first is.
  for (const fault of faults) placeOf(readFileSync(fault.file, "utf8"), fault);
  const outcomes = await judgeAll(faults, { lanes, own: values.own });
  const { lines, fine } = report(outcomes);
  console.log(`\n${lines.join("\n")}\nin all ${((performance.now() - began) / 1000).toFixed(0)} s`);
  if (!fine) process.exitCode = 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => process.exit(130));
  process.once("exit", endAll);
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    // The other lane would go on.
    process.exit(1);
  });
}
