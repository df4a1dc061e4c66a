// For mutation tests (docs/testing.md): the tests of the package run on the sources, in Node, so that changes there are seen.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: { alias: [{ find: /^propchaos$/, replacement: source("index.ts") }] },
  test: {
    include: ["tests/unit/**/*.test.ts", "tests/package/**/*.test.ts"],
    exclude: [
      "**/*.node.test.ts",
      "**/{canaries,growth,rooms,lint,release,licences,conformance,test-runner,io-*,plot-*,cli-*,fuzz}.test.ts",
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
