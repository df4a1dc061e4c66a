// The package as it is published: packed once, and unpacked into the node_modules of a project in a temporary folder.

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A project that has the packed package installed, and nothing else. */
export interface PackedProject {
  folder: string;
  /** Paths in the tarball, sorted. */
  files: string[];
  /** Writes a file of the project and returns its path. */
  write(name: string, text: string): string;
}

function must(command: string, args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    // npm is a script on Windows.
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? stderr}`);
  return stdout;
}

export function packProject(): PackedProject {
  const folder = mkdtempSync(join(tmpdir(), "packed-"));
  // Without scripts: prepare would build again what is being tested.
  const listing = must("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], root);
  const [{ filename, files }] = JSON.parse(listing) as { filename: string; files: { path: string }[] }[];
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  must("tar", ["-xzf", join("..", filename)], modules);
  // Tarballs hold their files in a folder called package.
  must(process.execPath, ["-e", 'require("node:fs").renameSync("package", "propchaos")'], modules);
  const { version } = JSON.parse(readFileSync(join(modules, "propchaos/package.json"), "utf8"));
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  write("package.json", JSON.stringify({ name: "project", private: true, dependencies: { propchaos: version } }));
  return { folder, files: files.map(({ path }) => path).sort(), write };
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
