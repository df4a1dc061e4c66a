// The list of planted faults goes with the code: each can be planted, every kernel has some, and every kind occurs.

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildsOf, kernelFiles, placeOf, plant, specsOf } from "../../scripts/faults/plant.ts";
import { kindTable, type Outcome, report } from "../../scripts/faults/report.ts";
import { chosen } from "../../scripts/faults.ts";
import { type Fault, KINDS } from "../faults/fault.ts";
import { FAULTS } from "../faults/index.ts";

const files = [...new Set(FAULTS.map(({ file }) => file))];
const read = (file: string) => readFileSync(file, "utf8");

describe("the list of planted faults", () => {
  it.each(files)("%s: each has one place, changes the text, and is there once", (file) => {
    const source = read(file);
    const planted = FAULTS.filter((fault) => fault.file === file).map((fault) => plant(source, fault));
    expect(planted).not.toContain(source);
    expect(new Set(planted).size).toBe(planted.length);
  });

  it("has four or more for every kernel, and every kind", () => {
    const few = kernelFiles().filter((kernel) => FAULTS.filter(({ file }) => file === kernel).length < 4);
    expect(few).toEqual([]);
    expect(KINDS.filter((wanted) => !FAULTS.some(({ kind }) => kind === wanted))).toEqual([]);
  });

  it("has as many of each kind in each folder as docs/testing.md says", () => {
    expect(read("docs/testing.md")).toContain(kindTable(FAULTS).join("\n"));
  });

  it("leads to tests that exist", () => {
    for (const { file, tests } of FAULTS)
      expect([file, (tests ?? specsOf(file)).filter(existsSync)]).toEqual([file, tests ?? specsOf(file)]);
    expect(files.filter((file) => specsOf(file).length === 0 && file.startsWith("assembly/"))).toEqual([]);
  });
});

const fault: Fault = { file: "assembly/x.ts", kind: "sign", what: "wrong", find: "a + b", replace: "a - b" };

describe("npm run faults", () => {
  it("plants a fault in one place, or says why it cannot", () => {
    expect(plant("x = a + b;", fault)).toBe("x = a - b;");
    expect(() => plant("x = a * b;", fault)).toThrow('assembly/x.ts, "wrong": "a + b" must be there once; it is not');
    expect(() => placeOf("a + b; a + b", fault)).toThrow("it is twice");
  });

  it("knows which build sees a place", () => {
    const source =
      "one; if (ASC_FEATURE_SIMD) { two; if (three) { four; } } else { five; } six; if (ASC_FEATURE_SIMD) { seven; } eight;";
    const builds = (word: string) => buildsOf(source, source.indexOf(word));
    for (const word of ["two", "four", "seven"]) expect(builds(word)).toEqual(["simd"]);
    expect(builds("five")).toEqual(["scalar"]);
    for (const word of ["one", "six", "eight"]) expect(builds(word)).toEqual(["simd", "scalar"]);
  });

  it("begins with the spec that imports a kernel itself", () => {
    expect(specsOf("assembly/limit/zonal.ts")[0]).toBe("assembly/__tests__/zonal.spec.ts");
    expect(specsOf("assembly/population/lanes.ts")[0]).toBe("assembly/__tests__/moments.spec.ts");
  });

  it("chooses faults by words of file, kind or description", () => {
    expect(chosen(FAULTS, [])).toBe(FAULTS);
    expect(new Set(chosen(FAULTS, ["zonal", "panels.ts"]).map(({ file }) => file))).toEqual(
      new Set(["assembly/limit/zonal.ts", "assembly/limit/panels.ts"]),
    );
    expect(() => chosen(FAULTS, ["zonal", "zonnal"])).toThrow("no fault has zonnal");
  });

  it("fails where a fault survives, does not compile, or none was planted", () => {
    const outcome = (tier: Outcome["tier"]): Outcome => ({ fault, tier, by: "" });
    expect(report([outcome("simd"), outcome("vitest")]).fine).toBe(true);
    expect(report([]).fine).toBe(false);
    for (const tier of ["survived", "broken"] as const) {
      const { lines, fine } = report([outcome("simd"), outcome(tier)]);
      expect(fine).toBe(false);
      expect(lines.slice(-2)).toEqual([`${tier}: assembly/x.ts, sign: wrong`, "2 planted, 1 caught"]);
    }
  });
});
