// A folder with everything that a command line may be pointed at, good and bad, and what a command must leave untouched in it.

import {
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { toNPY } from "../../src/index.ts";
import { gapFixture, limitFixture } from "../unit/fixtures.ts";
import type { Ended } from "./command.ts";

/** A plan whose tasks take milliseconds. */
export const PLAN = {
  problems: ["He4"],
  d: 3,
  widths: [2, 3],
  seeds: 1,
  time: 0.04,
  step: 0.02,
  record: 2,
  tolerance: 1e-3,
};

/** Fills an empty folder. */
export function furnish(root: string): void {
  const put = (name: string, content: string | Uint8Array) => writeFileSync(join(root, name), content);
  const particles = toNPY(
    Float64Array.from({ length: 12 }, (_, i) => ((7 * i) % 11) - 5),
    [4, 3],
  );
  put("file", "somebody's");
  mkdirSync(join(root, "results"));
  put("results/gap.json", JSON.stringify(gapFixture()));
  put("results/limit.json", JSON.stringify(limitFixture()));
  put("results/none.json", "{");
  mkdirSync(join(root, "drawn"));
  put("drawn/limit.json", JSON.stringify(limitFixture()));
  mkdirSync(join(root, "sweep"));
  put("sweep/plan.json", JSON.stringify(PLAN));
  mkdirSync(join(root, "locked"));
  put("locked/note", "");
  chmodSync(join(root, "locked"), 0o500);
  put("plan.json", JSON.stringify(PLAN));
  put("wrong.json", JSON.stringify({ ...PLAN, widths: [0], tiem: 1 }));
  put("list.json", "[1, null, {}]");
  put(
    "binary.json",
    Uint8Array.from({ length: 99 }, (_, i) => (i * 91) % 256),
  );
  put("particles.npy", particles);
  put("short.npy", toNPY(Float64Array.from([1, 2, 3]), [3]));
  put("half.npy", particles.subarray(0, particles.length - 9));
  put("nan.npy", toNPY(Float64Array.from([1, Number.NaN, 3, 0, 0, 0]), [2, 3]));
  put("huge.npy", toNPY(Float64Array.from([1e300, 1e-300, 1e308, 0, 0, 5e-324]), [2, 3]));
  put(
    "inputs.npy",
    toNPY(
      Float64Array.from({ length: 15 }, (_, i) => (i % 4) - 1.5),
      [5, 3],
    ),
  );
  put("labels.npy", toNPY(Float64Array.from([1, -1, 0.5, 2, 0]), [5]));
  symlinkSync("results", join(root, "link"));
  symlinkSync("nowhere", join(root, "dangling"));
  symlinkSync("loop", join(root, "loop"));
}

/** Every path below a folder, with what tells one state of it from another; links are not followed. */
export function listing(root: string, folder = "", found = new Map<string, string>()): Map<string, string> {
  for (const name of readdirSync(join(root, folder))) {
    const inside = join(folder, name);
    const { mode, size, mtimeMs, ino } = lstatSync(join(root, inside));
    const isFolder = (mode & constants.S_IFMT) === constants.S_IFDIR;
    // A folder is what is in it.
    found.set(inside, isFolder ? "folder" : `${ino} ${size} ${mtimeMs}`);
    if (isFolder) listing(root, inside, found);
  }
  return found;
}

/** Makes a folder again what it was, after a command has written into it. */
export function refurnish(root: string): Map<string, string> {
  for (const name of readdirSync(root)) rmSync(join(root, name), { recursive: true, force: true });
  furnish(root);
  return listing(root);
}

const INTERNAL =
  /undefined|NaN|Infinity|\[object|Cannot |is not a function|is not iterable|is not defined|call stack|Invalid (?:array|string|typed)|out of memory/;

/** A word that only a mistake of the program puts into its output; null where there is none but what the user wrote. */
function internal(text: string, args: readonly string[]): string | null {
  const found = text.split("\n").map((line) => INTERNAL.exec(line)?.[0] ?? null);
  return found.find((word) => word !== null && !args.some((arg) => arg.includes(word))) ?? null;
}

/** An exit code that the documentation has, a sentence that names what is wrong, and numbers that are numbers. */
export function expectWellEnded(args: readonly string[], { code, stdout, stderr }: Ended): void {
  expect([0, 1, 2, 130]).toContain(code);
  expect(stderr).not.toMatch(/\n +at /);
  expect(internal(stderr, args), stderr).toBeNull();
  expect(internal(stdout, args), stdout.slice(0, 2000)).toBeNull();
  if (/^[[{]/.test(stdout)) JSON.parse(stdout);
  if (code !== 0) expect(stderr).toMatch(/^(propchaos: \S|Usage: propchaos)/);
  if (code !== 2) return;
  expect(stdout).toBe("");
  expect(stderr).toMatch(/--[\w-]+|argument|command|option|problem|plan|DIR|directory|Usage/);
}

/**
 * Which paths a command line may write that is run in a folder: those in its last --out, which is looked at now; plot without one its
 * own files.
 */
export function mayWrite(args: readonly string[], folder: string): (path: string) => boolean {
  let out: string | undefined;
  for (const [i, arg] of args.entries()) {
    if (arg === "--out") out = args[i + 1];
    else if (arg.startsWith("--out=")) out = arg.slice("--out=".length);
  }
  if (out === undefined) return (path) => args.includes("plot") && /\/(report\.html|figures(\/[^/]+)?)$/.test(path);
  let inside = resolve(folder, out);
  try {
    inside = realpathSync(inside);
  } catch {
    // It is made, with those above it, or it cannot be.
  }
  return (path) => `${path}/`.startsWith(`${inside}/`) || `${inside}/`.startsWith(`${path}/`);
}
