// Whole command lines of any shape, run in this process: an exit code that the documentation has, a sentence that names what is
// wrong, no NaN, no file outside --out, and an end soon after an interrupt at whatever step it comes.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import { commandLines } from "../support/command-lines.ts";
import { expectWellEnded, furnish, listing, mayWrite, refurnish } from "../support/playground.ts";

/** Looks at the clock until an interrupt comes: each is a moment at which a run can stop. */
const PATIENCE = 30;

let root: string;
let looks = 0;
const before = process.cwd();
const path = process.env.PATH;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "fuzz-cli-"));
  furnish(root);
  process.chdir(root);
  // No Slurm is to be asked, nor given anything.
  process.env.PATH = root;
  const { compile } = WebAssembly;
  const compiled = new Map<number, Promise<WebAssembly.Module>>();
  vi.spyOn(WebAssembly, "compile").mockImplementation((bytes) => {
    const module = compiled.get(bytes.byteLength) ?? compile(bytes);
    compiled.set(bytes.byteLength, module);
    return module;
  });
  // Every look at the clock finds the time slice used up, so that runs stop at the same step on every machine.
  vi.spyOn(performance, "now").mockImplementation(() => {
    if (++looks === PATIENCE) for (const listener of process.listeners("SIGTERM").slice(others)) listener("SIGTERM");
    return 40 * looks;
  });
});
afterAll(() => {
  process.chdir(before);
  process.env.PATH = path;
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});
/** Listeners that are not of the command line. */
const others = process.listenerCount("SIGTERM");

async function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = "";
  let stderr = "";
  const out = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const err = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += text;
    return true;
  });
  looks = 0;
  try {
    return { code: await runProgram(args), stdout, stderr };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

const RUNS = 2000 * Number(process.env.FUZZ_RUNS ?? 1);

test("command lines end well, whatever stands in them", async () => {
  let kept = listing(root);
  const codes: Record<number, number> = {};
  await fc.assert(
    fc.asyncProperty(commandLines, async (args) => {
      const allowed = mayWrite(args, root);
      const { code, stdout, stderr } = await run(args);
      codes[code] = (codes[code] ?? 0) + 1;
      expectWellEnded(args, { code, stdout, stderr });
      const now = listing(root);
      const changed = [...new Set([...now.keys(), ...kept.keys()])].filter((name) => now.get(name) !== kept.get(name));
      expect(changed.filter((name) => !allowed(join(root, name)))).toEqual([]);
      if (changed.length > 0) kept = refurnish(root);
    }),
    { numRuns: RUNS, seed: 1 },
  );
  expect(codes[0]).toBeGreaterThan(RUNS / 20);
  expect(codes[2]).toBeGreaterThan(RUNS / 2);
  expect(codes[130]).toBeGreaterThan(RUNS / 100);
}, 600_000);
