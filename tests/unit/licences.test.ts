import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundledFolders, licenceFile, readBundled } from "../../scripts/licences.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "licences-"));
});
afterAll(() => rmSync(root, { recursive: true }));

function packageFolder(manifest: { name: string; license?: string }, files: Record<string, string>): string {
  const folder = join(root, manifest.name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ version: "1.0.0", ...manifest }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test("packages are those of which a byte is in an output, also inside other packages", () => {
  const inputs = Object.fromEntries(
    [
      ["src/index.ts", 10],
      ["node_modules/a/lib/index.js", 1],
      ["node_modules/a/lib/more.js", 2],
      ["node_modules/@b/c/index.js", 3],
      ["node_modules/a/node_modules/d/index.js", 4],
      ["node_modules/shaken-off/index.js", 0],
    ].map(([path, bytesInOutput]) => [path, { bytesInOutput }]),
  );
  const metafile = { inputs: {}, outputs: { "dist/index.js": { inputs } } } as unknown as Metafile;
  const folders = ["node_modules/a", "node_modules/@b/c", "node_modules/a/node_modules/d"];
  expect(bundledFolders([metafile, metafile])).toEqual(folders);
});

test("licence and notice are read; without a licence or its text the build fails", () => {
  const apache = packageFolder(
    { name: "one", license: "Apache-2.0" },
    { LICENSE: "terms\r\n", "NOTICE.txt": "thanks" },
  );
  const one = { name: "one", version: "1.0.0", licence: "Apache-2.0", text: "terms\n\nthanks" };
  expect(readBundled(apache)).toEqual(one);
  expect(() => readBundled(packageFolder({ name: "two" }, { LICENSE: "terms" }))).toThrow("two 1.0.0 names no licence");
  expect(() => readBundled(packageFolder({ name: "three", license: "MIT" }, { "README.md": "" }))).toThrow(
    "three 1.0.0 (MIT) has no licence file",
  );
});

test("the file lists packages in order and has every text once", () => {
  const text = licenceFile([
    { name: "b", version: "2.0.0", licence: "MIT", text: "same" },
    { name: "a", version: "1.0.0", licence: "MIT", text: "same" },
    { name: "c", version: "1.0.0", licence: "ISC", text: "other" },
  ]);
  expect(text).toContain("  a 1.0.0 (MIT)\n  b 2.0.0 (MIT)\n  c 1.0.0 (ISC)\n");
  expect(text).toContain("\na 1.0.0, b 2.0.0\n\nsame\n");
  expect(text.split("same")).toHaveLength(2);
});
