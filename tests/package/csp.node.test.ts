// The built package in a plain page under a Content-Security-Policy: served as files, without a bundler.

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHROMIUM_ARGS, findChromium } from "../../scripts/chromium.ts";

const dist = new URL("../../dist/", import.meta.url);

/** The policy of a page by the name that stands first in its path. */
const POLICIES: Record<string, string> = {
  open: "default-src 'self' blob: 'unsafe-inline' 'wasm-unsafe-eval'",
  strict: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
  closed: "default-src 'none'; script-src 'self'",
};

let server: Server;
let browser: Browser;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const [, policy, file] = (request.url ?? "").split("/");
    response.setHeader("Content-Security-Policy", POLICIES[policy] ?? "default-src 'none'");
    if (file === "") {
      response.setHeader("Content-Type", "text/html").end("<!doctype html><title>propchaos</title>");
      return;
    }
    try {
      const text = await readFile(fileURLToPath(new URL(file, dist)));
      response.setHeader("Content-Type", "text/javascript").end(text);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const executablePath = findChromium();
  browser = await chromium.launch({ args: CHROMIUM_ARGS, ...(executablePath === undefined ? {} : { executablePath }) });
});
afterAll(async () => {
  await browser.close();
  server.close();
});

/** What a program makes of the package in a page under this policy; it is text, so that no test tool rewrites it. */
async function inPage<T>(policy: string, program: string): Promise<T> {
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${policy}/`);
    return await page.evaluate<T>(`import("./index.js").then(async (propchaos) => { ${program} })`);
  } finally {
    await page.close();
  }
}

const REPORT = `
  const engine = await propchaos.createEngine();
  const options = { widths: [8, 16], time: 0.5, step: 0.05, seeds: 2, workers: 2 };
  const report = await propchaos.approximationGap(engine, propchaos.problems.He4({ d: 8 }), options);
  const alone = await propchaos.approximationGap(engine, propchaos.problems.He4({ d: 8 }), { ...options, workers: 0 });
  const { workers } = report;
  delete report.workers;
  delete alone.workers;
  return { workers, same: JSON.stringify(report) === JSON.stringify(alone) };
`;

test.each([
  ["open", "blob"],
  ["strict", "url"],
])("under the %s policy workers are started by %s", async (policy, kind) => {
  expect(await inPage(policy, REPORT)).toEqual({ workers: { kind, count: 2 }, same: true });
});

test("where the policy blocks WebAssembly, the error names the directive", async () => {
  const program = "return propchaos.createEngine().catch(String);";
  const message = await inPage<string>("closed", program);
  expect(message).toMatch(/^TypeError: createEngine could not compile its WebAssembly/);
  expect(message).toContain("'wasm-unsafe-eval'");
});
