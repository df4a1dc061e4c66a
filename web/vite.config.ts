// The explorer as static files: relative addresses, so that they work from any path of any host.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: path("."),
  base: "./",
  publicDir: false,
  resolve: { alias: [{ find: /^propchaos$/, replacement: path("../dist/index.js") }] },
  worker: { format: "es" },
  build: {
    outDir: path("../build/web"),
    emptyOutDir: true,
    target: "es2022",
    // A data: address would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    // The package is one large file, which takes the plugins most of a short time.
    rolldownOptions: { checks: { pluginTimings: false } },
    modulePreload: { polyfill: false },
    // Vega, which is loaded when a figure is exported.
    chunkSizeWarningLimit: 1200,
  },
});
