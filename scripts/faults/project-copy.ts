// A copy of the project in a temporary folder, in which a fault is planted and the tests of the sources run: those that a fault
// names, or, for a kernel that its own tests let through, those that call the kernels, on a module built from the copy.

import { type ChildProcess, execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Fault } from "../../tests/faults/fault.ts";
import { buildKernels } from "../kernels.ts";
import { plant } from "./plant.ts";
import type { Verdict } from "./specs.ts";

/** What is copied; the installed packages are linked. */
const PARTS = ["assembly", "src", "tests", "scripts", "asconfig.json", "package.json", "tsconfig.json"];

/** Tests in which the kernels' results are compared with what others computed, or with plain loops. */
const KERNEL_TESTS = [
  "tests/unit/engine.test.ts",
  "tests/unit/canaries.test.ts",
  "tests/unit/conformance.test.ts",
  "tests/unit/gap-replica.test.ts",
  "tests/unit/limit-mesh.test.ts",
  "tests/unit/limit-multi.test.ts",
  "tests/package/golden.test.ts",
  "tests/package/hessian.test.ts",
  "tests/package/interaction.test.ts",
  "tests/package/data-step.test.ts",
  "tests/package/reference.test.ts",
  "tests/package/property.test.ts",
];

/** Tests of the package see the sources here. */
const CONFIG = `import { fileURLToPath } from "node:url";
const replacement = fileURLToPath(new URL("src/index.ts", import.meta.url));
export default {
  resolve: { alias: [{ find: /^propchaos$/, replacement }] },
  test: { testTimeout: 60_000, hookTimeout: 60_000, bail: 1, maxWorkers: 1 },
};
`;

/** The part of vitest's JSON that is read. */
interface VitestReport {
  numTotalTests: number;
  testResults: { name: string; message: string; assertionResults: { fullName: string; status: string }[] }[];
}

const run = promisify(execFile);

/** Files of tests that pass without a fault. */
const sound = new Set<string>();

/** Made when it is first used. */
export class ProjectCopy {
  private folder: string | undefined;
  private child: ChildProcess | undefined;

  private make(): string {
    const folder = mkdtempSync(join(tmpdir(), "faults-"));
    this.folder = folder;
    for (const part of PARTS) cpSync(part, join(folder, part), { recursive: true });
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "junction");
    writeFileSync(join(folder, "vitest.config.ts"), CONFIG);
    return folder;
  }

  /** Plants the fault, runs the tests until one fails, and takes it out again. */
  async run(fault: Fault): Promise<Verdict> {
    const folder = this.folder ?? this.make();
    const before = readFileSync(join(folder, fault.file), "utf8");
    let verdict: Verdict;
    try {
      await write(folder, fault.file, plant(before, fault));
      verdict = await this.vitest(folder, fault.tests ?? KERNEL_TESTS);
    } catch (error) {
      verdict = { kind: "broken", message: (error as Error).message };
    }
    await write(folder, fault.file, before);
    if (verdict.kind === "failed") await this.mustBeSound(folder, verdict.test.replace(/,.*$/s, ""));
    return verdict;
  }

  /** @throws Error where the test fails without any fault. */
  private async mustBeSound(folder: string, test: string): Promise<void> {
    if (sound.has(test)) return;
    const verdict = await this.vitest(folder, [test]);
    if (verdict.kind !== "passed") throw new Error(`${test} fails without any fault: ${JSON.stringify(verdict)}`);
    sound.add(test);
  }

  private async vitest(folder: string, tests: readonly string[]): Promise<Verdict> {
    const program = join("node_modules", "vitest", "vitest.mjs");
    const output = join(folder, "report.json");
    rmSync(output, { force: true });
    const args = [program, "run", "--reporter=json", `--outputFile=${output}`, ...tests];
    const running = run(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 });
    this.child = running.child;
    // Its exit code says no more than the report, and is not 0 where a test fails.
    const { stderr } = await running.catch((error) => error);
    this.child = undefined;
    const report = readReport(output);
    if (!report || report.numTotalTests === 0) return { kind: "broken", message: String(stderr).trim() };
    for (const { name, assertionResults, message } of report.testResults) {
      const file = tests.find((test) => name.replaceAll("\\", "/").endsWith(`/${test}`)) ?? name;
      const failed = assertionResults.find(({ status }) => status === "failed");
      if (failed) return { kind: "failed", test: `${file}, ${failed.fullName}` };
      if (message) return { kind: "failed", test: `${file}, outside a test: ${message.split("\n")[0]}` };
    }
    return { kind: "passed" };
  }

  end(): void {
    this.child?.kill("SIGKILL");
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }
}

/** Writes a file of the copy, and builds what is made of it. @throws Error with what the compiler says of a kernel. */
async function write(folder: string, file: string, source: string): Promise<void> {
  writeFileSync(join(folder, file), source);
  if (file.startsWith("assembly/")) await buildKernels(folder);
}

function readReport(path: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
