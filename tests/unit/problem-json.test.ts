// Problems of every kind inside a stored report: read back as they were, and as the JSON Schemas describe them.

import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { readReport } from "../../src/io/read.ts";
import { hermite, relu } from "../../src/problem/activation.ts";
import { booleanTarget } from "../../src/problem/boolean.ts";
import { gaussianBump } from "../../src/problem/bumps.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { problemNames, problems } from "../../src/problem/zoo.ts";
import { limitFixture } from "./fixtures.ts";

const bump = gaussianBump({ rate: 0.5, square: 1 });

const PROBLEMS = [
  ...problemNames.map((name) => problems[name]({ d: 16 })),
  singleIndex({ d: 2, activation: bump, link: relu(), signed: true }),
  multiIndex({ d: 4, activation: relu(), link: hermite([1, 2]), teachers: [[1, 2, 3]], weights: [-2] }),
  booleanTarget({ d: 4, terms: [{ coordinates: [], weight: 1 }], activation: bump, signed: false }),
];

/** Problems that are none, by what is wrong with them. */
const WRONG: [object, string][] = [
  [
    { ...problems.He4({ d: 4 }), kind: "two-index" },
    '$.problem.kind must be "single-index" or "multi-index" or "boolean"',
  ],
  [{ ...problems.He4({ d: 4 }), activation: { kind: "tanh" } }, "$.problem.activation.kind must be"],
  [{ ...problems.He4({ d: 4 }), activation: { kind: "bump", rate: 1 } }, "$.problem.activation.constant is missing"],
  [{ ...problems.Ge4({ d: 4 }), link: { ...bump, rate: 0 } }, "$.problem.link.rate must be a finite number above 0"],
  [{ ...problems.He4({ d: 4 }), signed: 1 }, "$.problem.signed must be true or false"],
  [{ ...problems.He4_orth({ d: 4 }), teachers: [[1, "0"]] }, "$.problem.teachers[0][1] must be a finite number"],
  [{ ...problems.He4_orth({ d: 4 }), teachers: { count: 2 } }, "$.problem.teachers.dimension is missing"],
  [{ ...problems.He4_orth({ d: 4 }), weights: undefined }, "$.problem.weights is missing"],
  [
    { ...problems.XOR_2({ d: 4 }), terms: [{ coordinates: [-1], weight: 1 }] },
    "$.problem.terms[0].coordinates[0] must",
  ],
  [{ ...problems.XOR_2({ d: 4 }), terms: [{ coordinates: [1] }] }, "$.problem.terms[0].weight is missing"],
];

/** A report on a problem, as text. Which kind of report does not matter: the problem is read in the same way in all. */
function report(problem: object): string {
  return JSON.stringify({ ...JSON.parse(JSON.stringify(limitFixture())), problem });
}

describe("readReport", () => {
  test.each(PROBLEMS)("gives back the problem $name of kind $kind", (problem) => {
    const text = report(problem);
    expect(JSON.stringify(readReport(text))).toBe(text);
  });

  test("reads documents from before there were signs", () => {
    const { signed: _, ...early } = problems.He4({ d: 4 });
    expect(readReport(report(early))).toHaveProperty("problem", early);
  });

  test.each(WRONG)("refuses %o", (problem, sentence) => {
    expect(() => readReport(JSON.parse(report(problem)))).toThrow(sentence);
  });
});

describe("the JSON Schemas", () => {
  const folder = new URL("../../src/io/schema/", import.meta.url);
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  const checks = readdirSync(folder).map((name) => {
    const { $defs } = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    return { name, valid: ajv.compile({ $defs, $ref: "#/$defs/problem" }) };
  });

  test.each(checks)("$name describes problems of every kind", ({ valid }) => {
    for (const problem of PROBLEMS)
      expect([problem.name, valid(JSON.parse(JSON.stringify(problem)))]).toEqual([problem.name, true]);
    const { signed: _, ...early } = problems.He4({ d: 4 });
    expect(valid({ ...early, later: 1 })).toBe(true);
  });

  test.each(checks)("$name refuses what is no problem", ({ valid }) => {
    for (const [problem, sentence] of WRONG)
      expect([sentence, valid(JSON.parse(JSON.stringify(problem)))]).toEqual([sentence, false]);
  });
});
