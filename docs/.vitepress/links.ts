// CHANGELOG.md and CONTRIBUTING.md lie outside docs and are shown by it too, and pages link to files of the repository that the site does
// not have. Links are turned so that they hold on the site: those into docs lose the folder, those to other files are plain text.

import type { MarkdownRenderer } from "vitepress";

/** Pages of the site that stand for files of the repository. */
const PAGES: Record<string, string> = {
  "README.md": "./index.md",
  "CHANGELOG.md": "./changelog.md",
  "CONTRIBUTING.md": "./contributing.md",
};

/** Where a link of a page or of an included file leads on the site; null where the site has no such file. */
export function linkOnSite(href: string): string | null {
  if (/^([a-z]+:|#|\/)/.test(href)) return href;
  const [file, anchor] = href.replace(/^(\.\/)?(\.\.\/)?(docs\/)?/, "").split("#");
  const page = PAGES[file] ?? (/^[^/]+\.md$|^(figures|api|explorer)\//.test(file) ? `./${file}` : null);
  return page === null ? null : page + (anchor === undefined ? "" : `#${anchor}`);
}

/** A markdown-it plugin that turns the links of every page. */
export function linksOfSite(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("links-of-site", ({ tokens, env }) => {
    // The reference links within itself, in folders of its own.
    if (String(env.relativePath).startsWith("api/")) return;
    for (const token of tokens) {
      const open: boolean[] = [];
      token.children =
        token.children?.filter((child) => {
          if (child.type === "image") child.attrSet("src", linkOnSite(child.attrGet("src") ?? "") ?? "");
          if (child.type === "link_close") return open.pop();
          if (child.type !== "link_open") return true;
          const href = linkOnSite(child.attrGet("href") ?? "");
          open.push(href !== null);
          if (href !== null) child.attrSet("href", href);
          return href !== null;
        }) ?? null;
    }
  });
}
