// `npm run release`: checks everything that a release must be, in the order of what it costs, and stops at the first thing
// that is wrong. Then `npm publish --dry-run`; with --publish the real one.
//
//   clean tree, version and CHANGELOG agree, lint, tests, conformance, the same package from a fresh checkout

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { npm } from "./npm.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Where the version stands besides package.json, and what must be found there. */
export interface VersionedFiles {
  manifest: string;
  source: string;
  citation: string;
  changelog: string;
}

/** A sentence for everything that does not agree with the version of the manifest. */
export function versionProblems({ manifest, source, citation, changelog }: VersionedFiles): string[] {
  const { version } = JSON.parse(manifest) as { version: string };
  const problems: string[] = [];
  if (!source.includes(`version = "${version}"`)) problems.push(`src/core/version.ts does not say ${version}`);
  if (!citation.split("\n").includes(`version: ${version}`)) problems.push(`CITATION.cff does not say ${version}`);
  const [, unreleased = "", ...releases] = changelog.split(/^## /m);
  if (!/^\[Unreleased\]/.test(unreleased)) problems.push("CHANGELOG.md must begin with [Unreleased]");
  else if (unreleased.replace("[Unreleased]", "").trim() !== "")
    problems.push(`CHANGELOG.md still has unreleased changes: move them under [${version}]`);
  if (!releases[0]?.startsWith(`[${version}]`)) problems.push(`the first release of CHANGELOG.md must be [${version}]`);
  else if (!/^\[[^\]]+\] - \d{4}-\d{2}-\d{2}\n/.test(releases[0]))
    problems.push(`[${version}] of CHANGELOG.md must have a date, as in "## [${version}] - 2026-01-31"`);
  return problems;
}

function git(args: readonly string[], cwd = root): string {
  const { status, stdout, stderr, error } = spawnSync("git", args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args.join(" ")} failed: ${error?.message ?? stderr}`);
  return stdout.trim();
}

function checkTree(): void {
  const changes = git(["status", "--porcelain"]);
  if (changes !== "") throw new Error(`the tree must be clean, but\n${changes}`);
}

function checkVersion(): void {
  const read = (name: string) => readFileSync(join(root, name), "utf8").replaceAll("\r\n", "\n");
  const problems = versionProblems({
    manifest: read("package.json"),
    source: read("src/core/version.ts"),
    citation: read("CITATION.cff"),
    changelog: read("CHANGELOG.md"),
  });
  const tag = `v${JSON.parse(read("package.json")).version}`;
  if (git(["tag", "--list", tag]) !== "" && git(["rev-list", "-n", "1", tag]) !== git(["rev-parse", "HEAD"]))
    problems.push(`${tag} is another commit already`);
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** Packs the built package of a checkout. The integrity is a hash over the whole tarball. */
function pack(folder: string, target: string): { integrity: string; filename: string; files: { path: string }[] } {
  const [result] = JSON.parse(npm(["pack", "--ignore-scripts", "--json", "--pack-destination", target], folder));
  return result;
}

/** Packs this checkout and a fresh one of the same commit, with packages installed afresh: the bytes must be the same. */
export function checkReproducible(): void {
  const temporary = mkdtempSync(join(tmpdir(), "release-"));
  try {
    const ours = pack(root, temporary);
    const fresh = join(temporary, "fresh");
    git(["clone", "--quiet", "--no-local", root, fresh]);
    git(["checkout", "--quiet", git(["rev-parse", "HEAD"])], fresh);
    // Installing builds.
    npm(["ci", "--no-audit", "--no-fund"], fresh);
    const theirs = pack(fresh, temporary);
    if (ours.integrity !== theirs.integrity)
      throw new Error(`a fresh checkout gives another package: ${theirs.integrity} instead of ${ours.integrity}`);
    console.log(`${ours.filename}, ${ours.files.length} files, ${ours.integrity}`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Runs a script of package.json, its output passed on. */
function script(...args: string[]): () => void {
  return () => void npm(["run", ...args], root, { stdio: "inherit" });
}

function checkLicences(): void {
  // That it lists what is bundled, and that the terms allow it, is tested (manifest.node.test.ts).
  for (const name of ["LICENSE", "dist/THIRD-PARTY-LICENSES.txt"])
    if (!existsSync(join(root, name))) throw new Error(`${name} is missing`);
}

function main(args: readonly string[]): void {
  const { values } = parseArgs({ args: [...args], options: { publish: { type: "boolean" } } });
  const checks: [name: string, check: () => void][] = [
    ["clean tree", checkTree],
    ["version and CHANGELOG", checkVersion],
    ["lint", script("lint")],
    ["build", script("build")],
    ["licences", checkLicences],
    ["tests, with the list of files", script("test")],
    ["conformance", script("conformance")],
    ["the same bytes from a fresh checkout", checkReproducible],
    ["clean tree, still", checkTree],
  ];
  for (const [name, check] of checks) {
    console.log(`\n-- ${name}`);
    try {
      check();
    } catch (error) {
      throw new Error(`not released: ${name}: ${(error as Error).message}`, { cause: error });
    }
  }
  console.log("\n-- publish");
  // Without scripts: what is in dist is what was tested.
  const flags = ["--ignore-scripts", "--access", "public", ...(values.publish ? [] : ["--dry-run"])];
  npm(["publish", ...flags], root, { stdio: "inherit" });
  if (!values.publish) console.log("nothing was published: `npm run release -- --publish` does it");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
