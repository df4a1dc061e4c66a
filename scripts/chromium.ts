// Finds a Chromium-like browser for the tests: CHROMIUM_PATH, the usual places of the system, Playwright's own download.

import { existsSync } from "node:fs";
import { chromium } from "playwright";
import { findOrInstall, systemPaths } from "./programs.ts";

/** Switches that make a headless run small, quiet and possible as root. */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const NAMES = {
  commands: [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
  ],
  macApps: ["Chromium", "Google Chrome", "Microsoft Edge"].map((app) => `${app}.app/Contents/MacOS/${app}`),
  windowsPaths: ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"],
};

/** Path of a browser, or undefined where there is none. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  return [...systemPaths(NAMES), chromium.executablePath()].find((path) => path !== "" && existsSync(path));
}

/** Path of a browser; as root on a system with apt-get it is installed where there is none. */
export function ensureChromium(): string {
  return findOrInstall(
    findChromium,
    ["chromium"],
    "The browser tests need Chromium, Chrome or Edge: install one, run `npx playwright install chromium`, or set CHROMIUM_PATH to its executable",
  );
}
