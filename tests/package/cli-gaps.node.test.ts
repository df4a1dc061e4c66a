// propchaos gaps: its table, its files, its document, its exit codes.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, problems, readReport, separateGaps, toCSV } from "propchaos";
import { saveReport } from "propchaos/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, run, start } from "../support/command.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "cli-"));
});
afterAll(() => rmSync(root, { recursive: true }));

const SHORT = ["--d", "4", "--widths", "4,8", "--samples", "32,64", "--time", "0.4", "--step", "0.1", "--seeds", "2"];

describe("propchaos gaps", () => {
  it("prints the three gaps at the last time, and their slopes", async () => {
    const { code, stdout, stderr } = await run("gaps", "He4", ...SHORT);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("He4, d = 4: Gaussian data, activation h_4, target h_4(x_1), information exponent 4");
    expect(lines[1]).toBe(
      "projected gradient descent (riemannian gradient, step 0.1) to flow time 0.4, 2 seeds (seed 1), float64, simd backend",
    );
    expect(stdout).toContain("E (f - f')² at flow time 0.4, mean ± standard error over 2 seeds:");
    expect(stdout).toMatch(/\n +n +m +width +sample +discretisation\n/);
    for (const row of ["32 +4", "32 +8", "64 +4", "64 +8"]) expect(stdout).toMatch(new RegExp(`\n *${row} .*±.*±.*±`));
    expect(stdout).toContain("m particles against M = 32 on the same n samples");
    for (const row of ["width, n = 32, against m", "width, n = 64, against m"])
      expect(stdout).toMatch(new RegExp(`${row} +-\\d.* to .* to .* -1\n`));
    for (const row of ["sample, m = 4, against n", "sample, m = 8, against n"])
      expect(stdout).toMatch(new RegExp(`${row} .* to .* to .* -1\n`));
  });

  it("says less where there is less: one width, one number of samples, one seed", async () => {
    const few = ["--widths", "4", "--samples", "64", "--batch", "16", "--seeds", "1"];
    const { code, stdout } = await run("gaps", "He4", ...SHORT, ...few);
    expect(code).toBe(0);
    expect(stdout).toContain("E (f - f')² at flow time 0.4:");
    expect(stdout).toContain("sample: n samples (16 a step) against the population");
    expect(stdout).not.toContain("slope");
  });

  it("gives the document of the library with --json, every option handed on", async () => {
    const options = ["--batch", "8", "--reference", "9", "--gradient", "euclidean", "--precision", "float32"];
    const more = ["--seed", "5", "--record", "0,0.4", "--workers", "0", "--backend", "scalar", "--json"];
    const { code, stdout, stderr } = await run("gaps", "Zero", ...SHORT, ...options, ...more);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    using engine = await createEngine({ backend: "scalar" });
    const report = await separateGaps(engine, problems.Zero({ d: 4 }), {
      widths: [4, 8],
      samples: [32, 64],
      batch: 8,
      reference: 9,
      time: 0.4,
      step: 0.1,
      gradient: "euclidean",
      precision: "float32",
      seeds: 2,
      seed: 5,
      record: [0, 0.4],
      workers: 0,
    });
    expect(stdout).toBe(`${JSON.stringify(report)}\n`);
  });

  it("draws random teachers from the seed of the run", async () => {
    const { code, stdout } = await run("gaps", "He4_random_2_8", ...SHORT, "--d", "9", "--seed", "3", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).problem.teachers.seed).toBe(3);
  });

  it("writes gaps.json, gaps.csv and gaps.svg, and says so", async () => {
    const out = join(root, "a", "b");
    const { code, stdout } = await run("gaps", "He4", ...SHORT, "--out", out);
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["gaps.csv", "gaps.json", "gaps.svg"]);
    expect(stdout).toContain(`Wrote ${join(out, "gaps.json")}\nWrote ${join(out, "gaps.csv")}\n`);
    const report = readReport(readFileSync(join(out, "gaps.json"), "utf8"));
    if (report.schema !== "propchaos/gaps@1") throw new Error("another kind of report");
    expect(readFileSync(join(out, "gaps.csv"), "utf8")).toBe(toCSV(report));
    const again = join(root, "again");
    expect(saveReport(report, again)).toEqual([join(again, "gaps.json"), join(again, "gaps.csv")]);
    expect(readFileSync(join(again, "gaps.json"), "utf8")).toBe(readFileSync(join(out, "gaps.json"), "utf8"));
  });

  it("is silent with --quiet", async () => {
    const { code, stdout, stderr } = await run("gaps", "He4", ...SHORT, "--quiet");
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("has help that says what it computes", async () => {
    const { code, stdout } = await run("gaps", "--help");
    expect(code).toBe(0);
    for (const text of ["width gap", "sample gap", "discretisation gap", "Exit codes:", "Examples:", "--reference <M>"])
      expect(stdout).toContain(text);
    for (const text of ["--dynamics", "--tolerance", "--dry-run"]) expect(stdout).not.toContain(text);
    expect((await run("--help")).stdout).toMatch(/\n +gaps \[options\] <problem>/);
  });
});

describe("exit codes", () => {
  it.each([
    [["He4", "--samples", "64,32,64"], "samples[2] must be different from the numbers before it; got 64"],
    [["He4", "--samples", "64;32"], "Allowed are decimal numbers with commas between them"],
    [["He4", "--samples", "64", "--batch", "65"], "batch must be an integer from 1 to 64"],
    [["He4", "--reference", "64"], "reference must be above the largest width, 128; got 64"],
    [["He4", "--widths", "0"], "widths[0] must be"],
    [["He4", "--d", "1"], "d must be"],
    [["He4", "--memory-limit", "2MiB"], "--memory-limit (in bytes) must be at least"],
    [["He4", "--dynamics", "flow"], "unknown option '--dynamics'"],
    [["He4", "--precision", "float16"], "Allowed choices are float64, float32"],
    [["XOR_2"], "problem must be one with a closed form on the population: Gaussian inputs"],
    [["He5"], 'there is no problem "He5"; did you mean'],
    [[], "missing required argument 'problem'"],
  ])("2 for wrong usage: %j", async (args, sentence) => {
    const out = join(root, "never");
    const { code, stdout, stderr } = await run("gaps", ...args, "--out", out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr.startsWith("propchaos: ")).toBe(true);
    expect(existsSync(out)).toBe(false);
  });

  it("1 where a network diverges, with its place", async () => {
    const { code, stdout, stderr } = await run("gaps", "He4", ...SHORT, "--time", "1e300", "--step", "1e300");
    expect(code).toBe(1);
    expect(stdout).toContain("No replica was finished.");
    expect(stderr).toContain(
      "diverged: the network of width 4 on the population, replica 0, had a number that is not finite at step 1",
    );
  });

  it.skipIf(process.platform === "win32")("130 where it is interrupted, with what was finished", async () => {
    const out = join(root, "interrupted");
    const long = ["--widths", "64", "--samples", "4096", "--time", "100", "--step", "0.01", "--workers", "0"];
    const child = start(["gaps", "He4", ...long, "--out", out, "--json"]);
    const end = ended(child);
    // The directory is made before anything is computed, when the signal is already listened to.
    await expect.poll(() => existsSync(out), { timeout: 20_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted; the results hold what was finished");
    expect(JSON.parse(stdout)).toMatchObject({ status: "aborted", seeds: 0 });
    expect(JSON.parse(readFileSync(join(out, "gaps.json"), "utf8")).status).toBe("aborted");
  });
});
