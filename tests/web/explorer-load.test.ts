// How the page is loaded: how much of it, from where, and under which policy.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { serve } from "../support/static-server.ts";
import { BUILT, Explorer, run, SMALL } from "./explorer.ts";

const WEB = fileURLToPath(new URL("../../web", import.meta.url));

/** Bytes that a first load and a first run may take, compressed as servers do it. */
const BUDGET = 500_000;

let explorer: Explorer;
beforeAll(async () => {
  explorer = await Explorer.start();
});
afterEach(() => explorer.clear());
afterAll(() => explorer.close());

test("a first load and a run take less than 500 kB, and nothing from elsewhere", async () => {
  const page = await explorer.blank();
  const requested = new Set<string>();
  page.on("request", (request) => requested.add(request.url()));
  await page.goto(explorer.url + SMALL);
  await run(page, { theory: true });
  const files = [...requested].filter((url) => !url.startsWith("blob:")).map((url) => new URL(url));
  expect(files.every(({ href }) => href.startsWith(explorer.url))).toBe(true);
  const names = files.map(({ pathname }) => (pathname === "/" ? "index.html" : pathname.slice(1)));
  expect(names.join()).toMatch(/worker/);
  const sizes = names.map((name) => gzipSync(readFileSync(join(BUILT, name))).length);
  const total = sizes.reduce((a, b) => a + b);
  console.log(`first load: ${(total / 1000).toFixed(0)} kB gzipped in ${names.length} files`);
  expect(total).toBeLessThan(BUDGET);
  // The part that draws figures comes when one is wanted.
  expect(names.join()).not.toMatch(/figure/);
});

test("it works from any path of a host that sends no header", async () => {
  const folder = mkdtempSync(join(tmpdir(), "propchaos-"));
  cpSync(BUILT, join(folder, "some/where"), { recursive: true });
  const server = await serve(folder);
  try {
    const page = await explorer.blank();
    await page.goto(`${server.url}some/where/${SMALL}`);
    await run(page, { theory: true });
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
  expect(explorer.errors).toEqual([]);
});

test("where scripts do not run, the page says what it needs", async () => {
  const page = await explorer.open("", { javaScriptEnabled: false });
  expect(await page.textContent("noscript")).toContain("it needs scripts");
});

test("the page stands on the public interface of the package alone", () => {
  const sources = readdirSync(WEB, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  expect(sources.length).toBeGreaterThan(20);
  for (const name of sources) expect(readFileSync(join(WEB, name), "utf8")).not.toMatch(/from "[^"]*\/(src|dist)\//);
});

test("the licences of what is bundled lie beside it", () => {
  const licences = readFileSync(join(BUILT, "THIRD-PARTY-LICENSES.txt"), "utf8");
  for (const name of ["uplot", "vega", "vega-lite", "vega-interpreter", "d3-array", "@assemblyscript/loader"])
    expect(licences).toMatch(new RegExp(`^  ${name} [\\d.]+ \\(`, "m"));
});

test("the HTML holds no script and no style of its own", () => {
  const html = readFileSync(join(BUILT, "index.html"), "utf8");
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
  expect(html).not.toMatch(/(src|href)="\//);
});
