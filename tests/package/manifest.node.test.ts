// What is published: the manifest, the list of files, and a main entry that any host can load.

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { publint } from "publint";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { npm } from "../../scripts/npm.ts";
import { outputOf, type PackedProject, packProject } from "../support/packed.ts";

let project: PackedProject;
let folder: string;
beforeAll(() => {
  project = packProject();
  folder = join(project.folder, "node_modules", "propchaos");
});
afterAll(() => rmSync(project.folder, { recursive: true }));

/** The declarations that the entries lead to, found as the compiler finds them. */
function declarations(): string[] {
  const entries = ["index", "node", "worker", "element/index"].map((name) => join(folder, `dist/types/${name}.d.ts`));
  const program = ts.createProgram(entries, { module: ts.ModuleKind.NodeNext, noLib: true, types: [] });
  const paths = program.getSourceFiles().map(({ fileName }) => relative(join(folder, "dist"), fileName));
  return paths.map((path) => path.replaceAll("\\", "/")).sort();
}

const read = (name: string) => readFileSync(join(folder, name), "utf8");

describe("the published package", () => {
  it("has no dependencies and runs no script of its own at installation", () => {
    const manifest = JSON.parse(read("package.json"));
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(manifest.peerDependencies ?? {}).toEqual({});
    expect(manifest.optionalDependencies ?? {}).toEqual({});
    expect(manifest.bundleDependencies ?? manifest.bundledDependencies ?? []).toEqual([]);
    for (const name of ["preinstall", "install", "postinstall"]) expect(manifest.scripts).not.toHaveProperty(name);
    // Where there is one, npm runs node-gyp at installation.
    expect(project.files).not.toContain("binding.gyp");
  });

  it("is one package when npm installs it, whose command runs", async () => {
    const empty = project.write("elsewhere/package.json", '{ "private": true }');
    const where = dirname(empty);
    npm(["install", "--offline", "--no-audit", "--no-fund", project.tarball], where);
    const modules = join(where, "node_modules");
    expect(readdirSync(modules).filter((name) => !name.startsWith("."))).toEqual(["propchaos"]);
    expect(npm(["exec", "--offline", "--", "propchaos", "problems"], where)).toMatch(/^name .*\nHe3 /);
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
      "THIRD-PARTY-LICENSES.txt",
      "element.js",
      "element.js.map",
      "index.js",
      "index.js.map",
      "kernels.scalar.wasm",
      "kernels.simd.wasm",
      "node.js",
      "node.js.map",
      "schema/constants@1.json",
      "schema/gap@1.json",
      "schema/gaps@1.json",
      "schema/limit@1.json",
      "schema/network@1.json",
      "schema/self-concordance@1.json",
      "schema/theory@1.json",
      "worker.js",
      "worker.js.map",
    ]);
    expect(dist.filter((file) => file.startsWith("types/")).sort()).toEqual(declarations());
    for (const file of dist.filter((file) => file.startsWith("cli/"))) expect(file).toMatch(/^cli\/[\w.-]+\.js$/);
  });

  it("is clean to publint", async () => {
    const { messages } = await publint({ pkgDir: folder, strict: true, pack: false });
    // The worker imports and exports nothing, so it is a valid script and a valid module; publint takes it for the first.
    const others = messages.filter(({ path }) => path.join(" ") !== "exports ./worker default");
    expect(others).toEqual([]);
  });

  it("is clean to arethetypeswrong", async () => {
    // It knows no types of .wasm files and of patterns.
    const excluded = ["./kernels.simd.wasm", "./kernels.scalar.wasm", "./schema/*.json"];
    const attw = fileURLToPath(new URL("../../node_modules/@arethetypeswrong/cli/dist/index.js", import.meta.url));
    const args = [attw, project.tarball, "--profile", "esm-only", "--no-color", "--exclude-entrypoints", ...excluded];
    // It ends with 1, and outputOf with its words, where it finds anything.
    expect(await outputOf(process.execPath, args, project.folder)).toContain('"propchaos/node"');
  });

  it("names the licence of everything that is bundled, and all of them allow it", () => {
    const text = read("dist/THIRD-PARTY-LICENSES.txt");
    const listed = [...text.matchAll(/^ {2}(\S+) (\S+) \((.+)\)$/gm)].map(([, ...parts]) => parts);
    const names = listed.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(["@assemblyscript/loader", "assemblyscript", "commander"]));
    expect(names).toEqual(expect.arrayContaining(["cli-progress", "leven", "vega", "vega-lite", "delaunator"]));
    for (const [name, version, licence] of listed) {
      expect(["MIT", "ISC", "BSD-3-Clause", "Apache-2.0", "Unlicense"]).toContain(licence);
      // Once in the list, once above the text.
      expect(text.split(`${name} ${version}`).length).toBeGreaterThan(2);
    }
    expect(text).toContain("Apache License");
  });

  it.each(["index.js", "worker.js", "element.js"])(
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

  it("keeps the element in a bundle that imports it for what it does", async () => {
    const { outputFiles } = await build({
      stdin: { contents: 'import "propchaos/element";', resolveDir: project.folder },
      bundle: true,
      format: "esm",
      write: false,
      logLevel: "silent",
    });
    expect(outputFiles[0].text).toContain("prop-chaos");
  });

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
