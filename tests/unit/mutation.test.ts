// npm run mutation: which mutants are taken, and what is said of them. Stryker itself is not run here.

import { describe, expect, test } from "vitest";
import { mutantsOf, sampleOf } from "../../scripts/mutation.ts";
import { interval, type Result, scoresOf, share, survivors, table } from "../../scripts/mutation-score.ts";

const rooms = ["gap", "limit"];
const keys = rooms.flatMap((room) => Array.from({ length: 50 }, (_, i) => `src/${room}/file.ts:${i}:0-${i}:9 x`));
const inRoom = (list: readonly string[], room: string) => list.filter((key) => key.startsWith(`src/${room}/`));

describe("a sample", () => {
  test("has as many mutants of every room, none twice, all where there are fewer", () => {
    const sample = sampleOf(keys, 20, "1");
    expect(new Set(sample).size).toBe(40);
    for (const room of rooms) expect(inRoom(sample, room)).toHaveLength(20);
    expect(sampleOf(keys, 1000, "1").sort()).toEqual([...keys].sort());
  });

  test("follows from the seed, not from the order of the files, and is part of a larger one", () => {
    const sample = sampleOf(keys, 20, "1");
    expect(sampleOf([...keys].reverse(), 20, "1")).toEqual(sample);
    expect(sampleOf(keys, 30, "1")).toEqual(expect.arrayContaining(sample));
    expect(sampleOf(keys, 20, "2")).not.toEqual(sample);
  });
});

test("finds the mutants of a file, each with its place", async () => {
  const mutants = await mutantsOf(["src/numeric/line-fit.ts"]);
  expect(mutants.size).toBeGreaterThan(10);
  for (const [key, range] of mutants) expect(key.startsWith(`${range} `)).toBe(true);
});

test.each([
  // Of other tables of Wilson's interval.
  [0, 10, 0, 0.2775],
  [10, 10, 0.7225, 1],
  [50, 100, 0.4038, 0.5962],
  [81, 263, 0.2553, 0.3662],
])("%i of %i lie in %d to %d", (k, n, low, high) => {
  const [from, to] = interval(k, n);
  expect(from).toBeCloseTo(low, 4);
  expect(to).toBeCloseTo(high, 4);
});

test("counts by room and shows what survived", () => {
  const mutant = (status: Result["status"], line: number, replacement = "b") => ({
    status,
    mutatorName: "M",
    replacement,
    location: { start: { line, column: 3 }, end: { line, column: 4 } },
  });
  const report = {
    files: {
      "src/limit/a.ts": {
        source: "one\n  two\nthree",
        mutants: [mutant("Killed", 1), mutant("Timeout", 1), mutant("Survived", 2, "{\n  }"), mutant("Ignored", 1)],
      },
      "src/gap/b.ts": {
        source: "four",
        mutants: [mutant("NoCoverage", 1), mutant("CompileError", 1), mutant("RuntimeError", 1)],
      },
    },
  };
  const scores = scoresOf(report);
  expect([...scores]).toEqual([
    ["gap", { killed: 1, survived: 1, untried: 0 }],
    ["limit", { killed: 2, survived: 1, untried: 1 }],
  ]);
  expect([...scores.values()].map(share)).toEqual([1 / 2, 2 / 3]);
  expect(survivors(report)).toEqual([
    ...["src/limit/a.ts:2:3 M", "  - two", "  + { }"],
    ...["src/gap/b.ts:1:3 M, reached by no test", "  - four", "  + b"],
  ]);
  const [, gap, limit] = table(scores).map((line) => line.split(/\s{2,}/));
  expect(gap).toEqual(["gap", "2", "1", "50.0%", "9% to 91%", "0"]);
  expect(limit).toEqual(["limit", "3", "2", "66.7%", "21% to 94%", "1"]);
});
