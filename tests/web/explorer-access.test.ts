// Who uses the page and on what: keyboards, screen readers, narrow screens, dark rooms, little motion.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Explorer, finished, run, SMALL, until } from "./explorer.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let explorer: Explorer;
beforeAll(async () => {
  explorer = await Explorer.start();
});
afterEach(() => explorer.clear());
afterAll(() => explorer.close());

/** What axe finds, in a line each. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 100)).join(" | ")}`,
  );
}

describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
  test("axe finds nothing, before and after a run, and in the tour", async () => {
    const page = await explorer.open(SMALL, { colorScheme });
    expect(await findings(page)).toEqual([]);
    await run(page, { theory: true });
    expect(await findings(page)).toEqual([]);
    await page.goto(`${explorer.url}#problem=nothing&tour=2`);
    await until("the tour is open", () => page.isVisible("#tour-lead"));
    expect(await findings(page)).toEqual([]);
  });
});

test("the theme follows the system until the button says otherwise, which is remembered", async () => {
  const page = await explorer.open("", { colorScheme: "dark" });
  const dark = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  expect(await dark()).toBe("dark");
  await page.click("#theme");
  expect(await dark()).toBe("light");
  await page.reload();
  expect(await dark()).toBe("light");
});

test.each([360, 768, 1600])("at a width of %i nothing is wider than the screen", async (width) => {
  const page = await explorer.open(SMALL, { viewport: { width, height: 800 } });
  await run(page, { theory: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(width);
  for (const view of ["particles", "alignment", "risk", "gap", "field", "theory", "concordance"]) {
    const box = await page.locator(`#view-${view} canvas`).boundingBox();
    expect(box?.width).toBeGreaterThan(200);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
  }
});

test("all of it by keyboard: run, hold, look at another time, take the link", async () => {
  const page = await explorer.open(SMALL);
  const focused = () => page.evaluate(() => document.activeElement?.id ?? "");
  const tabTo = async (id: string) => {
    for (let presses = 0; (await focused()) !== id; presses++) {
      if (presses > 60) throw new Error(`${id} cannot be reached by Tab`);
      await page.keyboard.press("Tab");
    }
  };
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the figures");
  await tabTo("seed");
  await page.keyboard.type("12");
  await page.keyboard.press("Enter");
  expect(page.url()).toContain("seed=");
  await tabTo("run");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle);
  expect(outline).toBe("solid");
  await page.keyboard.press("Enter");
  await finished(page);
  await tabTo("record");
  await page.keyboard.press("Home");
  expect(await page.textContent("#record-time")).toBe("t = 0.00");
  await page.keyboard.press("ArrowRight");
  expect(await page.textContent("#record-time")).toBe("t = 0.05");
  // The legend holds the values at that time.
  expect(await page.textContent("#view-risk .legend")).toMatch(/m = 8 [\d.]+ *m = 20 [\d.]+ *limit [\d.]+/);
});

test("with little motion pictures move seldom, and a screen reader is told seldom", async () => {
  const page = await explorer.open(SMALL, { reducedMotion: "reduce" });
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const live = document.getElementById("live");
    if (live) new MutationObserver(() => said.push(live.textContent ?? "")).observe(live, { childList: true });
  });
  await run(page);
  await until("the end is said", async () => (await page.textContent("#live"))?.startsWith("Done") ?? false);
  const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
  expect(said.length).toBeLessThanOrEqual(3);
  expect(said.at(-1)).toMatch(/^Done\. At the end the risk is [\d.]+ for m = 20 and [\d.]+ for the limit\.$/);
});

test("a link brings another page to the same state", async () => {
  const page = await explorer.open("", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.selectOption("#problem", "Hermite");
  await page.locator("#exponent").fill("6");
  await page.fill("#widths", "5, 17");
  await page.press("#widths", "Enter");
  await page.click("#share");
  await until("it is copied", async () => (await page.textContent("#share")) === "Copied");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await explorer.blank();
  await other.goto(link);
  expect(await other.inputValue("#problem")).toBe("Hermite");
  expect(await other.inputValue("#exponent")).toBe("6");
  expect(await other.inputValue("#widths")).toBe("5, 17");
  expect(await other.textContent("#notices")).toBe("");
  expect(explorer.errors).toEqual([]);
});
