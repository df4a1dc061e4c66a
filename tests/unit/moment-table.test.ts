// The tables of symmetric moments against the multinomial theorem, and the choice between moments and pairs.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { interactionOf, interactionWork, momentKernel } from "../../src/network/interaction.ts";
import { type MomentSize, momentSize, momentTable } from "../../src/network/moment-table.ts";
import { hermite, relu } from "../../src/problem/activation.ts";
import { singleIndex } from "../../src/problem/single-index.ts";
import { problems } from "../../src/problem/zoo.ts";

const NO_LIMIT = Number.POSITIVE_INFINITY;

function sized(d: number, powers: readonly number[]): { size: MomentSize; powers: Float64Array } {
  const q = Float64Array.from(powers);
  const size = momentSize(d, q, NO_LIMIT);
  if (!size) throw new Error("no moments");
  return { size, powers: q };
}

/** Exponents of every row of monomials: row 0 is 1, then the variables, then what the runs make. */
function exponents(d: number, runs: Uint32Array): number[][] {
  const rows = [new Array<number>(d).fill(0)];
  for (let v = 0; v < d; v++) rows.push(rows[0].map((_, c) => (c === v ? 1 : 0)));
  for (let run = 0; run < runs.length; run += 4) {
    const [out, parent, length, variable] = runs.subarray(run, run + 4);
    expect(out).toBe(rows.length);
    expect(parent + length).toBeLessThanOrEqual(out);
    for (let i = 0; i < length; i++) rows.push(rows[parent + i].map((x, c) => x + (c === variable - 1 ? 1 : 0)));
  }
  return rows;
}

/** Every product with a factor, by its exponents; twice the same one is an error. */
function products(d: number, powers: Float64Array, size: MomentSize): Map<string, number> {
  const { runs, groups, factors } = momentTable(d, powers, size);
  const rows = exponents(d, runs);
  expect([rows.length, runs.length / 4, groups.length / 8, factors.length]).toEqual([
    size.rows,
    size.runs,
    size.groups,
    size.products,
  ]);
  const found = new Map<string, number>();
  let slot = 0;
  for (let g = 0; g < groups.length; g += 8) {
    const [first, count, degree] = groups.subarray(g + 4, g + 7);
    expect(count % 2).toBe(0);
    for (let h = first; h < first + count; h++) {
      for (const tail of groups.subarray(g, g + 4)) {
        const factor = factors[slot++];
        if (factor === 0) continue;
        const product = rows[h].map((x, c) => x + rows[tail][c]);
        expect(product.reduce((sum, x) => sum + x, 0)).toBe(degree);
        const name = product.join();
        expect(found.has(name)).toBe(false);
        found.set(name, factor);
      }
    }
  }
  expect(slot).toBe(size.products);
  return found;
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

function binomial(n: number, k: number): number {
  return Math.round(factorial(n) / factorial(k) / factorial(n - k));
}

describe("the table of a kernel", () => {
  test.each([
    [2, [0.5, 1]],
    [2, [0, 0, 1]],
    [3, [0.3, -0.5, 0.25, 2]],
    [4, [0, 0, 0, 0, 1]],
    [5, [0, 0.5, 0, 0, -1, 0, 0, 3]],
    [7, [1, 0, 0, 0, 2, 0, 1]],
    [16, [0, 0, 0, 0, 1]],
  ])("has every product once, with its multinomial coefficient: d = %i, q = %j", (d, list) => {
    const { size, powers } = sized(d, list);
    const found = products(d, powers, size);
    const counts = list.map((q, k) => (k === 0 || q === 0 ? 0 : binomial(d + k - 1, k)));
    expect(found.size).toBe(counts.reduce((sum, count) => sum + count, 0));
    for (const [name, factor] of found) {
      const powersOf = name.split(",").map(Number);
      const k = powersOf.reduce((sum, x) => sum + x, 0);
      const multinomial = powersOf.reduce((rest, x) => rest / factorial(x), factorial(k));
      expect(factor / (list[k] * multinomial)).toBeCloseTo(1, 14);
    }
  });

  test("sums up to the kernel at any two points, of every degree up to 94", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 94 }),
        fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
        fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
        (k, a, b) => {
          const { size, powers } = sized(
            2,
            Array.from({ length: k + 1 }, (_, j) => (j === k ? 1 : 0)),
          );
          let sum = 0;
          for (const [name, factor] of products(2, powers, size)) {
            const [x, y] = name.split(",").map(Number);
            sum += factor * (Math.cos(a) * Math.cos(b)) ** x * (Math.sin(a) * Math.sin(b)) ** y;
          }
          expect(Math.abs(sum - Math.cos(a - b) ** k)).toBeLessThan(1e-13);
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  test("is hardly larger than the number of moments where those are many", () => {
    expect(sized(16, [0, 0, 0, 0, 1]).size).toMatchObject({ rows: 153, products: 4176 });
    expect(sized(32, [0, 0, 0, 0, 1]).size.products / binomial(35, 4)).toBeLessThan(1.03);
  });

  test("of a constant is empty", () => {
    expect(sized(5, [3]).size).toEqual({ rows: 6, runs: 0, groups: 0, products: 0 });
  });

  test("is refused where it would be too large, or k! no number", () => {
    const { size } = sized(16, [0, 0, 0, 0, 1]);
    const quartic = Float64Array.of(0, 0, 0, 0, 1);
    expect(momentSize(16, quartic, size.products)).toEqual(size);
    expect(momentSize(16, quartic, size.products - 1)).toBeNull();
    expect(momentSize(1000, quartic, 1e6)).toBeNull();
    const high = new Float64Array(172);
    high[170] = 1;
    expect(momentSize(2, high, NO_LIMIT)).not.toBeNull();
    high[171] = 1;
    expect(momentSize(2, high, NO_LIMIT)).toBeNull();
  });
});

describe("the choice between pairs and moments", () => {
  test("goes by operations: pairs up to a width, moments from there on", () => {
    const widths = Array.from({ length: 200 }, (_, k) => Math.ceil(1.06 ** k));
    for (const d of [2, 4, 8, 16, 32]) {
      const problem = problems.He4({ d });
      const chosen = widths.map((m) => interactionOf(problem, m, "auto"));
      for (const m of widths) {
        const counts = [interactionWork(problem, m, "pairs"), interactionWork(problem, m, "moments")];
        expect(interactionWork(problem, m, "auto")).toBe(Math.min(...counts));
      }
      const first = chosen.indexOf("moments");
      expect(first).toBeGreaterThan(0);
      expect(chosen.slice(first).every((way) => way === "moments")).toBe(true);
    }
  });

  test("costs linear in the width with moments, quadratic with pairs", () => {
    const problem = problems.He4({ d: 16 });
    const cost = (m: number) => interactionWork(problem, m, "auto");
    expect(cost(1_000_000) / cost(10_000)).toBeCloseTo(100, 10);
    expect(cost(200) / cost(20)).toBeCloseTo(100, 10);
  });

  test("takes pairs where the moments are too many or none", () => {
    expect(interactionOf(problems.Ge4({ d: 32 }), 1_000_000_000, "auto")).toBe("pairs");
    expect(momentKernel(problems.Ge4({ d: 32 }))).toBeNull();
    const rectified = singleIndex({ d: 4, activation: relu() });
    expect(interactionOf(rectified, 1_000_000_000, "auto")).toBe("pairs");
    expect(momentKernel(problems.XOR_2({ d: 8 }))).toBeNull();
  });

  test("does what it is told", () => {
    const problem = singleIndex({ d: 3, activation: hermite({ 2: 1 }) });
    expect([interactionOf(problem, 1, "moments"), interactionOf(problem, 1e6, "pairs")]).toEqual(["moments", "pairs"]);
  });
});
