// `npm test`: the kernels' own tests on both builds (as-pect), then vitest in Node and in Chromium. A suite in which no
// test ran has failed, whatever its tool says: as-pect prints "Pass" for nothing at all.
//
//   npm test                      every suite
//   npm test -- unit chromium     some of them

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { ensureChromium } from "./chromium.ts";
import type { Count, Counts } from "./vitest-counts.ts";

const KERNEL_SUITES = ["simd", "scalar"];
const VITEST_SUITES = ["unit", "package", "chromium", "web"];
const BUILT_SUITES = ["package", "chromium", "web"];
const BROWSER_SUITES = ["chromium", "web"];

/** How a suite ended: what was counted, and whether its tool was content. The kernels' tool names nothing. */
export interface Outcome
  extends Pick<Count, "passed" | "failed" | "fine">,
    Partial<Pick<Count, "failures" | "skipped">> {
  suite: string;
}

/** The line `[Tests]: 12 / 13` of as-pect's summary; zeros where there is none, as after a crash. */
export function kernelTests(output: string): { passed: number; failed: number } {
  const [, passed, all] = /\[Tests\]:\s*(\d+)\s*\/\s*(\d+)/.exec(stripVTControlCharacters(output)) ?? [0, 0, 0];
  return { passed: Number(passed), failed: Number(all) - Number(passed) };
}

/** The last lines of a run, the very last with sums. A suite without tests, or whose tool is not content, fails. */
export function summarise(outcomes: readonly Outcome[]): { lines: string[]; fine: boolean } {
  const checked = outcomes.map(({ suite, passed, failed, fine }) => {
    const empty = passed + failed === 0;
    // What failed without a test, such as a crash, counts as one.
    return { suite, passed, failed: fine && !empty ? failed : Math.max(1, failed), empty };
  });
  const sum = (key: "passed" | "failed") => checked.reduce((total, outcome) => total + outcome[key], 0);
  const lines = checked.map(({ suite, passed, failed, empty }) => {
    const verdict = empty ? "FAILED: no test ran" : failed === 0 ? "passed" : "FAILED";
    return `${suite.padEnd(10)}${String(passed).padStart(5)} tests passed   ${verdict}`;
  });
  // By name, at the end: a log that was cut still says what failed, and what this machine could not run is no secret.
  for (const { suite, failures = [], skipped = [] } of outcomes) {
    lines.push(...skipped.map((name) => `skipped in ${suite}: ${name}`));
    lines.push(...failures.map((name) => `failed in ${suite}: ${name}`));
  }
  lines.push("", `${sum("passed")} passed, ${sum("failed")} failed`);
  return { lines, fine: outcomes.length > 0 && sum("failed") === 0 };
}

interface Finished {
  code: number | null;
  output: string;
}

/** Runs a Node script; `echo` passes its output on as it comes, otherwise it is only returned. */
function node(args: string[], { echo, env = {} }: { echo: boolean; env?: Record<string, string> }): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      stdio: echo ? "inherit" : ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

async function kernelSuite(build: string): Promise<Outcome> {
  const asPect = "node_modules/@as-pect/cli/lib/test.js";
  const { code, output } = await node(["--enable-source-maps", asPect, "--summary", "-a", `./as-pect.${build}.json`], {
    echo: false,
  });
  // The banner and the paths of a run that went well tell nobody anything.
  const lines = output
    .split("\n")
    .filter((line) => /\.spec\.ts|ERROR|Fail|Error|❌|\[(Actual|Expected|Log)\]/.test(line));
  console.log(`kernels, ${build} build\n${code === 0 ? lines.join("\n") : output}`);
  return { suite: build, ...kernelTests(output), fine: code === 0 };
}

async function vitestSuites(suites: readonly string[]): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "propchaos-"));
  const TEST_COUNTS = join(folder, "counts.json");
  try {
    const projects = suites.flatMap((suite) => ["--project", suite]);
    const reporters = ["--reporter=default", "--reporter=./scripts/vitest-counts.ts"];
    const { code } = await node(["node_modules/vitest/vitest.mjs", "run", ...projects, ...reporters], {
      echo: true,
      env: { TEST_COUNTS },
    });
    const counts: Counts = existsSync(TEST_COUNTS) ? JSON.parse(readFileSync(TEST_COUNTS, "utf8")) : {};
    const outcomes = suites.map((suite) => ({ suite, passed: 0, failed: 0, fine: true, ...counts[suite] }));
    // vitest also fails for what belongs to no test, such as an unhandled rejection.
    const unexplained = code !== 0 && outcomes.every(({ fine }) => fine);
    return unexplained ? outcomes.map((outcome) => ({ ...outcome, fine: false })) : outcomes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function newest(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "generated" || entry.name === "__tests__" ? 0 : newest(path);
    return statSync(path).mtimeMs;
  });
  return Math.max(0, ...times);
}

/** Builds if a source is newer than the package, so that nobody tests yesterday's build. */
export async function freshen(): Promise<void> {
  const built = existsSync("dist/cli/propchaos.js") ? statSync("dist/cli/propchaos.js").mtimeMs : 0;
  if (built > Math.max(newest("src"), newest("assembly"))) return;
  console.log("dist is older than the sources: building");
  const { code } = await node(["--import", "tsx", "scripts/build.ts"], { echo: true });
  if (code !== 0) throw new Error("the build failed, so its tests were not run");
}

/** The same for the explorer, which is built on the package. */
async function freshenWeb(): Promise<void> {
  const built = existsSync("build/web/index.html") ? statSync("build/web/index.html").mtimeMs : 0;
  if (built > Math.max(newest("web"), statSync("dist/index.js").mtimeMs)) return;
  console.log("build/web is older than its sources: building");
  const { code } = await node(["--import", "tsx", "scripts/web.ts"], { echo: true });
  if (code !== 0) throw new Error("the explorer could not be built, so its tests were not run");
}

async function main(wanted: readonly string[]): Promise<void> {
  process.chdir(fileURLToPath(new URL("..", import.meta.url)));
  const known = [...KERNEL_SUITES, ...VITEST_SUITES];
  const unknown = wanted.filter((suite) => !known.includes(suite));
  if (unknown.length > 0) throw new Error(`no suite is called ${unknown.join(", ")}; there are ${known.join(", ")}`);
  const chosen = (suites: string[]) => suites.filter((suite) => wanted.length === 0 || wanted.includes(suite));

  if (chosen(BUILT_SUITES).length > 0) await freshen();
  if (chosen(["web"]).length > 0) await freshenWeb();
  const outcomes = await Promise.all(chosen(KERNEL_SUITES).map(kernelSuite));
  if (chosen(BROWSER_SUITES).length > 0) process.env.CHROMIUM_PATH = ensureChromium();
  if (chosen(VITEST_SUITES).length > 0) outcomes.push(...(await vitestSuites(chosen(VITEST_SUITES))));

  const { lines, fine } = summarise(outcomes);
  console.log(`\n${lines.join("\n")}`);
  if (!fine) process.exitCode = 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
