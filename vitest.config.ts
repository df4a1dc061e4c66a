// Four suites. `unit` imports the sources; `package` and `chromium` run the same files against the built package, in
// Node and in a real browser, because what users get is dist and not src; `web` drives the
// explorer, as it is built, in a browser.

import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { CHROMIUM_ARGS, findChromium } from "./scripts/chromium.ts";

function dist(path: string): string {
  return fileURLToPath(new URL(`dist/${path}`, import.meta.url));
}

// Whole names only: "propchaos/node" must not become "dist/index.js/node".
const alias = [
  { find: /^propchaos$/, replacement: dist("index.js") },
  { find: /^propchaos\/node$/, replacement: dist("node.js") },
];

const executablePath = findChromium();

export default defineConfig({
  test: {
    // By default one processor stays idle, which of two is half.
    maxWorkers: availableParallelism(),
    projects: [
      { test: { name: "unit", include: ["tests/unit/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 60_000 } },
      {
        resolve: { alias },
        test: { name: "package", include: ["tests/package/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        resolve: { alias },
        test: { name: "web", include: ["tests/web/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        resolve: { alias },
        // Known beforehand: a dependency that is found during the run reloads the page in the middle of a test.
        optimizeDeps: { include: ["fast-check"] },
        test: {
          // The project is called after its instance, chromium.
          name: "browser",
          include: ["tests/package/**/*.test.ts"],
          exclude: ["**/*.node.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            // One page at a time, beside the workers of the other suites.
            fileParallelism: false,
            provider: playwright({
              launchOptions: { args: CHROMIUM_ARGS, ...(executablePath === undefined ? {} : { executablePath }) },
            }),
            instances: [{ browser: "chromium", name: "chromium" }],
          },
        },
      },
    ],
  },
});
