// The built explorer in a browser: what its tests share.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import { CHROMIUM_ARGS, findChromium } from "../../scripts/chromium.ts";
import { type StaticServer, serve } from "../support/static-server.ts";

export const BUILT = fileURLToPath(new URL("../../build/web", import.meta.url));

/** A policy under which the page must do all it can. */
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'; img-src 'self' data:; connect-src 'self'";

/** Settings of a run that takes a moment. */
export const SMALL = "#problem=He4&d=6&widths=8,20&time=1&step=0.05&seeds=2&seed=7";

export class Explorer {
  private readonly server: StaticServer;
  private readonly browser: Browser;
  /** Errors that pages had, and what their policy refused them. */
  readonly errors: string[] = [];

  private constructor(server: StaticServer, browser: Browser) {
    this.server = server;
    this.browser = browser;
  }

  static async start(policy = POLICY): Promise<Explorer> {
    const executablePath = findChromium();
    const server = await serve(BUILT, { "Content-Security-Policy": policy });
    const launch = { args: CHROMIUM_ARGS, ...(executablePath === undefined ? {} : { executablePath }) };
    return new Explorer(server, await chromium.launch(launch));
  }

  get url(): string {
    return this.server.url;
  }

  /** A page before anything is loaded. */
  async blank(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
    return page;
  }

  /** A page of the explorer with the state of a hash. */
  async open(hash = "", options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.blank(options);
    await page.goto(this.url + hash);
    return page;
  }

  /** Ends what pages are doing, and closes them. */
  async clear(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }
}

/** Waits until something is so. Not waitForFunction, which evaluates text in the page, as a policy forbids. */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 40): Promise<void> {
  for (const end = performance.now() + 1000 * seconds; !(await holds()); ) {
    if (performance.now() > end) throw new Error(`never so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function statusOf(page: Page): Promise<string> {
  return (await page.textContent("#status")) ?? "";
}

/** Presses Run and waits for the end, of the networks or of the theory too. */
export async function run(page: Page, { theory = false } = {}): Promise<void> {
  await page.click("#run");
  await finished(page, { theory });
}

export async function finished(page: Page, { theory = false } = {}): Promise<void> {
  await until("the run is done", async () => (await statusOf(page)).startsWith("Done"));
  if (theory) await until("the theory is done", () => page.isEnabled('[data-export="theory-json"]'));
}

/** The file behind a button. */
export async function download(page: Page, name: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(`[data-export="${name}"]`)]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** A document without who computed it, which has no part in the numbers. */
export function numbers(json: string): unknown {
  const { workers: _, ...rest } = JSON.parse(json);
  return rest;
}
