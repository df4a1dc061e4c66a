// `npm run lint`: style and rules (Biome), types (TypeScript), rooms. All three run, whichever fails.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findViolations, readSources } from "./rooms.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

/** Runs the JavaScript entry of a tool, so that no shell is needed on any system. */
function tool(name: string, args: string[]): boolean {
  const { status, error } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (error) console.error(error.message);
  console.log(`${name}: ${status === 0 ? "fine" : "FAILED"}`);
  return status === 0;
}

function rooms(): boolean {
  const violations = findViolations(readSources());
  for (const violation of violations) console.error(violation);
  console.log(`rooms: ${violations.length === 0 ? "fine" : "FAILED"}`);
  return violations.length === 0;
}

const results = [
  tool("biome", ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"]),
  tool("tsc", ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"]),
  rooms(),
];
process.exitCode = results.every((fine) => fine) ? 0 : 1;
