// The tour in the page. What its sentences say of the numbers is compared in tour-numbers.test.ts.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { TOUR } from "../../web/tour.ts";
import { Explorer, until } from "./explorer.ts";

let explorer: Explorer;
beforeAll(async () => {
  explorer = await Explorer.start();
});
afterEach(() => explorer.clear());
afterAll(() => explorer.close());

test("each step sets its settings, says its sentences and runs", async () => {
  const page = await explorer.open();
  expect(await page.locator("#tour-steps li").count()).toBe(6);
  await page.locator("#tour-steps button").first().click();
  for (const [index, { title, text, lookFor, settings }] of TOUR.entries()) {
    if (index > 0) await page.click("#tour-next");
    expect(await page.textContent("#tour-steps [aria-current]")).toBe(title);
    expect(await page.textContent("#tour-lead")).toBe(text);
    expect(await page.textContent("#tour-look")).toBe(lookFor);
    expect(await page.inputValue("#widths")).toBe(settings.widths.join(", "));
    expect(page.url()).toContain(`tour=${index + 1}`);
    await until("it runs", async () => page.workers().length > 0);
  }
  expect(await page.isDisabled("#tour-next")).toBe(true);
  await page.click("#tour-back");
  expect(page.url()).toContain("tour=5");
  await page.click("#tour-end");
  expect(page.url()).not.toContain("tour");
  expect(await page.isVisible("#tour-text")).toBe(false);
  expect(explorer.errors).toEqual([]);
});
