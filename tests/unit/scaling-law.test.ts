// scalingLaw: exact laws come back, intervals cover the truth as often as they say, what is no power law is called so.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { lawOrNull, scalingLaw } from "../../src/experiment/scaling/law.ts";
import { LineFit } from "../../src/numeric/line-fit.ts";
import { fitScaling } from "../../src/numeric/scaling-fit.ts";
import { studentQuantile975 } from "../../src/numeric/student.ts";
import { generator } from "../support/arithmetic.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.dispose());

const X = [32, 64, 128, 256, 512];

/** Standard normals from uniforms of (0, 1). */
function normals(seed: number): () => number {
  const random = generator(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** y = x^-1 times a factor a seed and a factor a point, both log-normal; the width of the noise grows with x. */
function noisy(next: () => number, seeds: number, bend: (x: number) => number = () => 1): number[][] {
  const ofSeed = Array.from({ length: seeds }, () => Math.exp(0.3 * next()));
  return X.map((x, i) => ofSeed.map((factor) => (factor * bend(x) * Math.exp(0.05 * (i + 1) * next())) / x));
}

describe("scalingLaw", () => {
  test("gives back exact power laws, whatever their prefactor", async () => {
    for (const exponent of [-1, -0.5, 0, 0.5, 2]) {
      const law = await scalingLaw(
        engine,
        X,
        X.map((x) => 3.7 * x ** exponent),
        { expected: exponent },
      );
      expect(law.slope).toBeCloseTo(exponent, 12);
      expect(law.low).toBeCloseTo(exponent, 12);
      expect(law.high).toBeCloseTo(exponent, 12);
      expect(law.intercept).toBeCloseTo(Math.log(3.7), 12);
      expect(law.drift).toBeCloseTo(0, 11);
      expect(law.localSlopes.length).toBe(X.length - 1);
      expect(law).toMatchObject({ law: "power", expected: exponent, holds: true, warning: null });
    }
  });

  test("gives back an exact logarithm, and calls it no power law", async () => {
    const y = X.map((x) => -1 + 0.25 * Math.log(x));
    const law = await scalingLaw(engine, X, y, { law: "logarithm" });
    expect(law.slope).toBeCloseTo(0.25, 13);
    expect(law.intercept).toBeCloseTo(-1, 13);
    expect(law.holds).toBe(true);
    const power = await scalingLaw(
      engine,
      X,
      y.map((value) => value + 1),
    );
    expect(power.holds).toBe(false);
  });

  test("weighs points by their spread over seeds", async () => {
    // Many seeds: two points nearly without spread, and a third with much about another line. The first two decide.
    const y = [0.001, 0.001, 0.8].map((spread, i) =>
      Array.from({ length: 200 }, (_, s) => [1, 0.5, 0.5][i] * (1 + (s % 2 === 0 ? spread : -spread))),
    );
    const { slope } = await scalingLaw(engine, [1, 2, 4], y);
    expect(Math.abs(slope + 1)).toBeLessThan(0.04);
    const plain = await scalingLaw(engine, [1, 2, 4], [1, 0.5, 0.5]);
    expect(plain.slope).toBeCloseTo(-0.5, 12);
  });

  test("has the weighted slope and the bend of the normal equations", () => {
    const u = [0, 1, 3, 4];
    const w = [1, 2, 3, 4];
    const v = [1, -1, 2, 0.5];
    const { slope, intercept, drift } = new LineFit(u, w).at(v);
    // Solved by hand: S = 10, Su = 27, Suu = 93, Sv = 7, Suv = 24.
    expect(slope).toBeCloseTo((10 * 24 - 27 * 7) / (10 * 93 - 27 * 27), 13);
    expect(intercept).toBeCloseTo((7 - (27 * (10 * 24 - 27 * 7)) / (10 * 93 - 27 * 27)) / 10, 13);
    // A parabola is its own best fit: 0.3 u^2 bends by 2 * 0.3 * 4 whatever the weights.
    const parabola = new LineFit(u, w).at(u.map((x) => 2 - x + 0.3 * x * x));
    expect(parabola.drift).toBeCloseTo(2.4, 12);
    expect(drift).not.toBeNull();
    expect(new LineFit([0, 1], [1, 1]).at([0, 5]).drift).toBeNull();
  });

  test("has 95% intervals that cover the truth about as often, with many seeds and with few", async () => {
    for (const [seeds, least, most] of [
      [32, 0.9, 0.04],
      [5, 0.88, 0.12],
    ]) {
      const next = normals(seeds);
      let covered = 0;
      let flagged = 0;
      const runs = 200;
      for (let r = 0; r < runs; r++) {
        // Of the mean: the noise at point i has the mean exp((0.05 (i + 1))^2 / 2), which is divided out.
        const y = noisy(next, seeds).map((row, i) => row.map((value) => value / Math.exp((0.05 * (i + 1)) ** 2 / 2)));
        const law = await scalingLaw(engine, X, y, { resamples: 200, seed: r });
        if ((law.low ?? 0) <= -1 && (law.high ?? 0) >= -1) covered++;
        if (law.holds === false) flagged++;
      }
      expect(covered / runs).toBeGreaterThan(least);
      expect(covered / runs).toBeLessThan(0.99);
      expect(flagged / runs).toBeLessThan(most);
    }
  });

  test("has the errors of a weighted line where single values have some", () => {
    const errors = [0.1, 0.2, 0.1];
    const fit = new LineFit(
      [0, 1, 2],
      errors.map((error) => 1 / error ** 2),
    );
    // 1 / sum w (u - ubar)^2, ubar = 1.
    expect(fit.errors(errors).slope).toBeCloseTo(1 / Math.sqrt(200), 13);
    const scaling = fitScaling(
      { x: [1, Math.E, Math.E ** 2], values: [[1], [2], [4]], law: "power", errors },
      new Float64Array(),
      Math.log,
    );
    expect(scaling.slope.value).toBeCloseTo(Math.log(2), 13);
    expect((scaling.slope.high ?? 0) - scaling.slope.value).toBeCloseTo(1.959964 / Math.sqrt(200), 6);
    expect(scaling.drift?.high).toBeGreaterThan(0.3);
  });

  test("is the same every time, and another with another seed", async () => {
    const y = noisy(normals(3), 8);
    const one = await scalingLaw(engine, X, y);
    expect(await scalingLaw(engine, X, y)).toEqual(one);
    const other = await scalingLaw(engine, X, y, { seed: 2 });
    expect(other.slope).toBe(one.slope);
    expect(other.low).not.toBe(one.low);
    const { low, high, slope } = one;
    expect(low).toBeLessThan(slope);
    expect(high).toBeGreaterThan(slope);
  });

  test("says of a curve that saturates that it is no power law, with the slopes at both ends", async () => {
    const saturating = noisy(normals(4), 16, (x) => x / (1 + x / 100));
    const law = await scalingLaw(engine, X, saturating);
    expect(law.holds).toBe(false);
    expect(law.warning).toMatch(
      /^not a power law in this window: the local slope goes from -?0\.\d+ at x = 32 to -?[01]/,
    );
    expect(law.warning).toContain("95% interval of the change");
  });

  test("says of an exponential without noise the same", async () => {
    const law = await scalingLaw(
      engine,
      X,
      X.map((x) => Math.exp(-x / 100)),
    );
    expect(law.holds).toBe(false);
    expect(law.low).toBeLessThan(law.slope);
    expect(law.high).toBeGreaterThan(law.slope);
  });

  test("says of a point that lies off the line by how much", async () => {
    // One above and one below, so that no parabola sees them.
    const factors = [1, 1.6, 1, 1 / 1.6, 1];
    const y = X.map((x, i) => [0.99, 1.01].map((factor) => (factor * factors[i]) / x));
    const law = await scalingLaw(engine, X, y);
    expect(law.warning).toMatch(
      /the point at x = (64|256) lies about 37\.6% (above|below) the line, more than 1000 standard/,
    );
  });

  // On x = 1, 2, ..., 16 the slopes of log2 y = k + k^2 / 4 and of y = k log 2 + 0.3 k^2 go up evenly, here over 4 steps of log 2.
  const DOUBLED = [1, 2, 4, 8, 16];
  const PARABOLA = DOUBLED.map((_, k) => 2 ** (k + (k * k) / 4));
  test.each([
    ["power", PARABOLA, "not a power law in this window: the local slope goes from 1 at x = 1 to 3 at x = 16"],
    [
      "logarithm",
      DOUBLED.map((x, k) => Math.log(x) + 0.3 * k * k),
      `not a logarithm in this window: the local slope goes from 1 at x = 1 to ${(1 + 2.4 / Math.LN2).toFixed(2)} at x = 16`,
    ],
  ] as const)("says of a bend without noise, as a %s, no more than its slopes", async (law, y, sentence) => {
    expect((await scalingLaw(engine, DOUBLED, y, { law })).warning).toBe(sentence);
  });

  test("says of a bend with noise between which changes of the slope the truth lies", async () => {
    const y = PARABOLA.map((value, k) => [0.9, 1 + k / 100, 1.15, 0.98].map((factor) => factor * value));
    const { drift, warning } = await scalingLaw(engine, DOUBLED, y);
    const [, first, last, low, high] =
      /^not a power law in this window: the local slope goes from (\S+) at x = 1 to (\S+) at x = 16, 95% interval of the change (\S+) to (\S+)$/.exec(
        warning ?? "",
      ) ?? [];
    // Three digits.
    expect(Number(last) - Number(first)).toBeCloseTo(drift ?? 0, 1);
    expect(Number(low)).toBeGreaterThan(1.9);
    expect(Number(low)).toBeLessThanOrEqual(Number(drift?.toPrecision(3)));
    expect(Number(high)).toBeGreaterThanOrEqual(Number(drift?.toPrecision(3)));
    expect(Number(high)).toBeLessThan(2.1);
  });

  // v = 0, a, 0, -b, 0 has the mean (a - b) / 5 and the slope -(a + b) / 10 a step, so that the second point is off by
  // a - (a - b) / 5 - (a + b) / 10 = 0.316, and bends too little for a parabola.
  const OFF = [0, 0.4, 0, -0.36, 0];
  test.each([
    ["power", OFF.map(Math.exp), "a power law", "31.6% above", "-0.577 to 0.577"],
    ["power", OFF.map((v) => Math.exp(-v)), "a power law", "31.6% below", "-0.577 to 0.577"],
    ["logarithm", OFF.map((v, k) => v + k * Math.LN2), "a logarithm", "0.316 above", "0.423 to 1.58"],
  ] as const)("says of a point off %s of single values on which side it lies", async (law, y, what, where, slopes) => {
    expect((await scalingLaw(engine, DOUBLED, y, { law })).warning).toBe(
      `not ${what} in this window: the point at x = 2 lies about ${where} the line; local slopes reach from ${slopes}`,
    );
  });

  test("lets pass what bends, or misses the line, by no more than is allowed", async () => {
    // The change of the slope is 2, the bump 4 * 0.316 / log 16 = 0.456.
    for (const [y, size] of [
      [PARABOLA, 2],
      [OFF.map(Math.exp), 0.456],
    ] as const) {
      expect(await scalingLaw(engine, DOUBLED, y, { tolerance: size + 0.01 })).toMatchObject({
        warning: null,
        holds: true,
      });
      expect((await scalingLaw(engine, DOUBLED, y, { tolerance: size - 0.01 })).holds).toBe(false);
    }
    // Of a logarithm the share of its slope, here 1.
    const steep = OFF.map((v, k) => 10 * k * Math.LN2 + v);
    expect((await scalingLaw(engine, DOUBLED, steep, { law: "logarithm" })).holds).toBe(true);
  });

  test("is none of one point, or of a gap of zero, whose means are known all the same", () => {
    const none = { law: null, means: [{ value: 2, low: null, high: null }] };
    expect(lawOrNull(engine, [8], [[1, 3]], {})).toEqual(none);
    expect(lawOrNull(engine, [], [], {})).toEqual({ law: null, means: [] });
    const zero = lawOrNull(
      engine,
      [1, 2],
      [
        [1, 3],
        [0, 1],
      ],
      {},
    );
    expect([zero.law, zero.means.map(({ value }) => value)]).toEqual([null, [2, 0.5]]);
    expect(lawOrNull(engine, [1, Math.E], [[-1], [1]], { law: "logarithm" }).law?.slope).toBeCloseTo(2, 12);
  });

  test("knows nothing of bends with two points, nor of errors with one value each", async () => {
    const law = await scalingLaw(engine, [1, 10], [1, 100]);
    expect(law.slope).toBeCloseTo(2, 12);
    expect(law).toMatchObject({ low: null, high: null, drift: null, holds: null, warning: null });
  });

  test.each([
    [[1], [1], {}, RangeError, "x must be at least two numbers"],
    [[2, 1], [1, 1], {}, RangeError, "x[1] must be above x[0] = 2; got 1"],
    [[0, 1], [1, 1], {}, RangeError, "x[0] must be a finite number above 0; got 0"],
    ["12", [1, 1], {}, TypeError, "x must be a list"],
    [[1, 2], [1], {}, RangeError, "y must be a list of 2, as x"],
    [[1, 2], [1, 0], {}, RangeError, "y[1][0] must be above 0"],
    [[1, 2], [[1, 2], [1]], {}, RangeError, "y[1] must be a list of 2, as y[0]"],
    [[1, 2], [[], []], {}, RangeError, "y[0] must be at least one number"],
    [[1, 2], [1, Number.NaN], {}, RangeError, "y[1] must be a finite number"],
    [[1, 2], [1, "2"], {}, TypeError, "y[1] must be a number, or a list"],
    [[1, 2], [1, 2], { law: "exponential" }, RangeError, "law must be"],
    [[1, 2], [1, 2], { resamples: 10 }, RangeError, "resamples must be"],
    [[1, 2], [1, 2], { tolerance: 0 }, RangeError, "tolerance must be"],
    [[1, 2], [1, 2], { expect: 1 }, TypeError, 'scalingLaw has no option "expect"'],
  ])("refuses %j, %j, %j", async (x, y, options, kind, sentence) => {
    const call = scalingLaw(engine, x as never, y as never, options as never);
    await expect(call).rejects.toThrow(kind);
    await expect(call).rejects.toThrow(sentence);
  });
});

describe("studentQuantile975", () => {
  test.each([
    [1, 12.706205],
    [2, 4.302653],
    [4, 2.776445],
    [5, 2.570582],
    [7, 2.364624],
    [10, 2.228139],
    [30, 2.042272],
    [1000, 1.962339],
  ])("with %i degrees of freedom is that of the tables", (degrees, value) => {
    expect(Math.abs(studentQuantile975(degrees) - value)).toBeLessThan(1e-4);
  });
});
