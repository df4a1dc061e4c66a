// Result files are whole or absent, and a directory that was claimed in vain is gone again.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimDirectory, saveReport, writeWhole } from "../../src/cli/files.ts";
import { makeDirectory } from "../../src/cli/make-directory.ts";
import { gapFixture, limitFixture } from "./fixtures.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "files-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("writeWhole", () => {
  it("writes all files and replaces old ones", () => {
    writeFileSync(join(root, "a.txt"), "old");
    expect(writeWhole(root, { "a.txt": "new", "b.txt": "b" })).toEqual([join(root, "a.txt"), join(root, "b.txt")]);
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("new");
    expect(readdirSync(root).sort()).toEqual(["a.txt", "b.txt"]);
  });

  it("leaves nothing behind and old files alone when a write fails", () => {
    writeFileSync(join(root, "a.txt"), "old");
    const unreadable = {
      toString(): string {
        throw new Error("no content");
      },
    } as unknown as string;
    expect(() => writeWhole(root, { "a.txt": "new", "b.txt": unreadable })).toThrow();
    expect(readdirSync(root)).toEqual(["a.txt"]);
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("old");
  });

  it("leaves no temporary file when a name is taken by a directory", () => {
    mkdirSync(join(root, "b.txt"));
    expect(() => writeWhole(root, { "b.txt": "b" })).toThrow();
    expect(readdirSync(root)).toEqual(["b.txt"]);
  });

  it("throws in a directory that is missing", () => {
    expect(() => writeWhole(join(root, "missing"), { "a.txt": "a" })).toThrow(/ENOENT/);
  });
});

describe("claimDirectory", () => {
  it("makes a directory and takes it back while it is empty", () => {
    const claim = claimDirectory(join(root, "a", "b"), ["gap.json"]);
    expect(readdirSync(join(root, "a", "b"))).toEqual([]);
    claim.release();
    expect(existsSync(join(root, "a"))).toBe(false);
    expect(existsSync(root)).toBe(true);
  });

  it("keeps what somebody else put there", () => {
    const claim = claimDirectory(join(root, "a", "b"), []);
    writeFileSync(join(root, "a", "note"), "");
    claim.release();
    expect(readdirSync(join(root, "a"))).toEqual(["note"]);
  });

  it("does not remove a directory that was there before", () => {
    claimDirectory(root, []).release();
    expect(existsSync(root)).toBe(true);
  });

  it("refuses a path below a file, and a file name taken by a directory", () => {
    writeFileSync(join(root, "file"), "");
    expect(() => claimDirectory(join(root, "file", "x"), [])).toThrow(/ENOTDIR/);
    expect(() => claimDirectory(join(root, "file"), [])).toThrow(/EEXIST/);
    mkdirSync(join(root, "gap.json"));
    expect(() => claimDirectory(root, ["gap.json"])).toThrow(/EISDIR/);
  });
});

describe("makeDirectory", () => {
  it("makes what is missing and says which was the first", () => {
    expect(makeDirectory(join(root, "a", "b", "c"))).toBe(join(root, "a"));
    expect(makeDirectory(join(root, "a", "b", "c"))).toBeUndefined();
    expect(makeDirectory(join(root, "a", "d"))).toBe(join(root, "a", "d"));
    symlinkSync("a", join(root, "link"));
    expect(makeDirectory(join(root, "link"))).toBeUndefined();
    expect(makeDirectory(join(root, "link", "e"))).toBe(join(root, "link", "e"));
    expect(readdirSync(join(root, "a")).sort()).toEqual(["b", "d", "e"]);
  });

  it("leaves nothing behind where it cannot be made", () => {
    expect(() => makeDirectory(join(root, "a", "b", "x".repeat(300)))).toThrow(/ENAMETOOLONG/);
    symlinkSync("nowhere", join(root, "dangling"));
    expect(() => makeDirectory(join(root, "dangling", "x"))).toThrow(/EEXIST/);
    expect(readdirSync(root)).toEqual(["dangling"]);
  });

  // mkdirSync with recursive goes round there for ever.
  it.skipIf(!existsSync("/proc/self"))(
    "ends where the system says that a path above is not there, though it is",
    () => {
      expect(() => makeDirectory("/proc/propchaos/results")).toThrow(/ENOENT/);
    },
  );
});

describe("saveReport", () => {
  it("writes JSON and CSV by the kind of the report", () => {
    const directory = join(root, "new");
    expect(saveReport(gapFixture(), directory)).toEqual([join(directory, "gap.json"), join(directory, "gap.csv")]);
    expect(saveReport(limitFixture(), directory)).toEqual([
      join(directory, "limit.json"),
      join(directory, "limit.csv"),
    ]);
    expect(JSON.parse(readFileSync(join(directory, "gap.json"), "utf8")).schema).toBe("propchaos/gap@1");
    expect(readFileSync(join(directory, "limit.csv"), "utf8")).toContain("\ntime,loss,");
  });

  it("makes no directory for what is no report", () => {
    expect(() => saveReport({} as never, join(root, "new"))).toThrow(TypeError);
    expect(existsSync(join(root, "new"))).toBe(false);
  });
});
