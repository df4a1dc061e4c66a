// The package as it is published: packed once, and unpacked into the node_modules of a project in a temporary folder.

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "../../scripts/npm.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A project that has the packed package installed, and nothing else. */
export interface PackedProject {
  folder: string;
  /** Path of the tarball, in the folder. */
  tarball: string;
  /** Paths in the tarball, sorted. */
  files: string[];
  /** Writes a file of the project and returns its path. */
  write(name: string, text: string): string;
}

export function packProject(): PackedProject {
  const folder = mkdtempSync(join(tmpdir(), "packed-"));
  // Without scripts: prepare would build again what is being tested.
  const listing = npm(["pack", "--ignore-scripts", "--json", "--pack-destination", folder], root);
  const [{ filename, files }] = JSON.parse(listing) as { filename: string; files: { path: string }[] }[];
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  const { status, stderr, error } = spawnSync("tar", ["-xzf", join("..", filename)], {
    cwd: modules,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`tar failed: ${error?.message ?? stderr}`);
  // Tarballs hold their files in a folder called package.
  renameSync(join(modules, "package"), join(modules, "propchaos"));
  const { version } = JSON.parse(readFileSync(join(modules, "propchaos/package.json"), "utf8"));
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  write("package.json", JSON.stringify({ name: "project", private: true, dependencies: { propchaos: version } }));
  return { folder, tarball: join(folder, filename), files: files.map(({ path }) => path).sort(), write };
}

/** What a program writes to stdout. @throws Error with its stderr where it fails. */
export function outputOf(command: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`${command} ended with ${code}: ${stderr}`)),
    );
  });
}
