// <prop-chaos> as its readers and authors meet it: buttons and keyboard, text for who does not see, themes, attributes and their
// mistakes, several on one page. axe-core looks at every state.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ElementPages } from "../support/element-pages.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SMALL = 'problem="He4" d="6" widths="9 5" time="1" step="0.1" seeds="2" record="6"';

let pages: ElementPages;
beforeAll(async () => {
  pages = await ElementPages.start();
});
afterAll(() => pages.close());

const evaluate = <T>(page: Page, text: string): Promise<T> => page.evaluate<T>(text);

/** What axe finds that is serious or worse. */
async function findings(page: Page): Promise<string[]> {
  await evaluate(page, AXE);
  return evaluate(
    page,
    `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")))`,
  );
}

test.each(["light", "dark"] as const)(
  "axe finds nothing serious before, in and after a run, and in an error (%s)",
  async (colorScheme) => {
    const figures = ["idle", "busy", "done"].map(
      (id) => `<prop-chaos id="${id}" ${SMALL} view="risk gap particles scaling"></prop-chaos>`,
    );
    const page = await pages.open(`<h1>Figures</h1>${figures.join("")}<prop-chaos id="wrong" d="0"></prop-chaos>`, {
      colorScheme,
    });
    await evaluate(page, "void busy.run(); busy.pause(); done.run().then(() => 0)");
    await evaluate(page, 'done.shadowRoot.querySelector("details").open = true');
    expect(await evaluate(page, "[idle, busy, done, wrong].map(({ state }) => state)")).toEqual([
      "idle",
      "paused",
      "done",
      "error",
    ]);
    expect(await findings(page)).toEqual([]);
    await page.close();
  },
);

describe("a reader", () => {
  test("runs, pauses and resets by keyboard, with the focus in sight", async () => {
    const page = await pages.open(`<prop-chaos id="a" ${SMALL} pace="20"></prop-chaos>`);
    await page.keyboard.press("Tab");
    const button = page.getByRole("button", { name: "Run" });
    expect(await button.evaluate((element) => element.matches(":focus-visible"))).toBe(true);
    const outline = await button.evaluate((element) => getComputedStyle(element).outlineStyle);
    expect(outline).toBe("solid");
    await page.keyboard.press("Enter");
    expect(await evaluate(page, "a.state")).toBe("running");
    await page.keyboard.press("Space");
    expect(await evaluate(page, "a.state")).toBe("paused");
    expect(await page.getByRole("button", { name: "Resume" }).count()).toBe(1);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await evaluate(page, "a.state")).toBe("idle");
    await page.close();
  });

  test("who does not see the drawing is told what it shows, with the numbers of the report", async () => {
    const page = await pages.open(`<prop-chaos id="a" ${SMALL} view="risk gap particles scaling"></prop-chaos>`);
    await evaluate(page, "a.run().then(() => 0)");
    const risk = await evaluate<number>(page, "a.report.widths[1].loss.mean.at(-1)");
    const names = await page
      .getByRole("img")
      .evaluateAll((images) => images.map((image) => image.getAttribute("aria-label")));
    expect(names).toHaveLength(4);
    for (const name of names) expect(name).toMatch(/\. .*\.$/);
    expect(names[0]).toContain(`${Number(risk.toPrecision(3))} for m = 5`);
    expect(names[2]).toContain("9 particles");
    await evaluate(page, 'a.shadowRoot.querySelector("summary").click()');
    const rows = await page.getByRole("row").allInnerTexts();
    expect(rows.map((row) => row.split("\t")[0])).toEqual(["Width m", "9", "5", "∞"]);
    expect(rows[2]).toContain(`${Number(risk.toPrecision(3))} ±`);
    await page.close();
  });

  test("is told of the progress now and then, and of the end", async () => {
    const page = await pages.open(`<prop-chaos id="a" ${SMALL} pace="10"></prop-chaos>`);
    await evaluate(
      page,
      `window.told = []; new MutationObserver(() => told.push(region.textContent)).observe(
        window.region = a.shadowRoot.querySelector("[aria-live=polite]"), { childList: true });
       a.run().then(() => 0)`,
    );
    const told = await evaluate<string[]>(page, "told");
    expect(told[0]).toMatch(/^Running/);
    expect(told.at(-1)).toMatch(/^Done\. E \|Δ\|² falls as m to the power −?\d/);
    // 24 records, many frames: the voice says less than that.
    expect(told.length).toBeLessThan(8);
    await page.close();
  });

  test("who wants no motion does not wait for any", async () => {
    const page = await pages.open(`<prop-chaos id="a" ${SMALL} pace="10000"></prop-chaos>`, {
      reducedMotion: "reduce",
    });
    await evaluate(page, "a.run().then(() => 0)");
    expect(await evaluate(page, "a.state")).toBe("done");
    await page.close();
  });
});

describe("an author", () => {
  test("sets properties before and after the element is defined; attributes and properties are one", async () => {
    const before = `document.addEventListener("DOMContentLoaded", () => { a.d = 7; a.widths = [4, 8]; a.autoplay = false; }, { once: true });`;
    const page = await pages.open(`<prop-chaos id="a" seed="3"></prop-chaos>`, { before });
    expect(await evaluate(page, '[a.d, a.widths, a.getAttribute("d"), a.getAttribute("widths"), a.seed]')).toEqual([
      7,
      [4, 8],
      "7",
      "4 8",
      3,
    ]);
    await evaluate(
      page,
      'a.d = null; a.setAttribute("widths", "3, 6"); a.pace = 5; a.theme = "dark"; a.autoplay = true; a.view = "gap"',
    );
    expect(await evaluate(page, "[a.d, a.widths, a.pace, a.theme, a.autoplay, a.view]")).toEqual([
      16,
      [3, 6],
      5,
      "dark",
      true,
      "gap",
    ]);
    expect(await evaluate(page, "a.outerHTML")).toBe(
      '<prop-chaos id="a" seed="3" widths="3, 6" pace="5" theme="dark" autoplay="" view="gap"></prop-chaos>',
    );
    await page.close();
  });

  test("changes colours, font and parts, and forces a theme", async () => {
    const page = await pages.open(
      `<link rel="stylesheet" href="own.css"><prop-chaos id="a" ${SMALL}></prop-chaos><prop-chaos id="b" ${SMALL} theme="dark"></prop-chaos>`,
    );
    const style = (id: string, property: string, inner = "") =>
      evaluate<string>(
        page,
        `getComputedStyle(${inner ? `${id}.shadowRoot.querySelector("${inner}")` : id}).${property}`,
      );
    const light = await style("a", "backgroundColor");
    const dark = await style("b", "backgroundColor");
    expect([light, dark]).toEqual(["rgb(255, 255, 255)", "rgb(23, 23, 28)"]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await style("a", "backgroundColor")).toBe(dark);
    await page.addStyleTag({
      content:
        "prop-chaos { --prop-chaos-background: rgb(1, 2, 3); --prop-chaos-series-8: rgb(4, 5, 6) } prop-chaos::part(status) { color: rgb(7, 8, 9) }",
    });
    expect(await style("a", "backgroundColor")).toBe("rgb(1, 2, 3)");
    await evaluate(page, "a.run().then(() => 0)");
    expect(await style("a", "stroke", ".line.series-8")).toBe("rgb(4, 5, 6)");
    expect(await style("a", "color", ".status")).toBe("rgb(7, 8, 9)");
    await page.close();
  });

  test("chooses views in their order, also of a figure that is finished", async () => {
    const page = await pages.open(`<prop-chaos id="a" ${SMALL} view="scaling risk"></prop-chaos>`);
    const titles = () => page.locator("figcaption strong").allInnerTexts();
    expect(await titles()).toEqual(["Scaling", "Risk"]);
    await evaluate(page, "a.run().then(() => 0)");
    await evaluate(page, 'window.report = a.report; a.view = "particles"');
    expect(await titles()).toEqual(["Particles"]);
    expect(await page.locator(".drawing .line.particle").count()).toBe(9);
    expect(await evaluate(page, "a.report === report")).toBe(true);
    await page.close();
  });

  test("lets figures run by themselves when they come into view", async () => {
    const page = await pages.open(
      `<prop-chaos id="a" ${SMALL} autoplay></prop-chaos><p id="space"></p><prop-chaos id="b" ${SMALL} autoplay></prop-chaos>`,
      { before: 'addEventListener("DOMContentLoaded", () => { space.style.height = "5000px"; });' },
    );
    await page.waitForFunction("heard.some(([type]) => type === 'result')");
    expect(await evaluate(page, "[a.state, b.state]")).toEqual(["done", "idle"]);
    await evaluate(page, "b.scrollIntoView()");
    await page.waitForFunction("b.report !== null");
    expect(await evaluate(page, "JSON.stringify(a.report) === JSON.stringify(b.report)")).toBe(true);
    await page.close();
  });
});

test.each([
  ["problem", "He99", /^The attribute problem must be one of He3, He4, .*; got "He99"$/],
  ["problem", "<script>heard.push(1)</script>", /got "<script>heard\.push\(1\)<\/script>"$/],
  ["problem", "__proto__", /^The attribute problem must be one of/],
  ["d", "NaN", /^The attribute d must be an integer from 2 to 4096; got "NaN"$/],
  ["d", "0x10", /got "0x10"$/],
  ["d", "", /got ""$/],
  [
    "widths",
    "1e9",
    /^The attribute widths must be 1 to 8 different integers from 1 to 4096, with spaces or commas between them; got "1e9"$/,
  ],
  ["widths", "8 8", /got "8 8"$/],
  ["widths", ",", /got ","$/],
  ["seed", "-1", /from 0 to 4294967295; got "-1"$/],
  ["seeds", "1000", /from 1 to 64; got "1000"$/],
  ["time", "Infinity", /^The attribute time must be a number above 0 and at most 1000000; got "Infinity"$/],
  ["time", "1e6", /^The attribute time must be at most 200000 steps of 0\.1; got "1e6"$/],
  ["time", "1.05", /^time must be a whole number of steps of 0\.1; got 1\.05$/],
  ["step", "0", /^The attribute step must be a number above 0/],
  ["step", "2", /^step must be at most the time of the run, 1; got 2$/],
  ["record", "99999", /from 2 to 1025; got "99999"$/],
  ["record", "50", /^record must not have two times on one step/],
  ["dynamics", "sgd", /^The attribute dynamics must be one of pgd, flow; got "sgd"$/],
  ["samples", "0", /from 1 to 65536; got "0"$/],
  [
    "view",
    "risk pie",
    /^The attribute view must be one or more of risk, gap, particles, scaling, with spaces between them; got "risk pie"$/,
  ],
  ["pace", "fast", /from 0 to 10000; got "fast"$/],
  ["theme", "sepia", /^The attribute theme must be one of light, dark; got "sepia"$/],
])("%s=%j is refused in place, and taken back the figure runs", async (name, text, message) => {
  const page = await shared();
  await evaluate(page, `a.reset(); heard.length = 0; a.setAttribute(${JSON.stringify(name)}, ${JSON.stringify(text)})`);
  expect(await evaluate(page, "a.run()")).toBe(null);
  const alert = await page.getByRole("alert").textContent();
  expect(alert).toMatch(message);
  // No drawing of something else beside it.
  if (alert?.startsWith("The attribute")) expect(await page.getByRole("img").count()).toBe(0);
  expect(await evaluate(page, "a.state")).toBe("error");
  expect(await evaluate(page, "heard.map(([type, id, { message }]) => [type, message]).at(-1)")).toEqual([
    "error",
    alert,
  ]);
  const good = { problem: "He4", d: "6", widths: "5 9", time: "1", step: "0.1", record: "6" } as Record<string, string>;
  await evaluate(page, `a.reset(); a.${name} = ${JSON.stringify(good[name] ?? null)}; a.run().then(() => 0)`);
  expect(await evaluate(page, "a.state")).toBe("done");
  expect(await page.getByRole("alert").count()).toBe(0);
});

let page: Page | undefined;
/** One page for all mistakes: it has to stay usable. */
async function shared(): Promise<Page> {
  page ??= await pages.open(`<prop-chaos id="a" ${SMALL}></prop-chaos>`);
  return page;
}

test("a figure that needs too much memory says how much, and the page stays usable", async () => {
  const page = await pages.open(
    `<prop-chaos id="a" problem="He4" d="4096" widths="4096" time="1" step="0.1"></prop-chaos>`,
  );
  expect(await evaluate(page, "a.run()")).toBe(null);
  expect(await page.getByRole("alert").textContent()).toMatch(/a network of width 4096.*MiB/);
  await evaluate(page, "a.d = 8; a.widths = [4, 6]; a.run().then(() => 0)");
  expect(await evaluate(page, "a.state")).toBe("done");
  await page.close();
});
