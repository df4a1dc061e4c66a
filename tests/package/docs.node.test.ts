// Every block of code in README.md, CONTRIBUTING.md and docs runs: TypeScript on the built package, commands of the command line as
// processes; runs are made small (tests/support/small-runs.ts), the text is not. docs/platforms.md has a test of its own.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { approximationGap, checkPlan, createEngine, problems } from "propchaos";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type CodeBlock, codeBlocks, docstringBlocks } from "../support/code-blocks.ts";
import { PROGRAM } from "../support/command.ts";
import { outputOf } from "../support/packed.ts";
import { pageProgram } from "../support/page-program.ts";
import { propchaos } from "../support/small-package.ts";
import { smallArguments } from "../support/small-runs.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const PAGES = ["README.md", "CONTRIBUTING.md", ...docs.map((name) => `docs/${name}`)].filter(
  (path) => path !== "docs/platforms.md",
);

/** What a fence may say: TypeScript and commands, which run here; formulas, output and files, which do not; tests/unit/contributing.test.ts runs the rest. */
const LANGUAGES = ["ts", "typescript", "sh", "text", "json", "html", "css", "js", "assemblyscript"];

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "docs-"));
  // What pages take for granted: a plan, and the results of the first command of README.md.
  const plan = JSON.stringify({ problems: ["He3"], d: 4, widths: [4, 6], seeds: 2, time: 0.2 });
  mkdirSync(join(folder, "examples"));
  for (const name of ["plan.json", "examples/sweep.json"]) writeFileSync(join(folder, name), plan);
  mkdirSync(join(folder, "results/he4"), { recursive: true });
  using engine = await createEngine();
  const gap = await approximationGap(engine, problems.He3({ d: 4 }), { widths: [4, 6], time: 0.2, seeds: 2 });
  writeFileSync(join(folder, "results/he4/gap.json"), JSON.stringify(gap));
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const pages = PAGES.map((path) => ({ path, blocks: codeBlocks(readFileSync(join(root, path), "utf8")) }));
const only = (blocks: readonly CodeBlock[], language: string) => blocks.filter((block) => block.language === language);

/** The commands of a block, without comments; lines that end in a backslash go on. */
function commands({ code }: CodeBlock): string[] {
  const lines = code.replace(/\\\n\s*/g, "").split("\n");
  return lines.map((line) => line.replace(/\s+#.*$/, "").trim()).filter((line) => line !== "" && !line.startsWith("#"));
}

const SMALL = fileURLToPath(new URL("../support/small-package.ts", import.meta.url));
const NAMES = Object.keys(propchaos);

/** Runs TypeScript that sees the package made small. */
async function runProgram(blocks: readonly CodeBlock[], name: string, surroundings = ""): Promise<void> {
  const file = join(folder, `${name.replaceAll(/\W/g, "-")}.ts`);
  writeFileSync(file, pageProgram(blocks, NAMES, `import { propchaos } from "${SMALL}";\n${surroundings}`));
  await import(/* @vite-ignore */ file);
}

/** What TypeScript says of programs that see the package as it is. */
function typeErrors(programs: ReadonlyMap<string, string>): string[] {
  const path = (name: string) => join(root, "build", `${name}.mts`);
  const texts = new Map([...programs].map(([name, text]) => [path(name), text]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
    types: ["node"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    paths: {
      propchaos: [join(root, "dist/types/index.d.ts")],
      "propchaos/element": [join(root, "dist/types/element/index.d.ts")],
    },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.getSourceFile = (file, language, ...rest) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile(file, language, ...rest) : ts.createSourceFile(file, text, language);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const { line } = file && start !== undefined ? file.getLineAndCharacterOfPosition(start) : { line: -1 };
    const text = line < 0 ? "" : file?.text.split("\n")[line];
    return `${ts.flattenDiagnosticMessageText(messageText, "\n")}: ${text}`;
  });
}

/** What the examples of docstrings take from their surroundings. */
const SURROUNDINGS = `
import { compile } from "vega-lite";
const files = new Map<string, any>();
const writeFile = async (name: string, content: string | Uint8Array) => { files.set(name, content); };
const gap = await propchaos.approximationGap(await propchaos.createEngine(), propchaos.problems.He3({ d: 4 }), { widths: [4], time: 0.2 });
files.set("results/he4/gap.json", JSON.stringify(gap));
files.set("particles.npy", propchaos.toNPY(new Float64Array(4 * 32).fill(1), [4, 32]));
const readFile = async (name: string, encoding?: string) => files.get(name);
const vegaEmbed = async (selector: string, specification: any) => compile(specification);
const problem = propchaos.problems.He4({ d: 4 });
const report = gap;
const limit = await propchaos.meanFieldLimit(await propchaos.createEngine(), problem, { time: 0.2, tolerance: 1e-4 });
const plan = { problems: ["He3"], d: 4, widths: [4, 6], seeds: 2, time: 0.2 };
const store = { read: (name: string): string | null => files.get(name) ?? null, write: (name: string, text: string) => void files.set(name, text) };
const sweep = await propchaos.runSweep(await propchaos.createEngine(), plan);
const W = Float64Array.from({ length: 16 }, (_, i) => i + 1);
const V = Float64Array.from({ length: 16 }, (_, i) => 16 - i);
`;

const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts") && !/^(cli|element)\/|\/generated\//.test(path))
  .map((path) => ({ path, blocks: docstringBlocks(readFileSync(join(root, "src", path), "utf8")) }))
  .filter(({ blocks }) => blocks.length > 0);

const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;

/** Talk to Slurm: tests/package/slurm.node.test.ts runs them. */
const WITH_SLURM = /--(slurm|submit|status)\b|sweep missing/;

/** Runs a command of ours; of the project's own commands, which the CI runs, it sees whether they exist. */
async function runCommand(command: string): Promise<void> {
  const [program, ...args] = command.split(/\s+/);
  const ours = program === "propchaos" ? args : program === "npx" && args[0] === "propchaos" ? args.slice(1) : null;
  if (ours) {
    if (!WITH_SLURM.test(command)) await outputOf(process.execPath, [PROGRAM, ...smallArguments(ours)], folder);
    return;
  }
  const script = /^npm (?:run )?([\w:]+)/.exec(command)?.[1] ?? "";
  if (program === "npm" && !["ci", "cit", "install"].includes(script)) expect(Object.keys(scripts)).toContain(script);
  for (const path of args.filter((text) => /^(tests|bench|scripts|examples)\//.test(text)))
    expect(existsSync(join(root, path)), `${path} of "${command}"`).toBe(true);
}

describe("blocks of code", () => {
  it.each(pages)("$path: every fence says its language", ({ blocks }) => {
    for (const { language, line } of blocks)
      expect([line, language]).toEqual([line, expect.stringMatching(`^(${LANGUAGES.join("|")})$`)]);
  });

  it.each(pages.filter(({ blocks }) => only(blocks, "json").length > 0))("$path: plans", ({ blocks }) => {
    for (const { code } of only(blocks, "json")) expect(() => checkPlan(JSON.parse(code))).not.toThrow();
  });

  it("TypeScript of pages and docstrings has the right types", () => {
    const real = 'import * as propchaos from "propchaos";';
    const programs = new Map([
      ...pages.map(({ path, blocks }) => [path, pageProgram(only(blocks, "ts"), NAMES, real)] as const),
      ...pages.flatMap(({ path, blocks }) =>
        only(blocks, "typescript").map(({ code }) => [`${path}, whole`, code] as const),
      ),
      ...sources.flatMap(({ path, blocks }) =>
        blocks.map((block, i) => [`${path}-${i}`, pageProgram([block], NAMES, `${real}\n${SURROUNDINGS}`)] as const),
      ),
    ]);
    expect(typeErrors(programs)).toEqual([]);
  });

  it.each(pages.filter(({ blocks }) => only(blocks, "ts").length > 0))("$path: TypeScript", ({ path, blocks }) =>
    runProgram(only(blocks, "ts"), path),
  );

  it.each(sources)("$path: examples of docstrings", async ({ path, blocks }) => {
    for (const [i, block] of blocks.entries()) await runProgram([block], `${path}-${i}`, SURROUNDINGS);
  });

  it.each(pages.filter(({ blocks }) => only(blocks, "sh").length > 0))("$path: commands", async ({ blocks }) => {
    for (const block of only(blocks, "sh"))
      for (const command of commands(block)) for (const part of command.split(" && ")) await runCommand(part);
  });
});
