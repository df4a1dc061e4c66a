// The tree of sums that threads share: its parts, and that their sums do not depend on who has which.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sharesOf } from "../../src/network/shares.ts";
import {
  depthOf,
  leavesOf,
  MOST_DEPTH,
  middleOf,
  partsWithin,
  type Range,
  termsOf,
} from "../../src/network/sum-tree.ts";

const terms = fc.integer({ min: 1, max: 200_000 });

describe("leaves", () => {
  test("are one up to 1024 terms and never more than 16", () => {
    expect(leavesOf({ first: 0, last: 1024 }).count).toBe(1);
    expect(leavesOf({ first: 7, last: 7 + 1025 }).count).toBe(2);
    expect(leavesOf({ first: 0, last: 8192 })).toEqual({ first: 0, last: 8192, size: 1024, count: 8 });
    expect(leavesOf({ first: 0, last: 131072 }).count).toBe(16);
    expect(leavesOf({ first: 0, last: 131073 })).toMatchObject({ size: 8256, count: 16 });
  });

  test("cover their terms once, in whole blocks of 64", () => {
    fc.assert(
      fc.property(terms, fc.nat(1000), (count, first) => {
        const leaves = leavesOf({ first, last: first + count });
        expect(leaves.size % 64).toBe(0);
        let next = first;
        for (let leaf = 0; leaf < leaves.count; leaf++) {
          const range = termsOf(leaves, { first: leaf, last: leaf + 1 });
          expect(range.first).toBe(next);
          expect(range.last).toBeGreaterThan(range.first);
          next = range.last;
        }
        expect(next).toBe(first + count);
      }),
    );
  });
});

/** The sum of a part of the tree as one thread makes it, with the pieces that are there already. */
function sum(values: number[], part: Range, pieces: Map<string, number>): number {
  const there = pieces.get(`${part.first}-${part.last}`);
  if (there !== undefined) return there;
  if (part.last - part.first === 1) return values[part.first];
  const middle = middleOf(part);
  return (
    sum(values, { first: part.first, last: middle }, pieces) + sum(values, { first: middle, last: part.last }, pieces)
  );
}

test("the sum of any shares has the bits of the whole", () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e8, max: 1e8 }), { minLength: 1, maxLength: 16 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 20 }), (leaves, threads) => {
      const count = leaves.length;
      const pieces = new Map<string, number>();
      for (const range of sharesOf(count, 1, threads)) {
        const parts = partsWithin(count, range);
        expect(parts[0].first).toBe(range.first);
        expect(parts[parts.length - 1].last).toBe(range.last);
        // Never more than twice the depth of the tree, however many leaves there are.
        expect(parts.length).toBeLessThanOrEqual(6);
        for (const part of parts) pieces.set(`${part.first}-${part.last}`, sum(leaves, part, new Map()));
      }
      const all = { first: 0, last: count };
      expect(sum([], all, pieces)).toBe(sum(leaves, all, new Map()));
    }),
  );
});

test("two threads of eight leaves hand over one sum each", () => {
  expect(partsWithin(8, { first: 0, last: 4 })).toEqual([{ first: 0, last: 4 }]);
  expect(partsWithin(8, { first: 4, last: 8 })).toEqual([{ first: 4, last: 8 }]);
  expect(partsWithin(8, { first: 3, last: 6 })).toEqual([
    { first: 3, last: 4 },
    { first: 4, last: 6 },
  ]);
});

test("one thread keeps as many sums beside the result as the tree is deep", () => {
  expect([1, 1024, 1025, 2048, 2049, 8192, 131072, 1e6].map(depthOf)).toEqual([0, 0, 1, 1, 2, 3, 4, MOST_DEPTH]);
});

test("shares cover what there is in multiples of their unit, as equal as these allow", () => {
  expect(sharesOf(33, 32, 3)).toEqual([
    { first: 0, last: 32 },
    { first: 32, last: 33 },
  ]);
  expect(sharesOf(5, 1, 2)).toEqual([
    { first: 0, last: 2 },
    { first: 2, last: 5 },
  ]);
  expect(sharesOf(7, 64, 0)).toEqual([{ first: 0, last: 7 }]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 70 }), fc.nat(40), (count, unit, n) => {
      const shares = sharesOf(count, unit, n);
      expect(shares[0].first).toBe(0);
      expect(shares[shares.length - 1].last).toBe(count);
      const units = shares.map(({ first, last }, k) => {
        if (k > 0) expect(first).toBe(shares[k - 1].last);
        expect(first % unit).toBe(0);
        return Math.ceil((last - first) / unit);
      });
      expect(Math.min(...units)).toBeGreaterThan(0);
      expect(Math.max(...units) - Math.min(...units)).toBeLessThanOrEqual(1);
    }),
  );
});
