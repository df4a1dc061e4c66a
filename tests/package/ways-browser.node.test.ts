// Every way in which the published package reaches a page: plain files, a module worker, Vite in development and built.
// Each must give Node's numbers; every server is on the loopback interface.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import { approximationGap, createEngine, problems } from "propchaos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_ARGS, findChromium } from "../../scripts/chromium.ts";
import { type PackedProject, packProject } from "../support/packed.ts";
import { serve } from "../support/static-server.ts";
import { REPORT } from "../support/tiny-report.ts";

const DIST = "./node_modules/propchaos/dist/index.js";

/** Leaves the JSON of a report, or the message of an error, in the title of the page. */
function show(text: string): string {
  return `${text}.then((json) => { document.title = json; }, (error) => { document.title = "error: " + error.message; });\n`;
}

function html(script: string): string {
  return `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title></title><script type="module" src="${script}"></script>\n`;
}

let project: PackedProject;
let browser: Browser;
let expected: unknown;
beforeAll(async () => {
  project = packProject();
  const executablePath = findChromium();
  browser = await chromium.launch({ args: CHROMIUM_ARGS, ...(executablePath === undefined ? {} : { executablePath }) });
  using engine = await createEngine();
  const settings = { widths: [4, 9], time: 0.5, step: 0.1, seeds: 2, workers: 0 };
  expected = JSON.parse(JSON.stringify(await approximationGap(engine, problems.He3({ d: 3 }), settings)));

  project.write("index.html", html("./main.js"));
  project.write(
    "main.js",
    `import * as propchaos from "propchaos";\n${REPORT}\n${show("tinyReport(propchaos, {}, 2)")}`,
  );
  project.write("plain.html", html("./plain.js"));
  project.write("plain.js", `import * as propchaos from "${DIST}";\n${REPORT}\n${show("tinyReport(propchaos)")}`);
  project.write("worker.html", html("./with-worker.js"));
  project.write(
    "worker.js",
    `import * as propchaos from "${DIST}";\n${REPORT}\ntinyReport(propchaos).then((json) => postMessage(json));\n`,
  );
  const answer =
    'new Promise((resolve, reject) => { const worker = new Worker("./worker.js", { type: "module" }); worker.onmessage = ({ data }) => resolve(data); worker.onerror = reject; })';
  project.write("with-worker.js", show(answer));
  project.write("ready.html", html("./ready.js"));
  project.write(
    "ready.js",
    `import * as propchaos from "${DIST}";\n${REPORT}
    const module = await WebAssembly.compileStreaming(fetch("./node_modules/propchaos/dist/kernels.simd.wasm"));
    const refuse = async () => { throw new WebAssembly.CompileError("compiling from bytes is forbidden"); };
    const { instantiate } = WebAssembly;
    WebAssembly.compile = refuse;
    WebAssembly.instantiate = (what, imports) => what instanceof WebAssembly.Module ? instantiate(what, imports) : refuse();
    ${show("tinyReport(propchaos, { module })")}`,
  );
});
afterAll(async () => {
  await browser.close();
  rmSync(project.folder, { recursive: true });
});

/** The title that the page at `url` gives itself. */
async function titleOf(url: string): Promise<string> {
  const page: Page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  try {
    await page.goto(url);
    // Not waitForFunction: it evaluates text in the page, which a Content-Security-Policy forbids.
    for (const end = performance.now() + 20_000; (await page.title()) === ""; ) {
      if (performance.now() > end) throw new Error(`the page never answered: ${errors.join("; ")}`);
      await page.waitForTimeout(50);
    }
    return await page.title();
  } finally {
    await page.close();
  }
}

/** The numbers of a report without who computed it, and who did. */
function parts(json: string): { numbers: unknown; workers: { kind: string; count: number } } {
  expect(json).toMatch(/^\{/);
  const { workers, ...numbers } = JSON.parse(json);
  return { numbers: { ...numbers, workers: { kind: "calling thread", count: 0 } }, workers };
}

async function withServer<T>(
  folder: string,
  headers: Record<string, string>,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const server = await serve(folder, headers);
  try {
    return await use(server.url);
  } finally {
    await server.close();
  }
}

describe("a static page", () => {
  it.each(["plain.html", "worker.html", "ready.html"])("%s gives the same numbers", async (name) => {
    const title = await withServer(project.folder, {}, (url) => titleOf(url + name));
    expect(parts(title).numbers).toEqual(expected);
  });

  const policy = (sources: string) => ({ "Content-Security-Policy": `default-src 'self'; script-src ${sources}` });

  it("works under a Content-Security-Policy with 'wasm-unsafe-eval'", async () => {
    const title = await withServer(project.folder, policy("'self' 'wasm-unsafe-eval'"), (url) =>
      titleOf(`${url}plain.html`),
    );
    expect(parts(title).numbers).toEqual(expected);
  });

  it("says which directive is missing from a Content-Security-Policy", async () => {
    const title = await withServer(project.folder, policy("'self'"), (url) => titleOf(`${url}plain.html`));
    expect(title).toMatch(
      /^error: createEngine could not compile its WebAssembly: .* script-src must allow 'wasm-unsafe-eval'/,
    );
  });
});

const VITES = { "Vite 7": () => import("vite7"), "Vite 8": () => import("vite") };

describe.each(Object.entries(VITES))("%s", (name, load) => {
  const common = () => ({
    root: project.folder,
    configFile: false as const,
    envFile: false as const,
    logLevel: "error" as const,
    cacheDir: join(project.folder, `.cache ${name}`),
  });

  it("is the version that is meant", async () => {
    expect((await load()).version).toMatch(new RegExp(`^${name.split(" ")[1]}\\.`));
  });

  it("serves it in development, with workers", async () => {
    const { createServer } = await load();
    const server = await createServer({ ...common(), server: { host: "127.0.0.1", port: 0, hmr: false, watch: null } });
    try {
      await server.listen();
      const { numbers, workers } = parts(await titleOf(server.resolvedUrls?.local[0] ?? ""));
      expect(numbers).toEqual(expected);
      expect(workers.count).toBe(2);
    } finally {
      await server.close();
    }
  });

  it("builds it, with workers", async () => {
    const { build } = await load();
    const outDir = join(project.folder, `built with ${name}`);
    await build({ ...common(), build: { outDir, reportCompressedSize: false } });
    const { numbers, workers } = parts(await withServer(outDir, {}, titleOf));
    expect(numbers).toEqual(expected);
    expect(workers.count).toBe(2);
  });
});
