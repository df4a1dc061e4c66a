// bun runs another JavaScript engine (JavaScriptCore) than Node and Chromium.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { bun } from "../support/engines.ts";
import { REPORTS_HASH } from "../support/same-bits.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

it("bun gives the committed hash with both builds, without and with workers", () => {
  const { stdout, stderr } = spawnSync(bun(), ["tests/support/print-hashes.ts"], { cwd: root, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout.trim().split("\n")).toEqual(Array(4).fill(REPORTS_HASH));
}, 60_000);
