// The built command line as a process of its own: exit codes, streams and files.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toNPY } from "propchaos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, PROGRAM, run, start } from "../support/command.ts";

const SMALL = ["--d", "4", "--widths", "8,16,32", "--time", "0.4", "--step", "0.02", "--seeds", "3", "--record", "3"];

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "cli-"));
});
afterAll(() => rmSync(root, { recursive: true }));

describe("propchaos", () => {
  it("is executable by its first line", () => {
    expect(readFileSync(PROGRAM, "utf8").split("\n", 1)[0]).toBe("#!/usr/bin/env node");
  });

  it("says its version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.each([
    [["--help"], "propchaos gap He4"],
    [["gap", "--help"], "Delta_i(t) = w_i(t) - xi_i(t)"],
    [["limit", "--help"], "d alpha / dt"],
    [["problems", "--help"], "information exponent"],
    [["help", "gap"], "--widths"],
  ])("teaches with %j", async (args, text) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(text);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("shows its help as an error when nothing is asked", async () => {
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Usage: propchaos");
  });
});

describe("usage errors end with 2 and one sentence", () => {
  it.each([
    [["gap", "he44"], 'there is no problem "he44"; did you mean He4?'],
    [["limit", "np_miss"], "did you mean NP_mis?"],
    [["gap"], "missing required argument 'problem'"],
    [["gap", "He4", "He3"], "too many arguments"],
    [["gpa", "He4"], "Did you mean gap?"],
    [["gap", "He4", "--width", "8"], "Did you mean --widths?"],
    [["gap", "He4", "--d", "12abc"], "option '--d <n>' argument '12abc' is invalid. Allowed is"],
    [["gap", "He4", "--d", "-3"], "d must be an integer"],
    [["gap", "He4", "--d", "1"], "d must be an integer"],
    [["gap", "He4", "--widths", "8,x"], "option '--widths <list>' argument '8,x' is invalid"],
    [["gap", "He4", "--widths", "8,0"], "got 0"],
    [["gap", "He4", "--widths", "8.5"], "got 8.5"],
    [["gap", "He4", "--time", "-1"], "time must be"],
    [["gap", "He4", "--time", "1e999"], "option '--time <t>' argument '1e999' is invalid"],
    [["gap", "He4", "--time", "1", "--step", "2"], "step must be"],
    [["gap", "He4", "--record", "2,1"], "record[1] must be"],
    [["gap", "He4", "--seed", "-1"], "seed must be"],
    [["gap", "He4", "--seeds", "0"], "seeds must be"],
    [["gap", "He4", "--tolerance", "0"], "tolerance must be"],
    [["gap", "He4", "--dynamics", "sgd"], "Allowed choices are pgd, flow"],
    [["gap", "He4", "--dynamics", "flow", "--gradient", "euclidean"], "gradient must be"],
    [["gap", "He4", "--backend", "gpu"], "Allowed choices are auto, simd, scalar"],
    [["gap", "He4", "--memory-limit", "1MB"], "option '--memory-limit <size>' argument '1MB' is invalid"],
    [["gap", "He4", "--memory-limit", "1KiB"], "--memory-limit (in bytes) must be"],
    [["gap", "He4", "--out", ""], "--out must be"],
    [["gap", "He4", "--workers", "two"], "option '--workers <n>' argument 'two' is invalid"],
    [["gap", "He4", "--workers", "-1"], "workers must be"],
    [["gap", "He4", "--workers", "-1", "--dry-run"], "workers must be"],
    [["gap", "He4", "--initial", "there-is-none.npy"], "--initial must be a .npy file that can be read"],
    [["gap", "He4", "--initial", PROGRAM], "bytes that do not start as one"],
    [["gap", "He4", "--initial", "a.npy", "--seeds", "2"], "--seeds must be left out beside --initial"],
    [["gap", "He4", "--initial", "a.npy", "--widths", "2"], "--widths must be left out beside --initial"],
    [["limit", "He4", "--initial", "a.npy"], "unknown option '--initial'"],
    [["limit", "He4", "--time", "-1", "--dry-run"], "time must be"],
    [["limit", "He4", "--seeds", "3"], "unknown option '--seeds'"],
    [["problems", "--out", "x"], "unknown option '--out'"],
  ])("%j", async (args, sentence) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr.startsWith("propchaos: ")).toBe(true);
    expect(stderr).not.toMatch(/\n +at /);
  });

  it("a run larger than the memory limit", async () => {
    const { code, stderr } = await run("gap", "He4", "--widths", "100000", "--memory-limit", "2MiB");
    expect(code).toBe(2);
    expect(stderr).toMatch(/MiB/);
  });

  it("a directory that cannot be made, before anything is computed", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    const out = join(file, "results");
    const { code, stdout, stderr } = await run("gap", "He4", "--out", out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`--out must be a directory that can be created and written; got "${out}"`);
  });

  it("a name in the directory that is taken by a directory", async () => {
    const out = join(root, "taken");
    mkdirSync(join(out, "gap.svg"), { recursive: true });
    const { code, stderr } = await run("gap", "He4", ...SMALL, "--out", out);
    expect(code).toBe(2);
    expect(stderr).toContain("gap.svg is a directory");
    expect(readdirSync(out)).toEqual(["gap.svg"]);
  });

  it("leave no directory behind", async () => {
    const out = join(root, "vain");
    expect((await run("gap", "He4", "--widths", "-1", "--out", out)).code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });
});

describe("propchaos gap", () => {
  it("prints a table and writes three whole files", async () => {
    const out = join(root, "deep", "gap");
    const { code, stdout, stderr } = await run("gap", "He4", ...SMALL, "--out", out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^He4, d = 4: /);
    expect(stdout).toMatch(/\n +m +risk +E\|Δ\| /);
    expect(stdout).toContain("95% interval");
    expect(stdout).toContain(`Wrote ${join(out, "gap.svg")}\n`);
    expect(readdirSync(out).sort()).toEqual(["gap.csv", "gap.json", "gap.svg"]);
    expect(readFileSync(join(out, "gap.svg"), "utf8")).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(
      readFileSync(join(out, "gap.csv"), "utf8")
        .split("\n")
        .filter((line) => /^\d/.test(line)).length,
    ).toBe(9);
    const report = JSON.parse(readFileSync(join(out, "gap.json"), "utf8"));
    expect(report.settings.widths).toEqual([8, 16, 32]);

    const json = await run("gap", "He4", ...SMALL, "--json");
    expect(json.stderr).toBe("");
    expect(JSON.parse(json.stdout)).toEqual(report);
  });

  it("gives the same bytes twice, and the scalar backend the same numbers", async () => {
    const [first, again, scalar] = await Promise.all([
      run("gap", "He4", ...SMALL, "--json"),
      run("gap", "He4", ...SMALL, "--json"),
      run("gap", "He4", ...SMALL, "--json", "--backend", "scalar"),
    ]);
    expect(again.stdout).toBe(first.stdout);
    const { backend, ...numbers } = JSON.parse(scalar.stdout);
    expect(backend).toBe("scalar");
    expect({ ...JSON.parse(first.stdout), backend }).toEqual({ backend, ...numbers });
  });

  it("says nothing when quiet", async () => {
    expect(await run("gap", "He4", ...SMALL, "--quiet")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("ends with 1 where the run diverges, and keeps the report", async () => {
    const out = join(root, "diverged");
    const args = ["gap", "He4", "--d", "4", "--widths", "8,16", "--seeds", "2", "--step", "1e300", "--time", "1e300"];
    const { code, stdout, stderr } = await run(...args, "--json", "--out", out);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^propchaos: diverged: .* at step 1, /);
    const report = JSON.parse(stdout);
    expect(report.status).toBe("diverged");
    expect(report.divergence.step).toBe(1);
    expect(stdout).not.toMatch(/NaN|Infinity/);
    expect(JSON.parse(readFileSync(join(out, "gap.json"), "utf8"))).toEqual(report);
    expect((await run(...args)).code).toBe(1);
  });

  it("stops on an interrupt, writes what is done, and ends with 130", async () => {
    const out = join(root, "interrupted");
    const child = start(["gap", "He4", "--d", "8", "--widths", "64,4096", "--time", "16", "--out", out]);
    // The first line is printed when computing has begun.
    child.stdout?.once("data", () => child.kill("SIGINT"));
    const { code, stderr } = await ended(child);
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted");
    expect(JSON.parse(readFileSync(join(out, "gap.json"), "utf8")).status).toBe("aborted");
    expect(readdirSync(out).sort()).toEqual(["gap.csv", "gap.json", "gap.svg"]);
  });

  it("does not mind a reader that leaves early", async () => {
    const child = start(["gap", "He4", ...SMALL, "--json"]);
    child.stdout?.destroy();
    const { code, stderr } = await ended(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("propchaos gap --initial", () => {
  it("takes one network, whose width and dimension are those of the file", async () => {
    const file = join(root, "initial.npy");
    const rows = Float64Array.from({ length: 15 }, (_, i) => ((7 * i) % 11) - 5);
    writeFileSync(file, toNPY(rows, [5, 3]));
    const args = ["gap", "He4", "--time", "0.4", "--initial", file, "--json"];
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const report = JSON.parse(stdout);
    expect(report.settings).toMatchObject({ widths: [5], seeds: null, seed: null });
    expect(report.problem.d).toBe(3);
    const wrong = await run(...args, "--d", "4");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("--d must be left out or 3, the columns of --initial (5 x 3); got 4");
    writeFileSync(file, toNPY(rows, [15]));
    expect((await run(...args)).stderr).toContain("m x d numbers, one particle a row; got the shape (15)");
  });
});

describe("--dry-run", () => {
  it.each(["gap", "limit"])("predicts memory and time of %s and runs nothing", async (command) => {
    const out = join(root, "dry");
    const { code, stdout, stderr } = await run(command, "He4", "--dry-run", "--workers", "0", "--out", out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^Memory: .* \(\d+ bytes\), within the limit of 1.000 GiB .*\nTime: about .* on the main thread\n$/,
    );
    expect(existsSync(out)).toBe(false);
    const { memoryBytes, fits, seconds } = JSON.parse((await run(command, "He4", "--dry-run", "--json")).stdout);
    expect(memoryBytes).toBeGreaterThan(1e4);
    expect(memoryBytes).toBeLessThan(1e8);
    expect(fits).toBe(true);
    expect(seconds).toBeGreaterThan(0);
  });

  it("grows with the run", async () => {
    const predict = async (widths: string, time: string) =>
      JSON.parse((await run("gap", "He4", "--widths", widths, "--time", time, "--dry-run", "--json")).stdout);
    const [small, large] = [await predict("64", "1"), await predict("2048", "16")];
    expect(large.memoryBytes).toBeGreaterThan(4 * small.memoryBytes);
    expect(large.seconds).toBeGreaterThan(10 * small.seconds);
  });

  it("says where the memory does not suffice", async () => {
    const { code, stdout, stderr } = await run(
      "gap",
      "He4",
      "--widths",
      "100000",
      "--memory-limit",
      "2MiB",
      "--dry-run",
    );
    expect(code).toBe(1);
    expect(stdout).toContain("above the limit of 2.000 MiB");
    expect(stderr).toContain("more memory than --memory-limit allows");
  });
});

it("--workers changes no bit", async () => {
  const numbers = async (workers: string) => {
    const { stdout } = await run("gap", "He4", ...SMALL, "--json", "--workers", workers);
    const { workers: used, ...rest } = JSON.parse(stdout);
    return { used, rest };
  };
  const [none, two] = await Promise.all([numbers("0"), numbers("2")]);
  expect(none.used.count).toBe(0);
  expect(two.used).toEqual({ kind: "node", count: 2 });
  expect(two.rest).toEqual(none.rest);
});

describe("propchaos limit", () => {
  it("prints a table and writes two files", async () => {
    const out = join(root, "limit");
    const args = ["limit", "He3", "--d", "8", "--time", "1", "--dynamics", "flow", "--record", "0,0.5,1"];
    const { code, stdout, stderr } = await run(...args, "--out", out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^He3, d = 8: /);
    expect(stdout).toMatch(/\n +t +risk +E α +E α²\n/);
    expect(readdirSync(out).sort()).toEqual(["limit.csv", "limit.json"]);
    const report = JSON.parse((await run(...args, "--json")).stdout);
    expect(report.schema).toBe("propchaos/limit@1");
    expect(report.time).toEqual([0, 0.5, 1]);
    expect(JSON.parse(readFileSync(join(out, "limit.json"), "utf8"))).toEqual(report);
  });
});

describe("propchaos problems", () => {
  it("lists every problem", async () => {
    const { code, stdout } = await run("problems");
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nHe4 +Gaussian +4 +h_4 +h_4\(x_1\)\n/);
    const list = JSON.parse((await run("problems", "--json")).stdout);
    expect(list.map(({ name }: { name: string }) => name)).toEqual([
      "He3",
      "He4",
      "He4_small",
      "He4_misspecified",
      "Ge4",
      "NP_mis",
      "He4_orth",
      "He4_nonorth",
      "He4_random_2_8",
      "He4_random_2_16",
      "He4_random_8_8",
      "He4_random_16_16",
      "Man_2",
      "Man_big_2",
      "XOR_2",
      "XOR_3",
      "XOR_4",
      "XOR_5",
      "XOR_4_scaled",
      "Hop_2",
      "Hop_4",
      "Hop_1_3",
      "Hop_2_4",
      "stair_3",
      "stair_4",
      "Zero",
    ]);
    expect(stdout).toMatch(/\nXOR_4 +Boolean +4 +ReLU, signed +x_1/);
    expect(stdout).toMatch(/\nZero +Gaussian +none /);
  });
});
