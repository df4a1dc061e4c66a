// Runs npm: without a shell inside its own scripts, by its command elsewhere.

import { type SpawnSyncOptions, spawnSync } from "node:child_process";

/** What npm writes to stdout. @throws Error with its stderr where it fails. */
export function npm(args: readonly string[], cwd: string, options: SpawnSyncOptions = {}): string {
  // Inside an npm script it says where it is; its command is a script that only a shell runs on Windows.
  const { npm_execpath = "" } = process.env;
  const [command, first] = npm_execpath.endsWith("npm-cli.js") ? [process.execPath, [npm_execpath]] : ["npm", []];
  const { status, stdout, stderr, error } = spawnSync(command, [...first, ...args], {
    cwd,
    maxBuffer: 1 << 28,
    shell: command === "npm" && process.platform === "win32",
    ...options,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} failed: ${error?.message ?? stderr?.trim()}`);
  return stdout;
}
