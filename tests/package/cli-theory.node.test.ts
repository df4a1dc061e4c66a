// propchaos theory and propchaos gap --theory: their tables, files, documents and exit codes.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, gapReport, problems, readReport, theoryReport, toCSV } from "propchaos";
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
    expect(stdout).toContain("Its gap to the limit (m = 9), predicted and bounded:");
    expect(stdout).toMatch(/\n +t +E\|Δ\| +predicted +off by +Volterra +Gronwall\n/);
    expect(stdout).toMatch(/\n +t +m E\|Δ\|² +m·gap\n +0 +0 +0\.8750\n/);
    expect(readdirSync(out).sort()).toEqual(["theory.csv", "theory.json", "theory.svg"]);
    expect(readFileSync(join(out, "theory.svg"), "utf8")).toContain(">Gronwall</text>");
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

describe("propchaos gap --theory", () => {
  it("prints theory beside the measurement, and writes it with its figure", async () => {
    const out = join(root, "gap");
    const options = ["--widths", "5,9", "--seeds", "2", "--record", "5", "--theory", "--out", out];
    const { code, stdout, stderr } = await run("gap", "He4", ...SHORT, ...options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/Beside the limits of large m, by gradient flow \(relative error .*\):/);
    expect(stdout.match(/\nlimit /g)).toHaveLength(2);
    expect(stdout).toMatch(/\nm +E\|Δ\| +predicted +off by +Volterra +Gronwall\n5 .*×.*×\n9 .*×.*×\n/);
    expect(readdirSync(out).sort()).toEqual(["gap.csv", "gap.json", "gap.svg", "theory.svg"]);
    const report = readReport(readFileSync(join(out, "gap.json"), "utf8"));
    if (report.schema !== "propchaos/gap@1") throw new Error("another kind of report");
    using engine = await createEngine();
    const settings = { time: 0.4, step: 0.1, widths: [5, 9], seeds: 2, record: 5 };
    const { theory } = await gapReport(engine, problems.He4({ d: 4 }), settings);
    expect(report.theory).toEqual(theory);
    expect(readFileSync(join(out, "gap.csv"), "utf8")).toBe(toCSV(report));
    expect(readFileSync(join(out, "theory.svg"), "utf8")).toContain(">E|Δ| of one network, m = 9</text>");
  });

  it("says why there are no bounds", async () => {
    const few = ["--d", "3", "--time", "12", "--step", "0.1", "--record", "2", "--widths", "3", "--seeds", "1"];
    const { code, stdout } = await run("gap", "He4", ...few, "--theory");
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n3 +\d\S* +\d\S* +\S+% +- +- +- +-\n/);
    expect(stdout).toContain(
      "No bounds: recorded times are too far apart for their integrals; take more with --record.",
    );
  });

  it.each([
    [["He4", "--dry-run"], "--dry-run must be left out with --theory"],
    [["XOR_2"], "problem must be a single- or multi-index problem"],
    [["He4", "--samples", "64"], 'data must be "population" with theory: true; approximationGap measures the gap'],
    [["He4", "--record", "1,2"], "record must be a list that begins with 0"],
  ])("refuses %j", async (args, sentence) => {
    const { code, stdout, stderr } = await run("gap", ...args, "--widths", "4", "--theory");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
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
