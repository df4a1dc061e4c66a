// The problems of the authors' experiments (SPEC.md, section 8), each with what makes it and with what it is in words.

import { hermite, relu } from "./activation.ts";
import { makeBoolean } from "./boolean.ts";
import { gaussianBump } from "./bumps.ts";
import { makeMultiIndex } from "./multi-index.ts";
import { makeSingleIndex } from "./single-index.ts";
import type {
  Activation,
  BooleanProblem,
  BooleanTerm,
  MultiIndexProblem,
  Problem,
  RandomTeachers,
  SingleIndexProblem,
} from "./types.ts";

/** A problem that waits for its dimension, and for the seed where its teachers are random. */
export interface Entry<P extends Problem = Problem> {
  /** Number of coordinates that the target looks at. */
  needs: number;
  make(name: string, d: number, seed: number): P;
  activation: string;
  target: string;
}

const h3 = () => hermite({ 3: 1 });
const h4 = () => hermite({ 4: 1 });

/** g(z) = 5 (z^2 exp(-z^2) - sqrt(3)/9): E g = 0 and c_2 = 0, so the information exponent is 4. */
const ge4 = () => gaussianBump({ rate: 1, square: 5, offset: (-5 * Math.sqrt(3)) / 9 });
const g = "g(z) = 5 (z^2 exp(-z^2) - sqrt(3)/9)";

const narrowBump = () => gaussianBump({ rate: 0.5, square: 2, constant: -1 });

function single(
  activation: () => Activation,
  link: () => Activation,
  words: { activation: string; target: string },
): Entry<SingleIndexProblem> {
  return {
    needs: 1,
    make: (name, d) => makeSingleIndex(name, { d, activation: activation(), link: link() }),
    ...words,
  };
}

/** sum_r weight h_4(<u_r, x>), one weight for all. */
function several(
  teachers: (seed: number) => readonly (readonly number[])[] | RandomTeachers,
  shape: { count: number; dimension: number; weight?: number },
  target: string,
): Entry<MultiIndexProblem> {
  const { count, dimension, weight = 1 / count } = shape;
  return {
    needs: dimension,
    make(name, d, seed) {
      const weights = new Array(count).fill(weight);
      return makeMultiIndex(name, { d, activation: h4(), link: h4(), teachers: teachers(seed), weights });
    },
    activation: "h_4",
    target,
  };
}

function random(dimension: number, count: number): Entry<MultiIndexProblem> {
  const words = `mean of h_4(<u, x>) over ${count} random unit vectors u in the first ${dimension} coordinates`;
  return several((seed) => ({ count, dimension, seed }), { count, dimension }, words);
}

/** Five equally spaced directions: their mean of a polynomial of degree 4 is that over the circle. */
function pentagon(): number[][] {
  const root = Math.sqrt(5);
  const [x1, y1] = [(root - 1) / 4, Math.sqrt(10 + 2 * root) / 4];
  const [x2, y2] = [-(root + 1) / 4, Math.sqrt(10 - 2 * root) / 4];
  return [
    [1, 0],
    [x1, y1],
    [x2, y2],
    [x2, -y2],
    [x1, -y1],
  ];
}

const DIAGONAL = 1 / Math.SQRT2;

/** The product of the first n coordinates. */
function product(n: number, weight: number): BooleanTerm {
  return { coordinates: Array.from({ length: n }, (_, c) => c), weight };
}

function monomial(n: number): string {
  return n > 5 ? `x_1 ... x_${n}` : Array.from({ length: n }, (_, c) => `x_${c + 1}`).join(" ");
}

function boolean(needs: number, terms: () => BooleanTerm[], target: string): Entry<BooleanProblem> {
  const make = (name: string, d: number) => makeBoolean(name, { d, terms: terms(), activation: relu(), signed: true });
  return { needs, make, activation: "ReLU", target };
}

function xor(n: number, weight = 1): Entry<BooleanProblem> {
  return boolean(n, () => [product(n, weight)], weight === 1 ? monomial(n) : `${weight} ${monomial(n)}`);
}

function hop([n, weight]: [number, number], [more, rest]: [number, number]): Entry<BooleanProblem> {
  const terms = () => [product(n, weight), product(more, rest)];
  return boolean(more, terms, `${weight} ${monomial(n)} + ${rest} ${monomial(more)}`);
}

function stair(n: number): Entry<BooleanProblem> {
  const steps = Array.from({ length: n }, (_, i) => i + 1);
  return boolean(n, () => steps.map((k) => product(k, 1 / 10)), `(${steps.map(monomial).join(" + ")}) / 10`);
}

export const SINGLE_INDEX = {
  He3: /* @__PURE__ */ single(h3, h3, { activation: "h_3", target: "h_3(x_1)" }),
  He4: /* @__PURE__ */ single(h4, h4, { activation: "h_4", target: "h_4(x_1)" }),
  He4_small: /* @__PURE__ */ single(h4, () => hermite({ 4: 0.5 }), { activation: "h_4", target: "0.5 h_4(x_1)" }),
  He4_misspecified: /* @__PURE__ */ single(
    () => hermite({ 4: 1, 6: 1 }),
    () => hermite({ 4: 0.6, 6: 0.3 }),
    { activation: "h_4 + h_6", target: "0.6 h_4(x_1) + 0.3 h_6(x_1)" },
  ),
  Ge4: /* @__PURE__ */ single(ge4, ge4, { activation: g, target: "g(x_1)" }),
  NP_mis: /* @__PURE__ */ single(narrowBump, ge4, { activation: "exp(-z^2/2) (2 z^2 - 1)", target: `g(x_1), ${g}` }),
};

export const MULTI_INDEX = {
  He4_orth: /* @__PURE__ */ several(
    () => [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ],
    { count: 4, dimension: 2 },
    "mean of h_4(<u, x>) over u = +-e_1, +-e_2",
  ),
  He4_nonorth: /* @__PURE__ */ several(
    () => [
      [1, 0],
      [-1, 0],
      [DIAGONAL, DIAGONAL],
      [-DIAGONAL, -DIAGONAL],
    ],
    { count: 4, dimension: 2 },
    "mean of h_4(<u, x>) over u = +-e_1, +-(e_1 + e_2)/sqrt(2)",
  ),
  He4_random_2_8: /* @__PURE__ */ random(2, 8),
  He4_random_2_16: /* @__PURE__ */ random(2, 16),
  He4_random_8_8: /* @__PURE__ */ random(8, 8),
  He4_random_16_16: /* @__PURE__ */ random(16, 16),
  Man_2: /* @__PURE__ */ several(
    pentagon,
    { count: 5, dimension: 2 },
    "(3 |y|^4/8 - 3 |y|^2 + 3)/sqrt(24), y = (x_1, x_2)",
  ),
  Man_big_2: /* @__PURE__ */ several(
    pentagon,
    { count: 5, dimension: 2, weight: 4 / 5 },
    "4 (3 |y|^4/8 - 3 |y|^2 + 3)/sqrt(24), y = (x_1, x_2)",
  ),
};

export const BOOLEAN = {
  XOR_2: /* @__PURE__ */ xor(2),
  XOR_3: /* @__PURE__ */ xor(3),
  XOR_4: /* @__PURE__ */ xor(4),
  XOR_5: /* @__PURE__ */ xor(5),
  XOR_4_scaled: /* @__PURE__ */ xor(4, 1 / 4),
  Hop_2: /* @__PURE__ */ hop([2, 1 / 2], [4, 1 / 2]),
  Hop_4: /* @__PURE__ */ hop([4, 1 / 2], [8, 1 / 2]),
  Hop_1_3: /* @__PURE__ */ hop([1, 1 / 4], [4, 3 / 4]),
  Hop_2_4: /* @__PURE__ */ hop([2, 1 / 4], [6, 3 / 4]),
  stair_3: /* @__PURE__ */ stair(3),
  stair_4: /* @__PURE__ */ stair(4),
};

export const NO_TARGET = {
  Zero: {
    needs: 0,
    make: (name, d) =>
      makeMultiIndex(name, { d, activation: relu(), link: relu(), teachers: [], weights: [], signed: true }),
    activation: "ReLU",
    target: "0",
  } satisfies Entry<MultiIndexProblem>,
};
