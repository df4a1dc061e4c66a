// Problems made by hand: what the constructors fill in, their information exponents, and what they refuse.

import { describe, expect, test } from "vitest";
import { hermite, relu } from "../../src/problem/activation.ts";
import { booleanTarget } from "../../src/problem/boolean.ts";
import { gaussianBump } from "../../src/problem/bumps.ts";
import { multiIndex } from "../../src/problem/multi-index.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import type { RandomTeachers } from "../../src/problem/types.ts";

const h4 = hermite({ 4: 1 });

/** A changed option, the kind of error, and words of its message. */
type Refusal = [object, typeof TypeError | typeof RangeError, ...string[]];

/** Asserts that `make` throws the kind of error, with each of these words in its message. */
function refuses(make: () => unknown, kind: typeof TypeError | typeof RangeError, ...words: string[]): void {
  expect(make).toThrow(kind);
  for (const word of words) expect(make).toThrow(word);
}

describe("singleIndex", () => {
  test("fills in link and signs", () => {
    expect(singleIndex({ d: 3, activation: h4 })).toEqual({
      kind: "single-index",
      name: "custom",
      d: 3,
      activation: h4,
      link: h4,
      signed: false,
      informationExponent: 4,
    });
    expect(singleIndex({ d: 3, activation: relu(), signed: true }).signed).toBe(true);
    refuses(() => singleIndex({ d: 3, activation: h4, signed: 1 as never }), TypeError, "signed must be true or false");
  });

  test.each([
    [hermite([0, 0, 0, 1]), hermite([0, 0, 0, 1]), 3],
    [hermite([5, 0, 0, 1]), hermite([5, 0, 0, 1]), 3],
    [hermite([0, 1, 1]), hermite([0, 0, 1]), 2],
    [hermite([0, 0.5, 1]), hermite([0, 1e-300, 1]), 1],
    [hermite([1]), hermite([1, 1]), null],
    [hermite([0, 1]), hermite([0, 0, 1]), null],
    [relu(), relu(), 1],
    [relu(), hermite({ 3: 1, 6: 1 }), 6],
    [hermite({ 3: 1 }), relu(), null],
    [relu(), gaussianBump({ rate: 0.5, square: 1 }), 2],
    [relu(), gaussianBump({ rate: 1, square: 1 }), 4],
  ])("has the information exponent of %o against %o: %o", (activation, link, expected) => {
    expect(singleIndex({ d: 2, activation, link }).informationExponent).toBe(expected);
  });
});

describe("multiIndex", () => {
  test("normalises its teachers, whatever their size, and takes their mean", () => {
    const teachers = [[3, 4], Float64Array.of(0, -1e-200), [1e300, 1e300]];
    const problem = multiIndex({ d: 5, activation: h4, teachers });
    const [a, b, c] = problem.teachers as number[][];
    expect([a, b]).toEqual([
      [0.6, 0.8],
      [0, -1],
    ]);
    for (const entry of c) expect(Math.abs(entry - Math.sqrt(0.5))).toBeLessThan(2e-16);
    expect(problem.weights).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(problem).toMatchObject({ kind: "multi-index", name: "custom", d: 5, link: h4, signed: false });
    teachers[0][0] = 9;
    expect((problem.teachers as number[][])[0][0]).toBe(0.6);
  });

  test("keeps weights as they are, and has a teacher at least", () => {
    const teachers = [
      [1, 0],
      [0, 1],
    ];
    expect(multiIndex({ d: 5, activation: h4, teachers, weights: Float64Array.of(2, -1) }).weights).toEqual([2, -1]);
    expect(() => multiIndex({ d: 5, activation: h4, teachers: [] })).toThrow(/^teachers must be at least one teacher/);
  });

  test("takes random teachers as a seed", () => {
    const problem = multiIndex({ d: 5, activation: h4, teachers: { random: 3, dimension: 4 } });
    expect(problem.teachers).toEqual({ count: 3, dimension: 4, seed: 1 });
    expect(problem.weights.length).toBe(3);
    const seeded = multiIndex({ d: 5, activation: h4, teachers: { random: 3, dimension: 4, seed: 7 } });
    expect((seeded.teachers as RandomTeachers).seed).toBe(7);
  });

  const both = hermite({ 1: 1, 2: 1, 4: 1 });
  test.each([
    ["one teacher", [[1, 0]], [1], 1],
    [
      "opposite teachers, which cancel odd degrees",
      [
        [0.6, 0.8],
        [-0.6, -0.8],
      ],
      [0.5, 0.5],
      2,
    ],
    [
      "a difference of opposite teachers, which cancels even ones",
      [
        [0.6, 0.8],
        [-0.6, -0.8],
      ],
      [1, -1],
      1,
    ],
    [
      "two axes against each other, which cancel degree 1",
      [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ],
      [1, 1, -1, -1],
      2,
    ],
    [
      "weights of 0",
      [
        [1, 0],
        [0, 1],
      ],
      [0, 0],
      null,
    ],
    [
      "equal teachers of opposite weights",
      [
        [1, 3],
        [1, 3],
      ],
      [1, -1],
      null,
    ],
    [
      "two right angles against each other",
      [
        [1, 0],
        [0, 1],
        [1, 1],
        [1, -1],
      ],
      [1, 1, -1, -1],
      1,
    ],
  ] as const)("has the information exponent of %s", (_, teachers, weights, expected) => {
    expect(multiIndex({ d: 5, activation: both, teachers, weights }).informationExponent).toBe(expected);
  });

  test("sees only degree 4 where +-e_1, +-e_2 and their diagonals cancel in degrees 1 and 2", () => {
    const teachers = [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
      [1, 1],
      [-1, -1],
      [1, -1],
      [-1, 1],
    ];
    const weights = [1, 1, 1, 1, -1, -1, -1, -1];
    expect(multiIndex({ d: 5, activation: both, teachers, weights }).informationExponent).toBe(4);
  });

  test.each([1e-40, 1, 1e40])("sees what cancels, and what does not, whatever the size of the weights: %d", (size) => {
    const exponent = (teachers: number[][], weights: number[]) =>
      multiIndex({ d: 5, activation: both, teachers, weights: weights.map((weight) => size * weight) })
        .informationExponent;
    const right = [
      [1, 0],
      [0, 1],
    ];
    expect(exponent(right, [1, 1])).toBe(1);
    // Three vectors at angles of 120 degrees have the sum zero but for rounding; their squares have not.
    const star = [0, 1, 2].map((r) => [Math.cos((2 * Math.PI * r) / 3), Math.sin((2 * Math.PI * r) / 3)]);
    expect(exponent(star, [1, 1, 1])).toBe(2);
    expect(exponent(star, [1, 1, 1 + 1e-6])).toBe(1);
  });

  test("random teachers do not cancel", () => {
    const teachers = { random: 3, dimension: 4 };
    expect(multiIndex({ d: 5, activation: both, teachers }).informationExponent).toBe(1);
    expect(multiIndex({ d: 5, activation: both, teachers, weights: [0, 0, 0] }).informationExponent).toBeNull();
  });

  const REFUSED: Refusal[] = [
    [{ teachers: undefined }, TypeError, "teachers must be a list of vectors", "{ random: count, dimension }"],
    [{ teachers: [[1, 0], [1]] }, RangeError, "teachers[1] must be of length 2", "an array of 1"],
    [{ teachers: [[0, 0]] }, RangeError, "teachers[0] must be a vector that is not 0"],
    [{ teachers: [[]] }, RangeError, "teachers[0] must be of length 1 to d = 4", "an empty array"],
    [{ teachers: [[1, 0, 0, 0, 0]] }, RangeError, "teachers[0] must be of length 1 to d = 4"],
    [{ teachers: [[1, Number.NaN]] }, RangeError, "teachers[0][1] must be a finite number; got NaN"],
    [{ teachers: [[1, "0"]] }, TypeError, 'teachers[0][1] must be a finite number; got "0"'],
    [{ teachers: [1] }, TypeError, "teachers[0] must be a vector, an array or a Float64Array; got 1"],
    [{ teachers: new Array(2) }, TypeError, "teachers[0] must be a vector"],
    [{ teachers: { random: 0, dimension: 2 } }, RangeError, "teachers.random must be an integer from 1", "got 0"],
    [{ teachers: { random: 2, dimension: 5 } }, RangeError, "teachers.dimension must be an integer from 1 to 4"],
    [{ teachers: { random: 2, dimension: 2, seed: 0.5 } }, RangeError, "teachers.seed must be"],
    [{ teachers: { random: 2, dimensions: 2 } }, TypeError, 'teachers has no option "dimensions"'],
    [{ weights: [1] }, RangeError, "weights must be a list of 2 numbers, one a teacher; got an array of 1"],
    [{ weights: [1, Number.POSITIVE_INFINITY] }, RangeError, "weights[1] must be a finite number"],
    [{ weights: 1 }, TypeError, "weights must be a list of numbers"],
    [{ d: 1 }, RangeError, "d must be an integer from 2"],
    [{ activation: 4 }, TypeError, "activation must be an activation made by"],
    [{ link: null }, TypeError, "link must be an activation made by"],
    [{ signed: "yes" }, TypeError, 'signed must be true or false; got "yes"'],
    [{ teacher: 1 }, TypeError, 'multiIndex has no option "teacher"'],
  ];
  test.each(REFUSED)("refuses %o", (change, kind, ...words) => {
    const good = {
      d: 4,
      activation: h4,
      teachers: [
        [1, 0],
        [0, 1],
      ],
    };
    refuses(() => multiIndex({ ...good, ...change } as never), kind, ...words);
  });
});

describe("booleanTarget", () => {
  const term = (weight: number, ...coordinates: number[]) => ({ coordinates, weight });

  test("fills in ReLU and signs", () => {
    const terms = [term(1, 2, 0), term(-0.5)];
    expect(booleanTarget({ d: 3, terms })).toEqual({
      kind: "boolean",
      name: "custom",
      d: 3,
      terms,
      activation: relu(),
      signed: true,
      informationExponent: 2,
    });
    const plain = booleanTarget({ d: 3, terms, activation: h4, signed: false });
    expect([plain.activation, plain.signed]).toEqual([h4, false]);
  });

  test.each([
    [[term(1, 0, 1, 2), term(1, 3, 4)], 2],
    [[term(1, 0, 1, 2), term(0, 3)], 3],
    [[term(1, 0, 1), term(-1, 1, 0), term(1, 0, 1, 2)], 3],
    [[term(1, 0, 1), term(1, 1, 0)], 2],
    [[term(5)], null],
    [[], null],
  ])("of %o has the information exponent %o", (terms, expected) => {
    expect(booleanTarget({ d: 8, terms }).informationExponent).toBe(expected);
  });

  const REFUSED: Refusal[] = [
    [{ terms: undefined }, TypeError, "terms must be a list of { coordinates, weight }"],
    [{ terms: [7] }, TypeError, "terms[0] must be like { coordinates: [0, 1], weight: 1 }; got 7"],
    [{ terms: new Array(1) }, TypeError, "terms[0] must be like"],
    [{ terms: [{ coordinates: [0] }] }, TypeError, "terms[0].weight must be a finite number"],
    [{ terms: [{ coordinates: 0, weight: 1 }] }, TypeError, "terms[0].coordinates must be a list of integers"],
    [{ terms: [term(1, 0), term(1, 1, 0.5)] }, RangeError, "terms[1].coordinates[1] must be an integer", "got 0.5"],
    [{ terms: [term(1, -1)] }, RangeError, "terms[0].coordinates[0] must be an integer", "got -1"],
    [{ terms: [term(1, 2, 3, 2)] }, RangeError, "terms[0].coordinates[2] must be different from", "got 2"],
    [
      { terms: [term(1, 0), term(1, 2, 4)] },
      RangeError,
      "d must be at least 5, as terms[1] looks at coordinate 4",
      "got 4",
    ],
    [{ terms: [{ ...term(1, 0), sign: 1 }] }, TypeError, 'terms[0] has no option "sign"'],
    [{ terms: [term(1e60, 0)] }, RangeError, "terms[0].weight must be"],
    [{ d: 1.5 }, RangeError, "d must be an integer from 2"],
    [{ activation: { kind: "tanh" } }, TypeError, "activation must be an activation made by"],
    [{ link: h4 }, TypeError, 'booleanTarget has no option "link"'],
  ];
  test.each(REFUSED)("refuses %o", (change, kind, ...words) => {
    refuses(() => booleanTarget({ d: 4, terms: [term(1, 0)], ...change } as never), kind, ...words);
  });
});
