// The documentation site. Pages are the Markdown files of docs; the reference in docs/api is written by typedoc before this
// runs (scripts/docs.ts). The site is static and can lie in any folder of a host: DOCS_BASE names it, "/" by default.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type DefaultTheme, defineConfig } from "vitepress";
import { version } from "../../src/core/version.ts";
import { linksOfSite } from "./links.ts";

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

const reference: DefaultTheme.SidebarItem[] = existsSync(path("../api/typedoc-sidebar.json"))
  ? JSON.parse(readFileSync(path("../api/typedoc-sidebar.json"), "utf8"))
  : [];

/** One line of the sidebar for every page, in the order in which a reader would want them. */
export const SIDEBAR = [
  {
    text: "Begin",
    items: [
      { text: "First gap", link: "/start" },
      { text: "Where it runs", link: "/platforms" },
      { text: "In an application", link: "/application" },
      { text: "A live figure in a page", link: "/web" },
      { text: "The explorer", link: "/explorer" },
      { text: "Questions", link: "/questions" },
    ],
  },
  {
    text: "The mathematics",
    items: [
      { text: "Claims of the paper", link: "/claims" },
      { text: "The formulas", link: "/specification" },
      { text: "Theory", link: "/theory" },
      { text: "The mean-field limit", link: "/mean-field-limit" },
    ],
  },
  {
    text: "Experiments",
    items: [
      { text: "Data, references, the authors' runs", link: "/data" },
      { text: "Scaling laws", link: "/scaling" },
      { text: "Figures", link: "/figures" },
      { text: "Sweeps", link: "/sweeps" },
      { text: "On a cluster", link: "/cluster" },
      { text: "Workers", link: "/workers" },
      { text: "Random numbers and bits", link: "/random-numbers" },
      { text: "Speed", link: "/benchmarks" },
    ],
  },
  {
    text: "The project",
    items: [
      { text: "Versions, citation, licence", link: "/versions" },
      { text: "Contributing", link: "/contributing" },
      { text: "How the tests are tested", link: "/testing" },
      { text: "Changelog", link: "/changelog" },
      { text: "Reference", link: "/api/" },
    ],
  },
];

export default defineConfig({
  title: "propchaos",
  description: "How far is a neural network of width m from its infinite-width limit, and why?",
  lang: "en",
  head: [["link", { rel: "icon", href: "data:," }]],
  base: process.env.DOCS_BASE ?? "/",
  outDir: path("../../build/site"),
  cacheDir: path("../../build/.vitepress"),
  cleanUrls: false,
  lastUpdated: false,
  // Links out of the pages into other parts of the site are checked by scripts/docs.ts, on the whole of it.
  ignoreDeadLinks: [/^\.?\/?explorer\//],
  markdown: { config: linksOfSite, languageAlias: { assemblyscript: "typescript" } },
  // The live figure of the home page is the element as it is published.
  vite: { resolve: { alias: [{ find: "propchaos/element", replacement: path("../../dist/element.js") }] } },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === "prop-chaos" } } },
  themeConfig: {
    search: { provider: "local" },
    outline: { level: [2, 3] },
    nav: [
      { text: "Guide", link: "/start" },
      { text: "Claims", link: "/claims" },
      { text: "Theory", link: "/theory" },
      { text: "Explorer", link: "/explorer/index.html", target: "_self" },
      { text: "Reference", link: "/api/" },
      { text: version, link: "/changelog" },
    ],
    sidebar: { "/api/": reference, "/": SIDEBAR },
    footer: { message: "MIT licence. After Glasgow, Wu and Bruna, arXiv:2504.13110." },
  },
});
