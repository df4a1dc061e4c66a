// Command lines of any shape as processes of their own: what tests/unit/fuzz-cli.test.ts says of thousands in one process holds of those
// that a shell starts too, with streams, exit codes and a folder in which nothing but --out changes.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Ended, ended, PROGRAM } from "../support/command.ts";
import { commandLines } from "../support/command-lines.ts";
import { expectWellEnded, furnish, listing, mayWrite } from "../support/playground.ts";

const RUNS = 24 * Number(process.env.FUZZ_RUNS ?? 1);
/** Processes at once. */
const LANES = 2;

/** A process that hangs is ended after a minute, and then has no exit code. */
function runIn(folder: string, args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, PATH: folder };
  return ended(
    spawn(process.execPath, [PROGRAM, ...args], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    }),
  );
}

it(
  "end well, whatever stands in them",
  async () => {
    // A system passes no null characters on.
    const lines = fc.sample(
      commandLines.filter((args) => !args.some((arg) => arg.includes("\0"))),
      { numRuns: RUNS, seed: 14 },
    );
    const lane = async () => {
      for (let args = lines.pop(); args; args = lines.pop()) {
        const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
        try {
          furnish(folder);
          const kept = listing(folder);
          const allowed = mayWrite(args, folder);
          const outcome = await runIn(folder, args);
          const now = listing(folder);
          const changed = [...new Set([...now.keys(), ...kept.keys()])].filter(
            (name) => now.get(name) !== kept.get(name),
          );
          try {
            expectWellEnded(args, outcome);
            expect(changed.filter((name) => !allowed(join(folder, name)))).toEqual([]);
          } catch (error) {
            throw new Error(`propchaos ${JSON.stringify(args)}`, { cause: error });
          }
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  },
  60_000 * Math.max(1, RUNS / 24),
);
