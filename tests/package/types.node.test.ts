// The published types: what users write compiles, in every usual setting, and their mistakes do not.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PackedProject, packProject } from "../support/packed.ts";

let project: PackedProject;
beforeAll(() => {
  project = packProject();
  for (const name of ["uses", "refused"])
    project.write(`${name}.ts`, ts.sys.readFile(fileURLToPath(new URL(`../types/${name}.ts`, import.meta.url))) ?? "");
  project.write("package.json", '{ "type": "module" }');
});
afterAll(() => rmSync(project.folder, { recursive: true }));

const typeRoots = [fileURLToPath(new URL("../../node_modules/@types", import.meta.url))];
const { ModuleKind, ModuleResolutionKind, ScriptTarget } = ts;

const NODENEXT = { module: ModuleKind.NodeNext, moduleResolution: ModuleResolutionKind.NodeNext };

/** How projects are set up: how modules are found, and which libraries of types there are. */
const PROJECTS: Record<string, ts.CompilerOptions> = {
  "a page, with a bundler": {
    module: ModuleKind.ESNext,
    moduleResolution: ModuleResolutionKind.Bundler,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    types: [],
  },
  "Node with the DOM's types, as by default": {
    ...NODENEXT,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    types: ["node"],
  },
};

/** Errors of these files against the packed package and in its own declarations, each with its line. */
function errorsOf(names: string[], options: ts.CompilerOptions): string[] {
  const files = names.map((name) => join(project.folder, `${name}.ts`));
  const program = ts.createProgram(files, {
    target: ScriptTarget.ES2022,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: false,
    skipDefaultLibCheck: true,
    typeRoots,
    ...options,
  });
  return ts.getPreEmitDiagnostics(program).flatMap(({ file, start, messageText }) => {
    // Node's types have errors of their own under these options.
    if (file?.fileName.includes("/@types/")) return [];
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return [`${file?.fileName ?? ""}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`];
  });
}

/** What only the other entries show. */
const ENTRIES = `
import { approximationGap, saveReport } from "propchaos/node";
import "propchaos/worker";
import gap from "propchaos/schema/gap@1.json" with { type: "json" };
import type * as main from "propchaos";
export const save = (report: main.GapReport): string[] => saveReport(report, "results");
// @ts-expect-error - the folder is missing
export const wrong = (report: main.GapReport) => saveReport(report);
// @ts-expect-error - no such entry
import("propchaos/engine");
export const same: typeof main.approximationGap = approximationGap;
console.log(gap.$schema);
`;

/** What only a page has. */
const FIGURE = `
import type { PropChaosAttributes } from "propchaos/element";
import type { GapReport } from "propchaos";
const figure = document.createElement("prop-chaos");
figure.widths = [32, 64];
figure.d = null;
// @ts-expect-error - no such dynamics
figure.dynamics = "sgd";
// @ts-expect-error - read only
figure.report = null;
export const report: Promise<GapReport | null> = figure.run();
figure.addEventListener("result", ({ detail }) => console.log(detail.status));
export const attributes: PropChaosAttributes = { d: 8, widths: "4 8", theme: "dark" };
`;

describe("what users write compiles, and their mistakes do not", () => {
  it.each(Object.entries(PROJECTS))("in %s", (_, options) => {
    project.write("figure.ts", FIGURE);
    expect(errorsOf(["uses", "refused", "figure"], options)).toEqual([]);
  });

  it("in Node alone, from all entries", () => {
    project.write("entries.ts", ENTRIES);
    const options = { ...NODENEXT, lib: ["lib.es2022.d.ts"], types: ["node"], resolveJsonModule: true };
    expect(errorsOf(["uses", "refused", "entries"], options)).toEqual([]);
  });
});
