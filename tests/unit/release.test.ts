import { expect, test } from "vitest";
import { versionProblems } from "../../scripts/release.ts";

const GOOD = {
  manifest: '{ "version": "0.2.0" }',
  source: 'export const version = "0.2.0";\n',
  citation: "cff-version: 1.2.0\nversion: 0.2.0\n",
  changelog: "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n- New.\n\n## [0.1.0]\n\n- Old.\n",
};

test("a version that stands everywhere has no problems", () => {
  expect(versionProblems(GOOD)).toEqual([]);
});

test.each([
  ["version.ts", { source: 'export const version = "0.1.0";\n' }, "src/core/version.ts does not say 0.2.0"],
  ["CITATION.cff", { citation: "cff-version: 0.2.0\nversion: 0.1.0\n" }, "CITATION.cff does not say 0.2.0"],
  [
    "unreleased changes",
    { changelog: GOOD.changelog.replace("[Unreleased]\n", "[Unreleased]\n\n- Newer.\n") },
    "CHANGELOG.md still has unreleased changes: move them under [0.2.0]",
  ],
  [
    "no [Unreleased]",
    { changelog: GOOD.changelog.replace("## [Unreleased]\n", "") },
    "CHANGELOG.md must begin with [Unreleased]",
  ],
  [
    "another release",
    { changelog: GOOD.changelog.replace("## [0.2.0] - 2026-12-01\n\n- New.\n\n", "") },
    "the first release of CHANGELOG.md must be [0.2.0]",
  ],
  [
    "no date",
    { changelog: GOOD.changelog.replace(" - 2026-12-01", "") },
    '[0.2.0] of CHANGELOG.md must have a date, as in "## [0.2.0] - 2026-01-31"',
  ],
])("%s is named", (_, change, sentence) => {
  expect(versionProblems({ ...GOOD, ...change })).toContain(sentence);
});
