// The Lanczos process alone, on diagonal operators: eigenvalues are known, and so is after how many steps each is found.

import { expect, test } from "vitest";
import type { Work } from "../../src/core/run.ts";
import { Slot } from "../../src/engine/arena.ts";
import { Lanczos, type LanczosPlan } from "../../src/theory/lanczos.ts";
import { distance } from "../support/arithmetic.ts";
import { CountedWork, pausesOf } from "../support/counted-work.ts";

/** `slots` of so many numbers, apart from each other, in memory of their own. */
function slots(...lengths: number[]): Slot[] {
  const buffer = new ArrayBuffer(8 * lengths.reduce((sum, length) => sum + length, 0));
  let address = 0;
  return lengths.map((length) => {
    const slot = new Slot({ buffer, grow: () => 0 }, address, length);
    address += 8 * length;
    return slot;
  });
}

interface Setting extends Partial<LanczosPlan> {
  /** One list a block. */
  eigenvalues: readonly (readonly number[])[];
  /** Start vectors; default all ones. */
  start?: (i: number, c: number) => number;
  /** Takes the place of the product. */
  spoil?: (product: Float64Array, step: number) => void;
}

function lanczosOf({ eigenvalues, start = () => 1, spoil, ...plan }: Setting) {
  const count = eigenvalues.length;
  const { length } = eigenvalues[0];
  const steps = plan.steps ?? length;
  const [direction, product, basis] = slots(count * length, count * length, steps * count * length);
  const all = Float64Array.from(eigenvalues.flat());
  direction.view.set(all.map((_, at) => start(Math.floor(at / length), at % length)));
  // What stood in the memory before does not matter.
  product.view.fill(7);
  basis.view.fill(7);
  let step = 0;
  /** Blocks that each product was asked for. */
  const asked: number[][] = [];
  const apply = async () => {
    product.view.set(direction.view.map((x, at) => all[at] * x));
    spoil?.(product.view, ++step);
    const has = (i: number) => direction.view.subarray(i * length, (i + 1) * length).some((x) => x !== 0);
    asked.push(eigenvalues.flatMap((_, i) => (has(i) ? [i] : [])));
  };
  const whole = { count, length, steps, tolerance: 1e-10, bothEnds: true, ...plan };
  return { lanczos: new Lanczos({ direction, product, apply }, basis, whole), asked };
}

/** Spectrum of a run that goes through. */
async function spectrumOf(setting: Setting, work: Work = new CountedWork(false)) {
  const { lanczos, asked } = lanczosOf(setting);
  expect(await lanczos.run(work)).toBe(true);
  return { ...lanczos.spectrum(), asked };
}

const row = (length: number, value: (c: number) => number) => Array.from({ length }, (_, c) => value(c));
/** So many different eigenvalues between -1 and 3 in 30 dimensions. */
const repeated = (different: number) => row(30, (c) => -1 + (4 * (c % different)) / Math.max(1, different - 1));

test.each([1, 2, 3, 9, 11])("%i different eigenvalues take as many steps", async (different) => {
  // Also where the steps at which all blocks are looked at lie farther apart.
  const { smallest, largest, residual, iterations } = await spectrumOf({
    eigenvalues: [repeated(different)],
    tolerance: 1e-15,
  });
  expect(iterations).toBe(different);
  expect(smallest[0]).toBeCloseTo(-1, 12);
  expect(largest[0]).toBeCloseTo(different === 1 ? -1 : 3, 12);
  expect(residual[0]).toBeLessThan(1e-12);
});

test("blocks end one by one, and those that have ended are not asked for", async () => {
  const eigenvalues = [repeated(9), repeated(1), repeated(3)];
  const { smallest, largest, iterations, asked } = await spectrumOf({ eigenvalues, tolerance: 1e-15 });
  expect(distance(smallest, [-1, -1, -1])).toBeLessThan(1e-12);
  expect(distance(largest, [3, -1, 3])).toBeLessThan(1e-12);
  expect(iterations).toBe(9);
  expect(asked.map((blocks) => blocks.join(""))).toEqual(["012", "02", "02", ..."000000"]);
  // A block finds the same, whatever stands beside it.
  const alone = await spectrumOf({ eigenvalues: [repeated(9)], tolerance: 1e-15 });
  expect([smallest[0], largest[0]]).toEqual([alone.smallest[0], alone.largest[0]]);
});

test("the scale of the numbers does not matter", async () => {
  for (const scale of [1e-200, 1, 1e150]) {
    const eigenvalues = [repeated(9).map((x) => scale * x)];
    const { largest, iterations } = await spectrumOf({ eigenvalues, tolerance: 1e-15, start: () => scale });
    expect(iterations).toBe(9);
    expect(largest[0] / scale).toBeCloseTo(3, 12);
  }
});

test("nothing but zeros is found in one step", async () => {
  const found = await spectrumOf({ eigenvalues: [row(5, () => 0), row(5, () => 0)] });
  expect(found).toMatchObject({ iterations: 1, largest: Float64Array.of(0, 0), residual: Float64Array.of(0, 0) });
});

/** Evenly spaced eigenvalues are found slowly, from the ends. */
const EVEN = row(60, (c) => c / 59);

test("a bound on the worse end, or on the end of largest modulus", async () => {
  // Larger at the upper end, which is far away from the others: found long before the lower one.
  const eigenvalues = [[...EVEN.slice(1), 10]];
  const both = await spectrumOf({ eigenvalues, tolerance: 1e-6 });
  const top = await spectrumOf({ eigenvalues, tolerance: 1e-6, bothEnds: false });
  expect(top.largest[0]).toBeCloseTo(10, 6);
  expect(both.largest[0]).toBeCloseTo(10, 6);
  expect(Math.abs(both.smallest[0] - EVEN[1])).toBeLessThanOrEqual(1e-5);
  expect(top.iterations).toBeLessThan(both.iterations / 2);
  // The same at the lower end.
  const below = await spectrumOf({ eigenvalues: [eigenvalues[0].map((x) => -x)], tolerance: 1e-6, bothEnds: false });
  expect(below.smallest[0]).toBeCloseTo(-10, 6);
  expect(below.iterations).toBe(top.iterations);
  // Some eigenvalue is within the residual of what was found, and the bound is met but not by much.
  for (const { largest, smallest, residual } of [both, top, below]) {
    expect(residual[0]).toBeLessThanOrEqual(1e-5);
    expect(residual[0]).toBeGreaterThan(0);
    expect(Math.min(Math.abs(Math.abs(largest[0]) - 10), Math.abs(Math.abs(smallest[0]) - 10))).toBeLessThan(1e-5);
  }
});

test("a tolerance is relative to the eigenvalue of largest modulus", async () => {
  const iterations = async (values: number[]) =>
    (await spectrumOf({ eigenvalues: [values], tolerance: 1e-3 })).iterations;
  // From 0 to 1, and the other way round; far away from 0 the same residual is a smaller share.
  const [up, down] = [await iterations(EVEN), await iterations(EVEN.map((x) => -x))];
  expect(up).toBeLessThan(40);
  expect(down).toBe(up);
  expect(await iterations(EVEN.map((x) => x + 100))).toBeLessThan(up);
  expect((await spectrumOf({ eigenvalues: [EVEN], tolerance: 1 })).iterations).toBe(1);
});

test("the bound is the residual of the Ritz vector: of one step |A q - (q, A q) q|", async () => {
  const found = await spectrumOf({ eigenvalues: [[1, 2, 4]], steps: 1 });
  const mean = 7 / 3;
  expect(found.largest[0]).toBeCloseTo(mean, 14);
  expect(found.residual[0]).toBeCloseTo(Math.sqrt((1 + 4 + 16) / 3 - mean * mean), 14);
  // Of two steps on (0, 1, 2): alpha = 1, 1, beta = sqrt(2/3), sqrt(1/3); the third direction is what is left.
  const two = await spectrumOf({ eigenvalues: [[0, 1, 2]], steps: 2, tolerance: 0 });
  const beta = Math.sqrt(2 / 3);
  expect(two.largest[0]).toBeCloseTo(1 + beta, 14);
  expect(two.smallest[0]).toBeCloseTo(1 - beta, 14);
  expect(two.residual[0]).toBeCloseTo(Math.sqrt(1 / 3) * Math.SQRT1_2, 14);
});

test("a number that is not finite ends the run, and what was found before stays", async () => {
  const eigenvalues = [row(8, (c) => c), row(8, (c) => 2 * c)];
  const before = await spectrumOf({ eigenvalues, steps: 2 });
  const spoilers: ((product: Float64Array) => void)[] = [
    // One entry, of the second block.
    (product) => product.fill(Number.NaN, 12, 13),
    (product) => product.fill(Number.POSITIVE_INFINITY, 3, 4),
    // Entries that are finite, but not the inner product with the direction, or the norm.
    (product) => product.fill(1.7e308),
    (product) => product.set([1.7e308, -1.7e308, 1.7e308], 8),
  ];
  for (const spoiler of spoilers) {
    const { lanczos } = lanczosOf({ eigenvalues, spoil: (product, step) => step === 3 && spoiler(product) });
    expect(await lanczos.run(new CountedWork(false))).toBe(false);
    const { iterations, largest, smallest } = lanczos.spectrum();
    expect(iterations).toBe(2);
    expect(largest.every(Number.isFinite) && smallest.every(Number.isFinite)).toBe(true);
    expect(before.iterations).toBe(2);
  }
});

test("nothing is known before the first step", async () => {
  const { lanczos } = lanczosOf({
    eigenvalues: [
      [1, 2],
      [3, 4],
    ],
    spoil: (product) => product.fill(Number.NaN),
  });
  const none = new Float64Array();
  const nothing = { smallest: none, largest: none, residual: none, iterations: 0 };
  expect(lanczos.spectrum()).toEqual(nothing);
  expect(await lanczos.run(new CountedWork(false))).toBe(false);
  expect(lanczos.spectrum()).toEqual(nothing);
});

test("orthogonality is kept: 60 steps find both ends of 60 eigenvalues, steep ones too", async () => {
  const steep = row(60, (c) => 2 ** (c / 3 - 10));
  const { largest, smallest, iterations } = await spectrumOf({ eigenvalues: [steep, EVEN], tolerance: 0 });
  expect(iterations).toBe(60);
  expect(largest[0] / steep[59]).toBeCloseTo(1, 12);
  // Without reorthogonalisation there would be copies of the largest, and no smallest.
  expect(Math.abs(smallest[0] - steep[0]) / steep[59]).toBeLessThan(1e-12);
  expect(distance([largest[1], smallest[1]], [1, 0])).toBeLessThan(1e-12);
});

test("counts its steps, and hears an abort between any two vectors", async () => {
  const work = new CountedWork(false);
  await spectrumOf({ eigenvalues: [EVEN], steps: 40, tolerance: 0 }, work);
  expect([work.total, work.done]).toEqual([40, 40]);
  // Two rounds over k + 1 vectors in step k; blocks are looked at in the steps 1 to 8, 10, 12, 15, 18, 22, 27 and 33.
  expect(await pausesOf((due) => spectrumOf({ eigenvalues: [EVEN], steps: 40, tolerance: 0 }, due))).toBe(40 * 41 + 15);
  // Of three blocks of 5000 numbers, five are worked on together in the first step, two in the second, and one then.
  const wide = [1, 2, 3].map((size) => row(5000, (c) => size + (c % 7)));
  const pauses = await pausesOf((due) => spectrumOf({ eigenvalues: wide, steps: 3, tolerance: 0 }, due));
  expect(pauses).toBe(2 * 1 * 1 + 2 * 2 * 2 + 2 * 3 * 3 + 3 * 3);
});
