// What goes wrong: a sentence in the page, which stays usable.

import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { download, Explorer, numbers, POLICY, run, SMALL, statusOf, until } from "./explorer.ts";

let explorer: Explorer;
beforeAll(async () => {
  explorer = await Explorer.start();
});
afterEach(() => explorer.clear());
afterAll(() => explorer.close());

async function noticeAfterRun(page: Page): Promise<string> {
  await page.click("#run");
  await until("a notice", async () => (await page.textContent("#notices")) !== "");
  expect(await statusOf(page)).toBe("Nothing was computed.");
  expect(await page.textContent("#run")).toBe("Run");
  expect(await page.isDisabled("#cancel")).toBe(true);
  return (await page.textContent("#notices")) ?? "";
}

/** Puts code before the script of every worker. */
async function inWorkers(page: Page, prelude: string): Promise<void> {
  await page.route(/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${prelude}\n${await response.text()}` });
  });
  await page.goto(explorer.url + SMALL);
}

test("hostile addresses: every value is text, and the page runs with what is left", async () => {
  const page = await explorer.open(
    "#problem=<img src=x onerror=alert(1)>&widths=1e99&seed=NaN&d=6&time=1&step=0.05&x=</script>",
  );
  page.on("dialog", () => explorer.errors.push("a script of the address ran"));
  const notices = (await page.textContent("#notices")) ?? "";
  expect(notices).toContain("widths must be");
  expect(notices).toContain("<img src=x onerror=");
  expect(await page.locator("#notices img").count()).toBe(0);
  await page.fill("#widths", "8");
  await page.press("#widths", "Enter");
  expect(await page.textContent("#notices")).toBe("");
  await run(page);
  expect(explorer.errors).toEqual([]);
});

test("a bad value in the form is put back, with a sentence", async () => {
  const page = await explorer.open(SMALL);
  await page.fill("#d", "1e6");
  await page.press("#d", "Enter");
  expect(await page.textContent("#notices")).toMatch(
    /^d must be a whole number from 2 to 512, not “1e6”; it is 6 again\.$/,
  );
  expect(await page.inputValue("#d")).toBe("6");
});

test("no Web Worker", async () => {
  const page = await explorer.blank();
  await page.addInitScript(() => {
    Object.assign(window, { Worker: undefined });
  });
  await page.goto(explorer.url + SMALL);
  expect(await noticeAfterRun(page)).toMatch(/^Nothing can be run here: this page computes in a Web Worker/);
  // What can be had without running is still there.
  expect(await page.inputValue("#cli-line")).toContain("npx propchaos gap He4 --d 6");
});

test("memory that the browser refuses", async () => {
  const page = await explorer.blank();
  await inWorkers(page, 'WebAssembly.Memory.prototype.grow = () => { throw new RangeError("refused"); };');
  expect(await noticeAfterRun(page)).toMatch(/memory/i);
});

test("no SIMD: the other build gives the same numbers", async () => {
  const usual = await explorer.open(SMALL);
  await run(usual);
  const page = await explorer.blank();
  await inWorkers(page, "WebAssembly.validate = () => false;");
  await run(page);
  const [scalar, simd] = await Promise.all(
    [page, usual].map(async (one) => numbers((await download(one, "json")).bytes.toString()) as { backend: string }),
  );
  expect(scalar.backend).toBe("scalar");
  expect(simd.backend).toBe("simd");
  expect({ ...scalar, backend: "" }).toEqual({ ...simd, backend: "" });
});

test("a worker that dies", async () => {
  const page = await explorer.blank();
  await inWorkers(page, 'addEventListener("message", () => { setTimeout(() => { throw new Error("lost"); }, 0); });');
  expect(await noticeAfterRun(page)).toMatch(/lost|Web Worker/);
});

test("figures that can no longer be loaded", async () => {
  const page = await explorer.open(SMALL);
  await run(page);
  await page.context().setOffline(true);
  await page.click('[data-export="svg"]');
  await until("a notice", async () => (await page.textContent("#notices")) !== "");
  expect(await page.textContent("#notices")).toContain("could not be loaded");
  await page.context().setOffline(false);
});

describe("under a policy", () => {
  test("that forbids WebAssembly, the sentence names the directive", async () => {
    const closed = await Explorer.start(POLICY.replace("'wasm-unsafe-eval'", ""));
    try {
      const page = await closed.open(SMALL);
      expect(await noticeAfterRun(page)).toContain("'wasm-unsafe-eval'");
    } finally {
      await closed.close();
    }
  });

  test("that forbids Blobs, the worker comes from its file", async () => {
    const strict = await Explorer.start(POLICY.replace("blob:", ""));
    try {
      const page = await strict.open(SMALL);
      await run(page, { theory: true });
    } finally {
      await strict.close();
    }
  });
});
