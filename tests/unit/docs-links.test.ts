// Links of the documentation site: how they are turned on their way from the repository, and how dead ones are found.

import { describe, expect, it } from "vitest";
import { linkOnSite } from "../../docs/.vitepress/links.ts";
import { deadLinks } from "../../scripts/docs.ts";

describe("a link of a page", () => {
  it.each([
    ["theory.md#bounds", "./theory.md#bounds"],
    ["docs/data.md", "./data.md"],
    ["../README.md", "./index.md"],
    ["CHANGELOG.md", "./changelog.md"],
    ["docs/figures/he4.svg", "./figures/he4.svg"],
    ["https://arxiv.org/abs/2504.13110", "https://arxiv.org/abs/2504.13110"],
    ["#memory", "#memory"],
    ["tests/conformance/hashes.json", null],
    ["../src/plot/alignment.ts", null],
    ["examples/README.md", null],
  ])("%s leads to %s", (href, expected) => {
    expect(linkOnSite(href)).toBe(expected);
  });
});

describe("dead links", () => {
  const pages = new Map([
    ["index.html", '<a href="/base/a.html#here">a</a><a href="./folder/">b</a><img src="x.svg?v=1">'],
    ["a.html", '<h2 id="here"></h2><a href="#there">c</a><a href="mailto:x@y">d</a><a href="gone.html">e</a>'],
    ["folder/index.html", '<a href="../a.html">f</a><a href="../">g</a><a href="../nowhere/">h</a>'],
  ]);
  const files = new Set([...pages.keys(), "x.svg"]);

  it("are those to files and headings that are not there", () => {
    expect(deadLinks(pages, files, "/base/")).toEqual([
      "a.html: #there leads to no heading",
      "a.html: gone.html leads to no file",
      "folder/index.html: ../nowhere/ leads to no file",
    ]);
  });
});
