// The lint rule on host mathematics, tried on made-up files in a folder with a copy of the project's configuration.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

const BAD = [
  "export const y = Math.exp(1);",
  "export const y = [1, 2].map(Math.sin);",
  'export const y = Math["exp"](1);',
  "export const { exp } = Math;",
  "const M = Math;\nexport const y = M.exp(1);",
  "export const y = globalThis.Math.cos(2);",
  "export const y = Math\n  .tanh(1);",
  "export const y = Math.abs(Math.pow(1, 2));",
  "export const y = Math?.hypot(1);",
  "export const y = 2 ** 3;",
  "export const f = (x: number) => 1 / (x + 1) ** 2;",
  "export const f = (x: number) => {\n  let y = x;\n  y **= 2;\n  return y;\n};",
  "export const f = (x: number[]) => {\n  x[0] **= 2;\n};",
];

const GOOD = [
  "export const y = Math.sqrt(Math.abs(Math.min(1, 2))) + Math.max(1, 2) * Math.PI;",
  "export const y = Math.floor(1.5) + Math.ceil(1.5) + Math.round(1.5) + Math.trunc(1.5) + Math.sign(-2);",
  "export const y = Math.imul(3, 4) + Math.fround(0.1) + Math.clz32(1) + Math.SQRT2 + Math.LN2;",
  "// Math.exp and x ** 2 may be spoken of.\nexport const y = 'Math.exp(1) ** 2';",
  "export const f = (pow: (x: number, y: number) => number) => pow(2, 3);",
];

const MESSAGE = /other bits in other engines/;

interface Diagnostic {
  message: string;
  severity: string;
  location: { path: string };
}

/** The errors of this rule in each file, and how Biome exited. */
function lint(files: Record<string, string>): { status: number | null; errors: Map<string, string[]> } {
  const folder = mkdtempSync(join(tmpdir(), "propchaos-lint-"));
  try {
    cpSync(join(root, "biome.json"), join(folder, "biome.json"));
    cpSync(join(root, "scripts/lint"), join(folder, "scripts/lint"), { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${text}\n`);
    }
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const args = [biome, "lint", "--reporter=json", "--max-diagnostics=none", "src"];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    const errors = new Map<string, string[]>();
    for (const { message, severity, location } of JSON.parse(stdout).diagnostics as Diagnostic[]) {
      if (!MESSAGE.test(message) || severity !== "error") continue;
      const path = location.path.replaceAll("\\", "/");
      errors.set(path, [...(errors.get(path) ?? []), message]);
    }
    return { status, errors };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("host mathematics is an error wherever results are computed", () => {
  const files = Object.fromEntries(BAD.map((text, index) => [`src/gap/bad${index}.ts`, text]));
  const { status, errors } = lint({ ...files, "src/index.ts": BAD[0] });
  expect(status).toBe(1);
  expect(BAD.filter((_, index) => !errors.has(`src/gap/bad${index}.ts`))).toEqual([]);
  expect(errors.has("src/index.ts")).toBe(true);
});

test("exact functions and constants pass, and so does everything in plot, cli and element", () => {
  const files = Object.fromEntries(GOOD.map((text, index) => [`src/gap/good${index}.ts`, text]));
  const elsewhere = ["src/plot/a.ts", "src/cli/a.ts", "src/element/a.ts"].map((path) => [path, BAD[0]]);
  const { status, errors } = lint({ ...files, ...Object.fromEntries(elsewhere) });
  expect([...errors]).toEqual([]);
  expect(status).toBe(0);
});
