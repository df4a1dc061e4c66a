// Programs of the system that tests run in: where they are found, and how they are installed where that is allowed.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What a program is called on each system. */
export interface Names {
  /** In the folders of PATH. */
  commands: readonly string[];
  /** Under /Applications. */
  macApps?: readonly string[];
  /** Under the folders in which Windows installs programs. */
  windowsPaths?: readonly string[];
}

/** Paths where a program may lie, the best first. */
export function systemPaths({ commands, macApps = [], windowsPaths = [] }: Names): string[] {
  const { env, platform } = process;
  if (platform === "darwin") return macApps.map((app) => `/Applications/${app}`);
  if (platform === "win32") {
    const roots = [env.ProgramFiles, env["ProgramFiles(x86)"], env.LOCALAPPDATA].filter((root) => root !== undefined);
    return roots.flatMap((root) => windowsPaths.map((path) => join(root, path)));
  }
  const folders = (env.PATH ?? "").split(delimiter).concat("/usr/bin", "/snap/bin");
  return folders.flatMap((folder) => commands.map((command) => join(folder, command)));
}

function aptGet(args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // To stderr: stdout is for results.
  spawnSync("apt-get", args, { stdio: ["ignore", process.stderr, "inherit"], env });
}

/**
 * What `find` finds; as root on a system with apt-get the packages are installed where that is nothing.
 * @throws Error with `advice`.
 */
export function findOrInstall(find: () => string | undefined, packages: readonly string[], advice: string): string {
  const found = find();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    // A list of packages that could not be refreshed may still do.
    aptGet(["-qq", "update"]);
    aptGet(["-qq", "-o", "Dpkg::Use-Pty=0", "install", "-y", "--no-install-recommends", ...packages]);
  }
  const installed = find();
  if (installed) return installed;
  throw new Error(advice);
}
