// <prop-chaos> in a real browser: the numbers of Node to the bit, under every policy and without workers or SIMD; several on
// one page; its end and its return; its size. How it looks and answers is in element-page.node.test.ts.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Page } from "playwright";
import { approximationGap, createEngine, type GapOptions, type Problem, problems } from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ElementPages, type PageOptions } from "../support/element-pages.ts";

const FILE = fileURLToPath(new URL("../../dist/element.js", import.meta.url));

const HE4 = 'problem="He4" d="6" widths="5 9" time="1" step="0.1" seeds="2" seed="7" record="6"';
const XOR = 'problem="XOR_2" d="5" widths="3 6" time="1" step="0.1" seeds="2" samples="40"';

let pages: ElementPages;
const expected: Record<string, unknown> = {};

/** A report without what says who computed it, and with which build. */
function numbers(report: unknown): unknown {
  const { workers: _, backend: __, ...rest } = report as Record<string, unknown>;
  return rest;
}

beforeAll(async () => {
  pages = await ElementPages.start();
  using engine = await createEngine();
  const report = async (problem: Problem, options: GapOptions) =>
    numbers(JSON.parse(JSON.stringify(await approximationGap(engine, problem, options))));
  const common = { time: 1, step: 0.1, seeds: 2 };
  expected.he4 = await report(problems.He4({ d: 6 }), { ...common, widths: [5, 9], seed: 7, record: 6 });
  expected.xor = await report(problems.XOR_2({ d: 5 }), { ...common, widths: [3, 6], data: { samples: 40 } });
});
afterAll(() => pages.close());

const evaluate = <T>(page: Page, text: string): Promise<T> => page.evaluate<T>(text);

/** Runs the element with this id, and gives its report as JSON. */
async function run(page: Page, id: string): Promise<Record<string, unknown>> {
  return JSON.parse(
    await evaluate(page, `document.getElementById("${id}").run().then((report) => JSON.stringify(report))`),
  );
}

describe("the numbers are Node's to the bit", () => {
  const NO_WORKER = "delete globalThis.Worker;";
  const NO_SIMD = "WebAssembly.validate = () => false;";
  test.each<[string, PageOptions, unknown, string]>([
    ["in a plain page", {}, { kind: "blob", count: 1 }, "simd"],
    ["under a strict policy", { policy: "strict" }, { kind: "url", count: 1 }, "simd"],
    ["without workers", { before: NO_WORKER }, { kind: "calling thread", count: 0 }, "simd"],
    ["without SIMD", { before: NO_SIMD }, { kind: "blob", count: 1 }, "scalar"],
  ])("%s", async (_, options, workers, backend) => {
    const page = await pages.open(
      `<prop-chaos id="a" ${HE4}></prop-chaos><prop-chaos id="b" ${XOR}></prop-chaos>`,
      options,
    );
    const [a, b] = await Promise.all([run(page, "a"), run(page, "b")]);
    expect(a).toMatchObject({ workers, backend });
    expect(numbers(a)).toEqual(expected.he4);
    expect(numbers(b)).toEqual(expected.xor);
    // A Blob that the policy refuses is tried and reported; nothing else is, above all no style.
    const trouble = new Set(await evaluate<string[]>(page, "trouble"));
    expect([...trouble]).toEqual(options.policy === "strict" ? ["worker-src blob"] : []);
    await page.close();
  });

  test("through a bundler that makes it smaller, for old browsers too", async () => {
    for (const target of ["esnext", "es2020"]) {
      const { outputFiles } = await build({
        stdin: { contents: `import ${JSON.stringify(FILE)};`, resolveDir: "." },
        ...{ bundle: true, minify: true, format: "esm", write: false, target, logLevel: "silent" },
      });
      pages.write(`bundle-${target}.js`, outputFiles[0].text);
      const page = await pages.open(`<prop-chaos id="a" ${HE4}></prop-chaos>`, { script: `bundle-${target}.js` });
      expect(numbers(await run(page, "a"))).toEqual(expected.he4);
      await page.close();
    }
  });

  test("and where WebAssembly is blocked, the place of the figure says what to do", async () => {
    const page = await pages.open(`<prop-chaos id="a" autoplay></prop-chaos>`, { policy: "closed" });
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toContain("'wasm-unsafe-eval'");
    expect(await evaluate(page, "heard.map(([type, id]) => type + id)")).toEqual(["errora"]);
    expect(await evaluate(page, "a.state")).toBe("error");
    await page.close();
  });
});

describe("events", () => {
  test("bubble out of shadow roots, with progress up to the end and the report", async () => {
    const page = await pages.open(`<div id="host"></div>`);
    await evaluate(
      page,
      `new Promise((resolve) => {
        host.attachShadow({ mode: "open" }).innerHTML = '<prop-chaos ${HE4}></prop-chaos>';
        window.seen = [];
        for (const type of ["progress", "result"])
          addEventListener(type, ({ detail, composedPath }) => { seen.push([type, detail]); if (type === "result") resolve(); });
        host.shadowRoot.firstChild.run();
      })`,
    );
    const progress = await evaluate<{ done: number; total: number; time: number }[]>(
      page,
      'seen.filter(([type]) => type === "progress").map(([, detail]) => detail)',
    );
    expect(progress.at(-1)).toMatchObject({ done: progress.at(-1)?.total });
    const done = progress.map(({ done }) => done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(await evaluate(page, "seen.at(-1)[1] === host.shadowRoot.firstChild.report")).toBe(true);
    await page.close();
  });

  test("a figure that is paused waits, and goes on", async () => {
    const page = await pages.open(`<prop-chaos id="a" ${HE4} view="risk"></prop-chaos>`);
    await evaluate(page, "void a.run(); a.pause(); a.state");
    await page.waitForFunction("heard.length > 0");
    await page.waitForTimeout(100);
    expect(await evaluate(page, "[a.state, a.report]")).toEqual(["paused", null]);
    expect(numbers(await run(page, "a"))).toEqual(expected.he4);
    expect(await evaluate(page, "a.state")).toBe("done");
    await page.close();
  });
});

/** How many memories of WebAssembly there are in the page, after a collection of garbage. */
async function memories(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const prototype = await session.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
  const { objects } = await session.send("Runtime.queryObjects", {
    prototypeObjectId: prototype.result.objectId ?? "",
  });
  const { result } = await session.send("Runtime.callFunctionOn", {
    objectId: objects.objectId ?? "",
    functionDeclaration: "function () { return this.length; }",
    returnByValue: true,
  });
  await session.detach();
  return result.value;
}

async function waitForNoWorker(page: Page): Promise<void> {
  while (page.workers().length > 0) await page.workers()[0].waitForEvent("close");
}

describe("the end", () => {
  test("taken out of the page, a figure ends its worker and gives its memory back; put in again, it runs anew", async () => {
    const page = await pages.open(`<prop-chaos id="a" ${HE4}></prop-chaos>`);
    await evaluate(page, "void a.run(); a.pause(); window.kept = a; 0");
    if (page.workers().length === 0) await page.waitForEvent("worker");
    await page.waitForFunction("heard.length > 0");
    expect(await memories(page)).toBe(1);
    await evaluate(page, "kept.remove()");
    await waitForNoWorker(page);
    await expect.poll(() => memories(page)).toBe(0);
    expect(await evaluate(page, "[kept.state, kept.report]")).toEqual(["idle", null]);
    await evaluate(
      page,
      `new Promise((resolve) => { addEventListener("result", resolve); document.body.append(kept); })`,
    );
    expect(numbers(JSON.parse(await evaluate(page, "JSON.stringify(kept.report)")))).toEqual(expected.he4);
    // A finished figure only moves.
    await evaluate(page, "window.before = kept.report; document.body.prepend(kept)");
    expect(await evaluate(page, "kept.report === before")).toBe(true);
    // Unless its attributes have changed meanwhile. Looked at in one go: the new run takes milliseconds.
    expect(await evaluate(page, "kept.remove(); kept.seed = 8; document.body.append(kept); kept.report")).toBe(null);
    await page.waitForFunction("kept.report !== null");
    expect(await evaluate(page, "kept.report.settings.seed")).toBe(8);
    await waitForNoWorker(page);
    await expect.poll(() => memories(page)).toBe(0);
    expect(await evaluate(page, "trouble")).toEqual([]);
    await page.close();
  });

  test("reset and changed attributes stop a run; what comes after belongs to the new one", async () => {
    const page = await pages.open(`<prop-chaos id="a" ${HE4} widths="400 500" seeds="9"></prop-chaos>`);
    await evaluate(page, "window.first = a.run(); a.pause(); 0");
    if (page.workers().length === 0) await page.waitForEvent("worker");
    await evaluate(page, "a.reset(); 0");
    expect(await evaluate(page, "first")).toBe(null);
    await waitForNoWorker(page);
    expect(await evaluate(page, "[a.state, a.report]")).toEqual(["idle", null]);
    // A run that goes on is started anew, once for both changes.
    await evaluate(
      page,
      `new Promise((resolve) => { addEventListener("result", resolve); void a.run(); a.widths = [5, 9]; a.seeds = 2; })`,
    );
    expect(numbers(JSON.parse(await evaluate(page, "JSON.stringify(a.report)")))).toEqual(expected.he4);
    expect(await evaluate(page, 'heard.filter(([type]) => type === "result").length')).toBe(1);
    await page.close();
  });
});

test("on a server the import does nothing", async () => {
  const { PropChaosElement } = await import(FILE);
  expect(PropChaosElement.observedAttributes).toContain("widths");
  expect(globalThis).not.toHaveProperty("customElements");
});

test("the file with engine, worker and charts stays within its budget", () => {
  expect(gzipSync(readFileSync(FILE), { level: 9 }).length).toBeLessThan(150_000);
});
