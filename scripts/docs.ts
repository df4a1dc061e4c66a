// `npm run docs`: the documentation site with the reference and the explorer, as static files in build/site. Every link between its files is
// followed; one that leads nowhere is an error.

import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const SITE = "build/site";

function run(file: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: "inherit" });
  if (status !== 0) throw new Error(`${file} ended with ${status}`);
}

/** Links of a page that lead into the site, as they stand in it. */
function linksOf(html: string): string[] {
  return [...html.matchAll(/\s(?:href|src)="([^"]*)"/g)]
    .map(([, link]) => link.replaceAll("&amp;", "&"))
    .filter((link) => !/^([a-z]+:|\/\/)/i.test(link) && link !== "");
}

/** A sentence for each link of the site that leads nowhere. */
export function deadLinks(pages: ReadonlyMap<string, string>, files: ReadonlySet<string>, base: string): string[] {
  const anchors = new Map(
    [...pages].map(([page, html]) => [page, new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id))]),
  );
  return [...pages].flatMap(([page, html]) =>
    [...new Set(linksOf(html))].flatMap((link) => {
      const [path, anchor] = link.split("#").map(decodeURIComponent);
      const plain = path.split("?")[0];
      const from = plain.startsWith(base)
        ? plain.slice(base.length)
        : posix.normalize(posix.join(posix.dirname(page), plain)).replace(/^\.\//, "");
      const target = plain === "" ? page : from === "" || from.endsWith("/") ? `${from}index.html` : from;
      if (!files.has(target)) return [`${page}: ${link} leads to no file`];
      if (anchor && anchors.has(target) && !anchors.get(target)?.has(anchor))
        return [`${page}: ${link} leads to no heading`];
      return [];
    }),
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  run("node_modules/typedoc/bin/typedoc");
  run("node_modules/vitepress/bin/vitepress.js", "build", "docs");
  run("node_modules/tsx/dist/cli.mjs", "scripts/web.ts");
  cpSync("build/web", join(SITE, "explorer"), { recursive: true });
  const files = readdirSync(SITE, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  const pages = files.filter((path) => path.endsWith(".html"));
  const texts = new Map(pages.map((path) => [path, readFileSync(join(SITE, path), "utf8")]));
  const dead = deadLinks(texts, new Set(files), process.env.DOCS_BASE ?? "/");
  for (const line of dead) console.error(line);
  if (dead.length > 0) process.exitCode = 1;
  else console.log(`${SITE}: ${pages.length} pages, every link leads somewhere`);
}
