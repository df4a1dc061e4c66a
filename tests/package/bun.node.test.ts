// bun runs another JavaScript engine (JavaScriptCore) than Node and Chromium.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { REPORTS_HASH } from "../support/same-bits.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The executable: bun's install script moves it out of the package for this system; without scripts it stays there. */
function bun(): string {
  const modules = `${root}node_modules`;
  const platform = readdirSync(`${modules}/@oven`).map((name) => `${modules}/@oven/${name}/bin/bun`);
  const found = [...platform, `${modules}/bun/bin/bun.exe`].find((path) => existsSync(path));
  if (!found) throw new Error("bun is not installed: run npm ci");
  return found;
}

it("bun gives the committed hash with both builds, without and with workers", () => {
  const { stdout, stderr } = spawnSync(bun(), ["tests/support/print-hashes.ts"], { cwd: root, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout.trim().split("\n")).toEqual(Array(4).fill(REPORTS_HASH));
}, 60_000);
