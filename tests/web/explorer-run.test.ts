// Running: pause, step, rewind, cancel, the pace of the page, and a page that has gone offline.

import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { download, Explorer, numbers, run, SMALL, statusOf, until } from "./explorer.ts";

/** A run of minutes. */
const LONG = "#problem=He4&d=64&widths=2048&time=20&step=0.02&seeds=4";

let explorer: Explorer;
beforeAll(async () => {
  explorer = await Explorer.start();
});
afterEach(() => explorer.clear());
afterAll(() => explorer.close());

function held(page: Page): Promise<void> {
  return until("the run is held", async () => (await statusOf(page)).startsWith("Held"));
}

test("a run is held, goes on by single records, and gives the numbers of one that was not", async () => {
  const page = await explorer.open(SMALL);
  await page.click("#step-once");
  await held(page);
  expect(await statusOf(page)).toContain("t = 0.00");
  const times = [];
  for (let k = 1; k <= 3; k++) {
    await page.click("#step-once");
    await until("the next record", async () => (await page.inputValue("#record")) === String(k));
    times.push(await page.textContent("#record-time"));
  }
  expect(times).toEqual(["t = 0.05", "t = 0.10", "t = 0.15"]);
  expect(await page.textContent("#run")).toBe("Continue");
  await page.click("#run");
  await until("the end", async () => (await statusOf(page)).startsWith("Done"));
  const stepped = (await download(page, "json")).bytes.toString();

  await page.click("#rewind");
  await held(page);
  expect(await page.inputValue("#record")).toBe("0");
  await page.click("#run");
  await until("the end", async () => (await statusOf(page)).startsWith("Done"));
  expect(numbers((await download(page, "json")).bytes.toString())).toEqual(numbers(stepped));

  await page.click("#reset");
  expect(await page.inputValue("#d")).toBe("32");
  expect(await page.isDisabled('[data-export="json"]')).toBe(true);
});

test("a wide network leaves the page its pace, can be paused, and is cancelled at once", async () => {
  const page = await explorer.open(LONG);
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(window, { frames });
    let last = performance.now();
    function frame(now: number) {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    }
    requestAnimationFrame(frame);
  });
  const session = await page.context().newCDPSession(page);
  // Processor time of the page's thread: it does not count what a busy machine takes away.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
  const framesNow = () => page.evaluate(() => (window as unknown as { frames: number[] }).frames);
  await page.click("#run");
  await until("records come", async () => Number(await page.inputValue("#record")) >= 2);
  const [before, past] = [await busy(), (await framesNow()).length];
  await page.waitForTimeout(2000);
  const [after, all] = [await busy(), await framesNow()];
  const frames = all.slice(past).sort((a, b) => a - b);
  const perFrame = (1000 * (after - before)) / frames.length;
  const median = frames[Math.floor(frames.length / 2)];
  console.log(
    `${frames.length} frames, median ${median.toFixed(1)} ms; the page needs ${perFrame.toFixed(1)} ms for one`,
  );
  expect(frames.length).toBeGreaterThan(10);
  expect(perFrame).toBeLessThan(1000 / 60);

  await page.click("#run");
  await held(page);
  const stopped = await statusOf(page);
  expect(stopped).toMatch(/^Held: network m = 2048, seed 1 of 4, t = /);
  await page.click("#run");
  await until("it goes on", async () => (await statusOf(page)).startsWith("Network"));
  await page.click("#cancel");
  await until("no worker is left", async () => page.workers().length === 0);
  expect(await statusOf(page)).toMatch(/^Cancelled/);
  expect(await page.textContent("#run")).toBe("Run");
  expect(explorer.errors).toEqual([]);
});

test("a change of settings ends the run, and the next run is of the new ones", async () => {
  const page = await explorer.open(LONG);
  await page.click("#run");
  await until("it runs", async () => page.workers().length > 0);
  await page.fill("#widths", "9");
  await page.fill("#d", "5");
  await page.fill("#time", "1");
  await page.fill("#seeds", "1");
  await page.press("#seeds", "Enter");
  await until("no worker is left", async () => page.workers().length === 0);
  await run(page);
  expect(await statusOf(page)).toContain("m = 9");
});

test("a page that has gone offline still runs, also after a cancelled run", async () => {
  const page = await explorer.open(SMALL);
  await until("the worker's script is there", async () =>
    page.evaluate(() =>
      performance.getEntriesByType("resource").some(({ name, duration }) => name.includes("worker") && duration > 0),
    ),
  );
  await page.context().setOffline(true);
  await run(page);
  await page.click("#rewind");
  await held(page);
  await page.click("#cancel");
  await run(page, { theory: true });
  expect(explorer.errors).toEqual([]);
});
