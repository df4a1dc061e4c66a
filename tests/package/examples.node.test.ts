// Every program of examples/ on the packed package, with its defaults.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deno } from "../support/engines.ts";
import { outputOf, type PackedProject, packProject } from "../support/packed.ts";

const FOLDER = fileURLToPath(new URL("../../examples/", import.meta.url));
const programs = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"));

let project: PackedProject;
beforeAll(() => {
  project = packProject();
});
afterAll(() => rmSync(project.folder, { recursive: true }));

/** What each of them prints, in part. */
const SAYS: Record<string, RegExp> = {
  "abort-and-progress.ts": /\naborted: [1-9]/,
  "custom-activation.ts": /information exponent [1-9].*\n(t = \d+: risk 0\.\d+.*\n){5}/,
  "deno-jupyter.ts": /Infinite-width limit of He4, d = 32 \(3 panels\) as application\/vnd\.vegalite.*\n.* 0\.146882/,
  "he4.ts": /\n 256 .*\nslope of E\|Delta\| in m: -0\.\d+/,
  "numpy.ts": /trajectory\.npy\n(.*\n)+W = numpy\.load/,
  "xor4.ts": /m = 64: training error \d/,
};

function runExample(name: string): Promise<string> {
  const source = readFileSync(join(FOLDER, name), "utf8");
  if (name.startsWith("deno-")) {
    const args = ["run", "-A", "--cached-only", "--no-lock", "--node-modules-dir=manual", project.write(name, source)];
    return outputOf(deno(), args, project.folder);
  }
  const { code } = transformSync(source, { loader: "ts", format: "esm", target: "node20" });
  return outputOf(process.execPath, [project.write(name.replace(/ts$/, "mjs"), code)], project.folder);
}

describe("the examples", () => {
  it("are all listed", () => {
    const list = readFileSync(join(FOLDER, "README.md"), "utf8");
    for (const name of programs) expect(list).toContain(`[${name}](${name})`);
  });

  it.each(programs)("run: %s", async (name) => {
    const output = await runExample(name);
    if (name in SAYS) expect(output).toMatch(SAYS[name]);
    else expect(output).not.toBe("");
  });

  it("write what Python loads", ({ skip }) => {
    if (spawnSync("python3", ["-c", "import numpy"]).status !== 0) return skip("python3 has no numpy here");
    const { status, stdout, stderr } = spawnSync("python3", [join(project.folder, "results/numpy/load.py")], {
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(
      /^float64 \(128, 16\) float32 \(5, 16, 16\) \[0\.0, 1\.0, 2\.0, 3\.0, 4\.0\]\nunit rows: True\n/,
    );
    const [, fromJSON, fromCSV] = /last risk: (\S+) (\S+)/.exec(stdout) ?? [];
    expect(fromJSON).toBe(fromCSV);
  });
});
