// The explorer as static files: relative addresses, so that they work from any path of any host.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { licenceFile, readBundled } from "../scripts/licences.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Parts of these come in by modules of others: by the package itself, which is one file, and by d3-delaunay. */
const INSIDE_OTHERS = ["assemblyscript", "@assemblyscript/loader", "delaunator", "robust-predicates"];

/** Writes the licences of what is bundled beside it. */
function licences(): Plugin {
  return {
    name: "licences",
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
      const packages = modules.flatMap((id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []);
      const folders = [...new Set([...packages, ...INSIDE_OTHERS])].map((name) => join(path("../node_modules"), name));
      const source = licenceFile(folders.map(readBundled));
      this.emitFile({ type: "asset", fileName: "THIRD-PARTY-LICENSES.txt", source });
    },
  };
}

export default defineConfig({
  root: path("."),
  base: "./",
  publicDir: false,
  resolve: { alias: [{ find: /^propchaos$/, replacement: path("../dist/index.js") }] },
  plugins: [licences()],
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
