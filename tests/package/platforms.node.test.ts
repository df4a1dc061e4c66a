// Every program of docs/platforms.md as it stands there, on the packed package: in pages, workers, bundles, servers and other
// engines. The numbers are compared with those of this process.

import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright";
import { approximationGap, createEngine, type Engine, meanFieldLimit, problems, trainNetwork } from "propchaos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_ARGS, findChromium } from "../../scripts/chromium.ts";
import { blockOf, codeBlocks } from "../support/code-blocks.ts";
import { bun, deno, workerd } from "../support/engines.ts";
import { outputOf, type PackedProject, packProject } from "../support/packed.ts";
import { serve } from "../support/static-server.ts";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/platforms.md", root), "utf8");

let project: PackedProject;
let browser: Browser;
let engine: Engine;
beforeAll(async () => {
  project = packProject();
  for (const name of ["react", "react-dom", "scheduler"])
    symlinkSync(new URL(`node_modules/${name}`, root), join(project.folder, "node_modules", name));
  const executablePath = findChromium();
  browser = await chromium.launch({ args: CHROMIUM_ARGS, ...(executablePath === undefined ? {} : { executablePath }) });
  engine = await createEngine();
});
afterAll(async () => {
  engine.dispose();
  await browser.close();
  rmSync(project.folder, { recursive: true });
});

/** The text of the page at `path` once it matches. */
async function textOf(folder: string, path: string, wanted: RegExp): Promise<string> {
  const server = await serve(folder);
  const tab = await browser.newPage();
  const errors: string[] = [];
  tab.on("pageerror", ({ message }) => errors.push(message));
  tab.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  try {
    await tab.goto(server.url + path);
    await tab
      .getByText(wanted)
      .first()
      .waitFor({ timeout: 20_000 })
      .catch(() => {
        throw new Error(`the page never showed ${wanted}: ${errors.join("; ")}`);
      });
    // A browser asks for an icon that the page does not have.
    expect(errors.filter((text) => !/404/.test(text))).toEqual([]);
    return (await tab.textContent("body"))?.trim() ?? "";
  } finally {
    await tab.close();
    await server.close();
  }
}

/** The mean-field risk of He4 at the end. */
async function limitRisk(d: number, time: number): Promise<number | undefined> {
  return (await meanFieldLimit(engine, problems.He4({ d }), { time, workers: 0 })).loss.at(-1);
}

const HTML =
  '<!doctype html><meta charset="utf-8"><title>.</title><body><script type="module" src="./main.js"></script></body>';

describe("docs/platforms.md", () => {
  it("a page", async () => {
    project.write("a/index.html", blockOf(page, "A page", "html"));
    symlinkSync(join(project.folder, "node_modules"), join(project.folder, "a/node_modules"));
    const settings = { widths: [16, 32], time: 1, seeds: 2, workers: 0 };
    const { scaling } = await approximationGap(engine, problems.He3({ d: 8 }), settings);
    expect(await textOf(join(project.folder, "a"), "index.html", /falls/)).toBe(
      `E|Delta| falls as m to the ${scaling?.meanDelta?.slope}`,
    );
  });

  it.each(["README.md", "docs/web.md"])("the live figure of %s", async (path) => {
    const [figure] = codeBlocks(readFileSync(new URL(path, root), "utf8")).filter(
      ({ language }) => language === "html",
    );
    project.write(
      "h/index.html",
      `<!doctype html><title>.</title>${figure.code.replace(/src="[^"]*"/, 'src="element.js"')}
      <p id="end"></p><script type="module" src="end.js"></script>`,
    );
    project.write(
      "h/end.js",
      `const figure = document.querySelector("prop-chaos");
      const widths = figure.getAttribute("widths").split(" ").map(Number);
      // As many neurons as a test can wait for; the rest is as it is written.
      figure.setAttribute("widths", "8 16");
      figure.addEventListener("result", ({ detail }) => { end.textContent = detail.status + " " + widths.length; });`,
    );
    copyFileSync(new URL("dist/element.js", root), join(project.folder, "h/element.js"));
    expect(await textOf(join(project.folder, "h"), "index.html", /completed 4/)).toMatch(/completed 4/);
  });

  it("a worker", async () => {
    project.write("b/worker.js", blockOf(page, "A worker", "js"));
    project.write("b/index.html", HTML);
    project.write(
      "b/page.js",
      `const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }) => { document.body.textContent = \`risk \${data.loss.at(-1)}\`; };
      worker.postMessage({ d: 8, time: 2 });`,
    );
    const bundles = { worker: "b/worker.js", main: "b/page.js" };
    for (const [name, entry] of Object.entries(bundles))
      await build({
        entryPoints: [join(project.folder, entry)],
        outfile: join(project.folder, "b/out", `${name}.js`),
        bundle: true,
        format: "esm",
        target: "es2022",
      });
    project.write("b/out/index.html", HTML);
    expect(await textOf(join(project.folder, "b/out"), "index.html", /risk/)).toBe(`risk ${await limitRisk(8, 2)}`);
  });

  it.each([["Vite 7", () => import("vite7")] as const, ["Vite 8", () => import("vite")] as const])(
    "%s",
    async (name, load) => {
      project.write("c/main.js", blockOf(page, "Vite", "js"));
      project.write("c/index.html", HTML);
      const vite = await load();
      const outDir = join(project.folder, `c/built with ${name}`);
      await vite.build({
        root: join(project.folder, "c"),
        configFile: false,
        envFile: false,
        logLevel: "error",
        build: { outDir, reportCompressedSize: false },
      });
      const { loss } = await trainNetwork(engine, problems.He3({ d: 8 }), { width: 32, time: 1 });
      expect(await textOf(outDir, "index.html", /risk/)).toBe(`risk ${loss?.at(-1)}`);
    },
  );

  it("a component that a server renders", async () => {
    project.write("d/risk.jsx", blockOf(page, "Next, and other servers that render pages", "jsx"));
    project.write(
      "d/server.mjs",
      `import { createElement } from "react"; import { renderToString } from "react-dom/server"; import Risk from "./risk.jsx";
      console.log(renderToString(createElement(Risk, { d: 8 })));`,
    );
    project.write(
      "d/client.mjs",
      `import { createElement } from "react"; import { hydrateRoot } from "react-dom/client"; import Risk from "./risk.jsx";
      hydrateRoot(document.getElementById("root"), createElement(Risk, { d: 8 }));`,
    );
    const bundle = (name: string, platform: "node" | "browser") =>
      build({
        entryPoints: [join(project.folder, `d/${name}.mjs`)],
        outfile: join(project.folder, `d/out/${name}.${platform === "node" ? "cjs" : "js"}`),
        bundle: true,
        format: platform === "node" ? "cjs" : "esm",
        platform,
        target: "es2022",
        define: { "process.env.NODE_ENV": '"production"' },
        // What bundlers that know the directive act upon is nothing to this one.
        logOverride: { "unsupported-directive": "silent" },
      });
    await bundle("server", "node");
    await bundle("client", "browser");
    const markup = (
      await outputOf(process.execPath, [join(project.folder, "d/out/server.cjs")], project.folder)
    ).trim();
    expect(markup).toBe("<p>computing</p>");
    project.write(
      "d/out/index.html",
      `<!doctype html><title>.</title><div id="root">${markup}</div><script type="module" src="./client.js"></script>`,
    );
    expect(await textOf(join(project.folder, "d/out"), "index.html", /risk/)).toBe(`risk ${await limitRisk(8, 4)}`);
  });

  it.each(["node", "bun"])("a script of %s", async (name) => {
    const main = project.write("e/main.mjs", blockOf(page, "Node and bun", "js"));
    const command = name === "bun" ? bun() : process.execPath;
    expect(await outputOf(command, [main], project.folder)).toMatch(/gap\.json/);
    const written = JSON.parse(readFileSync(join(project.folder, "results/gap.json"), "utf8"));
    const settings = { widths: [16, 32], time: 1, seeds: 2, workers: 0 };
    const report = await approximationGap(engine, problems.He3({ d: 8 }), settings);
    expect(written.widths).toEqual(JSON.parse(JSON.stringify(report)).widths);
    rmSync(join(project.folder, "results"), { recursive: true });
  });

  it("a script of deno", async () => {
    const main = project.write("f/main.ts", blockOf(page, "Deno", "ts"));
    const args = ["run", "--cached-only", "--no-lock", "--node-modules-dir=manual", main];
    const { loss, errorEstimate } = await meanFieldLimit(engine, problems.He4({ d: 1000 }), {
      time: 10,
      tolerance: 1e-4,
    });
    expect((await outputOf(deno(), args, project.folder)).trim()).toBe(`${loss.at(-1)} ${errorEstimate}`);
  });

  it("Cloudflare's runtime", async () => {
    const main = project.write("g/main.js", blockOf(page, "Cloudflare Workers", "js"));
    const kernels = "propchaos/kernels.simd.wasm";
    await build({
      entryPoints: [main],
      outfile: join(project.folder, "g/out/worker.js"),
      bundle: true,
      format: "esm",
      target: "es2022",
      external: [kernels],
    });
    symlinkSync(
      join(project.folder, "node_modules/propchaos/dist/kernels.simd.wasm"),
      join(project.folder, "g/out/kernels.wasm"),
    );
    const config = project.write(
      "g/out/config.capnp",
      `using Workerd = import "/workerd/workerd.capnp";
      const config :Workerd.Config = (
        services = [(name = "main", worker = (
          modules = [(name = "worker.js", esModule = embed "worker.js"), (name = "${kernels}", wasm = embed "kernels.wasm")],
          compatibilityDate = "2026-01-01",
        ))],
        sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
      );`,
    );
    const server = spawn(workerd(), ["serve", config, "--control-fd=1"], { stdio: ["ignore", "pipe", "pipe"] });
    try {
      const url = `http://127.0.0.1:${await portOf(server)}/`;
      const response = await fetch(`${url}?d=8`);
      expect(await response.text()).toBe(JSON.stringify({ d: 8, risk: await limitRisk(8, 2) }));
      const refusal = await fetch(`${url}?d=-1`);
      expect([refusal.status, await refusal.text()]).toEqual([400, expect.stringMatching(/\bd must be/)]);
    } finally {
      server.kill("SIGKILL");
    }
  });
});

/** The port on which workerd says that it listens. */
function portOf(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (text: string) => {
      said += text;
      const [, port] = /"port":(\d+)/.exec(said) ?? [];
      if (port !== undefined) resolve(Number(port));
    };
    server.stdout?.setEncoding("utf8").on("data", hear);
    server.stderr?.setEncoding("utf8").on("data", hear);
    server.on("error", reject);
    server.on("close", (code) => reject(new Error(`workerd ended with ${code}: ${said}`)));
  });
}
