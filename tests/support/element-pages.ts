// Pages with <prop-chaos> in a real browser: the built file by one script tag, served under a policy of the test's choice.

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import { CHROMIUM_ARGS, findChromium } from "../../scripts/chromium.ts";
import { type StaticServer, serve } from "./static-server.ts";

/** Policies by name; null for none. */
const POLICIES = {
  open: null,
  strict: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src data:",
  closed: "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:",
};

export type Policy = keyof typeof POLICIES;

/** What a page has besides the body. */
export interface PageOptions extends BrowserContextOptions {
  policy?: Policy;
  /** Runs before the element's module. */
  before?: string;
}

/** Violations of the policy and errors of the page, as they come. */
const LISTEN = `
  window.trouble = [];
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    trouble.push(effectiveDirective + " " + blockedURI));
  addEventListener("unhandledrejection", ({ reason }) => trouble.push(String(reason)));
  window.heard = [];
  for (const type of ["progress", "result", "error"])
    document.addEventListener(type, ({ target, detail }) => target.localName === "prop-chaos" && heard.push([type, target.id, detail]));
`;

export class ElementPages {
  private readonly folder: string;
  private readonly servers: Record<Policy, StaticServer>;
  private readonly browser: Browser;
  private pages = 0;

  private constructor(folder: string, servers: Record<Policy, StaticServer>, browser: Browser) {
    this.folder = folder;
    this.servers = servers;
    this.browser = browser;
  }

  static async start(): Promise<ElementPages> {
    const folder = mkdtempSync(join(tmpdir(), "propchaos-"));
    for (const file of ["element.js", "worker.js"])
      copyFileSync(fileURLToPath(new URL(`../../dist/${file}`, import.meta.url)), join(folder, file));
    const started = Object.entries(POLICIES).map(async ([name, policy]) => {
      return [name, await serve(folder, policy === null ? {} : { "Content-Security-Policy": policy })] as const;
    });
    const servers = Object.fromEntries(await Promise.all(started)) as Record<Policy, StaticServer>;
    const executablePath = findChromium();
    const browser = await chromium.launch({ args: CHROMIUM_ARGS, ...(executablePath && { executablePath }) });
    return new ElementPages(folder, servers, browser);
  }

  /** A file beside the pages. */
  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Opens a page with this body. */
  async open(
    body: string,
    { policy = "open", before = "", script = "element.js", ...options }: PageOptions & { script?: string } = {},
  ): Promise<Page> {
    const name = `page-${++this.pages}.html`;
    const head = `<meta charset="utf-8"><link rel="icon" href="data:,"><title>A page</title>`;
    const tag = `<script type="module" src="${script}"></script>`;
    this.write(
      name,
      `<!doctype html><html lang="en"><head>${head}${tag}</head><body><main>${body}</main></body></html>`,
    );
    const page = await this.browser.newPage(options);
    await page.addInitScript(`${LISTEN} ${before}`);
    await page.goto(`${this.servers[policy].url}${name}`);
    await page.waitForFunction('customElements.get("prop-chaos") !== undefined');
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await Promise.all(Object.values(this.servers).map((server) => server.close()));
    rmSync(this.folder, { recursive: true });
  }
}
