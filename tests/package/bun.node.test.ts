// bun runs another JavaScript engine (JavaScriptCore) than Node and Chromium.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { REPORTS_HASH } from "../support/same-bits.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The executable inside bun's package for this system: there also where install scripts do not run. */
function bun(): string {
  const folder = `${root}node_modules/@oven`;
  const candidates = readdirSync(folder).flatMap((name) => [
    `${folder}/${name}/bin/bun`,
    `${folder}/${name}/bin/bun.exe`,
  ]);
  const found = candidates.find((path) => existsSync(path));
  if (!found) throw new Error("bun is not installed: run npm ci");
  return found;
}

it("bun gives the committed hash with both builds", () => {
  const { stdout, stderr } = spawnSync(bun(), ["tests/support/print-hashes.ts"], { cwd: root, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout.trim().split("\n")).toEqual([REPORTS_HASH, REPORTS_HASH]);
}, 60_000);
