// Boolean problems over the whole cube {-1, +1}^d, where sums over all 2^d inputs are the population: targets, norms,
// errors and steps against plain enumeration, and the formulas of the zoo written out once more.

import {
  type BooleanProblem,
  booleanTarget,
  createEngine,
  type Engine,
  hermite,
  problems,
  relu,
  trainNetwork,
} from "propchaos";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alternating, meanSquare, outputs, step } from "../support/plain-network.ts";
import { distance, unitRows } from "./helpers.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

/** All rows of {-1, +1}^d. */
function cube(d: number): Int8Array {
  return Int8Array.from({ length: d * 2 ** d }, (_, at) => ((Math.floor(at / d) >> (at % d)) & 1 ? -1 : 1));
}

/** x_1 ... x_k */
function chi(x: ArrayLike<number>, k: number): number {
  let product = 1;
  for (let c = 0; c < k; c++) product *= x[c];
  return product;
}

type Name =
  | "XOR_2"
  | "XOR_3"
  | "XOR_4"
  | "XOR_5"
  | "XOR_4_scaled"
  | "Hop_2"
  | "Hop_4"
  | "Hop_1_3"
  | "Hop_2_4"
  | "stair_3"
  | "stair_4";

/** Name, smallest dimension, |f*|^2, and f*. */
const ZOO: [name: Name, d: number, norm: number, target: (x: ArrayLike<number>) => number][] = [
  ["XOR_2", 2, 1, (x) => x[0] * x[1]],
  ["XOR_3", 3, 1, (x) => x[0] * x[1] * x[2]],
  ["XOR_4", 4, 1, (x) => chi(x, 4)],
  ["XOR_5", 5, 1, (x) => chi(x, 5)],
  ["XOR_4_scaled", 4, 1 / 16, (x) => chi(x, 4) / 4],
  ["Hop_2", 4, 1 / 2, (x) => (chi(x, 2) + chi(x, 4)) / 2],
  ["Hop_4", 8, 1 / 2, (x) => (chi(x, 4) + chi(x, 8)) / 2],
  ["Hop_1_3", 4, 10 / 16, (x) => x[0] / 4 + (3 * chi(x, 4)) / 4],
  ["Hop_2_4", 6, 10 / 16, (x) => chi(x, 2) / 4 + (3 * chi(x, 6)) / 4],
  ["stair_3", 3, 3 / 100, (x) => (x[0] + chi(x, 2) + chi(x, 3)) / 10],
  ["stair_4", 4, 4 / 100, (x) => (x[0] + chi(x, 2) + chi(x, 3) + chi(x, 4)) / 10],
];

function labelsOf(inputs: Int8Array, d: number, target: (x: ArrayLike<number>) => number): Float64Array {
  return Float64Array.from({ length: inputs.length / d }, (_, b) => target(inputs.subarray(b * d, (b + 1) * d)));
}

describe.each(ZOO)("%s", (name, smallest, norm, target) => {
  test("the squared norm of the target, by a network whose particles cancel", async () => {
    for (const d of [smallest, smallest + 2]) {
      const problem = problems[name]({ d });
      const w = unitRows(1, d, 1);
      // Signs +1 and -1 on the same particle: f = 0.
      const run = await trainNetwork(engine, problem, {
        ...{ initial: Float64Array.of(...w, ...w), time: 0, data: { inputs: cube(d) } },
      });
      expect(run.trainError?.[0]).toBeCloseTo(norm, 14);
      expect(run.loss).toBeNull();
    }
  });

  test("the error and one step of a network, by enumeration", async () => {
    for (const [d, m] of [
      [smallest, 5],
      [smallest + 1, 64],
    ]) {
      const inputs = cube(d);
      const labels = labelsOf(inputs, d, target);
      const W = unitRows(m, d, 2);
      const data = { inputs, testInputs: inputs.slice(0, 3 * d) };
      const run = await trainNetwork(engine, problems[name]({ d }), {
        initial: W,
        time: 0.5,
        step: 0.5,
        record: 2,
        data,
      });
      const network = { activation: relu(), W, d, signs: alternating(m) };
      const error = (inputs: Int8Array, W: Float64Array) =>
        meanSquare(outputs({ ...network, W }, inputs), labelsOf(inputs, d, target));
      const after = step(network, { inputs, labels }, 0.5);
      for (const [k, now] of [W, after].entries()) {
        expect(run.trainError?.[k]).toBeCloseTo(error(inputs, now), 13);
        expect(run.testError?.[k]).toBeCloseTo(error(data.testInputs, now), 13);
      }
      expect(distance(run.particles(), after)).toBeLessThan(1e-13);
    }
  });

  test("one coordinate less is refused", () => {
    if (smallest > 2) expect(() => problems[name]({ d: smallest - 1 })).toThrow(`d must be at least ${smallest}`);
  });
});

describe("booleanTarget", () => {
  const error = async (problem: BooleanProblem, inputs: Int8Array) =>
    (await trainNetwork(engine, problem, { initial: unitRows(1, problem.d, 1), time: 0, data: { inputs } }))
      .trainError?.[0];

  test("terms over the same coordinates add up: |f*|^2 is the sum of squares of what is left", async () => {
    const terms = [
      { coordinates: [0, 1], weight: 0.5 },
      { coordinates: [3], weight: 2 },
      { coordinates: [1, 0], weight: 1 },
      { coordinates: [], weight: -0.25 },
      { coordinates: [3], weight: -2 },
    ];
    // An activation of 0: f = 0.
    const problem = booleanTarget({ d: 10, terms, activation: hermite([0]) });
    expect(await error(problem, cube(10))).toBeCloseTo(1.5 * 1.5 + 0.0625, 14);
    expect(problem.informationExponent).toBe(2);
  });

  test("no terms and no signs: the target is 0 and all particles count +1", async () => {
    const problem = booleanTarget({ d: 3, terms: [], activation: relu() });
    const W = unitRows(1, 3, 1);
    const inputs = cube(3);
    const plain = meanSquare(outputs({ activation: relu(), W, d: 3 }, inputs), new Float64Array(8));
    expect(await error(problem, inputs)).toBeCloseTo(plain, 14);
  });

  test("drawn inputs are +1 and -1, in equal parts and independent", async () => {
    // Of a linear network the error of n samples tells means and covariances: here E (x_1 + x_2 - x_1 x_2)^2 = 3 ...
    const terms = [{ coordinates: [0, 1], weight: 1 }];
    const problem = booleanTarget({ d: 2, terms, activation: hermite([0, Math.SQRT2]) });
    const samples = 100_000;
    const run = await trainNetwork(engine, problem, { initial: Float64Array.of(1, 1), time: 0, data: { samples } });
    // ... as (x_1 + x_2)^2 is 0 or 4, and x_1 + x_2 is 0 where x_1 x_2 = -1: the values are 1, 9, 1, 1.
    for (const series of [run.trainError, run.testError]) {
      const counted = ((series?.[0] as number) - 1) / 8;
      expect(Math.abs(counted - 1 / 4)).toBeLessThan(5 * Math.sqrt(3 / 16 / (samples / 2)));
    }
    // 0 and 1 in whole samples: nothing but signs.
    const first = (run.trainError?.[0] as number) * samples;
    expect(first).toBeCloseTo(Math.round(first), 6);
    expect(run.trainError?.[0]).not.toBe(run.testError?.[0]);
  });
});
