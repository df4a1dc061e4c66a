// A copy of the project in a temporary folder, in which a fault is planted and the tests of the sources run: those that a fault
// names, or, for a kernel that its own tests let through, those that call the kernels, on a module built from the copy.

import { execFile } from "node:child_process";
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

/** Made when it is first used. */
export class ProjectCopy {
  private folder: string | undefined;
  private sound: Set<string> | undefined;

  private make(): string {
    const folder = mkdtempSync(join(tmpdir(), "faults-"));
    for (const part of PARTS) cpSync(part, join(folder, part), { recursive: true });
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "junction");
    writeFileSync(join(folder, "vitest.config.ts"), CONFIG);
    this.folder = folder;
    return folder;
  }

  /** Plants the fault, runs the tests until one fails, and takes it out again. */
  async run(fault: Fault): Promise<Verdict> {
    const folder = this.folder ?? this.make();
    const tests = fault.tests ?? KERNEL_TESTS;
    const path = join(folder, fault.file);
    const before = readFileSync(path, "utf8");
    const isKernel = fault.file.startsWith("assembly/");
    await this.mustBeSound(folder, tests);
    try {
      writeFileSync(path, plant(before, fault));
      if (isKernel) await buildKernels(folder);
      return await this.vitest(folder, tests);
    } catch (error) {
      return { kind: "broken", message: (error as Error).message };
    } finally {
      writeFileSync(path, before);
      if (isKernel) await buildKernels(folder);
    }
  }

  /** @throws Error where a test fails without any fault. */
  private async mustBeSound(folder: string, tests: readonly string[]): Promise<void> {
    this.sound ??= new Set();
    const wanted = tests.filter((test) => !this.sound?.has(test));
    if (wanted.length === 0) return;
    const verdict = await this.vitest(folder, wanted);
    if (verdict.kind !== "passed") throw new Error(`without any fault: ${JSON.stringify(verdict)}`);
    for (const test of wanted) this.sound.add(test);
  }

  private async vitest(folder: string, tests: readonly string[]): Promise<Verdict> {
    const program = join("node_modules", "vitest", "vitest.mjs");
    const output = join(folder, "report.json");
    rmSync(output, { force: true });
    const args = [program, "run", "--reporter=json", `--outputFile=${output}`, ...tests];
    // Its exit code says no more than the report, and is not 0 where a test fails.
    const { stderr } = await run(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 }).catch((error) => error);
    const report = readReport(output);
    if (!report || report.numTotalTests === 0) return { kind: "broken", message: String(stderr).trim() };
    for (const { name, assertionResults, message } of report.testResults) {
      const file = name.replaceAll("\\", "/").replace(/^.*\//, "");
      const failed = assertionResults.find(({ status }) => status === "failed");
      if (failed) return { kind: "failed", test: `${file}, ${failed.fullName}` };
      if (message) return { kind: "failed", test: `${file}, outside a test: ${message.split("\n")[0]}` };
    }
    return { kind: "passed" };
  }

  remove(): void {
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }
}

function readReport(path: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
