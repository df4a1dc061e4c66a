// What is published: the manifest, the list of files, and a main entry that any host can load.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { publint } from "publint";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PackedProject, packProject } from "../support/packed.ts";

let project: PackedProject;
let folder: string;
beforeAll(() => {
  project = packProject();
  folder = join(project.folder, "node_modules", "propchaos");
});
afterAll(() => rmSync(project.folder, { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), "utf8");

describe("the published package", () => {
  it("has no dependencies and runs no script of its own at installation", () => {
    const manifest = JSON.parse(read("package.json"));
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(manifest.peerDependencies ?? {}).toEqual({});
    expect(manifest.optionalDependencies ?? {}).toEqual({});
    for (const name of ["preinstall", "install", "postinstall"]) expect(manifest.scripts).not.toHaveProperty(name);
  });

  it("names the types first in every export, and every file it names is there", () => {
    const { exports, bin } = JSON.parse(read("package.json"));
    const targets: string[] = Object.values(bin);
    for (const entry of Object.values(exports) as (string | Record<string, string>)[]) {
      if (typeof entry !== "string") expect(Object.keys(entry)).toEqual(["types", "default"]);
      targets.push(...(typeof entry === "string" ? [entry] : Object.values(entry)));
    }
    const isThere = (target: string) => {
      const [start, end = ""] = target.slice(2).split("*");
      return project.files.some((file) => file.startsWith(start) && file.endsWith(end));
    };
    expect(targets.filter((target) => !isThere(target))).toEqual([]);
  });

  it("holds exactly the files that are meant", () => {
    expect(project.files.filter((file) => !file.startsWith("dist/"))).toEqual([
      "CHANGELOG.md",
      "CITATION.cff",
      "LICENSE",
      "README.md",
      "package.json",
    ]);
    const dist = project.files.filter((file) => file.startsWith("dist/")).map((file) => file.slice(5));
    expect(dist.filter((file) => !/^(types|cli)\//.test(file)).sort()).toEqual([
      "index.js",
      "index.js.map",
      "kernels.scalar.wasm",
      "kernels.simd.wasm",
      "node.js",
      "node.js.map",
      "schema/gap@1.json",
      "schema/gaps@1.json",
      "schema/limit@1.json",
      "schema/network@1.json",
      "worker.js",
      "worker.js.map",
    ]);
    for (const file of dist.filter((file) => file.startsWith("types/"))) expect(file).toMatch(/\.d\.ts$/);
    for (const file of dist.filter((file) => file.startsWith("cli/"))) expect(file).toMatch(/^cli\/[\w.-]+\.js$/);
  });

  it("is clean to publint", async () => {
    const { messages } = await publint({ pkgDir: folder, strict: true, pack: false });
    // The worker imports and exports nothing, so it is a valid script and a valid module; publint takes it for the first.
    const others = messages.filter(({ path }) => path.join(" ") !== "exports ./worker default");
    expect(others).toEqual([]);
  });

  it.each(["index.js", "worker.js"])(
    "dist/%s imports nothing, statically or later, and does not await at top level",
    (name) => {
      const source = ts.createSourceFile(name, read(`dist/${name}`), ts.ScriptTarget.ESNext, true);
      const found: string[] = [];
      const visit = (node: ts.Node, inFunction: boolean): void => {
        if (ts.isImportDeclaration(node) || (ts.isExportDeclaration(node) && node.moduleSpecifier))
          found.push(node.getText());
        if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
          found.push(node.getText());
        if (!inFunction && (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)))
          found.push(node.getText());
        ts.forEachChild(node, (child) => visit(child, inFunction || ts.isFunctionLike(node)));
      };
      visit(source, false);
      expect(found).toEqual([]);
    },
  );

  it("leaves nothing behind in a bundle that does not use it", async () => {
    const { outputFiles } = await build({
      stdin: { contents: 'import { createEngine } from "propchaos"; console.log(1);', resolveDir: project.folder },
      bundle: true,
      format: "esm",
      write: false,
      logLevel: "silent",
    });
    expect(outputFiles[0].text.length).toBeLessThan(200);
  });
});
