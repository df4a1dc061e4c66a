// What the command line reads and prints: strict numbers, aligned tables, digits that mean something.

import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { duration, predictionLines } from "../../src/cli/dry-run.ts";
import { aboutOptions, reasonOf } from "../../src/cli/errors.ts";
import { readBytes, readNumber, readNumbers, readRecord, readWorkers } from "../../src/cli/options.ts";
import { harmless } from "../../src/cli/output.ts";
import { percentPerSecond } from "../../src/cli/progress.ts";
import { gapSummary, heading, limitSummary, settingsLine } from "../../src/cli/summary.ts";
import { alignTable, percent, shortNumber, withError } from "../../src/cli/table.ts";
import { gapFixture, limitFixture } from "./fixtures.ts";

describe("sentences", () => {
  it.each([
    ["d must be an integer of at least 2; got 1", "--d must be an integer of at least 2; got 1"],
    ["dimensions[1] must be above dimensions[0] = 4; got 4", "--d[1] must be above dimensions[0] = 4; got 4"],
    ["alphaPaths must be an integer; got 0.5", "--paths must be an integer; got 0.5"],
    ["data.test must be an integer; got -1", "--test-samples must be an integer; got -1"],
    ["memoryLimitBytes must be at least 9; got 8", "--memory-limit (in bytes) must be at least 9; got 8"],
    ["problem must be one of one direction; got He4", "problem must be one of one direction; got He4"],
    ["/widths/0 must be an integer; got null", "/widths/0 must be an integer; got null"],
  ])("of the library name the option: %s", (sentence, option) => {
    expect(aboutOptions(sentence)).toBe(option);
  });

  it("give what the file system says without its path", () => {
    const of = (message: string) => reasonOf(Object.assign(new Error(message), { syscall: "open" }));
    expect(of("ENOENT: no such file or directory, open '/a\nb'")).toBe("ENOENT: no such file or directory");
    expect(of("EFBIG: file too large, write")).toBe("EFBIG: file too large");
    expect(reasonOf(new Error("bytes must be so, or else"))).toBe("bytes must be so, or else");
  });

  it("hold no character that a terminal obeys", () => {
    expect(harmless("a\x1b[2Jb\x07\r\x9b1m\nü🦀")).toBe("a\\x1b[2Jb\\x07\\x0d\\x9b1m\nü🦀");
  });
});

describe("numbers", () => {
  it.each([
    ["16", 16],
    ["-3", -3],
    ["2e-2", 0.02],
    [".5", 0.5],
    ["5.", 5],
    ["+1E3", 1000],
  ])("reads %s", (text, value) => {
    expect(readNumber(text)).toBe(value);
  });

  it.each(["", " ", "12abc", "0x10", "1_000", "1,5", "Infinity", "NaN", "1e999", "1e", "--3", "١"])(
    "refuses %j",
    (text) => {
      expect(() => readNumber(text)).toThrow(InvalidArgumentError);
    },
  );

  it("reads lists", () => {
    expect(readNumbers("128,256,512")).toEqual([128, 256, 512]);
    expect(readNumbers("128")).toEqual([128]);
    for (const text of ["", "128,,256", ",", "128;256", "128, 256x"]) {
      expect(() => readNumbers(text)).toThrow(InvalidArgumentError);
    }
  });

  it("tells a count of records from a list of times", () => {
    expect(readRecord("33")).toBe(33);
    expect(readRecord("0,1,2.5")).toEqual([0, 1, 2.5]);
    expect(readRecord("8,")).toEqual([8]);
  });

  it.each([
    ["1048576", 1048576],
    ["64KiB", 65536],
    ["1.5 MiB", 1572864],
    ["2gib", 2147483648],
    ["10B", 10],
  ])("reads the size %s", (text, bytes) => {
    expect(readBytes(text)).toBe(bytes);
  });

  it.each(["", "MiB", "1MB", "1 G", "-1MiB", "1e3", "99999999999999GiB"])("refuses the size %j", (text) => {
    expect(() => readBytes(text)).toThrow(InvalidArgumentError);
  });
});

describe("workers, rate and prediction", () => {
  it("reads a number of workers", () => {
    expect(["auto", "0", "8"].map(readWorkers)).toEqual(["auto", 0, 8]);
    for (const text of ["", "two", "4x"]) expect(() => readWorkers(text)).toThrow(InvalidArgumentError);
  });

  it("shows the rate since the first report", () => {
    let now = 5000;
    const rate = percentPerSecond(() => now);
    expect(rate(0.1)).toBe("-%/s");
    now += 2000;
    expect(rate(0.2)).toBe("5.0%/s");
  });

  it("says a prediction", () => {
    expect([0.0321, 1, 119, 600, 9000, 1e6].map(duration)).toEqual([
      "0.032 seconds",
      "1 second",
      "120 seconds",
      "10 minutes",
      "2.5 hours",
      "12 days",
    ]);
    expect(predictionLines({ memoryBytes: 2097152, fits: false, seconds: null, workers: 2 }, 1048576)).toEqual([
      "Memory: 2.000 MiB (2097152 bytes) for each thread at most, above the limit of 1.000 MiB (1048576 bytes)",
      "Time: not measured, for want of memory",
    ]);
  });
});

describe("table", () => {
  it("aligns columns by their widest cell", () => {
    expect(
      alignTable([
        ["m", "E|Δ|²"],
        ["1024", "1"],
      ]),
    ).toEqual(["   m  E|Δ|²", "1024      1"]);
    expect(
      alignTable(
        [
          ["a", "b"],
          ["long", "c"],
        ],
        "left",
      ),
    ).toEqual(["a     b", "long  c"]);
  });

  it("shows as many digits as the error allows", () => {
    expect(withError(0.123456, 0.00123)).toBe("0.1235 ± 0.0012");
    expect(withError(0.123456, 0)).toBe("0.1235");
    expect(withError(1.23456e-7, 3.2e-9)).toBe("(1.235 ± 0.032)e-7");
    expect(withError(12.5, 30)).toBe("13 ± 30");
    expect(withError(0, 0.5)).toBe("0.00 ± 0.50");
    expect(withError(undefined, undefined)).toBe("-");
    expect(withError(Number.NaN, 1)).toBe("-");
  });

  it("writes lone numbers and shares", () => {
    expect([0, 0.5, 1e-5, 123456].map(shortNumber)).toEqual(["0", "0.5000", "1.000e-5", "1.235e+5"]);
    expect([0, 0.0125, undefined].map(percent)).toEqual(["0%", "1.25%", "-"]);
  });
});

describe("summaries", () => {
  it("shows one row a width, the limit, and slopes beside theory", () => {
    const text = gapSummary(gapFixture()).join("\n");
    expect(text).toMatch(/\n +16 +0\.1978 ± 0\.0099 +0\.0400 ± 0\.0020 /);
    expect(text).toMatch(/\nlimit +0\.1353\n/);
    expect(text).toMatch(/E\|Δ\| +-0\.500 +-0\.520 to -0\.480 +-1\/2/);
    expect(text).toMatch(/gap +-1\.000 +needs two seeds +-1/);
    expect(text).not.toContain("*");
  });

  it("marks a gap that is not resolved", () => {
    const report = gapFixture([16]);
    report.widths[0].resolved.delta.fill(false);
    const text = gapSummary(report).join("\n");
    expect(text).toContain("0.0400 ± 0.0020*");
    expect(text).toContain("* not above the error of the limit");
    expect(text).not.toContain("Slopes");
  });

  it("holds where nothing was recorded or estimated", () => {
    const empty = gapFixture([], { time: new Float64Array(0) });
    expect(gapSummary(empty)).toEqual(["Nothing was recorded."]);
    const early = gapFixture([], { scaling: null });
    early.meanField.errorEstimate = null;
    expect(gapSummary(early).join("\n")).toContain("none yet");
  });

  it("takes a report of an early version, which does not say what it measured on", () => {
    const { measuredOn, ...early } = gapFixture();
    expect(measuredOn.loss).toBe("population");
    expect(gapSummary(early)).toEqual(gapSummary(gapFixture()));
  });

  it("thins a long record of a limit and keeps its ends", () => {
    const limit = limitFixture();
    const time = Float64Array.from({ length: 1000 }, (_, k) => k);
    const long = { ...limit, time, loss: time, meanAlpha: time, meanAlpha2: time };
    const lines = limitSummary(long);
    expect(lines.length).toBeLessThan(45);
    expect(lines[1].trim().startsWith("0 ")).toBe(true);
    expect(lines.some((line) => /^ *999 /.test(line))).toBe(true);
    expect(lines.at(-1)).toMatch(/of 1000 recorded times/);
    expect(limitSummary(limit).length).toBe(1 + 5 + 3);
  });

  it("says in the first lines what runs", () => {
    const problem = {
      name: "He4",
      data: "Gaussian",
      signed: false,
      activation: "h_4",
      target: "h_4(x_1)",
      informationExponent: 4,
    };
    const flags = { d: 8, time: 2, step: 0.02, tolerance: 1e-8, gradient: "riemannian", backend: "auto" } as const;
    const pgd = settingsLine({ ...flags, dynamics: "pgd", seeds: 1, seed: 7 });
    const [first, second] = heading(problem, 8, pgd);
    expect(second).toBe(pgd);
    expect(first).toBe("He4, d = 8: Gaussian data, activation h_4, target h_4(x_1), information exponent 4");
    expect(pgd).toContain(
      "projected gradient descent (riemannian gradient, step 0.02) to flow time 2, 1 seed (seed 7)",
    );
    expect(settingsLine({ ...flags, dynamics: "flow" })).toBe("gradient flow to flow time 2, tolerance 1e-8");
    const [signed] = heading({ ...problem, data: "Boolean", signed: true, activation: "ReLU" }, 8, pgd);
    expect(signed).toContain("d = 8: Boolean data, activation ReLU, signed, target");
  });
});
