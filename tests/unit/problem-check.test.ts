// Problems back from JSON: the same to the bit, or refused by the name of the field.

import { describe, expect, test } from "vitest";
import { hermite, relu } from "../../src/problem/activation.ts";
import { booleanTarget } from "../../src/problem/boolean.ts";
import { gaussianBump } from "../../src/problem/bumps.ts";
import { checkProblem } from "../../src/problem/check.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { singleIndex } from "../../src/problem/single-index.ts";

const h4 = hermite({ 4: 1 });

describe("a problem from JSON", () => {
  const several = multiIndex({
    d: 6,
    activation: relu(),
    teachers: [
      [1, 2, 3],
      [0.1, 0.7, -0.3],
    ],
  });
  const random = multiIndex({ d: 6, activation: relu(), teachers: { random: 2, dimension: 3 }, signed: true });
  const boolean = booleanTarget({ d: 6, terms: [{ coordinates: [0, 5], weight: 0.3 }], signed: false });
  const single = singleIndex({ d: 6, activation: gaussianBump({ rate: 1, square: 1 }), link: h4, signed: true });
  const copy = (problem: object) => JSON.parse(JSON.stringify(problem));

  test.each([several, random, boolean, single])("is the same to the bit: %o", (problem) => {
    expect(checkProblem(copy(problem))).toEqual(problem);
    expect(JSON.stringify(checkProblem(problem))).toBe(JSON.stringify(problem));
  });

  test("of an early version, which had no signs, has none", () => {
    for (const problem of [several, single]) {
      const { signed: _, ...early } = copy(problem);
      expect(checkProblem(early).signed).toBe(false);
    }
  });

  test("has its own information exponent, whatever is written there", () => {
    expect(checkProblem({ ...copy(several), informationExponent: 9 }).informationExponent).toBe(1);
  });

  test.each([
    [several, { d: 2 }, RangeError, "problem.teachers[0] must be of length 1 to d = 2"],
    [several, { d: "6" }, TypeError, "problem.d must be an integer"],
    [
      several,
      {
        teachers: [
          [1, 1],
          [0, 1],
        ],
      },
      RangeError,
      "the norm of problem.teachers[0] must be 1; got 1.414",
    ],
    [several, { teachers: [[1, 0], [0]] }, RangeError, "problem.teachers[1] must be of length 2"],
    [several, { weights: [1] }, RangeError, "problem.weights must be a list of 2"],
    [several, { weights: undefined }, TypeError, "problem.weights must be"],
    [several, { link: undefined }, TypeError, "problem.link must be"],
    [random, { teachers: { count: 2, dimension: 7, seed: 1 } }, RangeError, "problem.teachers.dimension must be"],
    [random, { teachers: { count: 2, dimension: 3 } }, TypeError, "problem.teachers.seed must be"],
    [boolean, { d: 5 }, RangeError, "problem.d must be at least 6, as problem.terms[0] looks at coordinate 5; got 5"],
    [boolean, { terms: [{ coordinates: [0, 0], weight: 1 }] }, RangeError, "problem.terms[0].coordinates[1] must be"],
    [boolean, { activation: undefined }, TypeError, "problem.activation must be"],
    [boolean, { signed: null }, TypeError, "problem.signed must be true or false"],
    [single, { activation: { kind: "bump", rate: 1 } }, TypeError, "problem.activation.constant must be"],
    [single, { kind: "two-index" }, TypeError, "problem must be made by singleIndex(), multiIndex(), booleanTarget()"],
  ])("%o with %o is refused", (problem, change, kind, sentence) => {
    const check = () => checkProblem({ ...copy(problem), ...change });
    expect(check).toThrow(kind);
    expect(check).toThrow(sentence);
  });

  test.each([[undefined], [null], [4], ["He4"], [[]], [() => 0]])("%o is none", (value) => {
    expect(() => checkProblem(value)).toThrow(TypeError);
    expect(() => checkProblem(value)).toThrow("problem must be made by singleIndex()");
  });
});
