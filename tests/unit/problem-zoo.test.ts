// The zoo: the 26 problems of SPEC.md, section 8.

import { describe, expect, test } from "vitest";
import { checkProblem } from "../../src/problem/check.ts";
import type { Activation, BooleanProblem } from "../../src/problem/types.ts";
import { describeProblem, type ProblemName, problemNames, problems } from "../../src/problem/zoo.ts";

/** Name, law, smallest d, whether signed, information exponent. */
const TABLE: [ProblemName, "Gaussian" | "Boolean", number, boolean, number | null][] = [
  ["He3", "Gaussian", 2, false, 3],
  ["He4", "Gaussian", 2, false, 4],
  ["He4_small", "Gaussian", 2, false, 4],
  ["He4_misspecified", "Gaussian", 2, false, 4],
  ["Ge4", "Gaussian", 2, false, 4],
  ["NP_mis", "Gaussian", 2, false, 4],
  ["He4_orth", "Gaussian", 2, false, 4],
  ["He4_nonorth", "Gaussian", 2, false, 4],
  ["He4_random_2_8", "Gaussian", 2, false, 4],
  ["He4_random_2_16", "Gaussian", 2, false, 4],
  ["He4_random_8_8", "Gaussian", 8, false, 4],
  ["He4_random_16_16", "Gaussian", 16, false, 4],
  ["Man_2", "Gaussian", 2, false, 4],
  ["Man_big_2", "Gaussian", 2, false, 4],
  ["XOR_2", "Boolean", 2, true, 2],
  ["XOR_3", "Boolean", 3, true, 3],
  ["XOR_4", "Boolean", 4, true, 4],
  ["XOR_5", "Boolean", 5, true, 5],
  ["XOR_4_scaled", "Boolean", 4, true, 4],
  ["Hop_2", "Boolean", 4, true, 2],
  ["Hop_4", "Boolean", 8, true, 4],
  ["Hop_1_3", "Boolean", 4, true, 1],
  ["Hop_2_4", "Boolean", 6, true, 2],
  ["stair_3", "Boolean", 3, true, 1],
  ["stair_4", "Boolean", 4, true, 1],
  ["Zero", "Gaussian", 2, true, null],
];

describe("the zoo", () => {
  test("has the 26 names of SPEC.md, section 8, in its order", () => {
    expect(problemNames).toEqual(TABLE.map(([name]) => name));
    expect(problemNames.length).toBe(26);
  });

  test.each(TABLE)("%s: %s data, d >= %i, signed %s, k* = %o", (name, data, least, signed, exponent) => {
    const problem = problems[name]({ d: least });
    expect([problem.name, problem.d, problem.signed, problem.informationExponent]).toEqual([
      name,
      least,
      signed,
      exponent,
    ]);
    expect(problem.kind === "boolean").toBe(data === "Boolean");
    expect(problem.activation.kind === "relu").toBe(signed);
    const description = describeProblem(name);
    expect(description).toMatchObject({ name, data, signed, informationExponent: exponent });
    for (const words of [description.activation, description.target]) expect(words).toMatch(/^[ -~]+$/);
    expect(() => problems[name]({ d: least - 1 })).toThrow(RangeError);
    expect(() => problems[name]({ d: least - 1 })).toThrow(
      least === 2
        ? "d must be an integer from 2 to"
        : `d must be at least ${least}, as ${name} looks at ${least} coord`,
    );
  });

  test.each(problemNames)("%s is plain data: cloned or written as JSON it is the same problem", (name) => {
    const problem = problems[name]({ d: 17 });
    expect(structuredClone(problem)).toEqual(problem);
    expect(checkProblem(JSON.parse(JSON.stringify(problem)))).toEqual(problem);
    expect(JSON.stringify(checkProblem(problem))).toBe(JSON.stringify(problem));
  });

  test("the series and weights of SPEC.md", () => {
    const series = (activation: Activation) => activation.kind === "hermite" && activation.coefficients;
    expect(series(problems.He3({ d: 2 }).link)).toEqual([0, 0, 0, 1]);
    expect(series(problems.He4_small({ d: 2 }).link)).toEqual([0, 0, 0, 0, 0.5]);
    expect(series(problems.He4_misspecified({ d: 2 }).activation)).toEqual([0, 0, 0, 0, 1, 0, 1]);
    expect(series(problems.He4_misspecified({ d: 2 }).link)).toEqual([0, 0, 0, 0, 0.6, 0, 0.3]);
    expect(problems.He4_random_2_16({ d: 4 }).weights).toEqual(new Array(16).fill(1 / 16));
    expect(problems.He4_orth({ d: 4 }).teachers).toEqual([
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]);
  });

  test("random teachers are the seed they are drawn from", () => {
    expect(problems.He4_random_2_8({ d: 4 }).teachers).toEqual({ count: 8, dimension: 2, seed: 1 });
    expect(problems.He4_random_16_16({ d: 16, seed: 9 }).teachers).toEqual({ count: 16, dimension: 16, seed: 9 });
    expect(() => problems.He4_random_2_8({ d: 4, seed: -1 })).toThrow("seed must be an integer from 0 to 4294967295");
    // @ts-expect-error: the others have no seed
    expect(() => problems.He4({ d: 4, seed: 1 })).toThrow('problems.He4 has no option "seed"; allowed are d');
    // @ts-expect-error: not an object
    expect(() => problems.He4(4)).toThrow("problems.He4 must be an object; got 4");
  });

  test("nobody can change a problem for the next caller", () => {
    const first = problems.He4_orth({ d: 7 });
    (first.teachers as number[][])[0][0] = 9;
    (first.weights as number[])[0] = 9;
    const second = problems.He4_orth({ d: 7 });
    expect([second.weights[0], (second.teachers as number[][])[0][0]]).toEqual([0.25, 1]);
  });
});

/** Targets of SPEC.md, section 8, written out. */
const TARGETS: Record<string, (...x: number[]) => number> = {
  XOR_2: (a, b) => a * b,
  XOR_3: (a, b, c) => a * b * c,
  XOR_4: (a, b, c, d) => a * b * c * d,
  XOR_5: (a, b, c, d, e) => a * b * c * d * e,
  XOR_4_scaled: (a, b, c, d) => (a * b * c * d) / 4,
  Hop_2: (a, b, c, d) => (a * b + a * b * c * d) / 2,
  Hop_4: (a, b, c, d, e, f, g, h) => (a * b * c * d + a * b * c * d * e * f * g * h) / 2,
  Hop_1_3: (a, b, c, d) => a / 4 + (3 * a * b * c * d) / 4,
  Hop_2_4: (a, b, c, d, e, f) => (a * b) / 4 + (3 * a * b * c * d * e * f) / 4,
  stair_3: (a, b, c) => (a + a * b + a * b * c) / 10,
  stair_4: (a, b, c, d) => (a + a * b + a * b * c + a * b * c * d) / 10,
};

function target({ terms }: BooleanProblem, x: readonly number[]): number {
  return terms.reduce((sum, { coordinates, weight }) => sum + coordinates.reduce((p, c) => p * x[c], weight), 0);
}

test.each(Object.entries(TARGETS))("%s is its product of coordinates on all of {-1, +1}^9", (name, expected) => {
  const problem = problems[name as "XOR_2"]({ d: 9 });
  for (let bits = 0; bits < 512; bits++) {
    const x = Array.from({ length: 9 }, (_, c) => ((bits >> c) & 1 ? -1 : 1));
    expect(Math.abs(target(problem, x) - expected(...x))).toBeLessThan(1e-15);
  }
});
