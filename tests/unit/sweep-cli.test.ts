// Plans in files, parts and locks of propchaos sweep, without starting the command.

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { readArray } from "../../src/cli/arrays.ts";
import { lock } from "../../src/cli/lock.ts";
import { nearest, readPlan } from "../../src/cli/plan-file.ts";
import { readPart } from "../../src/cli/sweep.ts";
import { directorySentence } from "../../src/cli/sweep-directory.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sweep-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a plan in a file", () => {
  test.each([
    [
      '{"problems": [{"name": "He4", "zzzzzz": 4}], "widths": [8]}',
      '/problems/0 has no key "zzzzzz"; allowed are name, ',
    ],
    ['{"problems": ["XOR4"], "widths": [8]}', "/problems/0/name must be one of He3, "],
    ['{"problems": ["XOR4"], "widths": [8]}', 'got "XOR4"; did you mean "XOR_4"?'],
    ['{"problems": ["He4"], "widths": [8], "d": "8"}', '/d must be an integer of at least 2; got "8"'],
    ['{"problems": ["He4"], "widths": [8], "time": [1, 1.01]}', "He4, d 32, time 1.01: time must be a whole number"],
    ['{"problems": ["He4"], "widths": [8', "is no JSON: "],
  ])("%s is refused, with its place and what was meant", async (text, sentence) => {
    const path = join(folder, "plan.json");
    writeFileSync(path, text);
    await expect(readPlan(path)).rejects.toThrow(sentence);
  });

  it("that is not there is refused by its name", async () => {
    await expect(readPlan(join(folder, "lost.json"))).rejects.toThrow(
      /the plan must be a JSON file that can be read; got ".*lost\.json" \(ENOENT/,
    );
  });

  it.skipIf(!existsSync("/dev/zero"))("that is a device without end is refused, and so are its arrays", async () => {
    await expect(readPlan("/dev/zero")).rejects.toThrow('got "/dev/zero" (it is a device, which has no end)');
    expect(() => readArray("--data", "/dev/zero")).toThrow('got "/dev/zero" (it is a device, which has no end)');
  });

  it("the nearest word is one that is near", () => {
    expect(nearest("widht", ["width", "weight"])).toBe("width");
    expect(nearest("nonsense", ["d", "time"])).toBeUndefined();
  });
});

describe("a part", () => {
  it("is I/N with I from 1 to N", () => {
    expect(readPart("2/8")).toEqual({ part: 2, parts: 8 });
    for (const text of ["0/2", "3/2", "1", "1/0", "a/b", "1/2/3", "-1/2", "1.5/2"])
      expect(() => readPart(text), text).toThrow("Allowed is I/N");
  });
});

describe("a lock", () => {
  it("is given once, given back, and leaves nothing behind", () => {
    const first = lock(folder, ".lock");
    expect(() => lock(folder, ".lock")).toThrow(`in use by process ${process.pid} on this machine`);
    lock(folder, ".lock-1-of-2")[Symbol.dispose]();
    first[Symbol.dispose]();
    lock(folder, ".lock")[Symbol.dispose]();
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("that somebody else has taken over meanwhile stays theirs", () => {
    const mine = lock(folder, ".lock");
    const theirs = JSON.stringify({ id: "theirs", pid: process.pid, host: "elsewhere" });
    writeFileSync(join(folder, ".lock"), theirs);
    mine[Symbol.dispose]();
    expect(() => lock(folder, ".lock")).toThrow("on elsewhere");
  });
});

test("errors of the disk say what to do", () => {
  const of = (code: string) =>
    directorySentence("out", Object.assign(new Error(`${code}: why, write 'x'`), { code, syscall: "write" }));
  expect(of("ENOSPC")).toContain("there is no space left for out; make room");
  expect(of("EDQUOT")).toContain("there is no space left for out; make room");
  expect(of("EACCES")).toContain("out cannot be written (EACCES); make it writable");
  expect(of("EIO")).toBe("out cannot be used: EIO: why; what is finished is kept, and the same command goes on there");
});
