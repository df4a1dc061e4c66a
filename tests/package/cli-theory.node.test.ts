// propchaos theory: its tables, its files, its document, its exit codes.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, problems, readReport, theoryReport, toCSV } from "propchaos";
import { saveReport } from "propchaos/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../support/command.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "cli-"));
});
afterAll(() => rmSync(root, { recursive: true }));

const SHORT = ["--d", "4", "--time", "0.4", "--step", "0.1"];

describe("propchaos theory", () => {
  it("prints limit and network with their verdicts, and writes theory.json and theory.csv", async () => {
    const out = join(root, "a");
    const { code, stdout, stderr } = await run("theory", "He4", ...SHORT, "--width", "9", "--out", out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("to flow time 0.4, tolerance 1e-8, network of width 9 (seed 1), simd backend\n");
    expect(stdout).toMatch(/The infinite-width limit \(\d+ points of its law, medians and 99% quantiles\):/);
    expect(stdout).toContain("A network of 9 particles (medians and 99% quantiles):");
    expect(
      stdout.match(/\n +t +\|D\| +99% +\|v\| +99% +C +99% +C⁺ +99% +∫\|D\| +log\|α\/α₀\| +to equator +at rest\n/g),
    ).toHaveLength(2);
    expect(stdout.match(/\nSelf-concordance holds up to flow time 0.4: /g)).toHaveLength(2);
    expect(readdirSync(out).sort()).toEqual(["theory.csv", "theory.json"]);
    const report = readReport(readFileSync(join(out, "theory.json"), "utf8"));
    if (report.schema !== "propchaos/theory@1") throw new Error("another kind of report");
    expect(readFileSync(join(out, "theory.csv"), "utf8")).toBe(toCSV(report));
    const again = join(root, "again");
    expect(saveReport(report, again)).toEqual([join(again, "theory.json"), join(again, "theory.csv")]);
    const { limit } = report.selfConcordance;
    if (!limit) throw new Error("no limit");
    expect(saveReport(limit, again)[0]).toBe(join(again, "self-concordance.json"));
  });

  it("gives the document of the library with --json, every option handed on", async () => {
    const options = ["--tolerance", "1e-4", "--record", "0,0.2", "--seed", "5", "--bound", "2"];
    const more = ["--width", "6", "--samples", "64", "--batch", "32", "--backend", "scalar", "--json"];
    const euclidean = ["--dynamics", "pgd", "--gradient", "euclidean"];
    const { code, stdout, stderr } = await run("theory", "He3", ...SHORT, ...options, ...more, ...euclidean);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    using engine = await createEngine({ backend: "scalar" });
    const report = await theoryReport(engine, problems.He3({ d: 4 }), {
      time: 0.4,
      step: 0.1,
      gradient: "euclidean",
      tolerance: 1e-4,
      record: [0, 0.2],
      bound: 2,
      width: 6,
      seed: 5,
      data: { samples: 64, batch: 32 },
    });
    expect(stdout).toBe(`${JSON.stringify(report)}\n`);
  });

  it("has the network alone where the limit has no direction", async () => {
    const { code, stdout } = await run("theory", "XOR_2", ...SHORT, "--width", "5", "--samples", "64");
    expect(code).toBe(0);
    expect(stdout).toContain("A network of 5 particles");
    expect(stdout).not.toContain("The infinite-width limit");
    expect(stdout).toContain("There is no single direction w*, hence no α and no verdict");
  });
});

describe("exit codes", () => {
  it.each([
    [["XOR_2", "--width", "0"], "got XOR_2. selfConcordance with width: m looks at a network instead"],
    [["He4_orth", "--tolerance", "1e-3", "--width", "4"], "tolerance must be left out beside width or initial"],
    [["He4", "--width", "0", "--seed", "3"], "--seed must be left out with --width 0: there is no network"],
    [["He4", "--workers", "2"], "unknown option '--workers'"],
  ])("2 for wrong usage: %j", async (args, sentence) => {
    const out = join(root, "never");
    const { code, stdout, stderr } = await run("theory", ...args, "--out", out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(existsSync(out)).toBe(false);
  });

  it("1 where the limit diverges, with its place", async () => {
    const wild = ["--time", "1e300", "--step", "1e300"];
    const { code, stderr } = await run("theory", "He4", "--d", "4", ...wild, "--width", "4", "--quiet");
    expect(code).toBe(1);
    expect(stderr).toContain("diverged: the infinite-width limit had a number that is not finite at step 1");
  });
});
